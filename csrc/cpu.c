/* The features of the CPU that the operating system supports, its divider, and the size of its
 * cache. The functions that read registers are parameters, so that tests can simulate a CPU. */
#include <string.h>

#include "isa.h"

enum { EAX, EBX, ECX, EDX };

/* Leaf 1 */
enum { FMA = 12, OSXSAVE = 27, F16C = 29 };
/* Leaf 7 */
enum { AVX2 = 5, AVX512F = 16, AVX512DQ = 17, AVX512BW = 30, AVX512VL = 31, AVX512_VBMI2 = 6 };
/* XCR0: what the operating system saves of SSE, AVX; mask registers, ZMM0 to 15, ZMM16 to 31 */
enum { XMM_AND_YMM = 0x6, MASKS_AND_ZMM = 0xe0 };
enum { INTEL_CACHES = 4, AMD_CACHES = 0x1d }; /* leaves; AMD's is an extended one */
#define EXTENDED 0x80000000

/* A register of a cpuid leaf; 0 if the CPU lacks the leaf, for which it would return another's. */
static uint32_t read_leaf(struct softsign_x86 cpu, uint32_t leaf, uint32_t subleaf, int which)
{
    uint32_t registers[4];
    cpu.cpuid(leaf & EXTENDED, 0, registers);
    if (leaf > registers[EAX])
        return 0;
    cpu.cpuid(leaf, subleaf, registers);
    return registers[which];
}

uint32_t softsign_x86_features(struct softsign_x86 cpu)
{
    const uint32_t leaf1 = read_leaf(cpu, 1, 0, ECX), leaf7 = read_leaf(cpu, 7, 0, EBX);
    const uint32_t leaf7_ecx = read_leaf(cpu, 7, 0, ECX);
    const uint32_t state =
        leaf1 >> OSXSAVE & 1 ? cpu.xgetbv() : 0; /* else an illegal instruction */
    const struct {
        uint32_t feature, has;
    } table[] = {
        {NEEDS(X86_64), 1},
        {NEEDS(AVX2), leaf7 >> AVX2},
        {NEEDS(FMA), leaf1 >> FMA},
        {NEEDS(F16C), leaf1 >> F16C},
        {NEEDS(AVX_STATE), (state & XMM_AND_YMM) == XMM_AND_YMM},
        {NEEDS(AVX512F), leaf7 >> AVX512F},
        {NEEDS(AVX512DQ), leaf7 >> AVX512DQ},
        {NEEDS(AVX512BW), leaf7 >> AVX512BW},
        {NEEDS(AVX512VL), leaf7 >> AVX512VL},
        {NEEDS(AVX512_VBMI2), leaf7_ecx >> AVX512_VBMI2},
        {NEEDS(AVX512_STATE), (state & MASKS_AND_ZMM) == MASKS_AND_ZMM},
    };
    uint32_t features = 0;
    for (size_t k = 0; k < sizeof table / sizeof *table; k++)
        if (table[k].has & 1)
            features |= table[k].feature;
    return features;
}

struct softsign_x86_model softsign_x86_model(struct softsign_x86 cpu)
{
    struct softsign_x86_model found = {{0}, 0, 0};
    uint32_t registers[4], signature = read_leaf(cpu, 1, 0, EAX);
    cpu.cpuid(0, 0, registers);
    memcpy(found.vendor, &registers[EBX], 4);
    memcpy(found.vendor + 4, &registers[EDX], 4);
    memcpy(found.vendor + 8, &registers[ECX], 4);
    found.family = signature >> 8 & 0xf;
    found.model = (signature >> 4 & 0xf) | (signature >> 12 & 0xf0);
    if (found.family == 0xf)
        found.family += signature >> 20 & 0xff;
    return found;
}

/* CPUs with a slow divider: Intel's before Lion Cove (0xbd, 0xc5, 0xc6), which has two dividers.
 * 0xb5, Arrow Lake-U, has the cores of Meteor Lake. Timed: Granite Rapids and Emerald Rapids slow,
 * Zen 3 and 4 fast. By llvm-mca: Skylake and Ice Lake slow, Zen 2 fast. An unknown CPU counts as
 * fast: needless estimates cost up to 30% of the time, missing ones only their gain. */
static const struct {
    char vendor[13];
    int family, first, last; /* models */
} slow_dividers[] = {
    {"GenuineIntel", 6, 0x3c, 0xaf}, /* Haswell to Granite Rapids, Rocket Lake, Sierra Forest */
    {"GenuineIntel", 6, 0xb5, 0xba}, /* Arrow Lake-U, Raptor Lake */
    {"GenuineIntel", 6, 0xbe, 0xbf}, /* Alder Lake N, Raptor Lake */
    {"GenuineIntel", 6, 0xcf, 0xcf}, /* Emerald Rapids */
};

int softsign_x86_divider(struct softsign_x86 cpu)
{
    const struct softsign_x86_model model = softsign_x86_model(cpu);
    for (size_t k = 0; k < sizeof slow_dividers / sizeof *slow_dividers; k++)
        if (strcmp(model.vendor, slow_dividers[k].vendor) == 0 &&
            model.family == slow_dividers[k].family && slow_dividers[k].first <= model.model &&
            model.model <= slow_dividers[k].last)
            return SLOW_DIVIDER;
    return FAST_DIVIDER;
}

/* The largest cache that Intel lists in leaf 4 and AMD, in the same format, in 0x8000001d. Not
 * sysconf, which on some machines adds up caches of cores that this process cannot use. */
size_t softsign_x86_last_level_cache(struct softsign_x86 cpu)
{
    size_t largest = 0;
    uint32_t leaf = EXTENDED | AMD_CACHES;
    if (read_leaf(cpu, leaf, 0, EAX) == 0)
        leaf = INTEL_CACHES;
    for (uint32_t level = 0; level < 8; level++) {
        uint32_t eax = read_leaf(cpu, leaf, level, EAX), ebx = read_leaf(cpu, leaf, level, EBX);
        if ((eax & 31) == 0) /* type: no more caches */
            break;
        size_t ways = (ebx >> 22) + 1, partitions = (ebx >> 12 & 0x3ff) + 1;
        size_t line = (ebx & 0xfff) + 1, sets = (size_t)read_leaf(cpu, leaf, level, ECX) + 1;
        size_t bytes = ways * partitions * line * sets;
        largest = bytes > largest ? bytes : largest;
    }
    return largest;
}

#if defined(__x86_64__) || defined(_M_X64)

#ifdef _MSC_VER

#include <intrin.h>

static void cpuid(uint32_t leaf, uint32_t subleaf, uint32_t *registers)
{
    __cpuidex((int *)registers, (int)leaf, (int)subleaf);
}

static uint32_t xgetbv(void) { return (uint32_t)_xgetbv(0); }

#else

#include <cpuid.h>

static void cpuid(uint32_t leaf, uint32_t subleaf, uint32_t *registers)
{
    __cpuid_count(leaf, subleaf, registers[EAX], registers[EBX], registers[ECX], registers[EDX]);
}

static uint32_t xgetbv(void)
{
    uint32_t low, high;
    __asm__("xgetbv" : "=a"(low), "=d"(high) : "c"(0));
    return low;
}

#endif

static const struct softsign_x86 this_cpu = {cpuid, xgetbv};

uint32_t softsign_cpu_features(void) { return softsign_x86_features(this_cpu); }
struct softsign_x86_model softsign_cpu_model(void) { return softsign_x86_model(this_cpu); }
int softsign_cpu_divider(void) { return softsign_x86_divider(this_cpu); }
size_t softsign_last_level_cache(void) { return softsign_x86_last_level_cache(this_cpu); }

#else

#if (defined(__aarch64__) && !defined(__AARCH64EB__)) || defined(_M_ARM64)
uint32_t softsign_cpu_features(void) { return NEEDS(AARCH64); }
#else
uint32_t softsign_cpu_features(void) { return 0; }
#endif

struct softsign_x86_model softsign_cpu_model(void)
{
    return (struct softsign_x86_model){{0}, 0, 0};
}
int softsign_cpu_divider(void) { return FAST_DIVIDER; }
size_t softsign_last_level_cache(void) { return 0; }

#endif
