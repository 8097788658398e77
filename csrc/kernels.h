/* What the templates of kernels share: an op as a constant, the addresses of its operands, and the
 * macros that make names. Included by kernels_tpl.h and kernels_of_type_tpl.h. */
#ifndef SOFTSIGN_KERNELS_H
#define SOFTSIGN_KERNELS_H

#include <math.h>

#include "simd.h"

/* Names, for the type that is stored, ELEMENT, and the one that it is computed in, COMPUTE: with
 * f32, NAME(run) is run_f32 and MEMORY(load) is v_load_f32. */
#define NAME(name) JOIN(name, ELEMENT)
#define MEMORY(name) JOIN3(v, name, ELEMENT)
#define BYTES JOIN(BYTES, ELEMENT)
#define DIGITS JOIN(DIGITS, ELEMENT)
#define NORMAL JOIN(NORMAL, COMPUTE)
#define FORMULA(op)                                                                                \
    static ALWAYS_INLINE void NAME(op##_formula)(const vec *in, vec *out, enum path path)

#define KERNEL(op, type) KERNEL_(ISA, op, type)
#define KERNEL_(isa, op, type) KERNEL__(isa, op, type)
#define KERNEL__(isa, op, type) softsign_##isa##_##op##_##type

/* Batches computed on the slow path once one needs it. A branch for each batch would be
 * unpredictable, and mispredict, where special values are at random places. */
enum { SLOW_BATCHES = 16 };

/* An op as its kernels see it: a compile-time constant wherever it is inlined. */
struct op {
    int index, inputs, outputs;
    int limit;     /* of the fast path: every |x| is below 2^limit */
    int estimated; /* vectors of a batch that are divided by estimate */
};

/* Where each operand begins. An op with one input or output has the same address twice. */
struct operands {
    const char *in0, *in1;
    char *out0, *out1;
};

static ALWAYS_INLINE struct operands operands_of(struct op op, char *const *all)
{
    return (struct operands){all[0], all[op.inputs - 1], all[op.inputs],
                             all[op.inputs + op.outputs - 1]};
}

static ALWAYS_INLINE struct operands advanced(struct operands at, size_t bytes)
{
    return (struct operands){at.in0 + bytes, at.in1 + bytes, at.out0 + bytes, at.out1 + bytes};
}

typedef void slow_path(struct operands at, size_t bytes);

/* The largest e for which 2^-e is a normal number. */
#define NORMAL_f32 126
#define NORMAL_f64 1022

#if ESTIMATES
#define ESTIMATED(divider, op, type) estimated[divider][op][type]
#define KERNEL_slow(op, type) JOIN(KERNEL(op, type), slow_divider)
#else /* one kernel for both */
#define ESTIMATED(divider, op, type) 0
#define KERNEL_slow(op, type) KERNEL(op, type)
#endif
#define KERNEL_fast(op, type) KERNEL(op, type)

#define OF_TYPE(type, bytes, digits, compute, limit, chunk, with)                                  \
    BYTES_##type = bytes, DIGITS_##type = digits, LIMIT_##type = limit,
enum { SOFTSIGN_TYPES(OF_TYPE, ) };
#undef OF_TYPE

#endif
