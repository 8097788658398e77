/* THE CONTRACT: what an instruction set has to provide.
 *
 * Its file in isa/ defines the types and constants below, includes this header, defines the
 * functions that are declared here, and includes kernels_tpl.h, which makes the kernels of them. A
 * function that is missing is a compile error that names it.
 *
 *     v_f32, v_f64      a vector of LANES_f32 floats, of LANES_f64 doubles
 *     m_f32, m_f64      a mask: true or false in each lane
 *     BATCH             vectors in an iteration of the fast path; 0: there is no fast path
 *     ESTIMATES         1 if v_estimate_* are defined, else 0. If 1, estimated[divider][op][type]
 *                       says how many vectors of a batch are divided by a refined estimate of the
 *                       reciprocal while the divider works on the others
 *     PARTIAL_VECTORS   1 if v_load_first_* and v_store_first_* are defined, else 0
 *     PREFETCH_AHEAD    how far ahead v_prefetch is called, in bytes
 *
 * "IEEE" below: correctly rounded, raising the flags that IEEE 754 specifies. Every other function
 * raises neither invalid, divide-by-zero nor overflow for any lane, signalling NaNs included.
 * Nothing is promised of underflow and inexact. */
#ifndef SOFTSIGN_SIMD_H
#define SOFTSIGN_SIMD_H

#include "compiler.h"

#define REQUIRED static ALWAYS_INLINE

REQUIRED v_f32 v_set_f32(float c);             /* c in each lane */
REQUIRED v_f32 v_add_f32(v_f32 a, v_f32 b);    /* a + b, IEEE */
REQUIRED v_f32 v_sub_f32(v_f32 a, v_f32 b);    /* a - b, IEEE */
REQUIRED v_f32 v_mul_f32(v_f32 a, v_f32 b);    /* a b, IEEE */
REQUIRED v_f32 v_div_f32(v_f32 a, v_f32 b);    /* a / b, IEEE */
REQUIRED v_f32 v_abs_f32(v_f32 x);             /* |x| */
REQUIRED v_f32 v_signed_f32(v_f32 a, v_f32 x); /* a >= +0, with the sign of x */
REQUIRED v_f32 v_finite_f32(v_f32 x);          /* FLT_MAX for infinity; any number for NaN */
REQUIRED m_f32 v_above_f32(v_f32 a, v_f32 b);  /* a > b, both >= +0; NaN is above infinity */
REQUIRED v_f32 v_choose_f32(m_f32 m, v_f32 yes, v_f32 no); /* lane by lane */

REQUIRED v_f64 v_set_f64(double c);
REQUIRED v_f64 v_add_f64(v_f64 a, v_f64 b);
REQUIRED v_f64 v_sub_f64(v_f64 a, v_f64 b);
REQUIRED v_f64 v_mul_f64(v_f64 a, v_f64 b);
REQUIRED v_f64 v_div_f64(v_f64 a, v_f64 b);
REQUIRED v_f64 v_abs_f64(v_f64 x);
REQUIRED v_f64 v_signed_f64(v_f64 a, v_f64 x);
REQUIRED v_f64 v_finite_f64(v_f64 x);
REQUIRED m_f64 v_above_f64(v_f64 a, v_f64 b);
REQUIRED v_f64 v_choose_f64(m_f64 m, v_f64 yes, v_f64 no);

/* As many elements as the type that they are computed in has lanes, at any address. A load may
 * leave a signalling NaN one. A store rounds to nearest even; to float16 it is IEEE. */
REQUIRED v_f32 v_load_f16(const char *memory);
REQUIRED v_f32 v_load_f32(const char *memory);
REQUIRED v_f64 v_load_f64(const char *memory);
REQUIRED v_f32 v_load_bf16(const char *memory);
REQUIRED void v_store_f16(char *memory, v_f32 y);
REQUIRED void v_store_f32(char *memory, v_f32 y);
REQUIRED void v_store_f64(char *memory, v_f64 y);
REQUIRED void v_store_bf16(char *memory, v_f32 y);

/* The first n elements alone, n less than a vector has. The other lanes are loaded as 0. */
#if PARTIAL_VECTORS
REQUIRED v_f32 v_load_first_f16(const char *memory, size_t n);
REQUIRED v_f32 v_load_first_f32(const char *memory, size_t n);
REQUIRED v_f64 v_load_first_f64(const char *memory, size_t n);
REQUIRED v_f32 v_load_first_bf16(const char *memory, size_t n);
REQUIRED void v_store_first_f16(char *memory, v_f32 y, size_t n);
REQUIRED void v_store_first_f32(char *memory, v_f32 y, size_t n);
REQUIRED void v_store_first_f64(char *memory, v_f64 y, size_t n);
REQUIRED void v_store_first_bf16(char *memory, v_f32 y, size_t n);
#endif

/* The fast path, where no lane is NaN, infinite or huge. */
#if BATCH

REQUIRED v_f32 v_fms_f32(v_f32 a, v_f32 b, v_f32 c); /* a b - c, rounded once, IEEE */
REQUIRED v_f64 v_fms_f64(v_f64 a, v_f64 b, v_f64 c);
REQUIRED v_f32 v_fnma_f32(v_f32 a, v_f32 b, v_f32 c); /* c - a b, rounded once, IEEE */
REQUIRED v_f64 v_fnma_f64(v_f64 a, v_f64 b, v_f64 c);

#if ESTIMATES
/* 1 / s with a relative error of at most 1.5 * 2^-12, for s in [2^-24, 2^101) */
REQUIRED v_f32 v_estimate_f32(v_f32 s);
/* The same and two roundings to float more, 6146 * 2^-24, for s in [2^-53, 2^121) */
REQUIRED v_f64 v_estimate_f64(v_f64 s);
#endif

/* Whether an element of the batch is NaN or not below 2^e. */
REQUIRED int v_out_of_range_f16(const char *batch, int e);
REQUIRED int v_out_of_range_f32(const char *batch, int e);
REQUIRED int v_out_of_range_f64(const char *batch, int e);
REQUIRED int v_out_of_range_bf16(const char *batch, int e);

/* A batch, in any order of lanes that load and store agree on. streaming: by non-temporal stores,
 * to an address that is a multiple of a cache line. */
REQUIRED void v_load_batch_f16(const char *batch, v_f32 *x);
REQUIRED void v_load_batch_f32(const char *batch, v_f32 *x);
REQUIRED void v_load_batch_f64(const char *batch, v_f64 *x);
REQUIRED void v_load_batch_bf16(const char *batch, v_f32 *x);
REQUIRED void v_store_batch_f16(char *batch, const v_f32 *y, int streaming);
REQUIRED void v_store_batch_f32(char *batch, const v_f32 *y, int streaming);
REQUIRED void v_store_batch_f64(char *batch, const v_f64 *y, int streaming);
REQUIRED void v_store_batch_bf16(char *batch, const v_f32 *y, int streaming);

REQUIRED void v_prefetch(const char *memory); /* of any address; may do nothing */

#endif

/* The names that the templates use, for the type COMPUTE that they have at the moment. */
#define V(name) JOIN3(v, name, COMPUTE)
#define vec JOIN(v, COMPUTE)
#define mask JOIN(m, COMPUTE)
#define LANES JOIN(LANES, COMPUTE)
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
#define v_estimate V(estimate)

#endif
