"""Draws as many random calls as the ordinary tests do not.

python tests/proof/random_calls.py
"""

import harness
from hypothesis import given, settings, strategies
from table import record

from softsign_c import available_isas, use_isa
from test_random_calls import call, check

assert harness  # which lets the tests be imported
EXAMPLES = 10_000


@given(call(), strategies.sampled_from(available_isas()))
@settings(derandomize=True, deadline=None, max_examples=EXAMPLES, database=None)
def check_many(drawn: object, isa: str) -> None:
    with use_isa(isa):
        check(drawn)


def main() -> None:
    check_many()
    inputs = f"{EXAMPLES:,} calls: any shape, strides, byte order, alignment, overlap, out, where"
    record(inputs, ", ".join(available_isas()), "the same bits", 0)


if __name__ == "__main__":
    main()
