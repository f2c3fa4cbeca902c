"""The items of a project: saved so that there is never a row without its file, found, renamed, trashed."""

import json
import sqlite3
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import Any

from aigc_desktop import __version__
from aigc_desktop.i18n import mark
from aigc_desktop.library import disk, names, seal, search, trash
from aigc_desktop.library.database import Database
from aigc_desktop.library.ids import new_id, stamp
from aigc_desktop.library.item import Item, from_row, metadata_of
from aigc_desktop.library.model_names import maker
from aigc_desktop.media.base import THUMBNAIL, Media, sha256
from aigc_desktop.media.files import write_bytes
from aigc_desktop.problems import BadInput

THUMBNAILS = "thumbnails"


class Items:
    """What was made in this project."""

    def __init__(self, project: Path, database: Database):
        self._project, self._database = project, database

    def add(
        self,
        media: Media,
        *,
        name: str = "",
        job: dict[str, Any],
        seed: int,
        expanded: dict[str, Any] | None = None,
        run: str | None = None,
        parents: Sequence[str] = (),
    ) -> Item:
        """Keep a media: its file first, then its row. Without a name it gets one from its prompt or model, and a number."""
        id, moment = new_id()
        job = job | {"project": None}  # where the project lies now is nobody's business later
        model, generator, model_folder = maker(self._database, self._project, job)
        prompt, beginning = _prompt(job, expanded or {}, media)
        width, height = media.dimensions or (None, None)
        item = Item(
            id=id,
            medium=media.medium,
            name=names.clean_name(name) or self._readable_name(beginning, prompt, model, generator),
            path=Path(),
            thumbnail=None,
            created=stamp(moment),
            generator=generator,
            model=model,
            prompt=prompt,
            job=job,
            seed=seed,
            expanded=expanded or {},
            parents=list(parents),
            run=run,
            app_version=__version__,
            sha256=media.digest(),
            file_sha256="",
            width=width,
            height=height,
            bytes=0,
            trashed=False,
            model_folder=model_folder,
        )
        day = moment.astimezone().date().isoformat()
        path = self._free_path(f"items/{day}", item, media.suffix)
        thumbnail = write_thumbnail(self._project, media, item.id, path)
        return self._save(media, item, path, thumbnail)

    def _save(self, media: Media, item: Item, path: str, thumbnail: str | None) -> Item:
        target = self._project / path
        disk.make_folder(target.parent, self._project)
        try:
            while True:
                media.write(target.with_suffix(""), metadata_of(item))
                content = target.read_bytes()
                item = replace(item, path=target, file_sha256=sha256(content), bytes=len(content))
                with self._database.writing():
                    if self._database.row("SELECT 1 FROM items WHERE id = ?", (item.id,)) is not None:
                        break  # a sweep at this moment took it for one whose process was killed
                    if all(file.exists() for file in files_of(target)):
                        insert(self._database, self._project, item, thumbnail)
                        break
        except BaseException:
            if self._database.row("SELECT 1 FROM items WHERE id = ?", (item.id,)) is None:  # not a Ctrl-C after the row
                unlink(target)
                if thumbnail not in (None, path):
                    unlink(self._project / str(thumbnail))
            raise
        return self.get(item.id)

    def get(self, id: str) -> Item:
        """The item with this id, in the trash or not; BadInput if there is none."""
        row = self._database.row("SELECT * FROM items WHERE id = ?", (id,))
        if row is None:
            raise BadInput(mark("There is no item {id} in this project."), id=id)
        return self._read([row])[0]

    def search(
        self,
        text: str = "",
        medium: str | None = None,
        generator: str | None = None,
        model: str | None = None,
        trashed: bool = False,
        limit: int = 200,
        offset: int = 0,
        newest_first: bool = True,
    ) -> list[Item]:
        """Items that have every part of `text` in name, prompt, generator or model, and pass the filters."""
        where, values = _where(text, medium, generator, model, trashed)
        order = "DESC" if newest_first else "ASC"
        rows = self._database.rows(
            f"SELECT * FROM items WHERE {where} ORDER BY created {order}, id {order} LIMIT ? OFFSET ?",
            (*values, limit, offset),
        )
        return self._read(rows)

    def of_run(self, run: str, since: str) -> list[Item]:
        """What a run made, not in the trash; `since` (when the run was added) spares looking through everything."""
        rows = self._database.rows(
            "SELECT * FROM items WHERE trashed IS NULL AND created >= ? AND run = ? ORDER BY created, id", (since, run)
        )
        return self._read(rows)

    def ids(
        self,
        text: str = "",
        medium: str | None = None,
        generator: str | None = None,
        model: str | None = None,
        run: str | None = None,
        trashed: bool = False,
        newest_first: bool = True,
    ) -> list[str]:
        """The ids of all items that `search` would find, in its order: what a list of any length needs to know at once.

        With `run` only what that run made.
        """
        where, values = _where(text, medium, generator, model, trashed)
        if run is not None:
            # When the run was added spares looking through everything.
            where += " AND created >= coalesce((SELECT created FROM runs WHERE id = ?), '') AND run = ?"
            values += [run, run]
        order = "DESC" if newest_first else "ASC"
        rows = self._database.rows(f"SELECT id FROM items WHERE {where} ORDER BY created {order}, id {order}", values)
        return [row[0] for row in rows]

    def alternatives(self, item: Item) -> list[str]:
        """The ids of what was made by one creation with this item, itself among them, in the order of their making."""
        if item.run is None or item.trashed or item.job.get("action") != "create":
            return [item.id]
        return self.ids(run=item.run, newest_first=False)

    def count(
        self,
        text: str = "",
        medium: str | None = None,
        generator: str | None = None,
        model: str | None = None,
        trashed: bool = False,
    ) -> int:
        """How many items `search` would find."""
        where, values = _where(text, medium, generator, model, trashed)
        plan = "NOT INDEXED" if text else ""  # words are in no index of the table: reading row after row is quickest
        return int(self._database.value(f"SELECT count(*) FROM items {plan} WHERE {where}", values))

    def generators(self) -> list[str]:
        """The generators that made the items that are not in the trash."""
        return self._used("generator")

    def models(self) -> list[str]:
        """The models that made the items that are not in the trash."""
        return self._used("model")

    def _used(self, column: str) -> list[str]:
        rows = self._database.rows(
            f"SELECT DISTINCT {column} FROM items WHERE trashed IS NULL AND {column} IS NOT NULL ORDER BY {column}"
        )
        return [row[0] for row in rows]

    def rename(self, id: str, name: str) -> Item:
        """Give an item another name, in the row, inside the file and as the file's name."""
        from aigc_desktop.media import kinds

        name = names.given_name(name)
        with self._database.writing():  # nobody else moves or renames it meanwhile
            item = self.get(id)
            if item.trashed:
                raise BadInput(mark("{name} is in the trash. Restore it first."), name=item.name)
            if name == item.name:
                return item
            if not item.path.exists():
                raise BadInput(mark("The file {path} is missing. Check the library."), path=item.path)
            renamed = replace(item, name=name)
            folder = item.path.parent.relative_to(self._project).as_posix()
            path = self._free_path(folder, renamed, item.path.suffix)
            target = self._project / path
            self._database.otherwise(lambda: unlink(target))
            kinds.copy_with_metadata(item.path, target, metadata_of(renamed))
            content = target.read_bytes()
            self._database.execute(
                "UPDATE items SET name = ?, path = ?, file_sha256 = ?, bytes = ?, words = ?,"
                " thumbnail = CASE WHEN thumbnail = path THEN ? ELSE thumbnail END WHERE id = ?",
                (name, path, sha256(content), len(content), _words(renamed), path, id),
            )
            reseal(self._database, id)
        unlink(item.path)  # where another program holds it, the next sweep takes it
        return self.get(id)

    def trash(self, id: str) -> None:
        """Move an item into the project's trash."""
        self._move(id, True)

    def restore(self, id: str) -> None:
        """Take an item out of the trash."""
        self._move(id, False)

    def _move(self, id: str, to_trash: bool) -> None:
        with self._database.writing():
            item = self.get(id)
            if item.trashed == to_trash:
                return
            path = self._database.value("SELECT path FROM items WHERE id = ?", (id,))
            since = stamp() if to_trash else None
            self._database.execute("UPDATE items SET trashed = ? WHERE id = ?", (since, id))
            trash.move(self._project, path, to_trash, since)
            self._database.otherwise(lambda: trash.move(self._project, path, not to_trash))

    def empty_trash(self) -> int:
        """Delete the items in the trash for good; how many they were."""
        with self._database.writing():
            rows = self._database.rows("SELECT * FROM items WHERE trashed NOTNULL")
            self._database.execute("DELETE FROM items WHERE trashed NOTNULL")
            leftovers = [path for path in (self._project / trash.TRASH / "items").rglob("*") if not path.is_dir()]
            thumbnails = [
                trash.inside(self._project, row["thumbnail"])
                for row in rows
                if row["thumbnail"] not in (None, row["path"])
            ]
        for path in (*leftovers, *thumbnails):
            with suppress(OSError):
                path.unlink()
        trash.tidy(self._project)
        return len(rows)

    def _read(self, rows: Sequence[sqlite3.Row]) -> list[Item]:
        return self._database.read(lambda row: from_row(self._project, row), rows)

    def _readable_name(self, beginning: str, prompt: str, model: str | None, generator: str) -> str:
        start = names.clean_name(beginning[:200])
        if len(start) > 40:
            start = start[:40].rsplit(" ", 1)[0] + "…"
        base = start or model or generator.rpartition(".")[2] or "item"
        made = self._database.value("SELECT count(*) FROM items WHERE model IS ? AND prompt = ?", (model, prompt))
        return f"{base} {made + 1}"

    def _free_path(self, folder: str, item: Item, suffix: str) -> str:
        """A path in the project for the item's file, readable, that neither a file nor the trash has."""

        def taken(candidate: str) -> bool:
            return any(trash.place(self._project, candidate + suffix, trashed).exists() for trashed in (False, True))

        return names.unique(f"{folder}/{stem(item)}", taken) + suffix


def _prompt(job: dict[str, Any], expanded: dict[str, Any], media: Media) -> tuple[str, str]:
    """The prompt that an item shows and is found by, without a desk's `examples` (so many characters), and what names it:
    the prompt as far as the text holds it (not what is `hidden`), else the text."""
    prompt = str(expanded.get("prompt") or job.get("params", {}).get("prompt") or "")
    examples, hidden = (one if type(one) is int else 0 for one in (expanded.get("examples"), expanded.get("hidden")))
    return prompt[examples:], prompt[hidden:] or (media.preview_text() or "" if hidden else "")


def write_thumbnail(project: Path, media: Media, id: str, path: str) -> str | None:
    """Make an item's thumbnail, and its path in the project: the item's own where the picture is small, None for a text."""
    if media.medium == "picture" and max(media.dimensions or (0,)) <= THUMBNAIL:
        return path
    content = media.thumbnail()
    if content is None:
        return None
    thumbnail = thumbnail_path(id, path)
    target = project / thumbnail
    disk.make_folder(target.parent, project)
    write_bytes(target, content)
    return thumbnail


def thumbnail_path(id: str, path: str) -> str:
    """Where the thumbnail of an item with this path is, both inside the project."""
    return f"{THUMBNAILS}/{path.split('/')[1]}/{id}.png"


def follow_model(database: Database, folder: str, old: str, new: str) -> None:
    """Let the items of a model that was renamed name it as it is called now."""
    rows = database.rows(
        "SELECT id, name, prompt, generator FROM items WHERE model = ? AND coalesce(model_folder, ?) = ?",
        (old, folder, folder),
    )
    for row in rows:
        words = search.words(row["name"], row["prompt"], row["generator"], new)
        database.execute("UPDATE items SET model = ?, words = ? WHERE id = ?", (new, words, row["id"]))
        reseal(database, row["id"])


def reseal(database: Database, id: str) -> None:
    """After a change of an item's row."""
    database.execute(f"UPDATE items SET seal = {seal.OF_ROW} WHERE id = ?", (id,))


def insert(database: Database, project: Path, item: Item, thumbnail: str | None, since: str | None = None) -> None:
    """Write an item's row; its file is there already, in the trash since then."""
    path = item.path.relative_to(project / trash.TRASH if item.trashed else project).as_posix()
    database.execute(
        "INSERT INTO items (id, medium, name, path, thumbnail, created, generator, model, prompt, words, job, seed, expanded,"
        " parents, run, app_version, sha256, file_sha256, width, height, bytes, trashed, model_folder)"
        " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        (
            item.id, item.medium, item.name, path, thumbnail, item.created, item.generator, item.model, item.prompt,
            _words(item), _json(item.job), item.seed, _json(item.expanded), _json(item.parents), item.run, item.app_version,
            item.sha256, item.file_sha256, item.width, item.height, item.bytes,
            (since or stamp()) if item.trashed else None, item.model_folder,
        ),
    )  # fmt: skip
    reseal(database, item.id)


def stem(item: Item) -> str:
    """How an item's file is called, without its suffix."""
    return f"{names.file_name(item.name)} {item.id.rpartition('-')[2]}"


def files_of(path: Path) -> tuple[Path, ...]:
    """An item's file, and for a text the one with its metadata."""
    return (path, path.with_suffix(".json")) if path.suffix == ".txt" else (path,)


def unlink(path: Path) -> None:
    """Remove an item's files, as far as they are there and can be."""
    for file in files_of(path):
        with suppress(OSError):
            file.unlink()


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, default=str)


def _words(item: Item) -> str:
    return search.words(item.name, item.prompt, item.generator, item.model)


def _where(
    text: str, medium: str | None, generator: str | None, model: str | None, trashed: bool
) -> tuple[str, list[Any]]:
    conditions, values = search.condition(text)
    conditions.append("trashed NOTNULL" if trashed else "trashed IS NULL")
    for column, value in (("medium", medium), ("generator", generator), ("model", model)):
        if value is not None:
            conditions.append(f"{column} = ?")
            values.append(value)
    return " AND ".join(conditions), values
