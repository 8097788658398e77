/* x86-64 with AVX2, FMA and F16C: a vector is one 256-bit register. */
#include "isa.h"

#define ISA avx2

#if defined(__x86_64__) || defined(_M_X64)

#if defined(__clang__)
#pragma clang attribute push(__attribute__((target("avx2,fma,f16c"))), apply_to = function)
#elif defined(__GNUC__)
#pragma GCC push_options
#pragma GCC target("avx2,fma,f16c")
#endif

#include <float.h>
#include <immintrin.h>

#define LANES_f32 8
#define LANES_f64 4

#define BATCH 4
#define ESTIMATES 1
#define PARTIAL_VECTORS 0
#define PREFETCH_AHEAD 2048 /* bytes */

typedef __m256 v_f32, m_f32;
typedef __m256d v_f64, m_f64;

/* Fast divider: on Zen 3 zero or two estimates in a float32 batch take 1.16 times as long as one,
 * one in float64 1.18 times as long as none. Slow: Intel's takes 5 cycles for a vector of floats
 * and 8 for one of doubles; an estimated quotient keeps the multipliers busy for 3.5 and 6.5. */
static const signed char estimated[DIVIDERS][OPS][TYPES] = {
    [FAST_DIVIDER] = {[OP_forward] = {[TYPE_f32] = 1},
                      [OP_derivative] = {[TYPE_f32] = 1},
                      [OP_inverse] = {[TYPE_f32] = 1}},
    [SLOW_DIVIDER] = {[OP_forward] = {1, 2, 2, 1},
                      [OP_derivative] = {1, 2, 2, 1},
                      [OP_backward] = {0, 1, 1, 0},
                      [OP_forward_with_derivative] = {0, 1, 1, 0},
                      [OP_inverse] = {1, 2, 2, 1},
                      [OP_second_derivative] = {0, 1, 1, 0}},
};
_Static_assert(TYPE_f16 == 0 && TYPE_f32 == 1 && TYPE_f64 == 2 && TYPE_bf16 == 3,
               "the columns of estimated[][] are f16, f32, f64, bf16");

#include "simd.h"

/* Magnitudes are compared as integers: comparing floats raises a flag for a signalling NaN. */

REQUIRED v_f32 v_set_f32(float c) { return _mm256_set1_ps(c); }
REQUIRED v_f32 v_add_f32(v_f32 a, v_f32 b) { return _mm256_add_ps(a, b); }
REQUIRED v_f32 v_sub_f32(v_f32 a, v_f32 b) { return _mm256_sub_ps(a, b); }
REQUIRED v_f32 v_mul_f32(v_f32 a, v_f32 b) { return _mm256_mul_ps(a, b); }
REQUIRED v_f32 v_div_f32(v_f32 a, v_f32 b) { return _mm256_div_ps(a, b); }
REQUIRED v_f32 v_fms_f32(v_f32 a, v_f32 b, v_f32 c) { return _mm256_fmsub_ps(a, b, c); }
REQUIRED v_f32 v_fnma_f32(v_f32 a, v_f32 b, v_f32 c) { return _mm256_fnmadd_ps(a, b, c); }
REQUIRED v_f32 v_abs_f32(v_f32 x) { return _mm256_andnot_ps(v_set_f32(-0.0f), x); }
REQUIRED v_f32 v_signed_f32(v_f32 a, v_f32 x)
{
    return _mm256_or_ps(a, _mm256_and_ps(v_set_f32(-0.0f), x));
}

REQUIRED m_f32 v_above_f32(v_f32 a, v_f32 b)
{
    __m256i i = _mm256_castps_si256(a), j = _mm256_castps_si256(b);
    return _mm256_castsi256_ps(_mm256_cmpgt_epi32(i, j));
}

REQUIRED v_f32 v_choose_f32(m_f32 m, v_f32 yes, v_f32 no) { return _mm256_blendv_ps(no, yes, m); }

REQUIRED v_f32 v_load_f32(const char *memory) { return _mm256_loadu_ps((float *)memory); }
REQUIRED void v_store_f32(char *memory, v_f32 y) { _mm256_storeu_ps((float *)memory, y); }
REQUIRED void v_load_batch_f32(const char *batch, v_f32 *x)
{
    for (int k = 0; k < BATCH; k++)
        x[k] = v_load_f32(batch + 32 * k);
}

REQUIRED void v_store_batch_f32(char *batch, const v_f32 *y, int streaming)
{
    for (int k = 0; k < BATCH; k++)
        if (streaming)
            _mm256_stream_ps((float *)(batch + 32 * k), y[k]);
        else
            v_store_f32(batch + 32 * k, y[k]);
}

/* The bits of the largest magnitude of a batch, for each 32-bit lane. */
static ALWAYS_INLINE __m256i largest_f32(const v_f32 *x)
{
    __m256i largest = _mm256_setzero_si256();
    for (int k = 0; k < BATCH; k++)
        largest = _mm256_max_epu32(largest, _mm256_castps_si256(v_abs_f32(x[k])));
    return largest;
}

REQUIRED v_f64 v_set_f64(double c) { return _mm256_set1_pd(c); }
REQUIRED v_f64 v_add_f64(v_f64 a, v_f64 b) { return _mm256_add_pd(a, b); }
REQUIRED v_f64 v_sub_f64(v_f64 a, v_f64 b) { return _mm256_sub_pd(a, b); }
REQUIRED v_f64 v_mul_f64(v_f64 a, v_f64 b) { return _mm256_mul_pd(a, b); }
REQUIRED v_f64 v_div_f64(v_f64 a, v_f64 b) { return _mm256_div_pd(a, b); }
REQUIRED v_f64 v_fms_f64(v_f64 a, v_f64 b, v_f64 c) { return _mm256_fmsub_pd(a, b, c); }
REQUIRED v_f64 v_fnma_f64(v_f64 a, v_f64 b, v_f64 c) { return _mm256_fnmadd_pd(a, b, c); }
REQUIRED v_f64 v_abs_f64(v_f64 x) { return _mm256_andnot_pd(v_set_f64(-0.0), x); }
REQUIRED v_f64 v_signed_f64(v_f64 a, v_f64 x)
{
    return _mm256_or_pd(a, _mm256_and_pd(v_set_f64(-0.0), x));
}

REQUIRED m_f64 v_above_f64(v_f64 a, v_f64 b)
{
    __m256i i = _mm256_castpd_si256(a), j = _mm256_castpd_si256(b);
    return _mm256_castsi256_pd(_mm256_cmpgt_epi64(i, j));
}

REQUIRED v_f64 v_choose_f64(m_f64 m, v_f64 yes, v_f64 no) { return _mm256_blendv_pd(no, yes, m); }

REQUIRED v_f64 v_load_f64(const char *memory) { return _mm256_loadu_pd((double *)memory); }
REQUIRED void v_store_f64(char *memory, v_f64 y) { _mm256_storeu_pd((double *)memory, y); }
REQUIRED void v_load_batch_f64(const char *batch, v_f64 *x)
{
    for (int k = 0; k < BATCH; k++)
        x[k] = v_load_f64(batch + 32 * k);
}

REQUIRED void v_store_batch_f64(char *batch, const v_f64 *y, int streaming)
{
    for (int k = 0; k < BATCH; k++)
        if (streaming)
            _mm256_stream_pd((double *)(batch + 32 * k), y[k]);
        else
            v_store_f64(batch + 32 * k, y[k]);
}

/* The largest of each 32-bit word over the vectors of a batch, signs cleared. Of doubles only the
 * upper words mean anything. */
static ALWAYS_INLINE __m256i largest_f64(const v_f64 *x)
{
    __m256i largest = _mm256_setzero_si256();
    for (int k = 0; k < BATCH; k++)
        largest = _mm256_max_epu32(largest, _mm256_castpd_si256(v_abs_f64(x[k])));
    return largest;
}

/* The bits of positive floats, taken as signed integers, are in order and above those of negative
 * floats; taken as unsigned integers, those of negative floats are in order and above. */
REQUIRED v_f32 v_finite_f32(v_f32 x)
{
    __m256i largest = _mm256_castps_si256(v_set_f32(FLT_MAX));
    __m256i lowest = _mm256_castps_si256(v_set_f32(-FLT_MAX));
    __m256i word = _mm256_min_epi32(_mm256_castps_si256(x), largest);
    return _mm256_castsi256_ps(_mm256_min_epu32(word, lowest));
}

REQUIRED v_f64 v_finite_f64(v_f64 x)
{
    v_f64 a = v_abs_f64(x), largest = v_set_f64(DBL_MAX);
    return v_signed_f64(v_choose_f64(v_above_f64(a, largest), largest, a), x);
}

REQUIRED v_f32 v_estimate_f32(v_f32 s) { return _mm256_rcp_ps(s); }
REQUIRED v_f64 v_estimate_f64(v_f64 s) { return _mm256_cvtps_pd(_mm_rcp_ps(_mm256_cvtpd_ps(s))); }

static ALWAYS_INLINE int is_out_of_range_f32(const v_f32 *x, int e)
{
    __m256i bound = _mm256_set1_epi32((127 + e) << 23);
    __m256i within = _mm256_cmpgt_epi32(bound, largest_f32(x));
    return _mm256_movemask_ps(_mm256_castsi256_ps(within)) != 0xff;
}

REQUIRED int v_out_of_range_f32(const char *batch, int e)
{
    v_f32 x[BATCH];
    v_load_batch_f32(batch, x);
    return is_out_of_range_f32(x, e);
}

/* The upper 32 bits of each magnitude decide. */
REQUIRED int v_out_of_range_f64(const char *batch, int e)
{
    v_f64 x[BATCH];
    v_load_batch_f64(batch, x);
    __m256i bound = _mm256_set1_epi32((1023 + e) << 20);
    __m256i within = _mm256_cmpgt_epi32(bound, largest_f64(x));
    return _mm256_movemask_pd(_mm256_castsi256_pd(within)) != 0xf;
}

#include "avx2_half.h"

REQUIRED void v_prefetch(const char *memory) { _mm_prefetch(memory, _MM_HINT_T0); }

#include "kernels_tpl.h"

#if defined(__clang__)
#pragma clang attribute pop
#elif defined(__GNUC__)
#pragma GCC pop_options
#endif

const struct softsign_isa softsign_avx2 = {
    .name = "avx2", .needs = AVX2_NEEDS, .batch_bytes = BATCH_BYTES, .kernels = {KERNELS}};

#else

const struct softsign_isa softsign_avx2 = {.name = "avx2", .needs = AVX2_NEEDS};

#endif
