"""Temporary files and folders of the project, and whether the process that made them still runs."""

import os
import re
import shutil
import time
from contextlib import suppress
from pathlib import Path

from aigc_desktop.library import processes
from aigc_desktop.media.files import UNFINISHED

YOUNG = 60.0  # seconds: what is younger, and does not say whose it is, may be under way
_OWNER = re.compile(r"\.(?:new-)?(\d+)-")  # .<process>-<letters>.new, .new-<process>-<letters>


def is_temporary(name: str) -> bool:
    """Whether a file or folder with this name is one that is being written."""
    for beside in ("-journal", "-wal", "-shm"):  # SQLite's, of an index that is being made
        name = name.removesuffix(beside)
    return name.startswith(".new-") or (name.startswith(".") and name.endswith(UNFINISHED))


def abandoned(path: Path) -> bool:
    """Whether nobody goes on writing it: its process is gone, or it names none and has not been touched for a while."""
    modified = latest(path)
    owner = _OWNER.match(path.name)
    if owner is None:
        return modified < time.time() - YOUNG
    if int(owner[1]) == os.getpid():
        return False
    began = processes.began(int(owner[1]))
    return began is None or began > modified + YOUNG  # another process with the id of the one that is gone


def remove(path: Path) -> None:
    """Delete a temporary file or folder."""
    if path.is_dir():
        shutil.rmtree(path, ignore_errors=True)
    else:
        with suppress(OSError):
            path.unlink()


def tidy(folder: Path) -> bool:
    """Delete what is abandoned directly in a folder; whether something there is still being written."""
    busy = False
    try:
        names = [name for name in os.listdir(folder) if is_temporary(name)]
    except OSError:
        return False
    for name in names:
        if abandoned(folder / name):
            remove(folder / name)
        else:
            busy = True
    return busy


def latest(path: Path) -> float:
    """When the file, the folder or anything directly in it changed last; 0 where it is gone."""
    try:
        times = [path.stat().st_mtime]
        if path.is_dir():
            with os.scandir(path) as entries:
                times += [entry.stat().st_mtime for entry in entries]
    except OSError:
        return 0.0
    return max(times)


def modified(path: Path | str) -> float:
    """When the file or the names in the folder changed last; 0 where it is gone."""
    try:
        return os.stat(path).st_mtime
    except OSError:
        return 0.0
