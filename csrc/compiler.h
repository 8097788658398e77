/* Portability layer: atomics, attributes, token pasting. */
#ifndef SOFTSIGN_COMPILER_H
#define SOFTSIGN_COMPILER_H

#include <stddef.h>

/* Pastes a_b and a_b_c after expanding the arguments. */
#define JOIN(a, b) JOIN_(a, b)
#define JOIN_(a, b) a##_##b
#define JOIN3(a, b, c) JOIN3_(a, b, c)
#define JOIN3_(a, b, c) a##_##b##_##c

/* SHARED declares an atomic variable: _Atomic with sequential consistency, or with MSVC, whose C11
 * lacks <stdatomic.h> by default, volatile under /volatile:ms: acquire and release. There a 64-bit
 * access on a 32-bit CPU may tear, so a 64-bit SHARED may only be read for a compare-and-swap, or
 * where one half of it decides.
 *
 * shared_add returns the previous value. shared_compare_swap returns whether it succeeded. */
#ifdef _MSC_VER

#include <intrin.h>
#include <stdint.h>

#pragma fp_contract(off) /* /fp:precise contracts before Visual Studio 2022 */

#define SHARED volatile
#define ALWAYS_INLINE __forceinline
#define NOINLINE __declspec(noinline)
#define LIKELY(condition) (condition)
#define THREAD_LOCAL __declspec(thread)

static __forceinline uint32_t shared_add(SHARED uint32_t *word, uint32_t n)
{
    return (uint32_t)_InterlockedExchangeAdd((volatile long *)word, (long)n);
}
static __forceinline int shared_compare_swap(SHARED uint64_t *word, uint64_t old, uint64_t new)
{
    return _InterlockedCompareExchange64((volatile __int64 *)word, (__int64)new, (__int64)old) ==
           (__int64)old;
}

#else

#include <stdatomic.h>
#include <stdint.h>

#define SHARED _Atomic
#define ALWAYS_INLINE inline __attribute__((always_inline))
#define NOINLINE __attribute__((noinline))
#define LIKELY(condition) __builtin_expect(!!(condition), 1)
#define THREAD_LOCAL _Thread_local

static inline uint32_t shared_add(SHARED uint32_t *word, uint32_t n)
{
    return atomic_fetch_add(word, n);
}
static inline int shared_compare_swap(SHARED uint64_t *word, uint64_t old, uint64_t new)
{
    return atomic_compare_exchange_strong(word, &old, new);
}

#endif

/* A sequentially consistent store: visible to all threads before this one reads anything else. */
static inline void shared_store(SHARED uint64_t *word, uint64_t value)
{
    while (!shared_compare_swap(word, *word, value))
        continue;
}

#ifdef __clang__ /* A function declared in simd.h but not defined is an error, as with GCC and     \
                    MSVC. */
#pragma clang diagnostic error "-Wundefined-internal"
#endif

static inline size_t min_size(size_t a, size_t b) { return a < b ? a : b; }

enum { CACHE_LINE = 64 }; /* bytes; on CPUs with 128, such as Apple's, only speed depends on it */

/* Makes streaming stores visible before later stores. In NumPy the lock operations that follow do
 * so as well; the fence is for callers of the C loop. */
#if defined(__x86_64__) || defined(_M_X64)
#include <emmintrin.h>
static inline void store_fence(void) { _mm_sfence(); }
#else
static inline void store_fence(void) {}
#endif

/* Precedes a loop whose iterations are independent, even where output and input are one buffer.
 * Without it the compiler tests at run time whether buffers overlap, and runs the scalar loop in
 * place. */
#if defined(__clang__)
#define INDEPENDENT_ITERATIONS _Pragma("clang loop vectorize(assume_safety)")
#elif defined(__GNUC__)
#define INDEPENDENT_ITERATIONS _Pragma("GCC ivdep")
#else
#define INDEPENDENT_ITERATIONS __pragma(loop(ivdep))
#endif

#endif
