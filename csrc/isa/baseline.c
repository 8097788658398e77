/* Any CPU: a vector is one element, and the compiler makes longer ones of the loops of
 * kernels_tpl.h.
 *
 * Comparisons are made on the bits, without a branch. A compiler does not vectorise a conditional
 * on floats, which may raise a flag that the loop would not, and SSE2 cannot compare 64-bit
 * integers; but the sign of their difference is there for all. */
#include "isa.h"

#include <float.h>
#include <math.h>
#include <string.h>

#define ISA baseline
#define BATCH 0
#define LANES_f32 1
#define LANES_f64 1

typedef float v_f32;
typedef double v_f64;
typedef uint32_t m_f32; /* 1 or 0 */
typedef uint64_t m_f64;

#include "simd.h"

/* The casts matter where floats are computed in double (s390x): they round each operation, to the
 * same bits as in float. Doubles computed in more than double would not come out right. */
_Static_assert(FLT_EVAL_METHOD >= 0 && FLT_EVAL_METHOD != 2, "on x86, use -msse2 -mfpmath=sse");

/* For a type, its bits, and how many of them are above the sign. */
#define ARITHMETIC(W, number, word, largest)                                                       \
    OWED word bits_##W(number x)                                                                   \
    {                                                                                              \
        word w;                                                                                    \
        memcpy(&w, &x, sizeof w);                                                                  \
        return w;                                                                                  \
    }                                                                                              \
    OWED number float_##W(word w)                                                                  \
    {                                                                                              \
        number x;                                                                                  \
        memcpy(&x, &w, sizeof x);                                                                  \
        return x;                                                                                  \
    }                                                                                              \
    /* 1 if a > b, else 0, for the bits of two magnitudes */                                       \
    OWED word exceeds_##W(word a, word b) { return (b - a) >> (8 * sizeof(word) - 1); }            \
    OWED word select_##W(word m, word yes, word no) { return (yes & -m) | (no & (m - 1)); }        \
                                                                                                   \
    OWED number v_set_##W(number c) { return c; }                                                  \
    OWED number v_add_##W(number a, number b) { return (number)(a + b); }                          \
    OWED number v_sub_##W(number a, number b) { return (number)(a - b); }                          \
    OWED number v_mul_##W(number a, number b) { return (number)(a * b); }                          \
    OWED number v_div_##W(number a, number b) { return (number)(a / b); }                          \
    OWED number v_abs_##W(number x) { return float_##W(bits_##W(x) & ~bits_##W((number) - 0.0)); } \
    OWED number v_signed_##W(number a, number x)                                                   \
    {                                                                                              \
        return float_##W(bits_##W(a) | (bits_##W(x) & bits_##W((number) - 0.0)));                  \
    }                                                                                              \
    OWED word v_above_##W(number a, number b) { return exceeds_##W(bits_##W(a), bits_##W(b)); }    \
    OWED number v_choose_##W(word m, number yes, number no)                                        \
    {                                                                                              \
        return float_##W(select_##W(m, bits_##W(yes), bits_##W(no)));                              \
    }                                                                                              \
    OWED number v_finite_##W(number x)                                                             \
    {                                                                                              \
        number a = v_abs_##W(x);                                                                   \
        return v_signed_##W(v_choose_##W(v_above_##W(a, largest), largest, a), x);                 \
    }

ARITHMETIC(f32, float, uint32_t, FLT_MAX)
ARITHMETIC(f64, double, uint64_t, DBL_MAX)

OWED float v_load_f32(const char *memory)
{
    float x;
    memcpy(&x, memory, sizeof x);
    return x;
}

OWED void v_store_f32(char *memory, float y) { memcpy(memory, &y, sizeof y); }

OWED double v_load_f64(const char *memory)
{
    double x;
    memcpy(&x, memory, sizeof x);
    return x;
}

OWED void v_store_f64(char *memory, double y) { memcpy(memory, &y, sizeof y); }

/* A subnormal half's fraction is put under the exponent of 2^-14, which is then taken away: exact,
 * and with no subnormal float on the way. */
OWED float v_load_f16(const char *memory)
{
    uint16_t half;
    memcpy(&half, memory, sizeof half);
    uint32_t a = half & 0x7fff, sign = (uint32_t)(half & 0x8000) << 16;
    uint32_t normal = (a << 13) + (112u << 23) + (exceeds_f32(a, 0x7bff) << 23) * 112;
    uint32_t subnormal = bits_f32(float_f32((a << 13) + (113u << 23)) - 0x1p-14f);
    return float_f32(select_f32(exceeds_f32(a, 0x3ff), normal, subnormal) | sign);
}

/* Below 2^-14, adding 1/2 leaves the fraction of the subnormal half, rounded, at the low end. */
OWED void v_store_f16(char *memory, float y)
{
    uint32_t a = bits_f32(v_abs_f32(y)), sign = bits_f32(y) >> 16 & 0x8000;
    uint32_t normal = (a + 0xfff + (a >> 13 & 1) - (112u << 23)) >> 13;
    uint32_t subnormal = bits_f32(float_f32(a) + 0.5f) - bits_f32(0.5f);
    uint32_t number = select_f32(exceeds_f32(113u << 23, a), subnormal, normal);
    uint32_t half = select_f32(exceeds_f32(143u << 23, a), number, 0x7c00) | sign;
    uint16_t word = (uint16_t)select_f32(exceeds_f32(a, 255u << 23), 0x7e00, half);
    memcpy(memory, &word, sizeof word);
}

OWED float v_load_bf16(const char *memory)
{
    uint16_t half;
    memcpy(&half, memory, sizeof half);
    return float_f32((uint32_t)half << 16);
}

/* The one NaN has nothing in its low half for the rounding to carry. */
OWED void v_store_bf16(char *memory, float y)
{
    uint16_t half = (uint16_t)((bits_f32(y) + 0x7fff + (bits_f32(y) >> 16 & 1)) >> 16);
    memcpy(memory, &half, sizeof half);
}

#include "kernels_tpl.h"

const struct softsign_isa softsign_baseline = {"baseline", 0, BATCH_BYTES, {KERNELS}};
