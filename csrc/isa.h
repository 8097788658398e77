/* What an instruction set is to the rest: a kernel for each op and type, and what it needs. */
#ifndef SOFTSIGN_ISA_H
#define SOFTSIGN_ISA_H

#include "lists.h"
#include "softsign.h"

struct softsign_isa {
    const char *name;
    uint32_t needs;  /* a bit for each feature */
    int batch_bytes; /* of an operand, that its kernels take at a time at the most */
    softsign_kernel *kernels[OPS][TYPES];
};

#define DECLARE_ISA(isa) extern const struct softsign_isa softsign_##isa;
SOFTSIGN_ISAS(DECLARE_ISA)
#undef DECLARE_ISA

#define NEEDS(feature) ((uint32_t)1 << FEATURE_##feature)

#endif
