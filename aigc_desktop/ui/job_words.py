"""A job in words: what it is called, how long it still takes, how it ended."""

from pathlib import Path
from typing import Any

from aigc_desktop.engine import events, registry
from aigc_desktop.engine.job import STARTER
from aigc_desktop.i18n import tr
from aigc_desktop.problems import BadInput
from aigc_desktop.ui import amounts


def generator_title(generator: str) -> str:
    """The generator's title; its id where it is not installed here."""
    try:
        return tr(registry.get(generator).title)
    except BadInput:
        return generator


def title(job: dict[str, Any]) -> str:
    """What the job is called: the name it was given, else what it does with what."""
    if job.get("name"):
        return str(job["name"])
    generator = generator_title(job.get("generator") or "")
    if job.get("desk"):
        return _at_desk(job["desk"])
    if job.get("action") == "create":
        prompt = str((job.get("params") or {}).get("prompt") or "").strip()
        model = Path(job.get("model") or "").name or generator
        return f"{model}: {' '.join(prompt.split())[:80]}" if prompt else tr("Create with {model}", model=model)
    if job.get("action") == "convert":
        return tr("Export {model}", model=Path(job.get("model") or "").name or generator)
    data = job.get("data") or ""
    source = tr("starter data") if data == STARTER else Path(data).stem
    return tr("{generator} on {data}", generator=generator, data=source) if source else generator


def desk_title(id: Any) -> str:
    """The title of a writing desk; its id where it is not there any more."""
    from aigc_desktop import desks

    try:
        return desks.get(str(id)).title
    except BadInput:
        return str(id)


def _at_desk(desk: dict[str, Any]) -> str:
    """What is written at which desk: its prompt begins with examples, which say little."""
    values = [str(value).strip() for value in (desk.get("values") or {}).values()]
    said = " · ".join(" ".join(value.split()) for value in values if value)
    return f"{desk_title(desk.get('id'))}: {said[:80]}" if said else desk_title(desk.get("id"))


def time_left(progress: events.Progress | None) -> str:
    """ "0:48 left"; empty where nobody knows."""
    if progress is None or progress.seconds_left is None:
        return ""
    return tr("{time} left", time=amounts.clock(progress.seconds_left))


def fraction(progress: events.Progress | None) -> float | None:
    """How much is done, 0…1; None where nobody knows."""
    if progress is None:
        return None
    if progress.fraction is not None:
        return min(1.0, max(0.0, progress.fraction))
    return min(1.0, progress.step / progress.total) if progress.total else None
