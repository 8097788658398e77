"""Single faults that the ordinary tests must notice: where, what stands there, what is put instead,
and the tests that see it first.
"""

from typing import NamedTuple


class Fault(NamedTuple):
    """One change of a source file, which is to contain the old text exactly once."""

    name: str
    file: str
    old: str
    new: str
    tests: str
    why_unseen: str = ""


F, K, B, A, L = (
    f"csrc/{name}" for name in ("formulas.h", "kernels.h", "baseline.c", "avx2.c", "loop.c")
)
CONTRACT, KERNELS, LOOP, MANNERS, THREADS, THREAD_FAULTS = (
    f"tests/test_{name}.py"
    for name in ("contract", "kernels", "loop", "numpy_manners", "threads", "thread_faults")
)

FAULTS = [
    Fault("wrong constant", F, "mul(splat(-2), with", "mul(splat(-3), with", CONTRACT),
    Fault("lost sign", F, "div(in[0], add(", "div(magnitude(in[0]), add(", CONTRACT),
    Fault(
        "derivative by another division",
        F,
        "out[0] = mul(r, r);\n}\n\nFORMULA(backward, NUMBER)",
        "out[0] = div(r, div(splat(1), r));\n}\n\nFORMULA(backward, NUMBER)",
        CONTRACT,
    ),
    Fault("products in another order", F, "mul(mul(grad, r), r)", "mul(grad, mul(r, r))", CONTRACT),
    Fault(
        "no step of Newton",
        F,
        "    return fused_negative_multiply_add(",
        "    return 1 ? q : fused_negative_multiply_add(",
        CONTRACT,
    ),
    Fault(
        "one step of Newton in float64",
        F,
        "if (BYTES == 8)",
        "if (BYTES == 9)",
        "tests/test_float64.py",
        "no input is known that one step gets wrong; the first is there because without it the"
        " proof of the second does not hold",
    ),
    Fault("jump at zero", F, "zero_at_zero(mul(mul(r, r), r), a)", "mul(mul(r, r), r)", CONTRACT),
    Fault("tail one short", K, "at[k], rest);\n}", "at[k], rest - BYTES);\n}", KERNELS),
    Fault(
        "unmasked store of the tail", K, "at[k], rest);\n}", "at[k], sizeof padded[k]);\n}", KERNELS
    ),
    Fault(
        "second output lost", K, "store(out1 + i, y1, nan)", "store(out1 + i, y0, nan)", CONTRACT
    ),
    Fault(
        "NaN of the second input lost",
        K,
        "nan = either(nan, load(in1 + i, x1, ANY))",
        "load(in1 + i, x1, ANY)",
        CONTRACT,
    ),
    Fault(
        "< for <= at infinity",
        B,
        "bounded(bits(a), INFINITE - 1)",
        "bounded(bits(a), INFINITE)",
        CONTRACT,
    ),
    Fault(
        "<= for < at NaN",
        B,
        "#define is_nan(a) exceeds(a, INFINITE)",
        "#define is_nan(a) exceeds(a, INFINITE - 1)",
        CONTRACT,
    ),
    Fault(
        "operands of a choice swapped",
        B,
        "(((yes) & -(condition)) | ((no) &",
        "(((no) & -(condition)) | ((yes) &",
        CONTRACT,
    ),
    Fault(
        "ties of float16 away from even",
        B,
        "(a + 0xfff +",
        "(a + 0x1000 +",
        "tests/test_half_types.py",
    ),
    Fault(
        "ties of bfloat16 away from even",
        A,
        "_mm256_and_si256(high, _mm256_set1_epi16(1))",
        "_mm256_set1_epi16(1)",
        "tests/test_half_types.py",
    ),
    Fault(
        "float16 truncated",
        A,
        "_mm256_cvtps_ph(y[1], _MM_FROUND_TO_NEAREST_INT)",
        "_mm256_cvtps_ph(y[1], _MM_FROUND_TO_ZERO)",
        "tests/test_half_types.py",
    ),
    Fault(
        "minimum as unsigned",
        A,
        "_mm256_min_epi32(as_integers(x), as_integers(splat(FLT_MAX)))",
        "_mm256_min_epu32(as_integers(x), as_integers(splat(FLT_MAX)))",
        CONTRACT,
    ),
    Fault(
        "flag at a signalling NaN", A, "return _mm256_andnot_si256(nan, x)", "return x", CONTRACT
    ),
    Fault("inverse finite past 1", A, "exceeds(a, splat(1)))", "exceeds(a, splat(2)))", CONTRACT),
    Fault(
        "NaN mask of the wrong half",
        A,
        "OP(blendv)(y[1], ONE_NAN, nan.mask[1])",
        "OP(blendv)(y[1], ONE_NAN, nan.mask[0])",
        CONTRACT,
    ),
    Fault(
        "loops for the wrong dtypes",
        L,
        "of_two[] = {23, 23, 11, 11,",
        "of_two[] = {11, 11, 23, 23,",
        CONTRACT,
    ),
    Fault(
        "kernels of the wrong types",
        "csrc/isa.h",
        "[TYPE_f64] = pass##_f64",
        "[TYPE_f64] = pass##_f32",
        KERNELS,
    ),
    Fault(
        "reductions in blocks", L, "return in_step == out", "return in_step && in_step == out", LOOP
    ),
    Fault("accumulations in blocks", L, "in + in_step == out;", "in - in_step == out;", LOOP),
    Fault("scalar input copied never", L, "else if (done == 0)", "else if (done == 1)", LOOP),
    Fault("blocks that overlap", L, "done += m", "done += m - (m > 1)", LOOP),
    Fault(
        "in place streamed",
        L,
        "if (loop->args[in] == loop->args[out])",
        "if (loop->args[in] == NULL)",
        LOOP,
        "in place the results are the same either way: the condition is one of speed",
    ),
    Fault(
        "streaming stores unaligned", "csrc/stream.c", "-(uintptr_t)to % sizeof(__m128i)", "0", LOOP
    ),
    Fault(
        "missing fence",
        "csrc/stream.c",
        "_mm_sfence();",
        "",
        LOOP,
        "another thread may only read an output after a locked instruction of this one (the GIL's),"
        " which drains the streamed stores as well; the fence is for callers of the C loop itself",
    ),
    Fault(
        "AVX2 where the system does not save it",
        "csrc/cpu.c",
        "(cpu.xcr0 & SSE_AND_AVX_STATE) != SSE",
        "(cpu.xcr0 & SSE_AND_AVX_STATE) == SSE",
        "tests/test_isa.py",
    ),
    Fault(
        "the slowest by default",
        "softsign_c/_isa.py",
        "available_isas()[0]",
        "available_isas()[-1]",
        "tests/test_isa.py",
    ),
    Fault(
        "context that does not return",
        "softsign_c/_isa.py",
        "before: int = lib.softsign_active_isa()",
        "before = 0",
        "tests/test_isa.py",
    ),
    Fault(
        "no module to pickle by",
        "softsign_c/_ufunc.py",
        "ufunc.__module__ = ",
        "ufunc.__doc__ = ufunc.__doc__ or ",
        "tests/test_introspection.py",
    ),
    Fault(
        "never streamed",
        "softsign_c/__init__.py",
        "_lib.softsign_set_streaming_bytes(_cache)",
        "pass",
        LOOP,
    ),
    Fault(
        "threads on overlapping arrays",
        L,
        "if (threads > 1 && is_in_any_order(&loop))",
        "if (threads > 1)",
        THREADS,
    ),
]
