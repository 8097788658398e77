/* THE CONTRACT: what an instruction set owes.
 *
 * Its file in isa/ defines the types and constants below, includes this header, defines the
 * functions that are declared here, and includes kernels_tpl.h, which makes the kernels of them.
 * What is left out is a compile error that names it.
 *
 *     v_f32, v_f64              so many lanes of float or double: LANES_f32, LANES_f64
 *     m_f32, m_f64              a mask: yes or no for each lane
 *     BATCH                     vectors that are computed together if all is ordinary in them,
 *                               or 0 if the instruction set has no such batches
 *     ESTIMATES_f16, ...        how many of a batch's vectors are divided by estimate, while
 *                               the divider works on the others, for each type
 *
 * IEEE: rounded once and flagged as IEEE 754 says. All else raises no flag, whatever the lanes
 * hold: a signalling NaN raises none either. */
#ifndef SOFTSIGN_SIMD_H
#define SOFTSIGN_SIMD_H

#include "compiler.h"

#define OWED static ALWAYS_INLINE

/* Of the types W that are computed in. */
#define SIMD_ARITHMETIC(W, number)                                                                 \
    OWED v_##W v_set_##W(number c);            /* c in each lane */                                \
    OWED v_##W v_add_##W(v_##W a, v_##W b);    /* a + b, IEEE */                                   \
    OWED v_##W v_sub_##W(v_##W a, v_##W b);    /* a - b, IEEE */                                   \
    OWED v_##W v_mul_##W(v_##W a, v_##W b);    /* a b, IEEE */                                     \
    OWED v_##W v_div_##W(v_##W a, v_##W b);    /* a / b, IEEE */                                   \
    OWED v_##W v_abs_##W(v_##W x);             /* |x| */                                           \
    OWED v_##W v_signed_##W(v_##W a, v_##W x); /* a >= +0, with the sign of x */                   \
    OWED v_##W v_finite_##W(v_##W x);          /* the largest number for infinity, any for NaN */  \
    OWED m_##W v_above_##W(v_##W a, v_##W b);  /* a > b, both >= +0; NaN is above infinity */      \
    OWED v_##W v_choose_##W(m_##W m, v_##W yes, v_##W no); /* lane by lane */

/* Of the types T that are stored, LANES_W elements at any address. */
#define SIMD_MEMORY(T, W)                                                                          \
    OWED v_##W v_load_##T(const char *memory);    /* a signalling NaN may stay one */              \
    OWED void v_store_##T(char *memory, v_##W y); /* rounded to nearest even; IEEE for float16 */

/* For ordinary batches: no lane is NaN, infinite or huge. */
#define SIMD_BATCH_ARITHMETIC(W)                                                                   \
    OWED v_##W v_fms_##W(v_##W a, v_##W b, v_##W c);  /* a b - c, rounded once, IEEE */            \
    OWED v_##W v_fnma_##W(v_##W a, v_##W b, v_##W c); /* c - a b, rounded once, IEEE */

#define SIMD_BATCH_MEMORY(T, W)                                                                    \
    OWED int v_beyond_##T(const char *batch, int e);         /* is an element NaN or >= 2^e? */    \
    OWED void v_load_batch_##T(const char *batch, v_##W *x); /* in an order of its own, */         \
    OWED void v_store_batch_##T(char *batch, const v_##W *y, int streaming); /* and from it */

SIMD_ARITHMETIC(f32, float)
SIMD_ARITHMETIC(f64, double)
SIMD_MEMORY(f16, f32)
SIMD_MEMORY(f32, f32)
SIMD_MEMORY(f64, f64)
SIMD_MEMORY(bf16, f32)
#if BATCH
SIMD_BATCH_ARITHMETIC(f32)
SIMD_BATCH_ARITHMETIC(f64)
SIMD_BATCH_MEMORY(f16, f32)
SIMD_BATCH_MEMORY(f32, f32)
SIMD_BATCH_MEMORY(f64, f64)
SIMD_BATCH_MEMORY(bf16, f32)
OWED v_f32 v_estimate_f32(v_f32 s); /* 1 / s but for 1.5 * 2^-12 of it, for s in [2^-24, 2^101) */
OWED void v_prefetch(const char *memory); /* of any address; nothing has to come of it */
#endif

/* By these names formulas_tpl.h and kernels_tpl.h call them, for the WIDE type of the moment. */
#define V(name) JOIN3(v, name, WIDE)
#define vec JOIN(v, WIDE)
#define mask JOIN(m, WIDE)
#define LANES JOIN(LANES, WIDE)
#define v_set V(set)
#define v_add V(add)
#define v_sub V(sub)
#define v_mul V(mul)
#define v_div V(div)
#define v_abs V(abs)
#define v_signed V(signed)
#define v_finite V(finite)
#define v_above V(above)
#define v_choose V(choose)
#define v_fms V(fms)
#define v_fnma V(fnma)

#endif
