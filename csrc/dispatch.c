/* Dispatch: which instruction set the kernels are taken from. */
#include "compiler.h"
#include "isa.h"

#define ISA_ROW(isa) &softsign_##isa,
#define ISA_INDEX(isa) ISA_##isa,

static const struct softsign_isa *const isas[] = {SOFTSIGN_ISAS(ISA_ROW)};
enum { SOFTSIGN_ISAS(ISA_INDEX) ISAS };

static SHARED int active = ISAS - 1; /* read once in each call */

const char *softsign_isa_name(int isa) { return isa < ISAS ? isas[isa]->name : NULL; }
int softsign_active_isa(void) { return active; }
void softsign_use_isa(int isa) { active = isa; }

const char *softsign_isa_missing(int isa, uint32_t features)
{
#define FEATURE_NEEDED(feature, needed) needed,
    static const char *const needed[] = {SOFTSIGN_FEATURES(FEATURE_NEEDED)};
    for (int k = 0; k < FEATURES; k++)
        if (isas[isa]->needs & ~features & (uint32_t)1 << k)
            return needed[k];
    return NULL;
}

softsign_kernel *softsign_get_kernel(int isa, int op, int type)
{
    return isas[isa]->kernels[op][type];
}

int softsign_batch_bytes(int isa) { return isas[isa]->batch_bytes; }
