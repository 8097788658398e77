/* Every float32 through every op of every instruction set; backward with a gradient of random
 * bits. float32.py builds it and says what it found.
 *
 *     float32 PART PARTS      the PART-th (from 0) of PARTS equal shares
 *     float32 PART PARTS K    of it each K-th chunk and those at both ends of every binade, on the
 *                             fastest instruction set alone
 *
 * The reference is the formula in double, wrong by less than 2^-50 of the value, 2^-26 ulp of a
 * float32. Where that does not tell whether a result is rounded correctly, the input is printed,
 * for exact arithmetic to decide. Errors are those of the first instruction set; the others are
 * held to its bits. */
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "isa.h"
#include "splitmix.h"

#define ONE_MORE(isa) +1
enum { CHUNK = 4096, ISAS = SOFTSIGN_ISAS(ONE_MORE) };
#define MAGNITUDES ((uint64_t)1 << 31)
#define BINADE ((uint64_t)1 << 23) /* its magnitudes */
#define SIGN 0x80000000u
#define INFINITE 0x7f800000u
#define ONE 0x3f800000u
#define ONE_NAN 0x7fc00000u
#define REFERENCE_ERROR 0x1p-50

static inline double forward(double a, double grad) { return grad * (a / (1 + a)); }
static inline double derivative(double a, double grad) { return grad / ((1 + a) * (1 + a)); }
/* NaN where is_promised() says more than an error in ulp: beyond 1, at the jump, at infinity. */
static inline double inverse(double a, double grad) { return a < 1 ? grad * (a / (1 - a)) : NAN; }
static inline double second_derivative(double a, double grad)
{
    return a > 0 ? -2 * grad / ((1 + a) * (1 + a) * (1 + a)) : NAN;
}
static inline double backward(double a, double grad)
{
    return a < INFINITY ? derivative(a, grad) : NAN;
}

struct statistics {
    uint64_t inputs, measured, correct, asymmetric, wrong_limit, outside, checksum;
    double worst;
    uint32_t worst_x, worst_grad;
};

typedef uint32_t chunk[CHUNK];

/* Of one chunk: inputs of either sign, gradients (the same), and what each op makes of them */
struct results {
    chunk x[2], grad, out[OPS][2][MAX_OUTPUTS];
};

static float value(uint32_t word)
{
    float x;
    memcpy(&x, &word, sizeof x);
    return x;
}

/* 1 / ulp of the float32 around t */
static inline double per_ulp(double t)
{
    double a = fabs(t), normal = a > 0x1p-126 ? a : 0x1p-126, reciprocal;
    uint64_t word;
    memcpy(&word, &normal, sizeof word);
    word = ((uint64_t)(2 * 1023 + 23) << 52) - (word & (uint64_t)0x7ff << 52);
    memcpy(&reciprocal, &word, sizeof reciprocal);
    return reciprocal;
}

/* Inlined for each reference, so that the loop becomes vectors. */
static inline __attribute__((always_inline)) void measure(struct statistics *s, const char *op,
                                                          double (*reference)(double, double),
                                                          const uint32_t *x, const uint32_t *grad,
                                                          const uint32_t *y)
{
    static double errors[CHUNK];
    static uint32_t undecided[CHUNK];
    uint32_t measured = 0, correct = 0, any_undecided = 0;

    for (int i = 0; i < CHUNK; i++) {
        double t = reference(value(x[i]), grad ? value(grad[i]) : 1);
        float low = (float)(t * (1 - REFERENCE_ERROR)), high = (float)(t * (1 + REFERENCE_ERROR));
        double error = fabs((double)value(y[i]) - t) * per_ulp(t);
        uint32_t finite = fabs(t) < INFINITY;
        errors[i] = finite ? error : 0;
        measured += finite;
        correct += finite & (low == high) & (value(y[i]) == low);
        undecided[i] = finite & (low != high);
        any_undecided |= undecided[i];
    }
    s->measured += measured;
    s->correct += correct;
    for (int i = 0; i < CHUNK; i++)
        if (errors[i] > s->worst) {
            s->worst = errors[i];
            s->worst_x = x[i];
            s->worst_grad = grad ? grad[i] : 0;
        }
    for (int i = 0; any_undecided && i < CHUNK; i++)
        if (undecided[i])
            printf("{\"undecided\": \"%s\", \"x\": %" PRIu32 ", \"grad\": %" PRIu32
                   ", \"y\": %" PRIu32 "}\n",
                   op, x[i], grad ? grad[i] : ONE, y[i]);
}

/* What a op promises for x of this sign where the formula alone does not say it */
static int is_promised(int op, uint32_t x, uint32_t grad, uint32_t y)
{
    uint32_t a = x & ~SIGN, sign = x & SIGN;
    if (a > INFINITE || (op == OP_backward && (grad & ~SIGN) > INFINITE))
        return y == ONE_NAN;
    switch (op) {
    case OP_forward: return a == 0 ? y == x : a < INFINITE || y == (ONE | sign);
    case OP_derivative: return a == 0 ? y == ONE : a < INFINITE || y == 0;
    case OP_second_derivative: return (a > 0 && a < INFINITE) || (y & ~SIGN) == 0;
    case OP_inverse:
        if (a == 0 || a == ONE)
            return y == (a ? INFINITE | sign : x);
        return a < ONE || y == ONE_NAN;
    case OP_backward:
        if (grad << 1 == INFINITE << 1)
            return y == grad;
        return a < INFINITE || y == (grad & SIGN);
    }
    return 1;
}

/* The magnitude that the result may not exceed */
static float bound(int op, uint32_t grad)
{
    switch (op) {
    case OP_backward: return fabsf(value(grad));
    case OP_second_derivative: return 2;
    case OP_inverse: return INFINITY;
    default: return 1;
    }
}

static void check(struct statistics *s, int op, int is_odd, const struct results *r)
{
    const uint32_t *of_plus = r->out[op][0][0], *of_minus = r->out[op][1][0];
    for (int i = 0; i < CHUNK; i++) {
        uint32_t grad = r->grad[i], y = of_plus[i], is_nan = y == ONE_NAN;
        s->asymmetric += of_minus[i] != (is_odd && !is_nan ? y ^ SIGN : y);
        s->outside += !is_nan && value(y & ~SIGN) > bound(op, grad);
        s->checksum += (uint64_t)y * (2 * r->x[0][i] + 1);
        s->wrong_limit += !is_promised(op, r->x[0][i], grad, y) +
                          !is_promised(op, r->x[1][i], grad, of_minus[i]);
    }
    s->inputs += 2 * CHUNK;
}

static void fill(struct results *r, uint64_t index)
{
    uint64_t state = index;
    for (uint32_t i = 0; i < CHUNK; i++) {
        r->x[0][i] = (uint32_t)index * CHUNK + i;
        r->x[1][i] = r->x[0][i] | SIGN;
        r->grad[i] = (uint32_t)(splitmix(&state) >> 32);
    }
}

static void run(struct results *r, int isa)
{
    for (int op = 0; op < OPS; op++)
        for (int sign = 0; sign < 2; sign++) {
            chunk *out = r->out[op][sign];
            char *x = (char *)r->x[sign], *y = (char *)out[0], *y1 = (char *)out[1];
            char *unary[] = {x, y, y1}, *binary[] = {(char *)r->grad, x, y};
            softsign_get_kernel(isa, op, TYPE_f32)(CHUNK, op == OP_backward ? binary : unary,
                                                     0);
        }
}

static uint64_t count_other(const void *one, const void *two)
{
    uint64_t other = 0;
    const uint32_t *a = one, *b = two;
    for (int i = 0; memcmp(one, two, sizeof(chunk)) && i < CHUNK; i++)
        other += a[i] != b[i];
    return other;
}

/* Where NumPy's way, x / (1 + abs(x)), gives other bits; infinity and NaN are not compared. */
static uint64_t count_other_than_plain(const uint32_t *x, const uint32_t *y)
{
    static chunk plain;
    for (int i = 0; i < CHUNK; i++) {
        float quotient = value(x[i]) / (1 + fabsf(value(x[i])));
        memcpy(&plain[i], (x[i] & ~SIGN) < INFINITE ? (void *)&quotient : (void *)&y[i], 4);
    }
    return count_other(plain, y);
}

static void print_statistics(const char *op, const struct statistics *s)
{
    printf("{\"op\": \"%s\", \"inputs\": %" PRIu64 ", \"measured\": %" PRIu64
           ", \"correct\": %" PRIu64 ", \"asymmetric\": %" PRIu64 ", \"wrong limit\": %" PRIu64
           ", \"outside\": %" PRIu64 ", \"checksum\": %" PRIu64 ", \"worst\": %.9f, \"x\": %" PRIu32
           ", \"grad\": %" PRIu32 "}\n",
           op, s->inputs, s->measured, s->correct, s->asymmetric, s->wrong_limit, s->outside,
           s->checksum, s->worst, s->worst_x, s->worst_grad);
}

/* An instruction set's kernels for a divider */
struct variant {
    int isa, divider;
};

/* Those that this machine has, the fastest instruction set first. */
static int find_variants(struct variant *variants)
{
    int found = 0;
    for (int isa = 0; softsign_isa_name(isa); isa++)
        for (int divider = 0; divider < softsign_dividers(isa); divider++)
            if (!softsign_isa_missing(isa, softsign_cpu_features()))
                variants[found++] = (struct variant){isa, divider};
    return found;
}

int main(int count, char **arguments)
{
    if (count != 3 && count != 4)
        return 2;
    uint64_t part = strtoull(arguments[1], NULL, 10), parts = strtoull(arguments[2], NULL, 10);
    uint64_t each = count == 4 ? strtoull(arguments[3], NULL, 10) : 1;
    struct variant variants[ISAS * DIVIDERS];
    int ran = find_variants(variants);
    if (count == 4)
        ran = 1;
    uint64_t end = MAGNITUDES / CHUNK * (part + 1) / parts;
    uint64_t plain = 0, fused = 0, other = 0;
    static struct statistics of[OPS];
    static struct results first, own;

    for (uint64_t index = MAGNITUDES / CHUNK * part / parts; index < end; index++) {
        uint64_t in_binade = index % (BINADE / CHUNK);
        if (index % each && in_binade != 0 && in_binade != BINADE / CHUNK - 1)
            continue;
        struct results *r = &first;
        for (int k = 0; k < ran; k++) {
            fill(r, index);
            softsign_use_divider(variants[k].divider);
            run(r, variants[k].isa);
            for (int op = 0; r == &own && op < OPS; op++)
                for (int sign = 0; sign < 2; sign++)
                    for (int out = 0; out < MAX_OUTPUTS; out++)
                        other += count_other(own.out[op][sign][out], first.out[op][sign][out]);
            r = &own;
        }
        for (int sign = 0; sign < 2; sign++) {
            chunk *both = first.out[OP_forward_with_derivative][sign];
            fused += count_other(both[0], first.out[OP_forward][sign][0]) +
                     count_other(both[1], first.out[OP_derivative][sign][0]);
            plain += count_other_than_plain(first.x[sign], first.out[OP_forward][sign][0]);
        }
#define MEASURE(op, is_odd, grad)                                                                \
    check(&of[OP_##op], OP_##op, is_odd, &first);                                          \
    measure(&of[OP_##op], #op, op, first.x[0], grad, first.out[OP_##op][0][0]);
        MEASURE(forward, 1, NULL)
        MEASURE(derivative, 0, NULL)
        MEASURE(backward, 0, first.grad)
        MEASURE(inverse, 1, NULL)
        MEASURE(second_derivative, 1, NULL)
    }

    for (int k = 0; k < ran; k++)
        printf("%s%s\n", softsign_isa_name(variants[k].isa),
               variants[k].divider == SLOW_DIVIDER ? "-slow-divider" : "");
    for (int op = 0; op < OPS; op++)
        if (of[op].inputs)
            print_statistics(softsign_ops[op].name, &of[op]);
    printf("{\"other than plain\": %" PRIu64 ", \"fused other\": %" PRIu64
           ", \"other between instruction sets\": %" PRIu64 "}\n",
           plain, fused, other);
    return 0;
}
