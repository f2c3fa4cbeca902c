"""The models that can write at a desk: every language model of the project, and folders from elsewhere."""

from pathlib import Path
from typing import Any

from aigc_desktop import foreign_json
from aigc_desktop.engine import registry
from aigc_desktop.engine.registry import Spec


def able() -> dict[str, Spec]:
    """The generators that write texts from a prompt."""
    from aigc_desktop import desks

    return {id: spec for id, spec in registry.specs().items() if desks.writes(spec)}


def names(project: Any) -> list[str]:
    """The project's models that write, the newest first."""
    known = able()
    rows = [row for row in project.models.list() if row.generator in known]
    return [row.name for row in sorted(rows, key=lambda row: row.created, reverse=True)]


def spec_of(model: str | None, project: Any) -> Spec | None:
    """The generator that writes with this model (a name or a folder's path); None where none can."""
    known = able()
    if not model:
        return None
    for row in project.models.list():
        if row.name == model:
            return known.get(row.generator)
    folder = Path(model)
    if (folder / "training.json").is_file():
        return known.get(_trained_by(folder))
    return next((spec for spec in known.values() if spec.opens is not None and spec.opens(folder)), None)


def trainable() -> str:
    """The generator that a new user trains first, to have a model that writes."""
    return next((id for id, spec in able().items() if spec.train is not None and spec.opens is None), "")


def _trained_by(folder: Path) -> str:
    try:
        return str(foreign_json.parse((folder / "training.json").read_bytes())["generator"])
    except (OSError, ValueError, KeyError, TypeError):
        return ""
