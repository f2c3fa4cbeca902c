"""The files that a creation's parameters name (pictures, masks, sounds, clips): a job outlives the folder that it was typed
in, and its project may be moved.

Done work keeps what lies in its project by the path inside it ("inputs/mask.png"), everything else from the root.
"""

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

from aigc_desktop.engine.job import Job
from aigc_desktop.engine.params import Params, describe
from aigc_desktop.i18n import mark
from aigc_desktop.problems import BadInput, Sentence

MEDIA = ("picture", "sound", "clip", "mask")


def takes(kind: type[Params]) -> list[str]:
    """The parameters that a job's `inputs` fill, one after the other."""
    return [one.name for one in describe(kind) if one.kind in MEDIA]


def fitting(kind: type[Params], inputs: list[str], title: str) -> None:
    """BadInput for more inputs than there are parameters for."""
    room = len(takes(kind))
    if len(inputs) > room:
        raise BadInput(
            mark("{title} takes {count} inputs, not {given}."), title=Sentence(title), count=room, given=len(inputs)
        )


def values(job: Job, kind: type[Params], title: str = "", project: Path | None = None) -> dict[str, Any]:
    """A creation's parameters with its `inputs` among them, each file where it now is; BadInput for too many inputs."""
    fitting(kind, job.inputs, title)
    filled = dict(zip(takes(kind), job.inputs, strict=False))
    return _each(kind, job.params | filled, lambda path: _located(path, project))


def anchored(kind: type[Params], params: dict[str, Any]) -> dict[str, Any]:
    """As typed in a terminal: from the root."""
    return _each(kind, params, lambda path: str(Path(os.path.expanduser(path)).absolute()))


def kept(job: Job, kind: type[Params], project: Path) -> Job:
    """The job as what it made keeps it."""

    def inside(path: str) -> str:
        try:
            return Path(path).resolve().relative_to(project.resolve()).as_posix()
        except (OSError, ValueError):  # it lies elsewhere, or is no path at all
            return path

    inputs = [inside(path) for path in job.inputs]
    return job.model_copy(update={"params": _each(kind, job.params, inside), "inputs": inputs})


def _located(path: str, project: Path | None) -> str:
    if project is None or Path(path).is_absolute() or not os.path.exists(project / path):
        return path
    return str(project / path)


def _each(kind: type[Params], params: dict[str, Any], change: Callable[[str], str]) -> dict[str, Any]:
    changed: dict[str, Any] = {}
    for one in describe(kind):
        value = params.get(one.name)
        if one.kind in MEDIA and isinstance(value, str) and value:
            changed[one.name] = change(value)
        elif one.kind == "pictures" and isinstance(value, list):
            changed[one.name] = [change(path) if isinstance(path, str) and path else path for path in value]
    return params | changed
