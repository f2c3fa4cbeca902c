"""The trained models of a project: each a folder under models/, called by a readable, unique name."""

import difflib
import json
import os
import shutil
import sqlite3
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from aigc_desktop.i18n import mark
from aigc_desktop.library import deleted, disk, items, names, trash
from aigc_desktop.library.database import Database
from aigc_desktop.library.ids import stamp
from aigc_desktop.library.model_names import called
from aigc_desktop.media.files import sync_folder, sync_tree, write_bytes
from aigc_desktop.problems import BadInput

PREPARED = ".new-"  # begins the name of a folder that is not a model yet
RECORD = "library.json"  # in the model's folder: what the row holds, for `rebuild`


@dataclass(frozen=True)
class ModelRow:
    """One trained model; `created` is ISO 8601, UTC."""

    name: str
    path: Path
    generator: str
    medium: str
    created: str
    figures: dict[str, float]
    run: str | None
    seed: int
    trashed: bool = False

    @property
    def folder(self) -> str:
        return self.path.name


Rows = list[ModelRow]  # inside the class `list` is the method


class Models:
    """What was trained in this project."""

    def __init__(self, project: Path, database: Database):
        self._project, self._database = project, database

    def prepare(self, name: str = "") -> Path:
        """An empty folder inside the project, to be filled and then given to `add`."""
        folder = self._project / "models" / f"{PREPARED}{os.getpid()}-{os.urandom(6).hex()}"
        disk.make_folder(folder, self._project)
        return folder

    def add(
        self,
        folder: Path,
        *,
        name: str,
        generator: str,
        medium: str,
        run: str | None = None,
        figures: dict[str, float] | None = None,
        seed: int = 0,
    ) -> ModelRow:
        """Move a filled folder to its place under models/, then write its row; a name in use gets a number.

        An earlier model of the same run (a training that was stopped and continued) goes into the trash.
        """
        sync_tree(folder)
        with self._database.writing():
            for earlier in self.list():
                if run is not None and earlier.run == run:
                    self.trash(earlier.name)
            row = ModelRow(
                name=names.unique(names.clean_name(name) or generator.rpartition(".")[2], self._name_taken),
                path=self._project / "models" / self._free_folder(name),
                generator=generator,
                medium=medium,
                created=stamp(),
                figures=figures or {},
                run=run,
                seed=seed,
            )
            write_bytes(folder / RECORD, _record(row))
            os.rename(folder, row.path)
            self._database.otherwise(lambda: os.rename(row.path, folder))
            sync_folder(row.path.parent)
            insert(self._database, row)
        return row

    def find(self, name_or_path: str) -> Path:
        """The folder of a model: by its name here (or one that it had), else by its path; BadInput suggests the nearest."""
        text = str(name_or_path).strip()
        row = self._called(text) if text else None
        if row is not None:
            return row.path
        with suppress(OSError, ValueError, RuntimeError):
            path = Path(text).expanduser()
            if text and path.is_dir():
                return path.resolve()  # whether it holds a model, and which, the engine says
        if os.path.isabs(text):
            raise BadInput(mark("There is no model folder {path}."), path=text)
        if self._database.row("SELECT 1 FROM models WHERE key = ? AND trashed NOTNULL", (names.key(text),)):
            raise BadInput(mark("The model {name} is in the trash. Restore it first."), name=text)
        known = {names.key(model.name): model.name for model in self.list()}
        nearest = difflib.get_close_matches(names.key(text), known, n=1, cutoff=0.4)
        if nearest:
            raise BadInput(
                mark("There is no model {name}; did you mean {nearest}?"), name=text, nearest=known[nearest[0]]
            )
        if known:
            raise BadInput(
                mark("There is no model {name}; there are: {known}."),
                name=text,
                known=", ".join(list(known.values())[:8]),
            )
        raise BadInput(mark("There is no model {name}: this project has none yet. Train one first."), name=text)

    def get(self, name: str) -> ModelRow:
        """The model of this name; BadInput if there is none."""
        row = self._called(name)
        if row is None:
            self.find(name)  # says what is nearest
            raise BadInput(mark("The model {name} is not in this project."), name=name)
        return row

    def list(self, generator: str | None = None, trashed: bool = False) -> Rows:
        """Models, the newest first; of all generators or of one."""
        rows = self._database.rows(
            f"SELECT * FROM models WHERE trashed IS {'NOT NULL' if trashed else 'NULL'} AND (?1 IS NULL OR generator = ?1)"
            " ORDER BY created DESC, rowid DESC",
            (generator,),
        )
        return self._database.read(lambda row: from_row(self._project, row), rows)

    def rename(self, name: str, new_name: str) -> ModelRow:
        """Give a model another name; its folder stays, and its old name still finds it. BadInput if the name is in use."""
        new_name = names.given_name(new_name)
        with self._database.writing():
            row = self.get(name)
            if names.key(new_name) != names.key(row.name) and self._name_taken(new_name):
                raise BadInput(mark("There already is a model {name}."), name=new_name)
            key = names.key(row.name)
            owner = self._database.value("SELECT model FROM former_names WHERE key = ?", (key,))
            self._database.execute("INSERT OR REPLACE INTO former_names VALUES (?, ?)", (key, row.folder))
            if owner not in (None, row.folder):
                write_record(self._project, self._database, owner)  # it is found by that name no longer
            self._database.execute(
                "UPDATE models SET name = ?, key = ? WHERE folder = ?", (new_name, names.key(new_name), row.folder)
            )
            items.follow_model(self._database, row.folder, row.name, new_name)
            write_record(self._project, self._database, row.folder)
            renamed = self.get(new_name)
        return renamed

    def trash(self, name: str) -> None:
        """Move a model into the project's trash."""
        with self._database.writing():
            row = self.get(name)
            since = stamp()
            self._database.execute("UPDATE models SET trashed = ? WHERE folder = ?", (since, row.folder))
            trash.move(self._project, f"models/{row.folder}", True, since)
            self._database.otherwise(lambda: trash.move(self._project, f"models/{row.folder}", False))

    def restore(self, name: str) -> ModelRow:
        """Take the model of this name (the last trashed, if several) out of the trash; a name in use gets a number."""
        with self._database.writing():
            found = self._database.row(
                "SELECT * FROM models WHERE key = ? AND trashed NOTNULL ORDER BY trashed DESC", (names.key(name),)
            )
            if found is None:
                raise BadInput(mark("There is no model {name} in the trash."), name=name)
            free_name(self._database, found["folder"])
            self._database.execute("UPDATE models SET trashed = NULL WHERE folder = ?", (found["folder"],))
            trash.move(self._project, f"models/{found['folder']}", False)
            self._database.otherwise(lambda: trash.move(self._project, f"models/{found['folder']}", True))
            row = from_row(
                self._project, self._database.rows("SELECT * FROM models WHERE folder = ?", (found["folder"],))[0]
            )
            write_record(self._project, self._database, row.folder)
        return row

    def empty_trash(self) -> int:
        """Delete the models in the trash for good; how many they were."""
        with self._database.writing():
            rows = self.list(trashed=True)
            deleted.remember(self._project, {row.folder: row.name for row in rows})
            self._database.execute("DELETE FROM models WHERE trashed NOTNULL")
            folders = list(
                (self._project / trash.TRASH / "models").glob("*")
            )  # also what an emptying that was killed left
        for folder in folders:
            shutil.rmtree(folder, ignore_errors=True)
        trash.tidy(self._project)
        return len(rows)

    def _called(self, name: str) -> ModelRow | None:
        row = called(self._database, name)
        if row is None or row["trashed"]:
            return None
        return self._database.read(lambda row: from_row(self._project, row), [row])[0]

    def _name_taken(self, name: str) -> bool:
        return name_taken(self._database, name)

    def _free_folder(self, name: str) -> str:
        gone = deleted.models(self._project)

        def taken(candidate: str) -> bool:
            there = any(
                trash.place(self._project, f"models/{candidate}", trashed).exists() for trashed in (False, True)
            )
            return there or candidate in gone  # items that it made still name it

        return names.unique(names.file_name(name, otherwise="model"), taken)


def write_record(project: Path, database: Database, folder: str) -> None:
    """Let a model's own folder say what its row does."""
    row = from_row(project, database.rows("SELECT * FROM models WHERE folder = ?", (folder,))[0])
    former = database.rows("SELECT key FROM former_names WHERE model = ? ORDER BY key", (folder,))
    if row.path.is_dir():
        write_bytes(row.path / RECORD, _record(row, [one[0] for one in former]))


def name_taken(database: Database, name: str) -> bool:
    """Whether a model that is not in the trash is called so."""
    return database.row("SELECT 1 FROM models WHERE key = ? AND trashed IS NULL", (names.key(name),)) is not None


def free_name(database: Database, folder: str) -> None:
    """Before a model leaves the trash: if its name is in use by now, it gets a number."""
    name = database.value("SELECT name FROM models WHERE folder = ?", (folder,))
    free = names.unique(name, lambda candidate: name_taken(database, candidate))
    database.execute("UPDATE models SET name = ?, key = ? WHERE folder = ?", (free, names.key(free), folder))


def insert(database: Database, row: ModelRow, former_names: Sequence[str] = (), since: str | None = None) -> None:
    """Write a model's row; its folder is there already, in the trash since then."""
    database.execute(
        "INSERT INTO models (folder, name, key, generator, medium, created, seed, figures, run, trashed)"
        " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        (
            row.folder, row.name, names.key(row.name), row.generator, row.medium, row.created, row.seed,
            json.dumps(row.figures), row.run, (since or stamp()) if row.trashed else None,
        ),
    )  # fmt: skip
    for former in former_names:
        database.execute("INSERT OR REPLACE INTO former_names VALUES (?, ?)", (names.key(former), row.folder))


def from_row(project: Path, row: sqlite3.Row) -> ModelRow:
    """The model of a row of the table `models`; ValueError or TypeError where it holds what nobody wrote."""
    trashed = row["trashed"] is not None
    figures = json.loads(row["figures"])
    texts = (row["name"], row["folder"], row["generator"], row["medium"], row["created"], row["run"] or "")
    if not (isinstance(figures, dict) and type(row["seed"]) is int and all(isinstance(text, str) for text in texts)):
        raise TypeError(row["folder"])
    return ModelRow(
        name=row["name"],
        path=trash.place(project, f"models/{row['folder']}", trashed),
        generator=row["generator"],
        medium=row["medium"],
        created=row["created"],
        figures=figures,
        run=row["run"],
        seed=row["seed"],
        trashed=trashed,
    )


def _record(row: ModelRow, former: Sequence[str] = ()) -> bytes:
    kept = ("name", "generator", "medium", "created", "figures", "run", "seed")
    content = {name: getattr(row, name) for name in kept} | {"former_names": list(former)}
    return (json.dumps(content, ensure_ascii=False, indent=1) + "\n").encode()
