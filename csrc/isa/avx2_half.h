/* float16 and bfloat16 in the registers of avx2.c, which includes this file. */
#ifndef SOFTSIGN_AVX2_HALF_H
#define SOFTSIGN_AVX2_HALF_H

/* The constants are floats because GCC rebuilds integer ones in each iteration with three
 * instructions, which makes bfloat16 12% slower. */
static ALWAYS_INLINE __m256i and_words(__m256i x, uint32_t word)
{
    __m256 pattern = _mm256_castsi256_ps(_mm256_set1_epi32((int)word));
    return _mm256_castps_si256(_mm256_and_ps(_mm256_castsi256_ps(x), pattern));
}

static ALWAYS_INLINE __m256i xor_words(__m256i x, uint32_t word)
{
    __m256 pattern = _mm256_castsi256_ps(_mm256_set1_epi32((int)word));
    return _mm256_castps_si256(_mm256_xor_ps(_mm256_castsi256_ps(x), pattern));
}

static ALWAYS_INLINE __m128i load_half(const char *memory)
{
    return _mm_loadu_si128((const __m128i *)memory);
}
static ALWAYS_INLINE void store_half(char *memory, __m128i y)
{
    _mm_storeu_si128((__m128i *)memory, y);
}
static ALWAYS_INLINE __m256i load_halves(const char *memory)
{
    return _mm256_loadu_si256((const __m256i *)memory);
}

REQUIRED int v_out_of_range_f16(const char *batch, int e)
{
    _Static_assert(BATCH == 4, "two registers of half-precision elements are a batch");
    __m256i magnitude = _mm256_set1_epi16(0x7fff),
            bound = _mm256_set1_epi16((short)((15 + e) << 10));
    __m256i a = _mm256_and_si256(load_halves(batch), magnitude);
    __m256i b = _mm256_and_si256(load_halves(batch + 32), magnitude);
    __m256i within = _mm256_cmpgt_epi16(bound, _mm256_max_epi16(a, b));
    return _mm256_movemask_epi8(within) != -1;
}

/* A signalling NaN is made quiet first: its conversion would raise a flag. */
REQUIRED v_f32 v_load_f16(const char *memory)
{
    __m128i half = load_half(memory), a = _mm_and_si128(half, _mm_set1_epi16(0x7fff));
    __m128i nan = _mm_cmpgt_epi16(a, _mm_set1_epi16(0x7c00));
    __m128i quiet = _mm_and_si128(nan, _mm_set1_epi16(0x200));
    return _mm256_cvtph_ps(_mm_or_si128(half, quiet));
}

static ALWAYS_INLINE __m128i round_f16(v_f32 y)
{
    return _mm256_cvtps_ph(y, _MM_FROUND_TO_NEAREST_INT);
}
REQUIRED void v_store_f16(char *memory, v_f32 y) { store_half(memory, round_f16(y)); }

REQUIRED void v_load_batch_f16(const char *batch, v_f32 *x)
{
    for (int k = 0; k < BATCH; k++)
        x[k] = _mm256_cvtph_ps(load_half(batch + 16 * k));
}

REQUIRED void v_store_batch_f16(char *batch, const v_f32 *y, int streaming)
{
    for (int k = 0; k < BATCH; k++)
        if (streaming)
            _mm_stream_si128((__m128i *)(batch + 16 * k), round_f16(y[k]));
        else
            v_store_f16(batch + 16 * k, y[k]);
}

REQUIRED v_f32 v_load_bf16(const char *memory)
{
    __m256i half = _mm256_cvtepu16_epi32(load_half(memory));
    return _mm256_castsi256_ps(_mm256_slli_epi32(half, 16));
}

/* Rounds the even and the odd elements of 16 to nearest even: up where the low half, plus one if
 * the high half is odd, is above 0x8000. The comparison is signed, so both sides are offset by
 * 0x8000. */
static ALWAYS_INLINE __m256i round_bf16(v_f32 y0, v_f32 y1)
{
    __m256i even = _mm256_castps_si256(y0), odd = _mm256_castps_si256(y1);
    __m256i high = _mm256_blend_epi16(_mm256_srli_epi32(even, 16), odd, 0xaa);
    __m256i low = _mm256_blend_epi16(even, _mm256_slli_epi32(odd, 16), 0xaa);
    __m256i is_odd = and_words(high, 0x00010001);
    low = _mm256_adds_epi16(xor_words(low, 0x80008000), is_odd);
    return _mm256_sub_epi16(high, _mm256_cmpgt_epi16(low, _mm256_setzero_si256()));
}

REQUIRED void v_store_bf16(char *memory, v_f32 y)
{
    __m256i w = _mm256_castps_si256(y), one = _mm256_set1_epi32(1);
    __m256i odd = _mm256_and_si256(_mm256_srli_epi32(w, 16), one);
    w = _mm256_add_epi32(w, _mm256_add_epi32(_mm256_set1_epi32(0x7fff), odd));
    w = _mm256_srli_epi32(w, 16);
    store_half(memory, _mm_packus_epi32(_mm256_castsi256_si128(w), _mm256_extracti128_si256(w, 1)));
}

/* A bfloat16 is the high half of a float32. Of 16, the odd elements are in place already, the even
 * ones need a shift. */
REQUIRED void v_load_batch_bf16(const char *batch, v_f32 *x)
{
    for (int k = 0; k < BATCH; k += 2) {
        __m256i half = load_halves(batch + 16 * k);
        __m256i odd = and_words(half, 0xffff0000);
        x[k] = _mm256_castsi256_ps(_mm256_slli_epi32(half, 16));
        x[k + 1] = _mm256_castsi256_ps(odd);
    }
}

REQUIRED int v_out_of_range_bf16(const char *batch, int e)
{
    v_f32 x[BATCH];
    v_load_batch_bf16(batch, x);
    return is_out_of_range_f32(x, e);
}

REQUIRED void v_store_batch_bf16(char *batch, const v_f32 *y, int streaming)
{
    for (int k = 0; k < BATCH; k += 2) {
        __m256i *to = (__m256i *)(batch + 16 * k), half = round_bf16(y[k], y[k + 1]);
        if (streaming)
            _mm256_stream_si256(to, half);
        else
            _mm256_storeu_si256(to, half);
    }
}

#endif
