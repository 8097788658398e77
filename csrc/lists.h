/* The lists from which enums, tables, kernels and ufuncs are generated (X-macros). */
#ifndef SOFTSIGN_LISTS_H
#define SOFTSIGN_LISTS_H

/* ROW(op, name of its ufunc, inputs, outputs, limit)
 *
 * The fast path takes numbers below 2^limit, and below the type's own limit: those for which no
 * intermediate and no result can underflow because of a large |x|. NORMAL stands for the largest e
 * for which 2^-e is a normal number of the type that is computed in. */
#define SOFTSIGN_OPS(ROW)                                                                          \
    ROW(forward, "softsign", 1, 1, NORMAL)                                                         \
    ROW(derivative, "softsign_derivative", 1, 1, NORMAL / 2)                                       \
    ROW(backward, "softsign_backward", 2, 1, NORMAL / 2)                                           \
    ROW(forward_with_derivative, "softsign_with_derivative", 1, 2, NORMAL / 2)                     \
    ROW(inverse, "softsign_inverse", 1, 1, 0)                                                      \
    ROW(second_derivative, "softsign_second_derivative", 1, 1, NORMAL / 3)

/* ROW(type, bytes, significant bits, type that is computed in, limit, smallest chunk, with)
 *
 * limit: also of the fast path. float16: the exponent of infinity, since its results cannot
 * underflow in float32. Others: below overflow with a margin, so that 1 / (1 + |x|) is normal; for
 * float64 normal as a float too, because AVX2 estimates it in float32.
 * smallest chunk: the fewest elements worth handing to a thread, about 1 us of work, several times
 * the cost of the handover.
 * with: an extra argument that is passed on to ROW.
 *
 * NumPy's own types come first. */
#define SOFTSIGN_TYPES(ROW, with)                                                                  \
    ROW(f16, 2, 11, f32, 16, 8192, with)                                                           \
    ROW(f32, 4, 24, f32, 100, 8192, with)                                                          \
    ROW(f64, 8, 53, f64, 120, 4096, with)                                                          \
    ROW(bf16, 2, 8, f32, 100, 8192, with)

/* ROW(instruction set), the fastest first: csrc/isa/ has a file for each. */
#define SOFTSIGN_ISAS(ROW)                                                                         \
    ROW(avx512)                                                                                    \
    ROW(avx2)                                                                                      \
    ROW(neon)                                                                                      \
    ROW(baseline)

/* ROW(feature, what a machine that lacks it needs) */
#define SOFTSIGN_FEATURES(ROW)                                                                     \
    ROW(X86_64, "an x86-64 CPU")                                                                   \
    ROW(AARCH64, "an AArch64 CPU")                                                                 \
    ROW(AVX2, "a CPU with AVX2")                                                                   \
    ROW(FMA, "a CPU with FMA")                                                                     \
    ROW(F16C, "a CPU with F16C")                                                                   \
    ROW(AVX_STATE, "an operating system that saves the AVX registers")                             \
    ROW(AVX512F, "a CPU with AVX512F")                                                             \
    ROW(AVX512DQ, "a CPU with AVX512DQ")                                                           \
    ROW(AVX512BW, "a CPU with AVX512BW")                                                           \
    ROW(AVX512VL, "a CPU with AVX512VL")                                                           \
    ROW(AVX512_VBMI2, "a CPU with AVX512_VBMI2, as from Ice Lake or Zen 4 on")                     \
    ROW(AVX512_STATE, "an operating system that saves the AVX-512 registers")

#define OP_INDEX(op, ufunc, inputs, outputs, limit) OP_##op,
#define TYPE_INDEX(type, bytes, digits, compute, limit, chunk, with) TYPE_##type,
#define FEATURE_INDEX(feature, needed) FEATURE_##feature,
enum { SOFTSIGN_OPS(OP_INDEX) OPS };
enum { SOFTSIGN_TYPES(TYPE_INDEX, ) TYPES };
enum { SOFTSIGN_FEATURES(FEATURE_INDEX) FEATURES };
#undef OP_INDEX
#undef TYPE_INDEX
#undef FEATURE_INDEX

/* Each kernel exists for CPUs with a fast and with a slow divider, compared with their multipliers.
 * The slow variant divides more vectors by estimate. The bits are the same. */
enum { FAST_DIVIDER, SLOW_DIVIDER, DIVIDERS };

/* The sizes of arrays that hold the operands of any op. */
enum { MAX_INPUTS = 2, MAX_OUTPUTS = 2, MAX_OPERANDS = 4 };

#define CHECK_SIZES(op, ufunc, inputs, outputs, limit)                                             \
    _Static_assert(1 <= (inputs) && (inputs) <= MAX_INPUTS, #op ": number of inputs");             \
    _Static_assert(1 <= (outputs) && (outputs) <= MAX_OUTPUTS, #op ": number of outputs");         \
    _Static_assert((inputs) + (outputs) <= MAX_OPERANDS, #op ": number of operands");
SOFTSIGN_OPS(CHECK_SIZES)
#undef CHECK_SIZES
_Static_assert(FEATURES <= 32, "features are bits of a uint32_t");

#endif
