"""Shows that float64's quotients by estimate are those of the division, whatever the estimate.

    python tests/proof/quotient_f64.py [COUNT]

It decides what the proof in docs/proofs.md leaves to whole numbers, and tries the divisors and
the quotients that come closest to failing, and COUNT (10^9) random magnitudes. It must see that a
quotient fails that is none of the kernels', one that is not corrected, and a reciprocal without the
bias.
"""

import json
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from fractions import Fraction
from math import isqrt, prod

import harness
import numpy as np

from bench.tables import record
from helpers.gappa import carried_out
from helpers.reference import TYPES

FLAGS = ["-march=native", "-fno-trapping-math"]  # the same bits, by vectors
F64 = TYPES["f64"]
TOP = 1 << 53  # divisors are s = TOP - j, in units of their last place
ABOVE = 33 << 33  # 33b-73 of refined_f64.g, in units of 2^-106
NOT_RISKY = TOP - (1 << 27) + 1
LISTED = 1 << 19  # j below this: every inverse that comes as near to a midpoint as can be


def divisors(number: int) -> set[int]:
    words = subprocess.run(["factor", str(number)], capture_output=True, text=True, check=True)
    primes = list(map(int, words.stdout.split(":")[1].split()))
    assert prod(primes) == number
    found = {1}
    for prime in primes:
        found |= {prime * divisor for divisor in found}
    return found


def is_risky(s: int) -> bool:
    """Return whether the refined reciprocal of s may be so far above 1 / s that a quotient could be
    wrong."""
    j = TOP - s
    return (j * j + ABOVE) // (2 * s) * 2 * s >= (j + 1) ** 2


def risky() -> Iterator[int]:
    """Yield every odd divisor that is_risky, except TOP - 1."""
    k = j = 0
    while 2 * j < ABOVE:
        k += 1  # j^2 + 2 k j + ABOVE >= 2 k TOP >= j^2 + 2 (k + 1) j + 1
        j = isqrt(max(0, 2 * k * TOP + k * k - ABOVE)) - k
        last = isqrt(2 * k * TOP + (k + 1) ** 2) - k - 1
        yield from (TOP - j for j in range(j | 1, last + 2, 2) if is_risky(TOP - j))


def nearest(s: int) -> Iterator[tuple[int, int]]:
    """Yield each significand y for which y / s is as near to a midpoint as can be, and the exponent
    e for which y 2^e is one more or less than a multiple of s."""
    for e in (53, 54):
        y = pow(1 << e, -1, s)
        yield from ((n, e) for m in (y, s - y) for n in (m, m + s) if TOP // 2 <= n < TOP)


def inverses(s: int) -> Iterator[float]:
    """Yield the y of the nearest whose 1 - y is rounded to s."""
    j = TOP - s
    for y, _ in nearest(s):
        for exponent in range(j.bit_length() - 1, j.bit_length() + 2):  # y ~ j
            if abs((y << exponent) - (j << 53)) <= 1 << 52:
                yield float(Fraction(y << exponent, 1 << 106))


def sums() -> Iterator[tuple[int, int]]:
    """Yield the divisors s and e for which x / (1 + x) or 1 / (1 + x) is as near to a midpoint as
    can be, and for e = 106 those of y / (1 - y) from y = 1/2 on, which may have fewer bits: s
    divides 2^e + 1 or 2^e - 1."""
    for e in [*range(54, 106), 106, 107]:
        for number in (2**e - 1, 2**e + 1):
            least = 1 if e == 106 else TOP // 2
            found = (s for s in divisors(number) if least < s < TOP)
            yield from ((s << 53 - s.bit_length(), e) for s in found)


def fails(s: int, y: int) -> bool:
    """Return whether y / s comes out wrong after both steps, from the float above 1 / s."""
    n, divisor = Fraction(y), Fraction(s)
    r = F64.rounded(1 / divisor)
    r += F64.ulp(r) * (r < 1 / divisor)
    first = carried_out("quotient.g", F64.rounded, n=n, s=divisor, r=r)
    q = carried_out("quotient.g", F64.rounded, n=n, s=divisor, r=r, product=first["q"])["q"]
    return q != F64.rounded(n / divisor)


def main() -> None:
    count = int(sys.argv[1] if sys.argv[1:] else 10**9)
    all_risky, all_sums = list(risky()), list(sums())
    failures = [f"inverse of {y.hex()}" for s in all_risky for y in inverses(s)]
    close = [(s, e) for s, e in all_sums if 2 * (TOP - s) < ABOVE]
    if close != [(TOP - 1, 106), (NOT_RISKY, 106)] or is_risky(NOT_RISKY):
        failures.append(f"divisors of 2^e - 1 or 2^e + 1: {close}")
    if not any(fails(s, y) for s in all_risky[:100] for y, _ in nearest(s)):
        failures.append("no quotient fails, whatever n and s")
    if not all(map(is_risky, all_risky)) or len(set(all_risky)) < 100_000:
        failures.append("too few divisors are risky")

    hard = [y for j in range(1, LISTED, 2) for y in inverses(TOP - j)]
    print(
        f"{len(all_risky):,} risky divisors; beside a midpoint "
        f"{len(all_sums)} sums, {len(hard)} inverses"
    )
    hard += [float(Fraction(s, 1 << 52) * 2 ** max(0, 106 - e) - 1) for s, e in all_sums]
    hard += [s / 2**52 - 1 for s in all_risky] + [1 - s / 2**53 for s in all_risky]
    file = harness.BUILT / "hard"
    np.resize(np.array(hard), -(-len(hard) // 4096) * 4096).tofile(file)

    program, parts = harness.build("quotient_f64", flags=FLAGS), harness.CORES
    commands = [(program, file, part, parts, count // parts) for part in range(parts)]
    total = Counter[str]()
    for line in harness.in_parallel(harness.run, commands):
        total.update(json.loads(line))
    print(dict(total))
    failures += ["wrong quotients"] * (total["wrong"] > 0)
    failures += [f"{key} is never wrong" for key in ("unbiased", "uncorrected") if not total[key]]
    for failure in failures:
        print(f"FAILURE: {failure}")
    inputs = f"{len(hard):,} hard magnitudes, {count:,} random ones, for each quotient of float64"
    record(inputs, "any estimate within 1.5005 * 2^-12", "the same bits", len(failures))


if __name__ == "__main__":
    main()
