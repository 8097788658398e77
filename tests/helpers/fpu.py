"""The floating-point unit of the calling thread, set otherwise than usual."""

import ctypes


class FloatingPointUnit:
    """The control word of this thread, in the C library's environment of x86-64: MXCSR."""

    FLUSH_RESULTS = 0x8000  # "flush to zero": subnormal results are 0
    FLUSH_OPERANDS = 0x0040  # "denormals are zero": subnormal operands are
    FLUSH_TO_ZERO = FLUSH_RESULTS | FLUSH_OPERANDS
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
