"""What befalls a window whose project goes away, whose disk is full, whose child hangs or has no memory: real disks, real
child processes. One sentence, the window goes on, the work is kept."""

import json
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from itertools import pairwise
from pathlib import Path
from typing import Any

import psutil
import pytest
from PySide6.QtCore import QTimer

from aigc_desktop.engine import child, events, memory
from aigc_desktop.library.project import Project
from aigc_desktop.media.text import Text
from aigc_desktop.problems import BadInput, Sentence
from aigc_desktop.ui import jobs as jobs_module
from aigc_desktop.ui import supervisor
from aigc_desktop.ui.jobs import Jobs
from aigc_desktop.ui.settings import Settings
from tests import disks
from tests.tiny import train_job
from tests.ui import stuck
from tests.ui.panels import answers_to

SECONDS = 60_000
GAN, LSTM = "image.gan", "text.lstm"


@pytest.fixture(autouse=True)
def often(monkeypatch: pytest.MonkeyPatch) -> None:
    """Checkpoints and looks at the place come quickly, so that the tests do."""
    monkeypatch.setenv("AIGC_CHECKPOINT_SECONDS", "0.1")
    monkeypatch.setattr(jobs_module, "WATCH", 50)


@pytest.fixture
def open_jobs(qapp: Any, tmp_path: Path) -> Iterator[Callable[[Path], Jobs]]:
    """A function that opens a project with its queue; what it says of the place is in `said_of_place`."""
    opened: list[Jobs] = []

    def make(folder: Path) -> Jobs:
        made = Jobs(Project.open(folder), Settings(tmp_path / "settings"))
        made.said_of_place = []  # type: ignore[attr-defined]
        made.place.changed.connect(made.said_of_place.append)  # type: ignore[attr-defined]
        opened.append(made)
        return made

    yield make
    for one in opened:
        one.shutdown()
        one.project.close()
        one.deleteLater()


def endless(generator: str, tmp_path: Path) -> Any:
    return train_job(generator, tmp_path, None, max_steps=0, max_seconds=0)


def until_ended(qtbot: Any, jobs: Jobs, run: str) -> Any:
    qtbot.waitUntil(lambda: jobs.last(run) is not None, timeout=SECONDS)
    return jobs.last(run)


def until_checkpoint(qtbot: Any, jobs: Jobs, run: str, step: int = 1) -> None:
    qtbot.waitUntil(lambda: jobs.checkpoint(run) >= step, timeout=SECONDS)


def until_said(qtbot: Any, jobs: Jobs, count: int) -> list[Any]:
    qtbot.waitUntil(lambda: len(jobs.said_of_place) >= count, timeout=SECONDS)  # type: ignore[attr-defined]
    return jobs.said_of_place  # type: ignore[attr-defined]


def test_a_project_that_goes_away_and_comes_back(qtbot, open_jobs: Callable[..., Jobs], tmp_path: Path) -> None:
    jobs = open_jobs(tmp_path / "project")
    run = jobs.submit(endless(LSTM, tmp_path))
    waiting = jobs.submit(train_job(LSTM, tmp_path, None))
    until_checkpoint(qtbot, jobs, run)
    os.rename(tmp_path / "project", tmp_path / "away")

    last = until_ended(qtbot, jobs, run)
    assert isinstance(last, events.Failed) and last.resting and "is not there" in str(last.text)
    said = until_said(qtbot, jobs, 1)
    qtbot.wait(300)  # six looks
    assert len(said) == 1 and str(tmp_path / "project") in str(said[0])
    assert {row.id for row in jobs.rows()} == {run, waiting} and jobs.running is None
    for refused in (
        lambda: jobs.submit(endless(LSTM, tmp_path)),
        lambda: jobs.pause(waiting),
        lambda: jobs.remove(run),
    ):
        with pytest.raises(BadInput, match="is not there"):
            refused()
    assert not (tmp_path / "project").exists(), "no empty project stands in for the one that is gone"

    os.rename(tmp_path / "away", tmp_path / "project")
    with qtbot.waitSignal(jobs.library_changed, timeout=SECONDS):
        assert until_said(qtbot, jobs, 2)[1:] == [None]
    assert jobs.project.runs.get(run).state == "paused"
    assert isinstance(until_ended(qtbot, jobs, waiting), events.Finished), "the queue waited, and went on"
    step = jobs.checkpoint(run)
    jobs.resume(run)
    until_checkpoint(qtbot, jobs, run, step + 1)

    psutil.Process(jobs._running[run].worker.pid).terminate()  # the system tells the child alone to go
    last = until_ended(qtbot, jobs, run)
    assert isinstance(last, events.Cancelled) and last.step > step
    assert jobs.project.runs.get(run).state == "interrupted", "nobody asked for it: it is offered again"


def test_another_file_at_its_place_is_taken_up(qtbot, open_jobs: Callable[..., Jobs], tmp_path: Path) -> None:
    """A drive that was unplugged and plugged in again, a folder restored from a backup: the old handle is worth nothing."""
    with disks.small_disk(tmp_path / "drive") as drive:
        jobs = open_jobs(drive / "project")
        jobs.project.items.add(Text("before"), job={"generator": LSTM, "action": "create"}, seed=0)
        shutil.copytree(drive / "project", tmp_path / "kept")
        subprocess.run(["umount", "-l", drive], check=True)
        assert "is not there" in str(until_said(qtbot, jobs, 1)[0])
        assert list(drive.iterdir()) == []
        shutil.copytree(tmp_path / "kept", drive / "project")
        with Project.open(drive / "project") as other:
            theirs = other.items.add(Text("meanwhile"), job={"generator": LSTM, "action": "create"}, seed=0)
        assert until_said(qtbot, jobs, 2)[1] is None
        assert theirs.id in jobs.project.items.ids() and jobs.project.items.count() == 2
        mine = jobs.project.items.add(Text("after"), job={"generator": LSTM, "action": "create"}, seed=0)
        with Project.open(drive / "project") as other:
            assert other.items.get(mine.id).name == mine.name
        jobs.shutdown()
        jobs.project.close()


def test_a_disk_that_is_full_and_has_room_again(qtbot, open_jobs: Callable[..., Jobs], tmp_path: Path) -> None:
    with disks.small_disk(tmp_path / "drive") as drive:
        jobs = open_jobs(drive / "project")
        run = jobs.submit(endless(LSTM, tmp_path))
        until_checkpoint(qtbot, jobs, run)
        ballast = disks.fill(drive)
        last = until_ended(qtbot, jobs, run)
        assert isinstance(last, events.Failed) and last.resting and last.resumable
        assert str(last.text) == f"The disk with {drive / 'project'} is full. Make room there, then go on."
        assert jobs.running is None
        qtbot.waitUntil(lambda: (jobs.place.look(), True)[1])
        disks.fill(drive)  # also what the index had in reserve
        step = jobs.checkpoint(run)
        assert step and not list(drive.rglob("*.new"))

        ballast.unlink()
        for file in drive.glob("ballast*"):
            file.unlink()
        qtbot.waitUntil(lambda: jobs.project.runs.get(run).state == "paused", timeout=SECONDS)
        assert jobs.place.look() and jobs.place.trouble is None
        jobs.resume(run)
        until_checkpoint(qtbot, jobs, run, step + 1)
        lines = (jobs.project.runs.folder(run) / "metrics.jsonl").read_text().splitlines()
        assert [json.loads(line)["step"] for line in lines], "no torn line is left"
        jobs.stop(run)
        assert isinstance(until_ended(qtbot, jobs, run), events.Cancelled)
        jobs.shutdown()
        jobs.shutdown()
        jobs.project.close()


def test_what_cannot_be_noted_now_is_noted_later(qtbot, open_jobs: Callable[..., Jobs], tmp_path: Path) -> None:
    jobs = open_jobs(tmp_path / "project")
    run = jobs.project.runs.add({"generator": GAN, "action": "train"}, state="running")
    os.rename(tmp_path / "project", tmp_path / "away")
    jobs._note(run, "lost", None, Sentence("It stopped."))
    assert len(until_said(qtbot, jobs, 1)) == 1
    os.rename(tmp_path / "away", tmp_path / "project")
    until_said(qtbot, jobs, 2)
    assert (jobs.project.runs.get(run).state, str(jobs.project.runs.get(run).problem)) == ("lost", "It stopped.")


def test_a_child_that_hangs_in_c_is_killed_at_the_deadline(
    qtbot, open_jobs: Callable[..., Jobs], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(child, "main", stuck.main)
    monkeypatch.setattr(supervisor, "PATIENCE", 2.0)
    monkeypatch.setenv("STUCK", "hang")
    monkeypatch.setenv("STUCK_NOW", str(tmp_path / "now"))
    jobs = open_jobs(tmp_path / "project")
    run = jobs.submit(endless(GAN, tmp_path))
    qtbot.waitUntil((tmp_path / "now").exists, timeout=SECONDS)
    process = psutil.Process(jobs._running[run].worker.pid)
    pauses: list[float] = [time.monotonic()]
    beat = QTimer(interval=1)
    beat.timeout.connect(lambda: pauses.append(time.monotonic()))
    beat.start()
    jobs.pause(run)
    last = until_ended(qtbot, jobs, run)
    beat.stop()
    longest = max(after - before for before, after in pairwise(pauses))
    assert longest < 1.5, "the window lived all the time"
    assert isinstance(last, events.Cancelled) and "did not answer" in str(last.text)
    assert not process.is_running()
    row = jobs.project.runs.get(run)
    assert row.state == "paused" and "did not answer" in str(row.problem)


def test_a_look_that_hangs_is_given_up(
    qtbot, open_jobs: Callable[..., Jobs], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(child, "main", stuck.main)
    monkeypatch.setattr(supervisor, "LOOKING", 0.6)
    monkeypatch.setenv("STUCK", "look")
    for name in ("hang.txt", "good.txt"):
        (tmp_path / name).write_text("All the world's a stage. " * 100, encoding="utf-8")
    jobs = open_jobs(tmp_path / "project")
    found: list[Any] = []
    jobs.look(LSTM, str(tmp_path / "hang.txt"), answers_to(found))
    qtbot.waitUntil(lambda: bool(found), timeout=SECONDS)
    monkeypatch.setattr(supervisor, "LOOKING", 30.0)
    jobs.look(LSTM, str(tmp_path / "good.txt"), answers_to(found))
    qtbot.waitUntil(lambda: len(found) == 2, timeout=SECONDS)
    assert isinstance(found[0], Sentence) and "hang.txt" in str(found[0]) and "given up" in str(found[0])
    assert found[1].facts["characters"] > 1000, "the next is looked at by a new child"


def test_a_child_that_hangs_while_it_prepares_holds_nobody_up(
    qtbot, open_jobs: Callable[..., Jobs], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(child, "main", stuck.main)
    monkeypatch.setattr(supervisor, "PREPARING", 0.3)
    monkeypatch.setenv("STUCK", "prepare")
    jobs = open_jobs(tmp_path / "project")
    one, other = endless(LSTM, tmp_path), endless(GAN, tmp_path)
    for wanted in (other, one):  # with other data at once; with the same after a while
        (tmp_path / "now").unlink(missing_ok=True)
        monkeypatch.setenv("STUCK_NOW", str(tmp_path / "now"))
        jobs.warm()
        hung = psutil.Process(jobs._warm[0].pid)
        jobs.prepare(one)
        qtbot.waitUntil((tmp_path / "now").exists, timeout=SECONDS)
        run = jobs.submit(wanted)
        qtbot.waitUntil(lambda hung=hung: not hung.is_running(), timeout=SECONDS)
        qtbot.waitUntil(lambda run=run: jobs._running[run].worker.alive, timeout=SECONDS)
        jobs.stop(run)
        until_ended(qtbot, jobs, run)
        jobs.settings["threads"] = jobs.settings["threads"] + 1  # fresh children


def test_a_child_that_runs_out_of_memory_fails_alone(
    qtbot, open_jobs: Callable[..., Jobs], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The limit of the settings is one of the system's: the child is refused, says so, and makes way for a fresh one."""
    monkeypatch.setattr(child, "main", stuck.main)
    monkeypatch.setenv("STUCK", "memory")
    jobs = open_jobs(tmp_path / "project")
    jobs.settings["memory_gb"] = 1
    run = jobs.submit(endless(GAN, tmp_path))
    worker = jobs._running[run].worker
    last = until_ended(qtbot, jobs, run)
    assert isinstance(last, events.Failed)
    assert str(last.text) == "There was not enough memory. Choose a smaller batch size or a smaller model."
    assert jobs.project.runs.get(run).state == "failed" and not worker.alive
    assert jobs._warm[0].alive and jobs._warm[0].pid != worker.pid, "the next job has a fresh one"


def test_a_child_that_the_system_ends_for_lack_of_memory(
    qtbot, open_jobs: Callable[..., Jobs], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """SIGKILL from outside while the system counts one process more that it ended for memory: memory is named."""
    monkeypatch.setattr(child, "main", stuck.main)
    monkeypatch.setenv("STUCK", "killed")
    counts = iter([3])
    monkeypatch.setattr(memory, "kills", lambda: next(counts, 4))
    jobs = open_jobs(tmp_path / "project")
    run = jobs.submit(endless(GAN, tmp_path))
    last = until_ended(qtbot, jobs, run)
    assert isinstance(last, events.Lost) and "ran out of memory" in str(last.text)
    assert "ran out of memory" in str(jobs.project.runs.get(run).problem)


CLAIM = """
import sys
from aigc_desktop.library.project import Project
project = Project.open(sys.argv[1])
print("open", flush=True)
sys.stdin.readline()
print([run.id for run in project.runs.list(["waiting"]) if project.runs.claim(run.id, among=("waiting",))], flush=True)
sys.stdin.readline()
"""


def test_a_run_of_another_window_is_shown_and_left_alone(qtbot, open_jobs: Callable[..., Jobs], tmp_path: Path) -> None:
    jobs = open_jobs(tmp_path / "project")
    run = jobs.project.runs.add(endless(LSTM, tmp_path).model_dump(mode="json"))
    other = subprocess.Popen(
        [sys.executable, "-c", CLAIM, jobs.project.path], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    assert other.stdin is not None and other.stdout is not None
    other.stdout.readline()
    other.stdin.write("\n")
    other.stdin.flush()
    assert run in other.stdout.readline()
    jobs._start_next()
    jobs.resume(run)
    assert jobs.running is None
    with pytest.raises(BadInput, match="under way in another program"):
        jobs.remove(run)
    assert [(row.id, row.state) for row in jobs.rows()] == [(run, "running")]
    assert jobs.project.runs.interrupt_stale() == []
    other.kill()
    other.wait()
    other.stdin.close()
    other.stdout.close()
    assert jobs.project.runs.interrupt_stale() == [run]


@pytest.mark.warns
def test_the_window_says_it_once_and_takes_it_back(qapp: Any, qtbot: Any, tmp_path: Path) -> None:
    """A project that goes away while nothing runs, and a disk that takes neither settings nor what was typed."""
    from aigc_desktop.ui.app import Studio
    from aigc_desktop.ui.log import Log

    with disks.small_disk(tmp_path / "home") as drive:
        studio = Studio(qapp, Settings(drive), Log())
        studio.start(tmp_path / "project")
        window = studio.window
        assert window is not None
        window.complete()
        os.rename(tmp_path / "project", tmp_path / "away")
        qtbot.waitUntil(lambda: "place" in window.notices.texts(), timeout=SECONDS)
        assert "is not there" in window.notices.texts()["place"]
        window.notices.remove("place")
        window.open_generator(LSTM)
        window.library.show_page("models")
        qtbot.wait(200)
        assert "place" not in window.notices.texts(), "what was dismissed stays so"
        assert not (tmp_path / "project").exists()
        os.rename(tmp_path / "away", tmp_path / "project")
        assert studio.jobs is not None
        qtbot.waitUntil(lambda: studio.jobs.place.trouble is None, timeout=SECONDS)

        ballast = disks.fill(drive)
        studio.settings["threads"] = 1
        window.save_session()
        window.open_generator(GAN)
        window.save_session()
        assert window.notices.texts()["settings"] == f"The disk with {drive} is full. Make room there, then go on." or (
            f"{drive / 'sessions'} is full" in window.notices.texts()["settings"]
        )
        ballast.unlink()
        window.close_panel()
        window.save_session()
        assert "settings" not in window.notices.texts()
        assert Settings(drive)["threads"] == 1
        studio.end()
        window.close()
        window.deleteLater()
        studio.deleteLater()


def test_a_project_that_can_only_be_read_makes_way_for_another(qapp: Any, qtbot: Any, tmp_path: Path) -> None:
    from PySide6.QtWidgets import QPushButton

    from aigc_desktop.ui.app import Studio
    from aigc_desktop.ui.log import Log

    with disks.small_disk(tmp_path / "drive") as drive:
        Project.open(drive / "project").close()
        disks.read_only(drive)
        settings = Settings(tmp_path / "settings")
        settings.opened(drive / "project")
        studio = Studio(qapp, settings, Log())
        assert studio.start()
        assert studio.window is not None and studio.project is not None
        assert studio.project.path != drive / "project"
        said = studio.window.notices.texts()["project"]
        assert said.startswith(f"The project {drive / 'project'} cannot be written to. Copy it")
        assert "is open instead" in said
        assert "Open another project…" in [one.text() for one in studio.window.notices.findChildren(QPushButton)]
        studio.end()
        studio.window.close()
        studio.window.deleteLater()
