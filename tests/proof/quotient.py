"""Shows that quotients by estimate are those of the division, whatever the CPU's estimate.

    python tests/proof/quotient.py

It goes through every float32 that is divided so, and must see that a linear refinement, and for
1 / (1 + x) and x / (1 - x) one that may end below the reciprocal, are not good enough.
"""

import json
from collections import Counter

import harness

from bench.tables import record

FLAGS = ["-march=native", "-fno-trapping-math"]  # the same bits, by vectors


def main() -> None:
    program, parts = harness.build("quotient", flags=FLAGS), 4 * harness.CORES
    printed = harness.in_parallel(harness.run, [(program, part, parts) for part in range(parts)])
    total: dict[str, Counter] = {}
    for line in map(json.loads, "".join(printed).splitlines()):
        total.setdefault(line.pop("quotient"), Counter()).update(line)
    failures = 0
    for quotient, counts in total.items():
        print(f"{quotient}: {dict(counts)}")
        failures += counts["beside"] + counts["wrong"] + (counts["control"] == 0)
    inputs = "; ".join(f"{of['inputs']:,} for {quotient}" for quotient, of in total.items())
    record(inputs, "any estimate within 1.5 * 2^-12", "the same bits", failures)


if __name__ == "__main__":
    main()
