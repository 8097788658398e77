/* The features of the CPU that the operating system supports, and the size of its cache. */
#include "isa.h"

#if defined(__x86_64__) || defined(_M_X64)

struct cpuid {
    uint32_t eax, ebx, ecx, edx;
};

#ifdef _MSC_VER

#include <intrin.h>

static struct cpuid cpuid(uint32_t leaf, uint32_t subleaf)
{
    int r[4];
    __cpuidex(r, (int)leaf, (int)subleaf);
    return (struct cpuid){(uint32_t)r[0], (uint32_t)r[1], (uint32_t)r[2], (uint32_t)r[3]};
}

static uint64_t xgetbv(void) { return _xgetbv(0); }

#else

#include <cpuid.h>

static struct cpuid cpuid(uint32_t leaf, uint32_t subleaf)
{
    struct cpuid r;
    __cpuid_count(leaf, subleaf, r.eax, r.ebx, r.ecx, r.edx);
    return r;
}

static uint64_t xgetbv(void)
{
    uint32_t low, high;
    __asm__("xgetbv" : "=a"(low), "=d"(high) : "c"(0));
    return (uint64_t)high << 32 | low;
}

#endif

#define OSXSAVE (1u << 27)

static struct softsign_x86 read_x86(void)
{
    struct softsign_x86 cpu = {0};
    uint32_t leaves = cpuid(0, 0).eax;
    cpu.leaf1_ecx = cpuid(1, 0).ecx;
    if (leaves >= 7)
        cpu.leaf7_ebx = cpuid(7, 0).ebx;
    if (cpu.leaf1_ecx & OSXSAVE) /* otherwise xgetbv is an illegal instruction */
        cpu.xcr0 = xgetbv();
    return cpu;
}

uint32_t softsign_cpu_features(void) { return softsign_x86_features(read_x86()); }

/* The largest cache that Intel lists in leaf 4 and AMD, in the same format, in 0x8000001d. Not
 * sysconf, which on some machines adds up caches of cores that this process cannot use. */
size_t softsign_last_level_cache(void)
{
    size_t largest = 0;
    uint32_t leaf =
        cpuid(0x80000000, 0).eax >= 0x8000001d && cpuid(0x8000001d, 0).eax ? 0x8000001d : 4;
    if (leaf == 4 && cpuid(0, 0).eax < 4)
        return 0;
    for (uint32_t level = 0; level < 8; level++) {
        struct cpuid cache = cpuid(leaf, level);
        if ((cache.eax & 31) == 0) /* type: no more caches */
            break;
        size_t ways = (cache.ebx >> 22) + 1, partitions = (cache.ebx >> 12 & 0x3ff) + 1;
        size_t line = (cache.ebx & 0xfff) + 1, sets = (size_t)cache.ecx + 1;
        size_t bytes = ways * partitions * line * sets;
        largest = bytes > largest ? bytes : largest;
    }
    return largest;
}

#else

#if defined(__aarch64__) || defined(_M_ARM64)
uint32_t softsign_cpu_features(void) { return NEEDS(AARCH64); }
#else
uint32_t softsign_cpu_features(void) { return 0; }
#endif

size_t softsign_last_level_cache(void) { return 0; }

#endif

enum { LEAF1_FMA = 12, LEAF1_F16C = 29, LEAF7_AVX2 = 5, SSE_AND_AVX_STATE = 6 };

uint32_t softsign_x86_features(struct softsign_x86 cpu)
{
    uint32_t features = NEEDS(X86_64);
    if (cpu.leaf7_ebx & 1u << LEAF7_AVX2)
        features |= NEEDS(AVX2);
    if (cpu.leaf1_ecx & 1u << LEAF1_FMA)
        features |= NEEDS(FMA);
    if (cpu.leaf1_ecx & 1u << LEAF1_F16C)
        features |= NEEDS(F16C);
    if ((cpu.xcr0 & SSE_AND_AVX_STATE) == SSE_AND_AVX_STATE)
        features |= NEEDS(AVX_STATE);
    return features;
}
