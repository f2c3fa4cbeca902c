"""How a job ended, as its run remembers it."""

from dataclasses import dataclass, replace

from aigc_desktop.engine import events
from aigc_desktop.engine.worker import OUT_OF_MEMORY
from aigc_desktop.i18n import mark
from aigc_desktop.problems import Sentence

CANCELLED = {"stop": "cancelled", "pause": "paused", "": "interrupted"}  # by how it was asked to end; "": by a signal
GONE = mark("The work stopped because its process ended; start it again.")


@dataclass(frozen=True)
class Outcome:
    """The state of the run, why it is so, and its last event, complete where the child could not know everything."""

    state: str
    problem: Sentence | None
    last: events.Last


def outcome(last: events.Last, run: str, step: int, asked: str, closing: bool, begun: bool) -> Outcome:
    """`step`: of its newest checkpoint, or 0. `asked`: "stop", "pause" or "". `closing`: only because the window closes."""
    if isinstance(last, events.Cancelled):
        state = CANCELLED[asked]
        if closing:
            state = "interrupted" if begun else "waiting"
        return Outcome(state, last.text, replace(last, step=max(step, last.step), resumable=step > 0, run=run))
    if isinstance(last, events.Lost):
        text = last.text if step or last.text.pattern == OUT_OF_MEMORY else Sentence(GONE)
        return Outcome("lost", text, replace(last, text=text, resumable=step > 0, run=run))
    if isinstance(last, events.Failed):
        state = "paused" if last.resting else "failed"
        return Outcome(state, last.text, replace(last, resumable=step > 0 or last.resting, run=run))
    return Outcome("finished", None, last)


def went_well(last: events.Last, asked: str) -> bool:
    """Whether the child can go on with another job as if nothing had been: no fault, no memory that ran out, no signal."""
    if isinstance(last, events.Failed):
        return last.bad_input or last.resting
    return bool(asked) or not isinstance(last, events.Cancelled)
