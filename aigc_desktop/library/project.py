"""A project: a folder that the user can see, copy and back up, with everything that was made in it.

library.sqlite   the index, can be made again from the rest
items/           what was made, a folder a day
models/, runs/   trained models; every training and creation
trash/           what was deleted, under the path that it had
thumbnails/, backups/
"""

import json
import os
from pathlib import Path
from typing import Self

from aigc_desktop.i18n import mark
from aigc_desktop.library import sweep, trash
from aigc_desktop.library.database import NAME, Damaged, Database
from aigc_desktop.library.ids import new_id
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
        self._swept = sweep.Swept()
        self.items = Items(path, database)
        self.models = Models(path, database)
        self.runs = Runs(path, database)

    @classmethod
    def open(cls, folder: Path | str, create: bool = True, repair: bool = False) -> Self:
        """Open the project in a folder, or make one there; what a crash left behind is put right.

        An index that is missing is made again from the files; so is a damaged one with `repair` (it goes into the trash).
        BadInput: no folder (without `create`), not a project, made by a newer version, cannot be written, damaged.
        """
        path = Path(folder)
        try:
            path = path.expanduser().absolute()
            _check(path, create)
            path.mkdir(parents=True, exist_ok=True)
            database = _connect(path, repair)
            for name in FOLDERS:
                (path / name).mkdir(exist_ok=True)
        except (OSError, ValueError, RuntimeError) as error:  # also a zero byte, or the home of an unknown user
            raise BadInput(
                mark("The project {path} cannot be opened: {reason}."), path=path, reason=why(error)
            ) from None
        project = cls(path, database)
        try:
            project._settle()
        except BaseException:
            project.close()
            raise
        return project

    def _settle(self) -> None:
        if self._database.fact("complete") is None:  # a new index, of a new project or beside old files
            self.rebuild()
        self.sweep()

    @property
    def name(self) -> str:
        return self.path.name

    def require(self) -> None:
        """BadInput while the project is not at its place (`disk.Unreachable`); one that came back is taken up again."""
        self._database.require()

    def data_version(self) -> int:
        """A number that changes whenever another process or thread has written to the library."""
        return self._database.data_version()

    def close(self) -> None:
        self._database.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def recovered(self) -> dict[str, int]:
        """How much was brought back that a killed process had not put into the library, by medium, "model" and "run".

        It is told once, by whoever asks first, whichever program brought it back.
        """
        with self._database.writing():
            told = self._database.fact(sweep.RECOVERED)
            if told is not None:
                self._database.remember(sweep.RECOVERED, "{}")
        return dict(json.loads(told or "{}"))

    @property
    def unsettled(self) -> bool:
        """Whether something was left alone at the last sweep that another process seemed to be writing."""
        return self._swept.unsettled

    def sweep(self) -> None:
        """Put right what a killed process left; what was said before is kept."""
        again = sweep.sweep(self.path, self._database)
        self._swept = sweep.Swept([*self._swept.said, *again.said], self._swept.back + again.back, again.unsettled)

    def verify(self) -> list[Sentence]:
        """What is wrong with the project, or was put right when it was opened, a sentence each. Reads every file."""
        from aigc_desktop.library import verify

        return [*self._swept.said, *verify.verify(self.path, self._database)]

    def rebuild(self) -> dict[str, int]:
        """Make the index again from the files: how many items, models, runs, trashed, changed, skipped there are."""
        from aigc_desktop.library import rebuild

        counts = rebuild.rebuild(self.path, self._database)
        with self._database.writing():
            self._database.remember("complete", "yes")
        return counts


def _check(path: Path, create: bool) -> None:
    """BadInput unless there is a project at this path, or one may be made."""
    if (path / NAME).exists():
        return
    if path.exists() and not path.is_dir():
        raise BadInput(mark("{path} is a file, not a project. Choose a folder."), path=path)
    there = [name for name in FOLDERS if (path / name).exists()]
    if len(there) == len(FOLDERS):  # a project that lost its index
        return
    if not create:
        raise BadInput(mark("{path} is not a project of AIGC Desktop."), path=path)
    if there and not (path / NAME).exists():  # look again: another process may be making it just now
        raise BadInput(
            mark("{path} is not a project, but has a folder {name} already. Choose an empty folder."),
            path=path,
            name=there[0],
        )


def _connect(path: Path, repair: bool) -> Database:
    try:
        return Database(path)
    except Damaged:
        if not repair:
            raise
    aside = path / trash.TRASH / f"index {new_id()[0]}"
    aside.mkdir(parents=True)
    for suffix in ("", "-wal", "-shm"):
        if (path / (NAME + suffix)).exists():
            os.replace(path / (NAME + suffix), aside / (NAME + suffix))
    return Database(path)
