"""Ids of items: the time, to read and to sort by, and letters by chance, so that two processes never make the same."""

import os
import threading
import time
from datetime import UTC, datetime

_LETTERS = "0123456789abcdefghjkmnpqrstvwxyz"  # Crockford's base 32: no letter looks like a digit
_lock = threading.Lock()
_last = 0


def new_id() -> tuple[str, datetime]:
    """An id such as 20261122-070512-k3f9x7 (UTC; the first two letters are the 1024th of the second) and its moment.

    Ids of one process rise strictly; of several processes they rise with their clocks.
    """
    global _last
    with _lock:
        tick = max(time.time_ns() * 1024 // 1_000_000_000, _last + 1)
        _last = tick
    second, part = divmod(tick, 1024)
    moment = datetime.fromtimestamp(second + part / 1024, UTC)
    chance = "".join(_LETTERS[byte & 31] for byte in os.urandom(4))
    return f"{moment:%Y%m%d-%H%M%S}-{_LETTERS[part >> 5]}{_LETTERS[part & 31]}{chance}", moment


def stamp(moment: datetime | None = None) -> str:
    """A moment (now) in ISO 8601, UTC, to the millisecond: sorts as text."""
    return (moment or datetime.now(UTC)).isoformat(timespec="milliseconds")
