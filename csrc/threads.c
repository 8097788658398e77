/* A range split over threads: the caller's and those of one pool, made at the first use.
 *
 * The caller publishes the work with a number of seats. A worker that takes one is inside until no
 * piece is left; the caller waits for those inside alone, so that a worker that sleeps, or came too
 * late, or does not exist any more in a forked child, is never waited for. Who finds the pool taken
 * computes alone. */
#include "system.h"
#include "compiler.h"
#include "softsign.h"

enum {
    /* ns: */
    BUSY_WAIT = 5000,    /* before others may have the CPU, which costs a call of the system */
    AWAKE = 50000,       /* before going to sleep: the next call is often some microseconds away */
    WAKING = 25000,      /* what it takes to wake a sleeper, 10 to 13 us, comes in by */
    PAUSES = 16,         /* between two looks at the clock */
    CROWDED = 100000000, /* for which to keep the CPU after others had it for longer than AWAKE */
};

/* pool.state in three parts: how many are inside, how many seats are free, and the floating-point
 * flags that those have raised who were inside. */
enum { INSIDE = 0xffff, SEAT = INSIDE + 1, SEATS = 0xffff };
#define FLAGS_SHIFT 32

struct work {
    softsign_part *part;
    void *job;
    size_t n, first, chunk;
    uint32_t pieces;
    struct float_control control;
};

/* What is written often keeps away from what is read often. The first line goes back and forth
 * between the caller and each worker: 0.1 us a time. */
static struct pool {
    _Alignas(CACHE_LINE) SHARED uint64_t state;
    struct work work;     /* written while none is inside and no seat is free */
    SHARED uint32_t next; /* piece */
    _Alignas(CACHE_LINE) SHARED uint32_t sleeping, joining; /* workers; whether the caller sleeps */
    _Alignas(CACHE_LINE) SHARED uint64_t taken; /* by a caller, to whom belongs what follows */
    SHARED uint32_t refused;                    /* the system has no more threads */
    uint32_t workers;
    uint64_t began, missed; /* ns: when a call did; what sleepers could have done since */
    int process;
    system_lock lock;
    system_condition wake, joined;
    uint32_t wakes;          /* under the lock */
    SHARED int waker;        /* the CPU of who did so last */
    SHARED uint32_t stuck;   /* whether the last to be woken has not come, or found itself there */
    SHARED uint64_t crowded; /* ns: when others took the CPU that was for who was stuck */
} pool = {.lock = SYSTEM_LOCK, .wake = SYSTEM_CONDITION, .joined = SYSTEM_CONDITION};

static SHARED int num_threads = 1;
static THREAD_LOCAL int num_threads_local;

int softsign_num_threads(void) { return num_threads_local ? num_threads_local : num_threads; }

void softsign_set_num_threads(int n)
{
    num_threads = n;
    pool.refused = 0; /* there may be threads now */
}

int softsign_set_num_threads_local(int n)
{
    int before = num_threads_local;
    num_threads_local = n;
    return before;
}

/* Any but the first. */
static void run_piece(const struct work *work, size_t k)
{
    size_t end = k + 1 == work->pieces ? work->n : work->first + k * work->chunk;
    work->part(work->job, work->first + (k - 1) * work->chunk, end);
}

static void run_pieces(const struct work *work)
{
    while (pool.next < work->pieces) {
        uint32_t k = shared_add(&pool.next, 1);
        if (k < work->pieces)
            run_piece(work, k);
        if (k + 1 >= work->pieces)
            return;
    }
}

static uint32_t inside(void) { return (uint32_t)pool.state & INSIDE; }
static uint32_t free_seats(void) { return (uint32_t)pool.state / SEAT; }

static int take_seat(void)
{
    uint64_t state = pool.state;
    return (uint32_t)state >= SEAT && shared_swap(&pool.state, state, state - SEAT + 1);
}

/* One leaves who was inside, or none: there is no piece left, so there is no seat either. */
static void leave(uint32_t one, uint32_t flags)
{
    uint64_t state, none_free;
    do {
        state = pool.state;
        none_free = (state & ~((uint64_t)SEATS * SEAT)) - one;
    } while (!shared_swap(&pool.state, state, none_free | (uint64_t)flags << FLAGS_SHIFT));
}

/* Lets a woken thread that waits for this CPU leave it at once, and not after some milliseconds;
 * but if others wait for it as well, it is they who have it for that long. */
static void yield_to_woken(void)
{
    uint64_t begin = system_now();
    if (begin - pool.crowded < CROWDED)
        return;
    system_yield();
    uint64_t end = system_now();
    if (end - begin > AWAKE)
        pool.crowded = end;
}

/* Two, of whom each wakes two more while there are seats. Always after the caller has changed
 * pool.state, as workers look at it after they have changed pool.sleeping: one sees the other. */
static void wake_two(void)
{
    uint32_t stuck = pool.stuck;
    system_acquire(&pool.lock);
    pool.wakes++;
    pool.waker = system_cpu();
    pool.stuck = 1;
    system_release(&pool.lock);
    system_signal(&pool.wake);
    if (free_seats() > 1)
        system_signal(&pool.wake);
    if (stuck)
        yield_to_woken();
}

static void sleep_until_woken(void)
{
    system_acquire(&pool.lock);
    shared_add(&pool.sleeping, 1);
    for (uint32_t wakes = pool.wakes; wakes == pool.wakes && free_seats() == 0;)
        system_wait(&pool.wake, &pool.lock);
    shared_add(&pool.sleeping, -1u);
    system_release(&pool.lock);
    pool.stuck = system_leave(pool.waker);
}

static int none_inside(void) { return inside() == 0; }

/* Returns whether it was done in the time in which to stay awake. */
static int awaited(int (*done)(void))
{
    for (uint64_t begin = 0, waited = 0; waited < AWAKE; waited = system_now() - begin) {
        for (int pause = 0; pause < PAUSES; pause++) {
            if (done())
                return 1;
            system_pause();
        }
        if (begin == 0)
            begin = system_now();
        if (waited > BUSY_WAIT)
            system_yield();
    }
    return 0;
}

static void work_inside(void)
{
    if (free_seats() > 0 && pool.sleeping)
        wake_two();
    float_begin(&pool.work.control);
    run_pieces(&pool.work);
    leave(1, float_flags());
    if (pool.joining) {
        system_acquire(&pool.lock);
        system_signal(&pool.joined);
        system_release(&pool.lock);
    }
}

static void work_forever(void)
{
    for (;;) {
        if (awaited(take_seat))
            work_inside();
        else
            sleep_until_woken();
    }
}

static void join(void)
{
    leave(0, 0);
    if (awaited(none_inside))
        return;
    system_acquire(&pool.lock);
    shared_add(&pool.joining, 1);
    while (!none_inside())
        system_wait(&pool.joined, &pool.lock);
    shared_add(&pool.joining, -1u);
    system_release(&pool.lock);
}

/* In the child of a fork, where no worker is, and the lock may be held by one. */
static void forget(void)
{
    pool = (struct pool){.lock = SYSTEM_LOCK, .wake = SYSTEM_CONDITION, .joined = SYSTEM_CONDITION};
}

static void start_workers(uint32_t wanted)
{
    static void (*const body)(void) = work_forever;
    static int fork_is_noticed;
    if (!fork_is_noticed && !(fork_is_noticed = system_at_fork(forget)))
        return;
    pool.process = system_process();
    for (; pool.workers < wanted && !pool.refused; pool.workers += !pool.refused)
        pool.refused = !system_start(&body);
}

/* Returns how many may help. If any, the pool is the caller's. */
static uint32_t take_pool(uint32_t wanted)
{
    if (wanted == 0 || float_traps() || !shared_swap(&pool.taken, 0, 1))
        return 0;
    if (pool.workers < wanted && !pool.refused)
        start_workers(wanted);
    if (pool.workers == 0)
        pool.taken = 0;
    return pool.workers < wanted ? pool.workers : wanted;
}

/* Whether sleepers are to be woken: if what is left takes longer than waking does, or what was left
 * in calls that followed on each other, as those to come will profit. */
static int pays_to_wake(uint64_t begin, uint64_t left)
{
    pool.missed = left + (begin - pool.began < AWAKE ? pool.missed : 0);
    pool.began = begin;
    if (pool.missed < WAKING)
        return 0;
    pool.missed = 0;
    return pool.process == system_process(); /* or past forget the lock is held by nobody */
}

/* In two parts where workers sleep: the first shows how long the rest will take. */
static void run_first_piece(const struct work *work)
{
    size_t rest = pool.sleeping ? work->first / 256 * 192 : work->first;
    size_t probe = work->first - rest;
    if (probe > 0) {
        uint64_t begin = system_now();
        work->part(work->job, 0, probe);
        uint64_t took = system_now() - begin;
        if (pays_to_wake(begin, took * (work->n / probe - 1)))
            wake_two();
    }
    work->part(work->job, probe, work->first);
}

void softsign_parallel_for(softsign_part *part, void *job, size_t n, size_t first, size_t chunk,
                           int threads)
{
    size_t pieces = n <= first ? 1 : 1 + (n - first + chunk - 1) / chunk;
    uint32_t helpers = threads > 1 ? (uint32_t)threads - 1 : 0;
    helpers = take_pool(helpers < pieces ? helpers : (uint32_t)pieces - 1);
    if (helpers == 0) {
        part(job, 0, n);
        return;
    }
    pool.work = (struct work){part, job, n, first, chunk, (uint32_t)pieces, float_control()};
    pool.next = 1;
    shared_swap(&pool.state, pool.state, (uint64_t)helpers * SEAT);
    run_first_piece(&pool.work);
    run_pieces(&pool.work);
    join();
    float_raise((uint32_t)(pool.state >> FLAGS_SHIFT));
    pool.taken = 0;
}
