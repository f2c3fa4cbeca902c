"""The command line where the disk is full or read only, the memory too small, the terminal gone: one sentence, an exit code,
and the work goes on afterwards."""

import itertools
import os
import signal
import sys
import threading
import time
from pathlib import Path

import pytest

from aigc_desktop.library.project import Project
from tests import disks
from tests.cli.conftest import TINY_LSTM


def test_a_training_on_a_full_disk_goes_on_when_there_is_room(aigc, tiny_text: Path, tmp_path: Path) -> None:
    with disks.small_disk(tmp_path / "drive") as drive:
        project = drive / "project"
        Project.open(project).close()
        ballast = disks.fill(drive, 150_000)
        words = ("--data", tiny_text, *TINY_LSTM, "--set", "max_steps=3", "--name", "Plays", "--project", project)
        said = aigc("train", "text.lstm", *words)
        sentence = f"The disk with {project} is full. Make room there, then go on."
        assert said.code == 1 and sentence in said.err and "Traceback" not in said.err, said.err
        with Project.open(project) as opened:
            (run,) = opened.runs.list()
            assert run.state == "paused" and str(run.problem) == sentence
        assert [path.name for path in drive.rglob("*.new")] == [] and list((project / "models").iterdir()) == []
        ballast.unlink()
        assert aigc("train", "--resume", run.id, "--project", project).code == 0
        ballast = disks.fill(drive)
        said = aigc("create", "Plays", "--set", "max_new_tokens=5", "--project", project)
        assert said.code == 1 and sentence in said.err
        assert aigc("library", "list", "--project", drive / "new").code in (1, 2)
        said = aigc("create", "Plays", "--set", "max_new_tokens=5", "--out", drive / "out", "--project", project)
        assert said.code == 1 and "is full" in said.err
        ballast.unlink()
        assert aigc("create", "Plays", "--set", "max_new_tokens=5", "--project", project).code == 0
        with Project.open(project) as opened:
            assert opened.items.count() == 1 and [str(one) for one in opened.verify()] == []
        disks.read_only(drive)
        for command in (("train", "--resume", run.id), ("library", "list"), ("create", "Plays")):
            said = aigc(*command, "--project", project)
            assert said.code == 2 and said.sentence.startswith(f"The project {project} cannot be written to."), command


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux keeps such a limit by itself")
def test_memory_that_runs_out(aigc, tiny_text: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Half a gigabyte for a model of several: the system refuses, one sentence says so."""
    import resource

    monkeypatch.setenv("AIGC_MEMORY_GB", "0.5")
    words = ("--set", "width=4096", "--set", "layers=3", "--set", "precision=float32", "--set", "max_steps=1")
    before = resource.getrlimit(resource.RLIMIT_DATA)
    try:
        said = aigc("train", "text.lstm", "--data", tiny_text, *words)
    finally:
        resource.setrlimit(resource.RLIMIT_DATA, before)
    assert said.code == 1 and "Traceback" not in said.err, said.err
    assert "There was not enough memory. Choose a smaller batch size or a smaller model." in said.err
    with Project.open(tmp_path / "project") as project:
        assert [run.state for run in project.runs.list()] == ["failed"]


@pytest.mark.parametrize("value", ["much", "-1", "nan"])
def test_a_limit_that_is_no_number(aigc, tiny_text: Path, monkeypatch: pytest.MonkeyPatch, value: str) -> None:
    monkeypatch.setenv("AIGC_MEMORY_GB", value)
    said = aigc("train", "text.lstm", "--data", tiny_text, *TINY_LSTM, "--set", "max_steps=1")
    assert said.code == 2 and f"not {value}" in said.err


@pytest.mark.skipif(not hasattr(signal, "SIGHUP"), reason="Windows has no such signal")
def test_a_terminal_that_is_closed_while_it_trains(aigc, tiny_text: Path, tmp_path: Path) -> None:
    def close() -> None:
        while not any(file.stat().st_size for file in tmp_path.glob("project/runs/*/metrics.jsonl")):
            if ended.wait(0.02):
                return
        os.kill(os.getpid(), signal.SIGHUP)

    ended = threading.Event()
    closing = threading.Thread(target=close)
    closing.start()
    said = aigc(
        "train", "text.lstm", "--data", tiny_text, *TINY_LSTM, "--set", "max_steps=0", "--set", "max_seconds=50"
    )
    ended.set()
    closing.join()
    assert said.code == 130 and "Traceback" not in said.err
    with Project.open(tmp_path / "project") as project:
        (run,) = project.runs.list()
        assert run.state == "cancelled" and any((project.runs.folder(run.id) / "checkpoints").iterdir())


def test_a_clock_that_jumps_while_it_trains(
    aigc, tiny_text: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Hours forwards and backwards at every look: budget, pace and what is left follow another clock."""
    real, jumps = time.time, itertools.cycle([0.0, 5 * 3600.0, -7 * 3600.0])
    monkeypatch.setattr(time, "time", lambda: real() + next(jumps))
    begun = time.monotonic()
    words = ("--data", tiny_text, *TINY_LSTM, "--set", "max_steps=0", "--set", "max_seconds=0.7", "--json")
    said = aigc("train", "text.lstm", *words)
    assert said.code == 0 and said.events[-1] == "finished", said.err
    assert 0.6 < said.lines[-1]["train_seconds"] < time.monotonic() - begun
    left = [line["seconds_left"] for line in said.lines if line.get("seconds_left") is not None]
    seconds = [line["seconds"] for line in said.lines if line["event"] == "metrics"]
    assert left and min(left) >= 0 and max(left) <= 1.0
    assert seconds == sorted(seconds) and seconds[-1] < time.monotonic() - begun
    with Project.open(tmp_path / "project") as project:
        assert [run.state for run in project.runs.list()] == ["finished"] and project.runs.interrupt_stale() == []
        assert [str(one) for one in project.verify()] == []
