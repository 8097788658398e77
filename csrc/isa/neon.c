/* AArch64: a vector is one 128-bit register. Every AArch64 CPU has these instructions. */
#include "isa.h"

#define ISA neon

#if (defined(__aarch64__) && !defined(__AARCH64EB__)) || defined(_M_ARM64)

#include <arm_neon.h>
#include <float.h>
#include <string.h>

#define LANES_f32 4
#define LANES_f64 2

#define BATCH 8
_Static_assert(BATCH % 2 == 0, "half-precision elements are loaded two vectors at a time");
/* By LLVM's models estimates make a Neoverse V2 faster and an Apple M1 slower. Not measured, and
 * neither are streaming stores, which are regular stores here. */
#define ESTIMATES 0
#define PARTIAL_VECTORS 0
#define PREFETCH_AHEAD 0

typedef float32x4_t v_f32;
typedef float64x2_t v_f64;
typedef uint32x4_t m_f32;
typedef uint64x2_t m_f64;

#include "simd.h"

/* Magnitudes are compared as integers: comparing floats raises a flag for a signalling NaN. */

REQUIRED v_f32 v_set_f32(float c) { return vdupq_n_f32(c); }
REQUIRED v_f32 v_add_f32(v_f32 a, v_f32 b) { return vaddq_f32(a, b); }
REQUIRED v_f32 v_sub_f32(v_f32 a, v_f32 b) { return vsubq_f32(a, b); }
REQUIRED v_f32 v_mul_f32(v_f32 a, v_f32 b) { return vmulq_f32(a, b); }
REQUIRED v_f32 v_div_f32(v_f32 a, v_f32 b) { return vdivq_f32(a, b); }
REQUIRED v_f32 v_fms_f32(v_f32 a, v_f32 b, v_f32 c) { return vfmaq_f32(vnegq_f32(c), a, b); }
REQUIRED v_f32 v_fnma_f32(v_f32 a, v_f32 b, v_f32 c) { return vfmsq_f32(c, a, b); }
REQUIRED v_f32 v_abs_f32(v_f32 x) { return vabsq_f32(x); }
REQUIRED v_f32 v_signed_f32(v_f32 a, v_f32 x)
{
    return vbslq_f32(vreinterpretq_u32_f32(v_set_f32(-0.0f)), x, a);
}

REQUIRED m_f32 v_above_f32(v_f32 a, v_f32 b)
{
    return vcgtq_u32(vreinterpretq_u32_f32(a), vreinterpretq_u32_f32(b));
}

REQUIRED v_f32 v_choose_f32(m_f32 m, v_f32 yes, v_f32 no) { return vbslq_f32(m, yes, no); }
REQUIRED v_f32 v_finite_f32(v_f32 x)
{
    v_f32 a = v_abs_f32(x), largest = v_set_f32(FLT_MAX);
    return v_signed_f32(v_choose_f32(v_above_f32(a, largest), largest, a), x);
}

REQUIRED v_f32 v_load_f32(const char *memory)
{
    v_f32 x;
    memcpy(&x, memory, sizeof x);
    return x;
}

REQUIRED void v_store_f32(char *memory, v_f32 y) { memcpy(memory, &y, sizeof y); }
REQUIRED void v_load_batch_f32(const char *batch, v_f32 *x) { memcpy(x, batch, BATCH * sizeof *x); }
REQUIRED void v_store_batch_f32(char *batch, const v_f32 *y, int streaming)
{
    (void)streaming;
    memcpy(batch, y, BATCH * sizeof *y);
}

/* The magnitude of vector k of a batch, as 32-bit words. */
static ALWAYS_INLINE uint32x4_t magnitude_f32(const char *batch, int k)
{
    return vreinterpretq_u32_f32(v_abs_f32(v_load_f32(batch + 16 * k)));
}

REQUIRED v_f64 v_set_f64(double c) { return vdupq_n_f64(c); }
REQUIRED v_f64 v_add_f64(v_f64 a, v_f64 b) { return vaddq_f64(a, b); }
REQUIRED v_f64 v_sub_f64(v_f64 a, v_f64 b) { return vsubq_f64(a, b); }
REQUIRED v_f64 v_mul_f64(v_f64 a, v_f64 b) { return vmulq_f64(a, b); }
REQUIRED v_f64 v_div_f64(v_f64 a, v_f64 b) { return vdivq_f64(a, b); }
REQUIRED v_f64 v_fms_f64(v_f64 a, v_f64 b, v_f64 c) { return vfmaq_f64(vnegq_f64(c), a, b); }
REQUIRED v_f64 v_fnma_f64(v_f64 a, v_f64 b, v_f64 c) { return vfmsq_f64(c, a, b); }
REQUIRED v_f64 v_abs_f64(v_f64 x) { return vabsq_f64(x); }
REQUIRED v_f64 v_signed_f64(v_f64 a, v_f64 x)
{
    return vbslq_f64(vreinterpretq_u64_f64(v_set_f64(-0.0)), x, a);
}

REQUIRED m_f64 v_above_f64(v_f64 a, v_f64 b)
{
    return vcgtq_u64(vreinterpretq_u64_f64(a), vreinterpretq_u64_f64(b));
}

REQUIRED v_f64 v_choose_f64(m_f64 m, v_f64 yes, v_f64 no) { return vbslq_f64(m, yes, no); }
REQUIRED v_f64 v_finite_f64(v_f64 x)
{
    v_f64 a = v_abs_f64(x), largest = v_set_f64(DBL_MAX);
    return v_signed_f64(v_choose_f64(v_above_f64(a, largest), largest, a), x);
}

REQUIRED v_f64 v_load_f64(const char *memory)
{
    v_f64 x;
    memcpy(&x, memory, sizeof x);
    return x;
}

REQUIRED void v_store_f64(char *memory, v_f64 y) { memcpy(memory, &y, sizeof y); }
REQUIRED void v_load_batch_f64(const char *batch, v_f64 *x) { memcpy(x, batch, BATCH * sizeof *x); }
REQUIRED void v_store_batch_f64(char *batch, const v_f64 *y, int streaming)
{
    (void)streaming;
    memcpy(batch, y, BATCH * sizeof *y);
}

/* The magnitude of vector k of a batch, as 32-bit words. */
static ALWAYS_INLINE uint32x4_t magnitude_f64(const char *batch, int k)
{
    return vreinterpretq_u32_f64(v_abs_f64(v_load_f64(batch + 16 * k)));
}

REQUIRED int v_out_of_range_f32(const char *batch, int e)
{
    uint32x4_t largest = magnitude_f32(batch, 0);
    for (int k = 1; k < BATCH; k++)
        largest = vmaxq_u32(largest, magnitude_f32(batch, k));
    return vmaxvq_u32(largest) >= (uint32_t)(127 + e) << 23;
}

/* The upper 32 bits of each magnitude decide. */
REQUIRED int v_out_of_range_f64(const char *batch, int e)
{
    uint32x4_t largest = vdupq_n_u32(0);
    for (int k = 0; k < BATCH; k += 2) {
        uint32x4_t upper = vuzp2q_u32(magnitude_f64(batch, k), magnitude_f64(batch, k + 1));
        largest = vmaxq_u32(largest, upper);
    }
    return vmaxvq_u32(largest) >= (uint32_t)(1023 + e) << 20;
}

/* The half types: four in a register of 64 bits, eight in one of 128. */

static ALWAYS_INLINE uint16x4_t load_half(const char *memory)
{
    uint16x4_t half;
    memcpy(&half, memory, sizeof half);
    return half;
}

static ALWAYS_INLINE uint16x8_t load_halves(const char *memory)
{
    uint16x8_t halves;
    memcpy(&halves, memory, sizeof halves);
    return halves;
}

static ALWAYS_INLINE void store_half(char *memory, uint16x4_t half)
{
    memcpy(memory, &half, sizeof half);
}
static ALWAYS_INLINE void store_halves(char *memory, uint16x8_t halves)
{
    memcpy(memory, &halves, sizeof halves);
}

/* Compares magnitudes: a shift drops the sign. */
static ALWAYS_INLINE int is_out_of_range_half(const char *batch, int bound)
{
    uint16x8_t largest = vdupq_n_u16(0);
    for (int k = 0; k < BATCH; k += 2)
        largest = vmaxq_u16(largest, vshlq_n_u16(load_halves(batch + 8 * k), 1));
    return vmaxvq_u16(largest) >= bound << 1;
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
REQUIRED v_f32 v_load_f16(const char *memory)
{
    uint16x4_t half = load_half(memory), a = vbic_u16(half, vdup_n_u16(0x8000));
    uint16x4_t nan = vcgt_u16(a, vdup_n_u16(0x7c00));
    half = vorr_u16(half, vand_u16(nan, vdup_n_u16(0x200)));
    return vcvt_f32_f16(vreinterpret_f16_u16(half));
}

REQUIRED void v_store_f16(char *memory, v_f32 y)
{
    store_half(memory, vreinterpret_u16_f16(vcvt_f16_f32(y)));
}

REQUIRED void v_load_batch_f16(const char *batch, v_f32 *x)
{
    for (int k = 0; k < BATCH; k += 2) {
        float16x8_t halves = vreinterpretq_f16_u16(load_halves(batch + 8 * k));
        x[k] = vcvt_f32_f16(vget_low_f16(halves));
        x[k + 1] = vcvt_high_f32_f16(halves);
    }
}

REQUIRED void v_store_batch_f16(char *batch, const v_f32 *y, int streaming)
{
    (void)streaming;
    for (int k = 0; k < BATCH; k += 2) {
        float16x8_t halves = vcvt_high_f16_f32(vcvt_f16_f32(y[k]), y[k + 1]);
        store_halves(batch + 8 * k, vreinterpretq_u16_f16(halves));
    }
}

/* A bfloat16 is the high half of a float32. */
REQUIRED v_f32 v_load_bf16(const char *memory)
{
    return vreinterpretq_f32_u32(vshll_n_u16(load_half(memory), 16));
}

/* Of eight, the even elements and the odd ones. */
REQUIRED void v_load_batch_bf16(const char *batch, v_f32 *x)
{
    for (int k = 0; k < BATCH; k += 2) {
        uint32x4_t two = vreinterpretq_u32_u16(load_halves(batch + 8 * k));
        x[k] = vreinterpretq_f32_u32(vshlq_n_u32(two, 16));
        x[k + 1] = vreinterpretq_f32_u32(vandq_u32(two, vdupq_n_u32(0xffff0000)));
    }
}

/* Rounds the even and the odd elements to nearest even: up where the low half, plus one if the high
 * half is odd, is above 0x8000. */
static ALWAYS_INLINE uint16x8_t round_bf16(v_f32 even, v_f32 odd)
{
    uint16x8_t y0 = vreinterpretq_u16_f32(even), y1 = vreinterpretq_u16_f32(odd);
    uint16x8_t low = vtrn1q_u16(y0, y1), high = vtrn2q_u16(y0, y1);
    low = vqaddq_u16(low, vandq_u16(high, vdupq_n_u16(1)));
    return vsubq_u16(high, vcgtq_u16(low, vdupq_n_u16(0x8000)));
}

REQUIRED void v_store_batch_bf16(char *batch, const v_f32 *y, int streaming)
{
    (void)streaming;
    for (int k = 0; k < BATCH; k += 2)
        store_halves(batch + 8 * k, round_bf16(y[k], y[k + 1]));
}

REQUIRED void v_store_bf16(char *memory, v_f32 y)
{
    store_half(memory, vget_low_u16(vuzp1q_u16(round_bf16(y, y), round_bf16(y, y))));
}

REQUIRED void v_prefetch(const char *memory) { (void)memory; }

#include "kernels_tpl.h"

const struct softsign_isa softsign_neon = {
    .name = "neon", .needs = NEEDS(AARCH64), .batch_bytes = BATCH_BYTES, .kernels = {KERNELS}};

#else

const struct softsign_isa softsign_neon = {.name = "neon", .needs = NEEDS(AARCH64)};

#endif
