"""Mending an index that is damaged or gone: the damaged one is kept, a new one is made from it and from the files."""

import os
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path

from aigc_desktop.i18n import mark
from aigc_desktop.library import disk, index, rebuild, salvage
from aigc_desktop.library.database import Database
from aigc_desktop.media.files import UNFINISHED
from aigc_desktop.problems import BadInput, Sentence

WAIT = 10.0  # seconds for another process that writes to the old index
PATIENCE = 600.0  # seconds to wait for another process that mends the same project


def repair(project: Path, tell: rebuild.Tell = lambda done, total: None) -> list[Sentence]:
    """Put a whole index in the place of one that is damaged or gone; what is to be said about it.

    Nothing, where another process did so meanwhile. What is wrong with the disk is BadInput, and nothing has changed then.
    """
    from filelock import FileLock, Timeout

    lock = project / f"{index.DAMAGED}-lock"
    try:
        with FileLock(lock, timeout=PATIENCE):
            said = [_repair(project, tell)] if index.must_be_made(project) else []
            with suppress(OSError):  # where it cannot be deleted while it is held, it stays
                lock.unlink()
            return said
    except Timeout:
        raise BadInput(mark("The project {path} is busy in another program. Try again."), path=project) from None


def _repair(project: Path, tell: rebuild.Tell) -> Sentence:
    (project / "trash").mkdir(exist_ok=True)
    new = project / f".{os.getpid()}-{os.urandom(6).hex()}{UNFINISHED}"
    try:
        kept = index.keep(project)
        with closing(Database(project, new.name)) as database:
            if kept is not None:
                with database.writing():
                    salvage.salvage(kept, database)
            counts = rebuild.rebuild(project, database, tell)
            database.remember(index.COMPLETE, "yes")
            with _nobody_writing(project):
                rebuild.rebuild(project, database)  # what others saved and deleted meanwhile
                database.close()
                index.put(project, new)
    except OSError as error:
        raise disk.trouble(error, project, project=False) or error from error
    finally:
        for path in (new, Path(f"{new}-journal")):
            with suppress(OSError):
                path.unlink()
    values = {name: counts[name] for name in ("items", "models")}
    if kept is None or not os.path.lexists(kept):  # at most its -wal was there still
        pattern = mark(
            "The library's index was missing; it was made again from the files (items: {items:,}, models: {models:,})."
        )
        return Sentence(pattern, values)
    pattern = mark(
        "The library's index was damaged; it was made again from the files (items: {items:,}, models: {models:,}). "
        "The damaged one is kept as {path}."
    )
    return Sentence(pattern, values | {"path": kept.relative_to(project).as_posix()})


@contextmanager
def _nobody_writing(project: Path) -> Iterator[None]:
    """Hold the right to write to the old index, if there is one still: who waits for it looks for the new one then."""
    place = project / disk.INDEX
    if index.lost(project):
        yield
        return
    with closing(sqlite3.connect(f"{place.as_uri()}?mode=rw", timeout=WAIT, isolation_level=None, uri=True)) as old:
        with suppress(sqlite3.Error):
            old.execute("BEGIN IMMEDIATE")
        yield
