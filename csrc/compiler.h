/* What C11 leaves to the compilers, and the preprocessor to its users. */
#ifndef SOFTSIGN_COMPILER_H
#define SOFTSIGN_COMPILER_H

/* a_b, of the values of the macros a and b */
#define JOIN(a, b) JOIN_(a, b)
#define JOIN_(a, b) a##_##b

/* SHARED: written by one thread while others read; each reads the old or the new value, whole.
 * MSVC's C11 has no <stdatomic.h>, but reads and writes an aligned word whole. */
#ifdef _MSC_VER
#define SHARED volatile
#define ALWAYS_INLINE __forceinline
#else
#define SHARED _Atomic
#define ALWAYS_INLINE inline __attribute__((always_inline))
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
