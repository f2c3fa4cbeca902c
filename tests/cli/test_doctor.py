"""The doctor on the command line; a creation with a spoiled folder is refused in the same words."""

from pathlib import Path

import pytest

from tests import broken_models


@pytest.fixture(scope="module")
def models(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("models")
    broken_models.whole(folder)
    return folder


def test_a_whole_model(aigc, models: Path) -> None:
    said = aigc("doctor", models / "shards")
    assert said.code == 0 and said.err == ""
    for word in ("LlamaForCausalLM", "4 files", "tokenizer.json", "32-bit", "16-bit", "8-bit", "fits", "create"):
        assert word in said.out
    said = aigc("doctor", models / "shards", "--json")
    (entry,) = said.lines
    assert said.code == 0 and entry["can_be_opened"] and set(entry["needs"]) == {"float32", "bfloat16", "int8"}


@pytest.mark.parametrize("name", broken_models.SEEN)
def test_both_refuse_a_spoiled_folder_in_the_same_sentence(aigc, name: str, models: Path, tmp_path: Path) -> None:
    folder = broken_models.spoiled(name, models, tmp_path)
    words = broken_models.SEEN[name][1]
    said = aigc("doctor", folder, "--json")
    assert said.code == 2 and all(word in said.sentence for word in words), said.err
    assert said.lines[0]["problem"] == said.sentence and not said.lines[0]["can_be_opened"]
    made = aigc("create", folder, "--set", "prompt=the")
    assert made.code == 2 and made.sentence == said.sentence
    assert not (tmp_path / "project").exists()


@pytest.mark.parametrize("name", broken_models.LOADED)
def test_what_only_loading_shows_is_a_sentence_too(aigc, name: str, models: Path, tmp_path: Path) -> None:
    folder = broken_models.spoiled(name, models, tmp_path)
    made = aigc("create", folder, "--set", "prompt=the", "--out", tmp_path / "out", "--json")
    assert made.code == 2 and all(word in made.sentence for word in broken_models.LOADED[name][1]), made.err
    assert not list((tmp_path / "out").rglob("*.txt"))


def test_nothing_there(aigc, tmp_path: Path) -> None:
    said = aigc("doctor", tmp_path / "nowhere")
    assert said.code == 2 and "nowhere" in said.sentence


def test_a_whole_model_writes_plain_files(aigc, models: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    made = aigc(
        "create", models / "one", "--set", "prompt=the fox", "--set", "max_new_tokens=5", "--out", out, "--json"
    )
    assert made.code == 0 and [path.name for path in out.iterdir()] == ["00000.txt"]
    assert (out / "00000.txt").read_bytes().decode().startswith("the fox") and not (tmp_path / "project").exists()
