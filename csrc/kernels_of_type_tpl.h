/* Template: the kernels of one element type. kernels_tpl.h includes it for each, having defined
 *
 *     ELEMENT    the type that is stored: NAME(run) becomes run_f32, and so on
 *     COMPUTE    f32 or f64, the type that it is computed in: vec, mask, LANES and the v_* of
 *                simd.h are those of COMPUTE here
 *
 * KERNEL_FOR, at the end, defines softsign_avx2_forward_f32 and, for CPUs with a slow divider,
 * softsign_avx2_forward_f32_slow_divider. Both inline run(), which leaves a tail to the baseline,
 * and run_vectors(), which takes a batch on the fast path if is_in_range(), else on the slow path,
 * softsign_avx2_forward_f32_slow_path, which is not inlined.
 *
 * Every NaN result is the canonical NaN: quiet, positive, without payload. No NaN reaches a result
 * by arithmetic, because CPUs differ in which of two NaNs they propagate. */

#include "kernels.h"

enum { NAME(COMPUTE_BYTES) = sizeof(vec) / LANES };

#include "formulas_tpl.h"

static ALWAYS_INLINE void NAME(compute)(struct op op, const vec *in, vec *out, enum path path)
{
#define COMPUTE_OP(name, ufunc, inputs, outputs, limit)                                            \
    case OP_##name: NAME(name##_formula)(in, out, path); break;
    switch (op.index) {
        SOFTSIGN_OPS(COMPUTE_OP)
    }
#undef COMPUTE_OP
}

/* Any input. Where an input is NaN, the result is the canonical NaN. */
static ALWAYS_INLINE void NAME(compute_any)(struct op op, const vec *in, vec *out)
{
    NAME(compute)(op, in, out, SLOW_PATH);
    for (int j = 0; j < op.outputs; j++)
        for (int k = 0; k < op.inputs; k++) {
            mask is_nan = v_above(v_abs(in[k]), v_set(INFINITY));
            out[j] = v_choose(is_nan, v_set(NAN), out[j]);
        }
}

#if PARTIAL_VECTORS

/* The first n lanes of one vector. */
static ALWAYS_INLINE void NAME(run_first)(struct op op, struct operands at, size_t n)
{
    vec in[MAX_INPUTS] = {MEMORY(load_first)(at.in0, n)}, out[MAX_OUTPUTS];
    if (op.inputs > 1)
        in[1] = MEMORY(load_first)(at.in1, n);
    NAME(compute_any)(op, in, out);
    MEMORY(store_first)(at.out0, out[0], n);
    if (op.outputs > 1)
        MEMORY(store_first)(at.out1, out[1], n);
}

#endif

/* Any input: bytes of each operand, a multiple of a vector's unless there are partial vectors. */
static ALWAYS_INLINE void NAME(run_slow_path)(struct op op, struct operands at, size_t bytes)
{
#if PARTIAL_VECTORS
    const size_t tail = bytes % (LANES * BYTES);
    bytes -= tail;
    if (tail > 0) {
        NAME(run_first)(op, advanced(at, bytes), tail / BYTES);
    }
#endif
#if !BATCH
    INDEPENDENT_ITERATIONS
#endif
    for (size_t i = 0; i < bytes; i += LANES * BYTES) {
        vec in[MAX_INPUTS] = {MEMORY(load)(at.in0 + i)}, out[MAX_OUTPUTS];
        if (op.inputs > 1)
            in[1] = MEMORY(load)(at.in1 + i);
        NAME(compute_any)(op, in, out);
        MEMORY(store)(at.out0 + i, out[0]);
        if (op.outputs > 1)
            MEMORY(store)(at.out1 + i, out[1]);
    }
}

#if BATCH

/* Whether the batch may take the fast path: one maximum for each vector, one branch. */
static ALWAYS_INLINE int NAME(is_in_range)(struct op op, struct operands at)
{
    const int limit = op.limit < NAME(LIMIT) ? op.limit : NAME(LIMIT);
    int is_out = MEMORY(out_of_range)(at.in0, limit);
    if (op.inputs > 1)
        is_out |= MEMORY(out_of_range)(at.in1, limit);
    return !is_out;
}

/* One batch. The divider works on some vectors while others are divided by estimate. */
static ALWAYS_INLINE void NAME(run_fast_path)(struct op op, struct operands at, int streaming)
{
    vec x0[BATCH], x1[BATCH], y0[BATCH], y1[BATCH];
    MEMORY(load_batch)(at.in0, x0);
    if (op.inputs > 1)
        MEMORY(load_batch)(at.in1, x1);
    for (int k = 0; k < BATCH; k++) {
        vec in[MAX_INPUTS] = {x0[k]}, out[MAX_OUTPUTS];
        if (op.inputs > 1)
            in[1] = x1[k];
        NAME(compute)(op, in, out, k < BATCH - op.estimated ? FAST_PATH : FAST_PATH_ESTIMATED);
        y0[k] = out[0];
        if (op.outputs > 1)
            y1[k] = out[1];
    }
    MEMORY(store_batch)(at.out0, y0, streaming);
    if (op.outputs > 1)
        MEMORY(store_batch)(at.out1, y1, streaming);
}

/* Costs nothing in the first two caches and saves 2 to 10% of the time beyond them. */
static ALWAYS_INLINE void NAME(prefetch)(struct op op, struct operands at, size_t bytes)
{
    for (size_t line = 0; line < bytes; line += CACHE_LINE) {
        v_prefetch(at.in0 + PREFETCH_AHEAD + line);
        if (op.inputs > 1)
            v_prefetch(at.in1 + PREFETCH_AHEAD + line);
    }
}

/* Batches, then what is left of less than a batch on the slow path. */
static ALWAYS_INLINE void NAME(run_vectors)(struct op op, slow_path *run_slow_path,
                                            struct operands all, size_t bytes, int streaming)
{
    const size_t batch = BATCH * LANES * BYTES;
    for (size_t i = 0, step; i < bytes; i += step) {
        struct operands at = advanced(all, i);
        step = min_size(batch, bytes - i);
        if (LIKELY(step == batch && NAME(is_in_range)(op, at))) {
            NAME(prefetch)(op, at, batch);
            NAME(run_fast_path)(op, at, streaming);
        } else {
            step = min_size(SLOW_BATCHES * batch, bytes - i);
            run_slow_path(at, step);
        }
    }
}

/* The body of a kernel. Without partial vectors the tail of less than a vector is the baseline's,
 * which is as fast there, as no register has to be set up. */
static ALWAYS_INLINE void NAME(run)(struct op op, slow_path *run_slow_path, size_t n,
                                    char *const *operands, int streaming)
{
    softsign_kernel *run_tail =
        softsign_baseline.kernels[FAST_DIVIDER][op.index][JOIN(TYPE, ELEMENT)];
    const size_t tail = PARTIAL_VECTORS ? 0 : n % LANES, whole = (n - tail) * BYTES;
    if (tail == n) {
        run_tail(n, operands, 0);
        return;
    }
    NAME(run_vectors)(op, run_slow_path, operands_of(op, operands), whole, streaming);
    if (tail == 0)
        return;
    char *at[MAX_OPERANDS];
    for (int k = 0; k < op.inputs + op.outputs; k++)
        at[k] = operands[k] + whole;
    run_tail(tail, at, 0);
}

#else

/* The body of a kernel: the compiler vectorises the loop. */
static ALWAYS_INLINE void NAME(run)(struct op op, slow_path *run_slow_path, size_t n,
                                    char *const *operands, int streaming)
{
    (void)streaming;
    run_slow_path(operands_of(op, operands), n * BYTES);
}

#endif

#define SLOW_PATH_OF(op, type) JOIN(KERNEL(op, type), slow_path)
#define KERNEL_FOR(divider, DIVIDER, name, inputs, outputs, limit)                                 \
    static void KERNEL_##divider(name, ELEMENT)(size_t n, char *const *operands, int streaming)    \
    {                                                                                              \
        struct op op = {OP_##name, inputs, outputs, limit,                                         \
                        ESTIMATED(DIVIDER, OP_##name, JOIN(TYPE, ELEMENT))};                       \
        NAME(run)(op, SLOW_PATH_OF(name, ELEMENT), n, operands, streaming);                        \
    }
#define KERNEL_OF_OP(name, ufunc, inputs, outputs, limit)                                          \
    static NOINLINE void SLOW_PATH_OF(name, ELEMENT)(struct operands at, size_t bytes)             \
    {                                                                                              \
        NAME(run_slow_path)((struct op){OP_##name, inputs, outputs, limit, 0}, at, bytes);         \
    }                                                                                              \
    KERNEL_FOR(fast, FAST_DIVIDER, name, inputs, outputs, limit)
SOFTSIGN_OPS(KERNEL_OF_OP)

#if ESTIMATES
#define KERNEL_FOR_SLOW_DIVIDER(name, ufunc, inputs, outputs, limit)                               \
    KERNEL_FOR(slow, SLOW_DIVIDER, name, inputs, outputs, limit)
SOFTSIGN_OPS(KERNEL_FOR_SLOW_DIVIDER)
#undef KERNEL_FOR_SLOW_DIVIDER
#endif

#undef KERNEL_OF_OP
#undef KERNEL_FOR
#undef SLOW_PATH_OF
#undef COMPUTE
#undef ELEMENT
