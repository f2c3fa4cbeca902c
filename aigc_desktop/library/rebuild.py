"""Making the index again from the files of the project."""

import os
import sqlite3
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

from aigc_desktop.i18n import mark
from aigc_desktop.library import deleted, found, items, leftovers, models, names, processes, runs, seal, trash
from aigc_desktop.library.database import Database
from aigc_desktop.library.found import FoundItem
from aigc_desktop.library.item import Item
from aigc_desktop.library.model_names import maker
from aigc_desktop.library.models import ModelRow
from aigc_desktop.library.runs import RunRow
from aigc_desktop.media.base import sha256

Tell = Callable[[int, int], None]  # files read, of how many
_NOT_OURS = (
    ValueError,
    TypeError,
    LookupError,
    AttributeError,
    RecursionError,
)  # what a row raises that holds what nobody wrote


@dataclass(frozen=True)
class _Kept:
    """An item whose row is right: sealed, and its file is as it was saved."""

    id: str


def rebuild(project: Path, database: Database, tell: Tell = lambda done, total: None) -> dict[str, int]:
    """Replace the rows of items, models and runs by what the files say; how many of each were found.

    The result counts items, models, runs, trashed (of all three), changed (items whose content is not what was saved) and
    skipped (files and folders that nothing describes). What others save meanwhile stays.
    """
    skipped: list[Path] = []
    found_items = _items(project, database, skipped, tell)
    found_models = _models(project, skipped)
    found_runs = _runs(project, skipped)
    since = trash.since(project)
    with database.writing():
        _replace_runs(project, database, found_runs, since)
        _replace_models(project, database, found_models, since)
        _replace_items(project, database, found_items, since)
        database.execute("INSERT INTO search (search) VALUES ('rebuild')")
        trashed = sum(
            database.value(f"SELECT count(*) FROM {table} WHERE trashed NOTNULL")
            for table in ("items", "models", "runs")
        )
    return {
        mark("items"): len(found_items),
        mark("models"): len(found_models),
        mark("runs"): len(found_runs),
        mark("trashed"): trashed,
        mark("changed"): sum(isinstance(one, FoundItem) and one.changed for one in found_items),
        mark("skipped"): len(skipped),
    }


def follow_records(project: Path, database: Database) -> None:
    """Let the rows of runs and models be as their folders say, where they are not; reads no item, and removes no row.

    They differ after a crash in the middle of writing a row, and where a part of the index was lost (its -wal).
    """
    since = trash.since(project)
    _follow_journal(database, since)
    told_runs, told_models = _runs(project, []), _models(project, [])
    if _runs_agree(project, database, told_runs) and _models_agree(project, database, told_models):
        return
    with database.writing():
        _replace_runs(project, database, _runs(project, []), since, whole=False)
        _replace_models(project, database, _models(project, []), since, whole=False)
        _follow_names(database)


def _follow_journal(database: Database, since: dict[str, str]) -> None:
    for table, key, path in (
        ("items", "id", "path"),
        ("models", "folder", "'models/' || folder"),
        ("runs", "id", "'runs/' || id"),
    ):
        for row in database.rows(f"SELECT {key}, {path}, trashed FROM {table} WHERE trashed NOTNULL"):
            if since.get(row[1], row[2]) != row[2]:
                database.execute(f"UPDATE {table} SET trashed = ? WHERE {key} = ?", (since[row[1]], row[0]))


def _runs_agree(project: Path, database: Database, told: list[RunRow]) -> bool:
    rows = {row["id"]: row for row in database.rows("SELECT * FROM runs")}

    def lasting(run: RunRow) -> RunRow:
        """Without what changes while it runs, and what the records of the first version do not hold."""
        exact = found.tells_all(trash.place(project, f"runs/{run.id}", run.trashed))
        state = "interrupted" if run.state == "running" else run.state
        run = replace(run, pid=None, owner=None, state=state, position=run.position if exact else 0)
        return run if exact and state != "interrupted" else replace(run, step=0, total=0)

    try:
        return all(run.id in rows and lasting(runs.from_row(rows[run.id])) == lasting(run) for run in told)
    except _NOT_OURS:
        return False


def _models_agree(project: Path, database: Database, told: list[tuple[ModelRow, list[str]]]) -> bool:
    rows = {row["folder"]: row for row in database.rows("SELECT * FROM models")}
    former = {row["key"]: row["model"] for row in database.rows("SELECT key, model FROM former_names")}
    try:
        return all(
            row.folder in rows
            and models.from_row(project, rows[row.folder]) == row
            and rows[row.folder]["key"] == names.key(row.name)
            and all(former.get(names.key(name)) == row.folder for name in their_names)
            for row, their_names in told
        )
    except _NOT_OURS:
        return False


def _items(project: Path, database: Database, skipped: list[Path], tell: Tell) -> list[FoundItem | _Kept]:
    """An item per id; of two files with the same, the one that is not in the trash, else the newer."""
    files = []
    for trashed in (True, False):
        there = trash.place(project, "items", trashed).glob("*/*")
        mine = [file for file in there if not file.name.startswith(".") and not _is_sidecar(file)]
        files += [(file, trashed) for file in sorted(mine, key=lambda file: (leftovers.modified(file), file))]
    rows = _sealed(database)
    by_id: dict[str, FoundItem | _Kept] = {}
    for number, (file, trashed) in enumerate(files):
        if number % 50 == 0:
            tell(number, len(files))
        path = f"items/{file.relative_to(trash.place(project, 'items', trashed)).as_posix()}"
        one: FoundItem | _Kept | None = None
        if file.suffix in found.SUFFIXES and file.is_file():
            row = rows.get((path, trashed))
            if row is not None and _is_as_saved(project, file, row):
                one = _Kept(row["id"])
            else:
                one = found.item(project, path, trashed)
        if one is None:
            skipped.append(file)
        else:
            by_id[one.id if isinstance(one, _Kept) else one.item.id] = one
    tell(len(files), len(files))
    return sorted(by_id.values(), key=lambda one: ("", one.id) if isinstance(one, _Kept) else _age(one.item))


def _is_sidecar(file: Path) -> bool:
    return file.suffix == ".json" and file.with_suffix(".txt").exists()


def _age(item: Item) -> tuple[str, str]:
    return item.created, item.id


def _sealed(database: Database) -> dict[tuple[str, bool], sqlite3.Row]:
    rows = database.rows(
        f"SELECT id, path, trashed, thumbnail, bytes, file_sha256 FROM items WHERE seal = {seal.OF_ROW}"
    )
    return {(row["path"], row["trashed"] is not None): row for row in rows}


def _is_as_saved(project: Path, file: Path, row: sqlite3.Row) -> bool:
    thumbnail = row["thumbnail"]
    try:
        shown = thumbnail in (None, row["path"]) or trash.inside(project, thumbnail).is_file()
        same = os.stat(file).st_size == row["bytes"] and sha256(file.read_bytes()) == row["file_sha256"]
    except (OSError, *_NOT_OURS):
        return False
    return shown and same


def _models(project: Path, skipped: list[Path]) -> list[tuple[ModelRow, list[str]]]:
    result = []
    for trashed in (False, True):
        for folder in _folders(trash.place(project, "models", trashed)):
            one = found.model(folder, trashed)
            if one is None:
                skipped.append(folder)
            else:
                result.append(one)
    return sorted(result, key=lambda one: one[0].created)


def _runs(project: Path, skipped: list[Path]) -> list[RunRow]:
    result = []
    places = found.places(project)
    for trashed in (False, True):
        for folder in _folders(trash.place(project, "runs", trashed)):
            one = found.run(folder, trashed)
            if one is None:
                skipped.append(folder)
            else:
                result.append(replace(one, position=places.get(one.id, one.position)))
    return sorted(result, key=lambda one: (one.position, one.created, one.id))


def _folders(root: Path) -> list[Path]:
    if not root.exists():
        return []
    return sorted(folder for folder in root.iterdir() if folder.is_dir() and not folder.name.startswith("."))


def _replace_runs(
    project: Path, database: Database, rows: list[RunRow], since: dict[str, str], whole: bool = True
) -> None:
    """Write these rows; `whole`: and let there be no others."""
    before = {row["id"]: row for row in database.rows("SELECT * FROM runs")}
    alive = {
        id
        for id, row in before.items()
        if row["state"] == "running" and not processes.gone(row["pid"], row["pid_seen"], row["host"])
    }
    told = {run.id for run in rows}
    for place, id in database.rows("SELECT rowid, id FROM runs"):
        if id not in alive and (whole or id in told):
            database.execute("DELETE FROM runs WHERE rowid = ?", (place,))
    for run in rows:
        if run.id not in alive:
            path = f"runs/{run.id}"
            folder = trash.place(project, path, run.trashed)
            row = before.get(run.id)
            if row is not None and not found.tells_all(folder) and type(row["position"]) is int:
                run = replace(run, position=row["position"])
            if run.state == "running" and row is not None and row["state"] == "running":
                run = replace(run, state="interrupted", pid=None, owner=None)  # by a process that is gone
            runs.insert(database, run, _since(project, path, since, row) if run.trashed else None)


def _replace_models(
    project: Path,
    database: Database,
    rows: list[tuple[ModelRow, list[str]]],
    since: dict[str, str],
    whole: bool = True,
) -> None:
    """Write these rows; `whole`: and let there be no others."""
    before = {row["folder"]: row for row in database.rows("SELECT folder, trashed FROM models")}
    if whole:
        database.execute("DELETE FROM models")
    for row, _ in rows:
        database.execute("DELETE FROM models WHERE folder = ?", (row.folder,))
    taken = {row[0] for row in database.rows("SELECT key FROM models WHERE trashed IS NULL")}
    for row, former in rows:
        name = row.name
        if not row.trashed:
            name = names.unique(name, lambda candidate: names.key(candidate) in taken)
            taken.add(names.key(name))
        path = f"models/{row.folder}"
        moment = _since(project, path, since, before.get(row.folder)) if row.trashed else None
        models.insert(database, replace(row, name=name), former, moment)


def _replace_items(project: Path, database: Database, rows: list[FoundItem | _Kept], since: dict[str, str]) -> None:
    kept = {one.id for one in rows if isinstance(one, _Kept)}
    ids = {one.item.id for one in rows if isinstance(one, FoundItem)}
    before = {row["id"]: row for row in database.rows("SELECT id, path, trashed FROM items")}
    for id, row in before.items():
        if id in kept:
            if row["trashed"] is not None and (moment := since.get(row["path"], row["trashed"])) != row["trashed"]:
                database.execute("UPDATE items SET trashed = ? WHERE id = ?", (moment, id))
        elif id in ids or not _is_there(project, row):
            database.execute("DELETE FROM items WHERE id = ?", (id,))
    for one in rows:
        if isinstance(one, FoundItem):
            item = one.item
            place = item.path.relative_to(project / trash.TRASH if item.trashed else project).as_posix()
            # A row of something else with this path is older than the file.
            database.execute("DELETE FROM items WHERE path = ? AND id != ?", (place, item.id))
            moment = _since(project, place, since, before.get(item.id)) if item.trashed else None
            add_found(project, database, one, moment)
    _follow_names(database)


def _follow_names(database: Database) -> None:
    """Let items name their models as these are called now."""
    renamed = database.rows(
        "SELECT folder, items.model AS old, models.name AS new FROM items JOIN models ON folder = model_folder"
        " WHERE items.model IS NOT models.name GROUP BY folder, items.model"
    )
    for row in renamed:
        items.follow_model(database, row["folder"], row["old"], row["new"])


def _is_there(project: Path, row: sqlite3.Row) -> bool:
    try:
        return trash.place(project, row["path"], row["trashed"] is not None).is_file()
    except (OSError, ValueError, TypeError):
        return False


def _since(project: Path, path: str, since: dict[str, str], row: sqlite3.Row | None) -> str:
    """Since when a thing is in the trash: by the journal, else by its row, else by its file."""
    known = since.get(path) or (row["trashed"] if row is not None else None)
    return known if isinstance(known, str) else trash.moved(trash.place(project, path, True))


def add_found(project: Path, database: Database, one: FoundItem, since: str | None = None) -> None:
    """Write the row of an item that its file describes; a model that was renamed meanwhile is named as it is called now."""
    name, folder = _model(project, database, one.item)
    items.insert(database, project, replace(one.item, model=name, model_folder=folder), one.thumbnail, since)


def _model(project: Path, database: Database, item: Item) -> tuple[str | None, str | None]:
    """The name and the folder of the model that made an item."""
    folder = item.model_folder
    if folder is not None:
        name = database.value("SELECT name FROM models WHERE folder = ?", (folder,))
        return name or deleted.models(project).get(folder) or item.model, folder
    name, _, folder = maker(database, project, item.job, at=item.created)
    if folder is None and item.model is not None:
        first = item.job.get("model")
        name = deleted.models(project).get(Path(first).name, item.model) if isinstance(first, str) else item.model
    return name, folder
