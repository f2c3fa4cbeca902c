"""The connection to library.sqlite: several processes read and write it at once."""

import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from aigc_desktop.i18n import mark
from aigc_desktop.library import migrations
from aigc_desktop.problems import BadInput

NAME = "library.sqlite"
PATIENCE = 30.0  # seconds to wait for another process that writes


class Database:
    """One connection, for the thread that opened it."""

    def __init__(self, folder: Path):
        """Open, or create, and bring up to date; BadInput where the file is foreign, newer, damaged or cannot be written."""
        if sqlite3.sqlite_version_info < (3, 34):  # the first with trigrams
            raise BadInput(
                mark("This Python's SQLite ({version}) is too old: 3.34 or newer is needed."),
                version=sqlite3.sqlite_version,
            )
        self.folder = folder
        try:
            self.connection = sqlite3.connect(folder / NAME, timeout=PATIENCE, isolation_level=None)
        except sqlite3.OperationalError:
            raise _unwritable(folder) from None
        try:
            self._prepare()
        except BaseException:
            self.connection.close()
            raise

    def _prepare(self) -> None:
        self.connection.row_factory = sqlite3.Row
        try:
            self.connection.execute("PRAGMA foreign_keys = ON")
            migrations.upgrade(self.connection, self.folder)
            self.connection.execute("PRAGMA journal_mode = WAL")
            self.connection.execute("PRAGMA synchronous = FULL")  # what was saved survives a power cut
        except sqlite3.OperationalError as error:
            code = error.sqlite_errorcode & 0xFF
            if code in (sqlite3.SQLITE_READONLY, sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_PERM):
                raise _unwritable(self.folder) from None
            raise
        except sqlite3.DatabaseError as error:
            code = (error.sqlite_errorcode or 0) & 0xFF
            if code in (sqlite3.SQLITE_NOTADB, sqlite3.SQLITE_CORRUPT):
                raise BadInput(
                    mark("The library of {path} is damaged. Its index can be rebuilt from the files: library rebuild."),
                    path=self.folder,
                ) from None
            raise

    def rows(self, sql: str, values: Sequence[Any] = ()) -> list[sqlite3.Row]:
        return self.connection.execute(sql, values).fetchall()

    def row(self, sql: str, values: Sequence[Any] = ()) -> sqlite3.Row | None:
        found: sqlite3.Row | None = self.connection.execute(sql, values).fetchone()
        return found

    def value(self, sql: str, values: Sequence[Any] = ()) -> Any:
        """The first column of the first row; None if there is none."""
        found = self.row(sql, values)
        return None if found is None else found[0]

    def execute(self, sql: str, values: Sequence[Any] = ()) -> sqlite3.Cursor:
        return self.connection.execute(sql, values)

    @contextmanager
    def writing(self) -> Iterator[None]:
        """A transaction that has the only right to write from its beginning: all of it or nothing. Can be nested."""
        if self.connection.in_transaction:
            yield
            return
        self.connection.execute("BEGIN IMMEDIATE")
        try:
            yield
        except BaseException:
            self.connection.execute("ROLLBACK")
            raise
        self.connection.execute("COMMIT")

    def fact(self, name: str) -> str | None:
        """A remembered text."""
        found: str | None = self.value("SELECT value FROM facts WHERE name = ?", (name,))
        return found

    def remember(self, name: str, value: str) -> None:
        self.execute(
            "INSERT INTO facts VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET value = excluded.value", (name, value)
        )

    def data_version(self) -> int:
        """A number that changes when another connection has written."""
        return int(self.value("PRAGMA data_version"))

    def close(self) -> None:
        self.connection.close()


def _unwritable(folder: Path) -> BadInput:
    return BadInput(mark("The project {path} cannot be written to. Copy it to a place where it can."), path=folder)
