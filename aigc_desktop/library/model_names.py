"""Which model a name means: as it is called now, or as it was called once."""

import sqlite3
from pathlib import Path
from typing import Any

from aigc_desktop.library import names
from aigc_desktop.library.database import Database


def called(database: Database, name: str, at: str | None = None) -> sqlite3.Row | None:
    """The row of the model that has, or had, this name (of those that there were at that moment).

    Rather one that is not in the trash, rather by its name of now.
    """
    return database.row(
        "SELECT models.* FROM models LEFT JOIN former_names ON former_names.model = folder AND former_names.key = ?1"
        " WHERE (models.key = ?1 OR former_names.key = ?1) AND (?2 IS NULL OR models.created <= ?2)"
        " ORDER BY trashed IS NULL DESC, models.key = ?1 DESC, trashed DESC LIMIT 1",
        (names.key(name), at),
    )


def maker(
    database: Database, project: Path, job: dict[str, Any], at: str | None = None
) -> tuple[str | None, str, str | None]:
    """The name that the library knows a job's model by (None without one), the generator, and the model's folder.

    `at` is when the job was carried out, where that was not just now.
    """
    given, generator = job.get("model"), job.get("generator") or ""
    if not given:
        return None, generator, None
    path = Path(given)
    row = called(database, given, at)
    if row is None and path.parent == project / "models":
        row = database.row("SELECT * FROM models WHERE folder = ?", (path.name,))
    if row is None:
        return folder_title(given), generator, None
    return row["name"], generator or row["generator"], row["folder"]


def folder_title(folder: str) -> str:
    """What a model's folder is called for people: its name, or the model's where a hub's cache put it under a number."""
    path = Path(folder)
    if path.parent.name == "snapshots" and path.parent.parent.name.startswith("models--"):
        return path.parent.parent.name.rpartition("--")[2]
    return path.name or folder
