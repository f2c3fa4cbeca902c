"""An item of the library, and what of it is kept in the row and inside the file."""

import json
import re
import sqlite3
from dataclasses import dataclass
from pathlib import Path
from types import NoneType
from typing import Any

from aigc_desktop.library.trash import inside, place

FORMAT = 1  # of the metadata inside a file
# What the metadata inside a file holds, under these names.
KEPT = (
    "id", "medium", "name", "created", "generator", "model", "prompt", "job", "seed", "expanded", "parents", "run",
    "app_version", "sha256", "width", "height",
)  # fmt: skip


@dataclass(frozen=True)
class Item:
    """Something that was made, and how. `job` is the Job as JSON, its parameters as typed; `expanded` as they were used.

    `sha256` is of the content alone (letters, pixels, samples, frames), so that what was made exactly again has the same;
    `created` is in ISO 8601, UTC.
    """

    id: str
    medium: str
    name: str
    path: Path
    thumbnail: Path | None
    created: str
    generator: str
    model: str | None
    prompt: str
    job: dict[str, Any]
    seed: int
    expanded: dict[str, Any]
    parents: list[str]
    run: str | None
    app_version: str
    sha256: str
    file_sha256: str
    width: int | None
    height: int | None
    bytes: int
    trashed: bool
    model_folder: str | None = None  # of the model, whatever it is called by now


def from_row(project: Path, row: sqlite3.Row) -> Item:
    """The item of a row of the table `items`; ValueError or TypeError where it holds what nobody wrote."""
    trashed = row["trashed"] is not None
    path = place(project, row["path"], trashed)
    thumbnail = row["thumbnail"]
    if thumbnail is not None:
        thumbnail = path if thumbnail == row["path"] else inside(project, thumbnail)
    item = Item(
        id=row["id"],
        medium=row["medium"],
        name=row["name"],
        path=path,
        thumbnail=thumbnail,
        created=row["created"],
        generator=row["generator"],
        model=row["model"],
        prompt=row["prompt"],
        job=json.loads(row["job"]),
        seed=row["seed"],
        expanded=json.loads(row["expanded"]),
        parents=json.loads(row["parents"]),
        run=row["run"],
        app_version=row["app_version"],
        sha256=row["sha256"],
        file_sha256=row["file_sha256"],
        width=row["width"],
        height=row["height"],
        bytes=row["bytes"],
        trashed=trashed,
        model_folder=row["model_folder"],
    )
    if not are_fitting({name: getattr(item, name) for name in KEPT}) or type(item.bytes) is not int:
        raise TypeError(item.id)
    return item


def metadata_of(item: Item) -> dict[str, Any]:
    """What is written inside the item's file."""
    return {"format": FORMAT} | {name: getattr(item, name) for name in (*KEPT, "model_folder")}


_ID = re.compile(r"[\w-]{1,80}")  # files are called by it
_KINDS: dict[str, tuple[type, ...]] = {
    "job": (dict,), "expanded": (dict,), "parents": (list,), "seed": (int,), "width": (int, NoneType),
    "height": (int, NoneType), "model": (str, NoneType), "run": (str, NoneType),
}  # fmt: skip


def are_fitting(values: dict[str, Any]) -> bool:
    """Whether what a file or a row says of itself is of the right types, text where nothing else is said."""
    kinds = all(isinstance(value, _KINDS.get(name, (str,))) for name, value in values.items())
    numbers = [value for value in values.values() if isinstance(value, int)]
    return kinds and all(abs(value) < 2**63 for value in numbers) and _ID.fullmatch(values["id"]) is not None
