"""Faults in the operations of an instruction set."""

from fault import Fault, test

BASELINE, AVX2 = "csrc/isa/baseline.c", "csrc/isa/avx2.c"

FAULTS = [
    Fault(
        "< for <= at infinity",
        BASELINE,
        "v_choose_##W(v_above_##W(a, largest), largest, a)",
        "v_choose_##W(v_above_##W(a, INFINITY), largest, a)",
        test("contract"),
    ),
    Fault(
        "operands of a choice swapped",
        BASELINE,
        "return (yes & -m) | (no & (m - 1));",
        "return (no & -m) | (yes & (m - 1));",
        test("contract"),
    ),
    Fault(
        "comparison the wrong way round",
        BASELINE,
        "return (b - a) >> (8 * sizeof(word) - 1);",
        "return (a - b) >> (8 * sizeof(word) - 1);",
        test("contract"),
    ),
    Fault(
        "ties of float16 away from even",
        BASELINE,
        "(a + 0xfff + (a >> 13 & 1)",
        "(a + 0x1000 + (0 & 1)",
        test("half_types"),
    ),
    Fault(
        "float16 overflows too late",
        BASELINE,
        "exceeds_f32(143u << 23, a)",
        "exceeds_f32(144u << 23, a)",
        test("half_types", "contract"),
        "no result is in [2^16, 2^17), where it makes a difference",
    ),
    Fault(
        "subnormal float16 read as normal",
        BASELINE,
        "exceeds_f32(a, 0x3ff)",
        "exceeds_f32(a, 0x1ff)",
        test("half_types"),
    ),
    Fault(
        "subnormal float16 written as normal",
        BASELINE,
        "exceeds_f32(113u << 23, a)",
        "exceeds_f32(112u << 23, a)",
        test("half_types"),
    ),
    Fault(
        "ties of bfloat16 away from even on the baseline",
        BASELINE,
        "bits_f32(y) + 0x7fff + (bits_f32(y) >> 16 & 1)",
        "bits_f32(y) + 0x8000",
        test("half_types"),
    ),
    Fault(
        "ties of bfloat16 away from even in a batch",
        AVX2,
        "__m256i is_odd = and_words(high, 0x00010001);",
        "__m256i is_odd = _mm256_set1_epi16(1);",
        test("half_types"),
    ),
    Fault(
        "ties of bfloat16 away from even in a special vector",
        AVX2,
        "_mm256_add_epi32(_mm256_set1_epi32(0x7fff), odd)",
        "_mm256_set1_epi32(0x8000)",
        test("half_types", "kernels"),
    ),
    Fault(
        "float16 truncated",
        AVX2,
        "_mm256_cvtps_ph(y, _MM_FROUND_TO_NEAREST_INT)",
        "_mm256_cvtps_ph(y, _MM_FROUND_TO_ZERO)",
        test("half_types"),
    ),
    Fault(
        "even and odd bfloat16 swapped",
        AVX2,
        "x[k + 1] = _mm256_castsi256_ps(odd);",
        "x[k + 1] = x[k], x[k] = _mm256_castsi256_ps(odd);",
        test("half_types"),
    ),
    Fault(
        "minimum as unsigned",
        AVX2,
        "_mm256_min_epi32(_mm256_castps_si256(x), largest)",
        "_mm256_min_epu32(_mm256_castps_si256(x), largest)",
        test("contract"),
    ),
    Fault(
        "flag at a signalling NaN",
        AVX2,
        "_mm_and_si128(nan, _mm_set1_epi16(0x200))",
        "_mm_and_si128(nan, _mm_set1_epi16(0))",
        test("contract", "half_types"),
    ),
    Fault(
        "one lane not looked at",
        AVX2,
        "_mm256_movemask_ps(_mm256_castsi256_ps(within)) != 0xff;",
        "(_mm256_movemask_ps(_mm256_castsi256_ps(within)) & 0x7f) != 0x7f;",
        test("contract", "kernels"),
    ),
    Fault(
        "one vector not looked at",
        AVX2,
        "_si256(v_abs_##W(x[k])));",
        "_si256(v_abs_##W(x[k | 1])));",
        test("contract", "kernels"),
    ),
    Fault(
        "half of a float16 batch not looked at",
        AVX2,
        "_mm256_max_epi16(a, b)",
        "_mm256_max_epi16(a, a)",
        test("contract", "kernels"),
    ),
    Fault("AVX2 without F16C", AVX2, "NEEDS(F16C) | ", "", test("isa")),
]
