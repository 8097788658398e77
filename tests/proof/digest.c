/* The digests of what the kernels make of a fixed sample, a line for each instruction set, op and
 * type. digest.py builds it for many compilers and machines, which must all print the same. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "isa.h"
#include "splitmix.h"

enum { N = 4093, CHUNKS = 1025 }; /* over 2^22 elements; N is odd, so that kernels have a tail */
_Static_assert(N *CHUNKS >= 1 << 22, "the sample is too small");

#define FORMAT(type, bytes, digits, compute, limit, chunk, with) {bytes, (digits) - 1},
static const struct {
    int bytes, fraction_bits;
} formats[TYPES] = {SOFTSIGN_TYPES(FORMAT, )};

/* The bits of an element: a quarter each of any bits, of magnitudes around 1, of edges (zeros,
 * subnormals, one, the largest, infinities, NaNs with payloads, quiet or not), of any bits again.
 */
static uint64_t sample(int type, uint64_t *state)
{
    int fraction_bits = formats[type].fraction_bits,
        exponent_bits = 8 * formats[type].bytes - 1 - fraction_bits;
    uint64_t random = splitmix(state), one = 1, largest = (one << exponent_bits) - 1,
             bias = largest >> 1;
    uint64_t fraction = splitmix(state) & ((one << fraction_bits) - 1), sign = random >> 63;
    uint64_t exponent = random >> 8 & largest, choice = random >> 40;
    uint64_t exponents[] = {0, 1, bias - 1, bias, largest - 1, largest};
    uint64_t fractions[] = {0, 1, (one << fraction_bits) - 1, fraction,
                            fraction | one << (fraction_bits - 1)};
    switch (random & 3) {
    case 1:
        exponent = bias - (uint64_t)fraction_bits / 2 + choice % (uint64_t)(fraction_bits + 1);
        break;
    case 2:
        exponent = exponents[choice % 6];
        fraction = fractions[choice / 6 % 5];
        break;
    }
    return sign << (exponent_bits + fraction_bits) | exponent << fraction_bits | fraction;
}

/* The same of a number that takes the fast path: around 1, and below 1 for the inverse. */
static uint64_t sample_in_range(int op, int type, uint64_t *state)
{
    int fraction_bits = formats[type].fraction_bits, sign_bit = 8 * formats[type].bytes - 1;
    uint64_t random = splitmix(state), one = 1, bias = (one << (sign_bit - fraction_bits - 1)) - 1;
    uint64_t fraction = splitmix(state) & ((one << fraction_bits) - 1);
    uint64_t above = op == OP_inverse ? 0 : (uint64_t)fraction_bits / 2;
    uint64_t exponent = bias + above - 1 - (random >> 40) % (uint64_t)fraction_bits;
    return (random >> 63) << sign_bit | exponent << fraction_bits | fraction;
}

static void write_element(char *memory, int type, uint64_t word)
{
    uint16_t half = (uint16_t)word;
    uint32_t single = (uint32_t)word;
    switch (formats[type].bytes) {
    case 2: memcpy(memory, &half, sizeof half); break;
    case 4: memcpy(memory, &single, sizeof single); break;
    case 8: memcpy(memory, &word, sizeof word); break;
    }
}

static uint64_t read_element(const char *memory, int type)
{
    uint16_t half;
    uint32_t single;
    uint64_t word;
    switch (formats[type].bytes) {
    case 2: memcpy(&half, memory, sizeof half); return half;
    case 4: memcpy(&single, memory, sizeof single); return single;
    default: memcpy(&word, memory, sizeof word); return word;
    }
}

static uint64_t digest(int isa, int op, int type, uint64_t chunks, int in_range)
{
    static char buffers[MAX_OPERANDS][8 * N];
    char *operands[MAX_OPERANDS];
    int inputs = softsign_ops[op].inputs, outputs = softsign_ops[op].outputs;
    int bytes = formats[type].bytes,
        all = !in_range && inputs == 1 && bytes == 2;           /* 2^16 inputs are all there are */
    uint64_t state = (uint64_t)type, hash = 0xcbf29ce484222325; /* FNV-1a, a word at a time */

    for (int k = 0; k < inputs + outputs; k++)
        operands[k] = buffers[k];
    for (uint64_t done = 0; done < (all ? 1 << 16 : chunks * N); done += N) {
        for (int k = 0; k < inputs; k++)
            for (uint64_t i = 0; i < N; i++)
                write_element(operands[k] + i * (uint64_t)bytes, type,
                              all        ? done + i
                              : in_range ? sample_in_range(op, type, &state)
                                         : sample(type, &state));
        softsign_get_kernel(isa, op, type)(N, operands, 0);
        for (int k = inputs; k < inputs + outputs; k++)
            for (int i = 0; i < N; i++) {
                hash = (hash ^ read_element(operands[k] + i * bytes, type)) * 0x100000001b3;
                hash ^= hash >> 32;
            }
    }
    return hash;
}

/* One line for each op and type; the second sample is an eighth of the first. */
static void print_digests(int isa, const char *kernels, uint64_t chunks, int in_range)
{
    for (int op = 0; op < OPS; op++)
        for (int type = 0; type < TYPES; type++)
            printf("%s%s %s %s%s %016" PRIx64 "\n", softsign_isa_name(isa), kernels,
                   softsign_ops[op].name, softsign_types[type], in_range ? " fast path" : "",
                   digest(isa, op, type, in_range ? chunks / 8 + 1 : chunks, in_range));
}

/* digest [CHUNKS [ISA]]: of a smaller sample; of one instruction set. */
int main(int count, char **arguments)
{
    uint64_t chunks = count > 1 ? strtoull(arguments[1], NULL, 10) : CHUNKS;
    for (int isa = 0; softsign_isa_name(isa); isa++) {
        if (softsign_isa_missing(isa, softsign_cpu_features()) ||
            (count > 2 && strcmp(arguments[2], softsign_isa_name(isa)) != 0))
            continue;
        for (int divider = 0; divider < softsign_dividers(isa); divider++) {
            softsign_use_divider(divider);
            for (int in_range = 0; in_range < 2; in_range++)
                print_digests(isa, divider == SLOW_DIVIDER ? "-slow-divider" : "", chunks,
                              in_range);
        }
    }
    return 0;
}
