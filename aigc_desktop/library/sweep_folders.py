"""The sweep of models and runs: folders that a crash left without a row, or in the other place than their row says."""

import os
from dataclasses import replace
from pathlib import Path

from aigc_desktop.library import trash
from aigc_desktop.library.database import Database
from aigc_desktop.library.ids import stamp
from aigc_desktop.library.models import PREPARED


def sweep(project: Path, database: Database, since: float, young: float) -> None:
    """Look through models/ and runs/ where they changed since then; what changed after `young` may be under way."""
    for kind, column in (("models", "folder"), ("runs", "id")):
        if not any(_modified(trash.place(project, kind, trashed)) >= since for trashed in (False, True)):
            continue
        if _wrong(project, database, kind, column, young):
            with database.writing():  # nobody saves now; look again
                for name in _wrong(project, database, kind, column, young):
                    _put_right(project, database, kind, column, name)


def _wrong(project: Path, database: Database, kind: str, column: str, young: float) -> list[str]:
    """Names of folders that are not where a row says."""
    rows = {row[0]: row[1] is not None for row in database.rows(f"SELECT {column}, trashed FROM {kind}")}
    live, trashed = _names(project / kind), _names(trash.place(project, kind, True))
    moved = [name for name, gone in rows.items() if name not in (trashed if gone else live)]
    moved = [name for name in moved if name in (live if rows[name] else trashed)]
    unknown = [name for name in live - rows.keys() if _newest(project / kind / name) < young and not _in_use(name)]
    return sorted(moved) + sorted(unknown)


def _put_right(project: Path, database: Database, kind: str, column: str, name: str) -> None:
    """Let the row follow the folder; a folder without a row gets one if it is whole, else it goes into the trash."""
    from aigc_desktop.library import found, models, names, runs

    if database.row(f"SELECT 1 FROM {kind} WHERE {column} = ?", (name,)):
        since = None if (project / kind / name).exists() else stamp()
        if kind == "models" and since is None:
            models.free_name(database, name)
        database.execute(f"UPDATE {kind} SET trashed = ? WHERE {column} = ?", (since, name))
        return
    folder = project / kind / name
    if kind == "models" and not name.startswith("."):
        model = found.model(folder, trashed=False)
        if model is not None:
            free = names.unique(model[0].name, lambda candidate: models.name_taken(database, candidate))
            models.insert(database, replace(model[0], name=free), model[1])
            return
    if kind == "runs" and (folder / runs.RECORD).exists():
        run = found.run(folder, trashed=False)
        if run is not None:
            runs.insert(database, run)
            return
    free = names.unique(name, lambda candidate: trash.place(project, f"{kind}/{candidate}", True).exists())
    target = trash.place(project, f"{kind}/{free}", True)
    target.parent.mkdir(parents=True, exist_ok=True)
    os.rename(folder, target)


def _names(folder: Path) -> set[str]:
    try:
        with os.scandir(folder) as entries:
            return {entry.name for entry in entries if entry.is_dir(follow_symlinks=False)}
    except FileNotFoundError:
        return set()


def _in_use(name: str) -> bool:
    """Whether a folder being prepared belongs to a process that still runs."""
    if not name.startswith(PREPARED):
        return False
    from aigc_desktop.library import processes

    pid = name.removeprefix(PREPARED).partition("-")[0]
    return pid.isdigit() and processes.began(int(pid)) is not None


def _newest(folder: Path) -> float:
    """When anything directly in the folder changed last."""
    with os.scandir(folder) as entries:
        return max([_modified(folder), *(entry.stat().st_mtime for entry in entries)])


def _modified(path: Path) -> float:
    try:
        return path.stat().st_mtime
    except OSError:
        return 0.0
