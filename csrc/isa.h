/* What an instruction set is: one kernel for each pass and element type. The lists of passes and
 * types stand here once; enums, tables and ufuncs are made from them. */
#ifndef SOFTSIGN_ISA_H
#define SOFTSIGN_ISA_H

#include "softsign.h"

/* ROW(pass, its ufunc, inputs, outputs) */
#define SOFTSIGN_PASSES(ROW)                                                                       \
    ROW(forward, "softsign", 1, 1)                                                                 \
    ROW(derivative, "softsign_derivative", 1, 1)                                                   \
    ROW(backward, "softsign_backward", 2, 1)                                                       \
    ROW(forward_with_derivative, "softsign_with_derivative", 1, 2)                                 \
    ROW(inverse, "softsign_inverse", 1, 1)                                                         \
    ROW(second_derivative, "softsign_second_derivative", 1, 1)

/* ROW(type, bytes) */
#define SOFTSIGN_TYPES(ROW)                                                                        \
    ROW(f16, 2)                                                                                    \
    ROW(f32, 4)                                                                                    \
    ROW(f64, 8)                                                                                    \
    ROW(bf16, 2)

#define SOFTSIGN_PASS_INDEX(pass, ufunc, inputs, outputs) PASS_##pass,
#define SOFTSIGN_TYPE_INDEX(type, bytes) TYPE_##type,
enum { SOFTSIGN_PASSES(SOFTSIGN_PASS_INDEX) PASSES };
enum { SOFTSIGN_TYPES(SOFTSIGN_TYPE_INDEX) TYPES };
enum { MAX_INPUTS = 2, MAX_OUTPUTS = 2, MAX_OPERANDS = 4 };

/* What a formula takes for numbers it cannot compute with. A NaN is put back in the end. */
enum domain {
    FINITE, /* the largest finite value, of the same sign, for infinity and NaN */
    NUMBER, /* 0 for NaN */
    ANY,    /* NaN may stay, if it raises no flag when it is loaded */
};

struct softsign_isa {
    const char *name;
    const char *(*missing)(void); /* what this machine lacks to run it; NULL if nothing */
    softsign_kernel *kernels[PASSES][TYPES];
};

/* The kernels of one pass, as the rows of the table above. */
#define SOFTSIGN_KERNELS(pass, ufunc, inputs, outputs)                                             \
    {[TYPE_f16] = pass##_f16,                                                                      \
     [TYPE_f32] = pass##_f32,                                                                      \
     [TYPE_f64] = pass##_f64,                                                                      \
     [TYPE_bf16] = pass##_bf16},

extern const struct softsign_isa softsign_avx2, softsign_baseline;

#endif
