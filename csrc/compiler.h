/* Portability layer: atomics, attributes, token pasting. */
#ifndef SOFTSIGN_COMPILER_H
#define SOFTSIGN_COMPILER_H

#include <stddef.h>

/* Pastes a_b and a_b_c after expanding the arguments. */
#define JOIN(a, b) JOIN_(a, b)
#define JOIN_(a, b) a##_##b
#define JOIN3(a, b, c) JOIN3_(a, b, c)
#define JOIN3_(a, b, c) a##_##b##_##c

/* SHARED is _Atomic with sequential consistency. MSVC's C11 has no <stdatomic.h>; with /volatile:ms
 * its volatile accesses of aligned words are atomic, acquire and release.
 *
 * shared_add returns the previous value. shared_swap, a compare-and-swap, returns whether the value
 * was old and is new now. */
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

/* Visible to all threads before anything that this one reads afterwards. */
static inline void shared_store(SHARED uint64_t *word, uint64_t value)
{
    while (!shared_swap(word, *word, value))
        continue;
}

#ifdef __clang__ /* A missing function of simd.h is an error, as with GCC and MSVC. */
#pragma clang diagnostic error "-Wundefined-internal"
#endif

static inline size_t min(size_t a, size_t b) { return a < b ? a : b; }

enum { CACHE_LINE = 64 }; /* bytes; a few CPUs have 128 */

/* Orders streaming stores before later stores, as seen by other threads. Releasing the GIL or
 * waking a thread does so too: only a caller of the C loop itself could notice that this is
 * missing. */
#if defined(__x86_64__) || defined(_M_X64)
#include <emmintrin.h>
static inline void store_fence(void) { _mm_sfence(); }
#else
static inline void store_fence(void) {}
#endif

/* Stands before a loop that has no dependences between its iterations. Without it the compiler
 * tests at run time whether buffers overlap, and runs the scalar loop when output and input are the
 * same. */
#if defined(__clang__)
#define INDEPENDENT_ITERATIONS _Pragma("clang loop vectorize(assume_safety)")
#elif defined(__GNUC__)
#define INDEPENDENT_ITERATIONS _Pragma("GCC ivdep")
#else
#define INDEPENDENT_ITERATIONS __pragma(loop(ivdep))
#endif

#endif
