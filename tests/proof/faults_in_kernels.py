"""Faults in the formulas and in the kernels that every instruction set makes of them."""

from fault import Fault, test

FORMULAS, KERNELS, TYPES = "csrc/formulas.h", "csrc/kernels_of_type.h", "csrc/kernels.h"

FAULTS = [
    Fault(
        "wrong constant",
        FORMULAS,
        "v_mul(v_set(-2), v_signed(cube, x))",
        "v_mul(v_set(-3), v_signed(cube, x))",
        test("contract"),
    ),
    Fault(
        "lost sign",
        FORMULAS,
        "out[0] = NAME(quotient)(x, NAME",
        "out[0] = NAME(quotient)(v_abs(x), NAME",
        test("contract"),
    ),
    Fault(
        "derivative by another division",
        FORMULAS,
        "way, BIAS);\n    out[0] = v_mul(r, r);",
        "way, BIAS);\n    out[0] = v_div(r, v_div(v_set(1), r));",
        test("contract"),
    ),
    Fault(
        "products in another order",
        FORMULAS,
        "v_mul(v_mul(grad, r), r)",
        "v_mul(grad, v_mul(r, r))",
        test("contract"),
    ),
    Fault(
        "no step of Newton",
        FORMULAS,
        "    return v_fnma(v_fms(q, s, n), r, q);",
        "    return q;",
        test("contract"),
    ),
    Fault(
        "one step of Newton in float64",
        FORMULAS,
        "if (BYTES == 8)",
        "if (BYTES == 9)",
        test("float64"),
        (
            "no input is known that one step gets wrong; the first is there because without it "
            "the proof of the second does not hold"
        ),
    ),
    Fault(
        "refinement of the second order",
        FORMULAS,
        "step = v_fnma(e, e, e);",
        "step = e;",
        test("float32"),
    ),
    Fault(
        "estimate not refined",
        FORMULAS,
        "return v_fnma(r, bias ? v_sub(step, v_set(bias)) : step, r);",
        "return r;",
        test("contract"),
    ),
    Fault(
        "reciprocal by estimate",
        FORMULAS,
        "NAME(reciprocal)(vec x) { return v_div(v_set(1), NAME(one_plus)(x)); }",
        (
            "NAME(reciprocal)(vec x)\n"
            "{\n"
            "    return NAME(quotient)(v_set(1), NAME(one_plus)(x), ESTIMATED);\n"
            "}"
        ),
        test("contract"),
    ),
    Fault(
        "fused other than forward",
        FORMULAS,
        ("return NAME(corrected)(n, s, r);\n#endif\n    (void)r, (void)way;"),
        ("return v_mul(n, r);\n#endif\n    (void)r, (void)way;"),
        test("contract"),
    ),
    Fault(
        "jump at zero",
        FORMULAS,
        "v_choose(v_above(v_abs(x), zero), v_mul(v_mul(r, r), r), zero)",
        "v_mul(v_mul(r, r), r)",
        test("contract"),
    ),
    Fault(
        "infinity divided",
        FORMULAS,
        "return way == SPECIAL ? v_finite(x) : x;",
        "return x;",
        test("contract"),
    ),
    Fault(
        "NaN goes through the arithmetic",
        FORMULAS,
        "v_choose(v_above(v_abs(x), v_set(INFINITY)), v_set(0), x) : x",
        "x : x",
        test("contract"),
    ),
    Fault(
        "inverse finite past 1",
        FORMULAS,
        "mask is_outside = v_above(a, v_set(1));",
        "mask is_outside = v_above(a, v_set(2));",
        test("contract"),
    ),
    Fault(
        "inverse infinite past 1",
        FORMULAS,
        "out[0] = v_choose(is_outside, v_set(NAN), out[0]);",
        "out[0] = v_choose(is_outside, v_set(INFINITY), out[0]);",
        test("contract"),
    ),
    Fault(
        "second output lost",
        KERNELS,
        "MEMORY(store)(at.out1 + i, out[1]);",
        "MEMORY(store)(at.out1 + i, out[0]);",
        test("contract"),
    ),
    Fault(
        "second output of a batch lost",
        KERNELS,
        "y1[k] = out[1];",
        "y1[k] = out[0];",
        test("contract"),
    ),
    Fault(
        "NaN of the second input lost",
        KERNELS,
        ("for (int k = 0; k < inputs; k++) {\n                mask is_nan"),
        ("for (int k = 0; k < 1; k++) {\n                mask is_nan"),
        test("contract"),
    ),
    Fault(
        "NaN with a payload",
        KERNELS,
        "out[j] = v_choose(is_nan, v_set(NAN), out[j]);",
        "out[j] = v_choose(is_nan, in[k], out[j]);",
        test("contract"),
    ),
    Fault(
        "second input not looked at",
        KERNELS,
        "beyond |= MEMORY(beyond)(at.in1, exponent);",
        ";",
        test("contract", "kernels"),
    ),
    Fault(
        "every batch ordinary", KERNELS, "return !beyond;", "return 1;", test("contract", "kernels")
    ),
    Fault(
        "no batch ordinary",
        KERNELS,
        "return !beyond;",
        "return 0;",
        test("contract"),
        "the special way gives the same bits, slower",
    ),
    Fault(
        "inverse ordinary past 1",
        KERNELS,
        "pass == PASS_inverse ? 0 : HUGE_EXPONENT",
        "HUGE_EXPONENT",
        test("contract", "kernels"),
    ),
    Fault(
        "special batches cut short",
        KERNELS,
        "run_special(at, step);",
        "run_special(at, step - LANES * BYTES);",
        test("contract", "kernels"),
    ),
    Fault(
        "special batches past the end",
        KERNELS,
        "step = min(SPECIAL_BATCHES * batch, bytes - i);",
        "step = SPECIAL_BATCHES * batch;",
        test("contract", "kernels"),
    ),
    Fault(
        "tail one short",
        KERNELS,
        "(n % LANES, rest, 0);",
        "(n % LANES - 1, rest, 0);",
        test("kernels"),
    ),
    Fault(
        "tail computed from the front",
        KERNELS,
        "rest[k] = operands[k] + whole;",
        "rest[k] = operands[k];",
        test("kernels"),
    ),
    Fault(
        "tail lost",
        KERNELS,
        ("if (n % LANES == 0)\n        return;"),
        ("if (n % LANES <= 1)\n        return;"),
        test("kernels"),
    ),
    Fault(
        "prefetch in the place of nothing",
        KERNELS,
        "v_prefetch(at.in0 + PREFETCH_AHEAD + line);",
        ";",
        test("loop"),
        "a prefetch changes no result",
    ),
    Fault(
        "kernels of the wrong types",
        TYPES,
        "[TYPE_##type] = KERNEL(pass, type),",
        "[TYPE_##type] = KERNEL(pass, f32),",
        test("kernels"),
    ),
]
