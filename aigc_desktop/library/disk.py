"""What the disk can do to a project: be full, take no writing, be gone. Each is one sentence; what was saved stays saved."""

import errno
import os
import shutil
import sqlite3
from pathlib import Path

from aigc_desktop.i18n import mark
from aigc_desktop.problems import BadInput

INDEX = "library.sqlite"  # what makes a folder a project
ROOM = 65_536  # bytes: with less than this left nothing of ours fits
_FULL = {errno.ENOSPC, getattr(errno, "EDQUOT", errno.ENOSPC)}
_FULL_TEXTS = (
    "No space left on device",
    "(os error 28)",
    "(os error 112)",
)  # of libraries that are not written in Python


class Trouble(BadInput):
    """The disk does not do what is asked of it. It can be asked again once that is put right."""


class Full(Trouble):
    """There is no room left."""


class Unreachable(Trouble):
    """The folder is not at its place: moved, deleted, or on a drive that was taken out."""


class Unwritable(Trouble):
    """The folder can be read, not written."""


def full(path: Path) -> Full:
    return Full(mark("The disk with {path} is full. Make room there, then go on."), path=path)


def unreachable(project: Path) -> Unreachable:
    return Unreachable(
        mark(
            "The project {path} is not there: its folder was moved, or its drive taken out. Bring it back, and all goes on."
        ),
        path=project,
    )


def unwritable(project: Path) -> Unwritable:
    return Unwritable(mark("The project {path} cannot be written to. Copy it to a place where it can."), path=project)


def identity(project: Path) -> tuple[int, int] | None:
    """What tells the project at this place from another that takes its place; None while there is none."""
    try:
        found = os.stat(project / INDEX)
    except OSError:
        return None
    return found.st_dev, found.st_ino


def trouble(error: BaseException, folder: Path, project: bool = True) -> Trouble | None:
    """What the disk that holds the project (or another folder that is written to) has to do with an error, if anything."""
    if isinstance(error, Trouble):
        return error
    code = error.errno if isinstance(error, OSError) else None
    index = (getattr(error, "sqlite_errorcode", None) or 0) & 0xFF if isinstance(error, sqlite3.Error) else None
    if code in _FULL or index == sqlite3.SQLITE_FULL or any(text in str(error) for text in _FULL_TEXTS):
        return full(folder)
    if project and identity(folder) is None:
        return unreachable(folder)
    if code == errno.EROFS or index in (sqlite3.SQLITE_READONLY, sqlite3.SQLITE_PERM):
        return unwritable(folder)
    # Some libraries say of a full disk only that they could not write.
    return full(folder) if not isinstance(error, MemoryError | BadInput) and _no_room(folder) else None


def make_folder(folder: Path, project: Path) -> None:
    """Make a folder of the project and what is missing between; never the project itself, which may be gone just now."""
    missing = []
    while folder != project and not folder.is_dir():
        missing.append(folder)
        folder = folder.parent
    if missing and identity(project) is None:
        raise unreachable(project)
    for one in reversed(missing):
        one.mkdir(exist_ok=True)


def _no_room(folder: Path) -> bool:
    try:
        return shutil.disk_usage(folder).free < ROOM
    except (OSError, ValueError):  # a name with a zero byte
        return False
