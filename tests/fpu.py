"""The floating-point unit of the calling thread, set otherwise than usual."""

import ctypes


class FloatingPointUnit:
    """The control word of this thread, in the C library's environment of x86-64: MXCSR."""

    FLUSH_TO_ZERO = 0x8040  # results and operands that are subnormal
    ROUND_UP = 0x4000
    MASK_OF_INVALID = 0x80  # without which an invalid operation is a signal
    FLAGS = 0x3F  # raised by calculating; no control

    def __init__(self):
        self.library = ctypes.CDLL(None)
        self.environment = (ctypes.c_uint32 * 8)()

    @property
    def control(self):
        self.library.fegetenv(self.environment)
        return self.environment[7] & ~self.FLAGS

    @control.setter
    def control(self, word):
        self.library.fegetenv(self.environment)
        self.environment[7] = word
        self.library.fesetenv(self.environment)
