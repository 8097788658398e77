/* The mathematics, once for every element type and instruction set: kernels_tpl.h includes it for
 * each type. The operations are those of simd.h.
 *
 * Each is IEEE 754's, rounded once, in the order written here, so every machine gives the same
 * bits. With s = 1 + |x| and r = 1 / s:
 *
 *     op                formula                     computed as
 *     forward             x / (1 + |x|)               x / s
 *     derivative          1 / (1 + |x|)^2             r r
 *     backward            grad / (1 + |x|)^2          (grad r) r
 *     inverse             y / (1 - |y|)               y / (1 - |y|)
 *     second derivative   -2 sign(x) / (1 + |x|)^3    -2 sign(x) ((r r) r)
 *
 * The worst errors over all float32, rounded up (backward: of pairs where its derivation says to
 * look), and the bits of an input that meets them; docs/numerics.md derives what they are below in
 * float32 and float64:
 *
 *     forward             1.50 ulp at 0x44ffebff                         below 1.5
 *     derivative          3.50 ulp at 0x3934f000                         below 3.51
 *     backward            4.4972 ulp at grad 0x3f801399, x 0x399cd7ff    below 4.51
 *     inverse             1.50 ulp at 0x3efff7ff                         below 1.5
 *     second derivative   5.47 ulp at 0x3e85a9a6                         below 5.57
 *
 * r r rather than 1 / (s s), which overflows from |x| = 2^64 on in float32; x / s rather than x r,
 * whose error is larger.
 *
 * FORMULA(op) gets its vectors in one of these ways, and returns the same bits in each. Where a
 * lane is NaN the result does not matter, but no operation may raise a flag. */
#ifndef SOFTSIGN_FORMULAS_H
#define SOFTSIGN_FORMULAS_H

enum way {
    SPECIAL,  /* anything */
    ORDINARY, /* no NaN and |x| < 2^HUGE_EXPONENT; for the inverse, |y| < 1 */
    ESTIMATED /* ORDINARY, to be divided by estimate */
};

#define BIAS 0x1p-33f /* of an estimated reciprocal */

#endif

#if BATCH

/* The correctly rounded n / s, given r, the correctly rounded 1 / s or what refined() makes of it.
 * From a faithful q, one off by less than an ulp, a step in the exact residual q s - n leads there
 * (Markstein's theorem); n r may be off by one and a half, so that float64 takes a step to come so
 * near. In float32 it changes nothing: all inputs have been tried. */
static ALWAYS_INLINE vec NAME(corrected)(vec n, vec s, vec r)
{
    vec q = v_mul(n, r);
    if (BYTES == 8)
        q = v_fnma(v_fms(q, s, n), r, q);
    return v_fnma(v_fms(q, s, n), r, q);
}

#endif

#if BATCH && NAME(ESTIMATES)

/* 1 / s from an estimate by a step of the third order: rounded correctly, but for values within
 * 2^-9 ulp of a midpoint. There the last step of corrected() would end on a tie if s were all ones
 * and n a power of two; with BIAS, which makes r too large rather than too small, it does not. */
static ALWAYS_INLINE vec NAME(refined)(vec s, float bias)
{
    vec r = v_estimate_f32(s), e = v_fms(s, r, v_set(1)), step = v_fnma(e, e, e);
    return v_fnma(r, bias ? v_sub(step, v_set(bias)) : step, r);
}

#endif

/* n / s, where the divider is what a op waits for. */
static ALWAYS_INLINE vec NAME(quotient)(vec n, vec s, enum way way, float bias)
{
#if BATCH && NAME(ESTIMATES)
    if (way == ESTIMATED)
        return NAME(corrected)(n, s, NAME(refined)(s, bias));
#endif
    (void)way, (void)bias;
    return v_div(n, s);
}

/* n / s, given r, the correctly rounded 1 / s, which spares a division. */
static ALWAYS_INLINE vec NAME(quotient_given)(vec r, vec n, vec s, enum way way)
{
#if BATCH
    if (way != SPECIAL)
        return NAME(corrected)(n, s, r);
#endif
    (void)r, (void)way;
    return v_div(n, s);
}

static ALWAYS_INLINE vec NAME(one_plus)(vec x) { return v_add(v_set(1), v_abs(x)); }

static ALWAYS_INLINE vec NAME(reciprocal)(vec x) { return v_div(v_set(1), NAME(one_plus)(x)); }

/* An infinite x is taken for the largest finite number of its sign, so that x / s is 1. */
static ALWAYS_INLINE vec NAME(finite)(vec x, enum way way)
{
    return way == SPECIAL ? v_finite(x) : x;
}

/* 0 for NaN. */
static ALWAYS_INLINE vec NAME(number)(vec x, enum way way)
{
    return way == SPECIAL ? v_choose(v_above(v_abs(x), v_set(INFINITY)), v_set(0), x) : x;
}

FORMULA(forward)
{
    vec x = NAME(finite)(in[0], way);
    out[0] = NAME(quotient)(x, NAME(one_plus)(x), way, 0);
}

FORMULA(derivative)
{
    vec r = NAME(quotient)(v_set(1), NAME(one_plus)(NAME(number)(in[0], way)), way, BIAS);
    out[0] = v_mul(r, r);
}

FORMULA(backward)
{
    vec grad = NAME(number)(in[0], way), x = NAME(finite)(NAME(number)(in[1], way), way);
    vec r = NAME(reciprocal)(x);
    out[0] = v_mul(v_mul(grad, r), r);
}

FORMULA(forward_with_derivative)
{
    vec x = NAME(finite)(in[0], way), r = NAME(reciprocal)(NAME(number)(in[0], way));
    out[0] = NAME(quotient_given)(r, x, NAME(one_plus)(x), way);
    out[1] = v_mul(r, r);
}

/* |y| > 1 is taken to infinity, because infinity / (1 - infinity) is what it is to be: NaN, flagged
 * as an invalid operation. */
FORMULA(inverse)
{
    vec y = NAME(number)(in[0], way), a = v_abs(y);
    mask is_outside = v_above(a, v_set(1));
    if (way == SPECIAL)
        y = v_signed(a = v_choose(is_outside, v_set(INFINITY), a), y);
    out[0] = NAME(quotient)(y, v_sub(v_set(1), a), way, BIAS);
    if (way == SPECIAL)
        out[0] = v_choose(is_outside, v_set(NAN), out[0]);
}

/* 0 at 0, where it jumps from 2 to -2. */
FORMULA(second_derivative)
{
    vec x = NAME(number)(in[0], way), r = NAME(reciprocal)(x), zero = v_set(0);
    vec cube = v_choose(v_above(v_abs(x), zero), v_mul(v_mul(r, r), r), zero);
    out[0] = v_mul(v_set(-2), v_signed(cube, x));
}
