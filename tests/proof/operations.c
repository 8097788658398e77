/* The passes of csrc/formulas.h on single numbers, and what each operation on the way gave: a
 * library for tests/test_bounds.py.
 *
 *     PASS_TYPE(inputs, way, estimate, results)    returns how many results there are */
#include "passes.h"

static double given, *next;

static double noted(double y) { return *next++ = y; }

#define ESTIMATES_f32 1
#define ESTIMATE(s) ((void)(s), (vec)given)
#define RESULT(y) ((vec)noted(y))

#define ELEMENT f32
#define BYTES 4
#define vec float
#include "single.h"

#undef ELEMENT
#undef BYTES
#undef vec
#define ELEMENT f64
#define BYTES 8
#define vec double
#include "single.h"

#define FUNCTION(pass, type, number)                                                               \
    long pass##_##type(const number *in, int way, double estimate, double *results)                \
    {                                                                                              \
        number out[MAX_OUTPUTS];                                                                   \
        given = estimate, next = results;                                                          \
        pass##_formula_##type(in, out, (enum way)way);                                             \
        return (long)(next - results);                                                             \
    }
#define FUNCTIONS(pass, ufunc, inputs, outputs)                                                    \
    FUNCTION(pass, f32, float) FUNCTION(pass, f64, double)
SOFTSIGN_PASSES(FUNCTIONS)
