"""The kernel refuses internet sockets to this process: Linux's seccomp, which needs no rights and cannot be undone.

It holds for all threads, for C libraries, and for every process that is started from here. A wall against what does not
know better, not a prison: a name may still be asked of the system's own resolver.
"""

import ctypes
import errno
import platform
import struct
import sys

# By processor: its number in the kernel's audit.h, and the numbers of two system calls.
_MACHINES = {"x86_64": (0xC000003E, 41, 317), "aarch64": (0xC00000B7, 198, 277)}  # …, socket, seccomp
_INTERNET = (2, 10)  # AF_INET, AF_INET6

_NO_NEW_PRIVILEGES = 38  # prctl: what is started from here gains no rights; only then may one filter without any
_FILTER, _ALL_THREADS = 1, 1  # seccomp: SECCOMP_SET_MODE_FILTER, SECCOMP_FILTER_FLAG_TSYNC
_ALLOW, _REFUSE = 0x7FFF0000, 0x00050000 | errno.EACCES
_LOAD, _IF_EQUAL, _RETURN = 0x20, 0x15, 0x06  # the filter's language, classic BPF
_CALL, _MACHINE, _FIRST_ARGUMENT = 0, 4, 16  # where these lie in what it is given (struct seccomp_data)


class _Program(ctypes.Structure):
    _fields_ = [("length", ctypes.c_ushort), ("steps", ctypes.c_void_p)]


def build() -> bool:
    """Refuse internet sockets from now on; False where this system or its kernel cannot."""
    if not sys.platform.startswith("linux") or platform.machine() not in _MACHINES or sys.maxsize < 2**32:
        return False
    machine, socket, seccomp = _MACHINES[platform.machine()]
    steps = ctypes.create_string_buffer(_filter(machine, socket))
    program = _Program(len(steps) // 8, ctypes.addressof(steps))
    try:
        kernel = ctypes.CDLL(None, use_errno=True)
        if kernel.prctl(_NO_NEW_PRIVILEGES, 1, 0, 0, 0):
            return False
        return bool(kernel.syscall(seccomp, _FILTER, _ALL_THREADS, ctypes.byref(program)) == 0)
    except (OSError, AttributeError):
        return False


def _filter(machine: int, socket: int) -> bytes:
    """Steps of (what, how many to skip if so, if not, number): refuses `socket` of the internet's families."""
    steps = [
        (_LOAD, 0, 0, _MACHINE),
        (_IF_EQUAL, 0, 5, machine),
        (_LOAD, 0, 0, _CALL),
        (_IF_EQUAL, 0, 3, socket),
        (_LOAD, 0, 0, _FIRST_ARGUMENT),
        (_IF_EQUAL, 2, 0, _INTERNET[0]),
        (_IF_EQUAL, 1, 0, _INTERNET[1]),
        (_RETURN, 0, 0, _ALLOW),
        (_RETURN, 0, 0, _REFUSE),
    ]
    return b"".join(struct.pack("HBBI", *step) for step in steps)
