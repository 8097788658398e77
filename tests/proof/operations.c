/* The ops of csrc/formulas_tpl.h on single numbers, and what each operation on the way gave: a
 * library for tests/test_bounds.py.
 *
 *     OP_TYPE(inputs, path, estimate, results)    returns how many results there are */
#include "lists.h"

static double given, *next;

static double noted(double y) { return *next++ = y; }

#define ESTIMATE(s) ((void)(s), (vec)given)
#define RESULT(y) ((vec)noted(y))

#define ELEMENT f32
#define COMPUTE f32
#define BYTES 4
#define DIGITS 24
#define vec float
#include "single.h"

#undef ELEMENT
#undef DIGITS
#define ELEMENT bf16
#define DIGITS 8
#include "single.h"

#undef ELEMENT
#undef DIGITS
#undef COMPUTE
#undef BYTES
#undef vec
#define ELEMENT f64
#define COMPUTE f64
#define BYTES 8
#define DIGITS 53
#define vec double
#include "single.h"

#define FUNCTION(op, type, number)                                                               \
    long op##_##type(const number *in, int path, double estimate, double *results)                \
    {                                                                                              \
        number out[MAX_OUTPUTS];                                                                   \
        given = estimate, next = results;                                                          \
        op##_formula_##type(in, out, (enum path)path);                                             \
        return (long)(next - results);                                                             \
    }
#define FUNCTIONS(op, ufunc, inputs, outputs, limit)                                                    \
    FUNCTION(op, f32, float) FUNCTION(op, bf16, float) FUNCTION(op, f64, double)
SOFTSIGN_OPS(FUNCTIONS)
