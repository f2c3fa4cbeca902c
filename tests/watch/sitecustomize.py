"""Loaded by every Python process that a test starts: who asks for the internet is written down, whatever comes of it.

It knows nothing of the program, so that it sees what the program's own guard lets through or forgot. The lines go to
the file in `NETWORK_LOG`: "away" for another machine, "here" for an internet socket that stays in this one.
"""

import os
import sys
from types import FrameType
from typing import Any

NAME = "NETWORK_LOG"
INTERNET = (2, 10, 23, 30)  # AF_INET; AF_INET6 on Linux, Windows, macOS
OWN_NAME = os.uname().nodename if hasattr(os, "uname") else os.environ.get("COMPUTERNAME", "")  # torchrun looks it up
HERE = ("", "localhost", "127.0.0.1", "::1", OWN_NAME)


def watch() -> None:
    """Write down what this process asks for from now on; harmless when called twice."""
    if not hasattr(sys, "_network_watched"):
        sys._network_watched = True  # type: ignore[attr-defined]
        sys.addaudithook(_note)


def _note(event: str, args: tuple[Any, ...]) -> None:
    if not event.startswith("socket."):
        return
    path, asked = os.environ.get(NAME), _asked(event, args)
    if path and asked is not None and not _tries_ipv6(sys._getframe(1)):
        where = "here" if asked in HERE else "away"
        line = f"{where} {event} {asked}  process {os.getpid()} {' '.join(sys.argv[:4])}  {_from(sys._getframe(1))}\n"
        file = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
        os.write(file, line.encode(errors="replace"))
        os.close(file)


def _asked(event: str, args: tuple[Any, ...]) -> str | None:
    """The host that is asked for, "" for nothing but a socket; None where the internet has no part in it."""
    if event == "socket.__new__":
        return "" if args[1] in INTERNET else None
    if event in ("socket.connect", "socket.bind", "socket.sendto", "socket.sendmsg"):
        known = args[0].family in INTERNET and isinstance(args[1], tuple) and args[1]
        return _text(args[1][0]) if known else None
    if event in ("socket.getaddrinfo", "socket.gethostbyname", "socket.gethostbyaddr"):
        return _text(args[0])
    return _text(args[0][0]) if event == "socket.getnameinfo" else None


def _text(host: Any) -> str:
    return host.decode(errors="replace") if isinstance(host, bytes) else str(host or "")


def _tries_ipv6(frame: FrameType | None) -> bool:
    """Whether this is urllib3, which binds a socket to ::1 as it is imported, to know whether there is IPv6."""
    for _ in range(3):
        if frame is not None and frame.f_code.co_name == "_has_ipv6":
            return True
        frame = frame.f_back if frame is not None else None
    return False


def _from(frame: FrameType | None) -> str:
    """The last places in the code, the innermost first."""
    places: list[str] = []
    while frame is not None and len(places) < 6:
        places.append(f"{frame.f_code.co_filename}:{frame.f_lineno}")
        frame = frame.f_back
    return " < ".join(places)


watch()
