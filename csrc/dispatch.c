/* Which instruction set is active. */
#include "compiler.h"
#include "isa.h"

/* The fastest first. */
static const struct softsign_isa *const isas[] = {
    &softsign_avx2,
    &softsign_baseline,
};
enum { ISAS = sizeof isas / sizeof isas[0] };

static SHARED int active = ISAS - 1; /* each call uses one, from its beginning to its end */

const char *softsign_isa_name(int isa) { return isa < ISAS ? isas[isa]->name : NULL; }
const char *softsign_isa_missing(int isa) { return isas[isa]->missing(); }
int softsign_active_isa(void) { return active; }
void softsign_use_isa(int isa) { active = isa; }

softsign_kernel *softsign_get_kernel(int isa, int pass, int type)
{
    return isas[isa]->kernels[pass][type];
}
