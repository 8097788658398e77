"""Runs a static program for x86-64 Linux on an emulated CPU that has AVX-512.

    python tests/proof/emulated.py PROGRAM [WORD...]

The CPU is Bochs', from bochscpu-python 0.4.0. Version 0.3.1, like Debian's Bochs 2.7, rounds ties
of subnormal float16 wrongly, and QEMU has no AVX-512. There is no operating system: addresses are
mapped one to one, the program runs in ring 0, and this script answers the few system calls of a
program that computes and prints. It has no threads, signals or files.
"""

import ctypes
import mmap
import os
import struct
import sys
import time
from pathlib import Path

sys.setdlopenflags(os.RTLD_LAZY)  # the library names functions of glibc 2.38 that it does not call

import bochscpu  # noqa: E402
import bochscpu.cpu  # noqa: E402
import bochscpu.memory  # noqa: E402

PAGE, SIZE = 4096, 128 << 20
START = SIZE - PAGE  # code that enables AVX-512's registers and jumps to the program
ON_SYSTEM_CALL = START + PAGE // 2  # reached by syscall; a hook takes over
STACK = START - PAGE  # grows down
MAPPED = SIZE - (16 << 20)  # mmap's memory, grows down
# xor ecx, ecx; xor edx, edx; mov eax, 0xe7; xsetbv; xor eax, eax; jmp rbx
START_CODE = bytes.fromhex("31c931d2b8e70000000f01d131c0ffe3")
LOADED, INVALID, DIVISION = 1, 6, 0  # a segment's kind; exceptions
SIGFPE, SIGILL, SIGSEGV = 8, 4, 11


class Machine:
    """Memory and the answers to system calls."""

    def __init__(self, words: list[str]) -> None:
        self.ram = mmap.mmap(-1, SIZE)
        self.status = 0
        self.mapped = MAPPED
        host = ctypes.addressof(ctypes.c_char.from_buffer(self.ram))
        for address in range(0, SIZE, PAGE):
            bochscpu.memory.page_insert(address, host + address)
        self.put("<Q", 1 * PAGE, 2 * PAGE | 7)  # page tables, without the first 2 MiB: NULL
        self.put("<Q", 2 * PAGE, 3 * PAGE | 7)
        for k in range(1, SIZE >> 21):
            self.put("<Q", 3 * PAGE + 8 * k, k << 21 | 0x87)
        self.ram[START : START + len(START_CODE)] = START_CODE
        self.load(Path(words[0]).read_bytes())
        self.push(words)

    def put(self, layout: str, address: int, *values: int) -> None:
        struct.pack_into(layout, self.ram, address, *values)

    def load(self, program: bytes) -> None:
        kind, machine, self.entry, headers = struct.unpack_from("<HH4xQQ", program, 16)
        size, count = struct.unpack_from("<HH", program, 54)
        if (kind, machine) != (2, 62):
            sys.exit("no static program for x86-64: link it with -static")
        self.headers, self.end = (3, 0, 4, size, 5, count), 0
        for at in range(headers, headers + count * size, size):
            kind, offset, address, in_file, in_memory = struct.unpack_from(
                "<I4xQQ8xQQ", program, at
            )
            if kind != LOADED:
                continue
            self.ram[address : address + in_file] = program[offset : offset + in_file]
            self.end = max(self.end, -(-(address + in_memory) // PAGE) * PAGE)
            if offset <= headers < offset + in_file:
                self.headers = (3, address + headers - offset, 4, size, 5, count)
        self.top = self.end

    def push(self, words: list[str]) -> None:
        """Lay out what a program finds on its stack: arguments, environment, auxiliary vector."""
        at, pointers = STACK, []
        for word in words:
            encoded = word.encode() + b"\0"
            at -= len(encoded)
            self.ram[at : at + len(encoded)] = encoded
            pointers.append(at)
        auxiliary = [*self.headers, 6, PAGE, 9, self.entry, 23, 0, 25, START + 64, 0, 0]
        block = [len(words), *pointers, 0, 0, *auxiliary]
        self.stack = (at - 8 * len(block)) // 64 * 64
        self.put(f"<{len(block)}Q", self.stack, *block)

    def answer(self, cpu: object, call: int, a: int, b: int, c: int) -> int:
        match call:
            case 1:  # write
                return os.write(a, self.ram[b : b + c])
            case 9:  # mmap, of memory
                self.mapped -= -(-b // PAGE) * PAGE
                return self.mapped
            case 12:  # brk
                self.top = a if self.end <= a < MAPPED // 2 else self.top
                return self.top
            case 158 if a == 0x1002:  # arch_prctl: FS, for thread-local variables
                segment = cpu.fs
                segment.base = b
                cpu.fs = segment
                return 0
            case 228:  # clock_gettime
                self.put("<QQ", b, *divmod(time.time_ns(), 10**9))
                return 0
            case 60 | 231:  # exit
                self.status = a
                session.stop()
                return 0
            case 10 | 11 | 218 | 273:  # mprotect, munmap, set_tid_address, set_robust_list
                return 0
        return -38  # ENOSYS


def on_far_branch(session: object, *_: object) -> None:
    cpu = session.cpu
    cpu.rax = machine.answer(cpu, cpu.rax, cpu.rdi, cpu.rsi, cpu.rdx) % 2**64
    cpu.rip = cpu.rcx


def on_exception(session: object, _: int, vector: int, *__: object) -> None:
    machine.status = 128 + {DIVISION: SIGFPE, INVALID: SIGILL}.get(vector, SIGSEGV)
    print(f"exception {vector} at {session.cpu.rip:#x}", file=sys.stderr)
    session.stop()


machine = Machine(sys.argv[1:])
session = bochscpu.Session()
session.missing_page_handler = lambda _: os._exit(128 + SIGSEGV)
state = session.cpu.state
bochscpu.cpu.set_long_mode(state)
state.cr0, state.cr3, state.cr4, state.efer = 0x80000033, PAGE, 0x40620, 0xD01
state.star, state.lstar, state.sfmask, state.rflags = 8 << 32, ON_SYSTEM_CALL, 0, 2
state.mxcsr, state.mxcsr_mask, state.fpcw, state.fptw = 0x1F80, 0xFFFF, 0x37F, 0xFFFF
for register in ("cs", "ds", "es", "fs", "gs", "ss"):
    segment = bochscpu.Segment()
    segment.present, segment.base, segment.limit = True, 0, 0xFFFFFFFF
    segment.selector, segment.attr = (8, 0xA09B) if register == "cs" else (16, 0xC093)
    setattr(state, register, segment)
state.rip, state.rsp, state.rbx = START, machine.stack, machine.entry
session.cpu.state = state
hook = bochscpu.Hook()
hook.far_branch, hook.exception = on_far_branch, on_exception
session.run([hook])
os._exit(machine.status)  # without the library's destructors
