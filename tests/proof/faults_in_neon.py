"""Faults in NEON's operations, which the digests notice under emulation."""

from fault import Fault

NEON, CPU = "csrc/isa/neon.c", "csrc/cpu.c"
DIGESTS = "tests/proof/digest.py"

FAULTS = [
    Fault(
        "quotient by a product on NEON",
        NEON,
        "{ return vdivq_##W(a, b); }",
        "{ return vmulq_##W(a, vdivq_##W(v_set_##W(1), b)); }",
        DIGESTS,
    ),
    Fault(
        "sign of a residual of zero lost on NEON",
        NEON,
        "{ return vfmaq_##W(vnegq_##W(c), a, b); }",
        "{ return vnegq_##W(vfmsq_##W(c, a, b)); }",
        DIGESTS,
    ),
    Fault(
        "residual rounded twice on NEON",
        NEON,
        "{ return vfmaq_##W(vnegq_##W(c), a, b); }",
        "{ return vsubq_##W(vmulq_##W(a, b), c); }",
        DIGESTS,
    ),
    Fault(
        "sign and magnitude swapped on NEON",
        NEON,
        "##_##W(v_set_##W(-0.0)), x, a);",
        "##_##W(v_set_##W(-0.0)), a, x);",
        DIGESTS,
    ),
    Fault(
        ">= for > on NEON",
        NEON,
        "return vcgtq_##word(",
        "return vcgeq_##word(",
        DIGESTS,
    ),
    Fault(
        "infinity left as it is on NEON",
        NEON,
        "v_choose_##W(v_above_##W(a, most), most, a)",
        "v_choose_##W(v_above_##W(a, most), a, a)",
        DIGESTS,
    ),
    Fault(
        "last vector of a batch not looked at on NEON",
        NEON,
        "for (int k = 1; k < BATCH; k++)",
        "for (int k = 1; k < BATCH - 1; k++)",
        DIGESTS,
    ),
    Fault(
        "half of the float64 not looked at on NEON",
        NEON,
        "magnitude_f64(batch, k + 1)",
        "magnitude_f64(batch, k)",
        DIGESTS,
    ),
    Fault(
        "float16 special a binade too late on NEON",
        NEON,
        "half_beyond(batch, (15 + e) << 10)",
        "half_beyond(batch, (16 + e) << 10)",
        DIGESTS,
    ),
    Fault(
        "bfloat16 never special on NEON",
        NEON,
        "return half_beyond(batch, (127 + e) << 7);",
        "return half_beyond(batch, 0x8000 + 0 * e);",
        DIGESTS,
    ),
    Fault(
        "one half of eight float16 twice on NEON",
        NEON,
        "x[k + 1] = vcvt_high_f32_f16(halves);",
        "x[k + 1] = x[k];",
        DIGESTS,
    ),
    Fault(
        "bits of the neighbour in a bfloat16 on NEON",
        NEON,
        "vandq_u32(two, vdupq_n_u32(0xffff0000))",
        "two",
        DIGESTS,
    ),
    Fault(
        "ties of bfloat16 away from even on NEON",
        NEON,
        "vandq_u16(high, vdupq_n_u16(1))",
        "vdupq_n_u16(1)",
        DIGESTS,
    ),
    Fault("no NEON on AArch64", CPU, "return NEEDS(AARCH64);", "return 0;", DIGESTS),
]
