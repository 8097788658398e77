/* The mathematics, once for every element type and instruction set: kernels.h includes it for each
 * type, after the operations that it uses (add, div, magnitude, ...) are defined.
 *
 * Each operation is IEEE 754's, rounded once, in the order written here, so every machine gives the
 * same bits. With a = |x|, infinity taken for the largest finite value, s = 1 + a and r = 1 / s:
 *
 *     pass                formula                     computed as
 *     forward             x / (1 + |x|)               sign(x) a / s
 *     derivative          1 / (1 + |x|)^2             r r
 *     backward            grad / (1 + |x|)^2          (grad r) r
 *     inverse             y / (1 - |y|)               y / (1 - |y|)
 *     second derivative   -2 sign(x) / (1 + |x|)^3    -2 sign(x) ((r r) r)
 *
 * The worst errors over all float32 (backward: over every x, with one random grad each), and the
 * bits of an input that meets them; docs/numerics.md derives what they are below in every type:
 *
 *     forward             1.50 ulp at 0x44ffebff                         below 1.5
 *     derivative          3.50 ulp at 0x3934f000                         below 3.51
 *     backward            4.38 ulp at grad 0x68806302, x 0x40408193      below 4.51
 *     inverse             1.50 ulp at 0x3efff7ff                         below 1.5
 *     second derivative   5.47 ulp at 0x3e85a9a6                         below 5.57
 *
 * r r rather than 1 / (s s), which overflows from |x| = 2^64 on in float32; a / s rather than a r,
 * whose error is larger. Where an input is NaN the result does not matter, kernels.h replaces it,
 * but no operation may raise a flag: finite() takes NaN for finite too, number() for 0. */

static inline vec NAME(reciprocal)(vec x)
{
    return div(splat(1), add(splat(1), finite(magnitude(x))));
}

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

FORMULA(forward)
{
    vec x = in[0], a = finite(magnitude(x));
    out[0] = div(with_sign(a, x), add(splat(1), a));
}

FORMULA(derivative)
{
    vec r = NAME(reciprocal)(in[0]);
    out[0] = mul(r, r);
}

FORMULA(backward)
{
    vec grad = number(in[0]), r = NAME(reciprocal)(in[1]);
    out[0] = mul(mul(grad, r), r);
}

FORMULA(forward_with_derivative)
{
    vec x = in[0], a = finite(magnitude(x)), s = add(splat(1), a), r = div(splat(1), s);
    out[0] = NAME(quotient)(with_sign(a, x), s, r);
    out[1] = mul(r, r);
}

/* |y| > 1 is taken to infinity, because infinity / (1 - infinity) is what it is to be: NaN, flagged
 * as an invalid operation. */
FORMULA(inverse)
{
    vec y = number(in[0]), a = infinite_above_one(magnitude(y));
    out[0] = one_nan(div(with_sign(a, y), sub(splat(1), a)));
}

FORMULA(second_derivative)
{
    vec x = in[0], r = NAME(reciprocal)(x);
    out[0] = mul(splat(-2), with_sign(zero_at_zero(mul(mul(r, r), r), magnitude(x)), x));
}
