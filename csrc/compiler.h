/* What C11 leaves to the compilers, and the preprocessor to its users. */
#ifndef SOFTSIGN_COMPILER_H
#define SOFTSIGN_COMPILER_H

#include <stddef.h>

/* a_b and a_b_c, of the values of the macros a, b and c */
#define JOIN(a, b) JOIN_(a, b)
#define JOIN_(a, b) a##_##b
#define JOIN3(a, b, c) JOIN3_(a, b, c)
#define JOIN3_(a, b, c) a##_##b##_##c

/* SHARED: written by one thread while others read; each reads the old or the new value, whole, and
 * all that was written before it. MSVC's C11 has no <stdatomic.h>, but reads and writes an aligned
 * word whole, and in order with /volatile:ms.
 *
 * shared_add returns the word as it was before, shared_swap whether it was the old one and so is
 * the new one now. All threads see these in one order. */
#ifdef _MSC_VER

#include <intrin.h>
#include <stdint.h>

#define SHARED volatile
#define ALWAYS_INLINE __forceinline
#define NOINLINE __declspec(noinline)
#define LIKELY(condition) (condition)
#define THREAD_LOCAL __declspec(thread)

static __forceinline uint32_t shared_add(SHARED uint32_t *word, uint32_t n)
{
    return (uint32_t)_InterlockedExchangeAdd((volatile long *)word, (long)n);
}
static __forceinline int shared_swap(SHARED uint64_t *word, uint64_t old, uint64_t new)
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
static inline int shared_swap(SHARED uint64_t *word, uint64_t old, uint64_t new)
{
    return atomic_compare_exchange_strong(word, &old, new);
}

#endif

#ifdef __clang__ /* as GCC and MSVC do by themselves: a function that is owed and not there */
#pragma clang diagnostic error "-Wundefined-internal"
#endif

static inline size_t min(size_t a, size_t b) { return a < b ? a : b; }

enum { CACHE_LINE = 64 }; /* bytes, on all CPUs but a few that have 128 */

/* Between what was stored past the cache and what is stored afterwards, as other threads see it. */
#if defined(__x86_64__) || defined(_M_X64)
#include <emmintrin.h>
static inline void store_fence(void) { _mm_sfence(); }
#else
static inline void store_fence(void) {}
#endif

/* Before a loop: working in place is no dependence between its iterations. Without this the
 * compiler guards the vectorised loop with a test for overlap, and runs it one by one in place. */
#if defined(__clang__)
#define INDEPENDENT_ITERATIONS _Pragma("clang loop vectorize(assume_safety)")
#elif defined(__GNUC__)
#define INDEPENDENT_ITERATIONS _Pragma("GCC ivdep")
#else
#define INDEPENDENT_ITERATIONS __pragma(loop(ivdep))
#endif

#endif
