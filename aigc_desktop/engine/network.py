"""No network: what asks for it is refused, with one sentence. Imports no Qt and no torch.

Two walls. Python's audit hook sees where Python code wants to go; it cannot be taken out again, so it looks at a switch.
Under it, where asked for and possible (Linux), the kernel refuses internet sockets to what is not Python too: see `wall`.
What stays inside this machine (pipes, the screen, loopback) is nobody's business here.
"""

import os
import sys
from collections.abc import Iterable
from typing import Any

from aigc_desktop.i18n import mark
from aigc_desktop.problems import Failure

# Libraries that would ask the network for what they have on disk look only there.
_QUIET = {"HF_HUB_OFFLINE": "1", "TRANSFORMERS_OFFLINE": "1", "HF_DATASETS_OFFLINE": "1"}
_NO_REPORTS = {"HF_HUB_DISABLE_TELEMETRY": "1", "DO_NOT_TRACK": "1"}  # nothing is ever reported to anybody

_hooked = False
_forbidden = False
_walled = False
_peers: frozenset[str] = frozenset()


class Unreachable(Failure, PermissionError):
    """The network was asked for. An OSError too, so that libraries that can do without do without."""


def forbid(behind_wall: bool = False, but: Iterable[str] = ()) -> None:
    """This process reaches no other machine from now on, `but` those named; call before libraries are imported.

    `behind_wall`: for good, without loopback, and with everything this process starts.
    """
    global _hooked, _forbidden, _walled, _peers
    os.environ.update(_QUIET | _NO_REPORTS)
    _forbidden, _peers = True, frozenset(but)
    if behind_wall:
        from aigc_desktop.engine import wall

        _walled = wall.build() or _walled
    if not _hooked:
        _hooked = True
        sys.addaudithook(_watch)


def allow() -> None:
    """The user wants the network to be used; what is behind the wall stays there."""
    global _forbidden
    os.environ.update(_NO_REPORTS)
    for name in _QUIET:
        os.environ.pop(name, None)
    _forbidden = False


def switch(offline: bool) -> None:
    """As the user's setting says, now and whenever it changes."""
    if offline:
        forbid()
    else:
        allow()


def as_environment_says() -> None:
    """For the command line: AIGC_OFFLINE=0 allows the network, torchrun those that train together."""
    if os.environ.get("AIGC_OFFLINE") == "0":
        allow()
    elif os.environ.get("WORLD_SIZE", "1") != "1":
        import socket

        forbid(but={os.environ.get("MASTER_ADDR", ""), socket.gethostname()})
    else:
        forbid(behind_wall=True)


def refused_in(error: BaseException) -> Unreachable | None:
    """The refusal that this error came from, through whatever a library made of it."""
    seen: set[int] = set()
    cause: BaseException | None = error
    while cause is not None and id(cause) not in seen:
        if isinstance(cause, Unreachable):
            return cause
        seen.add(id(cause))
        cause = cause.__cause__ or cause.__context__
    return None


def _watch(event: str, args: tuple[Any, ...]) -> None:
    if _forbidden and event.startswith("socket."):  # thousands of other events come by while a program starts
        refused = _refused(event, args)
        if refused is not None:
            raise refused


def _refused(event: str, args: tuple[Any, ...]) -> Unreachable | None:
    if event in ("socket.connect", "socket.sendto", "socket.sendmsg", "socket.bind"):
        if not _internet(args[0].family) or not isinstance(args[1], tuple) or not args[1]:
            return None
        if event == "socket.bind":  # an empty address is every address of the machine
            return None if args[1][0] and _here(args[1][0]) else Unreachable(_NETWORK)
        return None if _here(args[1][0]) else Unreachable(_HOST, host=_text(args[1][0]))
    if event in ("socket.getaddrinfo", "socket.gethostbyname", "socket.gethostbyaddr"):
        return None if _here(args[0]) else Unreachable(_HOST, host=_text(args[0]))
    if event == "socket.getnameinfo":
        return None if _here(args[0][0]) else Unreachable(_HOST, host=_text(args[0][0]))
    if event == "socket.__new__" and _walled and _internet(args[1]):
        return Unreachable(_NETWORK)
    return None


_HOST = mark("Something wanted to reach {host}, but the network is switched off in Settings.")
_NETWORK = mark("Something wanted to use the network, but it is switched off in Settings.")


def _internet(family: int) -> bool:
    import socket  # whoever asks has it already; the window need not load it

    return family in (socket.AF_INET, socket.AF_INET6)


def _here(host: Any) -> bool:
    """Whether this is a name or an address of this machine's loopback, or of one that we may talk to."""
    if host is None:
        return True
    import ipaddress

    name = _text(host).lower().rstrip(".")
    if name in ("", "localhost") or name in _peers:
        return True
    try:
        address = ipaddress.ip_address(name.partition("%")[0])
    except ValueError:
        return False
    return (getattr(address, "ipv4_mapped", None) or address).is_loopback


def _text(host: Any) -> str:
    return host.decode(errors="replace") if isinstance(host, bytes | bytearray) else str(host)
