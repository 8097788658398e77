/* The kernels of one element type: a template, which kernels_tpl.h includes for each type, with
 *
 *     ELEMENT, BYTES   its name; the size of an element
 *     WIDE             f32 or f64, in which it is computed
 *     HUGE_EXPONENT    from 2^this on a number is not ordinary; 1 / (1 + |x|) is normal below
 *
 * The one NaN is the positive quiet one without payload. No NaN reaches a result by arithmetic,
 * because which NaN comes out of two differs from CPU to CPU. */

#define NAME(name) JOIN(name, ELEMENT)
#define MEMORY(name) JOIN3(v, name, ELEMENT)
#define FORMULA(op)                                                                                \
    static ALWAYS_INLINE void NAME(op##_formula)(const vec *in, vec *out, enum way way)

#include "formulas_tpl.h"

/* The op is a constant wherever this is inlined. */
static ALWAYS_INLINE void NAME(compute)(int op, const vec *in, vec *out, enum way way)
{
#define COMPUTE(op, ufunc, inputs, outputs)                                                        \
    case OP_##op: NAME(op##_formula)(in, out, way); break;
    switch (op) {
        SOFTSIGN_OPS(COMPUTE)
    }
#undef COMPUTE
}

/* Any vectors, so many bytes of each operand. */
static ALWAYS_INLINE void NAME(run_special)(int op, int inputs, int outputs, struct operands at,
                                            size_t bytes)
{
#if !BATCH
    INDEPENDENT_ITERATIONS
#endif
    for (size_t i = 0; i < bytes; i += LANES * BYTES) {
        vec in[MAX_INPUTS] = {MEMORY(load)(at.in0 + i)}, out[MAX_OUTPUTS];
        if (inputs > 1)
            in[1] = MEMORY(load)(at.in1 + i);
        NAME(compute)(op, in, out, SPECIAL);
        for (int j = 0; j < outputs; j++)
            for (int k = 0; k < inputs; k++) {
                mask is_nan = v_above(v_abs(in[k]), v_set(INFINITY));
                out[j] = v_choose(is_nan, v_set(NAN), out[j]);
            }
        MEMORY(store)(at.out0 + i, out[0]);
        if (outputs > 1)
            MEMORY(store)(at.out1 + i, out[1]);
    }
}

#if BATCH

static ALWAYS_INLINE int NAME(is_ordinary)(int op, int inputs, struct operands at)
{
    const int exponent = op == OP_inverse ? 0 : HUGE_EXPONENT;
    int beyond = MEMORY(beyond)(at.in0, exponent);
    if (inputs > 1)
        beyond |= MEMORY(beyond)(at.in1, exponent);
    return !beyond;
}

static ALWAYS_INLINE void NAME(run_ordinary)(int op, int inputs, int outputs, struct operands at,
                                             int streaming)
{
    vec x0[BATCH], x1[BATCH], y0[BATCH], y1[BATCH];
    MEMORY(load_batch)(at.in0, x0);
    if (inputs > 1)
        MEMORY(load_batch)(at.in1, x1);
    for (int k = 0; k < BATCH; k++) {
        vec in[MAX_INPUTS] = {x0[k]}, out[MAX_OUTPUTS];
        if (inputs > 1)
            in[1] = x1[k];
        NAME(compute)(op, in, out, k < BATCH - NAME(ESTIMATES) ? ORDINARY : ESTIMATED);
        y0[k] = out[0];
        if (outputs > 1)
            y1[k] = out[1];
    }
    MEMORY(store_batch)(at.out0, y0, streaming);
    if (outputs > 1)
        MEMORY(store_batch)(at.out1, y1, streaming);
}

/* Whole vectors, so many bytes of each operand: in batches, as far as they go. */
static ALWAYS_INLINE void NAME(run_vectors)(int op, int inputs, int outputs, special *run_special,
                                            struct operands all, size_t bytes, int streaming)
{
    const size_t batch = BATCH * LANES * BYTES;
    for (size_t i = 0, step; i < bytes; i += step) {
        struct operands at = {all.in0 + i, all.in1 + i, all.out0 + i, all.out1 + i};
        step = min(batch, bytes - i);
        if (streaming)
            for (size_t line = 0; line < batch; line += CACHE_LINE) {
                v_prefetch(at.in0 + PREFETCH_AHEAD + line);
                if (inputs > 1)
                    v_prefetch(at.in1 + PREFETCH_AHEAD + line);
            }
        if (LIKELY(step == batch && NAME(is_ordinary)(op, inputs, at))) {
            NAME(run_ordinary)(op, inputs, outputs, at, streaming);
        } else {
            step = min(SPECIAL_BATCHES * batch, bytes - i);
            run_special(at, step);
        }
    }
}

/* Inlined into each kernel, where op, inputs and outputs are constants. */
static ALWAYS_INLINE void NAME(run)(int op, int inputs, int outputs, special *run_special, size_t n,
                                    char *const *operands, int streaming)
{
    softsign_kernel *run_rest = softsign_baseline.kernels[op][JOIN(TYPE, ELEMENT)];
    if (n < LANES) { /* as fast as the baseline, before a register is set up */
        run_rest(n, operands, 0);
        return;
    }
    size_t whole = n / LANES * LANES * BYTES;
    struct operands all = operands_of(operands, inputs, outputs);
    NAME(run_vectors)(op, inputs, outputs, run_special, all, whole, streaming);
    if (n % LANES == 0)
        return;
    char *rest[MAX_OPERANDS];
    for (int k = 0; k < inputs + outputs; k++)
        rest[k] = operands[k] + whole;
    run_rest(n % LANES, rest, 0);
}

#else

static ALWAYS_INLINE void NAME(run)(int op, int inputs, int outputs, special *run_special, size_t n,
                                    char *const *operands, int streaming)
{
    (void)op, (void)streaming;
    run_special(operands_of(operands, inputs, outputs), n * BYTES);
}

#endif

#define KERNEL_OF_OP(op, ufunc, inputs, outputs)                                                   \
    static NOINLINE void SPECIAL_KERNEL(op, ELEMENT)(struct operands at, size_t bytes)             \
    {                                                                                              \
        NAME(run_special)(OP_##op, inputs, outputs, at, bytes);                                    \
    }                                                                                              \
    static void KERNEL(op, ELEMENT)(size_t n, char *const *operands, int streaming)                \
    {                                                                                              \
        NAME(run)(OP_##op, inputs, outputs, SPECIAL_KERNEL(op, ELEMENT), n, operands, streaming);  \
    }
SOFTSIGN_OPS(KERNEL_OF_OP)

#undef KERNEL_OF_OP
#undef FORMULA
#undef MEMORY
#undef NAME
#undef ELEMENT
#undef BYTES
#undef WIDE
#undef HUGE_EXPONENT
