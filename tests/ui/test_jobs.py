"""The queue with real jobs in real child processes, stopped, paused, frozen and killed."""

import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import psutil
import pytest
from PySide6.QtCore import QThread, QTimer
from PySide6.QtWidgets import QLabel

from aigc_desktop.engine import events
from aigc_desktop.engine.job import Job
from aigc_desktop.engine.registry import Found
from aigc_desktop.library.project import Project
from aigc_desktop.media.text import Text
from aigc_desktop.problems import Sentence
from aigc_desktop.ui import supervisor
from aigc_desktop.ui.jobs import Jobs
from aigc_desktop.ui.settings import Settings
from tests.tiny import train_job
from tests.ui.panels import answers_to

GENERATOR = "image.gan"
SECONDS = 60_000


@pytest.fixture
def open_jobs(project: Project, qapp: Any, tmp_path: Path) -> Iterator[Callable[[], Jobs]]:
    """A function that opens the queue of the project; each is shut down at the end."""
    opened: list[Jobs] = []

    def make() -> Jobs:
        opened.append(Jobs(project, Settings(tmp_path / "settings")))
        return opened[-1]

    yield make
    for one in opened:
        one.shutdown()


@pytest.fixture
def jobs(open_jobs: Callable[[], Jobs]) -> Jobs:
    return open_jobs()


def short(tmp_path: Path, **params: Any) -> Job:
    return train_job(GENERATOR, tmp_path, None, **params)


def endless(tmp_path: Path) -> Job:
    return short(tmp_path, max_steps=0, max_seconds=0)


def child(jobs: Jobs, run: str) -> psutil.Process:
    return psutil.Process(jobs._running[run].worker.pid)


def until_steps(qtbot: Any, jobs: Jobs, run: str, step: int = 1) -> None:
    qtbot.waitUntil(lambda: (jobs.progress(run) or events.Progress(0, 0)).step >= step, timeout=SECONDS)


def until_ended(qtbot: Any, jobs: Jobs, run: str) -> events.Last:
    qtbot.waitUntil(lambda: jobs.last(run) is not None, timeout=SECONDS)
    last = jobs.last(run)
    assert last is not None
    return last


def test_a_training_says_everything_in_order_and_ends_once(qtbot, jobs: Jobs, tmp_path: Path) -> None:
    jobs.warm()
    said: list[events.Event] = []
    jobs.subscribe(None, events.Event, said.append)
    metrics: list[events.Metrics] = []
    ended: list[tuple[str, events.Last]] = []
    jobs.ended.connect(lambda run, last: ended.append((run, last)))
    changes: list[int] = []
    jobs.library_changed.connect(lambda: changes.append(1))

    run = jobs.submit(short(tmp_path, max_steps=20))
    jobs.subscribe(run, events.Metrics, metrics.append)
    assert jobs.running == run and jobs.is_running(run) and jobs.project.runs.get(run).state == "running"
    last = until_ended(qtbot, jobs, run)

    assert isinstance(last, events.Finished), last
    assert isinstance(said[0], events.Started) and said[0].run == run
    assert [one for one in said if isinstance(one, events.Last)] == [last] and said[-1] is last
    assert ended == [(run, last)]
    assert metrics and metrics == [one for one in said if isinstance(one, events.Metrics)]
    assert any(isinstance(one, events.Preview) for one in said)
    assert jobs.project.runs.get(run).state == "finished"
    assert [model.name for model in jobs.project.models.list()] == [last.model["name"]]
    assert changes
    assert jobs.running is None and not jobs._drain_timer.isActive()
    assert jobs.rows() == [] and [row.id for row in jobs.ended_rows()] == [run]
    jobs.clear()
    assert jobs.ended_rows() == [] and jobs.project.runs.get(run).state == "finished"


def test_one_at_a_time_in_the_order_of_the_queue_in_one_warm_child(qtbot, jobs: Jobs, tmp_path: Path) -> None:
    jobs.warm()
    started: list[str] = []
    children: set[int] = set()
    jobs.started.connect(started.append)
    running = jobs._running  # not jobs: what is connected holds it for good
    jobs.started.connect(lambda run: children.add(running[run].worker.pid))
    first, second, third, fourth = (jobs.submit(short(tmp_path)) for _ in range(4))
    assert [row.state for row in jobs.rows()] == ["running", "waiting", "waiting", "waiting"]
    jobs.reorder([third, second, fourth])
    jobs.remove(fourth)
    assert [row.id for row in jobs.rows()] == [first, third, second]
    until_ended(qtbot, jobs, second)
    assert started == [first, third, second]
    assert len(children) == 1
    assert jobs.project.runs.get(fourth).trashed


def test_settings_allow_several_at_once(qtbot, jobs: Jobs, tmp_path: Path) -> None:
    jobs.settings["jobs_at_once"] = 2
    first, second, _ = (jobs.submit(endless(tmp_path)) for _ in range(3))
    until_steps(qtbot, jobs, first)
    until_steps(qtbot, jobs, second)
    assert [row.state for row in jobs.rows()] == ["running", "running", "waiting"]
    assert child(jobs, first).pid != child(jobs, second).pid


def test_a_paused_training_keeps_its_place_blocks_nobody_and_goes_on(qtbot, jobs: Jobs, tmp_path: Path) -> None:
    run = jobs.submit(endless(tmp_path))
    other = jobs.submit(short(tmp_path))
    until_steps(qtbot, jobs, run, 5)
    jobs.pause(run)
    assert jobs.stopping(run) == "pause"
    last = until_ended(qtbot, jobs, run)
    assert isinstance(last, events.Cancelled) and last.resumable and last.step >= 5
    assert jobs.checkpoint(run) == last.step
    assert [(row.id, row.state) for row in jobs.rows()] == [(run, "paused"), (other, "running")]
    assert isinstance(until_ended(qtbot, jobs, other), events.Finished)

    began: list[events.Started] = []
    jobs.subscribe(run, events.Started, began.append)
    jobs.resume(run)
    until_steps(qtbot, jobs, run, last.step + 1)
    assert began[0].resumed_from == last.step
    jobs.stop(run)
    assert until_ended(qtbot, jobs, run).step > last.step
    assert jobs.project.runs.get(run).state == "cancelled"


def test_a_child_that_dies_loses_the_job_with_one_sentence_and_the_next_gets_a_new_child(
    qtbot, jobs: Jobs, tmp_path: Path
) -> None:
    run = jobs.submit(endless(tmp_path))
    until_steps(qtbot, jobs, run, 3)
    jobs.pause(run)
    until_ended(qtbot, jobs, run)
    jobs.resume(run)
    until_steps(qtbot, jobs, run, 1)
    said: list[events.Last] = []
    jobs.subscribe(run, events.Last, said.append)
    killed = child(jobs, run)
    next_run = jobs.submit(short(tmp_path))
    killed.send_signal(signal.SIGKILL)
    last = until_ended(qtbot, jobs, run)
    assert said == [last] and isinstance(last, events.Lost) and last.resumable
    row = jobs.project.runs.get(run)
    assert row.state == "lost" and "SIGKILL" in str(row.problem) and "continued" in str(row.problem)
    assert child(jobs, next_run).pid != killed.pid
    assert isinstance(until_ended(qtbot, jobs, next_run), events.Finished)


def test_the_second_stop_kills_what_does_not_listen(qtbot, jobs: Jobs, tmp_path: Path) -> None:
    run = jobs.submit(endless(tmp_path))
    until_steps(qtbot, jobs, run, 3)
    process = child(jobs, run)
    process.suspend()
    jobs.stop(run)
    qtbot.wait(300)
    assert jobs.is_running(run) and process.is_running()
    jobs.stop(run)
    last = until_ended(qtbot, jobs, run)
    assert isinstance(last, events.Cancelled)
    assert not process.is_running()
    assert jobs.project.runs.get(run).state == "cancelled"


def test_ten_seconds_after_the_first_stop_the_child_is_killed(
    qtbot, jobs: Jobs, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert supervisor.PATIENCE == 10.0
    monkeypatch.setattr(supervisor, "PATIENCE", 0.5)
    run = jobs.submit(endless(tmp_path))
    until_steps(qtbot, jobs, run, 3)
    process = child(jobs, run)
    process.suspend()
    jobs.stop(run)
    assert isinstance(until_ended(qtbot, jobs, run), events.Cancelled)
    assert not process.is_running()


def test_closing_saves_keeps_the_window_alive_and_next_time_the_queue_is_as_it_was(
    qtbot, open_jobs: Callable[[], Jobs], tmp_path: Path
) -> None:
    jobs = open_jobs()
    run = jobs.submit(endless(tmp_path))
    waiting = jobs.submit(short(tmp_path))
    until_steps(qtbot, jobs, run, 3)
    process = child(jobs, run)
    ticks: list[int] = []
    timer = QTimer(interval=1)
    timer.timeout.connect(lambda: ticks.append(1))
    timer.start()
    jobs.shutdown()
    timer.stop()
    assert ticks and not process.is_running()

    again = open_jobs()
    assert [(row.id, row.state) for row in again.rows()] == [(run, "interrupted"), (waiting, "waiting")]
    assert again.checkpoint(run) >= 3
    again.warm()
    assert isinstance(until_ended(qtbot, again, waiting), events.Finished)
    again.resume(run)
    until_steps(qtbot, again, run, again.checkpoint(run) + 1)


def test_what_has_not_begun_is_not_waited_for(qtbot, jobs: Jobs, tmp_path: Path) -> None:
    run = jobs.submit(endless(tmp_path))  # in a child that is still importing
    qtbot.waitUntil(lambda: jobs._running[run].worker.alive)
    jobs.stop(run)
    qtbot.waitUntil(lambda: jobs.last(run) is not None, timeout=5000)  # PATIENCE is 10
    assert jobs.project.runs.get(run).state == "cancelled"


def test_a_run_whose_program_died_is_offered_for_continuing(project: Project, open_jobs: Callable[[], Jobs]) -> None:
    code = (
        "import sys; from aigc_desktop.library.project import Project\n"
        "print(Project.open(sys.argv[1]).runs.add({'generator': 'image.gan', 'action': 'train'}, state='running'))"
    )
    said = subprocess.run([sys.executable, "-c", code, project.path], capture_output=True, text=True, check=True)
    assert [(row.id, row.state) for row in open_jobs().rows()] == [(said.stdout.strip(), "interrupted")]


def test_a_job_that_cannot_be_read_fails_with_a_sentence_and_blocks_nobody(
    qtbot, project: Project, jobs: Jobs, tmp_path: Path
) -> None:
    broken = project.runs.add({"generator": GENERATOR, "action": "fly"})
    run = jobs.submit(short(tmp_path))
    assert jobs.running == run
    assert project.runs.get(broken).state == "failed" and str(project.runs.get(broken).problem)
    assert [row.id for row in jobs.ended_rows()] == [broken]


def test_bad_input_ends_as_failed_with_its_sentence(qtbot, jobs: Jobs, tmp_path: Path) -> None:
    job = short(tmp_path).model_copy(update={"data": str(tmp_path / "nowhere")})
    run = jobs.submit(job)
    last = until_ended(qtbot, jobs, run)
    assert isinstance(last, events.Failed) and last.bad_input and "nowhere" in str(last.text)
    assert jobs.project.runs.get(run).state == "failed"


def test_looking_at_data_without_torch(qtbot, jobs: Jobs, tmp_path: Path) -> None:
    found: list[Any] = []
    data = short(tmp_path).data
    assert data is not None
    jobs.look(GENERATOR, data, answers_to(found))
    jobs.look(GENERATOR, str(tmp_path / "nowhere"), answers_to(found))
    qtbot.waitUntil(lambda: len(found) == 2, timeout=SECONDS)
    assert isinstance(found[0], Found) and found[0].facts["count"] == 40
    assert isinstance(found[1], Sentence) and "nowhere" in str(found[1])


def test_who_asks_while_the_window_closes_starts_nothing(jobs: Jobs, tmp_path: Path) -> None:
    jobs.shutdown()
    jobs.look(GENERATOR, str(short(tmp_path).data), lambda found: None)
    jobs.sample(GENERATOR, str(short(tmp_path).data), 2, {}, lambda found: None)
    assert not jobs.findChildren(QThread)


class Talker:
    """Stands where a supervisor stands, and has said what it was told to say."""

    asked = ""

    def __init__(self, *said: events.Event):
        from collections import deque

        self.said = deque(said)


def test_of_previews_the_latest_of_each_slot_of_everything_else_all(jobs: Jobs) -> None:
    heard: list[events.Event] = []
    jobs.subscribe("a", events.Event, heard.append)
    other: list[events.Event] = []
    jobs.subscribe("b", events.Event, other.append)
    jobs._running["a"] = Talker(
        *(events.Metrics(step, {"loss": 1.0}) for step in range(50)),
        *(events.Preview("text", Text(str(step)), step, slot) for step in range(5) for slot in (0, 1)),
        events.Progress(50, 100),
    )  # type: ignore[assignment]
    jobs._drain()
    jobs._running.clear()
    assert [one.step for one in heard if isinstance(one, events.Metrics)] == list(range(50))
    assert [(one.slot, one.step) for one in heard if isinstance(one, events.Preview)] == [(0, 4), (1, 4)]
    assert jobs.progress("a") == events.Progress(50, 100) and other == []


def test_a_callback_that_fails_is_reported_and_the_others_still_hear(
    jobs: Jobs, monkeypatch: pytest.MonkeyPatch
) -> None:
    reported: list[type] = []
    monkeypatch.setattr("sys.excepthook", lambda kind, *_: reported.append(kind))
    heard: list[events.Event] = []

    def fails(event: events.Event) -> None:
        raise ZeroDivisionError

    jobs.subscribe(None, events.Progress, fails)
    end = jobs.subscribe(None, events.Progress, heard.append)
    jobs._running["a"] = Talker(events.Progress(1, 2))  # type: ignore[assignment]
    jobs._drain()
    end()
    jobs._running["a"] = Talker(events.Progress(2, 2))  # type: ignore[assignment]
    jobs._drain()
    jobs._running.clear()
    assert reported == [ZeroDivisionError] * 2 and heard == [events.Progress(1, 2)]


def test_what_another_program_writes_is_noticed_while_the_window_is_active(qtbot, jobs: Jobs, project: Project) -> None:
    window = QLabel("window")
    qtbot.addWidget(window)
    window.show()
    window.activateWindow()
    qtbot.waitUntil(window.isActiveWindow)
    other = Project.open(project.path)
    with qtbot.waitSignal(jobs.library_changed, timeout=5000):
        other.items.add(Text("from elsewhere"), job={"generator": "text.lstm", "action": "create"}, seed=0)
    other.close()


def test_another_programs_run_is_neither_stopped_nor_paused(jobs: Jobs, project: Project) -> None:
    run = project.runs.add({"generator": GENERATOR, "action": "train"}, state="running")
    jobs.stop(run)
    jobs.pause(run)
    assert project.runs.get(run).state == "running" and not jobs.is_running(run)
    assert os.getpid() == project.runs.get(run).pid
