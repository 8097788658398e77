/* The kernels of the instruction set ISA, made of what its file defines: all ops of all types,
 * and KERNELS, the table of them. */
#include <math.h>

#include "simd.h"

#define KERNEL(op, type) KERNEL_(ISA, op, type)
#define KERNEL_(isa, op, type) KERNEL__(isa, op, type)
#define KERNEL__(isa, op, type) softsign_##isa##_##op##_##type
#define SPECIAL_KERNEL(op, type) JOIN(KERNEL(op, type), special)

/* How many batches are computed the special way once one is special: more than one, because tests
 * that come out at random are mispredicted. */
enum { SPECIAL_BATCHES = 16 };

/* Where the operands are; those that a op does not have are another. */
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
#include "kernels_of_type_tpl.h"

#define ELEMENT f32
#define BYTES 4
#define WIDE f32
#define HUGE_EXPONENT 100
#include "kernels_of_type_tpl.h"

#define ELEMENT f64
#define BYTES 8
#define WIDE f64
#define HUGE_EXPONENT 1000
#include "kernels_of_type_tpl.h"

#define ELEMENT bf16
#define BYTES 2
#define WIDE f32
#define HUGE_EXPONENT 100
#include "kernels_of_type_tpl.h"

#define KERNEL_OF_TYPE(type, bytes, op) [TYPE_##type] = KERNEL(op, type),
#define KERNELS_OF_OP(op, ufunc, inputs, outputs) [OP_##op] = {SOFTSIGN_TYPES(KERNEL_OF_TYPE, op)},
#define BATCH_BYTES ((BATCH ? BATCH : 1) * (int)sizeof(v_f32))
#define KERNELS SOFTSIGN_OPS(KERNELS_OF_OP)
