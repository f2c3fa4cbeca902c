"""Several processes on one project, clocks that are set, a disk that is full or cannot be written: nothing lost or doubled."""

import json
import os
import shutil
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest

from aigc_desktop.library import disk, processes
from aigc_desktop.library.project import Project
from aigc_desktop.media.picture import Picture
from aigc_desktop.media.text import Text
from aigc_desktop.problems import BadInput
from tests import disks
from tests.library.makers import ROOT, add, job


def large() -> Picture:
    """A picture of about 300 kB, with a thumbnail of its own."""
    return Picture(np.random.default_rng(0).integers(0, 255, (320, 320, 3), dtype=np.uint8))


def smooth() -> Picture:
    """One whose thumbnail is small and whose file is not."""
    pixels = np.zeros((2000, 2000, 3), np.uint8)
    pixels[::50] = np.random.default_rng(0).integers(0, 255, (40, 2000, 3))
    return Picture(pixels)


WORK = """
import random, sys
from aigc_desktop.library.project import Project
from aigc_desktop.media.picture import Picture
from aigc_desktop.media.text import Text
from aigc_desktop.problems import BadInput

number = int(sys.argv[2])
chance = random.Random(number)
project = Project.open(sys.argv[1])
claimed, saved, emptied = [], 0, 0
for _ in range(150):
    what = chance.randrange(8)
    ids = project.items.ids()
    try:
        if what == 0:
            project.runs.add({"generator": "image.gan", "action": "train"})
        elif what == 1:
            for run in project.runs.list(["waiting"])[:2]:
                if project.runs.claim(run.id, among=("waiting",)):
                    claimed.append(run.id)
        elif what == 2 and claimed:
            project.runs.change(chance.choice(claimed), chance.choice(["finished", "paused"]))
        elif what == 3 and (runs := project.runs.list(["paused", "finished"])):
            project.runs.remove(chance.choice(runs).id)
        elif what == 4 and ids:
            project.items.rename(chance.choice(ids), f"name {number} {chance.random()}")
        elif what == 5 and ids:
            project.items.trash(chance.choice(ids))
        elif what == 6:
            project.runs.reorder([run.id for run in project.runs.list(["waiting"])][::-1])
        else:
            project.items.add(Text(f"{number} {saved}"), job={"generator": "text.lstm", "action": "create"}, seed=saved)
            saved += 1
    except BadInput as problem:  # another was quicker
        assert any(word in str(problem) for word in ("There is no", "in the trash", "missing", "under way")), problem
    project.runs.interrupt_stale()
print(saved, *claimed)
"""


def start(code: str, *words: object, **environment: str) -> "subprocess.Popen[str]":
    return subprocess.Popen(
        [sys.executable, "-c", code, *map(str, words)],
        cwd=ROOT,
        env={**os.environ, **environment},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def test_three_programs_at_once_on_one_project(project: Project) -> None:
    for _ in range(20):
        project.runs.add(job())
    programs = [start(WORK, project.path, number) for number in range(3)]
    said = [program.communicate(timeout=60) for program in programs]
    assert [program.returncode for program in programs] == [0] * 3, [errors[-2000:] for _, errors in said]
    words = [out.split() for out, _ in said]
    claims = [run for one in words for run in one[1:]]
    assert len(claims) > 10 and len(claims) == len(set(claims)), "each waiting run was started by one program"
    items = project.items.search(limit=100_000) + project.items.search(limit=100_000, trashed=True)
    assert len(items) == sum(int(one[0]) for one in words) > 20
    assert all(item.path.exists() for item in items)
    assert [str(one) for one in project.verify()] == []


OWN = """
import sys, time
ahead = float(sys.argv[2])
now = time.time
time.time = lambda: now() + ahead
time.time_ns = lambda: int((now() + ahead) * 1e9)
from aigc_desktop.library import ids, sweep
from aigc_desktop.library.project import Project
from aigc_desktop.media.picture import Picture
from aigc_desktop.media.text import Text
project = Project.open(sys.argv[1])
run = project.runs.add({"generator": "image.gan"}, state="running")
item = project.items.add(Text("with another clock"), job={"generator": "text.lstm", "action": "create"}, seed=0)
print(run, item.id, flush=True)
sys.stdin.readline()
"""


@pytest.mark.parametrize("ahead", [3 * 3600.0, -3 * 3600.0])
def test_a_clock_that_jumps(project: Project, ahead: float) -> None:
    """A live owner stays one, a dead one is seen, nothing saved is swept away or out of order by more than the clock was."""
    first = add(project)
    other = start(OWN, project.path, ahead)
    assert other.stdout is not None
    run, item = other.stdout.readline().split()
    assert project.runs.interrupt_stale() == [] and project.runs.get(run).state == "running"
    assert not project.runs.claim(run)
    with Project.open(project.path) as again:  # sweeps, by this clock
        again.sweep()
        assert {one.id for one in again.items.search()} == {first.id, item}
        assert (again.items.search()[0].id == item) == (ahead > 0)
    other.kill()
    other.communicate()
    assert project.runs.interrupt_stale() == [run]
    later = add(project)
    assert later.id > first.id and [str(one) for one in project.verify()] == []


def test_the_birth_of_a_process_does_not_follow_the_clock(monkeypatch: pytest.MonkeyPatch) -> None:
    me = processes.me()
    monkeypatch.setattr(time, "time", lambda: 0.0)
    assert processes.me() == me and not processes.gone(*me)
    assert processes.gone(me[0], me[1] + 1, me[2]) and processes.birth(2**30) is None


def test_what_waits_is_claimed_once_taken_over_by_its_heir_and_left_by_others(project: Project) -> None:
    run = project.runs.add(job())
    assert project.runs.claim(run, among=("waiting",)) and not project.runs.claim(run, among=("waiting",))
    assert project.runs.claim(run), "who has it may say so again"
    parent = (
        f"from aigc_desktop.library.project import Project; import os; p = Project.open({str(project.path)!r}).runs\n"
    )
    code = parent + f"print(p.claim({run!r}), p.change({run!r}, 'paused'), p.claim({run!r}, heir_of=os.getppid()))"
    out, errors = start(code).communicate()
    assert out.split() == ["False", "False", "True"], errors
    assert project.runs.interrupt_stale() == [run], "the heir is gone"


def test_a_project_that_is_gone_is_not_made_anew(project: Project, tmp_path: Path) -> None:
    item, run = add(project), project.runs.add(job())
    away = tmp_path / "away"
    os.rename(project.path, away)
    acts = [
        lambda: add(project, large()),
        lambda: project.runs.add(job()),
        lambda: project.runs.set(run, state="paused"),
        lambda: project.items.rename(item.id, "x"),
        lambda: project.items.trash(item.id),
        lambda: project.models.prepare(),
        lambda: project.require(),
    ]
    for act in acts:
        with pytest.raises(disk.Unreachable, match="is not there"):
            act()
        assert not project.path.exists()
    assert project.items.count() == 1, "what is known can still be shown"
    os.rename(away, project.path)
    assert project.items.rename(item.id, "x").name == "x"
    shutil.rmtree(project.path)
    with pytest.raises(disk.Unreachable):
        project.require()
    Project.open(project.path).close()
    assert project.items.count() == 1
    project.require()
    assert project.items.count() == 0, "another project is at its place now"


def test_a_full_disk_takes_nothing_half(tmp_path: Path) -> None:
    with disks.small_disk(tmp_path / "drive", 2) as drive, Project.open(drive / "project") as project:
        item = add(project, name="kept")
        disks.fill(drive, 16_384)
        refused = 0
        for act in (
            lambda: add(project, large()),
            lambda: add(project, smooth()),
            lambda: project.items.add(Text("x" * 100_000), job=job(), seed=0),
            lambda: project.runs.add({**job(), "params": {"prompt": "x" * 100_000}}),
            lambda: project.items.rename(item.id, "y" * 200),
            lambda: [project.runs.add(job()) for _ in range(100)],
        ):
            try:
                act()
            except (disk.Full, OSError) as problem:
                found = disk.trouble(problem, project.path)
                assert isinstance(found, disk.Full) and "is full" in str(found), problem
                refused += 1
        assert refused >= 4
        assert [path.name for path in drive.rglob("*.*") if path.name.startswith(".")] == []
        rows = {item.path.name for item in project.items.search()}
        assert {path.name for path in (project.path / "items").rglob("*.*")} == rows
        assert not [path for path in project.path.glob("thumbnails/*/*")]
        (drive / "ballast").unlink()
        add(project, large())
        assert [str(one) for one in project.verify()] == []
        ids = {run.id for run in project.runs.list()}
        assert {path.name for path in (project.path / "runs").iterdir()} == ids


def test_a_disk_that_becomes_read_only(tmp_path: Path) -> None:
    with disks.small_disk(tmp_path / "drive") as drive:
        with Project.open(drive / "project") as project:
            item = add(project, name="kept")
        disks.read_only(drive)
        with pytest.raises(disk.Unwritable, match="cannot be written"):
            Project.open(drive / "project")
        disks.read_only(drive, False)
        with Project.open(drive / "project") as project:
            assert project.items.get(item.id).name == "kept"


def test_quotas_and_other_peoples_libraries(tmp_path: Path, project: Project) -> None:
    for error in (OSError(28, "No space"), OSError(122, "Quota"), RuntimeError("I/O error: No space left on device")):
        if getattr(error, "errno", 28) in (28, 122):
            assert isinstance(disk.trouble(error, tmp_path, project=False), disk.Full), error
    assert disk.trouble(ValueError("x"), project.path) is None and disk.trouble(BadInput("x"), project.path) is None
    assert isinstance(disk.trouble(OSError(30, "Read-only"), project.path), disk.Unwritable)
    assert isinstance(disk.trouble(FileNotFoundError(2, "x"), tmp_path / "no"), disk.Unreachable)
    assert json.loads(json.dumps(str(disk.full(tmp_path))))
