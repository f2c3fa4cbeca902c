"""Whether the library and the files of a project agree."""

import hashlib
import os
import sqlite3
import time
from pathlib import Path
from typing import Any

from aigc_desktop.i18n import mark
from aigc_desktop.library import found, index, trash
from aigc_desktop.library.database import Damaged, Database
from aigc_desktop.problems import Sentence

_IGNORED = {"desktop.ini", "Thumbs.db"}  # what file managers leave


def verify(project: Path, database: Database) -> list[Sentence]:
    """A sentence for each missing or changed file, file that belongs to nothing, row of an unknown run, and fault of the index."""
    if spoilt := _index(database):
        index.mark_damaged(project)  # mended when it is opened next
        return spoilt
    return [
        *_items(project, database),
        *_orphans(project, database),
        *_models(project, database),
        *_runs(project, database),
    ]


def _index(database: Database) -> list[Sentence]:
    try:
        whole = database.value("PRAGMA quick_check") == "ok"
        database.execute("INSERT INTO search (search, rank) VALUES ('integrity-check', 1)")
    except (sqlite3.DatabaseError, Damaged):
        whole = False
    return [] if whole else [_say(mark("The index is damaged. Rebuild the library from its files."))]


def _items(project: Path, database: Database) -> list[Sentence]:
    said = []
    runs = {row["id"] for row in database.rows("SELECT id FROM runs")}
    for row in database.rows("SELECT id, name, medium, path, trashed, file_sha256, run FROM items ORDER BY seq"):
        file = trash.place(project, row["path"], row["trashed"] is not None)
        shown: dict[str, Any] = {"name": row["name"], "id": row["id"], "path": file.relative_to(project).as_posix()}
        if not file.exists():
            if (
                database.row("SELECT 1 FROM items WHERE id = ? AND path = ?", (row["id"], row["path"]))
                and not file.exists()
            ):
                said.append(_say(mark("{name} ({id}): its file {path} is missing."), **shown))
            continue
        if _sha256(file) != row["file_sha256"]:
            said.append(_say(mark("{name} ({id}): its file {path} has changed since it was saved."), **shown))
        if row["medium"] == "text" and not file.with_suffix(".json").exists():
            shown["path"] = file.with_suffix(".json").relative_to(project).as_posix()
            said.append(_say(mark("{name} ({id}): the file {path}, which says how it was made, is missing."), **shown))
        if row["run"] is not None and row["run"] not in runs:
            said.append(
                _say(mark("{name} ({id}) names a run that is not in this project: {run}."), **shown, run=row["run"])
            )
    return said


def _orphans(project: Path, database: Database) -> list[Sentence]:
    """Files under items/ without a row. One that is being saved gets its row within moments: the second look decides."""
    strays = _strays(project, database)
    if any(time.time() - _modified(project / path) < 2 for path in strays):
        time.sleep(0.5)
        strays = [path for path in _strays(project, database) if path in strays]
    return [_say(mark("{path} is in the project's folder but not in its library."), path=path) for path in strays]


def _strays(project: Path, database: Database) -> list[str]:
    known = {row["path"] for row in database.rows("SELECT path FROM items WHERE trashed IS NULL")}
    strays = []
    for here, _, names in os.walk(project / "items"):
        folder = Path(here).relative_to(project).as_posix()
        for name in sorted(names):
            path = f"{folder}/{name}"
            text = path.removesuffix(".json") + ".txt"
            hidden = name.startswith(".") and not name.endswith(".new")
            if (
                path not in known
                and not (name.endswith(".json") and text in known)
                and not hidden
                and name not in _IGNORED
            ):
                strays.append(path)
    return strays


def _models(project: Path, database: Database) -> list[Sentence]:
    said = []
    runs = {row["id"] for row in database.rows("SELECT id FROM runs")}
    rows = database.rows("SELECT folder, name, run, trashed FROM models ORDER BY created")
    for row in rows:
        folder = trash.place(project, f"models/{row['folder']}", row["trashed"] is not None)
        if not folder.is_dir():
            path = folder.relative_to(project).as_posix()
            said.append(_say(mark("The model {name}: its folder {path} is missing."), name=row["name"], path=path))
            continue
        for name, expected in found.model_files(folder).items():
            file = folder / name
            shown = {"name": row["name"], "path": file.relative_to(project).as_posix()}
            if not file.exists():
                said.append(_say(mark("The model {name}: its file {path} is missing."), **shown))
            elif _sha256(file) != expected:
                said.append(_say(mark("The model {name}: its file {path} has changed since it was trained."), **shown))
        if row["run"] is not None and row["run"] not in runs:
            said.append(
                _say(
                    mark("The model {name} names a run that is not in this project: {run}."),
                    name=row["name"],
                    run=row["run"],
                )
            )
    said += _unknown_folders(project, "models", {row["folder"] for row in rows})
    return said


def _runs(project: Path, database: Database) -> list[Sentence]:
    said = []
    rows = database.rows("SELECT id, trashed FROM runs ORDER BY created")
    for row in rows:
        folder = trash.place(project, f"runs/{row['id']}", row["trashed"] is not None)
        if not folder.is_dir():
            path = folder.relative_to(project).as_posix()
            said.append(_say(mark("The run {name}: its folder {path} is missing."), name=row["id"], path=path))
    return said + _unknown_folders(project, "runs", {row["id"] for row in rows})


def _unknown_folders(project: Path, kind: str, known: set[str]) -> list[Sentence]:
    names = sorted(
        entry.name for entry in (project / kind).iterdir() if entry.is_dir() and not entry.name.startswith(".")
    )
    return [
        _say(mark("{path} is in the project's folder but not in its library."), path=f"{kind}/{name}")
        for name in names
        if name not in known
    ]


def _say(pattern: str, **values: Any) -> Sentence:
    return Sentence(pattern, values)


def _sha256(file: Path) -> str:
    with file.open("rb") as content:
        return hashlib.file_digest(content, "sha256").hexdigest()


def _modified(path: Path) -> float:
    try:
        return path.stat().st_mtime
    except OSError:
        return 0.0
