"""What a crash left behind, put right when the project is opened. Nothing is deleted.

A crash can leave a file without its row (between the two), a temporary file, or, in the middle of a move into the trash or
back, a file whose row says the other place. Only folders that changed since the last sweep are looked into, so that opening
a large project stays quick.
"""

import os
import time
from pathlib import Path

from aigc_desktop.i18n import mark
from aigc_desktop.library import sweep_folders, trash
from aigc_desktop.library.database import Database
from aigc_desktop.library.ids import stamp
from aigc_desktop.media.files import UNFINISHED
from aigc_desktop.problems import Sentence

YOUNG = 60.0  # seconds: a file younger than this may be one that is being saved
_OURS = (".txt", ".json", ".png", ".flac", ".mp4", UNFINISHED)


def sweep(project: Path, database: Database) -> list[Sentence]:
    """Move what belongs to no row into the trash, and let rows follow moved files; a sentence for each file swept."""
    before, now = float(database.fact("swept") or 0), time.time()
    if before > now:  # the clock was set back
        before = 0
    sweep_folders.sweep(project, database, before, now - YOUNG)
    changed = _changed_folders(project, before)
    if not changed:
        return []
    said: list[Sentence] = []
    if any(_wrong(project, database, path, trashed, now) for path, trashed in changed):
        with database.writing():  # nobody saves now; look again
            for path, trashed in changed:
                for file in _wrong(project, database, path, trashed, now):
                    said += _put_right(project, database, file, trashed)
    if any(_modified(trash.place(project, path, trashed)) < now - YOUNG for path, trashed in changed):
        with database.writing():
            database.remember("swept", str(now - YOUNG))
    return said


def _changed_folders(project: Path, since: float) -> list[tuple[str, bool]]:
    """The folders of days, in place and in the trash, in which something changed since then."""
    found = []
    for trashed in (False, True):
        root = trash.place(project, "items", trashed)
        if root.exists():
            with os.scandir(root) as entries:
                found += [
                    (f"items/{entry.name}", trashed)
                    for entry in entries
                    if entry.is_dir(follow_symlinks=False) and entry.stat().st_mtime >= since
                ]
    return found


def _wrong(project: Path, database: Database, folder: str, trashed: bool, now: float) -> list[str]:
    """The files of a folder that no row puts there, as paths inside the project."""
    rows = {
        row["path"]: row["trashed"] is not None
        for row in database.rows(
            "SELECT path, trashed FROM items WHERE path >= ? AND path < ?", (folder + "/", folder + "0")
        )
    }
    here = trash.place(project, folder, trashed)
    wrong = []
    for name in os.listdir(here):
        path = f"{folder}/{name}"
        owner = path.removesuffix(".json") + ".txt" if name.endswith(".json") else path
        if rows.get(owner) == trashed or not name.endswith(_OURS):
            continue
        if owner in rows and trash.place(project, path, not trashed).exists():
            continue  # the file is at its place too: a copy that somebody made
        if owner not in rows and (trashed or _modified(here / name) > now - YOUNG):
            continue
        wrong.append(path)
    return wrong


def _put_right(project: Path, database: Database, path: str, trashed: bool) -> list[Sentence]:
    """Deal with one such file; says so where it went into the trash."""
    if not trash.place(project, path, trashed).exists():
        return []  # it went with its text
    if path.endswith(".json"):
        row = database.row("SELECT trashed FROM items WHERE path = ?", (path.removesuffix(".json") + ".txt",))
        text_trashed = True if row is None else row["trashed"] is not None
        if text_trashed != trashed:
            trash.move(project, path, text_trashed)
        return []
    if database.row("SELECT 1 FROM items WHERE path = ?", (path,)):
        database.execute("UPDATE items SET trashed = ? WHERE path = ?", (stamp() if trashed else None, path))
        return []
    trash.move(project, path, True)
    if not path.endswith(UNFINISHED):
        _keep_row(project, database, path)
    return [Sentence(mark("{path} belonged to no item of the library; it is in the trash now."), {"path": path})]


def _keep_row(project: Path, database: Database, path: str) -> None:
    """Where the swept file says all about itself, give it a row, so that it can be restored."""
    from aigc_desktop.library import found, rebuild

    one = found.item(project, path, trashed=True)
    if one is not None and database.row("SELECT 1 FROM items WHERE id = ?", (one.item.id,)) is None:
        rebuild.add_found(project, database, one)


def _modified(path: Path) -> float:
    try:
        return path.stat().st_mtime
    except OSError:
        return 0.0
