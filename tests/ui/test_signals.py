"""Logging out, shutting down, closing the terminal: the whole group of processes is told to go, and nothing is lost."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import psutil
import pytest

from aigc_desktop.library.project import Project
from tests.tiny import train_job

pytestmark = pytest.mark.skipif(os.name == "nt", reason="Windows has no such signals")

WINDOW = """
import sys
from pathlib import Path
from PySide6.QtWidgets import QApplication
from aigc_desktop.engine.job import read_job
from aigc_desktop.ui.app import main
from aigc_desktop.ui.main_window import MainWindow

def ready():
    window = next(one for one in QApplication.topLevelWidgets() if isinstance(one, MainWindow))
    window.jobs.submit(read_job(Path(sys.argv[2])))

if __name__ == "__main__":
    sys.exit(main(["aigc-desktop", "--project=" + sys.argv[1]], ready if len(sys.argv) > 2 else None))
"""


def until(true: Callable[[], bool], seconds: float = 60.0) -> None:
    end = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < end, "it takes too long"
        time.sleep(0.02)


def test_the_whole_group_is_told_to_go(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """SIGTERM and SIGHUP at once, as systems send them: a checkpoint of that moment, the run interrupted, exit code 0."""
    monkeypatch.setenv("AIGC_CHECKPOINT_SECONDS", "1000")
    project, script, job = tmp_path / "project", tmp_path / "window.py", tmp_path / "job.json"
    script.write_text(WINDOW)
    job.write_text(train_job("text.lstm", tmp_path, None, max_steps=0, max_seconds=0).model_dump_json())
    window = subprocess.Popen(
        [sys.executable, script, project, job], start_new_session=True, stderr=subprocess.PIPE, text=True
    )
    try:
        runs = project / "runs"
        until(lambda: runs.is_dir() and any(file.stat().st_size > 200 for file in runs.glob("*/metrics.jsonl")))
        children = psutil.Process(window.pid).children(recursive=True)
        os.killpg(window.pid, signal.SIGTERM)
        os.killpg(window.pid, signal.SIGHUP)
        begun = time.monotonic()
        _, said = window.communicate(timeout=30)
    finally:
        window.kill()
    assert window.returncode == 0 and "Traceback" not in said, said
    assert time.monotonic() - begun < 9, "it waited for the work, not for a deadline"
    assert psutil.wait_procs(children, timeout=5)[1] == []
    with Project.open(project) as opened:
        (run,) = opened.runs.list()
        steps = [int(path.name) for path in (opened.runs.folder(run.id) / "checkpoints").iterdir()]
        assert run.state == "interrupted" and len(steps) == 1 and steps[0] > 1


def test_an_idle_child_goes_at_once(tmp_path: Path) -> None:
    from aigc_desktop.engine.worker import Ready, Worker, WorkerDied

    worker = Worker(torch=False)
    worker.start()
    while not isinstance(worker.poll(1.0), Ready):
        pass
    os.kill(worker.pid or 0, signal.SIGTERM)
    with pytest.raises(WorkerDied) as died:
        while True:
            worker.poll(1.0)
    assert died.value.exitcode == 0
    worker.close()
