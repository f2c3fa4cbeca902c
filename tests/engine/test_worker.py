"""The child process: a real one, with real jobs, killed for real."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import psutil
import pytest

from aigc_desktop.engine import events, registry
from aigc_desktop.engine.job import Job
from aigc_desktop.engine.worker import Look, Looked, Ready, RunJob, Worker, WorkerDied
from aigc_desktop.library.project import Project
from tests.tiny import TINY, train_job


def events_until_last(worker: Worker, seconds: float = 60.0):
    said = []
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        message = worker.poll(0.2)
        if isinstance(message, events.Event):
            said.append(message)
        if isinstance(message, events.Last):
            return said
    raise AssertionError(f"no last event in {seconds} s; said {said[-3:]}")


@pytest.fixture
def worker():
    worker = Worker(threads=1)
    worker.start()
    yield worker
    worker.close()


def waiting(project: Project, job: Job) -> str:
    return project.runs.add(job.model_dump(mode="json"), state="waiting")


def test_jobs_one_after_another_in_one_child(worker: Worker, tmp_path: Path) -> None:
    project = Project.open(tmp_path / "p")
    pid = worker.pid
    for generator in [id for id in TINY if registry.get(id).train is not None]:
        job = train_job(generator, tmp_path, project.path)
        worker.send(RunJob(job.model_dump_json(), waiting(project, job)))
        said = events_until_last(worker)
        assert isinstance(said[-1], events.Finished), said[-1]
        assert sum(isinstance(one, events.Last) for one in said) == 1
    assert worker.pid == pid
    project.close()


def test_a_stop_ends_at_the_next_step_with_a_checkpoint_and_a_model(worker: Worker, tmp_path: Path) -> None:
    project = Project.open(tmp_path / "p")
    job = train_job("text.lstm", tmp_path, project.path, max_steps=0, max_seconds=60)
    worker.send(RunJob(job.model_dump_json(), run := waiting(project, job)))
    while not isinstance(said := worker.poll(1.0), events.Metrics):
        assert not isinstance(said, events.Last), said
    start = time.monotonic()
    worker.ask_to_stop()
    last = events_until_last(worker)[-1]
    assert isinstance(last, events.Cancelled) and last.resumable and time.monotonic() - start < 8
    assert project.runs.get(run).state == "cancelled"
    assert project.models.list()
    project.close()


def test_a_killed_child_is_noticed(worker: Worker, tmp_path: Path) -> None:
    while not isinstance(worker.poll(1.0), Ready):
        pass
    os.kill(worker.pid, signal.SIGKILL)
    with pytest.raises(WorkerDied) as died:
        while True:
            worker.poll(1.0)
    assert died.value.exitcode == -signal.SIGKILL


def test_the_scout_looks_without_torch(tmp_path: Path) -> None:
    scout = Worker(torch=False)
    scout.start()
    try:
        (tmp_path / "a.txt").write_text("All the world's a stage. " * 100, encoding="utf-8")
        scout.send(Look("text.lstm", str(tmp_path / "a.txt")))
        scout.send(Look("text.lstm", str(tmp_path / "missing.txt")))
        answers = []
        while len(answers) < 2:
            message = scout.poll(1.0)
            if isinstance(message, Looked):
                answers.append(message)
        assert answers[0].found is not None and answers[0].found.facts["characters"] > 1000
        assert answers[1].found is None and "missing.txt" in str(answers[1].problem)
        maps = Path(f"/proc/{scout.pid}/maps")
        if maps.exists():
            assert "libtorch" not in maps.read_text()
    finally:
        scout.close()


def test_the_child_goes_when_its_parent_is_killed() -> None:
    code = (
        "from aigc_desktop.engine.worker import Worker; import time\n"
        "if __name__ == '__main__':\n"
        "    w = Worker(torch=False); w.start(); print(w.pid, flush=True); time.sleep(60)"
    )
    parent = subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, text=True)
    assert parent.stdout is not None
    child = int(parent.stdout.readline())
    assert psutil.pid_exists(child)
    parent.kill()
    parent.wait()
    parent.stdout.close()
    end = time.monotonic() + 10
    while psutil.pid_exists(child) and time.monotonic() < end:
        time.sleep(0.05)
    assert not psutil.pid_exists(child) or psutil.Process(child).status() == psutil.STATUS_ZOMBIE
