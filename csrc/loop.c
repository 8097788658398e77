/* NumPy's inner loop: n elements of each operand, at any stride, through the active kernel.
 *
 * A kernel wants contiguous operands that are apart or the very same. Others take their way through
 * blocks that stay in the first-level cache. */
#include <string.h>

#include "compiler.h"
#include "isa.h"

#define OP_ROW(op, ufunc, inputs, outputs, limit) {#op, ufunc, inputs, outputs},
#define TYPE_NAME(type, bytes, compute, limit, chunk, with) #type,
#define TYPE_LOOP(type, bytes, compute, limit, chunk, with) softsign_loop,
#define OPERANDS_OF(op, ufunc, inputs, outputs, limit)                                             \
    INPUTS_##op = inputs, OPERANDS_##op = inputs + outputs,
#define JOB(type, bytes, compute, limit, chunk, op)                                                \
    {OP_##op, TYPE_##type, INPUTS_##op, OPERANDS_##op, bytes},
#define JOBS_OF(op, ufunc, inputs, outputs, limit) {SOFTSIGN_TYPES(JOB, op)},
#define DATA(type, bytes, compute, limit, chunk, op) &jobs[OP_##op][TYPE_##type],
#define DATA_OF(op, ufunc, inputs, outputs, limit) {SOFTSIGN_TYPES(DATA, op)},

const struct softsign_op softsign_ops[] = {SOFTSIGN_OPS(OP_ROW){NULL, NULL, 0, 0}};
const char *const softsign_types[] = {SOFTSIGN_TYPES(TYPE_NAME, ) NULL};
softsign_inner_loop *const softsign_loops[] = {SOFTSIGN_TYPES(TYPE_LOOP, )};

/* What a loop is given as its data. */
struct job {
    int op, type, inputs, operands;
    ptrdiff_t bytes; /* of one element */
};

enum { SOFTSIGN_OPS(OPERANDS_OF) };

static struct job jobs[][TYPES] = {SOFTSIGN_OPS(JOBS_OF)};
static void *data_of_jobs[][TYPES] = {SOFTSIGN_OPS(DATA_OF)};

void **softsign_loop_data(int op) { return data_of_jobs[op]; }

static SHARED size_t streaming_bytes = SIZE_MAX;

size_t softsign_streaming_bytes(void) { return streaming_bytes; }
void softsign_set_streaming_bytes(size_t bytes) { streaming_bytes = bytes; }

/* A thread's share is worth handing over from a microsecond of work on, several times what the
 * handing over takes; in elements. Pieces of a quarter of a second-level cache are large enough. */
#define SMALLEST_CHUNK(type, bytes, compute, limit, chunk, with) [TYPE_##type] = chunk,
static const size_t least_piece[] = {SOFTSIGN_TYPES(SMALLEST_CHUNK, )};
enum { CHUNK = 1 << 18 }; /* bytes of an operand */

struct loop {
    const struct job *job;
    softsign_kernel *kernel;
    char **args;
    const ptrdiff_t *steps;
    size_t n;
    int overlapping; /* some output with another operand, in part */
    int streaming;
};

/* From the lowest byte of an operand to the one past its highest. */
struct span {
    uintptr_t from, to;
};

static struct span span_of(const struct loop *loop, int k)
{
    uintptr_t bytes = (uintptr_t)loop->job->bytes, first = (uintptr_t)loop->args[k];
    uintptr_t last = first + (loop->n - 1) * (uintptr_t)loop->steps[k];
    return loop->steps[k] < 0 ? (struct span){last, first + bytes}
                              : (struct span){first, last + bytes};
}

static int is_same(const struct loop *loop, int a, int b)
{
    return loop->args[a] == loop->args[b] && loop->steps[a] == loop->steps[b];
}

static int is_overlapping(const struct loop *loop)
{
    for (int out = loop->job->inputs; out < loop->job->operands; out++) {
        struct span y = span_of(loop, out);
        if (loop->steps[out] < loop->job->bytes && loop->steps[out] > -loop->job->bytes)
            return 1; /* with itself */
        for (int k = 0; k < out; k++) {
            struct span x = span_of(loop, k);
            if (x.from < y.to && y.from < x.to && !is_same(loop, k, out))
                return 1;
        }
    }
    return 0;
}

static int is_contiguous(const struct loop *loop)
{
    for (int k = 0; k < loop->job->operands; k++)
        if (loop->steps[k] != loop->job->bytes)
            return 0;
    return 1;
}

/* In reduce and accumulate an element of the output is an input of the next; in reduce all of them
 * are one, and the steps 0. */
static int is_sequential(const struct loop *loop)
{
    const char *in = loop->args[0], *out = loop->args[loop->job->inputs];
    ptrdiff_t in_step = loop->steps[0], out_step = loop->steps[loop->job->inputs];
    return in_step == out_step && in + in_step == out;
}

/* Elements before the first that begins a cache line of the output. */
static size_t head_of(const struct loop *loop)
{
    return -(uintptr_t)loop->args[loop->job->inputs] % CACHE_LINE / (size_t)loop->job->bytes;
}

/* Storing past the cache spares the output's lines from being read first. It pays where they would
 * not stay in the cache, unless an input has brought them there already. All outputs have to come
 * to the border of a line at once. */
static int is_streaming(const struct loop *loop)
{
    const struct job *job = loop->job;
    if (loop->n * (size_t)(job->operands * job->bytes) < streaming_bytes)
        return 0;
    for (int out = job->inputs; out < job->operands; out++) {
        uintptr_t address = (uintptr_t)loop->args[out];
        if (loop->steps[out] != job->bytes || address % (uintptr_t)job->bytes ||
            (address - (uintptr_t)loop->args[job->inputs]) % CACHE_LINE)
            return 0;
        for (int in = 0; in < job->inputs; in++)
            if (is_same(loop, in, out))
                return 0;
    }
    return 1;
}

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

/* The operands from an element on. */
static void at_element(const struct loop *loop, size_t i, char **at)
{
    for (int k = 0; k < loop->job->operands; k++)
        at[k] = loop->args[k] + (ptrdiff_t)i * loop->steps[k];
}

static void run_in_blocks(const struct loop *loop, size_t begin, size_t end, int streaming)
{
    /* Aligned: a vector stored across two lines is read back slowly, which doubles the time. */
    _Alignas(CACHE_LINE) char blocks[MAX_OPERANDS][SOFTSIGN_BLOCK];
    char *at[MAX_OPERANDS], *block_at[MAX_OPERANDS];
    const ptrdiff_t bytes = loop->job->bytes, *steps = loop->steps;
    const int inputs = loop->job->inputs, operands = loop->job->operands;
    const size_t block = SOFTSIGN_BLOCK / (size_t)bytes;

    for (size_t i = begin, m; i < end; i += m) {
        m = min(block, end - i);
        at_element(loop, i, at);
        for (int k = 0; k < operands; k++)
            block_at[k] = steps[k] == bytes && !loop->overlapping ? at[k] : blocks[k];
        for (int k = 0; k < inputs; k++)
            if (block_at[k] != at[k] && (steps[k] != 0 || i == begin)) /* a scalar once for all */
                copy(blocks[k], bytes, at[k], steps[k], m, bytes);
        loop->kernel(m, block_at, streaming);
        for (int k = inputs; k < operands; k++)
            if (block_at[k] != at[k])
                copy(at[k], steps[k], blocks[k], bytes, m, bytes);
    }
}

static void run(const struct loop *loop, size_t begin, size_t end, int streaming)
{
    if (loop->overlapping || !is_contiguous(loop)) {
        run_in_blocks(loop, begin, end, streaming);
    } else {
        char *at[MAX_OPERANDS];
        at_element(loop, begin, at);
        loop->kernel(end - begin, at, streaming);
    }
}

/* All from element 0 on, or from one that begins a cache line of the output. */
static void run_part(void *data, size_t begin, size_t end)
{
    const struct loop *loop = data;
    if (!loop->streaming) {
        run(loop, begin, end, 0);
        return;
    }
    size_t head = begin == 0 ? min(head_of(loop), end) : begin;
    if (begin < head)
        run(loop, begin, head, 0);
    run(loop, head, end, 1);
    store_fence();
}

static void run_on_threads(struct loop *loop, int threads)
{
    size_t line = CACHE_LINE / (size_t)loop->job->bytes;
    size_t chunk = (loop->n / (size_t)threads + line) / line * line;
    chunk = min(chunk, CHUNK / (size_t)loop->job->bytes);
    size_t first = chunk - line + head_of(loop);
    softsign_parallel_for(run_part, loop, loop->n, first, chunk, threads);
}

static void run_one_by_one(const struct loop *loop)
{
    char *at[MAX_OPERANDS];
    for (size_t i = 0; i < loop->n; i++) {
        at_element(loop, i, at);
        loop->kernel(1, at, 0);
    }
}

void softsign_loop(char **args, const ptrdiff_t *dims, const ptrdiff_t *steps, void *data)
{
    const struct job *job = data;
    struct loop loop = {
        .job = job,
        .kernel = softsign_get_kernel(softsign_active_isa(), job->op, job->type),
        .args = args,
        .steps = steps,
        .n = (size_t)dims[0],
    };
    if (loop.n <= 1 || is_sequential(&loop)) {
        run_one_by_one(&loop);
        return;
    }
    loop.overlapping = is_overlapping(&loop);
    loop.streaming = !loop.overlapping && is_streaming(&loop);
    size_t least = least_piece[job->type];
    int threads = loop.n < 2 * least ? 1 : softsign_num_threads();
    if (threads > 1 && !loop.overlapping)
        run_on_threads(&loop, (int)min(loop.n / least, (size_t)threads));
    else
        run_part(&loop, 0, loop.n);
}
