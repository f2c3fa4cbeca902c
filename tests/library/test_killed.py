"""Processes that are killed with SIGKILL while they work, and what is there afterwards: the bench of faults in short."""

import json
import os
import random
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from aigc_desktop.library.project import Project
from tests.bench.faults.journal import Promises
from tests.bench.faults.kill_check import Checker
from tests.bench.faults.kill_library import ACTIONS
from tests.library.makers import ROOT

pytestmark = pytest.mark.skipif(os.name == "nt", reason="needs SIGKILL and fork")

MOMENTS = 2  # of each action


def dead(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] == "Z"
    except FileNotFoundError:
        return True


@pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="needs /proc")
def test_killed_at_any_moment_every_promise_is_kept(tmp_path: Path) -> None:
    chance = random.Random(11)
    project, journal = tmp_path / "project", tmp_path / "journal.jsonl"
    journal.touch()
    promises = Promises(journal)
    checker = Checker(project, promises)
    words = [sys.executable, "-m", "tests.bench.faults.kill_library", str(project), str(journal)]
    with subprocess.Popen(words, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as warm:
        assert warm.stdin is not None and warm.stdout is not None
        assert warm.stdout.readline() == "ready\n"
        for action in ACTIONS * MOMENTS:
            warm.stdin.write(f"{action} {chance.randrange(10**6)}\n")
            warm.stdin.flush()
            pid = int(warm.stdout.readline())
            time.sleep(chance.uniform(0.05, 0.25))  # the moment
            os.kill(pid, 9)
            while not dead(pid):
                time.sleep(0.005)
            with Project.open(project) as opened:
                opened.runs.interrupt_stale()
                assert [str(one) for one in opened.verify() if "now it is" not in str(one)] == []
            assert checker.problems() == [], action
        warm.stdin.close()
    for what in ("saved", "rename", "trash", "model", "run"):
        assert promises.counts[what] > 0, "something had been promised"
    for made in (tmp_path / "new").iterdir():
        Project.open(made).close()


def test_a_killed_training_goes_on_where_its_checkpoint_was(tmp_path: Path, tiny_pictures: Path) -> None:
    project = tmp_path / "project"
    command = [sys.executable, "-m", "aigc_desktop"]
    sizes = ["latent_size=4", "batch_size=8", "precision=float32", "max_steps=0", "max_seconds=600"]
    words = ["train", "image.gan", "--data", tiny_pictures, "--project", project, "--json"]
    words += [part for size in sizes for part in ("--set", size)]
    kept = project / "runs"

    def steps() -> list[int]:
        return sorted(int(path.name) for path in kept.glob("*/checkpoints/[0-9]*"))

    environment = os.environ | {"AIGC_CHECKPOINT_SECONDS": "0.2"}
    with subprocess.Popen(
        [*command, *map(str, words)], cwd=ROOT, env=environment, stdout=subprocess.DEVNULL
    ) as training:
        while not steps():
            assert training.poll() is None
            time.sleep(0.01)
        training.kill()
    before = steps()[-1]
    with Project.open(project) as opened:
        (run,) = opened.runs.interrupt_stale()
        assert opened.runs.get(run).state == "interrupted" and opened.verify() == []
    words = ["train", "--resume", run, "--project", project, "--json"]
    heard: list[dict[str, Any]] = []
    with subprocess.Popen([*command, *map(str, words)], cwd=ROOT, stdout=subprocess.PIPE, text=True) as again:
        assert again.stdout is not None
        for line in again.stdout:
            heard.append(json.loads(line))
            if heard[-1]["event"] == "metrics" and again.poll() is None:
                again.terminate()
    began = next(event["resumed_from"] for event in heard if event["event"] == "started")
    assert began == before and heard[-1]["event"] == "cancelled" and heard[-1]["step"] > began
    with Project.open(project) as opened:
        assert [model.run for model in opened.models.list()] == [run] and opened.verify() == []
