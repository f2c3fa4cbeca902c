"""What the files of a project say by themselves: the items, models and runs that their metadata describes."""

import json
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from aigc_desktop.library import runs, trash
from aigc_desktop.library.ids import stamp
from aigc_desktop.library.item import KEPT, Item
from aigc_desktop.library.items import thumbnail_path, write_thumbnail
from aigc_desktop.library.models import RECORD, ModelRow
from aigc_desktop.library.runs import RunRow
from aigc_desktop.media import kinds
from aigc_desktop.media.base import THUMBNAIL, Media, sha256
from aigc_desktop.problems import BadInput, Sentence

SUFFIXES = {".txt", ".png", ".flac", ".mp4"}  # of the files that items are kept in


@dataclass(frozen=True)
class FoundItem:
    """An item as its file describes it. `changed`: the content is not what was saved."""

    item: Item
    thumbnail: str | None
    changed: bool


def item(project: Path, path: str, trashed: bool) -> FoundItem | None:
    """The item in a file (its path inside the project, or inside its trash); None where it has no metadata of ours."""
    file = trash.place(project, path, trashed)
    metadata = kinds.read_metadata(file)
    if metadata is None or any(name not in metadata for name in KEPT):
        return None
    with suppress(OSError, TypeError, ValueError):
        content = file.read_bytes()
        values = {name: metadata[name] for name in KEPT}
        found = Item(
            **values,
            path=file,
            thumbnail=None,
            file_sha256=sha256(content),
            bytes=len(content),
            trashed=trashed,
        )
        media = _read(file)
        changed = media is None or (found.medium != "clip" and media.digest() != found.sha256)
        if changed:
            found = replace(found, file_sha256="")  # `verify` goes on saying so
        return FoundItem(found, _thumbnail(project, found, path, media), changed)
    return None


def _read(file: Path) -> Media | None:
    try:
        return kinds.read(file)
    except BadInput:
        return None


def _thumbnail(project: Path, found: Item, path: str, media: Media | None) -> str | None:
    if found.medium == "picture" and max(found.width or 0, found.height or 0) <= THUMBNAIL:
        return path
    thumbnail = thumbnail_path(found.id, path)
    if (project / thumbnail).exists():
        return thumbnail
    return None if media is None else write_thumbnail(project, media, found.id, path)


def model(folder: Path, trashed: bool) -> tuple[ModelRow, list[str]] | None:
    """The model in a folder, and its former names; None where neither the library nor a training left its record."""
    record = _json(folder / RECORD) or _json(folder / "training.json")
    if record is None or not isinstance(record.get("generator"), str):
        return None
    figures = record.get("figures")
    row = ModelRow(
        name=str(record.get("name") or folder.name),
        path=folder,
        generator=record["generator"],
        medium=str(record.get("medium") or ""),
        created=str(record.get("created") or stamp()),
        figures=figures if isinstance(figures, dict) else {},
        run=record.get("run"),
        seed=int(record.get("seed") or 0),
        trashed=trashed,
    )
    former = record.get("former_names")
    return row, [name for name in former if isinstance(name, str)] if isinstance(former, list) else []


def model_files(folder: Path) -> dict[str, str]:
    """The files that a training wrote into a model's folder, with their SHA-256."""
    files = (_json(folder / "training.json") or {}).get("files")
    return {str(name): str(digest) for name, digest in files.items()} if isinstance(files, dict) else {}


def run(folder: Path, trashed: bool) -> RunRow | None:
    """The run in a folder; None where it has no job. One that was running is interrupted."""
    job = _json(folder / "job.json")
    if job is None:
        return None
    record = _json(folder / runs.RECORD) or {}
    state = record.get("state")
    problem = record.get("problem")
    return RunRow(
        id=folder.name,
        job=job,
        state=state if state in runs.STATES and state != "running" else "interrupted",
        created=str(record.get("created") or stamp()),
        started=record.get("started"),
        ended=record.get("ended"),
        step=int(record.get("step") or 0),
        total=int(record.get("total") or 0),
        model=record.get("model"),
        figures=record.get("figures") or {},
        problem=Sentence(str(problem["pattern"]), dict(problem["values"])) if isinstance(problem, dict) else None,
        position=int(record.get("position") or 0),
        trashed=trashed,
    )


def _json(file: Path) -> dict[str, Any] | None:
    try:
        content = json.loads(file.read_bytes())
    except (OSError, ValueError):
        return None
    return content if isinstance(content, dict) else None
