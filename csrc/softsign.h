/* The interface of the library to Python, and of its C files to each other. cffi parses this file,
 * so it holds plain declarations only. Instruction sets, ops and types are numbered from 0, in the
 * order of lists.h; a name is NULL past the last. Functions for the tests alone are marked so. */
#ifndef SOFTSIGN_H
#define SOFTSIGN_H

#include <stddef.h>
#include <stdint.h>

/* A kernel: one op on n contiguous elements at any alignment. operands: the inputs, then the
 * outputs, as in NumPy's loops. Each output is disjoint from or identical to each input.
 * streaming: use non-temporal stores; every output then begins a cache line. */
typedef void softsign_kernel(size_t n, char *const *operands, int streaming);

/* dispatch.c: instruction sets, the fastest first. */
const char *softsign_isa_name(int isa);
/* What the instruction set needs beyond these features, in words; NULL if nothing. */
const char *softsign_isa_missing(int isa, uint32_t features);
int softsign_active_isa(void);
void softsign_use_isa(int isa);
/* A kernel has variants for CPUs with a fast and with a slow divider: same bits, other speed. */
const char *softsign_divider_name(int divider);
int softsign_dividers(int isa); /* how many of them the instruction set has kernels for */
int softsign_active_divider(void);
void softsign_use_divider(int divider);
softsign_kernel *softsign_get_kernel(int isa, int op, int type);     /* for the active divider */
softsign_kernel *softsign_active_kernel(int op, int type, size_t n); /* for n elements */
/* The most that a kernel loads of an operand at a time; for tests. */
int softsign_batch_bytes(int isa);

/* cpu.c: the features of this CPU that its operating system supports. */
uint32_t softsign_cpu_features(void); /* a bit for each */
int softsign_cpu_divider(void);
struct softsign_x86_model {
    char vendor[13]; /* empty where there is no cpuid */
    int family, model;
};
struct softsign_x86_model softsign_cpu_model(void);
size_t softsign_last_level_cache(void); /* bytes; 0 if unknown or without streaming stores */

/* The same of a CPU with these registers; for tests. */
struct softsign_x86 {
    void (*cpuid)(uint32_t leaf, uint32_t subleaf, uint32_t *eax_ebx_ecx_edx);
    uint32_t (*xgetbv)(void); /* the low half of XCR0 */
};
uint32_t softsign_x86_features(struct softsign_x86 cpu);
int softsign_x86_divider(struct softsign_x86 cpu);
struct softsign_x86_model softsign_x86_model(struct softsign_x86 cpu);
size_t softsign_x86_last_level_cache(struct softsign_x86 cpu);

/* threads.c: parallel_for. The setters return the previous number. */
enum { SOFTSIGN_MAX_THREADS = 1024 };      /* of a call */
int softsign_num_threads(void);            /* that this thread's calls may use */
int softsign_set_num_threads(int n);       /* of all threads */
int softsign_set_num_threads_local(int n); /* of this thread; 0: the process-wide setting */
typedef void softsign_loop_body(void *data, size_t begin, size_t end);
/* Runs body over [0, n) in chunks that end at first, first + chunk, first + 2 chunk, ... and n, on
 * the caller and at most threads - 1 workers; without workers, in one call. The first chunk may be
 * run in two calls. Returns when all chunks are done, with the floating-point flags of all threads
 * raised in the caller. */
void softsign_parallel_for(softsign_loop_body *body, void *data, size_t n, size_t first,
                           size_t chunk, int threads);

/* loop.c: the inner loops of the ufuncs. NumPy keeps pointers to all of this, so it is static. */
struct softsign_op {
    const char *name;
    const char *ufunc;
    int inputs;
    int outputs;
};
extern const struct softsign_op softsign_ops[];
extern const char *const softsign_types[]; /* NumPy's built-in types, then bf16 */
typedef void softsign_inner_loop(char **args, const ptrdiff_t *dims, const ptrdiff_t *steps,
                                 void *data);
softsign_inner_loop softsign_loop;
extern softsign_inner_loop *const softsign_loops[]; /* one for each type: all are softsign_loop */
void **softsign_loop_data(int op);                  /* one for each type */

enum { SOFTSIGN_BLOCK = 2048 }; /* bytes of a strided operand that are copied at a time */
/* The bytes of all operands from which on a call uses streaming stores. */
size_t softsign_streaming_bytes(void);
void softsign_set_streaming_bytes(size_t bytes);

#endif
