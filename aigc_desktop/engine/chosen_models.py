"""The models that a job's parameters name (one to train further, an adapter): from what was typed to folders."""

import os
from pathlib import Path
from typing import Any

from aigc_desktop.engine.params import Params, describe
from aigc_desktop.i18n import mark
from aigc_desktop.library.project import Project
from aigc_desktop.problems import BadInput


def names(chosen: Params | type[Params]) -> list[str]:
    """The parameters that name a model."""
    kind = chosen if isinstance(chosen, type) else type(chosen)
    return [one.name for one in describe(kind) if one.kind == "model"]


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
            raise BadInput(mark("Choose a model or its folder first: {name}."), name=one.name)
    return chosen.model_copy(update=folders) if folders else chosen


def _folder(value: str, project: Project | None) -> Path:
    if project is not None:
        return project.models.find(value)
    path = Path(os.path.expanduser(value))
    if not os.path.isdir(path):
        raise BadInput(mark("There is no model folder {path}."), path=value)
    return path.absolute()
