"""The connection to library.sqlite: several processes read and write it at once."""

import os
import sqlite3
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from aigc_desktop.i18n import mark
from aigc_desktop.library import migrations
from aigc_desktop.problems import BadInput

NAME = "library.sqlite"
PATIENCE = 30.0  # seconds to wait for another process that writes


class Damaged(BadInput):
    """The index cannot be read; it can be made again from the files."""


class Database:
    """One connection, for the thread that opened it."""

    def __init__(self, folder: Path):
        """Open, or create, and bring up to date.

        BadInput where the file is foreign, newer, or cannot be written; Damaged where it is broken.
        """
        if sqlite3.sqlite_version_info < (3, 34):  # the first with trigrams
            raise BadInput(
                mark("This Python's SQLite ({version}) is too old: 3.34 or newer is needed."),
                version=sqlite3.sqlite_version,
            )
        self.folder = folder
        with _in_words(folder):
            self.connection = sqlite3.connect(folder / NAME, timeout=PATIENCE, isolation_level=None)
            try:
                self.connection.row_factory = sqlite3.Row
                self.execute("PRAGMA foreign_keys = ON")
                self.execute("PRAGMA synchronous = FULL")  # what was saved survives a power cut
                migrations.upgrade(self.connection, folder)
                self._write_ahead()
                self._check_writable()
            except BaseException:
                self.connection.close()
                raise

    def _write_ahead(self) -> None:
        """Turn WAL mode on. It is kept in the file; SQLite does not wait for others when it is changed, so we do."""
        deadline = time.monotonic() + PATIENCE
        while self.value("PRAGMA journal_mode") != "wal":
            try:
                self.execute("PRAGMA journal_mode = WAL")
                return  # on a drive that has no shared memory it stays as it is, and works
            except sqlite3.OperationalError as error:
                if error.sqlite_errorcode & 0xFF != sqlite3.SQLITE_BUSY or time.monotonic() > deadline:
                    raise
                time.sleep(0.01)

    def _check_writable(self) -> None:
        if not (os.access(self.folder, os.W_OK) and os.access(self.folder / NAME, os.W_OK)):
            raise _unwritable(self.folder)

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
            self.connection.execute("COMMIT")
        except BaseException:
            if self.connection.in_transaction:
                self.connection.execute("ROLLBACK")
            raise

    def fact(self, name: str) -> str | None:
        """A remembered text."""
        found: str | None = self.value("SELECT value FROM facts WHERE name = ?", (name,))
        return found

    def remember(self, name: str, value: str) -> None:
        """Remember a text until it is replaced."""
        self.execute("INSERT OR REPLACE INTO facts VALUES (?, ?)", (name, value))

    def data_version(self) -> int:
        """A number that changes when another connection has written."""
        return int(self.value("PRAGMA data_version"))

    def close(self) -> None:
        self.connection.close()


@contextmanager
def _in_words(folder: Path) -> Iterator[None]:
    """What goes wrong with the file when it is opened, as BadInput."""
    try:
        yield
    except sqlite3.DatabaseError as error:
        code = (getattr(error, "sqlite_errorcode", None) or 0) & 0xFF
        if code in (sqlite3.SQLITE_READONLY, sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_PERM):
            raise _unwritable(folder) from None
        if code in (sqlite3.SQLITE_NOTADB, sqlite3.SQLITE_CORRUPT):
            raise Damaged(
                mark("The index of the project {path} is damaged. Rebuild the library from its files."), path=folder
            ) from None
        if code == sqlite3.SQLITE_BUSY:
            raise BadInput(mark("The project {path} is busy in another program. Try again."), path=folder) from None
        raise


def _unwritable(folder: Path) -> BadInput:
    return BadInput(mark("The project {path} cannot be written to. Copy it to a place where it can."), path=folder)
