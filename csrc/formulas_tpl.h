/* Template: the mathematics, once for every element type and instruction set. Included by
 * kernels_of_type_tpl.h for each type; NAME(quotient) becomes quotient_f32, FORMULA(forward)
 * becomes forward_formula_f32, and so on. vec, mask and v_* are those of the type that is computed
 * in (simd.h).
 *
 * Each operation is IEEE 754's, rounded once, in the order written here, so every machine gives the
 * same bits. With s = 1 + |x| and r = 1 / s:
 *
 *     op                  formula                     computed as
 *     forward             x / (1 + |x|)               x / s
 *     derivative          1 / (1 + |x|)^2             r r
 *     backward            grad / (1 + |x|)^2          (grad r) r
 *     both                the first two               x / s from r, r r
 *     inverse             y / (1 - |y|)               y / (1 - |y|)
 *     second derivative   -2 sign(x) / (1 + |x|)^3    -2 sign(x) ((r r) r)
 *
 * softsign_c/_bounds.py lists the error bounds, and the worst float32 errors with their inputs;
 * docs/proofs.md derives the bounds.
 *
 * r r rather than 1 / (s s), which overflows from |x| = 2^64 on in float32; x / s rather than x r,
 * whose error is larger.
 *
 * Each formula is compiled for three paths and returns the same bits in each. Where a lane is NaN
 * its result is replaced afterwards, but no operation may raise a flag. */
#ifndef SOFTSIGN_FORMULAS_TPL_H
#define SOFTSIGN_FORMULAS_TPL_H

enum path {
    SLOW_PATH,          /* any input */
    FAST_PATH,          /* every |x| is below the op's and the type's limit (lists.h) */
    FAST_PATH_ESTIMATED /* the same, and the divider is replaced by an estimate */
};

#define BIAS 0x1p-33f /* of an estimated reciprocal */

/* For |x| above these, the result rounds to zero. */
#define DERIVATIVE_VANISHES_f32 0x1p75f
#define DERIVATIVE_VANISHES_f64 0x1p538
#define SECOND_DERIVATIVE_VANISHES_f32 0x1p50f
#define SECOND_DERIVATIVE_VANISHES_f64 0x1p359

/* Backward rounds to zero where |grad| < (|x| BACKWARD_SCALE)^2, as the smallest subnormal number
 * is more than twice that over x^2. The square of ROOT_OF_NORMAL is the smallest normal number. */
#define BACKWARD_SCALE_f32 0x1p-76f
#define BACKWARD_SCALE_f64 0x1p-539
#define ROOT_OF_NORMAL_f32 0x1p-63f
#define ROOT_OF_NORMAL_f64 0x1p-511
#define CONSTANT(name) v_set(JOIN(name, COMPUTE))

#endif

#if BATCH

/* One Markstein step: q - (q s - n) r, the residual computed exactly. The result is the correctly
 * rounded n / s if q is off by less than an ulp and r is the correctly rounded 1 / s, or
 * refined(s). */
static ALWAYS_INLINE vec NAME(markstein_step)(vec q, vec n, vec s, vec r)
{
    return v_fnma(v_fms(q, s, n), r, q);
}

/* The correctly rounded n / s, for such an r. n r may be off by 1.5 ulp: float64 takes a second
 * step. In float32 that would change no result (checked for all inputs). */
static ALWAYS_INLINE vec NAME(corrected)(vec n, vec s, vec r)
{
    vec q = v_mul(n, r);
    if (BYTES == 8)
        q = NAME(markstein_step)(q, n, s, r);
    return NAME(markstein_step)(q, n, s, r);
}

#endif

#if BATCH && ESTIMATES

/* 1 / s from the CPU's estimate: one third-order iteration, in float64 then one of Newton's. It is
 * correctly rounded unless 1 / s lies within 2^-9 ulp (float64: 2^-15) of a midpoint between two
 * numbers. There, if the fraction of s is all ones and n is a power of two, the last step of
 * corrected() would have to break a tie; BIAS makes r too large rather than too small, which avoids
 * it. */
static ALWAYS_INLINE vec NAME(refined)(vec s, float bias)
{
    vec r = v_estimate(s), e = v_fms(s, r, v_set(1)), step = v_fnma(e, e, e);
    if (BYTES == 8) {
        r = v_fnma(r, step, r);
        step = v_fms(s, r, v_set(1));
        bias *= 0x1p-35f;
    }
    return v_fnma(r, bias ? v_sub(step, v_set(bias)) : step, r);
}

#endif

/* The correctly rounded 1 / s. What refined() makes is off by less than an ulp: one step is enough.
 */
static ALWAYS_INLINE vec NAME(reciprocal)(vec s, enum path path)
{
#if BATCH && ESTIMATES
    if (path == FAST_PATH_ESTIMATED) {
        vec r = NAME(refined)(s, BIAS);
        return NAME(markstein_step)(r, v_set(1), s, r);
    }
#endif
    (void)path;
    return v_div(v_set(1), s);
}

/* For results of one input: 1 / s, correctly rounded except in bfloat16, whose 8 significant bits
 * need less. One Newton step makes r at most 9 * 2^-26 of it too small, from which all 65,536
 * inputs are rounded right: tests/test_bfloat16.py. */
static ALWAYS_INLINE vec NAME(rough_reciprocal)(vec s, enum path path)
{
#if BATCH && ESTIMATES
    if (path == FAST_PATH_ESTIMATED && DIGITS <= 8) {
        vec r = v_estimate(s);
        return v_fnma(v_fms(s, r, v_set(1)), r, r);
    }
#endif
    return NAME(reciprocal)(s, path);
}

/* n / s, where the op waits for the divider; like rough_reciprocal() for results of one input. */
static ALWAYS_INLINE vec NAME(quotient)(vec n, vec s, enum path path, float bias)
{
#if BATCH && ESTIMATES
    if (path == FAST_PATH_ESTIMATED)
        return DIGITS <= 8 ? v_mul(n, NAME(rough_reciprocal)(s, path))
                           : NAME(corrected)(n, s, NAME(refined)(s, bias));
#endif
    (void)path, (void)bias;
    return v_div(n, s);
}

/* n / s, given r, the correctly rounded 1 / s: without a second division in the fast path. */
static ALWAYS_INLINE vec NAME(quotient_given)(vec r, vec n, vec s, enum path path)
{
#if BATCH
    if (path != SLOW_PATH)
        return NAME(corrected)(n, s, r);
#endif
    (void)r, (void)path;
    return v_div(n, s);
}

static ALWAYS_INLINE vec NAME(one_plus)(vec x) { return v_add(v_set(1), v_abs(x)); }

/* The largest finite number of its sign for an infinite x, so that x / s is 1. */
static ALWAYS_INLINE vec NAME(largest_if_infinite)(vec x, enum path path)
{
    return path == SLOW_PATH ? v_finite(x) : x;
}

/* 0 for NaN. */
static ALWAYS_INLINE vec NAME(zero_if_nan)(vec x, enum path path)
{
    return path == SLOW_PATH ? v_choose(v_above(v_abs(x), v_set(INFINITY)), v_set(0), x) : x;
}

/* x, and infinity where |x| > bound: r = 1 / (1 + infinity) is the zero to which the result rounds
 * there, while a finite x would give a subnormal intermediate, which costs an Intel CPU 150
 * cycles. */
static ALWAYS_INLINE vec NAME(infinite_above)(vec x, vec bound, enum path path)
{
    return path == SLOW_PATH ? v_choose(v_above(v_abs(x), bound), v_set(INFINITY), x) : x;
}

/* |x|, and infinity where backward is a zero: at an infinite x, and where it rounds to one. An
 * infinite gradient stays infinite, with the largest number for an infinite x. bound is 0 where the
 * square of a smaller |x| would be subnormal. */
static ALWAYS_INLINE vec NAME(backward_magnitude)(vec grad, vec x)
{
    vec a = v_abs(x), root = CONSTANT(ROOT_OF_NORMAL), t = v_mul(a, CONSTANT(BACKWARD_SCALE));
    t = v_choose(v_above(t, root), t, root);
    vec bound = v_sub(v_mul(t, t), v_mul(root, root));
    return v_choose(v_above(bound, v_abs(grad)), v_set(INFINITY), v_finite(a));
}

FORMULA(forward)
{
    vec x = NAME(largest_if_infinite)(in[0], path);
    out[0] = NAME(quotient)(x, NAME(one_plus)(x), path, 0);
}

FORMULA(derivative)
{
    vec x = NAME(zero_if_nan)(in[0], path);
    vec s = NAME(one_plus)(NAME(infinite_above)(x, CONSTANT(DERIVATIVE_VANISHES), path));
    vec r = NAME(rough_reciprocal)(s, path);
    out[0] = v_mul(r, r);
}

FORMULA(backward)
{
    vec grad = NAME(zero_if_nan)(in[0], path), x = NAME(zero_if_nan)(in[1], path);
    vec s = NAME(one_plus)(path == SLOW_PATH ? NAME(backward_magnitude)(grad, x) : x);
    vec r = NAME(reciprocal)(s, path);
    out[0] = v_mul(v_mul(grad, r), r);
}

FORMULA(forward_with_derivative)
{
    vec x = NAME(zero_if_nan)(in[0], path);
    vec s = NAME(one_plus)(NAME(infinite_above)(x, CONSTANT(DERIVATIVE_VANISHES), path));
    vec r = NAME(reciprocal)(s, path);
    x = NAME(largest_if_infinite)(x, path);
    out[0] = NAME(quotient_given)(r, x, NAME(one_plus)(x), path);
    out[1] = v_mul(r, r);
}

/* |y| > 1 is replaced by infinity, because infinity / (1 - infinity) gives what is required: NaN
 * and the flag of an invalid operation. */
FORMULA(inverse)
{
    vec y = NAME(zero_if_nan)(in[0], path), a = v_abs(y);
    mask is_outside = v_above(a, v_set(1));
    if (path == SLOW_PATH) {
        a = v_choose(is_outside, v_set(INFINITY), a);
        y = v_signed(a, y);
    }
    out[0] = NAME(quotient)(y, v_sub(v_set(1), a), path, BIAS);
    if (path == SLOW_PATH)
        out[0] = v_choose(is_outside, v_set(NAN), out[0]);
}

/* At 0, where the second derivative jumps from 2 to -2, the result is a zero. */
FORMULA(second_derivative)
{
    vec x = NAME(zero_if_nan)(in[0], path), zero = v_set(0);
    vec s = NAME(one_plus)(NAME(infinite_above)(x, CONSTANT(SECOND_DERIVATIVE_VANISHES), path));
    vec r = NAME(reciprocal)(s, path);
    vec cube = v_choose(v_above(v_abs(x), zero), v_mul(v_mul(r, r), r), zero);
    out[0] = v_mul(v_set(-2), v_signed(cube, x));
}
