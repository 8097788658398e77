/* Any CPU: a vec is one element, and the compiler vectorises the loops of kernels.h.
 *
 * Comparisons are made on the bits, without a branch. A compiler does not vectorise a conditional
 * on floats, which may raise a flag that the loop would not, and SSE2 cannot compare 64-bit
 * integers; but the sign of their difference is there for all. */
#include <float.h>
#include <math.h>
#include <string.h>

#include "compiler.h"
#include "isa.h"

static inline uint32_t bits_float(float x)
{
    uint32_t word;
    memcpy(&word, &x, sizeof word);
    return word;
}

static inline uint64_t bits_double(double x)
{
    uint64_t word;
    memcpy(&word, &x, sizeof word);
    return word;
}

static inline float value_float(uint32_t word)
{
    float x;
    memcpy(&x, &word, sizeof x);
    return x;
}

static inline double value_double(uint64_t word)
{
    double x;
    memcpy(&x, &word, sizeof x);
    return x;
}

#define LANES 1
#define BATCH 1
#define bits JOIN(bits, vec)
#define value JOIN(value, vec)

/* The casts matter where floats are computed in double (s390x): they round each operation, to the
 * same bits as in float. Doubles computed in more than double would not come out right. */
_Static_assert(FLT_EVAL_METHOD >= 0 && FLT_EVAL_METHOD != 2, "on x86, use -msse2 -mfpmath=sse");
#define add(x, y) ((vec)((x) + (y)))
#define sub(x, y) ((vec)((x) - (y)))
#define mul(x, y) ((vec)((x) * (y)))
#define div(x, y) ((vec)((x) / (y)))
#define splat(c) ((vec)(c))

#define SIGN bits((vec) - 0.0)
#define INFINITE bits((vec)INFINITY)
#define ONE_NAN (INFINITE | INFINITE >> 1)

/* 1 if a > bound, else 0, for the bits of two magnitudes */
#define exceeds(a, bound) (((bound) - (a)) >> (8 * sizeof(vec) - 1))
#define select(condition, yes, no) (((yes) & -(condition)) | ((no) & ((condition) - 1)))
#define bounded(a, bound) select(exceeds(a, bound), bound, a)
#define is_nan(a) exceeds(a, INFINITE)

#define magnitude(x) value(bits(x) & ~SIGN)
#define with_sign(a, x) value(bits(a) | (bits(x) & SIGN))
#define finite(a) value(bounded(bits(a), INFINITE - 1))
#define loaded(x, nan, domain)                                                                     \
    (domain == FINITE ? with_sign(finite(magnitude(x)), x) : value(bits(x) & ((nan) - 1)))
#define infinite_above_one(a) value(select(exceeds(bits(a), bits(splat(1))), INFINITE, bits(a)))
#define zero_at_zero(y, a) value(bits(y) & -exceeds(bits(a), 0))
#define one_nan(x) value(select(is_nan(bits(x) & ~SIGN), ONE_NAN, bits(x)))

#define nans_or(a, b) ((a) | (b))

#define vec float

static inline uint32_t load_f32(const char *memory, float *x, enum domain domain)
{
    memcpy(x, memory, sizeof *x);
    uint32_t nan = is_nan(bits(*x) & ~SIGN);
    *x = loaded(*x, nan, domain);
    return nan;
}

static inline void store_f32(char *memory, const float *y, uint32_t nan)
{
    uint32_t word = select(nan, ONE_NAN, bits(*y));
    memcpy(memory, &word, sizeof word);
}

/* A subnormal half's fraction is put under the exponent of 2^-14, which is then taken away: exact,
 * and with no subnormal float on the way. */
static inline uint32_t load_f16(const char *memory, float *x, enum domain domain)
{
    uint16_t half;
    memcpy(&half, memory, sizeof half);
    uint32_t a = half & 0x7fff, sign = (uint32_t)(half & 0x8000) << 16, nan = exceeds(a, 0x7c00u);
    a = domain == FINITE ? bounded(a, 0x7bffu) : a & (nan - 1);
    uint32_t normal = (a << 13) + (112u << 23) + (exceeds(a, 0x7bffu) << 23) * 112;
    uint32_t subnormal = bits(value((a << 13) + (113u << 23)) - 0x1p-14f);
    *x = value(select(exceeds(a, 0x3ffu), normal, subnormal) | sign);
    return nan;
}

/* Below 2^-14, adding 1/2 leaves the fraction of the subnormal half, rounded, at the low end. */
static inline void store_f16(char *memory, const float *y, uint32_t nan)
{
    uint32_t a = bits(*y) & ~SIGN, sign = bits(*y) >> 16 & 0x8000;
    uint32_t normal = (a + 0xfff + (a >> 13 & 1) - (112u << 23)) >> 13;
    uint32_t subnormal = bits(value(a) + 0.5f) - bits(0.5f);
    uint32_t number = select(exceeds(113u << 23, a), subnormal, normal);
    uint32_t half = select(exceeds(143u << 23, a), number, 0x7c00u) | sign;
    uint16_t word = (uint16_t)select(nan | is_nan(a), 0x7e00u, half);
    memcpy(memory, &word, sizeof word);
}

static inline uint32_t load_bf16(const char *memory, float *x, enum domain domain)
{
    uint16_t half;
    memcpy(&half, memory, sizeof half);
    uint32_t word = (uint32_t)half << 16, nan = is_nan(word & ~SIGN);
    uint32_t a = bounded(word & ~SIGN, 0x7f7f0000u);
    *x = value(domain == FINITE ? a | (word & SIGN) : word & (nan - 1));
    return nan;
}

/* The one NaN has nothing in its low half for the rounding to carry. */
static inline void store_bf16(char *memory, const float *y, uint32_t nan)
{
    uint32_t rounded = bits(*y) + 0x7fff + (bits(*y) >> 16 & 1);
    uint16_t word = (uint16_t)(select(nan, ONE_NAN, rounded) >> 16);
    memcpy(memory, &word, sizeof word);
}

#define TYPE f32
#define BYTES 4
#define nans uint32_t
#define either nans_or
#define load load_f32
#define store store_f32
#include "kernels.h"

#define TYPE f16
#define BYTES 2
#define nans uint32_t
#define either nans_or
#define load load_f16
#define store store_f16
#include "kernels.h"

#define TYPE bf16
#define BYTES 2
#define nans uint32_t
#define either nans_or
#define load load_bf16
#define store store_bf16
#include "kernels.h"

#undef vec
#define vec double

static inline uint64_t load_f64(const char *memory, double *x, enum domain domain)
{
    memcpy(x, memory, sizeof *x);
    uint64_t nan = is_nan(bits(*x) & ~SIGN);
    *x = loaded(*x, nan, domain);
    return nan;
}

static inline void store_f64(char *memory, const double *y, uint64_t nan)
{
    uint64_t word = select(nan, ONE_NAN, bits(*y));
    memcpy(memory, &word, sizeof word);
}

#define TYPE f64
#define BYTES 8
#define nans uint64_t
#define either nans_or
#define load load_f64
#define store store_f64
#include "kernels.h"

static const char *missing(void) { return NULL; }

const struct softsign_isa softsign_baseline = {
    "baseline", missing, {SOFTSIGN_PASSES(SOFTSIGN_KERNELS)}};
