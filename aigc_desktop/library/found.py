"""What the files of a project say by themselves: the items, models and runs that their metadata describes."""

from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from aigc_desktop import foreign_json
from aigc_desktop.library import names, processes, runs, trash
from aigc_desktop.library.ids import stamp
from aigc_desktop.library.item import KEPT, Item, are_fitting
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
        if not are_fitting(values):
            return None
        values["name"] = names.clean_name(values["name"]) or file.stem
        found = Item(
            **values,
            path=file,
            thumbnail=None,
            file_sha256=sha256(content),
            bytes=len(content),
            trashed=trashed,
            model_folder=_text(metadata.get("model_folder")),
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
    row = ModelRow(
        name=names.clean_name(_text(record.get("name")) or "") or folder.name,
        path=folder,
        generator=record["generator"],
        medium=_text(record.get("medium")) or "",
        created=_text(record.get("created")) or _made(folder),
        figures=_figures(record.get("figures")),
        run=_text(record.get("run")),
        seed=_whole(record.get("seed")),
        trashed=trashed,
    )
    former = record.get("former_names")
    return row, [name for name in former if isinstance(name, str)] if isinstance(former, list) else []


def model_files(folder: Path) -> dict[str, str]:
    """The files that a training wrote into a model's folder, with their SHA-256."""
    files = (_json(folder / "training.json") or {}).get("files")
    return {str(name): str(digest) for name, digest in files.items()} if isinstance(files, dict) else {}


def run(folder: Path, trashed: bool) -> RunRow | None:
    """The run in a folder; None where it has no job. One that was running, by a process that is gone, is interrupted."""
    job = _json(folder / "job.json")
    if job is None:
        return None
    record = _json(folder / runs.RECORD) or {}
    state = record.get("state")
    owner = _owner(record.get("process")) if state == "running" else None
    if state not in runs.STATES or (state == "running" and (owner is None or processes.gone(*owner))):
        state, owner = "interrupted", None
    return RunRow(
        id=folder.name,
        job=job | {"generator": _text(job.get("generator")) or ""},
        state=state,
        created=_text(record.get("created")) or _made(folder / "job.json"),
        started=_text(record.get("started")),
        ended=_text(record.get("ended")),
        step=max(_whole(record.get("step")), _checkpoint(folder) if state in ("running", "interrupted") else 0),
        total=_whole(record.get("total")),
        model=_text(record.get("model")),
        figures=_figures(record.get("figures")),
        problem=_problem(record.get("problem")),
        position=_whole(record.get("position")),
        pid=owner and owner[0],
        trashed=trashed,
        owner=owner,
    )


def places(project: Path) -> dict[str, int]:
    """The places of runs in the queue, as it was put in order last; a run that is not there was added since."""
    found = _json(project / runs.PLACES) or {}
    return {id: place for id, place in found.items() if type(place) is int and abs(place) < 2**63}


def tells_all(folder: Path) -> bool:
    """Whether a run's record holds everything that its row does: those of the first version knew not each place in the queue."""
    return _whole((_json(folder / runs.RECORD) or {}).get("format")) >= runs.FORMAT


def _made(path: Path) -> str:
    return stamp(datetime.fromtimestamp(path.stat().st_mtime, UTC))


def _checkpoint(folder: Path) -> int:
    return max((int(path.name) for path in (folder / "checkpoints").glob("[0-9]*") if path.name.isdecimal()), default=0)


def _owner(value: Any) -> tuple[int, float, str] | None:
    if isinstance(value, list) and [type(one) for one in value] in ([int, float, str], [int, int, str]):
        return value[0], value[1], value[2]
    return None


def _problem(value: Any) -> Sentence | None:
    if isinstance(value, dict) and isinstance(value.get("pattern"), str) and isinstance(value.get("values"), dict):
        return Sentence(value["pattern"], value["values"])
    return None


def _text(value: Any) -> str | None:
    return value if isinstance(value, str) else None


def _whole(value: Any) -> int:
    return value if type(value) is int and abs(value) < 2**63 else 0


def _figures(value: Any) -> dict[str, float]:
    """Numbers by name."""
    return {name: one for name, one in value.items() if type(one) in (int, float)} if isinstance(value, dict) else {}


def _json(file: Path) -> dict[str, Any] | None:
    try:
        content = foreign_json.parse(file.read_bytes())
    except (OSError, ValueError):
        return None
    return content if isinstance(content, dict) else None
