/* The kernels of the instruction set ISA, made of what its file defines: all passes of all types,
 * and KERNELS, the table of them. */
#include <math.h>

#include "simd.h"

#define KERNEL(pass, type) KERNEL_(ISA, pass, type)
#define KERNEL_(isa, pass, type) KERNEL__(isa, pass, type)
#define KERNEL__(isa, pass, type) softsign_##isa##_##pass##_##type
#define SPECIAL_KERNEL(pass, type) JOIN(KERNEL(pass, type), special)

/* How many batches are computed the special way once one is special: more than one, because tests
 * that come out at random are mispredicted. */
enum { SPECIAL_BATCHES = 16 };

/* Where the operands are; those that a pass does not have are another. */
struct operands {
    const char *in0, *in1;
    char *out0, *out1;
};

typedef void special(struct operands at, size_t bytes);

static ALWAYS_INLINE struct operands operands_of(char *const *all, int inputs, int outputs)
{
    return (struct operands){all[0], all[inputs - 1], all[inputs], all[inputs + outputs - 1]};
}

#define ELEMENT f16
#define BYTES 2
#define WIDE f32
#define HUGE_EXPONENT 16 /* infinity's */
#include "kernels_of_type.h"

#define ELEMENT f32
#define BYTES 4
#define WIDE f32
#define HUGE_EXPONENT 100
#include "kernels_of_type.h"

#define ELEMENT f64
#define BYTES 8
#define WIDE f64
#define HUGE_EXPONENT 1000
#include "kernels_of_type.h"

#define ELEMENT bf16
#define BYTES 2
#define WIDE f32
#define HUGE_EXPONENT 100
#include "kernels_of_type.h"

#define KERNEL_OF_TYPE(type, bytes, pass) [TYPE_##type] = KERNEL(pass, type),
#define KERNELS_OF_PASS(pass, ufunc, inputs, outputs)                                              \
    [PASS_##pass] = {SOFTSIGN_TYPES(KERNEL_OF_TYPE, pass)},
#define BATCH_BYTES ((BATCH ? BATCH : 1) * (int)sizeof(v_f32))
#define KERNELS SOFTSIGN_PASSES(KERNELS_OF_PASS)
