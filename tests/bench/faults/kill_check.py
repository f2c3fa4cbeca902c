"""Whether a project is whole: its files and its index against each other and against what was promised.

Reads the index with SQL and the files with Pillow, json and safetensors, not with the library's own eyes.
"""

import hashlib
import json
import sqlite3
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

from tests.bench.faults.journal import Promised, Promises

YOUNG = 60.0  # seconds for which a thumbnail without an item may be waited for


class Checker:
    """Looks at one project again and again; what was found good and did not change since is not read again."""

    def __init__(self, project: Path, promises: Promises):
        self.project, self.promises = project, promises
        self.brought_back = 0
        self._good: set[tuple[str, int, int]] = set()

    def problems(self) -> list[str]:
        """A line for each thing that is wrong; what was under way counts from now on as it was found."""
        self.promises.read()
        with closing(sqlite3.connect(f"file:{self.project}/library.sqlite?mode=ro", uri=True)) as index:
            index.row_factory = sqlite3.Row
            found = list(self._index(index))
            items = [dict(row) for row in index.execute("SELECT * FROM items")]
            models = [dict(row) for row in index.execute("SELECT * FROM models")]
            runs = [dict(row) for row in index.execute("SELECT * FROM runs")]
        found += self._items(items)
        found += self._strays(items)
        found += self._kept(items)
        found += self._models(models)
        found += self._runs(runs)
        return found

    def _index(self, index: sqlite3.Connection) -> Iterator[str]:
        for (said,) in index.execute("PRAGMA integrity_check"):
            if said != "ok":
                yield f"integrity_check: {said}"
        if broken := index.execute("PRAGMA foreign_key_check").fetchall():
            yield f"foreign keys: {len(broken)} broken"
        words = index.execute("SELECT count(*) FROM items").fetchone()[0]
        searched = index.execute("SELECT count(*) FROM search").fetchone()[0]
        if words != searched:
            yield f"search knows {searched} of {words} items"

    def _items(self, rows: list[dict[str, Any]]) -> Iterator[str]:
        for row in rows:
            file = self.place(row["path"], row["trashed"])
            if not file.exists():
                yield f"row without file: {row['path']} (trashed {row['trashed']})"
                continue
            stat = file.stat()
            mark = (row["id"] + row["file_sha256"], stat.st_mtime_ns, stat.st_size)
            if mark not in self._good:
                said = list(_file(file, row))
                yield from said
                if not said:
                    self._good.add(mark)
            if row["thumbnail"] and row["thumbnail"] != row["path"] and not (self.project / row["thumbnail"]).exists():
                yield f"thumbnail missing: {row['thumbnail']}"

    def _strays(self, rows: list[dict[str, Any]]) -> Iterator[str]:
        """Files that belong to no row."""
        belong = {self.place(row["path"], row["trashed"]) for row in rows}
        belong |= {file.with_suffix(".json") for file in belong if file.suffix == ".txt"}
        for root in (self.project / "items", self.project / "trash"):
            for file in root.rglob("*"):
                folder = file.relative_to(self.project).parts[:2]
                others = {("trash", "models"), ("trash", "runs"), ("trash", "since.jsonl")}
                if file.is_file() and file not in belong and folder not in others:
                    yield f"file without row: {file.relative_to(self.project)}"
        thumbnails = {row["id"] for row in rows}
        for file in (self.project / "thumbnails").rglob("*.png"):
            if file.stem not in thumbnails and file.stat().st_mtime < time.time() - YOUNG:
                yield f"thumbnail of nothing: {file.name}"
        for file in self.project.rglob("*"):
            if file.name.startswith(".") and ".new" in file.name:
                yield f"temporary file: {file.relative_to(self.project)}"

    def _kept(self, rows: list[dict[str, Any]]) -> Iterator[str]:
        """Every promise about items."""
        there = {row["id"]: row for row in rows}
        for id, promised in self.promises.items.items():
            row = there.get(id)
            if row is None:
                yield f"item lost: {id}"
                continue
            if None not in promised.names and row["name"] not in promised.names:
                yield f"item {id} is called {row['name']!r}, promised {promised.names}"
            if (row["trashed"] is not None) not in promised.trashed:
                yield f"item {id}: trashed {row['trashed']}, promised {promised.trashed}"
            promised.names, promised.trashed = {row["name"]}, {row["trashed"] is not None}
        for id in there.keys() - self.promises.items.keys():  # saved, and killed before it could be promised
            if there[id]["trashed"] is not None:
                yield f"item {id} is in the trash, where nobody put it"
            self.promises.items[id] = Promised({there[id]["name"]}, {there[id]["trashed"] is not None})
            self.brought_back += 1

    def _models(self, rows: list[dict[str, Any]]) -> Iterator[str]:
        known = {(row["folder"], row["trashed"] is not None) for row in rows}
        for trashed, root in ((False, self.project / "models"), (True, self.project / "trash" / "models")):
            for folder in root.iterdir() if root.exists() else []:
                if (folder.name, trashed) not in known:
                    yield f"model's folder without row: {folder.relative_to(self.project)}"
        for row in rows:
            folder = self.place(f"models/{row['folder']}", row["trashed"])
            try:
                files = json.loads((folder / "training.json").read_text())["files"]
            except (OSError, ValueError, KeyError) as error:
                yield f"model {row['folder']}: {error!r}"
                continue
            for name, digest in files.items():
                if not (folder / name).exists() or _sha256(folder / name) != digest:
                    yield f"model {row['folder']}: {name} is not as it was"
        if lost := self.promises.models - {row["folder"] for row in rows}:
            yield f"models lost: {lost}"

    def _runs(self, rows: list[dict[str, Any]]) -> Iterator[str]:
        known = {(row["id"], row["trashed"] is not None) for row in rows}
        for trashed, root in ((False, self.project / "runs"), (True, self.project / "trash" / "runs")):
            for folder in root.iterdir() if root.exists() else []:
                if (folder.name, trashed) not in known:
                    yield f"run's folder without row: {folder.relative_to(self.project)}"
        for row in rows:
            folder = self.place(f"runs/{row['id']}", row["trashed"])
            if row["state"] == "running":
                yield f"run {row['id']} still counts as running"
            try:
                job = json.loads((folder / "job.json").read_text())
            except (OSError, ValueError) as error:
                yield f"run {row['id']}: {error!r}"
                continue
            if job != json.loads(row["job"]):
                yield f"run {row['id']}: job.json is not the row's"
            steps = sorted(folder.glob("checkpoints/[0-9]*"))
            if steps and not any(self._readable(step) for step in reversed(steps)):
                yield f"run {row['id']}: none of its checkpoints can be read"
        if lost := self.promises.runs - {row["id"] for row in rows}:
            yield f"runs lost: {lost}"

    def _readable(self, folder: Path) -> bool:
        from safetensors.numpy import load_file

        try:
            mark = (str(folder), folder.stat().st_mtime_ns, 0)
            if mark not in self._good:
                json.loads((folder / "state.json").read_text())
                load_file(folder / "state.safetensors")
                self._good.add(mark)
        except Exception:  # noqa: BLE001 - whatever it is, it cannot be read
            return False
        return True

    def place(self, path: str, trashed: str | None) -> Path:
        return self.project / path if trashed is None else self.project / "trash" / path


def _file(file: Path, row: dict[str, Any]) -> Iterator[str]:
    """What is wrong with the file of an item."""
    from PIL import Image

    if _sha256(file) != row["file_sha256"]:
        yield f"file changed: {row['path']}"
    try:
        if file.suffix == ".png":
            with Image.open(file) as picture:
                picture.load()
                texts = [text for text in picture.info.values() if isinstance(text, str) and row["id"] in text]
            ours = any(json.loads(text)["id"] == row["id"] for text in texts)
        else:
            ours = json.loads(file.with_suffix(".json").read_text(encoding="utf-8"))["id"] == row["id"]
            file.read_text(encoding="utf-8")
    except Exception as error:  # noqa: BLE001 - whatever it is, the file is not whole
        yield f"file broken: {row['path']}: {error!r}"
        return
    if not ours:
        yield f"metadata missing: {row['path']}"


def _sha256(file: Path) -> str:
    return hashlib.sha256(file.read_bytes()).hexdigest()
