"""Faults around the kernels: in the loop, the threads, the choice of kernels, and in Python."""

from fault import Fault, test

LOOP, POOL = "csrc/loop.c", "csrc/threads.c"

FAULTS = [
    Fault(
        "reductions in blocks",
        LOOP,
        "return in_step == out_step && in + in_step == out;",
        "return in_step && in_step == out_step && in + in_step == out;",
        test("loop"),
    ),
    Fault(
        "accumulations in blocks",
        LOOP,
        "return in_step == out_step && in + in_step == out;",
        "return in_step == out_step && in - in_step == out;",
        test("loop"),
    ),
    Fault(
        "scalar input copied never",
        LOOP,
        "(steps[k] != 0 || i == begin)",
        "(steps[k] != 0)",
        test("loop"),
    ),
    Fault(
        "blocks that overlap", LOOP, "i < end; i += m)", "i < end; i += m - (m > 1))", test("loop")
    ),
    Fault(
        "blocks shared by all threads",
        LOOP,
        "    _Alignas(CACHE_LINE) char blocks",
        "    static _Alignas(CACHE_LINE) char blocks",
        test("loop"),
    ),
    Fault(
        "overlapping taken for apart",
        LOOP,
        "loop.overlapping = is_overlapping(&loop);",
        "loop.overlapping = 0;",
        test("threads"),
    ),
    Fault(
        "stores past the cache unaligned",
        LOOP,
        "size_t head = begin == 0 ? min(head_of(loop), end) : begin;",
        "size_t head = begin;",
        test("loop"),
    ),
    Fault(
        "head lost",
        LOOP,
        ("    if (begin < head)\n        run(loop, begin, head, 0);\n"),
        "",
        test("loop"),
    ),
    Fault(
        "outputs that are not aligned alike, past the cache",
        LOOP,
        "(address - (uintptr_t)loop->args[job->inputs]) % CACHE_LINE",
        "0",
        test("loop"),
    ),
    Fault(
        "in place stored past the cache",
        LOOP,
        (
            "            if (is_same(loop, in, out))\n"
            "                return 0;\n"
            "    }\n"
            "    return 1;\n"
            "}\n"
            "\n"
            "static void copy"
        ),
        (
            "            if (loop->args[in] == NULL)\n"
            "                return 0;\n"
            "    }\n"
            "    return 1;\n"
            "}\n"
            "\n"
            "static void copy"
        ),
        test("loop"),
        "in place the results are the same either way: the condition is one of speed",
    ),
    Fault(
        "missing fence",
        LOOP,
        ("    store_fence();\n"),
        "",
        test("loop"),
        (
            "another thread may only read an output after a locked instruction of this one (the "
            "GIL's), which drains these stores as well; the fence is for callers of the C loop "
            "itself"
        ),
    ),
    Fault(
        "never past the cache",
        "softsign_c/__init__.py",
        "_lib.softsign_set_streaming_bytes(_cache)",
        "pass",
        test("loop"),
    ),
    Fault(
        "threads on overlapping arrays",
        LOOP,
        "if (threads > 1 && !loop.overlapping)",
        "if (threads > 1)",
        test("threads"),
    ),
    Fault(
        "last piece too long",
        POOL,
        "size_t end = k + 1 == work->pieces ? work->n : work->first + k * work->chunk;",
        "size_t end = work->first + k * work->chunk;",
        test("threads", "loop"),
    ),
    Fault("a piece left out", POOL, "pool.next = 1;", "pool.next = 2;", test("threads")),
    Fault(
        "the caller does not wait",
        POOL,
        ("    while (!none_inside())\n        system_wait(&pool.joined, &pool.lock);\n"),
        "",
        test("threads", "thread_faults"),
    ),
    Fault(
        "flags of the workers lost",
        POOL,
        "float_raise((uint32_t)(pool.state >> FLAGS_SHIFT));",
        "",
        test("threads", "thread_faults"),
    ),
    Fault(
        "control word of the workers their own",
        POOL,
        "float_begin(&pool.work.control);",
        "",
        test("threads", "thread_faults"),
    ),
    Fault(
        "pool not forgotten in a child",
        POOL,
        "    pool = (struct pool){",
        "    struct pool none = {",
        test("thread_forks"),
    ),
    Fault(
        "no threads at all",
        POOL,
        "uint32_t helpers = threads > 1 ? (uint32_t)threads - 1 : 0;",
        "uint32_t helpers = 0;",
        test("threads", "thread_faults"),
    ),
    Fault(
        "pool never given back",
        POOL,
        ("    float_raise((uint32_t)(pool.state >> FLAGS_SHIFT));\n    pool.taken = 0;"),
        "    float_raise((uint32_t)(pool.state >> FLAGS_SHIFT));",
        test("threads", "thread_faults"),
    ),
    Fault("two callers in the pool", POOL, "!shared_swap(&pool.taken, 0, 1)", "0", test("threads")),
    Fault(
        "a worker that keeps off the CPU it has left",
        "csrc/system.h",
        "            sched_setaffinity(0, sizeof all, &all);",
        "            ;",
        test("thread_faults"),
    ),
    Fault(
        "calls split only from twice the documented length on",
        LOOP,
        "loop.n < 2 * least ? 1",
        "loop.n < 4 * least ? 1",
        test("thread_faults"),
    ),
    Fault("a seat too many", POOL, "helpers * SEAT", "helpers * SEAT + SEAT", test("threads")),
    Fault(
        "signals taken by workers",
        "csrc/system.h",
        "sigfillset(&blocked);",
        "sigemptyset(&blocked);",
        test("thread_faults"),
    ),
    Fault(
        "a number of threads for all, not for this one",
        POOL,
        "return num_threads_local ? num_threads_local : num_threads;",
        "return num_threads;",
        test("num_threads", "torch"),
    ),
    Fault(
        "AVX2 where the system does not save it",
        "csrc/cpu.c",
        "(cpu.xcr0 & SSE_AND_AVX_STATE) == SSE_AND_AVX_STATE",
        "(cpu.xcr0 & SSE_AND_AVX_STATE) != 0",
        test("isa"),
    ),
    Fault(
        "cache without its last level",
        "csrc/cpu.c",
        "level < 8; level++",
        "level < 3; level++",
        test("loop"),
    ),
    Fault(
        "needs of another instruction set",
        "csrc/dispatch.c",
        "isas[isa]->needs & ~features",
        "isas[0]->needs & ~features",
        test("isa"),
    ),
    Fault(
        "the slowest by default",
        "softsign_c/_isa.py",
        "available_isas()[0])",
        "available_isas()[-1])",
        test("isa"),
    ),
    Fault(
        "context that does not return",
        "softsign_c/_setting.py",
        "        self._exchange(self._before.pop())",
        "        self._before.pop()",
        test("isa"),
    ),
    Fault(
        "no module to pickle by",
        "softsign_c/_ufunc.py",
        "ufunc.__module__ = ",
        "ufunc.__doc__ = ufunc.__doc__ or ",
        test("introspection"),
    ),
    Fault(
        "loops for the wrong dtypes",
        "softsign_c/_ufunc.py",
        'np.dtype(code) for code in "efd"',
        'np.dtype(code) for code in "fed"',
        test("contract"),
    ),
]
