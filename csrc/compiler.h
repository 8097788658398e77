/* What C11 leaves to the compilers, and the preprocessor to its users. */
#ifndef SOFTSIGN_COMPILER_H
#define SOFTSIGN_COMPILER_H

/* a_b, of the values of the macros a and b */
#define JOIN(a, b) JOIN_(a, b)
#define JOIN_(a, b) a##_##b

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
