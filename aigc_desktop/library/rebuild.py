"""Making the index again from the files of the project."""

from dataclasses import replace
from pathlib import Path

from aigc_desktop.i18n import mark
from aigc_desktop.library import found, items, models, names, processes, runs, trash
from aigc_desktop.library.database import Database
from aigc_desktop.library.found import FoundItem
from aigc_desktop.library.model_names import maker
from aigc_desktop.library.models import ModelRow
from aigc_desktop.library.runs import RunRow


def rebuild(project: Path, database: Database) -> dict[str, int]:
    """Replace the rows of items, models and runs by what the files say; how many of each were found.

    The result counts items, models, runs, trashed (of all three), changed (items whose content is not what was saved) and
    skipped (files and folders that nothing describes). What others save meanwhile stays.
    """
    skipped: list[Path] = []
    found_items = _items(project, skipped)
    found_models = _models(project, skipped)
    found_runs = _runs(project, skipped)
    with database.writing():
        _replace_runs(database, found_runs)
        _replace_models(database, found_models)
        _replace_items(project, database, found_items)
        database.execute("INSERT INTO search (search) VALUES ('rebuild')")
    trashed = [one.item.trashed for one in found_items] + [row.trashed for row, _ in found_models]
    trashed += [row.trashed for row in found_runs]
    return {
        mark("items"): len(found_items),
        mark("models"): len(found_models),
        mark("runs"): len(found_runs),
        mark("trashed"): sum(trashed),
        mark("changed"): sum(one.changed for one in found_items),
        mark("skipped"): len(skipped),
    }


def _items(project: Path, skipped: list[Path]) -> list[FoundItem]:
    """An item per id; of two files with the same, the one that is not in the trash, else the newer."""
    by_id: dict[str, FoundItem] = {}
    for trashed in (True, False):
        root = trash.place(project, "items", trashed)
        files = sorted(file for file in root.glob("*/*") if not file.name.startswith("."))
        for file in sorted(files, key=lambda file: file.stat().st_mtime):
            if file.suffix == ".json" and file.with_suffix(".txt").exists():
                continue
            path = f"items/{file.relative_to(root).as_posix()}"
            one = found.item(project, path, trashed) if file.suffix in found.SUFFIXES else None
            if one is None:
                skipped.append(file)
            else:
                by_id[one.item.id] = one
    return sorted(by_id.values(), key=lambda one: (one.item.created, one.item.id))


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
    for trashed in (False, True):
        for folder in _folders(trash.place(project, "runs", trashed)):
            one = found.run(folder, trashed)
            if one is None:
                skipped.append(folder)
            else:
                result.append(one)
    return sorted(result, key=lambda one: (one.position, one.created, one.id))


def _folders(root: Path) -> list[Path]:
    if not root.exists():
        return []
    return sorted(folder for folder in root.iterdir() if folder.is_dir() and not folder.name.startswith("."))


def _replace_runs(database: Database, rows: list[RunRow]) -> None:
    alive = {
        row["id"]
        for row in database.rows("SELECT * FROM runs WHERE state = 'running'")
        if not processes.gone(row["pid"], row["pid_seen"], row["host"])
    }
    for row in database.rows("SELECT id FROM runs"):
        if row["id"] not in alive:
            database.execute("DELETE FROM runs WHERE id = ?", (row["id"],))
    for run in rows:
        if run.id not in alive:
            runs.insert(database, run)


def _replace_models(database: Database, rows: list[tuple[ModelRow, list[str]]]) -> None:
    database.execute("DELETE FROM models")
    taken: set[str] = set()
    for row, former in rows:
        name = row.name
        if not row.trashed:
            name = names.unique(name, lambda candidate: names.key(candidate) in taken)
            taken.add(names.key(name))
        models.insert(database, replace(row, name=name), former)


def _replace_items(project: Path, database: Database, rows: list[FoundItem]) -> None:
    ids = {one.item.id for one in rows}
    for row in database.rows("SELECT id, path, trashed FROM items"):
        file = trash.place(project, row["path"], row["trashed"] is not None)
        if row["id"] in ids or not file.exists():
            database.execute("DELETE FROM items WHERE id = ?", (row["id"],))
    for one in rows:
        add_found(project, database, one)


def add_found(project: Path, database: Database, one: FoundItem) -> None:
    """Write the row of an item that its file describes; a model that was renamed meanwhile is named as it is called now."""
    model, _ = maker(database, project, one.item.job)
    items.insert(database, project, replace(one.item, model=model), one.thumbnail)
