/* AArch64: a vector is one 128-bit register. Every such CPU has what is used here. */
#include "isa.h"

#define ISA neon

#if defined(__aarch64__) || defined(_M_ARM64)

#include <arm_neon.h>
#include <float.h>
#include <string.h>

#define LANES_f32 4
#define LANES_f64 2

#define BATCH 8
/* By LLVM's models estimates make a Neoverse V2 faster and an Apple M1 slower; nobody has timed it,
 * nor stores past the cache. */
#define ESTIMATES_f16 0
#define ESTIMATES_f32 0
#define ESTIMATES_f64 0
#define ESTIMATES_bf16 0
#define PREFETCH_AHEAD 0

typedef float32x4_t v_f32;
typedef float64x2_t v_f64;
typedef uint32x4_t m_f32;
typedef uint64x2_t m_f64;

#include "simd.h"

/* Magnitudes are compared as integers, since a comparison of floats raises a flag at a NaN that is
 * not quiet. */
#define ARITHMETIC(W, number, word, largest)                                                       \
    OWED v_##W v_set_##W(number c) { return vdupq_n_##W(c); }                                      \
    OWED v_##W v_add_##W(v_##W a, v_##W b) { return vaddq_##W(a, b); }                             \
    OWED v_##W v_sub_##W(v_##W a, v_##W b) { return vsubq_##W(a, b); }                             \
    OWED v_##W v_mul_##W(v_##W a, v_##W b) { return vmulq_##W(a, b); }                             \
    OWED v_##W v_div_##W(v_##W a, v_##W b) { return vdivq_##W(a, b); }                             \
    OWED v_##W v_fms_##W(v_##W a, v_##W b, v_##W c) { return vfmaq_##W(vnegq_##W(c), a, b); }      \
    OWED v_##W v_fnma_##W(v_##W a, v_##W b, v_##W c) { return vfmsq_##W(c, a, b); }                \
    OWED v_##W v_abs_##W(v_##W x) { return vabsq_##W(x); }                                         \
    OWED v_##W v_signed_##W(v_##W a, v_##W x)                                                      \
    {                                                                                              \
        return vbslq_##W(vreinterpretq_##word##_##W(v_set_##W(-0.0)), x, a);                       \
    }                                                                                              \
    OWED m_##W v_above_##W(v_##W a, v_##W b)                                                       \
    {                                                                                              \
        return vcgtq_##word(vreinterpretq_##word##_##W(a), vreinterpretq_##word##_##W(b));         \
    }                                                                                              \
    OWED v_##W v_choose_##W(m_##W m, v_##W yes, v_##W no) { return vbslq_##W(m, yes, no); }        \
    OWED v_##W v_finite_##W(v_##W x)                                                               \
    {                                                                                              \
        v_##W a = v_abs_##W(x), most = v_set_##W(largest);                                         \
        return v_signed_##W(v_choose_##W(v_above_##W(a, most), most, a), x);                       \
    }                                                                                              \
                                                                                                   \
    OWED v_##W v_load_##W(const char *memory)                                                      \
    {                                                                                              \
        v_##W x;                                                                                   \
        memcpy(&x, memory, sizeof x);                                                              \
        return x;                                                                                  \
    }                                                                                              \
    OWED void v_store_##W(char *memory, v_##W y) { memcpy(memory, &y, sizeof y); }                 \
    OWED void v_load_batch_##W(const char *batch, v_##W *x)                                        \
    {                                                                                              \
        memcpy(x, batch, BATCH * sizeof *x);                                                       \
    }                                                                                              \
    OWED void v_store_batch_##W(char *batch, const v_##W *y, int streaming)                        \
    {                                                                                              \
        (void)streaming;                                                                           \
        memcpy(batch, y, BATCH * sizeof *y);                                                       \
    }                                                                                              \
    /* The magnitude of the batch's vector k, as words of 32 bits. */                              \
    OWED uint32x4_t magnitude_##W(const char *batch, int k)                                        \
    {                                                                                              \
        return vreinterpretq_u32_##W(v_abs_##W(v_load_##W(batch + 16 * k)));                       \
    }

ARITHMETIC(f32, float, u32, FLT_MAX)
ARITHMETIC(f64, double, u64, DBL_MAX)

/* The instruction gives 8 bits, a step of Newton's method as many again. */
OWED v_f32 v_estimate_f32(v_f32 s)
{
    v_f32 r = vrecpeq_f32(s);
    return vmulq_f32(r, vrecpsq_f32(s, r));
}

OWED int v_beyond_f32(const char *batch, int e)
{
    uint32x4_t largest = magnitude_f32(batch, 0);
    for (int k = 1; k < BATCH; k++)
        largest = vmaxq_u32(largest, magnitude_f32(batch, k));
    return vmaxvq_u32(largest) >= (uint32_t)(127 + e) << 23;
}

/* The upper half of each number tells. */
OWED int v_beyond_f64(const char *batch, int e)
{
    uint32x4_t largest = vdupq_n_u32(0);
    for (int k = 0; k < BATCH; k += 2) {
        uint32x4_t upper = vuzp2q_u32(magnitude_f64(batch, k), magnitude_f64(batch, k + 1));
        largest = vmaxq_u32(largest, upper);
    }
    return vmaxvq_u32(largest) >= (uint32_t)(1023 + e) << 20;
}

/* The half types: four in a register of 64 bits, eight in one of 128. */

OWED uint16x4_t load_half(const char *memory)
{
    uint16x4_t half;
    memcpy(&half, memory, sizeof half);
    return half;
}

OWED uint16x8_t load_halves(const char *memory)
{
    uint16x8_t halves;
    memcpy(&halves, memory, sizeof halves);
    return halves;
}

OWED void store_half(char *memory, uint16x4_t half) { memcpy(memory, &half, sizeof half); }
OWED void store_halves(char *memory, uint16x8_t halves) { memcpy(memory, &halves, sizeof halves); }

/* Compared without the sign, which a shift takes out of the way. */
OWED int half_beyond(const char *batch, int bound)
{
    uint16x8_t largest = vdupq_n_u16(0);
    for (int k = 0; k < BATCH; k += 2)
        largest = vmaxq_u16(largest, vshlq_n_u16(load_halves(batch + 8 * k), 1));
    return vmaxvq_u16(largest) >= bound << 1;
}

OWED int v_beyond_f16(const char *batch, int e) { return half_beyond(batch, (15 + e) << 10); }
OWED int v_beyond_bf16(const char *batch, int e) { return half_beyond(batch, (127 + e) << 7); }

/* Quiet NaNs alone convert without a flag. */
OWED v_f32 v_load_f16(const char *memory)
{
    uint16x4_t half = load_half(memory), a = vbic_u16(half, vdup_n_u16(0x8000));
    uint16x4_t nan = vcgt_u16(a, vdup_n_u16(0x7c00));
    half = vorr_u16(half, vand_u16(nan, vdup_n_u16(0x200)));
    return vcvt_f32_f16(vreinterpret_f16_u16(half));
}

OWED void v_store_f16(char *memory, v_f32 y)
{
    store_half(memory, vreinterpret_u16_f16(vcvt_f16_f32(y)));
}

OWED void v_load_batch_f16(const char *batch, v_f32 *x)
{
    for (int k = 0; k < BATCH; k += 2) {
        float16x8_t halves = vreinterpretq_f16_u16(load_halves(batch + 8 * k));
        x[k] = vcvt_f32_f16(vget_low_f16(halves));
        x[k + 1] = vcvt_high_f32_f16(halves);
    }
}

OWED void v_store_batch_f16(char *batch, const v_f32 *y, int streaming)
{
    (void)streaming;
    for (int k = 0; k < BATCH; k += 2) {
        float16x8_t halves = vcvt_high_f16_f32(vcvt_f16_f32(y[k]), y[k + 1]);
        store_halves(batch + 8 * k, vreinterpretq_u16_f16(halves));
    }
}

/* A bfloat16 is the high half of a float32. */
OWED v_f32 v_load_bf16(const char *memory)
{
    return vreinterpretq_f32_u32(vshll_n_u16(load_half(memory), 16));
}

/* Of eight, the even elements and the odd ones. */
OWED void v_load_batch_bf16(const char *batch, v_f32 *x)
{
    for (int k = 0; k < BATCH; k += 2) {
        uint32x4_t two = vreinterpretq_u32_u16(load_halves(batch + 8 * k));
        x[k] = vreinterpretq_f32_u32(vshlq_n_u32(two, 16));
        x[k + 1] = vreinterpretq_f32_u32(vandq_u32(two, vdupq_n_u32(0xffff0000)));
    }
}

/* To the nearest, ties to even, from the even elements and the odd ones: up where the low half,
 * plus one if the high half is odd, exceeds 0x8000. */
OWED uint16x8_t round_bf16(v_f32 even, v_f32 odd)
{
    uint16x8_t y0 = vreinterpretq_u16_f32(even), y1 = vreinterpretq_u16_f32(odd);
    uint16x8_t low = vtrn1q_u16(y0, y1), high = vtrn2q_u16(y0, y1);
    low = vqaddq_u16(low, vandq_u16(high, vdupq_n_u16(1)));
    return vsubq_u16(high, vcgtq_u16(low, vdupq_n_u16(0x8000)));
}

OWED void v_store_batch_bf16(char *batch, const v_f32 *y, int streaming)
{
    (void)streaming;
    for (int k = 0; k < BATCH; k += 2)
        store_halves(batch + 8 * k, round_bf16(y[k], y[k + 1]));
}

OWED void v_store_bf16(char *memory, v_f32 y)
{
    store_half(memory, vget_low_u16(vuzp1q_u16(round_bf16(y, y), round_bf16(y, y))));
}

OWED void v_prefetch(const char *memory) { (void)memory; }

#include "kernels_tpl.h"

const struct softsign_isa softsign_neon = {"neon", NEEDS(AARCH64), BATCH_BYTES, {KERNELS}};

#else

const struct softsign_isa softsign_neon = {"neon", NEEDS(AARCH64), 0, {{NULL}}};

#endif
