"""The command softsign-c, also "python -m softsign_c"."""

import sys

from softsign_c._cli.main import main

if __name__ == "__main__":
    sys.exit(main())
