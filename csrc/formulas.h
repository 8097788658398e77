/* The mathematics, once for every element type and instruction set: kernels.h includes it for each
 * type, after the operations that it uses (add, div, magnitude, ...) are defined.
 *
 * Each operation is IEEE 754's, rounded once, in the order written here, so every machine gives the
 * same bits. With s = 1 + |x| and r = 1 / s:
 *
 *     pass                formula                     computed as
 *     forward             x / (1 + |x|)               x / s
 *     derivative          1 / (1 + |x|)^2             r r
 *     backward            grad / (1 + |x|)^2          (grad r) r
 *     inverse             y / (1 - |y|)               y / (1 - |y|)
 *     second derivative   -2 sign(x) / (1 + |x|)^3    -2 sign(x) ((r r) r)
 *
 * The worst errors over all float32, rounded up (backward: over every x, with one random grad
 * each), and the bits of an input that meets them; docs/numerics.md derives what they are below in
 * float32 and float64:
 *
 *     forward             1.50 ulp at 0x44ffebff                         below 1.5
 *     derivative          3.50 ulp at 0x3934f000                         below 3.51
 *     backward            4.38 ulp at grad 0x68806302, x 0x40408193      below 4.51
 *     inverse             1.50 ulp at 0x3efff7ff                         below 1.5
 *     second derivative   5.47 ulp at 0x3e85a9a6                         below 5.57
 *
 * r r rather than 1 / (s s), which overflows from |x| = 2^64 on in float32; x / s rather than x r,
 * whose error is larger. An infinite x is taken for the largest finite one: that of the type where
 * the domain is FINITE, that of the vec by finite(). Where an input is NaN the result does not
 * matter, but no operation may raise a flag. */

static inline vec NAME(reciprocal)(vec a) { return div(splat(1), add(splat(1), a)); }

/* The correctly rounded n / s, given r, the correctly rounded 1 / s. Where multiplication and
 * subtraction fuse, steps of Newton's method replace a division. From a faithful q, one off by less
 * than an ulp, a step leads to the correctly rounded quotient (Markstein's theorem); n r may be off
 * by one and a half, so that float64 takes a step to come so near. In float32 it changes nothing:
 * all inputs have been tried. */
static inline vec NAME(quotient)(vec n, vec s, vec r)
{
#ifdef fused_multiply_subtract
    vec q = mul(n, r);
    if (BYTES == 8)
        q = fused_negative_multiply_add(fused_multiply_subtract(q, s, n), r, q);
    return fused_negative_multiply_add(fused_multiply_subtract(q, s, n), r, q);
#else
    (void)r;
    return div(n, s);
#endif
}

FORMULA(forward, FINITE)
{
    out[0] = div(in[0], add(splat(1), magnitude(in[0])));
}

FORMULA(derivative, FINITE)
{
    vec r = NAME(reciprocal)(magnitude(in[0]));
    out[0] = mul(r, r);
}

FORMULA(backward, NUMBER)
{
    vec grad = in[0], r = NAME(reciprocal)(finite(magnitude(in[1])));
    out[0] = mul(mul(grad, r), r);
}

FORMULA(forward_with_derivative, FINITE)
{
    vec x = in[0], s = add(splat(1), magnitude(x)), r = div(splat(1), s);
    out[0] = NAME(quotient)(x, s, r);
    out[1] = mul(r, r);
}

/* |y| > 1 is taken to infinity, because infinity / (1 - infinity) is what it is to be: NaN, flagged
 * as an invalid operation. */
FORMULA(inverse, NUMBER)
{
    vec y = in[0], a = infinite_above_one(magnitude(y));
    out[0] = one_nan(div(with_sign(a, y), sub(splat(1), a)));
}

FORMULA(second_derivative, ANY)
{
    vec x = in[0], a = magnitude(x), r = NAME(reciprocal)(finite(a));
    out[0] = mul(splat(-2), with_sign(zero_at_zero(mul(mul(r, r), r), a), x));
}
