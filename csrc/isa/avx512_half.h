/* float16 and bfloat16 in the registers of avx512.c, which includes this file. */
#ifndef SOFTSIGN_AVX512_HALF_H
#define SOFTSIGN_AVX512_HALF_H

static ALWAYS_INLINE __m256i load_half(const char *memory)
{
    return _mm256_loadu_si256((const __m256i *)memory);
}
static ALWAYS_INLINE void store_half(char *memory, __m256i y)
{
    _mm256_storeu_si256((__m256i *)memory, y);
}
static ALWAYS_INLINE __m256i load_first_half(const char *memory, size_t n)
{
    return _mm256_maskz_loadu_epi16(first_f32(n), memory);
}
static ALWAYS_INLINE void store_first_half(char *memory, __m256i y, size_t n)
{
    _mm256_mask_storeu_epi16(memory, first_f32(n), y);
}
static ALWAYS_INLINE __m512i load_halves(const char *memory) { return _mm512_loadu_si512(memory); }

/* Whether a magnitude of the batch, as an integer, reaches the bound. */
static ALWAYS_INLINE int is_out_of_range_half(const char *batch, int bound)
{
    _Static_assert(BATCH == 4, "two registers of half-precision elements are a batch");
    __m512i magnitude = _mm512_set1_epi16(0x7fff);
    __m512i a = _mm512_and_si512(load_halves(batch), magnitude);
    __m512i b = _mm512_and_si512(load_halves(batch + 64), magnitude);
    return _mm512_cmpge_epi16_mask(_mm512_max_epi16(a, b), _mm512_set1_epi16((short)bound)) != 0;
}

REQUIRED int v_out_of_range_f16(const char *batch, int e)
{
    return is_out_of_range_half(batch, (15 + e) << 10);
}
REQUIRED int v_out_of_range_bf16(const char *batch, int e)
{
    return is_out_of_range_half(batch, (127 + e) << 7);
}

/* A signalling NaN is made quiet first: its conversion would raise a flag. */
static ALWAYS_INLINE v_f32 widened_f16(__m256i half)
{
    __m256i a = _mm256_and_si256(half, _mm256_set1_epi16(0x7fff));
    __m256i nan = _mm256_cmpgt_epi16(a, _mm256_set1_epi16(0x7c00));
    __m256i quiet = _mm256_and_si256(nan, _mm256_set1_epi16(0x200));
    return _mm512_cvtph_ps(_mm256_or_si256(half, quiet));
}

static ALWAYS_INLINE __m256i round_f16(v_f32 y)
{
    return _mm512_cvtps_ph(y, _MM_FROUND_TO_NEAREST_INT);
}

REQUIRED v_f32 v_load_f16(const char *memory) { return widened_f16(load_half(memory)); }
REQUIRED void v_store_f16(char *memory, v_f32 y) { store_half(memory, round_f16(y)); }
REQUIRED v_f32 v_load_first_f16(const char *memory, size_t n)
{
    return widened_f16(load_first_half(memory, n));
}
REQUIRED void v_store_first_f16(char *memory, v_f32 y, size_t n)
{
    store_first_half(memory, round_f16(y), n);
}

REQUIRED void v_load_batch_f16(const char *batch, v_f32 *x)
{
    for (int k = 0; k < BATCH; k++)
        x[k] = _mm512_cvtph_ps(load_half(batch + 32 * k));
}

REQUIRED void v_store_batch_f16(char *batch, const v_f32 *y, int streaming)
{
    for (int k = 0; k < BATCH; k++)
        if (streaming)
            _mm256_stream_si256((__m256i *)(batch + 32 * k), round_f16(y[k]));
        else
            v_store_f16(batch + 32 * k, y[k]);
}

static ALWAYS_INLINE v_f32 widened_bf16(__m256i half)
{
    return _mm512_castsi512_ps(_mm512_slli_epi32(_mm512_cvtepu16_epi32(half), 16));
}

/* Rounds the even and the odd elements of 32 to nearest even: up where the low half, with its last
 * bit set if the high half is odd, is above 0x8000. */
static ALWAYS_INLINE __m512i round_bf16(v_f32 y0, v_f32 y1)
{
    const __mmask32 odd_places = 0xaaaaaaaa;
    __m512i even = _mm512_castps_si512(y0), odd = _mm512_castps_si512(y1);
    __m512i high = _mm512_mask_blend_epi16(odd_places, _mm512_srli_epi32(even, 16), odd);
    __m512i low = _mm512_mask_blend_epi16(odd_places, even, _mm512_slli_epi32(odd, 16));
    __m512i one = _mm512_set1_epi16(1), half = _mm512_set1_epi16((short)0x8000);
    low = _mm512_or_si512(low, _mm512_and_si512(high, one));
    return _mm512_mask_add_epi16(high, _mm512_cmpgt_epu16_mask(low, half), high, one);
}

/* The same of 16 elements in order. */
static ALWAYS_INLINE __m256i round_half_bf16(v_f32 y)
{
    __m512i w = _mm512_castps_si512(y);
    __m512i odd = _mm512_and_si512(_mm512_srli_epi32(w, 16), _mm512_set1_epi32(1));
    w = _mm512_add_epi32(w, _mm512_add_epi32(_mm512_set1_epi32(0x7fff), odd));
    return _mm512_cvtepi32_epi16(_mm512_srli_epi32(w, 16));
}

REQUIRED v_f32 v_load_bf16(const char *memory) { return widened_bf16(load_half(memory)); }
REQUIRED void v_store_bf16(char *memory, v_f32 y) { store_half(memory, round_half_bf16(y)); }
REQUIRED v_f32 v_load_first_bf16(const char *memory, size_t n)
{
    return widened_bf16(load_first_half(memory, n));
}
REQUIRED void v_store_first_bf16(char *memory, v_f32 y, size_t n)
{
    store_first_half(memory, round_half_bf16(y), n);
}

/* A bfloat16 is the high half of a float32. Of 32, the odd elements are in place already, the even
 * ones need a shift. */
REQUIRED void v_load_batch_bf16(const char *batch, v_f32 *x)
{
    for (int k = 0; k < BATCH; k += 2) {
        __m512i half = load_halves(batch + 32 * k);
        __m512i odd = _mm512_and_si512(half, _mm512_set1_epi32((int)0xffff0000));
        x[k] = _mm512_castsi512_ps(_mm512_slli_epi32(half, 16));
        x[k + 1] = _mm512_castsi512_ps(odd);
    }
}

REQUIRED void v_store_batch_bf16(char *batch, const v_f32 *y, int streaming)
{
    for (int k = 0; k < BATCH; k += 2) {
        __m512i half = round_bf16(y[k], y[k + 1]);
        if (streaming)
            _mm512_stream_si512((__m512i *)(batch + 32 * k), half);
        else
            _mm512_storeu_si512(batch + 32 * k, half);
    }
}

#endif
