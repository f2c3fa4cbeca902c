"""What a crash left behind, put right when the project is opened. Nothing that was made is deleted.

A crash can leave a whole file without its row (between the two): it gets its row. In the middle of a move into the trash
or back, a file whose row says the other place: the row follows the file. In the middle of a renaming, the file under both
names: the one that the row does not name goes. And temporary files, which are deleted. Whoever saves looks again at the
file inside the transaction that writes its row, so that a sweep at the same time does no harm. Only folders that changed
since the last sweep are looked into, so that opening a large project stays quick.
"""

import json
import os
import time
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

from aigc_desktop.i18n import mark
from aigc_desktop.library import index, leftovers, sweep_folders, trash
from aigc_desktop.library.database import Database
from aigc_desktop.library.ids import stamp
from aigc_desktop.library.leftovers import YOUNG, modified
from aigc_desktop.problems import BadInput, Sentence

RECOVERED = "recovered"  # the fact that counts what was brought back, by medium or "model" or "run", until it was told
_OURS = (".txt", ".json", ".png", ".flac", ".mp4")


@dataclass
class Swept:
    """What a sweep did: what it says of files, what it brought back, whether something must be looked at again soon."""

    said: list[Sentence] = field(default_factory=list)
    back: "Counter[str]" = field(default_factory=Counter)
    unsettled: bool = False
    looked: bool = False  # into a folder that need not be looked into again


def sweep(project: Path, database: Database) -> Swept:
    """Let rows and files agree again; a sentence for each file that got a row or went into the trash."""
    before, now = float(database.fact("swept") or 0), time.time()
    if before > now:  # the clock was set back
        before = 0
    done = Swept()
    for folder in (project, project / "backups"):
        done.unsettled |= leftovers.tidy(folder)
    sweep_folders.sweep(project, database, before, done)
    changed = _changed_folders(project, before)
    if any(_wrong(project, database, path, trashed) for path, trashed in changed):
        with database.writing():  # nobody saves now; look again
            for sidecars in (False, True):  # they follow their texts
                for path, trashed in changed:
                    for file in _wrong(project, database, path, trashed):
                        if file.endswith(".json") == sidecars:
                            _put_right(project, database, file, trashed, done)
    _thumbnails(project, database, before, done)
    if done.back:
        with database.writing():
            told = Counter(json.loads(database.fact(RECOVERED) or "{}"))
            database.remember(RECOVERED, json.dumps(told + done.back))
    done.looked |= any(modified(trash.place(project, path, trashed)) < now - YOUNG for path, trashed in changed)
    if done.looked and not done.unsettled:
        with database.writing():
            database.remember("swept", str(now - YOUNG))
    return done


def _changed_folders(project: Path, since: float) -> list[tuple[str, bool]]:
    """The folders of days, in place and in the trash, in which something changed since then."""
    return [
        (f"items/{name}", trashed)
        for trashed in (False, True)
        for name in sweep_folders.changed(trash.place(project, "items", trashed), since)
    ]


def _wrong(project: Path, database: Database, folder: str, trashed: bool) -> list[str]:
    """The files of a folder that no row puts there, as paths inside the project."""
    rows = {
        row["path"]: row["trashed"] is not None
        for row in database.rows(
            "SELECT path, trashed FROM items WHERE path >= ? AND path < ?", (folder + "/", folder + "0")
        )
    }
    wrong = []
    for name in sorted(os.listdir(trash.place(project, folder, trashed))):
        path = f"{folder}/{name}"
        owner = path.removesuffix(".json") + ".txt" if name.endswith(".json") else path
        if leftovers.is_temporary(name):
            wrong.append(path)
        elif rows.get(owner) == trashed or not name.endswith(_OURS):
            continue
        elif owner in rows and trash.place(project, path, not trashed).exists():
            continue  # the file is at its place too: a copy that somebody made
        elif owner in rows or not trashed:
            wrong.append(path)
    return wrong


def _put_right(project: Path, database: Database, path: str, trashed: bool, done: Swept) -> None:
    """Deal with one such file."""
    file = trash.place(project, path, trashed)
    if not file.exists():
        return  # it went with its text
    if leftovers.is_temporary(file.name):
        if leftovers.abandoned(file):
            leftovers.remove(file)
        else:
            done.unsettled = True
    elif path.endswith(".json"):
        _sidecar(project, database, path, trashed, done)
    elif database.row("SELECT 1 FROM items WHERE path = ?", (path,)):
        database.execute("UPDATE items SET trashed = ? WHERE path = ?", (stamp() if trashed else None, path))
    elif not _known_to_itself(project, database, path, done):
        _throw_away(project, path, done)


def _sidecar(project: Path, database: Database, path: str, trashed: bool, done: Swept) -> None:
    """The metadata of a text follows it; those of a text that was never written go."""
    from aigc_desktop.library import item
    from aigc_desktop.media import text

    owner = path.removesuffix(".json") + ".txt"
    row = database.row("SELECT trashed FROM items WHERE path = ?", (owner,))
    if row is not None:
        if (row["trashed"] is not None) != trashed:
            trash.move(project, path, row["trashed"] is not None)
    elif trash.place(project, owner, trashed).exists():
        return  # nobody's text, left alone for now
    else:
        metadata = text.read_metadata(trash.place(project, owner, trashed))
        if index.held(project) and modified(trash.place(project, path, trashed)) > time.time() - YOUNG:
            done.unsettled = True  # another program may be about to write its text
        elif metadata is not None and all(name in metadata for name in item.KEPT):
            leftovers.remove(trash.place(project, path, trashed))
        else:
            _throw_away(project, path, done)


def _known_to_itself(project: Path, database: Database, path: str, done: Swept) -> bool:
    """Whether a file without a row was dealt with because it says itself what it is."""
    from aigc_desktop.library import found, items, rebuild

    one = found.item(project, path, trashed=False)
    if one is None or one.changed:
        return False
    row = database.row("SELECT path, sha256, trashed FROM items WHERE id = ?", (one.item.id,))
    if row is None:
        rebuild.add_found(project, database, one)
        done.back[one.item.medium] += 1
        pattern = mark("{path} was saved, but not in the library yet when the program ended; now it is.")
        done.said.append(Sentence(pattern, {"path": path}))
        return True
    other = trash.place(project, row["path"], row["trashed"] is not None)
    if not other.exists():  # the row is older than the file: a part of the index was lost
        database.execute("DELETE FROM items WHERE id = ?", (one.item.id,))
        rebuild.add_found(project, database, one)
        return True
    if row["sha256"] == one.item.sha256 and other.exists() and one.item.path.stem == items.stem(one.item):
        items.unlink(one.item.path)  # a renaming was under way: the same again, under its other name
        return True
    return False


def _throw_away(project: Path, path: str, done: Swept) -> None:
    """Into the trash with a file of nobody's, once it is certain that nobody is just putting it there."""
    if modified(project / path) > time.time() - YOUNG:
        done.unsettled = True
        return
    try:
        trash.move(project, path, True)
    except BadInput:  # it is gone: who renamed it has just taken its old file away
        return
    said = mark("{path} belonged to no item of the library; it is in the trash now.")
    done.said.append(Sentence(said, {"path": path}))


def _thumbnails(project: Path, database: Database, since: float, done: Swept) -> None:
    """Delete the thumbnails of items that there are not."""
    from aigc_desktop.library.items import THUMBNAILS

    for day in sweep_folders.changed(project / THUMBNAILS, since):
        folder = project / THUMBNAILS / day
        done.unsettled |= leftovers.tidy(folder)
        names = sorted(name for name in os.listdir(folder) if not leftovers.is_temporary(name))
        ends = (names[0].removesuffix(".png"), names[-1].removesuffix(".png")) if names else ("", "")
        known = {row[0] for row in database.rows("SELECT id FROM items WHERE id BETWEEN ? AND ?", ends)}
        for name in names:
            if name.removesuffix(".png") in known:
                continue
            if modified(folder / name) > time.time() - YOUNG:
                done.unsettled = True  # it is made before its item
            else:
                leftovers.remove(folder / name)
