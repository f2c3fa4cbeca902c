"""What the tests of the library's docks share: a project with things in it, and the dock over it."""

from pathlib import Path
from typing import Any

import numpy as np

from aigc_desktop.library.item import Item
from aigc_desktop.library.models import ModelRow
from aigc_desktop.library.project import Project
from aigc_desktop.media.picture import Picture
from aigc_desktop.media.text import Text


def picture(project: Project, name: str = "", size: int = 8, seed: int = 0, **job: Any) -> Item:
    """A picture of random pixels, made with the model digits."""
    pixels = np.random.default_rng(seed).integers(0, 255, (size, size), dtype=np.uint8)
    values = {"generator": "image.gan", "action": "create", "model": "digits", "params": {"count": 2}, "seed": seed}
    return project.items.add(Picture(pixels), name=name, job=values | job, seed=seed)


def text(project: Project, letters: str = "All the world's a stage.", name: str = "", prompt: str = "All") -> Item:
    """A text, made with the model plays."""
    values = {"generator": "text.lstm", "action": "create", "model": "plays", "params": {"prompt": prompt}, "seed": 5}
    return project.items.add(Text(letters), name=name, job=values, seed=5)


def model(
    project: Project, name: str, generator: str = "image.gan", run: str | None = None, **figures: float
) -> ModelRow:
    """A model's folder with nothing to compute with."""
    folder = project.models.prepare(name)
    (folder / "config.json").write_text("{}", encoding="utf-8")
    medium = {"image.gan": "picture", "text.lstm": "text"}[generator]
    return project.models.add(folder, name=name, generator=generator, medium=medium, run=run, figures=figures)


def files(folder: Path) -> set[str]:
    """The files below a folder."""
    return {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()}
