/* Dispatch: which instruction set the kernels are taken from. */
#include <string.h>

#include "compiler.h"
#include "isa.h"

#define ISA_ROW(isa) &softsign_##isa,
#define ISA_INDEX(isa) ISA_##isa,

static const struct softsign_isa *const isas[] = {SOFTSIGN_ISAS(ISA_ROW)};
enum { SOFTSIGN_ISAS(ISA_INDEX) ISAS };

static SHARED int active = ISAS - 1; /* read once in each call */
static SHARED int divider = FAST_DIVIDER;

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

const char *softsign_divider_name(int which)
{
    static const char *const names[DIVIDERS] = {[FAST_DIVIDER] = "fast", [SLOW_DIVIDER] = "slow"};
    return which < DIVIDERS ? names[which] : NULL;
}
int softsign_dividers(int isa)
{
    const struct softsign_isa *of = isas[isa];
    int is_one = memcmp(of->kernels[FAST_DIVIDER], of->kernels[SLOW_DIVIDER],
                        sizeof of->kernels[FAST_DIVIDER]) == 0;
    return is_one ? 1 : DIVIDERS;
}
int softsign_active_divider(void) { return divider; }
void softsign_use_divider(int which) { divider = which; }

softsign_kernel *softsign_get_kernel(int isa, int op, int type)
{
    return isas[isa]->kernels[divider][op][type];
}

softsign_kernel *softsign_active_kernel(int op, int type, size_t n)
{
    const struct softsign_isa *isa = isas[active];
    if (n < (size_t)isa->few[type])
        isa = isa->for_few;
    return isa->kernels[divider][op][type];
}

int softsign_batch_bytes(int isa) { return isas[isa]->batch_bytes; }
