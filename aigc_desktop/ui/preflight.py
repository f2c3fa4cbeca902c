"""What a training will cost, in one line, before it starts."""

from dataclasses import dataclass
from typing import Any

from aigc_desktop.engine import machine
from aigc_desktop.engine.registry import Spec
from aigc_desktop.i18n import tr
from aigc_desktop.ui import amounts

WARN = 0.9  # of the machine's memory


@dataclass(frozen=True)
class Line:
    """The text, and whether it warns."""

    text: str
    warning: bool = False


def line(spec: Spec, params: Any, facts: dict[str, Any], threads: int = 0) -> Line:
    """ "1.2 million parameters · 0.4 GB · about 2 min"; warns where memory exceeds what the machine has.

    `params` are the training's, checked; without facts only the time is said.
    """
    parts = []
    if spec.preflight is not None and facts:
        cost = spec.preflight(params, facts)
        has = machine.memory_bytes()
        if has and cost.memory_bytes > WARN * has:
            return Line(
                tr(
                    "This needs about {needed} of memory; this machine has {has}. Choose a smaller model or batch.",
                    needed=amounts.memory(cost.memory_bytes),
                    has=amounts.memory(has),
                ),
                warning=True,
            )
        parts.append(tr("{count} parameters", count=amounts.count(cost.parameters)))
        parts.append(amounts.memory(cost.memory_bytes))
    parts.append(_time(spec, params, facts, threads))
    return Line(" · ".join(part for part in parts if part))


def _time(spec: Spec, params: Any, facts: dict[str, Any], threads: int) -> str:
    limits = [params.max_seconds] if params.max_seconds else []
    if params.max_steps:
        speeds = _seconds_per_step(spec, params, facts, threads)
        if speeds:
            limits.append(min(speeds.values()) * params.max_steps)
        elif not limits:
            return tr("{n} steps", n=amounts.whole(params.max_steps))
    return tr("about {time}", time=amounts.about(min(limits))) if limits else tr("until you stop it")


def _seconds_per_step(spec: Spec, params: Any, facts: dict[str, Any], threads: int) -> dict[str, float]:
    """What was measured here before, for this size of model and data."""
    shape, values = machine.shape_of(facts), params.model_dump(mode="json")
    for device in ("cpu", "cuda", "mps"):
        key = machine.size_key(spec.id, values, shape, machine.threads(threads), device)
        if found := machine.Speeds().get(key):
            return found
    return {}
