/* An instruction set, as the rest of the library sees it: its kernels and what they require. */
#ifndef SOFTSIGN_ISA_H
#define SOFTSIGN_ISA_H

#include "lists.h"
#include "softsign.h"

struct softsign_isa {
    const char *name;
    uint32_t needs;  /* the features required, a bit for each */
    int batch_bytes; /* the most that a kernel loads of an operand at a time */
    softsign_kernel *kernels[DIVIDERS][OPS][TYPES];
    /* Calls of fewer than few[type] elements use the kernels of for_few, which may be NULL if all
     * are 0. */
    int few[TYPES];
    const struct softsign_isa *for_few;
};

#define DECLARE_ISA(isa) extern const struct softsign_isa softsign_##isa;
SOFTSIGN_ISAS(DECLARE_ISA)
#undef DECLARE_ISA

#define NEEDS(feature) ((uint32_t)1 << FEATURE_##feature)
#define AVX2_NEEDS (NEEDS(X86_64) | NEEDS(AVX2) | NEEDS(FMA) | NEEDS(F16C) | NEEDS(AVX_STATE))

#endif
