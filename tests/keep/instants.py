"""Runs work in a child process and kills it at a chosen system call that changes a file: its n-th rename, say.

A seccomp filter hands each such call to the parent (user notification, Linux 5.5 and later), which lets it go on or kills
the whole process there: before the call takes effect, or while it runs.
"""

import ctypes
import fcntl
import json
import os
import platform
import select
import signal
import socket
import struct
import traceback
from collections.abc import Callable
from dataclasses import dataclass

_CALLS = {
    "x86_64": {
        "write": 1, "pwrite64": 18, "writev": 20, "pwritev": 296, "fsync": 74, "fdatasync": 75, "truncate": 76,
        "ftruncate": 77, "rename": 82, "mkdir": 83, "rmdir": 84, "link": 86, "unlink": 87, "mkdirat": 258,
        "unlinkat": 263, "renameat": 264, "linkat": 265, "fallocate": 285, "renameat2": 316, "copy_file_range": 326,
        "sendfile": 40, "openat": 257, "seccomp": 317,
    },
    "aarch64": {
        "write": 64, "pwrite64": 68, "writev": 66, "pwritev": 70, "fsync": 82, "fdatasync": 83, "truncate": 45,
        "ftruncate": 46, "mkdirat": 34, "unlinkat": 35, "renameat": 38, "linkat": 37, "fallocate": 47,
        "renameat2": 276, "copy_file_range": 285, "sendfile": 71, "openat": 56, "seccomp": 277,
    },
}[platform.machine()]  # fmt: skip
NAMES = {number: name for name, number in _CALLS.items()}
_O_CREAT = 0x40
_ALLOW, _NOTIFY = 0x7FFF0000, 0x7FC00000
_RECEIVE, _SEND = 0xC0502100, 0xC0182101
_LOAD, _EQUAL, _ANY_BIT, _RETURN = 0x20, 0x15, 0x45, 0x06


class _Instruction(ctypes.Structure):
    _fields_ = (
        ("code", ctypes.c_ushort),
        ("yes", ctypes.c_ubyte),
        ("no", ctypes.c_ubyte),
        ("k", ctypes.c_uint),
    )


class _Program(ctypes.Structure):
    _fields_ = (("length", ctypes.c_ushort), ("filter", ctypes.POINTER(_Instruction)))


@dataclass(frozen=True)
class Ran:
    """How a child ended: its exit code (-9 when killed), what it returned, and the calls it made that change files."""

    code: int
    answer: object
    calls: list[str]


def run(work: Callable[[], object], instant: tuple[str, int] | None = None, during: bool = False) -> Ran:
    """Runs work in a child, and kills it at its n-th call of a name: before that call, or while it runs."""
    ours, theirs = socket.socketpair()
    read, write = os.pipe()
    child = os.fork()
    if not child:
        _work(work, theirs, write)
    theirs.close()
    os.close(write)
    _, (listener,), _, _ = socket.recv_fds(ours, 1, 1)
    ours.close()
    calls, answer = _attend(child, listener, read, instant, during)
    os.close(listener)
    os.close(read)
    _, status = os.waitpid(child, 0)
    return Ran(os.waitstatus_to_exitcode(status), json.loads(answer) if answer else None, calls)


def _work(work: Callable[[], object], parent: socket.socket, write: int) -> None:
    code = 1
    try:
        socket.send_fds(parent, [b"x"], [_filter()])
        os.write(write, json.dumps(work()).encode())
        code = 0
    except BaseException:
        os.write(write, json.dumps(traceback.format_exc()[-1500:]).encode())
    finally:
        os._exit(code)


def _filter() -> int:
    """Installs the filter in this process; the descriptor through which the parent hears of calls."""
    libc = ctypes.CDLL(None, use_errno=True)
    plain = [number for name, number in _CALLS.items() if name not in ("openat", "seccomp")]
    lines = [(_LOAD, 0, 0, 0), (_EQUAL, 0, 2, _CALLS["openat"]), (_LOAD, 0, 0, 32)]
    lines += [(_ANY_BIT, len(plain) + 1, len(plain), _O_CREAT)]
    lines += [(_EQUAL, len(plain) - place, 0, number) for place, number in enumerate(plain)]
    lines += [(_RETURN, 0, 0, _ALLOW), (_RETURN, 0, 0, _NOTIFY)]
    program = _Program(len(lines), (_Instruction * len(lines))(*(_Instruction(*line) for line in lines)))
    no_new_privileges, filter_mode, listen = 38, 1, 8
    libc.prctl(no_new_privileges, 1, 0, 0, 0)
    listener: int = libc.syscall(_CALLS["seccomp"], filter_mode, listen, ctypes.byref(program))
    if listener < 0:
        raise OSError(ctypes.get_errno(), "this kernel does not hand system calls to another process")
    return listener


def _attend(
    child: int, listener: int, read: int, instant: tuple[str, int] | None, during: bool
) -> tuple[list[str], bytes]:
    calls: list[str] = []
    answer = b""
    poll = select.poll()
    poll.register(listener, select.POLLIN)
    poll.register(read, select.POLLIN)
    while True:
        events = dict(poll.poll())
        if events.get(read, 0) & select.POLLIN:
            answer += os.read(read, 65536)
        elif events.get(read):
            poll.unregister(read)
        if events.get(listener, 0) & select.POLLIN:
            call = bytearray(80)
            try:
                fcntl.ioctl(listener, _RECEIVE, call)
            except OSError:
                continue  # it died meanwhile
            identity, _, _, number = struct.unpack_from("QIIi", call)
            calls.append(NAMES[number])
            now = instant is not None and calls[-1] == instant[0] and calls.count(instant[0]) == instant[1]
            if now and not during:
                os.kill(child, signal.SIGKILL)
                continue
            try:
                fcntl.ioctl(listener, _SEND, bytearray(struct.pack("QqiI", identity, 0, 0, 1)))
            except OSError:
                continue
            if now:
                os.kill(child, signal.SIGKILL)
        elif events.get(listener):
            return calls, answer
