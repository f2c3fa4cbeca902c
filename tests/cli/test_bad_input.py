"""Bad input: one sentence on stderr that says what and where, exit code 2, nothing half-written."""

import json
import os
from pathlib import Path

import pytest

from tests.cli.conftest import TINY_LSTM


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["train", "text.lsmt", "--data", "starter"], "did you mean text.lstm?"),
        (["train", "text.lstm"], "--data"),
        (["train"], "generator"),
        (["train", "text.lstm", "--data", "nowhere.txt"], "nowhere.txt"),
        (["train", "text.lstm", "--data", "starter", "--set", "max_step=3"], "did you mean max_steps?"),
        (["train", "text.lstm", "--data", "starter", "--set", "layers=0"], "layers cannot be 0"),
        (["train", "text.lstm", "--data", "starter", "--set", "layers"], "NAME=VALUE"),
        (["train", "text.lstm", "--data", "starter", "--set", "precision=float8"], "float32"),
        (["train", "text.lstm", "--data", "starter", "--seed", "-1"], "whole number"),
        (["train", "--resume", "2026-01-01-lstm-1"], "project"),
        (["train", "text.lstm", "--resume", "2026-01-01-lstm-1"], "leave out ID"),
        (["describe", "image.gun"], "did you mean image.gan?"),
        (["create", "Nothing"], "project"),
        (["run", "nowhere.json"], "nowhere.json"),
        (["library", "list"], "not a project"),
        (["library", "lst"], "did you mean list?"),
        (["trian"], "did you mean train?"),
        (["library"], "required"),
    ],
)
def test_one_sentence_and_exit_code_2(aigc, words: list[str], said: str, tmp_path: Path) -> None:
    result = aigc(*words)
    assert result.code == 2 and result.out == ""
    assert said in result.sentence
    assert not (tmp_path / "project").exists()


def test_with_json_the_sentence_is_also_the_last_event(aigc, tmp_path: Path) -> None:
    binary = tmp_path / "binary.txt"
    binary.write_bytes(bytes(range(256)) * 20)
    said = aigc("train", "text.lstm", "--data", binary, "--json")
    assert said.code == 2 and "binary.txt" in said.sentence
    assert said.events == ["failed"] and said.lines[0]["text"] == said.sentence and said.lines[0]["bad_input"]
    assert not (tmp_path / "project").exists()


@pytest.mark.parametrize("content", [b"", b"   \n \n", b"\x00\x01\x02" * 500, b"\xff\xfe\x00\xd8" * 200])
def test_text_that_is_none(aigc, content: bytes, tmp_path: Path) -> None:
    file = tmp_path / "bad.txt"
    file.write_bytes(content)
    said = aigc("train", "text.lstm", "--data", file)
    assert said.code == 2 and "bad.txt" in said.sentence
    assert not (tmp_path / "project").exists()


def test_too_few_pictures(aigc, tmp_path: Path) -> None:
    (tmp_path / "none").mkdir()
    said = aigc("train", "image.gan", "--data", tmp_path / "none")
    assert said.code == 2 and "none" in said.sentence


def test_heldout_is_looked_at_too(aigc, tiny_text: Path, tmp_path: Path) -> None:
    assert aigc("train", "text.lstm", "--data", tiny_text, "--heldout", tmp_path / "no.txt").code == 2


@pytest.mark.parametrize("content", ["", "{", "[]", '{"generator": 3}', '{"generator": "text.lstm", "what": 1}'])
def test_job_files_that_are_none(aigc, content: str, tmp_path: Path) -> None:
    file = tmp_path / "job.json"
    file.write_text(content, encoding="utf-8")
    said = aigc("run", file)
    assert said.code == 2 and "job.json" in said.sentence


def test_a_job_with_a_wrong_setting(aigc, tmp_path: Path) -> None:
    file = tmp_path / "job.json"
    file.write_text(json.dumps({"generator": "text.lstm", "data": "starter", "params": {"layer": 2}}))
    said = aigc("run", file)
    assert said.code == 2 and "did you mean layers?" in said.sentence
    assert not (tmp_path / "project").exists()


def test_models_and_items_suggest_the_nearest(aigc, plays) -> None:
    assert "did you mean Plays?" in aigc("create", "Playz").sentence
    assert aigc("create", "Plays", "--count", 0).code == 2
    assert "count" in aigc("create", "Plays", "--count", "many").sentence
    assert aigc("library", "show", "nothing").code == 2


def test_a_tampered_model(aigc, plays) -> None:
    weights = Path(plays["model"]["path"]) / "model.safetensors"
    weights.write_bytes(weights.read_bytes()[:-1] + b"\x01")
    said = aigc("create", "Plays")
    assert said.code == 2 and "model.safetensors" in said.sentence
    assert aigc("library", "list", "--json").out == ""


def test_more_inputs_than_the_model_takes(aigc, plays, tiny_text: Path) -> None:
    said = aigc("create", "Plays", "--input", tiny_text)
    assert said.code == 2 and "inputs" in said.sentence


def test_out_that_is_a_file(aigc, plays, tiny_text: Path) -> None:
    assert "--out" in aigc("create", "Plays", "--out", tiny_text).sentence


def test_a_project_that_is_a_file(aigc, tiny_text: Path) -> None:
    said = aigc("train", "text.lstm", "--data", tiny_text, *TINY_LSTM, "--project", tiny_text)
    assert said.code == 2 and "not a project" in said.sentence


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="root may write anywhere")
def test_a_project_that_cannot_be_written(aigc, tiny_text: Path, tmp_path: Path) -> None:
    locked = tmp_path / "locked"
    locked.mkdir(mode=0o500)
    assert aigc("train", "text.lstm", "--data", tiny_text, *TINY_LSTM, "--project", locked / "p").code == 2


def test_a_run_under_way_is_not_started_twice(aigc, plays, tmp_path: Path) -> None:
    from aigc_desktop.library.project import Project

    with Project.open(tmp_path / "project", create=False) as project:
        (run,) = project.runs.list()
        project.runs.set(run.id, state="running")
    said = aigc("train", "--resume", run.id)
    assert said.code == 2 and "under way" in said.sentence
