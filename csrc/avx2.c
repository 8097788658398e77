/* x86-64 with AVX2, FMA and F16C: a vec is one 256-bit register. */
#include "isa.h"

#if defined(__x86_64__) || defined(_M_X64)

#if defined(__clang__)
#pragma clang attribute push(__attribute__((target("avx2,fma,f16c"))), apply_to = function)
#elif defined(__GNUC__)
#pragma GCC push_options
#pragma GCC target("avx2,fma,f16c")
#endif

#include <float.h>
#include <immintrin.h>
#include <math.h>
#include <string.h>

#include "compiler.h"

#undef INDEPENDENT_ITERATIONS /* these loops are vectors already */
#define INDEPENDENT_ITERATIONS

/* For float32, OP(add) is _mm256_add_ps and INT(add) _mm256_add_epi32. */
#define OP(name) JOIN(_mm256_##name, FLOATS)
#define INT(name) JOIN(_mm256_##name, INTEGERS)

#define add OP(add)
#define sub OP(sub)
#define mul OP(mul)
#define div OP(div)
#define splat OP(set1)
#define fused_multiply_subtract OP(fmsub)
#define fused_negative_multiply_add OP(fnmadd)

#define INFINITE splat(INFINITY)
#define ONE_NAN OP(or)(INFINITE, splat(1.5))

/* Compared as integers, since a comparison of floats raises a flag at a NaN that is not quiet. */
#define exceeds(a, bound) as_floats(INT(cmpgt)(as_integers(a), as_integers(bound)))
#define is_nan(x) exceeds(magnitude(x), INFINITE)

#define magnitude(x) OP(andnot)(splat(-0.0), x)
#define with_sign(a, x) OP(or)(a, OP(and)(x, splat(-0.0)))
#define infinite_above_one(a) OP(blendv)(a, INFINITE, exceeds(a, splat(1)))
#define zero_at_zero(y, a) OP(and)(y, exceeds(a, splat(0)))
#define one_nan(x) OP(blendv)(x, ONE_NAN, is_nan(x))

#define BATCH 2 /* what one register of halves becomes; either_ and store_ rely on it */

/* Loads and stores of a type that is computed in itself. */
#define MEMORY(type, element)                                                                      \
    struct nans_##type {                                                                           \
        vec mask[BATCH];                                                                           \
    };                                                                                             \
                                                                                                   \
    static inline struct nans_##type load_##type(const char *memory, vec *x, enum domain domain)   \
    {                                                                                              \
        struct nans_##type nan;                                                                    \
        for (int k = 0; k < BATCH; k++) {                                                          \
            x[k] = OP(loadu)((const element *)memory + k * LANES);                                 \
            nan.mask[k] = is_nan(x[k]);                                                            \
            if (domain == FINITE)                                                                  \
                x[k] = signed_finite(x[k]);                                                        \
            if (domain == NUMBER)                                                                  \
                x[k] = OP(andnot)(nan.mask[k], x[k]);                                              \
        }                                                                                          \
        return nan;                                                                                \
    }                                                                                              \
                                                                                                   \
    static inline struct nans_##type either_##type(struct nans_##type a, struct nans_##type b)     \
    {                                                                                              \
        return (struct nans_##type){{OP(or)(a.mask[0], b.mask[0]), OP(or)(a.mask[1], b.mask[1])}}; \
    }                                                                                              \
                                                                                                   \
    static inline void store_##type(char *memory, const vec *y, struct nans_##type nan)            \
    {                                                                                              \
        OP(storeu)((element *)memory, OP(blendv)(y[0], ONE_NAN, nan.mask[0]));                     \
        OP(storeu)((element *)memory + LANES, OP(blendv)(y[1], ONE_NAN, nan.mask[1]));             \
    }

/* float32 */

#define vec __m256
#define LANES 8
#define FLOATS ps
#define INTEGERS epi32
#define as_integers _mm256_castps_si256
#define as_floats _mm256_castsi256_ps

#define finite(a) as_floats(_mm256_min_epu32(as_integers(a), as_integers(splat(FLT_MAX))))

/* As signed integers the positive numbers are ordered among themselves and above all others; as
 * unsigned ones the negative are, by magnitude. */
static inline __m256 signed_finite(__m256 x)
{
    __m256i word = _mm256_min_epi32(as_integers(x), as_integers(splat(FLT_MAX)));
    return as_floats(_mm256_min_epu32(word, as_integers(splat(-FLT_MAX))));
}

MEMORY(f32, float)

#define TYPE f32
#define BYTES 4
#define nans struct nans_f32
#define either either_f32
#define load load_f32
#define store store_f32
#include "kernels.h"

/* The half types, computed in float32: one register of them makes a batch, and NaN is dealt with
 * while it is one. */

static inline __m256i is_nan_half(__m256i x, short infinite)
{
    __m256i a = _mm256_and_si256(x, _mm256_set1_epi16(0x7fff));
    return _mm256_cmpgt_epi16(a, _mm256_set1_epi16(infinite));
}

static inline __m256i replace_half(__m256i x, short infinite, __m256i nan, enum domain domain)
{
    if (domain != FINITE)
        return _mm256_andnot_si256(nan, x);
    x = _mm256_min_epi16(x, _mm256_set1_epi16(infinite - 1));
    return _mm256_min_epu16(x, _mm256_set1_epi16((short)((infinite - 1) | 0x8000)));
}

static inline void store_half(char *memory, __m256i y, short one_nan, __m256i nan)
{
    _mm256_storeu_si256((__m256i *)memory, _mm256_blendv_epi8(y, _mm256_set1_epi16(one_nan), nan));
}

static inline __m256i load_f16(const char *memory, __m256 *x, enum domain domain)
{
    __m256i half = _mm256_loadu_si256((const __m256i *)memory);
    __m256i nan = is_nan_half(half, 0x7c00);
    half = replace_half(half, 0x7c00, nan, domain);
    x[0] = _mm256_cvtph_ps(_mm256_castsi256_si128(half));
    x[1] = _mm256_cvtph_ps(_mm256_extracti128_si256(half, 1));
    return nan;
}

static inline void store_f16(char *memory, const __m256 *y, __m256i nan)
{
    __m128i low = _mm256_cvtps_ph(y[0], _MM_FROUND_TO_NEAREST_INT);
    __m128i high = _mm256_cvtps_ph(y[1], _MM_FROUND_TO_NEAREST_INT);
    store_half(memory, _mm256_set_m128i(high, low), 0x7e00, nan);
}

/* A bfloat16 is the high half of a float32: the odd elements are there already, the even ones need
 * a shift. */
static inline __m256i load_bf16(const char *memory, __m256 *x, enum domain domain)
{
    __m256i half = _mm256_loadu_si256((const __m256i *)memory);
    __m256i nan = is_nan_half(half, 0x7f80);
    if (domain != ANY) /* a shift raises no flag */
        half = replace_half(half, 0x7f80, nan, domain);
    x[0] = as_floats(_mm256_slli_epi32(half, 16));
    x[1] = as_floats(_mm256_and_si256(half, _mm256_set1_epi32((int)0xffff0000)));
    return nan;
}

/* To the nearest, ties to even: up where the low half, plus one if the high half is odd, exceeds
 * 0x8000. For the comparison, which is signed, both are taken 0x8000 lower. */
static inline void store_bf16(char *memory, const __m256 *y, __m256i nan)
{
    __m256i even = as_integers(y[0]), odd = as_integers(y[1]);
    __m256i high = _mm256_blend_epi16(_mm256_srli_epi32(even, 16), odd, 0xaa);
    __m256i low = _mm256_blend_epi16(even, _mm256_slli_epi32(odd, 16), 0xaa);
    __m256i is_odd = _mm256_and_si256(high, _mm256_set1_epi16(1));
    low = _mm256_adds_epi16(_mm256_xor_si256(low, _mm256_set1_epi16((short)0x8000)), is_odd);
    __m256i up = _mm256_cmpgt_epi16(low, _mm256_setzero_si256());
    store_half(memory, _mm256_sub_epi16(high, up), 0x7fc0, nan);
}

#define TYPE f16
#define BYTES 2
#define nans __m256i
#define either _mm256_or_si256
#define load load_f16
#define store store_f16
#include "kernels.h"

#define TYPE bf16
#define BYTES 2
#define nans __m256i
#define either _mm256_or_si256
#define load load_bf16
#define store store_bf16
#include "kernels.h"

#undef vec
#undef LANES
#undef FLOATS
#undef INTEGERS
#undef as_integers
#undef as_floats
#undef finite

/* float64 */

#define vec __m256d
#define LANES 4
#define FLOATS pd
#define INTEGERS epi64
#define as_integers _mm256_castpd_si256
#define as_floats _mm256_castsi256_pd
#define finite(a) OP(blendv)(a, splat(DBL_MAX), exceeds(a, splat(DBL_MAX)))
#define signed_finite(x) with_sign(finite(magnitude(x)), x)

MEMORY(f64, double)

#define TYPE f64
#define BYTES 8
#define nans struct nans_f64
#define either either_f64
#define load load_f64
#define store store_f64
#include "kernels.h"

#if defined(__clang__)
#pragma clang attribute pop
#elif defined(__GNUC__)
#pragma GCC pop_options
#endif

static const char *missing(void) { return softsign_avx2_missing(softsign_read_x86()); }

const struct softsign_isa softsign_avx2 = {"avx2", missing, {SOFTSIGN_PASSES(SOFTSIGN_KERNELS)}};

#else

static const char *missing(void) { return "an x86-64 CPU"; }

const struct softsign_isa softsign_avx2 = {"avx2", missing, {{NULL}}};

#endif
