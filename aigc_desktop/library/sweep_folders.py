"""The sweep of models and runs: folders that a crash left without a row, or in the other place than their row says."""

import os
import time
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from aigc_desktop.i18n import mark
from aigc_desktop.library import leftovers, trash
from aigc_desktop.library.database import Database
from aigc_desktop.library.ids import stamp
from aigc_desktop.library.leftovers import YOUNG, modified
from aigc_desktop.problems import Sentence

if TYPE_CHECKING:
    from aigc_desktop.library.sweep import Swept

_WRITTEN = ("", "checkpoints", "best", "samples")  # the parts of a run's folder in which files are written


def sweep(project: Path, database: Database, since: float, done: "Swept") -> None:
    """Look through models/ and runs/ where they changed since then."""
    for kind, column in (("models", "folder"), ("runs", "id")):
        for name in changed(project / kind, 0):
            for part in _WRITTEN if kind == "runs" else ("",):
                folder = os.path.join(project, kind, name, part)  # there may be thousands
                moment = modified(folder)
                if moment >= since and moment:
                    done.unsettled |= leftovers.tidy(Path(folder))
                    done.looked |= moment < time.time() - YOUNG
        if not any(modified(trash.place(project, kind, trashed)) >= since for trashed in (False, True)):
            continue
        if _wrong(project, database, kind, column):
            with database.writing():  # nobody saves now; look again
                for name in _wrong(project, database, kind, column):
                    _put_right(project, database, kind, column, name, done)


def changed(root: Path, since: float) -> list[str]:
    """The names of the folders in a folder in which something changed since then."""
    try:
        with os.scandir(root) as entries:
            return sorted(
                entry.name
                for entry in entries
                if entry.is_dir(follow_symlinks=False) and (not since or entry.stat().st_mtime >= since)
            )
    except FileNotFoundError:
        return []


def _wrong(project: Path, database: Database, kind: str, column: str) -> list[str]:
    """Names of folders that are not where a row says."""
    rows = {row[0]: row[1] is not None for row in database.rows(f"SELECT {column}, trashed FROM {kind}")}
    live, trashed = set(changed(project / kind, 0)), set(changed(trash.place(project, kind, True), 0))
    moved = [name for name, gone in rows.items() if name not in (trashed if gone else live)]
    moved = [name for name in moved if name in (live if rows[name] else trashed)]
    return sorted(moved) + sorted(live - rows.keys())


def _put_right(project: Path, database: Database, kind: str, column: str, name: str, done: "Swept") -> None:
    """Let the row follow the folder; a folder without a row gets one if it is whole, else it goes into the trash."""
    from aigc_desktop.library import models

    folder = project / kind / name
    if database.row(f"SELECT 1 FROM {kind} WHERE {column} = ?", (name,)):
        since = None if folder.exists() else stamp()
        if kind == "models" and since is None:
            models.free_name(database, name)
        database.execute(f"UPDATE {kind} SET trashed = ? WHERE {column} = ?", (since, name))
    elif leftovers.is_temporary(name):
        if leftovers.abandoned(folder):  # the run's last checkpoint makes the same model again
            leftovers.remove(folder)
        else:
            done.unsettled = True
    elif (_model if kind == "models" else _run)(database, folder):
        done.back[kind.removesuffix("s")] += 1
        said = mark("{path} was saved, but not in the library yet when the program ended; now it is.")
        done.said.append(Sentence(said, {"path": f"{kind}/{name}"}))
    elif kind == "runs" and not any(not leftovers.is_temporary(one) for one in os.listdir(folder)):
        leftovers.remove(folder)  # killed before there was a job in it
    elif leftovers.latest(folder) > time.time() - YOUNG:
        done.unsettled = True
    else:
        _throw_away(project, kind, name, done)


def _model(database: Database, folder: Path) -> bool:
    """Give a model's folder its row; whether it is one, and whole."""
    from aigc_desktop.library import found, models, names

    model = found.model(folder, trashed=False)
    if model is None or not all((folder / file).exists() for file in found.model_files(folder)):
        return False
    free = names.unique(model[0].name, lambda candidate: models.name_taken(database, candidate))
    models.insert(database, replace(model[0], name=free), model[1])
    database.execute("UPDATE runs SET model = ? WHERE id = ? AND model IS NULL", (free, model[0].run))
    return True


def _run(database: Database, folder: Path) -> bool:
    """Give a run's folder its row; whether it has a job."""
    from aigc_desktop.library import found, runs

    run = found.run(folder, trashed=False)
    if run is None:
        return False
    runs.insert(database, run)
    return True


def _throw_away(project: Path, kind: str, name: str, done: "Swept") -> None:
    from aigc_desktop.library import names

    free = names.unique(name, lambda candidate: trash.place(project, f"{kind}/{candidate}", True).exists())
    target = trash.place(project, f"{kind}/{free}", True)
    target.parent.mkdir(parents=True, exist_ok=True)
    os.rename(project / kind / name, target)
    said = mark("{path} belonged to nothing in the library; it is in the trash now.")
    done.said.append(Sentence(said, {"path": f"{kind}/{name}"}))
