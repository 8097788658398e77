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

/* ROW(type, bytes, type that is computed in, limit, smallest chunk, with)
 *
 * limit: of the fast path, as above. Infinity's exponent for float16, which cannot underflow in
 * float32; for the others a margin below overflow, so that 1 / (1 + |x|) is normal, in float64 as a
 * float, from which AVX2 takes its estimate.
 * smallest chunk: elements that are worth a thread, about 1 us of work, several times what it takes
 * to hand them over.
 * with: handed on, for a list within a list.
 *
 * NumPy's own types come first. */
#define SOFTSIGN_TYPES(ROW, with)                                                                  \
    ROW(f16, 2, f32, 16, 8192, with)                                                               \
    ROW(f32, 4, f32, 100, 8192, with)                                                              \
    ROW(f64, 8, f64, 120, 4096, with)                                                              \
    ROW(bf16, 2, f32, 100, 8192, with)

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
#define TYPE_INDEX(type, bytes, compute, limit, chunk, with) TYPE_##type,
#define FEATURE_INDEX(feature, needed) FEATURE_##feature,
enum { SOFTSIGN_OPS(OP_INDEX) OPS };
enum { SOFTSIGN_TYPES(TYPE_INDEX, ) TYPES };
enum { SOFTSIGN_FEATURES(FEATURE_INDEX) FEATURES };
#undef OP_INDEX
#undef TYPE_INDEX
#undef FEATURE_INDEX

/* Kernels are made for CPUs whose divider is fast and for those whose divider is slow, beside their
 * multipliers. Where it is slow, more vectors are divided by estimate; the bits are the same. */
enum { FAST_DIVIDER, SLOW_DIVIDER, DIVIDERS };

/* The sizes of arrays that hold the operands of any op. */
enum { MAX_INPUTS = 2, MAX_OUTPUTS = 2, MAX_OPERANDS = 4 };

#define CHECK_SIZES(op, ufunc, inputs, outputs, limit)                                             \
    _Static_assert(1 <= (inputs) && (inputs) <= MAX_INPUTS, #op " has too many inputs");           \
    _Static_assert(1 <= (outputs) && (outputs) <= MAX_OUTPUTS, #op " has too many outputs");       \
    _Static_assert((inputs) + (outputs) <= MAX_OPERANDS, #op " has too many operands");
SOFTSIGN_OPS(CHECK_SIZES)
#undef CHECK_SIZES
_Static_assert(FEATURES <= 32, "features are bits of a uint32_t");

#endif
