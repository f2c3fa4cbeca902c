"""Trainings and creations from the command line: real ones, with the smallest settings."""

import hashlib
import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from aigc_desktop.library.project import Project
from tests.cli.conftest import TINY_LSTM
from tests.tiny import TINY, train_job

LASTS = {"finished", "cancelled", "failed", "lost"}


def command(*words: object) -> list[str]:
    return [sys.executable, "-m", "aigc_desktop", *map(str, words)]


def test_a_training_ends_with_figures_and_its_model(plays, tmp_path: Path) -> None:
    assert plays["event"] == "finished" and plays["steps"] == 3 and plays["train_seconds"] >= 0
    assert plays["figures"]["heldout_nats_per_char"] > 0
    assert plays["model"]["name"] == "Plays"
    folder = Path(plays["model"]["path"])
    assert folder.is_dir() and folder.is_relative_to(tmp_path / "project" / "models")


def test_events_are_json_lines_with_one_last(aigc, tiny_text: Path) -> None:
    said = aigc("train", "text.lstm", "--data", tiny_text, *TINY_LSTM, "--set", "max_steps=2", "--json")
    assert said.code == 0 and said.events[0] == "started"
    assert [event for event in said.events if event in LASTS] == ["finished"] == said.events[-1:]
    assert {"metrics", "progress", "preview"} <= set(said.events)
    metrics = [line for line in said.lines if line["event"] == "metrics"]
    assert all({"step", "values"} <= set(line) for line in metrics)


def test_people_get_a_bar_and_sentences(aigc, tiny_text: Path) -> None:
    said = aigc("train", "text.lstm", "--data", tiny_text, *TINY_LSTM, "--set", "max_steps=2", "--name", "Plays")
    assert said.code == 0
    assert "100%" in said.err and "{" not in said.out
    assert "heldout_nats_per_char = " in said.out and "Model Plays: " in said.out
    assert "aigc-desktop create Plays" in said.err


def test_the_same_training_gives_the_same_bytes(aigc, plays, tiny_text: Path) -> None:
    again = aigc("train", "text.lstm", "--data", tiny_text, *TINY_LSTM, "--set", "max_steps=3", "--json").lines[-1]
    one, other = (Path(last["model"]["path"]) / "model.safetensors" for last in (plays, again))
    assert one.read_bytes() == other.read_bytes()
    assert again["figures"] == plays["figures"]


def test_create_puts_items_into_the_library(aigc, plays, tmp_path: Path) -> None:
    said = aigc("create", "Plays", "--count", 2, "--set", "max_new_tokens=5", "--seed", 4, "--json")
    assert said.code == 0, said.err
    saved = [line for line in said.lines if line["event"] == "saved"]
    assert len(saved) == 2 and all(Path(line["path"]).is_file() for line in saved)
    assert said.lines[-1]["items"] == [line["item"] for line in saved]
    listed = aigc("library", "list", "--json").lines
    assert [line["id"] for line in listed] == [line["item"] for line in saved]
    (shown,) = aigc("library", "show", saved[0]["item"], "--json").lines
    assert shown["model"] == "Plays" and shown["generator"] == "text.lstm" and shown["job"]["seed"] == 4


def test_create_without_a_seed_draws_one_and_says_it(aigc, plays) -> None:
    words = ("create", "Plays", "--set", "max_new_tokens=3")
    first, second = (aigc(*words).err for _ in range(2))
    assert "--seed" in first and first.splitlines()[0] != second.splitlines()[0]
    said = aigc(*words, "--json")
    message = next(line for line in said.lines if line["event"] == "message")
    assert message["text"].startswith("Seed ")


def test_create_out_writes_plain_files_and_leaves_the_library_alone(aigc, plays, tmp_path: Path) -> None:
    hashes = []
    for model, out in (("Plays", "one"), (plays["model"]["path"], "two")):
        words = ("create", model, "--set", "max_new_tokens=5", "--count", 2, "--seed", 1, "--out", tmp_path / out)
        assert aigc(*words, "--json").code == 0
        files = sorted((tmp_path / out).iterdir())
        assert len(files) == 2 and all(file.suffix == ".txt" for file in files)
        hashes.append([hashlib.sha256(file.read_bytes()).hexdigest() for file in files])
    assert hashes[0] == hashes[1]
    assert aigc("library", "list", "--json").out == ""


def test_a_model_folder_needs_no_project(aigc, plays, tmp_path: Path) -> None:
    elsewhere = tmp_path / "elsewhere"
    os.rename(plays["model"]["path"], elsewhere)
    (tmp_path / "project").rename(tmp_path / "gone")
    said = aigc("create", elsewhere, "--set", "max_new_tokens=3", "--out", tmp_path / "out")
    assert said.code == 0, said.err
    assert not (tmp_path / "project").exists()


def test_pictures_are_png_at_the_models_own_size(aigc, tiny_pictures: Path, tmp_path: Path) -> None:
    from PIL import Image

    settings = [f"--set={key}={value}" for key, value in TINY["image.gan"]["train"].items()]
    words = ("train", "image.gan", "--data", tiny_pictures, *settings, "--set", "max_steps=2", "--name", "Squares")
    assert aigc(*words, "--set", "precision=float32", "--json").code == 0
    said = aigc("create", "Squares", "--count", 3, "--out", tmp_path / "out", "--json")
    assert said.code == 0, said.err
    files = sorted((tmp_path / "out").iterdir())
    assert len(files) == 3
    for file in files:
        with Image.open(file) as picture:
            assert picture.format == "PNG" and picture.size == (8, 8)


def test_run_carries_out_a_job_file(aigc, tmp_path: Path) -> None:
    file = tmp_path / "job.json"
    file.write_text(train_job("text.lstm", tmp_path, None).model_dump_json(), encoding="utf-8")
    said = aigc("run", file, "--json")
    assert said.code == 0 and said.lines[-1]["steps"] == 2
    assert said.lines[-1]["model"]["path"].startswith(str(tmp_path / "project"))
    other = aigc("run", file, "--project", tmp_path / "other", "--json")
    assert other.lines[-1]["model"]["path"].startswith(str(tmp_path / "other"))


def test_the_job_of_an_item_makes_it_again(aigc, plays, tmp_path: Path) -> None:
    first = aigc("create", "Plays", "--set", "max_new_tokens=9", "--seed", 11, "--json")
    item = first.lines[-1]["items"][0]
    shown = aigc("library", "show", item, "--json").lines[0]
    file = tmp_path / "again.json"
    file.write_text(json.dumps(shown["job"]), encoding="utf-8")
    again = aigc("run", file, "--json").lines[-1]["items"][0]
    assert again != item
    assert aigc("library", "show", again, "--json").lines[0]["sha256"] == shown["sha256"]


def started(words: list[str]) -> tuple[subprocess.Popen[str], list[dict]]:
    """A long training in a process of its own, once its first metrics have come."""
    process = subprocess.Popen(words, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    assert process.stdout is not None
    lines = []
    for line in process.stdout:
        lines.append(json.loads(line))
        if lines[-1]["event"] == "metrics":
            return process, lines
    raise AssertionError(process.communicate()[1])


def test_ctrl_c_keeps_a_checkpoint_and_the_run_goes_on(aigc, tiny_text: Path, tmp_path: Path) -> None:
    words = ("train", "text.lstm", "--data", tiny_text, *TINY_LSTM, "--set", "max_steps=100000", "--json")
    process, lines = started(command(*words))
    process.send_signal(signal.SIGINT)
    out, _ = process.communicate(timeout=60)
    assert process.returncode == 130
    last = json.loads(out.splitlines()[-1])
    assert last["event"] == "cancelled" and last["resumable"] and last["step"] > 0
    assert [line["event"] for line in lines if line["event"] in LASTS] == []

    process = subprocess.Popen(
        command("train", "--resume", last["run"], "--json"), stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    first = json.loads(process.stdout.readline())
    assert first["event"] == "started" and first["resumed_from"] == last["step"]
    process.send_signal(signal.SIGINT)
    time.sleep(0.6)
    if process.poll() is None:
        process.send_signal(signal.SIGINT)  # the second one does not wait for anything
    process.communicate(timeout=60)
    assert process.returncode == 130
    project = Project.open(tmp_path / "project", create=False)
    assert len(project.runs.list()) == 1
    project.close()


def test_ctrl_c_before_the_first_step_leaves_no_model(aigc, tiny_text: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from aigc_desktop.data.texts import Texts

    load = Texts.load

    def interrupted(self: Texts, *args: object, **options: object) -> object:
        os.kill(os.getpid(), signal.SIGINT)
        return load(self, *args, **options)

    monkeypatch.setattr(Texts, "load", interrupted)
    said = aigc("train", "text.lstm", "--data", tiny_text, *TINY_LSTM, "--set", "max_steps=100000", "--json")
    assert said.code == 130 and said.events[-1] == "cancelled" and not said.lines[-1]["resumable"]
    assert "Models" not in aigc("library", "list").out


def test_a_reader_that_goes_away_stops_the_training(tiny_text: Path, tmp_path: Path) -> None:
    project = tmp_path / "broken"
    words = ("train", "text.lstm", "--data", tiny_text, *TINY_LSTM, "--set", "max_steps=100000", "--project", project)
    process, _ = started(command(*words, "--json"))
    process.stdout.close()
    assert process.wait(timeout=60) == 130
    process.stderr.close()
    opened = Project.open(project, create=False)
    assert opened.runs.list()[0].state in ("cancelled", "paused")
    opened.close()


def test_first_job_trains_creates_and_says_where(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AIGC_PROJECT", str(tmp_path / "project"))
    words = [sys.executable, "-m", "aigc_desktop.cli.first_job", "--seconds", "1"]
    done = subprocess.run(words, capture_output=True, text=True, check=False, cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    paths = [Path(line.partition(": ")[2]) for line in done.stdout.splitlines() if line.startswith("  ")]
    assert len(paths) == 3 and all(path.exists() for path in paths)
    assert {"losses.png"} <= {path.name for path in paths} and "100%" in done.stderr
