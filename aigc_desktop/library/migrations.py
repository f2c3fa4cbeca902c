"""Brings library.sqlite to the newest version, one numbered step after another, with a copy kept before each."""

import sqlite3
from contextlib import closing
from pathlib import Path

from aigc_desktop.i18n import mark
from aigc_desktop.library import schema, seal
from aigc_desktop.media.files import replacing
from aigc_desktop.problems import BadInput


class Unmigrated(BadInput):
    """A step failed; the index is as it was before it."""


def version(connection: sqlite3.Connection) -> int:
    """The version of the tables; 0 in an empty database."""
    return int(connection.execute("PRAGMA user_version").fetchone()[0])


def upgrade(connection: sqlite3.Connection, folder: Path) -> None:
    """Take every step that is still to take, each in a transaction of its own; BadInput for a newer or foreign file.

    A step that fails leaves the file as it was before that step; BadInput says so.
    """
    seal.teach(connection)
    found, newest = version(connection), len(schema.STEPS)
    ours = connection.execute("PRAGMA application_id").fetchone()[0] == schema.APPLICATION
    if found > newest and ours:
        raise newer(folder)
    tables = connection.execute("SELECT count(*) FROM sqlite_master").fetchone()[0]
    if not ours and (found or tables):
        raise foreign(folder)
    while version(connection) < newest:
        try:
            _step(connection, folder, keep=found > 0)
        except sqlite3.Error as error:
            if (getattr(error, "sqlite_errorcode", None) or sqlite3.SQLITE_ERROR) & 0xFF != sqlite3.SQLITE_ERROR:
                raise  # the disk is full, the file is damaged: said elsewhere
            raise Unmigrated(
                mark(
                    "The project {path} could not be brought up to this version of AIGC Desktop ({reason}); "
                    "it is as it was. Open it with the version that made it, or rebuild the library from its files."
                ),
                path=folder,
                reason=error,
            ) from error


def newer(folder: Path) -> BadInput:
    return BadInput(mark("{path} was made by a newer version of AIGC Desktop. Update to open it."), path=folder)


def foreign(folder: Path) -> BadInput:
    return BadInput(mark("{path} is not a project of AIGC Desktop."), path=folder)


def _step(connection: sqlite3.Connection, folder: Path, keep: bool) -> None:
    connection.execute("BEGIN IMMEDIATE")  # of several processes that open it at once, one goes on
    try:
        before = version(connection)
        if before < len(schema.STEPS):
            if keep:
                _keep_copy(folder, before)
            for statement in schema.STEPS[before]:
                connection.execute(statement)
            connection.execute(f"PRAGMA application_id = {schema.APPLICATION}")
            connection.execute(f"PRAGMA user_version = {before + 1}")
        connection.execute("COMMIT")
    except BaseException:
        connection.execute("ROLLBACK")
        raise


def _keep_copy(folder: Path, before: int) -> None:
    """The database as it is now, in backups/ (a second connection reads it while this one holds the lock)."""
    backups = folder / "backups"
    backups.mkdir(exist_ok=True)
    with (
        replacing(backups / f"library-version-{before}.sqlite") as temporary,
        closing(sqlite3.connect(folder / "library.sqlite")) as source,
        closing(sqlite3.connect(temporary)) as target,
    ):
        source.backup(target)
