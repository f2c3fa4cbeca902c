"""How far work is that has no Run: reading a large text, cutting it into tokens. Who waits for it listens."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar

from aigc_desktop.engine.run import Run

EVERY = 0.1  # seconds between two events

Listener = Callable[[str, float], None]
_listener: ContextVar[Listener | None] = ContextVar("progress", default=None)


@contextmanager
def heard_by(listener: Listener | None) -> Iterator[None]:
    """Inside, `listener(phase, fraction)` is called wherever the work says how far it is; it may raise to end the work."""
    before = _listener.set(listener)
    try:
        yield
    finally:
        _listener.reset(before)


def say(phase: str, fraction: float) -> None:
    """This share (0…1) of a phase (its name marked for translation) is done. Whatever the listener raises comes through."""
    listener = _listener.get()
    if listener is not None:
        listener(phase, fraction)


def of_run(run: Run) -> Listener:
    """Tells a run: its events carry the phase and the time it will still take; a stop ends the work with Cancelled."""
    phase_now, begun, shown = "", 0.0, 0.0

    def tell(phase: str, fraction: float) -> None:
        nonlocal phase_now, begun, shown
        run.check()
        now = time.monotonic()
        if phase != phase_now:
            phase_now, begun = phase, now
        elif now < shown + EVERY:
            return
        shown = now
        left = (now - begun) * (1 - fraction) / fraction if fraction > 0 and now > begun else None
        run.progress(0, 0, phase, min(1.0, fraction), left)

    return tell
