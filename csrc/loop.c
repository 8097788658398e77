/* NumPy's inner loop: n elements of each operand, at any stride, through the active kernel.
 *
 * A kernel takes contiguous operands that are disjoint or identical. Other operands are copied
 * through blocks that stay in the first-level cache. */
#include <string.h>

#include "compiler.h"
#include "isa.h"

/* What NumPy passes to the inner loop of an op and a type. */
struct loop_data {
    int op, type, inputs, operands;
    ptrdiff_t bytes; /* of an element */
    size_t smallest_chunk;
};

#define OP_ROW(op, ufunc, inputs, outputs, limit) {#op, ufunc, inputs, outputs},
#define TYPE_NAME(type, bytes, digits, compute, limit, chunk, with) #type,
#define TYPE_LOOP(type, bytes, digits, compute, limit, chunk, with) softsign_loop,
#define OPERANDS_OF(op, ufunc, inputs, outputs, limit)                                             \
    INPUTS_##op = inputs, OPERANDS_##op = inputs + outputs,
#define DATA(type, bytes, digits, compute, limit, chunk, op)                                       \
    {OP_##op, TYPE_##type, INPUTS_##op, OPERANDS_##op, bytes, chunk},
#define DATA_OF(op, ufunc, inputs, outputs, limit) {SOFTSIGN_TYPES(DATA, op)},
#define POINTER(type, bytes, digits, compute, limit, chunk, op) &loop_data[OP_##op][TYPE_##type],
#define POINTERS_OF(op, ufunc, inputs, outputs, limit) {SOFTSIGN_TYPES(POINTER, op)},

enum { SOFTSIGN_OPS(OPERANDS_OF) };

static struct loop_data loop_data[][TYPES] = {SOFTSIGN_OPS(DATA_OF)};
static void *loop_data_pointers[][TYPES] = {SOFTSIGN_OPS(POINTERS_OF)};

const struct softsign_op softsign_ops[] = {SOFTSIGN_OPS(OP_ROW){NULL, NULL, 0, 0}};
const char *const softsign_types[] = {SOFTSIGN_TYPES(TYPE_NAME, ) NULL};
softsign_inner_loop *const softsign_loops[] = {SOFTSIGN_TYPES(TYPE_LOOP, )};
void **softsign_loop_data(int op) { return loop_data_pointers[op]; }

static SHARED size_t streaming_bytes = SIZE_MAX;

size_t softsign_streaming_bytes(void) { return streaming_bytes; }
void softsign_set_streaming_bytes(size_t bytes) { streaming_bytes = bytes; }

enum { LARGEST_CHUNK = 1 << 18 }; /* bytes of an operand: a fraction of the second-level cache */

#define CHECK_TYPE(type, bytes, digits, compute, limit, chunk, with)                               \
    _Static_assert(CACHE_LINE % bytes == 0, #type ": a cache line begins an element");             \
    _Static_assert(chunk > 0 && chunk * bytes <= LARGEST_CHUNK, #type ": smallest chunk");
SOFTSIGN_TYPES(CHECK_TYPE, )
#undef CHECK_TYPE
_Static_assert(SOFTSIGN_BLOCK % CACHE_LINE == 0, "streaming stores continue at a cache line");

struct loop {
    const struct loop_data *data;
    softsign_kernel *kernel;
    char **args;
    const ptrdiff_t *steps;
    size_t n;
    int overlapping; /* an output overlaps another operand, or itself, in part */
    int streaming;
};

/* The addresses of an operand of at least one element: the lowest byte, and one past the highest.
 */
struct span {
    uintptr_t from, to;
};

static struct span span_of(const struct loop *loop, int k)
{
    uintptr_t bytes = (uintptr_t)loop->data->bytes, first = (uintptr_t)loop->args[k];
    uintptr_t last = first + (loop->n - 1) * (uintptr_t)loop->steps[k];
    return loop->steps[k] < 0 ? (struct span){last, first + bytes}
                              : (struct span){first, last + bytes};
}

static int is_identical(const struct loop *loop, int a, int b)
{
    return loop->args[a] == loop->args[b] && loop->steps[a] == loop->steps[b];
}

static int is_overlapping(const struct loop *loop)
{
    for (int out = loop->data->inputs; out < loop->data->operands; out++) {
        struct span y = span_of(loop, out);
        if (loop->steps[out] < loop->data->bytes && loop->steps[out] > -loop->data->bytes)
            return 1; /* the output overlaps itself */
        for (int k = 0; k < out; k++) {
            struct span x = span_of(loop, k);
            if (x.from < y.to && y.from < x.to && !is_identical(loop, k, out))
                return 1;
        }
    }
    return 0;
}

static int is_contiguous(const struct loop *loop)
{
    for (int k = 0; k < loop->data->operands; k++)
        if (loop->steps[k] != loop->data->bytes)
            return 0;
    return 1;
}

/* reduce and accumulate: an element of the output is the next input. In reduce all of them are one
 * element, and the steps are 0. */
static int is_sequential(const struct loop *loop)
{
    const char *in = loop->args[0], *out = loop->args[loop->data->inputs];
    ptrdiff_t in_step = loop->steps[0], out_step = loop->steps[loop->data->inputs];
    return in_step == out_step && in + in_step == out;
}

/* The number of elements from the given one to the first that begins a cache line of the output. */
static size_t peel_at(const struct loop *loop, size_t begin)
{
    uintptr_t bytes = (uintptr_t)loop->data->bytes;
    return -((uintptr_t)loop->args[loop->data->inputs] + begin * bytes) % CACHE_LINE / bytes;
}

/* A streaming store does not read the output's cache lines first. It pays if the operands do not
 * stay in the cache, unless an input has loaded those lines already. All outputs must be contiguous
 * and reach a cache line at the same element. */
static int is_streaming(const struct loop *loop)
{
    const struct loop_data *data = loop->data;
    if (loop->n * (size_t)(data->operands * data->bytes) < streaming_bytes)
        return 0;
    for (int out = data->inputs; out < data->operands; out++) {
        uintptr_t address = (uintptr_t)loop->args[out];
        if (loop->steps[out] != data->bytes || address % (uintptr_t)data->bytes ||
            (address - (uintptr_t)loop->args[data->inputs]) % CACHE_LINE)
            return 0;
        for (int in = 0; in < data->inputs; in++)
            if (is_identical(loop, in, out))
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
    default: COPY_EACH((size_t)bytes);
    }
#undef COPY_EACH
}

/* Fills in the addresses of an element of the operands. */
static void at_element(const struct loop *loop, size_t i, char **at)
{
    for (int k = 0; k < loop->data->operands; k++)
        at[k] = loop->args[k] + (ptrdiff_t)i * loop->steps[k];
}

static void run_in_blocks(const struct loop *loop, size_t begin, size_t end, int streaming)
{
    /* Aligned, since a vector that is stored across two cache lines is slow to load: 2x the time.
     */
    _Alignas(CACHE_LINE) char blocks[MAX_OPERANDS][SOFTSIGN_BLOCK];
    char *at[MAX_OPERANDS], *block_at[MAX_OPERANDS];
    const ptrdiff_t bytes = loop->data->bytes, *steps = loop->steps;
    const int inputs = loop->data->inputs, operands = loop->data->operands;
    const size_t block = SOFTSIGN_BLOCK / (size_t)bytes;

    for (size_t i = begin, m; i < end; i += m) {
        m = min_size(block, end - i);
        at_element(loop, i, at);
        for (int k = 0; k < operands; k++)
            block_at[k] = steps[k] == bytes && !loop->overlapping ? at[k] : blocks[k];
        for (int k = 0; k < inputs; k++)
            if (block_at[k] != at[k] && (steps[k] != 0 || i == begin)) /* a scalar: once */
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

/* The body of parallel_for. */
static void run_range(void *data, size_t begin, size_t end)
{
    const struct loop *loop = data;
    if (!loop->streaming) {
        run(loop, begin, end, 0);
        return;
    }
    size_t aligned = begin + min_size(peel_at(loop, begin), end - begin);
    if (begin < aligned)
        run(loop, begin, aligned, 0);
    if (aligned < end)
        run(loop, aligned, end, 1);
    store_fence();
}

/* Chunks end at a cache line of the first output, so that threads share no line of it, if it is
 * contiguous. Another layout may share a line at a chunk's end, which is slower and never wrong. */
static void run_on_threads(struct loop *loop, int threads)
{
    size_t bytes = (size_t)loop->data->bytes, line = CACHE_LINE / bytes;
    size_t chunk = min_size((loop->n / (size_t)threads / line + 1) * line, LARGEST_CHUNK / bytes);
    size_t first = chunk - line + peel_at(loop, 0);
    softsign_parallel_for(run_range, loop, loop->n, first, chunk, threads);
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
    const struct loop_data *of_type = data;
    struct loop loop = {
        .data = of_type,
        .kernel = softsign_active_kernel(of_type->op, of_type->type, (size_t)dims[0]),
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
    size_t smallest = loop.data->smallest_chunk;
    int threads = loop.n < 2 * smallest ? 1 : softsign_num_threads();
    if (threads > 1 && !loop.overlapping)
        run_on_threads(&loop, (int)min_size(loop.n / smallest, (size_t)threads));
    else
        run_range(&loop, 0, loop.n);
}
