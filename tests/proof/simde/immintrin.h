/* AVX-512's intrinsics by SIMDe, from AVX2's or plain C, instead of the compiler's: avx512.py puts
 * this folder first. What SIMDe 0.8.2 lacks is added at the end, and its masked stores replaced,
 * which write zeros where they are to leave memory alone. */
#pragma once
#include_next <immintrin.h>
#define SIMDE_ENABLE_NATIVE_ALIASES
#include <simde/x86/avx512.h>
#include <simde/x86/f16c.h>
#include <simde/x86/fma.h>

#undef _mm512_stream_ps
#undef _mm512_stream_pd
#undef _mm512_stream_si512
#undef _mm512_cmpgt_epu16_mask
#undef _mm512_cvtepi32_epi16
#undef _mm512_cvtps_ph
#undef _mm512_rcp14_pd
#define _mm512_stream_ps simde_mm512_storeu_ps
#define _mm512_stream_pd simde_mm512_storeu_pd
#define _mm512_stream_si512 simde_mm512_storeu_si512
#define _mm512_cmpgt_epu16_mask(a, b) ((__mmask32)~simde_mm512_cmple_epu16_mask(a, b))
#define _mm512_cvtepi32_epi16 added_cvtepi32_epi16
#define _mm512_cvtps_ph(v, rounding) added_cvtps_ph(v)
#define _mm512_rcp14_pd(v) simde_mm512_div_pd(simde_mm512_set1_pd(1), v)

#undef _mm512_mask_storeu_ps
#undef _mm512_mask_storeu_pd
#undef _mm256_mask_storeu_epi16
#define _mm512_mask_storeu_ps(to, m, v)                                                            \
    simde_mm512_storeu_ps(to, simde_mm512_mask_mov_ps(simde_mm512_loadu_ps(to), m, v))
#define _mm512_mask_storeu_pd(to, m, v)                                                            \
    simde_mm512_storeu_pd(to, simde_mm512_mask_mov_pd(simde_mm512_loadu_pd(to), m, v))
#define _mm256_mask_storeu_epi16(to, m, v)                                                         \
    simde_mm256_storeu_epi16(to, simde_mm256_mask_mov_epi16(simde_mm256_loadu_epi16(to), m, v))

static inline __m256i added_cvtepi32_epi16(simde__m512i v)
{
    int32_t words[16];
    int16_t halves[16];
    simde_mm512_storeu_si512(words, v);
    for (int i = 0; i < 16; i++)
        halves[i] = (int16_t)words[i];
    return _mm256_loadu_si256((__m256i *)halves);
}

static inline __m256i added_cvtps_ph(simde__m512 v)
{
    return _mm256_setr_m128i(_mm256_cvtps_ph(simde_mm512_castps512_ps256(v), 0),
                             _mm256_cvtps_ph(simde_mm512_extractf32x8_ps(v, 1), 0));
}
