/* The quotients by estimate in float32, as csrc/formulas_tpl.h makes them, for every x >= 0 that is
 * divided so: x / (1 + x) and 1 / (1 + x) below 2^101, x / (1 - x) below 1. None of it depends on
 * the estimate that this CPU happens to give. quotient.py builds it and says what it found.
 *
 *     quotient PART PARTS    the PART-th (from 0) of PARTS equal shares
 *
 * docs/proofs.md shows that, whatever the estimate, the refined reciprocal is the correctly
 * rounded one, unless 1 / s is as close to a midpoint of two floats as NEAR says, where it may be
 * the other of the two. Both are tried there, and everywhere what becomes of estimates at both ends
 * of the documented accuracy. */
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define ACCURACY (1.5f * 0x1p-12f) /* of an estimate, relatively */
/* In ulp from r, of a midpoint at 1/2; by a hundredth wider than the theorem has it. */
#define NEAR (0.5f - 1.01f * 0x1p-9f)
#define NEAR_BIASED (0.5f - 1.01f * 0x1p-8f)

enum { CHUNK = 4096, BEYOND_ESTIMATES = 0x72000000 /* 2^101 */, ONE = 0x3f800000 };
enum { FORWARD, RECIPROCAL, INVERSE, QUOTIENTS };
static const char *const names[] = {"x / (1 + x)", "1 / (1 + x)", "x / (1 - x)"};
static const uint32_t ends[] = {BEYOND_ESTIMATES, BEYOND_ESTIMATES, ONE};

struct counts {
    uint64_t inputs, near_midpoint;
    uint64_t beside;  /* refined reciprocals that the theorem excludes */
    uint64_t wrong;   /* quotients other than those of the division */
    uint64_t control; /* the same from reciprocals that are not good enough */
};

static inline float value(uint32_t word)
{
    float x;
    memcpy(&x, &word, sizeof x);
    return x;
}

static inline uint32_t bits(float x)
{
    uint32_t word;
    memcpy(&word, &x, sizeof word);
    return word;
}

/* The formulas, from estimates at both ends */
#define RESULT(y) (y)
#define BYTES 4
#define DIGITS 24
#define vec float

#define COMPUTE f32
#define ELEMENT least
#define ESTIMATE(s) (1 / (s) * (1 - ACCURACY))
#include "single.h"

#undef ELEMENT
#undef ESTIMATE
#define ELEMENT greatest
#define ESTIMATE(s) (1 / (s) * (1 + ACCURACY))
#include "single.h"

static inline float refined_linearly(float s, float r) { return fmaf(r, fmaf(-s, r, 1), r); }

static inline uint32_t differs(float n, float s, float r)
{
    return bits(corrected_least(n, s, r)) != bits(n / s);
}

/* Results of the op that divides so, from both estimates, other than from a division */
static ALWAYS_INLINE uint32_t results_that_differ(int which, float x)
{
    float y, low, high;
#define TRY(op)                                                                                  \
    op##_formula_least(&x, &y, FAST_PATH);                                                        \
    op##_formula_least(&x, &low, FAST_PATH_ESTIMATED);                                                     \
    op##_formula_greatest(&x, &high, FAST_PATH_ESTIMATED)
    switch (which) {
    case FORWARD: TRY(forward); break;
    case RECIPROCAL: TRY(derivative); break;
    case INVERSE: TRY(inverse); break;
    }
#undef TRY
    return (bits(low) != bits(y)) + (bits(high) != bits(y));
}

/* With which constant, so that each makes a loop of vectors of its own */
static ALWAYS_INLINE void count(struct counts *sum, int which, uint32_t first)
{
    uint32_t near_midpoint = 0, beside = 0, wrong = 0, control = 0;
    for (uint32_t i = 0; i < CHUNK; i++) {
        float x = value(first + i), s = which == INVERSE ? 1 - x : 1 + x;
        float n = which == RECIPROCAL ? 1 : x, r = 1 / s;
        float ulp = value(bits(r) & 0x7f800000) * 0x1p-23f;
        float residual = fmaf(-r, s, 1); /* exact: 1 / s - r is residual / s */
        float of_low, of_high;

        float upper = r + (residual >= NEAR_BIASED * (ulp * s) ? ulp : 0);
        of_low = refined_least(s, BIAS), of_high = refined_greatest(s, BIAS);
        near_midpoint += upper != r;
        beside += (uint32_t)((of_low != r) & (of_low != upper));
        beside += (uint32_t)((of_high != r) & (of_high != upper));
        wrong += results_that_differ(which, x);
        wrong += differs(n, s, r) + differs(n, s, upper);
        wrong += differs(n, s, of_low) + differs(n, s, of_high);

        float step = fabsf(residual) >= NEAR * (ulp * s) ? ulp : 0;
        float other = r + copysignf(step, residual);
        if (which != FORWARD) {
            control += differs(n, s, other);
            continue;
        }
        of_low = refined_least(s, 0), of_high = refined_greatest(s, 0);
        beside += (uint32_t)((of_low != r) & (of_low != other));
        beside += (uint32_t)((of_high != r) & (of_high != other));
        wrong += differs(n, s, other) + differs(n, s, of_low) + differs(n, s, of_high);
        control += differs(n, s, refined_linearly(s, r * (1 - ACCURACY)));
        control += differs(n, s, refined_linearly(s, r * (1 + ACCURACY)));
    }
    sum->inputs += CHUNK;
    sum->near_midpoint += near_midpoint;
    sum->beside += beside;
    sum->wrong += wrong;
    sum->control += control;
}

int main(int arguments, char **argument)
{
    if (arguments != 3)
        return 2;
    uint64_t part = strtoull(argument[1], NULL, 10), parts = strtoull(argument[2], NULL, 10);

    for (int which = 0; which < QUOTIENTS; which++) {
        struct counts of = {0};
        uint64_t chunks = ends[which] / CHUNK, end = chunks * (part + 1) / parts;
        for (uint64_t chunk = chunks * part / parts; chunk < end; chunk++)
            switch (which) {
            case FORWARD: count(&of, FORWARD, (uint32_t)chunk * CHUNK); break;
            case RECIPROCAL: count(&of, RECIPROCAL, (uint32_t)chunk * CHUNK); break;
            case INVERSE: count(&of, INVERSE, (uint32_t)chunk * CHUNK); break;
            }
        of.wrong += differs(-0.0f, 1, 1); /* each step is odd but for this */
        printf("{\"quotient\": \"%s\", \"inputs\": %" PRIu64 ", \"near a midpoint\": %" PRIu64
               ", \"beside\": %" PRIu64 ", \"wrong\": %" PRIu64 ", \"control\": %" PRIu64 "}\n",
               names[which], of.inputs, of.near_midpoint, of.beside, of.wrong, of.control);
    }
    return 0;
}
