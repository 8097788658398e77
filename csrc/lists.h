/* The lists that all else is made from: enums, tables, kernels, ufuncs. */
#ifndef SOFTSIGN_LISTS_H
#define SOFTSIGN_LISTS_H

/* ROW(op, its ufunc, inputs, outputs) */
#define SOFTSIGN_OPS(ROW)                                                                          \
    ROW(forward, "softsign", 1, 1)                                                                 \
    ROW(derivative, "softsign_derivative", 1, 1)                                                   \
    ROW(backward, "softsign_backward", 2, 1)                                                       \
    ROW(forward_with_derivative, "softsign_with_derivative", 1, 2)                                 \
    ROW(inverse, "softsign_inverse", 1, 1)                                                         \
    ROW(second_derivative, "softsign_second_derivative", 1, 1)

enum { MAX_INPUTS = 2, MAX_OUTPUTS = 2, MAX_OPERANDS = 4 };

/* ROW(type, bytes, with): with is handed on, for a list within a list. First those that NumPy has
 * by itself. */
#define SOFTSIGN_TYPES(ROW, with)                                                                  \
    ROW(f16, 2, with)                                                                              \
    ROW(f32, 4, with)                                                                              \
    ROW(f64, 8, with)                                                                              \
    ROW(bf16, 2, with)

/* ROW(instruction set), the fastest first: csrc/isa/ has a file for each. */
#define SOFTSIGN_ISAS(ROW)                                                                         \
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
    ROW(AVX_STATE, "an operating system that saves the AVX registers")

#define OP_INDEX(op, ufunc, inputs, outputs) OP_##op,
#define TYPE_INDEX(type, bytes, with) TYPE_##type,
#define FEATURE_INDEX(feature, needed) FEATURE_##feature,
enum { SOFTSIGN_OPS(OP_INDEX) OPS };
enum { SOFTSIGN_TYPES(TYPE_INDEX, ) TYPES };
enum { SOFTSIGN_FEATURES(FEATURE_INDEX) FEATURES };
#undef OP_INDEX
#undef TYPE_INDEX
#undef FEATURE_INDEX

#endif
