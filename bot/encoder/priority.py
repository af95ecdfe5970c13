"""Who computes first where both want the same processor: the event loop, for which everybody waits, and after it the
thread of the encoder, for which one person waits. Only Linux knows priorities of single threads; elsewhere all are
equal."""

import ctypes
import os
import platform
import sys
from contextlib import suppress

NICER = 5
"""How much nicer the encoder's thread is: a third of the time of one that is not, so that it is still in time on a
machine where ten others want each processor."""

SLICE_NS = 100_000
"""The shortest that Linux takes. Whoever asks for so little at a time is let in before who computes on."""

_NUMBERS = {"x86_64": 314, "aarch64": 274}
"""Of the system call `sched_setattr`, by processor (64 bits); the C library has no name for it."""


class _Attributes(ctypes.Structure):
    """`struct sched_attr` in its first version: see sched_setattr(2)."""

    _fields_ = (
        ("size", ctypes.c_uint32),
        ("policy", ctypes.c_uint32),
        ("flags", ctypes.c_uint64),
        ("nice", ctypes.c_int32),
        ("priority", ctypes.c_uint32),
        ("runtime", ctypes.c_uint64),
        ("deadline", ctypes.c_uint64),
        ("period", ctypes.c_uint64),
    )


def let_others_first() -> None:
    """From now on this thread gives way to others."""
    if sys.platform == "linux":
        with suppress(OSError):  # a sandbox may forbid it
            os.nice(NICER)


def come_in_at_once() -> bool:
    """From now on this thread, and those it starts, wait for a processor as little as can be (Linux 6.12 or newer),
    without getting more of it. Returns whether that was taken; a sandbox may forbid it, and nothing is lost then."""
    number = _NUMBERS.get(platform.machine())
    if sys.platform != "linux" or number is None or sys.maxsize < 2**32:
        return False
    with suppress(OSError, AttributeError):
        if os.sched_getscheduler(0) == os.SCHED_OTHER:  # else an operator has decided
            nice = os.getpriority(os.PRIO_PROCESS, 0)  # it stays what it is
            asked = _Attributes(size=ctypes.sizeof(_Attributes), nice=nice, runtime=SLICE_NS)
            return bool(ctypes.CDLL(None).syscall(number, 0, ctypes.byref(asked), 0) == 0)
    return False
