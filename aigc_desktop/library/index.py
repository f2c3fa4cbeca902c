"""library.sqlite seen from outside, as a file: whether it is as this program left it, what stands in its place, its copies.

library.sqlite-seen      how the file looked when it was closed last, and which processes have it open
library.sqlite-damaged   stands there while the index was found damaged and is not mended yet
backups/                 the damaged ones, the newest few
"""

import json
import os
import shutil
import stat
from contextlib import suppress
from datetime import datetime
from pathlib import Path
from typing import Any

from aigc_desktop.library import names, processes, schema
from aigc_desktop.library.disk import INDEX
from aigc_desktop.media.files import replacing, sync, sync_folder

FOLDERS = ("items", "models", "runs", "trash")  # of every project
NEEDED = FOLDERS[:3]  # a folder with these is a project, whatever became of its index
SEEN, DAMAGED = f"{INDEX}-seen", f"{INDEX}-damaged"
BESIDE = ("-wal", "-shm", "-journal")  # SQLite's own
KEPT = 5  # damaged indexes
COMPLETE = "complete"  # the fact that an index holds everything that there was when it was made
DESCRIBED = "described"  # the fact that the files hold everything that the index does
MAGIC = b"SQLite format 3\0"
HIGHEST = 1000  # no version of the tables will be higher: what says so is damaged

_open: dict[Path, int] = {}  # how often each project is open in this process


def is_project(project: Path) -> bool:
    """Whether the folder has the parts of a project."""
    return all((project / name).is_dir() for name in NEEDED)


def lost(project: Path) -> bool:
    """Whether something else is where the index should be: nothing, an empty file, a folder, a link, a pipe."""
    try:
        found = os.lstat(project / INDEX)
    except OSError:
        return True
    return not stat.S_ISREG(found.st_mode) or found.st_size == 0


def must_be_made(project: Path) -> bool:
    """Whether it can be seen from outside that the index must be made again."""
    return is_project(project) and (lost(project) or marked(project))


def version(project: Path) -> int | None:
    """The version that the file's first bytes tell; None where they do not say that it is ours. Does not open it."""
    try:
        if not stat.S_ISREG(os.lstat(project / INDEX).st_mode):
            return None
        with (project / INDEX).open("rb") as file:
            head = file.read(100)
    except OSError:
        return None
    if len(head) < 100 or not head.startswith(MAGIC) or int.from_bytes(head[68:72], "big") != schema.APPLICATION:
        return None
    return int.from_bytes(head[60:64], "big", signed=True)


def mark_damaged(project: Path) -> None:
    """Remember that the index must be mended when the project is opened next."""
    if is_project(project):
        with suppress(OSError):
            (project / DAMAGED).touch()


def marked(project: Path) -> bool:
    return (project / DAMAGED).exists()


# As it was left -------------------------------------------------------------------------------------------------------


def as_left(project: Path) -> bool:
    """Whether the index looks as it did when it was closed: nobody has changed it since."""
    record = _seen(project)
    return _look(project) == [record.get("bytes"), record.get("changed")] and not _unwritten(project)


def held(project: Path) -> bool:
    """Whether a process has it open that found it whole."""
    return bool(_holders(_seen(project)))


def opened(project: Path) -> None:
    """This process has the project open, and found it whole."""
    _open[project] = _open.get(project, 0) + 1
    me = list(processes.me())
    for _ in range(3):  # another process may be writing the same at the same time
        others = _holders(_seen(project))
        if me in others:
            return
        _remember(project, [*others, me])


def closed(project: Path) -> None:
    """This process has closed the project (its connection, too)."""
    _open[project] = _open.get(project, 1) - 1
    if _open[project] > 0:
        return
    del _open[project]
    others = [one for one in _holders(_seen(project)) if one[0] != os.getpid()]
    if not others and not _unwritten(project):
        with suppress(OSError):
            # A whole second: whoever writes to it afterwards leaves a fraction, even within the same tick of the clock.
            found = os.stat(project / INDEX)
            whole = found.st_mtime_ns // 1_000_000_000 * 1_000_000_000
            if whole != found.st_mtime_ns:
                os.utime(project / INDEX, ns=(found.st_atime_ns, whole))
    _remember(project, others)


def _seen(project: Path) -> dict[str, Any]:
    try:
        content = json.loads((project / SEEN).read_bytes())
    except (OSError, ValueError, RecursionError):
        return {}
    return content if isinstance(content, dict) else {}


def _remember(project: Path, holders: list[Any]) -> None:
    look = [None, -1] if _unwritten(project) else _look(project)
    record = {"bytes": look[0], "changed": look[1], "open": holders}
    with suppress(OSError):
        if _seen(project) != record:
            with replacing(project / SEEN, durable=False) as temporary:
                temporary.write_text(json.dumps(record), encoding="utf-8")


def _look(project: Path) -> list[Any]:
    try:
        found = os.stat(project / INDEX)
    except OSError:
        return [None, 0]
    return [found.st_size, found.st_mtime_ns]


def _unwritten(project: Path) -> bool:
    """Whether there are changes that are not in the file itself yet."""
    for suffix in ("-wal", "-journal"):
        with suppress(OSError):
            if os.stat(project / (INDEX + suffix)).st_size:
                return True
    return False


def _holders(record: dict[str, Any]) -> list[Any]:
    """The processes that have it open and still run: each its id, its birth and its machine."""
    told = record.get("open")
    return [one for one in told if _runs(one)] if isinstance(told, list) else []


def _runs(one: Any) -> bool:
    if not isinstance(one, list) or len(one) != 3:
        return False
    pid, birth, host = one
    if type(pid) is not int or type(birth) not in (int, float) or not isinstance(host, str):
        return False
    return not processes.gone(pid, birth, host)


# Copies and replacement -----------------------------------------------------------------------------------------------


def keep(project: Path) -> Path | None:
    """Let what stands in the place of the index be in backups/ as well (moved, if it is no file); None if there is nothing."""
    index = project / INDEX
    there = [suffix for suffix in ("", "-wal", "-journal") if _has_something(Path(f"{index}{suffix}"))]
    if not there:
        return None
    backups = project / "backups"
    backups.mkdir(exist_ok=True)
    stem = f"library damaged {datetime.now():%Y-%m-%d %H.%M.%S}"
    free = names.unique(
        stem, lambda name: any(os.path.lexists(backups / f"{name}.sqlite{one}") for one in ("", "-wal"))
    )
    kept = backups / f"{free}.sqlite"
    for suffix in there:
        _keep(Path(f"{index}{suffix}"), Path(f"{kept}{suffix}"))
    sync_folder(backups)
    _forget_old(backups, kept)
    return kept


def put(project: Path, new: Path) -> None:
    """Let a finished index take the place of what is there (of which there is a copy)."""
    index = project / INDEX
    for suffix in BESIDE:
        _remove(Path(f"{index}{suffix}"))
    sync(new)
    if os.path.lexists(index) and not stat.S_ISREG(os.lstat(index).st_mode):
        _remove(index)
    os.replace(new, index)
    for name in (DAMAGED, SEEN):
        (project / name).unlink(missing_ok=True)
    sync_folder(project)


def _has_something(path: Path) -> bool:
    try:
        found = os.lstat(path)
    except FileNotFoundError:
        return False
    return not stat.S_ISREG(found.st_mode) or found.st_size > 0


def _keep(path: Path, copy: Path) -> None:
    if not stat.S_ISREG(os.lstat(path).st_mode):
        os.rename(path, copy)
        return
    try:
        os.link(path, copy)  # the same bytes under a second name: needs no room
    except OSError:
        shutil.copy2(path, copy)
        sync(copy)


def _forget_old(backups: Path, newest: Path) -> None:
    found = [path for path in backups.glob("library damaged *.sqlite") if path != newest]
    for path in sorted(found, key=lambda path: path.stem)[: -(KEPT - 1)]:
        for suffix in ("", *BESIDE):
            _remove(Path(f"{path}{suffix}"))


def _remove(path: Path) -> None:
    with suppress(FileNotFoundError):
        if stat.S_ISDIR(os.lstat(path).st_mode):
            shutil.rmtree(path)
        else:
            path.unlink()
