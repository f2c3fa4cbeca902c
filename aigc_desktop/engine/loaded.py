"""What was loaded, kept in the process for the next time it is asked for: a user tries one thing after another."""

import os
from collections.abc import Callable, Hashable
from pathlib import Path
from typing import Any

from aigc_desktop.engine.job import STARTER, Job
from aigc_desktop.engine.registry import Spec

_kept: tuple[Any, Any] | None = None
_model: tuple[Any, Any] | None = None


def load(spec: Spec, job: Job, params: Any) -> Any:
    """The job's data, split into training and held out; the same object while neither files nor choices change."""
    global _kept, _model
    _model = None  # a training needs the memory
    assert spec.data is not None and job.data is not None
    options = chosen(spec, params)
    key = (repr(spec.data), job.data, job.heldout, options, _signature(job.data), _signature(job.heldout))
    if _kept is None or _kept[0] != key:
        _kept = None  # frees what was kept before more is read
        _kept = (key, spec.data.load(job.data, job.heldout, job.seed, **options))
    return _kept[1]


def chosen(spec: Spec, params: Any) -> dict[str, Any]:
    """Those of a training's settings that decide what becomes of its data."""
    return {name: getattr(params, name) for name in getattr(spec.data, "options", ())}


def model(folder: Path, read: Callable[[], Any], *how: Hashable) -> Any:
    """What `read` makes of the model in this folder; the same object while neither its files nor `how` change.

    One model is kept, whichever was asked for last.
    """
    global _model
    key = (str(folder), how, _signature(str(folder)))
    if _model is None or _model[0] != key:
        _model = None  # frees what was kept before more is read
        _model = (key, read())
    return _model[1]


def _signature(path: str | None) -> Any:
    """What changes when a file does, or any file in a folder."""
    if path is None or path == STARTER:
        return None
    if not os.path.isdir(path):
        try:
            stat = os.stat(path)
        except OSError:
            return None  # loading says what is wrong
        return stat.st_size, stat.st_mtime_ns
    count = size = latest = 0
    for folder, _, names in os.walk(path):
        for name in names:
            try:
                stat = (Path(folder) / name).stat()
            except OSError:
                continue
            count, size, latest = count + 1, size + stat.st_size, max(latest, stat.st_mtime_ns, stat.st_ctime_ns)
    return count, size, latest
