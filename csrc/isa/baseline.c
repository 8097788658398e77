/* Any CPU: a vector is one element, and the compiler vectorises the loops of the kernels.
 *
 * Comparisons work on the bits, without branches: compilers do not vectorise a conditional
 * expression of floats, because it may raise a flag that the scalar code would not, and SSE2 cannot
 * compare 64-bit integers. The sign of a difference works on every CPU. */
#include "isa.h"

#include <float.h>
#include <math.h>
#include <string.h>

#define ISA baseline
#define BATCH 0
#define ESTIMATES 0
#define PARTIAL_VECTORS 0
#define LANES_f32 1
#define LANES_f64 1

typedef float v_f32;
typedef double v_f64;
typedef uint32_t m_f32; /* 1 or 0 */
typedef uint64_t m_f64;

#include "simd.h"

/* The casts matter where the compiler computes floats in double (s390x): they round each operation,
 * to the same bits as in float. Doubles computed in extended precision would be rounded twice. */
_Static_assert(FLT_EVAL_METHOD >= 0 && FLT_EVAL_METHOD != 2, "on x86, use -msse2 -mfpmath=sse");

static ALWAYS_INLINE uint32_t bits_f32(float x)
{
    uint32_t w;
    memcpy(&w, &x, sizeof w);
    return w;
}

static ALWAYS_INLINE float float_f32(uint32_t w)
{
    float x;
    memcpy(&x, &w, sizeof x);
    return x;
}

/* 1 if a > b, else 0; for the bits of two magnitudes. */
static ALWAYS_INLINE uint32_t exceeds_f32(uint32_t a, uint32_t b)
{
    return (b - a) >> (8 * sizeof(uint32_t) - 1);
}

static ALWAYS_INLINE uint32_t select_bits_f32(uint32_t m, uint32_t yes, uint32_t no)
{
    return (yes & -m) | (no & (m - 1));
}

REQUIRED float v_set_f32(float c) { return c; }
REQUIRED float v_add_f32(float a, float b) { return (float)(a + b); }
REQUIRED float v_sub_f32(float a, float b) { return (float)(a - b); }
REQUIRED float v_mul_f32(float a, float b) { return (float)(a * b); }
REQUIRED float v_div_f32(float a, float b) { return (float)(a / b); }
REQUIRED float v_abs_f32(float x) { return float_f32(bits_f32(x) & ~bits_f32(-0.0f)); }
REQUIRED float v_signed_f32(float a, float x)
{
    return float_f32(bits_f32(a) | (bits_f32(x) & bits_f32(-0.0f)));
}

REQUIRED uint32_t v_above_f32(float a, float b) { return exceeds_f32(bits_f32(a), bits_f32(b)); }
REQUIRED float v_choose_f32(uint32_t m, float yes, float no)
{
    return float_f32(select_bits_f32(m, bits_f32(yes), bits_f32(no)));
}

REQUIRED float v_finite_f32(float x)
{
    float a = v_abs_f32(x);
    return v_signed_f32(v_choose_f32(v_above_f32(a, FLT_MAX), FLT_MAX, a), x);
}

static ALWAYS_INLINE uint64_t bits_f64(double x)
{
    uint64_t w;
    memcpy(&w, &x, sizeof w);
    return w;
}

static ALWAYS_INLINE double float_f64(uint64_t w)
{
    double x;
    memcpy(&x, &w, sizeof x);
    return x;
}

/* 1 if a > b, else 0; for the bits of two magnitudes. */
static ALWAYS_INLINE uint64_t exceeds_f64(uint64_t a, uint64_t b)
{
    return (b - a) >> (8 * sizeof(uint64_t) - 1);
}

static ALWAYS_INLINE uint64_t select_bits_f64(uint64_t m, uint64_t yes, uint64_t no)
{
    return (yes & -m) | (no & (m - 1));
}

REQUIRED double v_set_f64(double c) { return c; }
REQUIRED double v_add_f64(double a, double b) { return (double)(a + b); }
REQUIRED double v_sub_f64(double a, double b) { return (double)(a - b); }
REQUIRED double v_mul_f64(double a, double b) { return (double)(a * b); }
REQUIRED double v_div_f64(double a, double b) { return (double)(a / b); }
REQUIRED double v_abs_f64(double x) { return float_f64(bits_f64(x) & ~bits_f64(-0.0)); }
REQUIRED double v_signed_f64(double a, double x)
{
    return float_f64(bits_f64(a) | (bits_f64(x) & bits_f64(-0.0)));
}

REQUIRED uint64_t v_above_f64(double a, double b) { return exceeds_f64(bits_f64(a), bits_f64(b)); }
REQUIRED double v_choose_f64(uint64_t m, double yes, double no)
{
    return float_f64(select_bits_f64(m, bits_f64(yes), bits_f64(no)));
}

REQUIRED double v_finite_f64(double x)
{
    double a = v_abs_f64(x);
    return v_signed_f64(v_choose_f64(v_above_f64(a, DBL_MAX), DBL_MAX, a), x);
}

REQUIRED float v_load_f32(const char *memory)
{
    float x;
    memcpy(&x, memory, sizeof x);
    return x;
}

REQUIRED void v_store_f32(char *memory, float y) { memcpy(memory, &y, sizeof y); }

REQUIRED double v_load_f64(const char *memory)
{
    double x;
    memcpy(&x, memory, sizeof x);
    return x;
}

REQUIRED void v_store_f64(char *memory, double y) { memcpy(memory, &y, sizeof y); }

/* A subnormal half: its fraction with the exponent of 2^-14, minus 2^-14. That is exact and needs
 * no subnormal float. */
REQUIRED float v_load_f16(const char *memory)
{
    uint16_t half;
    memcpy(&half, memory, sizeof half);
    uint32_t a = half & 0x7fff, sign = (uint32_t)(half & 0x8000) << 16;
    uint32_t normal = (a << 13) + (112u << 23) + (exceeds_f32(a, 0x7bff) << 23) * 112;
    uint32_t subnormal = bits_f32(float_f32((a << 13) + (113u << 23)) - 0x1p-14f);
    return float_f32(select_bits_f32(exceeds_f32(a, 0x3ff), normal, subnormal) | sign);
}

/* Below 2^-14, adding 1/2 rounds to the subnormal half and leaves its fraction in the low bits.
 * No result lies in [2^16, 2^17), so that no test can tell 143 from 144. */
REQUIRED void v_store_f16(char *memory, float y)
{
    uint32_t a = bits_f32(v_abs_f32(y)), sign = bits_f32(y) >> 16 & 0x8000;
    uint32_t normal = (a + 0xfff + (a >> 13 & 1) - (112u << 23)) >> 13;
    uint32_t subnormal = bits_f32(float_f32(a) + 0.5f) - bits_f32(0.5f);
    uint32_t number = select_bits_f32(exceeds_f32(113u << 23, a), subnormal, normal);
    uint32_t half = select_bits_f32(exceeds_f32(143u << 23, a), number, 0x7c00) | sign;
    uint16_t word = (uint16_t)select_bits_f32(exceeds_f32(a, 255u << 23), 0x7e00, half);
    memcpy(memory, &word, sizeof word);
}

REQUIRED float v_load_bf16(const char *memory)
{
    uint16_t half;
    memcpy(&half, memory, sizeof half);
    return float_f32((uint32_t)half << 16);
}

/* Rounding cannot carry into the sign: the canonical NaN's low half is 0. */
REQUIRED void v_store_bf16(char *memory, float y)
{
    uint16_t half = (uint16_t)((bits_f32(y) + 0x7fff + (bits_f32(y) >> 16 & 1)) >> 16);
    memcpy(memory, &half, sizeof half);
}

#ifndef TEMPLATE_ALONE /* .clangd parses a template after the operations above */

#include "kernels_tpl.h"

const struct softsign_isa softsign_baseline = {
    .name = "baseline", .needs = 0, .batch_bytes = BATCH_BYTES, .kernels = {KERNELS}};

#endif
