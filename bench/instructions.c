/* Runs a kernel once on ordinary numbers, for instructions.py to see what it executes. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "isa.h"

enum { MOST = 1 << 12 };

static const uint16_t f16 = 0x3800, bf16 = 0x3f00; /* one half */
static const float f32 = 0.5f;
static const double f64 = 0.5;

static const struct {
    const void *half;
    size_t bytes;
} types[TYPES] = {[TYPE_f16] = {&f16, sizeof f16},
                  [TYPE_f32] = {&f32, sizeof f32},
                  [TYPE_f64] = {&f64, sizeof f64},
                  [TYPE_bf16] = {&bf16, sizeof bf16}};

/* Without arguments: says what there is. Else the indices of instruction set, op and type. */
int main(int count, char **arguments)
{
    if (count != 4) {
        for (int isa = 0; softsign_isa_name(isa); isa++)
            for (int op = 0; op < OPS; op++)
                for (int type = 0; softsign_get_kernel(isa, op, type) && type < TYPES; type++)
                    printf("%d %d %d %s %s %s\n", isa, op, type, softsign_isa_name(isa),
                           softsign_ops[op].name, softsign_types[type]);
        return 0;
    }
    static char memory[MAX_OPERANDS][MOST * sizeof(double)];
    int isa = atoi(arguments[1]), op = atoi(arguments[2]), type = atoi(arguments[3]);
    char *operands[MAX_OPERANDS] = {memory[0], memory[1], memory[2], memory[3]};
    for (int k = 0; k < softsign_ops[op].inputs; k++)
        for (size_t i = 0; i < MOST; i++)
            memcpy(operands[k] + i * types[type].bytes, types[type].half, types[type].bytes);
    softsign_get_kernel(isa, op, type)(MOST, operands, 0);
    return 0;
}
