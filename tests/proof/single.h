/* csrc/formulas_tpl.h with single numbers for vectors, and any estimate: the fast path alone. It is
 * included for each
 *
 *     ELEMENT        of which the functions have their names
 *     COMPUTE        f32 or f64
 *     DIGITS         significant bits of the type that is stored
 *     vec, BYTES     float and 4, or double and 8
 *     ESTIMATE(s)    of 1 / s
 *     RESULT(y)      what an operation gave, to be looked at */
#ifndef SINGLE_H
#define SINGLE_H

#include <tgmath.h>

#include "compiler.h"

#define BATCH 1
#define ESTIMATES 1
#define mask int
#define v_set(c) ((vec)(c))
#define v_add(a, b) RESULT((a) + (b))
#define v_sub(a, b) RESULT((a) - (b))
#define v_mul(a, b) RESULT((a) * (b))
#define v_div(a, b) RESULT((a) / (b))
#define v_fms(a, b, c) RESULT(fma(a, b, -(c)))
#define v_fnma(a, b, c) RESULT(fma(-(a), b, c))
#define v_abs(x) fabs(x)
#define v_signed(a, x) copysign(a, x)
#define v_finite(x) (x)
#define v_above(a, b) ((a) > (b))
#define v_choose(m, yes, no) ((m) ? (yes) : (no))
#define v_estimate(s) ESTIMATE(s)

#define NAME(name) JOIN(name, ELEMENT)
#define FORMULA(op)                                                                              \
    static ALWAYS_INLINE void NAME(op##_formula)(const vec *in, vec *out, enum path path)

#endif

#include "formulas_tpl.h"
