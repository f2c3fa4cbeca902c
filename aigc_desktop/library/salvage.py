"""What a damaged index still gives, row by row: of rows that the files describe as well, the files say what is right."""

import shutil
import sqlite3
import tempfile
from collections.abc import Iterator
from contextlib import closing, suppress
from pathlib import Path
from typing import Any

from aigc_desktop.library import seal
from aigc_desktop.library.database import Database

_TABLES = ("facts", "runs", "models", "former_names", "items")  # models before the names that refer to them
_KEPT_FACTS = ("swept", "recovered")


def salvage(damaged: Path, database: Database) -> dict[str, int]:
    """Copy the readable rows of a damaged index into a new one; how many of each table there were."""
    counts = dict.fromkeys(_TABLES, 0)
    with tempfile.TemporaryDirectory(prefix="aigc-", ignore_cleanup_errors=True) as folder:
        copy = Path(folder) / "library.sqlite"  # SQLite writes while it reads what a crash left in the -wal
        for suffix in ("", "-wal"):
            if Path(f"{damaged}{suffix}").is_file():
                shutil.copyfile(f"{damaged}{suffix}", f"{copy}{suffix}")
        with suppress(sqlite3.Error, ValueError), closing(sqlite3.connect(copy, isolation_level=None)) as source:
            source.text_factory = _text
            for table in _TABLES:
                known = [row["name"] for row in database.rows(f"PRAGMA table_info({table})")]
                for row in _rows(source, table):
                    with suppress(sqlite3.Error, ValueError, OverflowError):
                        counts[table] += _keep(database, table, {k: v for k, v in row.items() if k in known})
    return counts


def _text(content: bytes) -> str | bytes:
    try:
        return content.decode()
    except UnicodeDecodeError:
        return content


def _rows(source: sqlite3.Connection, table: str) -> Iterator[dict[str, Any]]:
    """The rows that can be reached from the beginning, then those that can from the end: damage is mostly in one place."""
    seen: set[int] = set()
    for order in ("ASC", "DESC"):
        try:
            cursor = source.execute(f"SELECT rowid AS _place, * FROM {table} NOT INDEXED ORDER BY rowid {order}")
            names = [column[0] for column in cursor.description]
            for values in cursor:
                row = dict(zip(names, values, strict=True))
                place = row.pop("_place")
                if place not in seen and type(place) is int:
                    seen.add(place)
                    yield row
        except (sqlite3.Error, ValueError, MemoryError):  # ValueError: of names that are no text
            continue
        else:
            return


def _keep(database: Database, table: str, row: dict[str, Any]) -> bool:
    """Write a row if it can be one of ours; whether it was."""
    if any(isinstance(value, bytes) for value in row.values()):
        return False
    if table == "facts" and row.get("name") not in _KEPT_FACTS:
        return False
    if table == "items":
        row.pop("seq", None)
        if row.get("seal") is not None and row["seal"] != seal.seal_of(*(row.get(name) for name in seal.COLUMNS)):
            return False
    marks = ", ".join("?" * len(row))
    cursor = database.execute(f"INSERT OR IGNORE INTO {table} ({', '.join(row)}) VALUES ({marks})", tuple(row.values()))
    return cursor.rowcount > 0
