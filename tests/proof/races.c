/* Works the pool of threads.c hard: several callers at once, which count each element, raise flags
 * and sleep now and then, while the number of threads changes. Prints how many calls were helped by
 * workers and how many were wrong: an element not done exactly once, or a flag lost. A sanitizer
 * tells of races: no access here is atomic.
 *
 *     races CALLERS CALLS
 */
#define _POSIX_C_SOURCE 200809L
#include <fenv.h>
#include <pthread.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "softsign.h"

enum { LONGEST = 20000, MOST_THREADS = 6, MOST_CALLERS = 64 };
enum { BY_CALLER = 1, BY_WORKER = 16 }; /* what is added to an element that is done */

struct caller {
    pthread_t thread, self;
    uint64_t random;
    long calls, helped, wrong;
    size_t n, divides; /* the element at which a part divides by zero; n: at none */
    unsigned char done[LONGEST];
};

static uint64_t below(struct caller *caller, uint64_t bound)
{
    caller->random = caller->random * 6364136223846793005u + 1442695040888963407u;
    return (caller->random >> 33) % bound;
}

static void part(void *job, size_t begin, size_t end)
{
    struct caller *caller = job;
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

static void *call(void *job)
{
    struct caller *caller = job;
    caller->self = pthread_self();
    for (long k = 0; k < caller->calls; k++) {
        size_t n = caller->n = 1 + below(caller, LONGEST), chunk = 1 + below(caller, n);
        caller->divides = below(caller, 2) ? below(caller, n) : n;
        memset(caller->done, 0, n);
        feclearexcept(FE_ALL_EXCEPT);
        softsign_set_num_threads(1 + (int)below(caller, MOST_THREADS));
        softsign_parallel_for(part, caller, n, 1 + below(caller, chunk), chunk, softsign_num_threads());
        check(caller);
        if (below(caller, 20) == 0) /* until the workers sleep */
            nanosleep(&(struct timespec){.tv_nsec = (long)below(caller, 200000)}, NULL);
    }
    return NULL;
}

int main(int count, char **arguments)
{
    static struct caller callers[MOST_CALLERS];
    if (count != 3)
        return 2;
    int n = atoi(arguments[1]);
    long helped = 0, wrong = 0;
    for (int k = 0; k < n; k++) {
        callers[k].random = (uint64_t)k;
        callers[k].calls = atol(arguments[2]);
        pthread_create(&callers[k].thread, NULL, call, &callers[k]);
    }
    for (int k = 0; k < n; k++) {
        pthread_join(callers[k].thread, NULL);
        helped += callers[k].helped;
        wrong += callers[k].wrong;
    }
    printf("{\"helped\": %ld, \"wrong\": %ld}\n", helped, wrong);
    return 0;
}
