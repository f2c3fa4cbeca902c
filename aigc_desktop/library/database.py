"""The connection to library.sqlite: several processes read and write it at once."""

import os
import sqlite3
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from aigc_desktop.i18n import mark
from aigc_desktop.library import disk, migrations
from aigc_desktop.problems import BadInput

NAME = disk.INDEX
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
        self._connect(create=True)

    def _connect(self, create: bool = False) -> None:
        name = f"{(self.folder / NAME).absolute().as_uri()}?mode={'rwc' if create else 'rw'}"
        with _in_words(self.folder):
            self.connection = sqlite3.connect(name, timeout=PATIENCE, isolation_level=None, uri=True)
            try:
                self.connection.row_factory = sqlite3.Row
                self.execute("PRAGMA foreign_keys = ON")
                self.execute("PRAGMA synchronous = FULL")  # what was saved survives a power cut
                migrations.upgrade(self.connection, self.folder)
                self._write_ahead()
                self._check_writable()
                self._identity = disk.identity(self.folder)
            except BaseException:
                self.connection.close()
                raise

    def _write_ahead(self) -> None:
        """Turn WAL mode on. It is kept in the file; SQLite does not wait for others when it is changed, so we do."""
        deadline = time.monotonic() + PATIENCE
        while self.connection.execute("PRAGMA journal_mode").fetchone()[0] != "wal":
            try:
                self.execute("PRAGMA journal_mode = WAL")
                return  # on a drive that has no shared memory it stays as it is, and works
            except sqlite3.OperationalError as error:
                if error.sqlite_errorcode & 0xFF != sqlite3.SQLITE_BUSY or time.monotonic() > deadline:
                    raise
                time.sleep(0.01)

    def _check_writable(self) -> None:
        if not (os.access(self.folder, os.W_OK) and os.access(self.folder / NAME, os.W_OK)):
            raise disk.unwritable(self.folder)

    def require(self) -> None:
        """Be connected to the file that is at the project's place now; Unreachable while there is none.

        Reading goes on meanwhile, from the file as it was, as far as the system lets it.
        """
        found = disk.identity(self.folder)
        if found is None:
            raise disk.unreachable(self.folder)
        if found != self._identity and not self.connection.in_transaction:
            with suppress(sqlite3.Error):  # what it had is gone
                self.connection.close()
            self._connect()

    def rows(self, sql: str, values: Sequence[Any] = ()) -> list[sqlite3.Row]:
        with _in_words(self.folder):
            return self.connection.execute(sql, values).fetchall()

    def row(self, sql: str, values: Sequence[Any] = ()) -> sqlite3.Row | None:
        with _in_words(self.folder):
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
        """A transaction that has the only right to write from its beginning: all of it or nothing. Can be nested.

        Trouble where the disk is full, cannot be written or is gone, for the files that are written inside as well.
        """
        if self.connection.in_transaction:
            yield
            return
        self.require()
        with _in_words(self.folder):
            self.connection.execute("BEGIN IMMEDIATE")
            try:
                yield
                self.connection.execute("COMMIT")
            except BaseException:
                if self.connection.in_transaction:
                    with suppress(sqlite3.Error):  # on a disk that is gone; nothing was written there either
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
    """What goes wrong with the index, or with the files written in its transactions, as BadInput."""
    try:
        yield
    except OSError as error:
        if (trouble := disk.trouble(error, folder)) is not None:
            raise trouble from error
        raise
    except sqlite3.DatabaseError as error:
        if (trouble := disk.trouble(error, folder)) is not None:
            raise trouble from None
        code = (getattr(error, "sqlite_errorcode", None) or 0) & 0xFF
        if code == sqlite3.SQLITE_CANTOPEN:
            raise disk.unwritable(folder) from None
        if code in (sqlite3.SQLITE_NOTADB, sqlite3.SQLITE_CORRUPT):
            raise Damaged(
                mark("The index of the project {path} is damaged. Rebuild the library from its files."), path=folder
            ) from None
        if code == sqlite3.SQLITE_BUSY:
            raise BadInput(mark("The project {path} is busy in another program. Try again."), path=folder) from None
        raise
