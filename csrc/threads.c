/* parallel_for over the caller and the workers of one pool, which are created at the first use.
 *
 * The caller publishes the work together with a number of free slots. A worker that takes a slot is
 * active until no chunk is left. The caller waits for active workers alone, so a worker that
 * sleeps, comes late, or does not exist in a forked child is never waited for. If the pool is busy,
 * the call runs serially. */
#include "system.h"
#include "compiler.h"
#include "softsign.h"

enum {
    /* ns: */
    BUSY_WAIT = 5000,         /* spin before sched_yield, which costs a system call */
    AWAKE = 50000,            /* spin before sleeping: the next call is often microseconds away */
    WAKING_PAYS_OFF = 25000,  /* for at least that much work: to wake a worker takes 10 to 13 us */
    SCHEDULING_AGE = 1000000, /* after which a thread's scheduling is looked up again */
    PAUSES = 16,              /* between two looks at the clock */
    MAX_SPINS = 4096,         /* looks before sleeping, in case the clock stands still */
};

/* pool.state packs three numbers: active workers, free slots, and the floating-point flags that
 * workers have raised. */
enum { ACTIVE = 0xffff, SLOT = ACTIVE + 1, SLOTS = 0xffff };
#define FLAGS_SHIFT 32
_Static_assert((int)SOFTSIGN_MAX_THREADS <= SLOTS, "a slot for each worker");

struct work {
    softsign_loop_body *body;
    void *data;
    size_t n, first, chunk;
    uint32_t chunks;
    struct float_control control;
};

/* Grouped by writer: the first line moves between the caller and each worker in every call,
 * 0.1 us a time; the second changes when a thread sleeps; the rest is the caller's own. */
static struct pool {
    _Alignas(CACHE_LINE) SHARED uint64_t state;
    struct work work;     /* written while no worker is active and no slot free */
    SHARED uint32_t next; /* chunk */
    _Alignas(CACHE_LINE) SHARED uint32_t sleeping_workers, waiting_callers;
    SHARED uint32_t generation;                /* workers of an older one end */
    _Alignas(CACHE_LINE) SHARED uint64_t busy; /* a caller owns the pool, and what follows */
    SHARED uint32_t refused;                   /* the system gave no thread */
    uint32_t workers;
    uint64_t call_began;          /* ns */
    uint64_t deferred;            /* ns of work that sleeping workers could have done */
    struct scheduling scheduling; /* of the workers */
    int process;
    system_lock lock;
    system_condition wake, done;
    uint32_t wakes; /* under the lock */
} pool = {.lock = SYSTEM_LOCK, .wake = SYSTEM_CONDITION, .done = SYSTEM_CONDITION};

static SHARED int num_threads = 1;
static THREAD_LOCAL int num_threads_local;

int softsign_num_threads(void) { return num_threads_local ? num_threads_local : num_threads; }

int softsign_set_num_threads(int n)
{
    int previous = num_threads;
    num_threads = n;
    pool.refused = 0; /* the system may give threads now */
    return previous;
}

int softsign_set_num_threads_local(int n)
{
    int previous = num_threads_local;
    num_threads_local = n;
    return previous;
}

/* Chunk 0 is the caller's. */
static void run_chunks(const struct work *work)
{
    while (pool.next < work->chunks) {
        uint32_t k = shared_add(&pool.next, 1);
        if (k < work->chunks) {
            size_t end = work->first + k * work->chunk;
            work->body(work->data, end - work->chunk, min_size(end, work->n));
        }
    }
}

static int none_active(void) { return ((uint32_t)pool.state & ACTIVE) == 0; }
static uint32_t free_slots(void) { return (uint32_t)pool.state / SLOT; }

static int take_slot(void)
{
    uint64_t state = pool.state;
    return (uint32_t)state >= SLOT && shared_compare_swap(&pool.state, state, state - SLOT + 1);
}

/* Also decrements the active count by 0 or 1. No chunk is left for the slots. */
static void close_slots(uint32_t leaving, uint32_t flags)
{
    uint64_t state, closed;
    do {
        state = pool.state;
        closed = (state & ~((uint64_t)SLOTS * SLOT)) - leaving;
    } while (!shared_compare_swap(&pool.state, state, closed | (uint64_t)flags << FLAGS_SHIFT));
}

/* Each of the two wakes two more while slots are free. The caller changes pool.state before it
 * reads pool.sleeping_workers, a worker the other way round, so one of them sees the other's
 * change. */
static void wake_two(void)
{
    system_acquire(&pool.lock);
    pool.wakes++;
    system_release(&pool.lock);
    system_signal(&pool.wake);
    if (free_slots() > 1)
        system_signal(&pool.wake);
}

static void sleep_until_woken(uint32_t generation)
{
    system_acquire(&pool.lock);
    shared_add(&pool.sleeping_workers, 1);
    uint32_t wakes = pool.wakes;
    while (wakes == pool.wakes && generation == pool.generation && free_slots() == 0)
        system_wait(&pool.wake, &pool.lock);
    shared_add(&pool.sleeping_workers, -1u);
    system_release(&pool.lock);
}

/* Spins until the condition holds or AWAKE has passed. Returns whether it holds. */
static int spin_until(int (*condition)(void))
{
    uint64_t begin = 0, waited = 0;
    for (int spins = 0; waited < AWAKE && spins < MAX_SPINS; spins++) {
        for (int pause = 0; pause < PAUSES; pause++) {
            if (condition())
                return 1;
            system_pause();
        }
        if (spins == 0)
            begin = system_now();
        if (waited > BUSY_WAIT)
            system_yield();
        waited = system_now() - begin;
    }
    return 0;
}

static void run_as_worker(void)
{
    if (free_slots() > 0 && pool.sleeping_workers > 0)
        wake_two();
    float_begin(&pool.work.control);
    run_chunks(&pool.work);
    close_slots(1, float_flags());
    if (pool.waiting_callers > 0) {
        system_acquire(&pool.lock);
        system_signal(&pool.done);
        system_release(&pool.lock);
    }
}

/* What a thread of system_start runs. */
static void worker(uint32_t generation)
{
    while (generation == pool.generation) {
        if (spin_until(take_slot))
            run_as_worker();
        else
            sleep_until_woken(generation);
    }
}

static void wait_for_workers(void)
{
    close_slots(0, 0);
    if (spin_until(none_active))
        return;
    system_acquire(&pool.lock);
    shared_add(&pool.waiting_callers, 1);
    while (!none_active())
        system_wait(&pool.done, &pool.lock);
    shared_add(&pool.waiting_callers, -1u);
    system_release(&pool.lock);
}

/* In a forked child, where no worker exists and the lock may be held by one of the parent's. */
static void reset_after_fork(void)
{
    pool = (struct pool){.lock = SYSTEM_LOCK, .wake = SYSTEM_CONDITION, .done = SYSTEM_CONDITION};
}

/* Whether a fork bypassed reset_after_fork: the workers and the lock's owner are not here. */
static int is_orphaned(void) { return pool.process != system_process(); }

static void start_workers(uint32_t wanted)
{
    static int handles_fork;
    if (!handles_fork && !(handles_fork = system_at_fork(reset_after_fork)))
        return;
    if (pool.workers == 0)
        pool.process = system_process();
    for (; pool.workers < wanted && !pool.refused; pool.workers += !pool.refused)
        pool.refused = is_orphaned() || !system_start(pool.generation);
}

/* One that is spinning may still take a slot of the next call; it ends after that call. */
static void retire_workers(void)
{
    system_acquire(&pool.lock);
    pool.generation++;
    system_release(&pool.lock);
    for (; pool.workers > 0; pool.workers--)
        system_signal(&pool.wake);
}

/* A new thread inherits its creator's scheduling. A caller that is scheduled more freely than the
 * workers replaces them, so that the first caller does not constrain all others; one that is
 * scheduled less freely computes alone. Returns whether the workers are for this caller. */
static int match_scheduling(void)
{
    static THREAD_LOCAL uint64_t checked_at;
    static THREAD_LOCAL int matches;
    uint64_t now = system_now();
    if (matches && pool.workers > 0 && now - checked_at < SCHEDULING_AGE)
        return 1;
    struct scheduling caller = pool.scheduling;
    system_look_up(&caller);
    matches = pool.workers == 0 || is_as_free(&caller, &pool.scheduling);
    if (matches && !is_as_free(&pool.scheduling, &caller) && !is_orphaned())
        retire_workers();
    if (matches)
        pool.scheduling = caller;
    checked_at = now;
    return matches;
}

/* Returns how many workers may help. If any, the pool is the caller's. */
static uint32_t take_pool(uint32_t wanted)
{
    if (wanted == 0 || float_traps() || !shared_compare_swap(&pool.busy, 0, 1))
        return 0;
    uint32_t helpers = 0;
    if (match_scheduling()) {
        if (pool.workers < wanted && !pool.refused)
            start_workers(wanted);
        helpers = (uint32_t)min_size(pool.workers, wanted);
    }
    if (helpers == 0)
        pool.busy = 0;
    return helpers;
}

/* Whether the remaining work is worth waking sleeping workers for, or the work deferred in calls in
 * close succession is, since the calls to come profit. */
static int pays_to_wake(uint64_t begin, uint64_t remaining)
{
    pool.deferred = remaining + (begin - pool.call_began < AWAKE ? pool.deferred : 0);
    pool.call_began = begin;
    if (pool.deferred < WAKING_PAYS_OFF)
        return 0;
    pool.deferred = 0;
    return !is_orphaned();
}

/* While workers sleep, about a quarter of the first chunk is timed to estimate the remaining work.
 * The rest of the chunk is a multiple of 192 elements, which is one of cache lines: the probe ends
 * at one as well. */
static void run_first_chunk(const struct work *work)
{
    size_t probe = pool.sleeping_workers > 0 ? work->first - work->first / 256 * 192 : 0;
    if (probe > 0) {
        uint64_t begin = system_now();
        work->body(work->data, 0, probe);
        uint64_t took = system_now() - begin;
        if (pays_to_wake(begin, took * (work->n / probe - 1)))
            wake_two();
    }
    work->body(work->data, probe, work->first);
}

void softsign_parallel_for(softsign_loop_body *body, void *data, size_t n, size_t first,
                           size_t chunk, int threads)
{
    size_t chunks = n <= first ? 1 : 1 + (n - first + chunk - 1) / chunk;
    uint32_t helpers = take_pool(threads > 1 ? (uint32_t)min_size((size_t)threads, chunks) - 1 : 0);
    if (helpers == 0) {
        body(data, 0, n);
        return;
    }
    pool.work = (struct work){body, data, n, first, chunk, (uint32_t)chunks, float_control()};
    pool.next = 1;
    shared_store(&pool.state, (uint64_t)helpers * SLOT);
    run_first_chunk(&pool.work);
    run_chunks(&pool.work);
    wait_for_workers();
    float_raise((uint32_t)(pool.state >> FLAGS_SHIFT));
    pool.busy = 0;
}
