/* The kernels of one element type: a template, included once for each type by each instruction set,
 * which defines these macros first:
 *
 *     TYPE    f16, f32, f64 or bf16
 *     BYTES   of one element
 *     vec     LANES elements, with the operations that formulas.h uses
 *     BATCH   vecs at a time; more than one lets the CPU overlap them better
 *     nans    which elements of a batch are NaN; either(a, b) of two batches
 *     load    a batch from memory, with what is not in the domain replaced; returns its nans
 *     store   a batch to memory, rounded to nearest even, with the one NaN in place of nans
 *
 * TYPE, BYTES, nans, either, load and store are undefined at the end, ready for the next type.
 *
 * The one NaN is the positive quiet one without payload. No NaN reaches a formula's result by
 * arithmetic, because which NaN comes out of two differs from CPU to CPU. */

#define NAME(name) JOIN(name, TYPE)
#define FORMULA(pass, domain_)                                                                     \
    static const enum domain NAME(pass##_domain) = domain_;                                        \
    static inline void NAME(pass##_formula)(const vec *in, vec *out)

#include "formulas.h"

typedef void NAME(formula)(const vec *in, vec *out);

enum { NAME(STEP) = BATCH * LANES };

/* n is a multiple of STEP. */
static ALWAYS_INLINE void NAME(run_batches)(NAME(formula) * formula, enum domain domain, int inputs,
                                            int outputs, size_t n, char *const *operands)
{
    const char *in0 = operands[0], *in1 = operands[inputs - 1];
    char *out0 = operands[inputs], *out1 = operands[inputs + outputs - 1];

    INDEPENDENT_ITERATIONS
    for (size_t i = 0; i < n * BYTES; i += NAME(STEP) * BYTES) {
        vec x0[BATCH], x1[BATCH], y0[BATCH], y1[BATCH];
        nans nan = load(in0 + i, x0, domain);
        if (inputs > 1)
            nan = either(nan, load(in1 + i, x1, ANY));
        for (int k = 0; k < BATCH; k++) {
            vec in[MAX_INPUTS], out[MAX_OUTPUTS];
            in[0] = x0[k];
            if (inputs > 1)
                in[1] = x1[k];
            formula(in, out);
            y0[k] = out[0];
            if (outputs > 1)
                y1[k] = out[1];
        }
        store(out0 + i, y0, nan);
        if (outputs > 1)
            store(out1 + i, y1, nan);
    }
}

/* Inlined into each kernel, where formula, domain, inputs and outputs are constants. */
static ALWAYS_INLINE void NAME(run)(NAME(formula) * formula, enum domain domain, int inputs,
                                    int outputs, size_t n, char *const *operands)
{
    size_t whole = n - n % NAME(STEP), rest = (n - whole) * BYTES;
    NAME(run_batches)(formula, domain, inputs, outputs, whole, operands);
    if (rest == 0)
        return;

    char padded[MAX_OPERANDS][NAME(STEP) * BYTES];
    char *const at[MAX_OPERANDS] = {padded[0], padded[1], padded[2], padded[3]};
    for (int k = 0; k < inputs; k++) {
        memset(at[k], 0, sizeof padded[k]);
        memcpy(at[k], operands[k] + whole * BYTES, rest);
    }
    NAME(run_batches)(formula, domain, inputs, outputs, NAME(STEP), at);
    for (int k = inputs; k < inputs + outputs; k++)
        memcpy(operands[k] + whole * BYTES, at[k], rest);
}

#define KERNEL(pass, ufunc, inputs, outputs)                                                       \
    static void NAME(pass)(size_t n, char *const *operands)                                        \
    {                                                                                              \
        NAME(run)(NAME(pass##_formula), NAME(pass##_domain), inputs, outputs, n, operands);        \
    }
SOFTSIGN_PASSES(KERNEL)

#undef KERNEL
#undef FORMULA
#undef NAME
#undef TYPE
#undef BYTES
#undef nans
#undef either
#undef load
#undef store
