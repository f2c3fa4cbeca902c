"""Trainings cut by kill -9, and trainings on two processes: real processes through the command line."""

import json
import os
import random
import subprocess
import sys
import time
from pathlib import Path

import pytest

from aigc_desktop.library.project import Project
from tests.tiny import train_job


def command(*arguments: str) -> list[str]:
    return [sys.executable, "-m", "aigc_desktop", *arguments]


def write_job(path: Path, generator: str, folder: Path, project: Path, **params) -> Path:
    path.write_text(train_job(generator, folder, project, **params).model_dump_json(), encoding="utf-8")
    return path


def model_bytes(project: Path) -> bytes:
    opened = Project.open(project)
    (model,) = opened.models.list()
    opened.close()
    return (model.path / "model.safetensors").read_bytes()


@pytest.mark.parametrize("generator", ["text.lstm", "image.gan"])
def test_kill_9_and_resume_gives_the_same_weights_bit_for_bit(generator: str, tmp_path: Path, monkeypatch) -> None:
    monkeypatch.setenv("AIGC_CHECKPOINT_SECONDS", "0.05")
    steps = 400
    whole = write_job(tmp_path / "whole.json", generator, tmp_path, tmp_path / "whole", max_steps=steps)
    subprocess.run(command("run", str(whole), "--json"), check=True, stdout=subprocess.DEVNULL)

    cut = write_job(tmp_path / "cut.json", generator, tmp_path, tmp_path / "cut", max_steps=steps)
    process = subprocess.Popen(command("run", str(cut), "--json"), stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    run = json.loads(process.stdout.readline())["run"]
    for line in process.stdout:
        if json.loads(line)["event"] == "metrics":
            break
    checkpoints = tmp_path / "cut" / "runs" / run / "checkpoints"
    while not any(one.name.isdigit() for one in checkpoints.glob("*")):  # a busy machine takes its time
        time.sleep(0.01)
    time.sleep(random.uniform(0.1, 0.4))
    process.kill()
    process.stdout.close()
    process.wait()
    resume = command("train", "--resume", run, "--project", str(tmp_path / "cut"), "--json")
    said = subprocess.run(resume, check=True, capture_output=True, text=True).stdout.splitlines()
    started, finished = json.loads(said[0]), json.loads(said[-1])
    assert started["resumed_from"] > 0 and finished["steps"] == steps
    assert model_bytes(tmp_path / "whole") == model_bytes(tmp_path / "cut")


@pytest.mark.loopback
def test_two_processes_train_one_model_and_the_first_writes(tmp_path: Path) -> None:
    job = write_job(tmp_path / "job.json", "image.gan", tmp_path, tmp_path / "project", max_steps=3)
    arguments = ["--nproc-per-node", "2", "--rdzv-backend", "c10d", "--rdzv-endpoint", "localhost:0"]
    launch = [
        sys.executable,
        "-m",
        "torch.distributed.run",
        *arguments,
        "-m",
        "aigc_desktop",
        "run",
        str(job),
        "--json",
    ]
    environment = os.environ | {"OMP_NUM_THREADS": "1"}
    done = subprocess.run(launch, check=False, capture_output=True, text=True, timeout=240, env=environment)
    assert done.returncode == 0, done.stderr[-2000:]
    said = [json.loads(line) for line in done.stdout.splitlines() if line.startswith("{")]
    assert [one["event"] for one in said].count("started") == 1
    assert said[-1]["event"] == "finished" and said[-1]["steps"] == 3
    project = Project.open(tmp_path / "project")
    assert len(project.runs.list()) == 1 and len(project.models.list()) == 1
    project.close()
