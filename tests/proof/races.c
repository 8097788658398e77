/* Uses the pool of threads.c hard: several callers at once count each element, raise flags and
 * sleep now and then, while the number of threads changes; one more forks children that bypass
 * pthread_atfork, and that make a call each. Prints how many calls were helped by workers and how
 * many were wrong: an element not done exactly once, a flag lost, a child that hangs. No access of
 * the loop body is atomic, so a sanitizer sees a race.
 *
 *     races CALLERS CALLS CHILDREN
 */
#define _GNU_SOURCE
#include <fenv.h>
#include <pthread.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "softsign.h"

enum { MAX_LENGTH = 20000, MAX_THREADS = 6, MAX_CALLERS = 64, MINUTES = 300 /* s */ };
enum { BY_CALLER = 1, BY_WORKER = 16 }; /* what is added to an element that is done */

struct caller {
    pthread_t thread, self;
    uint64_t random;
    long calls, helped, wrong;
    size_t n, divides; /* the element at which the body divides by zero; n: at none */
    unsigned char done[MAX_LENGTH];
};

static uint64_t below(struct caller *caller, uint64_t bound)
{
    caller->random = caller->random * 6364136223846793005u + 1442695040888963407u;
    return (caller->random >> 33) % bound;
}

static void body(void *data, size_t begin, size_t end)
{
    struct caller *caller = data;
    int by = pthread_equal(pthread_self(), caller->self) ? BY_CALLER : BY_WORKER;
    for (size_t k = begin; k < end; k++)
        caller->done[k] += (unsigned char)by;
    volatile double zero = 0, quotient;
    if (begin <= caller->divides && caller->divides < end)
        quotient = 1 / zero;
    (void)quotient;
}

static void check(struct caller *caller)
{
    int right = (fetestexcept(FE_DIVBYZERO) != 0) == (caller->divides < caller->n), helped = 0;
    for (size_t k = 0; k < caller->n; k++) {
        right &= caller->done[k] == BY_CALLER || caller->done[k] == BY_WORKER;
        helped |= caller->done[k] == BY_WORKER;
    }
    caller->wrong += !right;
    caller->helped += helped;
}

static void call(struct caller *caller, int threads)
{
    size_t n = caller->n = 1 + below(caller, MAX_LENGTH), chunk = 1 + below(caller, n);
    caller->divides = below(caller, 2) ? below(caller, n) : n;
    memset(caller->done, 0, n);
    feclearexcept(FE_ALL_EXCEPT);
    softsign_parallel_for(body, caller, n, 1 + below(caller, chunk), chunk, threads);
    check(caller);
}

static void *call_often(void *data)
{
    struct caller *caller = data;
    caller->self = pthread_self();
    for (long k = 0; k < caller->calls; k++) {
        softsign_set_num_threads(1 + (int)below(caller, MAX_THREADS));
        call(caller, softsign_num_threads());
        if (below(caller, 20) == 0) /* until the workers sleep */
            nanosleep(&(struct timespec){.tv_nsec = (long)below(caller, 200000)}, NULL);
    }
    return NULL;
}

static void *fork_often(void *data)
{
    struct caller *caller = data;
    caller->self = pthread_self();
    for (long k = 0; k < caller->calls; k++) {
        int status, child = (int)syscall(SYS_clone, SIGCHLD, NULL, NULL, NULL, NULL);
        if (child == 0) {
            alarm(MINUTES);
            caller->wrong = 0;
            for (int threads = 2; threads < 2 * MAX_THREADS; threads++)
                call(caller, threads);
            _exit(caller->wrong > 0);
        }
        caller->wrong += waitpid(child, &status, 0) != child || status != 0;
    }
    return NULL;
}

int main(int count, char **arguments)
{
    static struct caller callers[MAX_CALLERS + 1];
    if (count != 4)
        return 2;
    int n = atoi(arguments[1]);
    long helped = 0, wrong = 0;
    for (int k = 0; k <= n; k++) {
        callers[k].random = (uint64_t)k;
        callers[k].calls = atol(arguments[k < n ? 2 : 3]);
        pthread_create(&callers[k].thread, NULL, k < n ? call_often : fork_often, &callers[k]);
    }
    for (int k = 0; k <= n; k++) {
        pthread_join(callers[k].thread, NULL);
        helped += callers[k].helped;
        wrong += callers[k].wrong;
    }
    printf("{\"helped\": %ld, \"wrong\": %ld}\n", helped, wrong);
    return 0;
}
