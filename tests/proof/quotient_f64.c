/* The quotients by estimate in float64, as csrc/formulas_tpl.h computes them: x / (1 + x) and
 * 1 / (1 + x) below 2^120, y / (1 - y) below 1, from estimates at both ends of the documented
 * accuracy and between them. quotient_f64.py builds it and reports what it found.
 *
 *     quotient_f64 FILE PART PARTS COUNT    the PART-th (from 0) of PARTS shares of the magnitudes
 * in FILE, and COUNT random ones */
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "splitmix.h"

#define ACCURACY (6146 * 0x1p-24) /* relative, of an estimate: simd.h */

enum { CHUNK = 4096, LIMIT = 120 /* of the fast path: lists.h */ };

static inline uint64_t bits(double x)
{
    uint64_t word;
    memcpy(&word, &x, sizeof word);
    return word;
}

static inline double value(uint64_t word)
{
    double x;
    memcpy(&x, &word, sizeof x);
    return x;
}

/* In [-1, 1], another one for each s. */
static inline double any_error(double s)
{
    uint64_t state = bits(s);
    return (double)(int64_t)splitmix(&state) * 0x1p-63;
}

#define RESULT(y) (y)
#define BYTES 8
#define COMPUTE f64
#define DIGITS 53
#define vec double

#define ELEMENT least
#define ESTIMATE(s) (1 / (s) * (1 - ACCURACY))
#include "single.h"

#undef ELEMENT
#undef ESTIMATE
#define ELEMENT greatest
#define ESTIMATE(s) (1 / (s) * (1 + ACCURACY))
#include "single.h"

#undef ELEMENT
#undef ESTIMATE
#define ELEMENT between
#define ESTIMATE(s) (1 / (s) * (1 + ACCURACY * any_error(s)))
#include "single.h"

struct counts {
    uint64_t inputs;
    uint64_t wrong;       /* quotients other than those of the division */
    uint64_t unbiased;    /* 1 / s without BIAS: must be wrong somewhere */
    uint64_t uncorrected; /* x r: must be wrong somewhere */
};

/* How many of the results by estimate are other than y */
#define COUNT_OTHER(y, result)                                                                     \
    ((bits(result(least)) != bits(y)) + (bits(result(greatest)) != bits(y)) +                      \
     (bits(result(between)) != bits(y)))

static ALWAYS_INLINE int wrong_quotients(double n, double s, float bias)
{
#define QUOTIENT(estimate) quotient_##estimate(n, s, FAST_PATH_ESTIMATED, bias)
    return COUNT_OTHER(n / s, QUOTIENT);
}

static ALWAYS_INLINE int wrong_reciprocals(double s)
{
#define RECIPROCAL(estimate) reciprocal_##estimate(s, FAST_PATH_ESTIMATED)
    return COUNT_OTHER(1 / s, RECIPROCAL);
}

/* x of forward and of the reciprocal, y of the inverse. */
static void count(struct counts *sum, const double *x, const double *y)
{
    uint64_t wrong = 0, unbiased = 0, uncorrected = 0;
    for (int i = 0; i < CHUNK; i++) {
        double s = 1 + x[i], r = refined_least(s, 0);
        wrong += (uint64_t)wrong_quotients(x[i], s, 0) + (uint64_t)wrong_reciprocals(s) +
                 (uint64_t)wrong_quotients(y[i], 1 - y[i], BIAS);
        unbiased += bits(fma(-fma(r, s, -1), r, r)) != bits(1 / s);
        uncorrected += bits(x[i] * r) != bits(x[i] / s);
    }
    sum->inputs += CHUNK;
    sum->wrong += wrong;
    sum->unbiased += unbiased;
    sum->uncorrected += uncorrected;
}

/* A third each: of any magnitude, around 1, and such that the divisor is beside a power of two. */
static void random_inputs(double *x, double *y, uint64_t *state)
{
    for (int i = 0; i < CHUNK; i++) {
        uint64_t word = splitmix(state), more = splitmix(state);
        double fraction = value((word >> 12) | 0x3ff0000000000000); /* [1, 2) */
        int exponent = (int)(more >> 8 & 0xff) - 128;
        if (i % 3 == 0)
            x[i] = ldexp(fraction, exponent < LIMIT ? exponent : 0);
        else if (i % 3 == 1)
            x[i] = ldexp(fraction, exponent % 8);
        else
            fraction =
                value(bits(2) + (uint64_t)((int64_t)word >> (40 + more % 23))); /* around 2 */
        if (i % 3 < 2) {
            y[i] = x[i] < 1 ? x[i] : 0.5 / x[i];
        } else {
            x[i] = ldexp(fraction, (int)(more >> 32) % 54) - 1;
            y[i] = 1 - ldexp(fraction, -1 - (int)(more >> 32) % 53);
        }
        x[i] = fabs(x[i]);
        y[i] = fabs(y[i]) < 1 ? fabs(y[i]) : 0;
    }
}

int main(int arguments, char **argument)
{
    if (arguments != 5)
        return 2;
    uint64_t part = strtoull(argument[2], NULL, 10), parts = strtoull(argument[3], NULL, 10);
    uint64_t random = strtoull(argument[4], NULL, 10), state = part << 48;
    static double x[CHUNK], y[CHUNK];
    struct counts of = {0};

    FILE *file = fopen(argument[1], "rb");
    if (!file)
        return 1;
    for (uint64_t chunk = 0; fread(x, sizeof *x, CHUNK, file) == CHUNK; chunk++) {
        for (int i = 0; i < CHUNK; i++)
            y[i] = x[i] < 1 ? x[i] : 0;
        if (chunk % parts == part)
            count(&of, x, y);
    }
    fclose(file);
    for (uint64_t done = 0; done < random; done += CHUNK) {
        random_inputs(x, y, &state);
        count(&of, x, y);
    }
    printf("{\"inputs\": %" PRIu64 ", \"wrong\": %" PRIu64 ", \"unbiased\": %" PRIu64
           ", \"uncorrected\": %" PRIu64 "}\n",
           of.inputs, of.wrong, of.unbiased, of.uncorrected);
    return 0;
}
