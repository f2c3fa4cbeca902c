"""Where things are: at their place in the project, or below trash/ under the same path."""

import json
import os
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path

from aigc_desktop import foreign_json
from aigc_desktop.i18n import mark
from aigc_desktop.library import disk
from aigc_desktop.library.ids import stamp
from aigc_desktop.media.base import why
from aigc_desktop.media.files import write_bytes
from aigc_desktop.problems import BadInput

TRASH = "trash"
JOURNAL = "library.trashed.jsonl"  # in the project: since when each thing is in the trash, for `rebuild`


class Outside(BadInput, ValueError):
    """An index that somebody made to reach files outside the project."""


def inside(project: Path, path: str) -> Path:
    """The place of a path inside the project; Outside where it leads out of it."""
    odd = path.startswith("/") or any(part in f"/{path}/" for part in ("/../", "//", "/./", "\0"))
    if odd or (os.name == "nt" and any(letter in path for letter in ":\\")):
        raise Outside(
            mark("The index of the project {path} names files outside it. Rebuild the library from its files."),
            path=project,
        )
    return project / path


def place(project: Path, path: str, trashed: bool) -> Path:
    """Where a file or folder (its path inside the project) is; Outside where it would be out of the project."""
    inside(project, path)
    return project / TRASH / path if trashed else project / path


def move(project: Path, path: str, to_trash: bool, since: str | None = None) -> None:
    """Move a file or folder (a text's sidecar with it) into the trash or back; BadInput if another program holds it.

    `since` is the moment that its row says.
    Belongs inside the transaction that changes its row; a crash between the two is put right by the next sweep.
    """
    source, target = place(project, path, not to_trash), place(project, path, to_trash)
    try:
        disk.make_folder(target.parent, project)
        os.replace(source, target)
        move_sidecar(source, target)
    except FileNotFoundError:
        raise BadInput(mark("The file {path} is missing. Check the library."), path=source) from None
    except OSError as error:
        raise BadInput(
            mark("{path} cannot be moved ({reason}). Close it in other programs and try again."),
            path=source,
            reason=why(error),
        ) from None
    if to_trash:
        note(project, path, since or stamp())


def move_sidecar(source: Path, target: Path) -> None:
    """Let the metadata beside a text follow it."""
    beside = source.with_suffix(".json")
    if source.suffix == ".txt" and beside.exists():
        os.replace(beside, target.with_suffix(".json"))


def note(project: Path, path: str, moment: str) -> None:
    """Write down since when a thing is in the trash."""
    with suppress(OSError), (project / JOURNAL).open("a", encoding="utf-8", newline="\n") as journal:
        journal.write(json.dumps({"path": path, "since": moment}, ensure_ascii=False) + "\n")


def since(project: Path) -> dict[str, str]:
    """Since when the things that were ever in the trash are there, by their path inside the project."""
    moments: dict[str, str] = {}
    with suppress(OSError):
        for line in (project / JOURNAL).read_text(encoding="utf-8", errors="replace").splitlines():
            with suppress(ValueError, TypeError, KeyError):
                entry = foreign_json.parse(line)
                inside(project, str(entry["path"]))
                moments[str(entry["path"])] = str(entry["since"])
    return moments


def moved(file: Path) -> str:
    """The moment at which a file or folder in the trash came there, where the journal does not say."""
    return stamp(datetime.fromtimestamp(file.lstat().st_ctime, UTC))


def tidy(project: Path) -> None:
    """Forget what is in the trash no more."""
    kept = {}
    for path, when in since(project).items():
        with suppress(Outside, OSError):
            if place(project, path, True).exists():
                kept[path] = when
    lines = [json.dumps({"path": path, "since": when}, ensure_ascii=False) + "\n" for path, when in kept.items()]
    journal = project / JOURNAL
    with suppress(OSError):
        if lines:
            write_bytes(journal, "".join(lines).encode())
        else:
            journal.unlink(missing_ok=True)
