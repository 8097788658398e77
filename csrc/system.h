/* What threads.c asks of the system and of its floating-point unit: POSIX threads or those of
 * Windows, the control word that new threads do not inherit, and the flags. */
#ifndef SOFTSIGN_SYSTEM_H
#define SOFTSIGN_SYSTEM_H

/* bytes of a worker: ten times what a kernel needs, a thirtieth of the usual */
enum { STACK = 1 << 18 };

#ifdef _WIN32

#define WIN32_LEAN_AND_MEAN
#define NOMINMAX
#include <stdint.h>
#include <windows.h>

typedef SRWLOCK system_lock;
typedef CONDITION_VARIABLE system_condition;
#define SYSTEM_LOCK SRWLOCK_INIT
#define SYSTEM_CONDITION CONDITION_VARIABLE_INIT

static inline void system_acquire(system_lock *lock) { AcquireSRWLockExclusive(lock); }
static inline void system_release(system_lock *lock) { ReleaseSRWLockExclusive(lock); }
static inline void system_signal(system_condition *condition) { WakeConditionVariable(condition); }
static inline void system_wait(system_condition *condition, system_lock *lock)
{
    SleepConditionVariableSRW(condition, lock, INFINITE, 0);
}

static inline void system_pause(void) { YieldProcessor(); }
static inline void system_yield(void) { SwitchToThread(); }
static inline int system_process(void) { return (int)GetCurrentProcessId(); }
static inline int system_at_fork(void (*in_child)(void)) { return in_child != NULL; } /* no fork */

static inline uint64_t system_now(void)
{
    LARGE_INTEGER count, per_second;
    QueryPerformanceCounter(&count);
    QueryPerformanceFrequency(&per_second);
    return (uint64_t)((double)count.QuadPart * (1e9 / (double)per_second.QuadPart));
}

static DWORD WINAPI system_enter(void *body)
{
    (*(void (*const *)(void))body)();
    return 0;
}

static inline int system_start(void (*const *body)(void))
{
    HANDLE thread = CreateThread(NULL, STACK, system_enter, (void *)body,
                                 STACK_SIZE_PARAM_IS_A_RESERVATION, NULL);
    return thread != NULL && CloseHandle(thread);
}

#else

#define _GNU_SOURCE
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdint.h>
#include <time.h>
#include <unistd.h>
#ifdef __linux__
#include <sys/prctl.h>
#endif

typedef pthread_mutex_t system_lock;
typedef pthread_cond_t system_condition;
#define SYSTEM_LOCK PTHREAD_MUTEX_INITIALIZER
#define SYSTEM_CONDITION PTHREAD_COND_INITIALIZER

static inline void system_acquire(system_lock *lock) { pthread_mutex_lock(lock); }
static inline void system_release(system_lock *lock) { pthread_mutex_unlock(lock); }
static inline void system_signal(system_condition *condition) { pthread_cond_signal(condition); }
static inline void system_wait(system_condition *condition, system_lock *lock)
{
    pthread_cond_wait(condition, lock);
}

static inline void system_pause(void)
{
#if defined(__x86_64__) || defined(__i386__)
    __builtin_ia32_pause();
#elif defined(__aarch64__)
    __asm__ volatile("isb"); /* "yield" does nothing on most */
#endif
}

static inline void system_yield(void) { sched_yield(); }
static inline int system_process(void) { return (int)getpid(); }
static inline int system_at_fork(void (*in_child)(void))
{
    return pthread_atfork(NULL, NULL, in_child) == 0;
}

static inline uint64_t system_now(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (uint64_t)now.tv_sec * 1000000000 + (uint64_t)now.tv_nsec;
}

static void *system_enter(void *body)
{
#ifdef __linux__
    prctl(PR_SET_NAME, "softsign_c");
#endif
    (*(void (*const *)(void))body)();
    return NULL;
}

/* With all signals blocked but those of a fault in the thread itself (a memory-mapped file that was
 * cut short): to block them would keep the program's handler from reporting it. */
static inline int system_start(void (*const *body)(void))
{
    static const int faults[] = {SIGSEGV, SIGBUS, SIGFPE, SIGILL};
    pthread_t thread;
    pthread_attr_t attributes;
    sigset_t blocked, before;
    if (pthread_attr_init(&attributes) != 0)
        return 0;
    pthread_attr_setdetachstate(&attributes, PTHREAD_CREATE_DETACHED);
    pthread_attr_setstacksize(&attributes, STACK); /* refused where it is too little: the usual */
    sigfillset(&blocked);
    for (size_t k = 0; k < sizeof faults / sizeof faults[0]; k++)
        sigdelset(&blocked, faults[k]);
    pthread_sigmask(SIG_SETMASK, &blocked, &before);
    int started = pthread_create(&thread, &attributes, system_enter, (void *)body) == 0;
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    pthread_attr_destroy(&attributes);
    return started;
}

#endif

#ifdef __linux__
/* In a virtual machine the kernel takes a halted CPU for one that is not to be had, and leaves a
 * thread that is woken to wait for the CPU of who woke it. Returns whether the caller was there. */
static inline int system_leave(int cpu)
{
    cpu_set_t all, others;
    if (sched_getcpu() != cpu)
        return 0;
    if (sched_getaffinity(0, sizeof all, &all) == 0) {
        others = all;
        CPU_CLR(cpu, &others);
        if (sched_setaffinity(0, sizeof others, &others) == 0) /* not if there are none */
            sched_setaffinity(0, sizeof all, &all);
    }
    return 1;
}
static inline int system_cpu(void) { return sched_getcpu(); }
#else /* left to the scheduler */
static inline int system_leave(int cpu) { return (void)cpu, 0; }
static inline int system_cpu(void) { return 0; }
#endif

/* Which exceptions are raised, how to round, what subnormal numbers are taken for. */
#if defined(__x86_64__) || defined(_M_X64)

#include <immintrin.h>

struct float_control {
    unsigned word;
};
enum { FLOAT_FLAGS = 0x3f, FLOAT_MASKS = 0x1f80 };

static inline struct float_control float_control(void)
{
    return (struct float_control){_mm_getcsr() & ~(unsigned)FLOAT_FLAGS};
}
static inline void float_begin(const struct float_control *control) { _mm_setcsr(control->word); }
static inline uint32_t float_flags(void) { return _mm_getcsr() & FLOAT_FLAGS; }
static inline void float_raise(uint32_t flags) { _mm_setcsr(_mm_getcsr() | flags); }
/* Whether a flag is a signal, which is to reach the caller. */
static inline int float_traps(void) { return ~_mm_getcsr() & FLOAT_MASKS; }

#else

#include <fenv.h>

struct float_control {
    fenv_t environment;
};

static inline struct float_control float_control(void)
{
    struct float_control control;
    fegetenv(&control.environment);
    return control;
}
static inline void float_begin(const struct float_control *control)
{
    fesetenv(&control->environment);
    feclearexcept(FE_ALL_EXCEPT);
}
static inline uint32_t float_flags(void) { return (uint32_t)fetestexcept(FE_ALL_EXCEPT); }
static inline void float_raise(uint32_t flags) { feraiseexcept((int)flags); }
static inline int float_traps(void) { return 0; }

#endif

#endif
