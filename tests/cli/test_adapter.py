"""Adapters on the command line: what one is, merged, exported; nothing half-written stays."""

import json
from pathlib import Path

import pytest

from aigc_desktop.engine import adapter_files
from aigc_desktop.library.project import Project
from tests.language_models import tiny_llama
from tests.tiny import data


@pytest.fixture
def adapter(aigc, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder of the model "Voice" of the project; its base was given by a path from where the command was called."""
    tiny_llama(tmp_path / "base")
    monkeypatch.chdir(tmp_path)
    words = ("base=base", "rank=2", "max_steps=2", "precision=float32", "sequence_length=16", "batch_size=2")
    settings = [f"--set={one}" for one in words]
    said = aigc("train", "text.finetune", "--data", data("texts", tmp_path), *settings, "--name", "Voice", "--json")
    assert said.code == 0, said.err
    folder = Path(said.lines[-1]["model"]["path"])
    assert json.loads((folder / "training.json").read_text())["params"]["base"] == str(tmp_path / "base")
    return folder


def test_look_merge_export(aigc, adapter: Path, tmp_path: Path) -> None:
    known = aigc("adapter", "info", "Voice", "--json").lines[0]
    assert (known["rank"], known["base"]) == (2, str(tmp_path / "base")) and 0 < known["share"] < 0.2
    said = aigc("adapter", "info", "Voice")
    assert said.code == 0 and "q_proj" in said.out and str(tmp_path / "base") in said.out

    merged = aigc("adapter", "merge", "Voice", "--name", "Whole", "--json")
    assert merged.code == 0 and merged.events[-1] == "finished" and merged.lines[-1]["model"]["name"] == "Whole"
    words = (
        "--set",
        "prompt=the ",
        "--set",
        "temperature=0",
        "--set",
        "max_new_tokens=8",
        "--set",
        "precision=float32",
    )
    texts = []
    for name in ("Voice", "Whole"):
        made = aigc("create", name, *words, "--seed", 1, "--json")
        assert made.code == 0, made.err
        texts += [Path(line["path"]).read_text() for line in made.lines if line["event"] == "saved"]
    assert len(texts) == 2 and texts[0] == texts[1]

    out = tmp_path / "for others" / "voice"
    assert aigc("adapter", "export", "Voice", out).code == 0
    assert (out / adapter_files.WEIGHTS).read_bytes() == (adapter / adapter_files.WEIGHTS).read_bytes()
    assert (out / "tokenizer.json").exists() and not (out / "training.json").exists()
    again = aigc("adapter", "export", "Voice", out)
    assert again.code == 2 and str(out) in again.sentence and "not empty" in again.sentence
    assert aigc("adapter", "export", out, tmp_path / "whole", "--merged").code == 0
    assert (tmp_path / "whole" / "model.safetensors").exists()
    assert not [path for path in tmp_path.rglob("*.new")]

    none = aigc("adapter", "merge", "Whole")
    assert none.code == 2 and adapter_files.CONFIG in none.sentence
    with Project.open(tmp_path / "project") as project:
        assert [model.name for model in project.models.list()] == ["Whole", "Voice"] and not project.verify()


def test_a_lost_base_leaves_nothing_behind(aigc, adapter: Path, tmp_path: Path) -> None:
    (tmp_path / "base").rename(tmp_path / "elsewhere")
    for words in (("merge", "Voice"), ("export", "Voice", tmp_path / "out", "--merged")):
        said = aigc("adapter", *words)
        assert said.code == 2 and str(tmp_path / "base") in said.err and "Put it back" in said.err
    assert "Put it back" in aigc("adapter", "info", "Voice").out
    assert not (tmp_path / "out").exists() and not list(tmp_path.glob(".*"))
    assert [path.name for path in adapter.parent.iterdir()] == [adapter.name]
