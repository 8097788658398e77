/* What -fsanitize=thread calls at each access, here to widen the windows of races: now and then
 * there is a delay before or after an atomic access. The clock advances by 10 us when it is read,
 * so that spinning threads go to sleep all the time. The last arguments, memory orders, are
 * ignored: all accesses are sequentially consistent. */
#define _GNU_SOURCE
#include <sched.h>
#include <stdatomic.h>
#include <stddef.h>
#include <stdint.h>
#include <time.h>

static void delay(void)
{
    static _Thread_local uint64_t random;
    random = (random + (uintptr_t)&random) * 6364136223846793005u + 1442695040888963407u;
    if (random >> 56 == 0)
        nanosleep(&(struct timespec){.tv_nsec = (long)(random >> 32 & 0x1ffff)}, NULL);
    else if (random >> 60 == 1)
        sched_yield();
}

int clock_gettime(clockid_t clock, struct timespec *now)
{
    static _Atomic long reads;
    long us = 1000000 + 10 * ++reads;
    (void)clock;
    *now = (struct timespec){.tv_sec = us / 1000000, .tv_nsec = us % 1000000 * 1000};
    return 0;
}

/* Between a delay before it and one after it. */
#define DELAYED(type, access)                                                                      \
    delay();                                                                                       \
    type result = access;                                                                          \
    delay();                                                                                       \
    return result

#define ATOMICS(type, bits)                                                                        \
    type __tsan_atomic##bits##_load(const _Atomic type *word) { DELAYED(type, *word); }            \
    type __tsan_atomic##bits##_store(_Atomic type *word, type value)                               \
    {                                                                                              \
        DELAYED(type, (*word = value, value));                                                     \
    }                                                                                              \
    type __tsan_atomic##bits##_fetch_add(_Atomic type *word, type value)                           \
    {                                                                                              \
        DELAYED(type, atomic_fetch_add(word, value));                                              \
    }                                                                                              \
    int __tsan_atomic##bits##_compare_exchange_strong(_Atomic type *word, type *old, type new)     \
    {                                                                                              \
        DELAYED(int, atomic_compare_exchange_strong(word, old, new));                              \
    }                                                                                              \
    type __tsan_atomic##bits##_compare_exchange_val(_Atomic type *word, type old, type new)        \
    {                                                                                              \
        __tsan_atomic##bits##_compare_exchange_strong(word, &old, new);                            \
        return old;                                                                                \
    }
ATOMICS(uint32_t, 32)
ATOMICS(uint64_t, 64)

#define PLAIN_ACCESS(bytes)                                                                        \
    void __tsan_read##bytes(void *address) { (void)address; }                                      \
    void __tsan_write##bytes(void *address) { (void)address; }
PLAIN_ACCESS(1)
PLAIN_ACCESS(2)
PLAIN_ACCESS(4)
PLAIN_ACCESS(8)
PLAIN_ACCESS(16)
void __tsan_read_range(void *begin, size_t bytes) { (void)begin, (void)bytes; }
void __tsan_write_range(void *begin, size_t bytes) { (void)begin, (void)bytes; }
void __tsan_func_entry(void *caller) { (void)caller; }
void __tsan_func_exit(void) {}
void __tsan_init(void) {}
