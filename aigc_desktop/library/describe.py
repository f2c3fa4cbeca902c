"""What the first version kept in the index alone, written beside the files once, so that it survives the index."""

import json
from pathlib import Path

from aigc_desktop.library import deleted, found, index, models, runs, trash
from aigc_desktop.library.database import Database
from aigc_desktop.media.files import write_bytes


def describe(project: Path, database: Database) -> None:
    """Places in the queue, since when things are in the trash, what deleted models were called last."""
    with database.writing():
        if database.fact(index.DESCRIBED) is not None:
            return
        known = trash.since(project)
        for table, column in (("items", "path"), ("models", "folder"), ("runs", "id")):
            for row in database.rows(f"SELECT {column}, trashed FROM {table} WHERE trashed NOTNULL"):
                path = row[0] if table == "items" else f"{table}/{row[0]}"
                if path not in known:
                    trash.note(project, path, row["trashed"])
        for run in map(runs.from_row, database.rows("SELECT * FROM runs")):
            folder = trash.place(project, f"runs/{run.id}", run.trashed)
            if folder.is_dir() and not found.tells_all(folder):
                write_bytes(folder / runs.RECORD, runs.recorded(run))
        for row in database.rows("SELECT folder FROM models"):
            models.write_record(project, database, row["folder"])
        deleted.remember(project, _deleted(database))
        database.remember(index.DESCRIBED, "yes")


def _deleted(database: Database) -> dict[str, str]:
    """Models that there are no more but that items name otherwise than their jobs do: the last name by the first."""
    rows = database.rows("SELECT job, model FROM items WHERE model NOTNULL AND model_folder IS NULL")
    named = ((json.loads(row["job"]).get("model"), row["model"]) for row in rows)
    return {Path(first).name: last for first, last in named if isinstance(first, str) and Path(first).name != last}
