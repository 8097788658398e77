/* NumPy's inner loop: n elements of each operand, at any stride, through the active kernel.
 *
 * A kernel wants contiguous operands. One that is not, and an output to be streamed, takes its way
 * through a block that stays in the first-level cache. */
#include <string.h>

#include "isa.h"

#define PASS_ROW(pass, ufunc, inputs, outputs) {#pass, ufunc, inputs, outputs},
#define TYPE_NAME(type, bytes) #type,
#define TYPE_BYTES(type, bytes) bytes,
#define TYPE_LOOP(type, bytes) softsign_loop,

const struct softsign_pass softsign_passes[] = {SOFTSIGN_PASSES(PASS_ROW){NULL, NULL, 0, 0}};
const char *const softsign_types[] = {SOFTSIGN_TYPES(TYPE_NAME) NULL};
softsign_inner_loop *const softsign_loops[] = {SOFTSIGN_TYPES(TYPE_LOOP)};
static const ptrdiff_t type_bytes[] = {SOFTSIGN_TYPES(TYPE_BYTES)};

/* Pass and type in one number, which is what a loop is given as its data. */
#define JOB(pass, type) (void *)(intptr_t)(PASS_##pass * TYPES + TYPE_##type)
#define PASS_JOBS(pass, ufunc, inputs, outputs)                                                    \
    {[TYPE_f16] = JOB(pass, f16),                                                                  \
     [TYPE_f32] = JOB(pass, f32),                                                                  \
     [TYPE_f64] = JOB(pass, f64),                                                                  \
     [TYPE_bf16] = JOB(pass, bf16)},

void **softsign_loop_data(int pass)
{
    static void *jobs[PASSES][TYPES] = {SOFTSIGN_PASSES(PASS_JOBS)};
    return jobs[pass];
}

/* NumPy's numbers for float16, float32 and float64 (ABI: they never change), a loop after the
 * other. */
const char *softsign_loop_dtypes(int operands)
{
    static const char of_two[] = {23, 23, 11, 11, 12, 12};
    static const char of_three[] = {23, 23, 23, 11, 11, 11, 12, 12, 12};
    return operands == 2 ? of_two : of_three;
}

enum { BLOCK = 2048, LINE = 64 }; /* bytes; all blocks together stay in the first-level cache */

/* A thread's share is worth handing over from one microsecond of work on; in elements. Pieces of a
 * quarter of a second-level cache are large enough. */
static const size_t least_piece[] = {
    [TYPE_f16] = 6144, [TYPE_f32] = 8192, [TYPE_f64] = 3072, [TYPE_bf16] = 6144};
enum { CHUNK = 1 << 18 }; /* bytes of an operand */

struct loop {
    softsign_kernel *kernel;
    char **args;
    const ptrdiff_t *steps;
    int inputs, operands;
    size_t n;
    ptrdiff_t bytes; /* of one element */
    int sequential, streamed;
};

static void copy(char *to, ptrdiff_t to_step, const char *from, ptrdiff_t from_step, size_t n,
                 ptrdiff_t bytes)
{
#define COPY_EACH(constant) /* so that memcpy is one load and one store */                         \
    for (; n > 0; n--, to += to_step, from += from_step)                                           \
    memcpy(to, from, constant)
    switch (bytes) {
    case 2: COPY_EACH(2); break;
    case 4: COPY_EACH(4); break;
    case 8: COPY_EACH(8); break;
    }
#undef COPY_EACH
}

static int is_contiguous(const struct loop *loop)
{
    for (int k = 0; k < loop->operands; k++)
        if (loop->steps[k] != loop->bytes)
            return 0;
    return 1;
}

/* In reduce and accumulate an element of the output is an input of the next; in reduce all of them
 * are one, and the steps 0. */
static int is_sequential(const struct loop *loop)
{
    const char *in = loop->args[0], *out = loop->args[loop->inputs];
    ptrdiff_t in_step = loop->steps[0], out_step = loop->steps[loop->inputs];
    return in_step == out_step && in + in_step == out;
}

/* A streaming store spares the output's cache lines from being read first. It pays where they would
 * not stay in the cache, unless an input has brought them there already. */
static int is_streamed(const struct loop *loop)
{
    if (loop->n * (size_t)(loop->operands * loop->bytes) < softsign_streaming_bytes())
        return 0;
    for (int out = loop->inputs; out < loop->operands; out++) {
        if (loop->steps[out] != loop->bytes)
            return 0;
        for (int in = 0; in < loop->inputs; in++)
            if (loop->args[in] == loop->args[out])
                return 0;
    }
    return 1;
}

static size_t min(size_t a, size_t b) { return a < b ? a : b; }

static void run_in_blocks(const struct loop *loop)
{
    int sequential = loop->sequential, streamed = loop->streamed;
    /* Aligned: a vector stored across two lines is read back slowly, which doubles the time. */
    _Alignas(LINE) char blocks[MAX_OPERANDS][BLOCK];
    char *at[MAX_OPERANDS], *block_at[MAX_OPERANDS];
    ptrdiff_t bytes = loop->bytes;
    size_t n = loop->n, block = sequential ? 1 : BLOCK / (size_t)bytes;
    /* The first block ends where a cache line of the output does, and so do all but the last. */
    size_t past_line = (uintptr_t)loop->args[loop->inputs] % LINE / (size_t)bytes;
    size_t first = streamed ? block - past_line : block;

    for (size_t done = 0, m; done < n; done += m) {
        m = min(done ? block : first, n - done);
        for (int k = 0; k < loop->operands; k++) {
            ptrdiff_t step = loop->steps[k];
            int is_input = k < loop->inputs;
            at[k] = loop->args[k] + (ptrdiff_t)done * step;
            block_at[k] = step == bytes && (is_input || !streamed) ? at[k] : blocks[k];
            if (!is_input || block_at[k] == at[k])
                continue;
            if (step != 0 || sequential)
                copy(blocks[k], bytes, at[k], step, m, bytes);
            else if (done == 0) /* one scalar for all blocks */
                copy(blocks[k], bytes, at[k], step, min(block, n), bytes);
        }
        loop->kernel(m, block_at);
        for (int k = loop->inputs; k < loop->operands; k++) {
            if (streamed)
                softsign_stream(at[k], blocks[k], m * (size_t)bytes);
            else if (block_at[k] != at[k])
                copy(at[k], loop->steps[k], blocks[k], bytes, m, bytes);
        }
    }
    if (streamed)
        softsign_stream_end();
}

static void run(const struct loop *loop)
{
    if (loop->n == 1 || (is_contiguous(loop) && !loop->streamed && !loop->sequential))
        loop->kernel(loop->n, loop->args);
    else
        run_in_blocks(loop);
}

static void run_range(void *job, size_t begin, size_t end)
{
    struct loop range = *(const struct loop *)job;
    char *args[MAX_OPERANDS];
    for (int k = 0; k < range.operands; k++)
        args[k] = range.args[k] + (ptrdiff_t)begin * range.steps[k];
    range.args = args;
    range.n = end - begin;
    run(&range);
}

/* The bytes from the first to the last element of an operand. */
static void extent(const struct loop *loop, int k, uintptr_t *begin, uintptr_t *end)
{
    ptrdiff_t last = (ptrdiff_t)(loop->n - 1) * loop->steps[k];
    *begin = (uintptr_t)loop->args[k] + (uintptr_t)(last < 0 ? last : 0);
    *end = (uintptr_t)loop->args[k] + (uintptr_t)(last < 0 ? 0 : last) + (uintptr_t)loop->bytes;
}

/* Whether no element of an output is one of another operand, but of the same index. */
static int is_in_any_order(const struct loop *loop)
{
    for (int out = loop->inputs; out < loop->operands; out++) {
        uintptr_t begin, end, from, to;
        if (loop->steps[out] < loop->bytes && loop->steps[out] > -loop->bytes)
            return 0;
        extent(loop, out, &begin, &end);
        for (int k = 0; k < out; k++) {
            extent(loop, k, &from, &to);
            int same = loop->args[k] == loop->args[out] && loop->steps[k] == loop->steps[out];
            if (begin < to && from < end && !same)
                return 0;
        }
    }
    return 1;
}

static void run_on_threads(struct loop *loop, int threads)
{
    size_t line = LINE / (size_t)loop->bytes;
    size_t chunk = (loop->n / (size_t)threads + line) / line * line;
    chunk = min(chunk, CHUNK / (size_t)loop->bytes);
    size_t past_line = (uintptr_t)loop->args[loop->inputs] % LINE / (size_t)loop->bytes;
    softsign_run_parts(run_range, loop, loop->n, chunk - past_line, chunk, threads);
}

void softsign_loop(char **args, const ptrdiff_t *dims, const ptrdiff_t *steps, void *data)
{
    int pass = (int)(intptr_t)data / TYPES, type = (int)(intptr_t)data % TYPES;
    int inputs = softsign_passes[pass].inputs;
    struct loop loop = {
        .kernel = softsign_get_kernel(softsign_active_isa(), pass, type),
        .args = args,
        .steps = steps,
        .inputs = inputs,
        .operands = inputs + softsign_passes[pass].outputs,
        .n = (size_t)dims[0],
        .bytes = type_bytes[type],
    };
    loop.sequential = is_sequential(&loop);
    loop.streamed = !loop.sequential && is_streamed(&loop);
    size_t pieces = loop.n / least_piece[type];
    int threads = pieces < 2 ? 1 : (int)min(pieces, (size_t)softsign_num_threads());
    if (threads > 1 && is_in_any_order(&loop))
        run_on_threads(&loop, threads);
    else
        run(&loop);
}
