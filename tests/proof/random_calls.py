"""Draws as many random calls as the ordinary tests do not.

python tests/proof/random_calls.py
"""

import harness
from hypothesis import given, settings
from table import record
from test_random_calls import call, check

from softsign_c import available_isas, use_isa

assert harness  # which lets the tests be imported
EXAMPLES = 10_000


@given(call())
@settings(derandomize=True, deadline=None, max_examples=EXAMPLES, database=None)
def check_many(drawn: object) -> None:
    check(drawn)


def main() -> None:
    for isa in available_isas():
        with use_isa(isa):
            check_many()
    inputs = f"{EXAMPLES:,} calls: any shape, strides, byte order, alignment, overlap, out, where"
    record(inputs, ", ".join(available_isas()), "the same bits", 0)


if __name__ == "__main__":
    main()
