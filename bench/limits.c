/* NumPy-style loops that do one thing alone, the floors of every kernel, and what repeats any loop:
 * a call from Python would cost more than a short loop. */
#include <stddef.h>
#include <string.h>

typedef void loop(char **args, const ptrdiff_t *dims, const ptrdiff_t *steps, void *data);

#define DIVIDE(name, type)                                                                         \
    void name(char **args, const ptrdiff_t *dims, const ptrdiff_t *steps, void *data)              \
    {                                                                                              \
        const type *x = (const type *)args[0];                                                     \
        type *y = (type *)args[1];                                                                 \
        (void)steps, (void)data;                                                                   \
        for (ptrdiff_t i = 0; i < dims[0]; i++)                                                    \
            y[i] = 1 / x[i];                                                                       \
    }

DIVIDE(divide_float, float)
DIVIDE(divide_double, double)

void copy(char **args, const ptrdiff_t *dims, const ptrdiff_t *steps, void *data)
{
    (void)data;
    memcpy(args[1], args[0], (size_t)(dims[0] * steps[0]));
}

void repeat(loop *run, char **args, ptrdiff_t n, const ptrdiff_t *steps, void *data, int times)
{
    for (int k = 0; k < times; k++)
        run(args, &n, steps, data);
}
