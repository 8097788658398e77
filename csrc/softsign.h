/* What Python sees, and the C files of each other. cffi reads this file as well, so it holds plain
 * declarations alone. Indices of instruction sets, ops and types run from 0; a name is NULL past
 * the last. */
#ifndef SOFTSIGN_H
#define SOFTSIGN_H

#include <stddef.h>
#include <stdint.h>

/* One op over n contiguous elements, at any alignment: the inputs, then the outputs, as in
 * NumPy's loops. An output is apart from each input, or the very same buffer. streaming says to
 * store the outputs past the cache; they must then begin at a cache line. */
typedef void softsign_kernel(size_t n, char *const *operands, int streaming);

/* dispatch.c: instruction sets, the fastest first */
const char *softsign_isa_name(int isa);
const char *softsign_isa_missing(int isa, uint32_t features); /* what it needs besides, or NULL */
int softsign_active_isa(void);
void softsign_use_isa(int isa);
softsign_kernel *softsign_get_kernel(int isa, int op, int type);
int softsign_batch_bytes(int isa); /* of an operand, that a kernel takes at a time at the most */

/* cpu.c: the CPU and what its operating system lets programs use of it */
struct softsign_x86 {
    uint32_t leaf1_ecx;
    uint32_t leaf7_ebx;
    uint64_t xcr0;
};
uint32_t softsign_x86_features(struct softsign_x86 cpu);
uint32_t softsign_cpu_features(void);   /* this machine's: a bit for each */
size_t softsign_last_level_cache(void); /* bytes; 0 if not known, or nothing is stored past it */

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
