"""The connection to library.sqlite: several processes read and write it at once."""

import os
import sqlite3
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, TypeVar

from aigc_desktop.i18n import mark
from aigc_desktop.library import disk, index, migrations
from aigc_desktop.problems import BadInput

NAME = disk.INDEX
PATIENCE = 30.0  # seconds to wait for another process that writes


# What SQLite says of tables that are not as they were made, without a code of its own.
_SPOILT = ("no such table", "no such column", "malformed", "vtable constructor failed", "Could not decode to UTF-8")

Read = TypeVar("Read")


class Damaged(BadInput):
    """The index cannot be read; it can be made again from the files."""


def damaged(folder: Path) -> Damaged:
    return Damaged(
        mark(
            "The index of the project {path} is damaged. Open the project again: the index is made anew from the files, "
            "and nothing that was made is lost."
        ),
        path=folder,
    )


class Database:
    """One connection, for the thread that opened it."""

    def __init__(self, folder: Path, name: str = NAME):
        """Open, or create, and bring up to date; under another name while an index is being made.

        BadInput where the file is foreign, newer, or cannot be written; Damaged where it is broken.
        """
        if sqlite3.sqlite_version_info < (3, 34):  # the first with trigrams
            raise BadInput(
                mark("This Python's SQLite ({version}) is too old: 3.34 or newer is needed."),
                version=sqlite3.sqlite_version,
            )
        self.folder, self._name = folder, name
        self._undo: list[Callable[[], Any]] = []
        self._opened = 0  # how often: the file can be another one since
        self.when_damaged: Callable[[], None] | None = None  # called where damage is met
        self._connect(create=True)

    def _connect(self, create: bool = False) -> None:
        name = f"{(self.folder / self._name).absolute().as_uri()}?mode={'rwc' if create else 'rw'}"
        with self._in_words():
            self.connection = sqlite3.connect(name, timeout=PATIENCE, isolation_level=None, uri=True)
            try:
                self.connection.row_factory = sqlite3.Row
                self.execute("PRAGMA foreign_keys = ON")
                self.execute("PRAGMA synchronous = FULL")  # what was saved survives a power cut
                migrations.upgrade(self.connection, self.folder)
                if self._name == NAME:
                    self._write_ahead()
                self._check_writable()
                self._identity = disk.identity(self.folder)
                self._opened += 1
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
        if not (os.access(self.folder, os.W_OK) and os.access(self.folder / self._name, os.W_OK)):
            raise disk.unwritable(self.folder)

    def require(self) -> None:
        """Be connected to the file that is at the project's place now; Unreachable while there is none.

        Reading goes on meanwhile, from the file as it was, as far as the system lets it.
        """
        if self._name != NAME:
            return
        found = disk.identity(self.folder)
        if found is None:
            if index.is_project(self.folder):  # the index alone was deleted
                self._met_damage()
                raise damaged(self.folder)
            raise disk.unreachable(self.folder)
        if found != self._identity and not self.connection.in_transaction:
            with suppress(sqlite3.Error):  # what it had is gone
                self.connection.close()
            self._connect()

    def rows(self, sql: str, values: Sequence[Any] = ()) -> list[sqlite3.Row]:
        with self._in_words():
            return self.execute(sql, values).fetchall()

    def row(self, sql: str, values: Sequence[Any] = ()) -> sqlite3.Row | None:
        with self._in_words():
            found: sqlite3.Row | None = self.execute(sql, values).fetchone()
        return found

    def value(self, sql: str, values: Sequence[Any] = ()) -> Any:
        """The first column of the first row; None if there is none."""
        found = self.row(sql, values)
        return None if found is None else found[0]

    def execute(self, sql: str, values: Sequence[Any] = ()) -> sqlite3.Cursor:
        try:
            return self.connection.execute(sql, values)
        except UnicodeEncodeError:  # half of a surrogate pair, as in file names that are no text
            whole = [one.encode("utf-8", "replace").decode() if isinstance(one, str) else one for one in values]
            return self.connection.execute(sql, whole)
        except (UnicodeDecodeError, MemoryError):  # what SQLite quotes, or asks for, by a damaged index
            self._met_damage()
            raise damaged(self.folder) from None

    @contextmanager
    def writing(self) -> Iterator[None]:
        """A transaction that has the only right to write from its beginning: all of it or nothing. Can be nested.

        Trouble where the disk is full, cannot be written or is gone, for the files that are written inside as well. Where it
        fails, what was done to files inside is undone as `otherwise` says.
        """
        if self.connection.in_transaction:
            yield
            return
        self.require()
        with self._in_words():
            self._begin()
            try:
                yield
                self.connection.execute("COMMIT")
            except BaseException:
                if self.connection.in_transaction:
                    with suppress(sqlite3.Error):  # on a disk that is gone; nothing was written there either
                        self.connection.execute("ROLLBACK")
                for undo in reversed(self._undo):
                    with suppress(OSError, BadInput):  # the next sweep sees to it
                        undo()
                raise
            finally:
                self._undo.clear()

    def _begin(self) -> None:
        """Take the right to write; where another index took the place of this one while it was waited for, to that one."""
        while True:
            self.connection.execute("BEGIN IMMEDIATE")
            if self._name != NAME or disk.identity(self.folder) in (None, self._identity):
                return
            self.connection.execute("ROLLBACK")
            self.require()

    def otherwise(self, undo: Callable[[], Any]) -> None:
        """Inside `writing`: call this if the transaction fails from here on, its last step on a full disk included."""
        self._undo.append(undo)

    def fact(self, name: str) -> str | None:
        """A remembered text."""
        found: str | None = self.value("SELECT value FROM facts WHERE name = ?", (name,))
        return found

    def remember(self, name: str, value: str) -> None:
        """Remember a text until it is replaced."""
        self.execute("INSERT OR REPLACE INTO facts VALUES (?, ?)", (name, value))

    def data_version(self) -> int:
        """A number that changes when another connection has written."""
        if self._name == NAME and disk.identity(self.folder) not in (None, self._identity):
            self.require()
        return self._opened * 2**32 + int(self.value("PRAGMA data_version"))

    def read(self, make: Callable[[sqlite3.Row], Read], rows: Iterable[sqlite3.Row]) -> list[Read]:
        """What `make` makes of each row; Damaged where a row holds what nobody wrote."""
        try:
            return [make(row) for row in rows]
        except (ValueError, TypeError, LookupError, AttributeError, RecursionError):
            self._met_damage()
            raise damaged(self.folder) from None

    def _met_damage(self) -> None:
        index.mark_damaged(self.folder)
        if self.when_damaged is not None:
            self.when_damaged()

    def close(self) -> None:
        self.connection.close()

    @contextmanager
    def _in_words(self) -> Iterator[None]:
        """What goes wrong with the index, or with the files written in its transactions, as BadInput."""
        try:
            yield
        except OSError as error:
            if (trouble := disk.trouble(error, self.folder)) is not None:
                raise trouble from error
            raise
        except sqlite3.DatabaseError as error:
            if _is_damage(error) or (index.is_project(self.folder) and index.lost(self.folder)):
                self._met_damage()
                raise damaged(self.folder) from None
            if (trouble := disk.trouble(error, self.folder)) is not None:
                raise trouble from None
            code = (getattr(error, "sqlite_errorcode", None) or 0) & 0xFF
            if code == sqlite3.SQLITE_CANTOPEN:
                raise disk.unwritable(self.folder) from None
            if code == sqlite3.SQLITE_BUSY:
                raise BadInput(
                    mark("The project {path} is busy in another program. Try again."), path=self.folder
                ) from None
            if code == sqlite3.SQLITE_IOERR:
                raise BadInput(
                    mark(
                        "The disk could not read or write the project {path} ({reason}). "
                        "Make room on it, or copy the project to another disk."
                    ),
                    path=self.folder,
                    reason=error,
                ) from None
            raise


def _is_damage(error: sqlite3.Error) -> bool:
    code = getattr(error, "sqlite_errorcode", None) or sqlite3.SQLITE_ERROR
    if code == sqlite3.SQLITE_IOERR_CORRUPTFS:
        return True
    if code & 0xFF == sqlite3.SQLITE_ERROR:
        return str(error).startswith(_SPOILT)
    return code & 0xFF in (sqlite3.SQLITE_NOTADB, sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_FORMAT, sqlite3.SQLITE_TOOBIG)
