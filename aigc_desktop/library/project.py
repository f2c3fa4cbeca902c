"""A project: a folder that the user can see, copy and back up, with everything that was made in it.

library.sqlite   the index, can be made again from the rest
items/           what was made, a folder a day
models/, runs/   trained models; every training and creation
trash/           what was deleted, under the path that it had
thumbnails/, backups/
"""

import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import Self

from aigc_desktop.i18n import mark
from aigc_desktop.library import check, disk, index, migrations, sweep
from aigc_desktop.library.database import Damaged, Database, damaged
from aigc_desktop.library.items import Items
from aigc_desktop.library.models import Models
from aigc_desktop.library.runs import Runs
from aigc_desktop.media.base import why
from aigc_desktop.problems import BadInput, Sentence

LONGEST_PATH = 480  # bytes: SQLite opens no file whose path has more than 512


class Project:
    """An open project, for the thread that opened it. Any number of processes may have it open at once."""

    path: Path
    items: Items
    models: Models
    runs: Runs

    def __init__(self, path: Path, database: Database):
        self.path, self._database = path, database
        self.mended: list[Sentence] = []  # what was wrong with the index when it was opened, and was put right
        self._closed = True
        self._swept = sweep.Swept()
        self.items = Items(path, database)
        self.models = Models(path, database)
        self.runs = Runs(path, database)

    @classmethod
    def open(
        cls,
        folder: Path | str,
        create: bool = True,
        repair: bool = False,
        tell: Callable[[int, int], None] = lambda done, total: None,
    ) -> Self:
        """Open the project in a folder, or make one there; what a crash left behind is put right.

        An index that is missing or damaged is made again from the files (`mended` says so; the damaged one is kept in
        backups/); with `repair` also one that could not be brought up to this version. `tell` hears of files read meanwhile.
        BadInput: no folder (without `create`), not a project, made by a newer version, cannot be written.
        """
        path = Path(folder)
        try:
            path = path.expanduser().absolute()
            _check(path, create)
            path.mkdir(parents=True, exist_ok=True)
            database, known, mended = _connect(path, repair, tell)
            for name in index.FOLDERS:
                (path / name).mkdir(exist_ok=True)
        except (OSError, ValueError, RuntimeError) as error:  # also a zero byte, or the home of an unknown user
            if (trouble := disk.trouble(error, path, project=False)) is not None:
                raise trouble from None
            raise BadInput(
                mark("The project {path} cannot be opened: {reason}."), path=path, reason=why(error)
            ) from None
        project = cls(path, database)
        project.mended = mended
        try:
            project._settle(known)
        except BaseException:
            database.close()
            raise
        index.opened(path)
        project._closed = False
        return project

    @staticmethod
    def opens_quickly(folder: Path | str) -> bool:
        """Whether opening will take no time to speak of: nothing must be mended, nor looked through after a crash."""
        try:
            path = Path(folder).expanduser().absolute()
            if not index.is_project(path):
                return True
        except (OSError, ValueError, RuntimeError):  # `open` will say what is wrong
            return True
        return not index.must_be_made(path) and (index.as_left(path) or index.held(path))

    def _settle(self, known: bool) -> None:
        """`known`: the index is as it was left, or new."""
        if self._database.fact(index.COMPLETE) is None:  # a new index, of a new project or beside old files
            self.rebuild()
        self.sweep()
        described = self._database.fact(index.DESCRIBED) is not None
        if described and not known:
            from aigc_desktop.library import rebuild

            rebuild.follow_records(self.path, self._database)
        if not described:
            from aigc_desktop.library import describe

            describe.describe(self.path, self._database)

    @property
    def name(self) -> str:
        return self.path.name

    def require(self) -> None:
        """BadInput while the project is not at its place (`disk.Unreachable`); one that came back is taken up again."""
        self._database.require()

    def data_version(self) -> int:
        """A number that changes whenever another process or thread has written to the library."""
        return self._database.data_version()

    def when_damaged(self, call: Callable[[], None] | None) -> None:
        """Have this called whenever the index is found damaged while it is open; opening the project again mends it."""
        self._database.when_damaged = call

    def close(self) -> None:
        self._database.close()
        if not self._closed:
            self._closed = True
            index.closed(self.path)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def recovered(self) -> dict[str, int]:
        """How much was brought back that a killed process had not put into the library, by medium, "model" and "run".

        It is told once, by whoever asks first, whichever program brought it back.
        """
        if self._database.fact(sweep.RECOVERED) in (None, "{}"):
            return {}
        with self._database.writing():
            told = self._database.fact(sweep.RECOVERED)
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
            self._database.remember(index.COMPLETE, "yes")
        return counts


def _check(path: Path, create: bool) -> None:
    """BadInput unless there is a project at this path, or one may be made."""
    name = os.fsencode(path)
    if name.decode("utf-8", "replace") != str(path):
        raise BadInput(mark("The name {path} holds bytes that are no letters; rename it and try again."), path=path)
    if len(name) > LONGEST_PATH:
        raise BadInput(
            mark("The path of the project {path} is too long. Choose a folder nearer to the top."), path=path
        )
    if os.path.lexists(path / disk.INDEX):
        return
    if path.exists() and not path.is_dir():
        raise BadInput(mark("{path} is a file, not a project. Choose a folder."), path=path)
    if index.is_project(path):  # one that lost its index
        return
    if not create:
        raise migrations.foreign(path)
    there = [name for name in index.FOLDERS if (path / name).exists()]
    if there and not os.path.lexists(path / disk.INDEX):  # look again: another process may be making it just now
        raise BadInput(
            mark("{path} is not a project, but has a folder {name} already. Choose an empty folder."),
            path=path,
            name=there[0],
        )


def _connect(path: Path, repair: bool, tell: Callable[[int, int], None]) -> tuple[Database, bool, list[Sentence]]:
    """A connection to the index, mended if need be; whether it is known to be whole; what was mended."""
    mended: list[Sentence] = []
    for _ in range(3):
        try:
            check.refuse_newer(path)
            if index.must_be_made(path):
                from aigc_desktop.library import repair as repairing

                mended += repairing.repair(path, tell)
            database, known = _whole(path)
            return database, known or bool(mended), mended
        except (Damaged, migrations.Unmigrated) as problem:
            if isinstance(problem, migrations.Unmigrated) and not repair:
                raise
            if not index.is_project(path):
                raise migrations.foreign(path) from None
            index.mark_damaged(path)
    raise damaged(path)


def _whole(path: Path) -> tuple[Database, bool]:
    """A connection, and whether the index is as it was left; Damaged where it is not whole, which a look from outside tells."""
    there = os.path.lexists(path / disk.INDEX) and index.is_project(path)
    left = not there or index.as_left(path)
    held = there and not left and index.held(path)
    if os.path.lexists(path / disk.INDEX) and not left and not held and not check.looks_whole(path):
        raise damaged(path)
    database = Database(path)
    try:
        if held and not check.structure_is_whole(database.connection):
            raise damaged(path)
        if not (left or held) and not check.search_is_whole(database.connection):
            raise damaged(path)
    except BaseException:
        database.close()
        raise
    return database, left or held
