/* Template: the kernels of one instruction set. A file in isa/ includes it last, after it has
 * defined what simd.h lists.
 *
 * From a symbol in a profiler or debugger to its source:
 *
 *     softsign_avx2_forward_f32                    FORMULA(forward) in formulas_tpl.h; its loop is
 *                                                  run in kernels_of_type_tpl.h
 *     softsign_avx512_backward_bf16_slow_divider   FORMULA(backward), for a slow divider
 *     softsign_avx2_forward_f32_slow_path          run_slow_path in kernels_of_type_tpl.h
 *     forward_formula_f32                          FORMULA(forward)
 *     run_fast_path_f32, refined_f64               NAME(run_fast_path), NAME(refined): without type
 *     v_add_f32                                    one in each file of isa/
 *
 * KERNELS is the table of the kernels, which dispatch.c reads. */
#include "kernels.h"

#define ELEMENT f16
#define COMPUTE f32
#include "kernels_of_type_tpl.h"

#define ELEMENT f32
#define COMPUTE f32
#include "kernels_of_type_tpl.h"

#define ELEMENT f64
#define COMPUTE f64
#include "kernels_of_type_tpl.h"

#define ELEMENT bf16
#define COMPUTE f32
#include "kernels_of_type_tpl.h"

#define CHECK_COMPUTE(type, bytes, digits, compute, limit, chunk, with)                            \
    _Static_assert(sizeof(v_##compute) / LANES_##compute == COMPUTE_BYTES_##type,                  \
                   #type " is not computed in the type that its row names");
SOFTSIGN_TYPES(CHECK_COMPUTE, )
#undef CHECK_COMPUTE

#define FAST_KERNEL(type, bytes, digits, compute, limit, chunk, op)                                \
    [TYPE_##type] = KERNEL_fast(op, type),
#define SLOW_KERNEL(type, bytes, digits, compute, limit, chunk, op)                                \
    [TYPE_##type] = KERNEL_slow(op, type),
#define FAST_KERNELS(op, ufunc, inputs, outputs, limit)                                            \
    [OP_##op] = {SOFTSIGN_TYPES(FAST_KERNEL, op)},
#define SLOW_KERNELS(op, ufunc, inputs, outputs, limit)                                            \
    [OP_##op] = {SOFTSIGN_TYPES(SLOW_KERNEL, op)},
#define BATCH_BYTES ((BATCH ? BATCH : 1) * (int)sizeof(v_f32))
#define KERNELS                                                                                    \
    [FAST_DIVIDER] = {SOFTSIGN_OPS(FAST_KERNELS)}, [SLOW_DIVIDER] = {SOFTSIGN_OPS(SLOW_KERNELS)}
