/* Portability layer of threads.c: threads of POSIX or Windows, how they are scheduled, and the
 * floating-point environment, which new threads do not inherit. */
#ifndef SOFTSIGN_SYSTEM_H
#define SOFTSIGN_SYSTEM_H

#if !defined(_WIN32) && !defined(_GNU_SOURCE)
#define _GNU_SOURCE /* before any other header: threads.c includes this one first */
#endif
#include <stdint.h>

/* Defined in threads.c. system_start runs it in a new thread with a stack of the system's usual
 * size: static thread-local storage of the process' libraries may take hundreds of KiB of it. */
static void worker(uint32_t generation);

#ifdef _WIN32

#define WIN32_LEAN_AND_MEAN
#define NOMINMAX
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
/* Windows has no fork: nothing to register. */
static inline int system_at_fork(void (*in_child)(void)) { return (void)in_child, 1; }

static inline uint64_t system_now(void)
{
    LARGE_INTEGER count, per_second;
    QueryPerformanceCounter(&count);
    QueryPerformanceFrequency(&per_second);
    return (uint64_t)((double)count.QuadPart * (1e9 / (double)per_second.QuadPart));
}

static DWORD WINAPI system_enter(void *generation)
{
    worker((uint32_t)(uintptr_t)generation);
    return 0;
}

static inline int system_start(uint32_t generation)
{
    HANDLE thread = CreateThread(NULL, 0, system_enter, (void *)(uintptr_t)generation, 0, NULL);
    return thread != NULL && CloseHandle(thread);
}

#else

#include <errno.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <time.h>
#include <unistd.h>
#ifdef __linux__
#include <sys/prctl.h>
#include <sys/resource.h>
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
    __asm__ volatile("isb"); /* "yield" is a no-op on most CPUs */
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

static void *system_enter(void *generation)
{
#ifdef __linux__
    prctl(PR_SET_NAME, "softsign_c");
#endif
    worker((uint32_t)(uintptr_t)generation);
    return NULL;
}

/* Blocks all signals in the new thread but those that it raises itself, as SIGBUS where a mapped
 * file was truncated: blocking them would keep the program's handler from reporting it. */
static inline int system_start(uint32_t generation)
{
    static const int own[] = {SIGSEGV, SIGBUS, SIGFPE, SIGILL};
    pthread_t thread;
    pthread_attr_t attributes;
    sigset_t blocked, previous;
    if (pthread_attr_init(&attributes) != 0)
        return 0;
    pthread_attr_setdetachstate(&attributes, PTHREAD_CREATE_DETACHED);
    sigfillset(&blocked);
    for (size_t k = 0; k < sizeof own / sizeof own[0]; k++)
        sigdelset(&blocked, own[k]);
    pthread_sigmask(SIG_SETMASK, &blocked, &previous);
    void *argument = (void *)(uintptr_t)generation;
    int started = pthread_create(&thread, &attributes, system_enter, argument) == 0;
    pthread_sigmask(SIG_SETMASK, &previous, NULL);
    pthread_attr_destroy(&attributes);
    return started;
}

#endif

#ifdef __linux__
/* What a new thread inherits from its creator. */
struct scheduling {
    cpu_set_t cpus;
    int niceness, policy;
};

/* Fills in the calling thread's; what the system refuses to tell stays as it is. */
static inline void system_look_up(struct scheduling *scheduling)
{
    cpu_set_t cpus;
    if (sched_getaffinity(0, sizeof cpus, &cpus) == 0)
        scheduling->cpus = cpus;
    errno = 0;
    int niceness = getpriority(PRIO_PROCESS, 0); /* -1 is a valid niceness */
    if (errno == 0)
        scheduling->niceness = niceness;
    int policy = sched_getscheduler(0); /* always fails with musl */
    if (policy >= 0)
        scheduling->policy = policy;
}

/* Whether a is constrained no more than b: has all of its CPUs, is no nicer, and has its policy or
 * SCHED_OTHER. A real-time policy does not count as freer: callers under
 * SCHED_OTHER do not share real-time workers. */
static inline int is_as_free(const struct scheduling *a, const struct scheduling *b)
{
    cpu_set_t both;
    CPU_AND(&both, &a->cpus, &b->cpus);
    return CPU_EQUAL(&both, &b->cpus) && a->niceness <= b->niceness &&
           (a->policy == b->policy || a->policy == SCHED_OTHER);
}
#else /* inherited in part, or not at all: all callers share the workers */
struct scheduling {
    char none;
};
static inline void system_look_up(struct scheduling *scheduling) { (void)scheduling; }
static inline int is_as_free(const struct scheduling *a, const struct scheduling *b)
{
    return (void)a, (void)b, 1;
}
#endif

/* The control word (exception masks, rounding mode, flush-to-zero) and the exception flags. */
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
/* Whether a floating-point exception raises a signal, which must reach the calling thread. */
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
