/* The interface of the library to Python, and of its C files to each other. cffi parses this file,
 * so it holds plain declarations only. Instruction sets, ops and types are numbered from 0, in the
 * order of lists.h; a name is NULL beyond the last. Functions for the tests alone are marked so. */
#ifndef SOFTSIGN_H
#define SOFTSIGN_H

#include <stddef.h>
#include <stdint.h>

/* A kernel: one op on n contiguous elements at any alignment. operands: the inputs, then the
 * outputs, as in NumPy's loops. An output is disjoint from each input or identical with it.
 * streaming: use non-temporal stores; every output then begins a cache line. */
typedef void softsign_kernel(size_t n, char *const *operands, int streaming);

/* dispatch.c: instruction sets, the fastest first. */
const char *softsign_isa_name(int isa);
/* What the instruction set needs beyond these features, in words; NULL if nothing. */
const char *softsign_isa_missing(int isa, uint32_t features);
int softsign_active_isa(void);
void softsign_use_isa(int isa);
softsign_kernel *softsign_get_kernel(int isa, int op, int type);
int softsign_batch_bytes(
    int isa); /* the most that a kernel loads of an operand at a time; for tests */

/* cpu.c: the features of this CPU that its operating system supports. */
struct softsign_x86 {
    uint32_t leaf1_ecx;
    uint32_t leaf7_ebx;
    uint64_t xcr0;
};
uint32_t softsign_x86_features(struct softsign_x86 cpu); /* of these registers; for tests */
uint32_t softsign_cpu_features(void);                    /* of this machine, a bit for each */
size_t softsign_last_level_cache(void); /* bytes; 0 if unknown or without streaming stores */

/* threads.c: a range split over threads */
void softsign_set_num_threads(int n); /* of a call from any thread, at most */
int softsign_num_threads(void);
int softsign_set_num_threads_local(
    int n); /* of this thread's calls, 0: as of any; returns before's */
typedef void softsign_part(void *job, size_t begin, size_t end);
/* Runs part over [0, n) in pieces that end at first, first + chunk, first + 2 chunk, ... and n, on
 * the caller and others, or at once on the caller where no other is to be had; the first piece may
 * come in two, cut a multiple of 64 before its end. Returns when all is done, with the flags of all
 * raised. */
void softsign_parallel_for(softsign_part *part, void *job, size_t n, size_t first, size_t chunk,
                           int threads);

/* loop.c: what NumPy makes a ufunc of. It keeps the pointers, so all of it is static. */
struct softsign_op {
    const char *name;
    const char *ufunc;
    int inputs;
    int outputs;
};
extern const struct softsign_op softsign_ops[];
extern const char *const softsign_types[]; /* those that NumPy has by itself, then bf16 */
typedef void softsign_inner_loop(char **args, const ptrdiff_t *dims, const ptrdiff_t *steps,
                                 void *data);
softsign_inner_loop softsign_loop;
extern softsign_inner_loop *const softsign_loops[]; /* one for each type: the same for all */
void **softsign_loop_data(int op);                  /* one for each type */

enum { SOFTSIGN_BLOCK = 2048 };        /* bytes of an operand that is not contiguous, at a time */
size_t softsign_streaming_bytes(void); /* of all operands, from which on outputs are stored past
                                           the cache */
void softsign_set_streaming_bytes(size_t bytes);

#endif
