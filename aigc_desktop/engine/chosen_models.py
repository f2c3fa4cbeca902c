"""The models that a job's parameters name (one to train further, an adapter): from what was typed to folders."""

import os
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from aigc_desktop.engine import adapter_files
from aigc_desktop.engine.params import Params, describe
from aigc_desktop.engine.registry import Spec
from aigc_desktop.i18n import mark
from aigc_desktop.library.models import ModelRow
from aigc_desktop.library.project import Project
from aigc_desktop.problems import BadInput, Sentence

CHOOSE = mark("Choose a model or its folder first: {title} ({name}).")


def names(chosen: Params | type[Params]) -> list[str]:
    """The parameters that name a model."""
    kind = chosen if isinstance(chosen, type) else type(chosen)
    return [one.name for one in describe(kind) if one.kind == "model"]


def fitting(spec: Spec, rows: Iterable[ModelRow]) -> list[str]:
    """The names of those models that a training of this generator can begin with."""
    return [row.name for row in rows if spec.opens is None or spec.opens(row.path)]


def adapters(rows: Iterable[ModelRow]) -> list[str]:
    """The names of those models that can be applied to another."""
    return [row.name for row in rows if adapter_files.is_adapter(row.path)]


def located(chosen: Params, project: Project | None) -> Any:
    """The parameters with the folder of each model that they name; BadInput for one that is not there, or not chosen.

    A name is one of the project's, or a folder's path; a job keeps it as it was typed.
    """
    folders: dict[str, str] = {}
    for one in describe(type(chosen)):
        if one.kind != "model":
            continue
        value = str(getattr(chosen, one.name) or "").strip()
        if value:
            folders[one.name] = str(_folder(value, project))
        elif not one.optional:
            raise BadInput(CHOOSE, title=Sentence(one.title), name=one.name)
    return chosen.model_copy(update=folders) if folders else chosen


def _folder(value: str, project: Project | None) -> Path:
    if project is not None:
        return project.models.find(value)
    path = Path(os.path.expanduser(value))
    if not os.path.isdir(path):
        raise BadInput(mark("There is no model folder {path}."), path=value)
    return path.absolute()
