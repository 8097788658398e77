/* x86-64 with AVX2, FMA and F16C: a vector is one 256-bit register. */
#include "isa.h"

#define ISA avx2
#define AVX2_NEEDS (NEEDS(X86_64) | NEEDS(AVX2) | NEEDS(FMA) | NEEDS(F16C) | NEEDS(AVX_STATE))

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
#define ESTIMATES_f16 0
#define ESTIMATES_f32 1 /* none or two take 1.16 times as long, on a Zen 3 */
#define ESTIMATES_f64 0 /* one takes 1.18 times as long: it needs more steps of Newton's method */
#define ESTIMATES_bf16 0
#define PREFETCH_AHEAD 2048 /* bytes */

typedef __m256 v_f32, m_f32;
typedef __m256d v_f64, m_f64;

#include "simd.h"

/* In the names of intrinsics ps and pd stand for float and double, epi32 and epi64 for integers.
 * Magnitudes are compared as these, since a comparison of floats raises a flag at a NaN that is not
 * quiet. */
#define ARITHMETIC(W, number, ps, epi32)                                                           \
    OWED v_##W v_set_##W(number c) { return _mm256_set1_##ps(c); }                                 \
    OWED v_##W v_add_##W(v_##W a, v_##W b) { return _mm256_add_##ps(a, b); }                       \
    OWED v_##W v_sub_##W(v_##W a, v_##W b) { return _mm256_sub_##ps(a, b); }                       \
    OWED v_##W v_mul_##W(v_##W a, v_##W b) { return _mm256_mul_##ps(a, b); }                       \
    OWED v_##W v_div_##W(v_##W a, v_##W b) { return _mm256_div_##ps(a, b); }                       \
    OWED v_##W v_fms_##W(v_##W a, v_##W b, v_##W c) { return _mm256_fmsub_##ps(a, b, c); }         \
    OWED v_##W v_fnma_##W(v_##W a, v_##W b, v_##W c) { return _mm256_fnmadd_##ps(a, b, c); }       \
    OWED v_##W v_abs_##W(v_##W x) { return _mm256_andnot_##ps(v_set_##W(-0.0), x); }               \
    OWED v_##W v_signed_##W(v_##W a, v_##W x)                                                      \
    {                                                                                              \
        return _mm256_or_##ps(a, _mm256_and_##ps(v_set_##W(-0.0), x));                             \
    }                                                                                              \
    OWED m_##W v_above_##W(v_##W a, v_##W b)                                                       \
    {                                                                                              \
        __m256i i = _mm256_cast##ps##_si256(a), j = _mm256_cast##ps##_si256(b);                    \
        return _mm256_castsi256_##ps(_mm256_cmpgt_##epi32(i, j));                                  \
    }                                                                                              \
    OWED v_##W v_choose_##W(m_##W m, v_##W yes, v_##W no)                                          \
    {                                                                                              \
        return _mm256_blendv_##ps(no, yes, m);                                                     \
    }                                                                                              \
                                                                                                   \
    OWED v_##W v_load_##W(const char *memory) { return _mm256_loadu_##ps((number *)memory); }      \
    OWED void v_store_##W(char *memory, v_##W y) { _mm256_storeu_##ps((number *)memory, y); }      \
    OWED void v_load_batch_##W(const char *batch, v_##W *x)                                        \
    {                                                                                              \
        for (int k = 0; k < BATCH; k++)                                                            \
            x[k] = v_load_##W(batch + 32 * k);                                                     \
    }                                                                                              \
    OWED void v_store_batch_##W(char *batch, const v_##W *y, int streaming)                        \
    {                                                                                              \
        for (int k = 0; k < BATCH; k++)                                                            \
            if (streaming)                                                                         \
                _mm256_stream_##ps((number *)(batch + 32 * k), y[k]);                              \
            else                                                                                   \
                v_store_##W(batch + 32 * k, y[k]);                                                 \
    }                                                                                              \
    /* In each lane of 32 bits the largest magnitude of a batch, as an integer. */                 \
    OWED __m256i largest_##W(const v_##W *x)                                                       \
    {                                                                                              \
        __m256i largest = _mm256_setzero_si256();                                                  \
        for (int k = 0; k < BATCH; k++)                                                            \
            largest = _mm256_max_epu32(largest, _mm256_cast##ps##_si256(v_abs_##W(x[k])));         \
        return largest;                                                                            \
    }

ARITHMETIC(f32, float, ps, epi32)
ARITHMETIC(f64, double, pd, epi64)

/* As signed integers the positive numbers are ordered among themselves and above all others; as
 * unsigned ones the negative are, by magnitude. */
OWED v_f32 v_finite_f32(v_f32 x)
{
    __m256i largest = _mm256_castps_si256(v_set_f32(FLT_MAX));
    __m256i lowest = _mm256_castps_si256(v_set_f32(-FLT_MAX));
    __m256i word = _mm256_min_epi32(_mm256_castps_si256(x), largest);
    return _mm256_castsi256_ps(_mm256_min_epu32(word, lowest));
}

OWED v_f64 v_finite_f64(v_f64 x)
{
    v_f64 a = v_abs_f64(x), largest = v_set_f64(DBL_MAX);
    return v_signed_f64(v_choose_f64(v_above_f64(a, largest), largest, a), x);
}

OWED v_f32 v_estimate_f32(v_f32 s) { return _mm256_rcp_ps(s); }

OWED int is_beyond_f32(const v_f32 *x, int e)
{
    __m256i bound = _mm256_set1_epi32((127 + e) << 23);
    __m256i within = _mm256_cmpgt_epi32(bound, largest_f32(x));
    return _mm256_movemask_ps(_mm256_castsi256_ps(within)) != 0xff;
}

OWED int v_beyond_f32(const char *batch, int e)
{
    v_f32 x[BATCH];
    v_load_batch_f32(batch, x);
    return is_beyond_f32(x, e);
}

/* The upper half of each number tells. */
OWED int v_beyond_f64(const char *batch, int e)
{
    v_f64 x[BATCH];
    v_load_batch_f64(batch, x);
    __m256i bound = _mm256_set1_epi32((1023 + e) << 20);
    __m256i within = _mm256_cmpgt_epi32(bound, largest_f64(x));
    return _mm256_movemask_pd(_mm256_castsi256_pd(within)) != 0xf;
}

/* The half types. */

/* The constants are floats because GCC makes integers anew in each round of a loop, by three
 * instructions, which costs a bfloat16 an eighth of its time. */
OWED __m256i and_words(__m256i x, uint32_t word)
{
    __m256 mask = _mm256_castsi256_ps(_mm256_set1_epi32((int)word));
    return _mm256_castps_si256(_mm256_and_ps(_mm256_castsi256_ps(x), mask));
}

OWED __m256i xor_words(__m256i x, uint32_t word)
{
    __m256 mask = _mm256_castsi256_ps(_mm256_set1_epi32((int)word));
    return _mm256_castps_si256(_mm256_xor_ps(_mm256_castsi256_ps(x), mask));
}

OWED __m128i load_half(const char *memory) { return _mm_loadu_si128((const __m128i *)memory); }
OWED void store_half(char *memory, __m128i y) { _mm_storeu_si128((__m128i *)memory, y); }
OWED __m256i load_halves(const char *memory) { return _mm256_loadu_si256((const __m256i *)memory); }

OWED int v_beyond_f16(const char *batch, int e)
{
    __m256i magnitude = _mm256_set1_epi16(0x7fff),
            bound = _mm256_set1_epi16((short)((15 + e) << 10));
    __m256i a = _mm256_and_si256(load_halves(batch), magnitude);
    __m256i b = _mm256_and_si256(load_halves(batch + 32), magnitude);
    __m256i within = _mm256_cmpgt_epi16(bound, _mm256_max_epi16(a, b));
    return _mm256_movemask_epi8(within) != -1;
}

/* Quiet NaNs alone convert without a flag. */
OWED v_f32 v_load_f16(const char *memory)
{
    __m128i half = load_half(memory), a = _mm_and_si128(half, _mm_set1_epi16(0x7fff));
    __m128i nan = _mm_cmpgt_epi16(a, _mm_set1_epi16(0x7c00));
    __m128i quiet = _mm_and_si128(nan, _mm_set1_epi16(0x200));
    return _mm256_cvtph_ps(_mm_or_si128(half, quiet));
}

OWED __m128i round_f16(v_f32 y) { return _mm256_cvtps_ph(y, _MM_FROUND_TO_NEAREST_INT); }
OWED void v_store_f16(char *memory, v_f32 y) { store_half(memory, round_f16(y)); }

OWED void v_load_batch_f16(const char *batch, v_f32 *x)
{
    for (int k = 0; k < BATCH; k++)
        x[k] = _mm256_cvtph_ps(load_half(batch + 16 * k));
}

OWED void v_store_batch_f16(char *batch, const v_f32 *y, int streaming)
{
    for (int k = 0; k < BATCH; k++)
        if (streaming)
            _mm_stream_si128((__m128i *)(batch + 16 * k), round_f16(y[k]));
        else
            v_store_f16(batch + 16 * k, y[k]);
}

OWED v_f32 v_load_bf16(const char *memory)
{
    __m256i half = _mm256_cvtepu16_epi32(load_half(memory));
    return _mm256_castsi256_ps(_mm256_slli_epi32(half, 16));
}

/* To the nearest, ties to even, from the even and the odd elements of 16: up where the low half,
 * plus one if the high half is odd, exceeds 0x8000. For the comparison, which is signed, both are
 * taken 0x8000 lower. */
OWED __m256i round_bf16(v_f32 y0, v_f32 y1)
{
    __m256i even = _mm256_castps_si256(y0), odd = _mm256_castps_si256(y1);
    __m256i high = _mm256_blend_epi16(_mm256_srli_epi32(even, 16), odd, 0xaa);
    __m256i low = _mm256_blend_epi16(even, _mm256_slli_epi32(odd, 16), 0xaa);
    __m256i is_odd = and_words(high, 0x00010001);
    low = _mm256_adds_epi16(xor_words(low, 0x80008000), is_odd);
    return _mm256_sub_epi16(high, _mm256_cmpgt_epi16(low, _mm256_setzero_si256()));
}

OWED void v_store_bf16(char *memory, v_f32 y)
{
    __m256i w = _mm256_castps_si256(y), one = _mm256_set1_epi32(1);
    __m256i odd = _mm256_and_si256(_mm256_srli_epi32(w, 16), one);
    w = _mm256_add_epi32(w, _mm256_add_epi32(_mm256_set1_epi32(0x7fff), odd));
    w = _mm256_srli_epi32(w, 16);
    store_half(memory, _mm_packus_epi32(_mm256_castsi256_si128(w), _mm256_extracti128_si256(w, 1)));
}

/* A bfloat16 is the high half of a float32: of 16 the odd elements are there already, the even ones
 * need a shift. */
OWED void v_load_batch_bf16(const char *batch, v_f32 *x)
{
    for (int k = 0; k < BATCH; k += 2) {
        __m256i half = load_halves(batch + 16 * k);
        __m256i odd = and_words(half, 0xffff0000);
        x[k] = _mm256_castsi256_ps(_mm256_slli_epi32(half, 16));
        x[k + 1] = _mm256_castsi256_ps(odd);
    }
}

OWED int v_beyond_bf16(const char *batch, int e)
{
    v_f32 x[BATCH];
    v_load_batch_bf16(batch, x);
    return is_beyond_f32(x, e);
}

OWED void v_store_batch_bf16(char *batch, const v_f32 *y, int streaming)
{
    for (int k = 0; k < BATCH; k += 2) {
        __m256i *to = (__m256i *)(batch + 16 * k), half = round_bf16(y[k], y[k + 1]);
        if (streaming)
            _mm256_stream_si256(to, half);
        else
            _mm256_storeu_si256(to, half);
    }
}

OWED void v_prefetch(const char *memory) { _mm_prefetch(memory, _MM_HINT_T0); }

#include "kernels_tpl.h"

#if defined(__clang__)
#pragma clang attribute pop
#elif defined(__GNUC__)
#pragma GCC pop_options
#endif

const struct softsign_isa softsign_avx2 = {"avx2", AVX2_NEEDS, BATCH_BYTES, {KERNELS}};

#else

const struct softsign_isa softsign_avx2 = {"avx2", AVX2_NEEDS, 0, {{NULL}}};

#endif
