"""How far work is that has no Run: reading a large text, cutting it into tokens. Who waits for it listens."""

import queue
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import TypeVar

from aigc_desktop.engine.run import Run

Result = TypeVar("Result")

EVERY = 0.1  # seconds between two events

Listener = Callable[[str, float | None], None]
_listener: ContextVar[Listener | None] = ContextVar("progress", default=None)


@contextmanager
def heard_by(listener: Listener | None) -> Iterator[None]:
    """Inside, `listener(phase, fraction)` is called wherever the work says how far it is; it may raise to end the work."""
    before = _listener.set(listener)
    try:
        yield
    finally:
        _listener.reset(before)


def say(phase: str, fraction: float | None) -> None:
    """This share (0…1; None: who knows) of a phase (its name marked for translation) is done.

    Whatever the listener raises comes through. Only the thread that is listened to is heard.
    """
    listener = _listener.get()
    if listener is not None:
        listener(phase, fraction)


def during(phase: str, work: Callable[[], Result]) -> Result:
    """What `work` gives, which says nothing itself: it is done in a thread, and goes on alone where the listener raises."""
    done: queue.SimpleQueue[tuple[Result | None, BaseException | None]] = queue.SimpleQueue()

    def carry_out() -> None:
        try:
            done.put((work(), None))
        except BaseException as error:  # noqa: BLE001 (raised again by who waits)
            done.put((None, error))

    threading.Thread(target=carry_out, daemon=True).start()
    while True:
        try:
            result, error = done.get(timeout=EVERY)
        except queue.Empty:
            say(phase, None)
            continue
        if error is not None:
            raise error
        return result  # type: ignore[return-value]


def of_run(run: Run) -> Listener:
    """Tells a run: its events carry the phase and the time it will still take; a stop ends the work with Cancelled."""
    phase_now, begun, shown = "", 0.0, 0.0

    def tell(phase: str, fraction: float | None) -> None:
        nonlocal phase_now, begun, shown
        run.check()
        now = time.monotonic()
        if phase != phase_now:
            phase_now, begun = phase, now
        elif now < shown + EVERY:
            return
        shown = now
        left = (now - begun) * (1 - fraction) / fraction if fraction and now > begun else None
        run.progress(0, 0, phase, None if fraction is None else min(1.0, fraction), left)

    return tell
