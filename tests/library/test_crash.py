"""What a process leaves that is killed in the middle of saving, renaming or trashing: never a row without its file."""

import os
import random
import signal
import time
from pathlib import Path
from typing import Any

import pytest

from aigc_desktop.library.project import Project
from aigc_desktop.media import kinds
from tests.library.makers import add, add_model, files, job, picture, said, start

pytestmark = pytest.mark.skipif(os.name == "nt", reason="needs SIGKILL")

KILLED = """
import os, signal, sys
import numpy as np
from aigc_desktop.library import items, models, sweep, trash
from aigc_desktop.library.database import Database
from aigc_desktop.library.project import Project
from aigc_desktop.media import files, picture, png, text
from aigc_desktop.media.picture import Picture
from aigc_desktop.media.text import Text

folder, moment, medium = sys.argv[1:]
project = Project.open(folder)
media = Text("half") if medium == "text" else Picture(np.full((12, 12), 3, np.uint8))
job = {"generator": "image.gan", "params": {"prompt": "killed"}}

def die(*_):
    os.kill(os.getpid(), signal.SIGKILL)

def after(owner, name, times=1):
    real, count = getattr(owner, name), [0]
    def replaced(*values, **more):
        result = real(*values, **more)
        count[0] += 1
        if count[0] == times:
            die()
        return result
    setattr(owner, name, replaced)

first = project.items.search("first")[0].id if project.items.count("first") else None
if moment == "temporary file written":
    after(files, "sync")
elif moment == "file in place":
    after(files, "sync_folder")
elif moment == "text's second file written":
    after(files, "sync", 2)
elif moment == "row written, not committed":
    after(items, "insert")
elif moment == "moved to the trash":
    after(trash, "move")
    project.items.trash(first)
elif moment == "text moved, its sidecar not":
    trash.move_sidecar = die
    project.items.trash(first)
elif moment == "moved back":
    project.items.trash(first)
    after(trash, "move")
    project.items.restore(first)
elif moment == "renamed copy written":
    items.sha256 = die
    project.items.rename(first, "second")
elif moment == "renamed, the old file still there":
    from pathlib import Path
    Path.unlink = die
    project.items.rename(first, "second")
elif moment == "model moved to the trash":
    after(trash, "move")
    project.models.trash("model")
elif moment == "model in place":
    models.insert = die
    new = project.models.prepare("new")
    (new / "config.json").write_text("{}")
    project.models.add(new, name="new", generator="image.gan", medium="picture")
elif moment == "run moved to the trash":
    after(trash, "move")
    project.runs.remove(project.runs.list()[0].id)
elif moment == "run's folder made":
    after(os, "mkdir")
    project.runs.add(job)
project.items.add(media, job=job, seed=1)
print("not reached")
"""

# What is there after each moment: the names of the items, of those in the trash.
ITEMS: dict[str, tuple[set[str], set[str]]] = {
    "temporary file written": ({"first"}, set()),
    "file in place": ({"first", "killed 1"}, set()),
    "row written, not committed": ({"first", "killed 1"}, set()),
    "moved to the trash": (set(), {"first"}),
    "moved back": ({"first"}, set()),
    "renamed copy written": ({"first"}, set()),
    "renamed, the old file still there": ({"second"}, set()),
}
TEXTS: dict[str, tuple[set[str], set[str]]] = {
    "file in place": ({"first"}, set()),  # the first file of a text says how it was made
    "text's second file written": ({"first"}, set()),
    "text moved, its sidecar not": (set(), {"first"}),
}
# The names of the models, of those in the trash; how many runs, how many in the trash.
FOLDERS: dict[str, tuple[set[str], set[str], int, int]] = {
    "model moved to the trash": (set(), {"model"}, 1, 0),
    "model in place": ({"model", "new"}, set(), 1, 0),
    "run moved to the trash": ({"model"}, set(), 0, 1),
    "run's folder made": ({"model"}, set(), 1, 0),
}


def everything_older(project: Path) -> None:
    """As if an hour had gone by."""
    then = time.time() - 3600
    for folder in ("items", "trash", "models", "runs"):
        for path in (*(project / folder).rglob("*"), project / folder):
            os.utime(path, (then, then))


def agree(project: Project) -> None:
    """Every row has its file with the right content, in place or in the trash; every file its row; nothing is half."""
    expected = set()
    for item in [*project.items.search(limit=10_000), *project.items.search(trashed=True, limit=10_000)]:
        assert item.path.exists(), item
        assert kinds.read(item.path).digest() == item.sha256
        assert (kinds.read_metadata(item.path) or {})["id"] == item.id
        expected |= {item.path} | ({item.path.with_suffix(".json")} if item.medium == "text" else set())
    for model in [*project.models.list(), *project.models.list(trashed=True)]:
        assert (model.path / "config.json").exists()
    there = {project.path / name for name in files(project.path)}
    assert not [path for path in there if path.name.endswith(".new")]
    assert {path for path in there if "items" in path.relative_to(project.path).parts} == expected


def names(project: Project, trashed: bool) -> set[str]:
    return {item.name for item in project.items.search(trashed=trashed)}


@pytest.mark.parametrize(
    ("moment", "medium"),
    [(moment, medium) for moment in ITEMS for medium in ("text", "picture")]
    + [(moment, "text") for moment in TEXTS if moment not in ITEMS]
    + [(moment, "picture") for moment in FOLDERS],
)
def test_killed_at_a_chosen_moment(project: Project, moment: str, medium: str) -> None:
    from aigc_desktop.media.text import Text

    add(project, Text("x") if medium == "text" else None, name="first")
    add_model(project, "model")
    project.runs.add(job())
    project.close()
    process = start(KILLED, project.path, moment, medium)
    out, errors = process.communicate(timeout=60)
    assert process.returncode == -signal.SIGKILL and out == "", errors

    with Project.open(project.path) as swept:
        agree(swept)
        known = TEXTS | ITEMS if medium == "picture" else ITEMS | TEXTS
        live, trashed = known.get(moment, ({"first"}, set()))
        assert (names(swept, False), names(swept, True)) == (live, trashed)
        models, gone, runs, removed = FOLDERS.get(moment, ({"model"}, set(), 1, 0))
        assert {model.name for model in swept.models.list()} == models
        assert {model.name for model in swept.models.list(trashed=True)} == gone
        assert (len(swept.runs.list()), len(swept.runs.list(trashed=True))) == (runs, removed)
        back = {medium: 1} if "killed 1" in live else {"model": 1} if "new" in models else {}
        assert swept.recovered() == back and swept.recovered() == {}, "told, and told once"
        add(swept, name="life goes on")
    with Project.open(project.path) as again:
        assert again.verify() == [] and again.recovered() == {}


def test_what_is_brought_back_is_said(project: Project) -> None:
    project.close()
    start(KILLED, project.path, "file in place", "picture").communicate(timeout=60)
    with Project.open(project.path) as swept:
        (sentence,) = swept.verify()
        assert "now it is" in str(sentence)
        (item,) = swept.items.search("killed")
        assert item.seed == 1 and item.prompt == "killed"


def test_the_thumbnail_of_an_item_that_was_never_saved_goes(project: Project) -> None:
    kept = add(project, picture(9, 300))
    assert kept.thumbnail is not None
    never = kept.thumbnail.with_name("20260101-000000-never0.png")
    never.write_bytes(b"x")
    project.close()
    with Project.open(project.path) as young:
        assert never.exists() and young.unsettled, "its item may be on its way"
    os.utime(never, (time.time() - 3600,) * 2)
    with Project.open(project.path) as swept:
        assert not never.exists() and kept.thumbnail.exists() and not swept.unsettled


def test_a_sweep_while_somebody_saves_does_no_harm(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    """Between the file and its row, another process opens the project and sweeps."""
    from aigc_desktop.media.text import Text

    for medium in (None, Text("of two files")):
        real = type(medium or picture()).write
        swept: list[str] = []

        def written(self: Any, path: Path, metadata: Any = None, real: Any = real, swept: list[str] = swept) -> Path:
            result: Path = real(self, path, metadata)
            if not swept:
                swept.append(said(OPENED, project.path))
            return result

        monkeypatch.setattr(type(medium or picture()), "write", written)
        item = add(project, medium, name=f"mine {medium}")
        assert swept == ["1\n"] and project.items.get(item.id) == item
    agree(project)


OPENED = """
import sys
from aigc_desktop.library.project import Project
with Project.open(sys.argv[1]) as project:
    print(sum(project.recovered().values()))
"""

WRITER = """
import sys
import numpy as np
from aigc_desktop.library.project import Project
from aigc_desktop.media.picture import Picture
from aigc_desktop.media.text import Text

project = Project.open(sys.argv[1])
print("open", flush=True)
step = 0
while True:
    step += 1
    media = Text(f"text {step}") if step % 2 else Picture(np.full((300, 300), step % 256, np.uint8))
    item = project.items.add(media, job={"generator": "image.gan"}, seed=step)
    if step % 3 == 0:
        project.items.rename(item.id, f"renamed {step}")
    if step % 4 == 0:
        project.items.trash(item.id)
    if step % 8 == 0:
        project.items.restore(item.id)
"""


def test_killed_at_any_moment_beside_another_writer(project: Project) -> None:
    chance = random.Random(7)
    project.close()
    beside = start(WRITER, project.path)
    try:
        for _ in range(8):
            writer = start(WRITER, project.path)
            assert writer.stdout is not None and writer.stdout.readline() == "open\n"
            time.sleep(chance.uniform(0.02, 0.3))
            writer.kill()
            writer.communicate(timeout=60)
            with Project.open(project.path) as now:
                assert now.items.count() >= 0
        assert beside.poll() is None
    finally:
        beside.kill()
        beside.communicate(timeout=60)
    with Project.open(project.path) as swept:
        agree(swept)
        assert swept.items.count() > 20
    with Project.open(project.path) as again:
        assert again.verify() == []


def test_young_files_are_left_alone_and_others_files_too(project: Project) -> None:
    item = add(project)
    stray, foreign, junk = (item.path.with_name(name) for name in ("young.png", "drawing.psd", ".DS_Store"))
    for path in (stray, foreign, junk):
        path.write_bytes(b"x")
    project.close()
    Project.open(project.path).close()
    assert stray.exists()
    everything_older(project.path)
    with Project.open(project.path) as swept:
        assert not stray.exists() and foreign.exists() and junk.exists() and item.path.exists()
        assert [str(sentence).split("/")[-1] for sentence in swept.verify()] == [
            "young.png belonged to no item of the library; it is in the trash now.",
            "drawing.psd is in the project's folder but not in its library.",
        ]


def test_only_folders_that_changed_are_looked_through(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    from aigc_desktop.library import sweep

    add(project)
    project.close()
    everything_older(project.path)
    looked: list[str] = []
    real = sweep._wrong

    def counted(project: Path, database: object, folder: str, trashed: bool) -> list[str]:
        looked.append(folder)
        return real(project, database, folder, trashed)  # type: ignore[arg-type]

    monkeypatch.setattr(sweep, "_wrong", counted)
    Project.open(project.path).close()
    assert len(looked) == 1
    Project.open(project.path).close()
    assert len(looked) == 1
