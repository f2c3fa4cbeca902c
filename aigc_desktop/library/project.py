"""A project: a folder that the user can see, copy and back up, with everything that was made in it.

library.sqlite   the index      items/   what was made, a folder a day   models/   trained models
runs/            every run      trash/   what was deleted                thumbnails/, backups/
"""

from pathlib import Path
from typing import Self

from aigc_desktop.i18n import mark
from aigc_desktop.library.database import NAME, Database
from aigc_desktop.library.items import Items
from aigc_desktop.library.models import Models
from aigc_desktop.library.runs import Runs
from aigc_desktop.media.base import why
from aigc_desktop.problems import BadInput, Sentence

FOLDERS = ("items", "models", "runs", "trash")


class Project:
    """An open project, for the thread that opened it. Any number of processes may have it open at once."""

    path: Path
    items: Items
    models: Models
    runs: Runs

    def __init__(self, path: Path, database: Database):
        self.path, self._database = path, database
        self.items = Items(path, database)
        self.models = Models(path, database)
        self.runs = Runs(path, database)

    @classmethod
    def open(cls, folder: Path | str, create: bool = True) -> "Project":
        """Open the project in a folder, or make one there.

        BadInput: no folder (without `create`), not a project, made by a newer version, cannot be written, damaged.
        """
        path = Path(folder).expanduser().absolute()
        index = path / NAME
        if not index.exists():
            _check_new(path, create)
            try:
                path.mkdir(parents=True, exist_ok=True)
            except OSError as error:
                raise BadInput(
                    mark("The project {path} cannot be made: {reason}."), path=path, reason=why(error)
                ) from None
        project = cls(path, Database(path))
        for name in FOLDERS:
            (path / name).mkdir(exist_ok=True)
        return project

    @property
    def name(self) -> str:
        return self.path.name

    def data_version(self) -> int:
        """A number that changes whenever another process or thread has written to the library."""
        return self._database.data_version()

    def close(self) -> None:
        self._database.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def verify(self) -> list[Sentence]:
        """What is wrong with the project, a sentence each."""
        return []

    def rebuild(self) -> dict[str, int]:
        """Make the index again from the files."""
        return {}


def _check_new(path: Path, create: bool) -> None:
    """BadInput unless a project may be made at this path."""
    if path.exists() and not path.is_dir():
        raise BadInput(mark("{path} is a file, not a project. Choose a folder."), path=path)
    if not create:
        raise BadInput(mark("{path} is not a project of AIGC Desktop."), path=path)
