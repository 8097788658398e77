/* x86-64 with AVX-512 as in Ice Lake, Zen 4 and later: a vector is one 512-bit register, a mask one
 * mask register. VBMI2 is required but not used: it keeps Skylake-X and Cascade Lake, which lower
 * their clock for 512-bit vectors, on AVX2. */
#include "isa.h"

#define ISA avx512
#define AVX512_NEEDS                                                                               \
    (AVX2_NEEDS | NEEDS(AVX512F) | NEEDS(AVX512DQ) | NEEDS(AVX512BW) | NEEDS(AVX512VL) |           \
     NEEDS(AVX512_VBMI2) | NEEDS(AVX512_STATE))

#if defined(__x86_64__) || defined(_M_X64)

#if defined(__clang__)
#pragma clang attribute push(__attribute__((target("avx512f,avx512dq,avx512bw,avx512vl"))),        \
                             apply_to = function)
#elif defined(__GNUC__)
#pragma GCC push_options
#pragma GCC target("avx512f,avx512dq,avx512bw,avx512vl")
#endif

#include <float.h>
#include <immintrin.h>

#define LANES_f32 16
#define LANES_f64 8

#define BATCH 4
#define ESTIMATES 1
#define PARTIAL_VECTORS 1
#define PREFETCH_AHEAD 2048 /* bytes */

typedef __m512 v_f32;
typedef __m512d v_f64;
typedef __mmask16 m_f32;
typedef __mmask8 m_f64;

/* Slow divider: 10 cycles for a vector of floats, 16 for one of doubles, timed on Granite Rapids.
 * Fast: on Zen 4 one estimate in a batch takes 0.95 (float32) and 0.81 (float64) of the time of
 * none in softsign, two 1.03 and 0.84. */
static const signed char estimated[DIVIDERS][OPS][TYPES] = {
    [FAST_DIVIDER] = {[OP_forward] = {0, 1, 1, 2},
                      [OP_derivative] = {0, 1, 2, 2},
                      [OP_backward] = {0, 0, 1, 0},
                      [OP_inverse] = {0, 1, 1, 2},
                      [OP_second_derivative] = {0, 0, 1, 0}},
    [SLOW_DIVIDER] = {[OP_forward] = {2, 2, 2, 2},
                      [OP_derivative] = {2, 2, 2, 2},
                      [OP_backward] = {1, 2, 2, 0},
                      [OP_forward_with_derivative] = {0, 1, 2, 0},
                      [OP_inverse] = {1, 2, 2, 2},
                      [OP_second_derivative] = {1, 1, 2, 0}},
};
_Static_assert(TYPE_f16 == 0 && TYPE_f32 == 1 && TYPE_f64 == 2 && TYPE_bf16 == 3,
               "the columns of estimated[][] are f16, f32, f64, bf16");

#include "simd.h"

/* Magnitudes are compared as integers: comparing floats raises a flag for a signalling NaN. */

/* Of the first n lanes. */
static ALWAYS_INLINE m_f32 first_f32(size_t n) { return (m_f32)((1u << n) - 1); }
static ALWAYS_INLINE m_f64 first_f64(size_t n) { return (m_f64)((1u << n) - 1); }

REQUIRED v_f32 v_set_f32(float c) { return _mm512_set1_ps(c); }
REQUIRED v_f32 v_add_f32(v_f32 a, v_f32 b) { return _mm512_add_ps(a, b); }
REQUIRED v_f32 v_sub_f32(v_f32 a, v_f32 b) { return _mm512_sub_ps(a, b); }
REQUIRED v_f32 v_mul_f32(v_f32 a, v_f32 b) { return _mm512_mul_ps(a, b); }
REQUIRED v_f32 v_div_f32(v_f32 a, v_f32 b) { return _mm512_div_ps(a, b); }
REQUIRED v_f32 v_fms_f32(v_f32 a, v_f32 b, v_f32 c) { return _mm512_fmsub_ps(a, b, c); }
REQUIRED v_f32 v_fnma_f32(v_f32 a, v_f32 b, v_f32 c) { return _mm512_fnmadd_ps(a, b, c); }
REQUIRED v_f32 v_abs_f32(v_f32 x) { return _mm512_andnot_ps(v_set_f32(-0.0f), x); }
REQUIRED v_f32 v_signed_f32(v_f32 a, v_f32 x)
{
    return _mm512_or_ps(a, _mm512_and_ps(v_set_f32(-0.0f), x));
}

REQUIRED m_f32 v_above_f32(v_f32 a, v_f32 b)
{
    return _mm512_cmpgt_epi32_mask(_mm512_castps_si512(a), _mm512_castps_si512(b));
}

REQUIRED v_f32 v_choose_f32(m_f32 m, v_f32 yes, v_f32 no)
{
    return _mm512_mask_blend_ps(m, no, yes);
}

REQUIRED v_f32 v_estimate_f32(v_f32 s) { return _mm512_rcp14_ps(s); }

REQUIRED v_f32 v_load_f32(const char *memory) { return _mm512_loadu_ps(memory); }
REQUIRED void v_store_f32(char *memory, v_f32 y) { _mm512_storeu_ps(memory, y); }
REQUIRED v_f32 v_load_first_f32(const char *memory, size_t n)
{
    return _mm512_maskz_loadu_ps(first_f32(n), memory);
}

REQUIRED void v_store_first_f32(char *memory, v_f32 y, size_t n)
{
    _mm512_mask_storeu_ps(memory, first_f32(n), y);
}

REQUIRED void v_load_batch_f32(const char *batch, v_f32 *x)
{
    for (int k = 0; k < BATCH; k++)
        x[k] = v_load_f32(batch + 64 * k);
}

REQUIRED void v_store_batch_f32(char *batch, const v_f32 *y, int streaming)
{
    for (int k = 0; k < BATCH; k++)
        if (streaming)
            _mm512_stream_ps((float *)(batch + 64 * k), y[k]);
        else
            v_store_f32(batch + 64 * k, y[k]);
}

/* The bits of the largest magnitude of a batch, for each 32-bit lane. */
static ALWAYS_INLINE __m512i largest_f32(const v_f32 *x)
{
    __m512i largest = _mm512_setzero_si512();
    for (int k = 0; k < BATCH; k++)
        largest = _mm512_max_epu32(largest, _mm512_castps_si512(v_abs_f32(x[k])));
    return largest;
}

REQUIRED v_f64 v_set_f64(double c) { return _mm512_set1_pd(c); }
REQUIRED v_f64 v_add_f64(v_f64 a, v_f64 b) { return _mm512_add_pd(a, b); }
REQUIRED v_f64 v_sub_f64(v_f64 a, v_f64 b) { return _mm512_sub_pd(a, b); }
REQUIRED v_f64 v_mul_f64(v_f64 a, v_f64 b) { return _mm512_mul_pd(a, b); }
REQUIRED v_f64 v_div_f64(v_f64 a, v_f64 b) { return _mm512_div_pd(a, b); }
REQUIRED v_f64 v_fms_f64(v_f64 a, v_f64 b, v_f64 c) { return _mm512_fmsub_pd(a, b, c); }
REQUIRED v_f64 v_fnma_f64(v_f64 a, v_f64 b, v_f64 c) { return _mm512_fnmadd_pd(a, b, c); }
REQUIRED v_f64 v_abs_f64(v_f64 x) { return _mm512_andnot_pd(v_set_f64(-0.0), x); }
REQUIRED v_f64 v_signed_f64(v_f64 a, v_f64 x)
{
    return _mm512_or_pd(a, _mm512_and_pd(v_set_f64(-0.0), x));
}

REQUIRED m_f64 v_above_f64(v_f64 a, v_f64 b)
{
    return _mm512_cmpgt_epi64_mask(_mm512_castpd_si512(a), _mm512_castpd_si512(b));
}

REQUIRED v_f64 v_choose_f64(m_f64 m, v_f64 yes, v_f64 no)
{
    return _mm512_mask_blend_pd(m, no, yes);
}

REQUIRED v_f64 v_estimate_f64(v_f64 s) { return _mm512_rcp14_pd(s); }

REQUIRED v_f64 v_load_f64(const char *memory) { return _mm512_loadu_pd(memory); }
REQUIRED void v_store_f64(char *memory, v_f64 y) { _mm512_storeu_pd(memory, y); }
REQUIRED v_f64 v_load_first_f64(const char *memory, size_t n)
{
    return _mm512_maskz_loadu_pd(first_f64(n), memory);
}

REQUIRED void v_store_first_f64(char *memory, v_f64 y, size_t n)
{
    _mm512_mask_storeu_pd(memory, first_f64(n), y);
}

REQUIRED void v_load_batch_f64(const char *batch, v_f64 *x)
{
    for (int k = 0; k < BATCH; k++)
        x[k] = v_load_f64(batch + 64 * k);
}

REQUIRED void v_store_batch_f64(char *batch, const v_f64 *y, int streaming)
{
    for (int k = 0; k < BATCH; k++)
        if (streaming)
            _mm512_stream_pd((double *)(batch + 64 * k), y[k]);
        else
            v_store_f64(batch + 64 * k, y[k]);
}

/* The largest of each 32-bit word over the vectors of a batch, signs cleared. Of doubles only the
 * upper words mean anything. */
static ALWAYS_INLINE __m512i largest_f64(const v_f64 *x)
{
    __m512i largest = _mm512_setzero_si512();
    for (int k = 0; k < BATCH; k++)
        largest = _mm512_max_epu32(largest, _mm512_castpd_si512(v_abs_f64(x[k])));
    return largest;
}

/* The bits of positive floats, taken as signed integers, are in order and above those of negative
 * floats; taken as unsigned integers, those of negative floats are in order and above. */
REQUIRED v_f32 v_finite_f32(v_f32 x)
{
    __m512i largest = _mm512_castps_si512(v_set_f32(FLT_MAX));
    __m512i lowest = _mm512_castps_si512(v_set_f32(-FLT_MAX));
    __m512i word = _mm512_min_epi32(_mm512_castps_si512(x), largest);
    return _mm512_castsi512_ps(_mm512_min_epu32(word, lowest));
}

REQUIRED v_f64 v_finite_f64(v_f64 x)
{
    __m512i largest = _mm512_castpd_si512(v_set_f64(DBL_MAX));
    __m512i lowest = _mm512_castpd_si512(v_set_f64(-DBL_MAX));
    __m512i word = _mm512_min_epi64(_mm512_castpd_si512(x), largest);
    return _mm512_castsi512_pd(_mm512_min_epu64(word, lowest));
}

REQUIRED int v_out_of_range_f32(const char *batch, int e)
{
    v_f32 x[BATCH];
    v_load_batch_f32(batch, x);
    return _mm512_cmpge_epi32_mask(largest_f32(x), _mm512_set1_epi32((127 + e) << 23)) != 0;
}

/* The upper 32 bits of each magnitude decide. */
REQUIRED int v_out_of_range_f64(const char *batch, int e)
{
    v_f64 x[BATCH];
    v_load_batch_f64(batch, x);
    __m512i bound = _mm512_set1_epi32((1023 + e) << 20);
    return (_mm512_cmpge_epi32_mask(largest_f64(x), bound) & 0xaaaa) != 0;
}

#include "avx512_half.h"

REQUIRED void v_prefetch(const char *memory) { _mm_prefetch(memory, _MM_HINT_T0); }

#include "kernels_tpl.h"

#if defined(__clang__)
#pragma clang attribute pop
#elif defined(__GNUC__)
#pragma GCC pop_options
#endif

/* Switching to 512-bit instructions costs a call 15 to 20 ns on Granite Rapids. Below these sizes
 * AVX2 is faster; those of the half types are lower because AVX2 computes their tail one by one. */
const struct softsign_isa softsign_avx512 = {
    .name = "avx512",
    .needs = AVX512_NEEDS,
    .batch_bytes = BATCH_BYTES,
    .kernels = {KERNELS},
    .few = {[TYPE_f16] = 4, [TYPE_f32] = 512, [TYPE_f64] = 128, [TYPE_bf16] = 32},
    .for_few = &softsign_avx2,
};

#else

const struct softsign_isa softsign_avx512 = {.name = "avx512", .needs = AVX512_NEEDS};

#endif
