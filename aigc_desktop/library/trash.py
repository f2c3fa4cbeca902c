"""Where things are: at their place in the project, or below trash/ under the same path."""

import os
from pathlib import Path

from aigc_desktop.i18n import mark
from aigc_desktop.media.base import why
from aigc_desktop.problems import BadInput

TRASH = "trash"


def place(project: Path, path: str, trashed: bool) -> Path:
    """Where a file or folder (its path inside the project) is."""
    return project / TRASH / path if trashed else project / path


def move(project: Path, path: str, to_trash: bool) -> None:
    """Move a file or folder (a text's sidecar with it) into the trash or back; BadInput if another program holds it.

    Belongs inside the transaction that changes its row; a crash between the two is put right by the next sweep.
    """
    source, target = place(project, path, not to_trash), place(project, path, to_trash)
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
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


def move_sidecar(source: Path, target: Path) -> None:
    """Let the metadata beside a text follow it."""
    beside = source.with_suffix(".json")
    if source.suffix == ".txt" and beside.exists():
        os.replace(beside, target.with_suffix(".json"))
