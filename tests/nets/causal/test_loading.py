"""Language models from folders: whole ones as they are, spoiled ones in one sentence, the same as the doctor's."""

import json
import shutil
from pathlib import Path

import pytest
import torch

from aigc_desktop.engine import doctor
from aigc_desktop.nets.causal.loading import load
from aigc_desktop.problems import BadInput
from tests import broken_models
from tests.language_models import tiny_gpt2


@pytest.fixture(scope="module")
def models(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("models")
    broken_models.whole(folder)
    tiny_gpt2(folder / "gpt2")
    return folder


@pytest.mark.parametrize("name", ["one", "shards", "gpt2"])
def test_a_whole_model_is_as_transformers_reads_it(models: Path, name: str) -> None:
    from transformers import AutoModelForCausalLM, AutoTokenizer

    language = load(models / name, "cpu")
    theirs = AutoModelForCausalLM.from_pretrained(models / name, local_files_only=True)
    text = "One windy evening 明月"
    tokens = torch.tensor([language.encode(text)])
    assert torch.equal(language.model(tokens).logits, theirs(tokens).logits) and not language.model.training
    tokenizer = AutoTokenizer.from_pretrained(models / name, local_files_only=True)
    assert language.encode(text) == tokenizer.encode(text, add_special_tokens=False)
    assert (language.context, language.usable) == (64, 384)
    assert (language.start, language.ends) == (([0], {0}) if name == "gpt2" else ([1], {1, 2}))


def test_weights_become_what_was_asked_for(models: Path) -> None:
    language = load(models / "one", "cpu", torch.bfloat16)
    assert {one.dtype for one in language.model.parameters()} == {torch.bfloat16}


@pytest.mark.parametrize("name", broken_models.SEEN)
def test_what_the_doctor_sees_is_refused_in_its_words(name: str, models: Path, tmp_path: Path) -> None:
    folder = broken_models.spoiled(name, models, tmp_path)
    with pytest.raises(BadInput) as refused:
        load(folder, "cpu")
    sentence = str(refused.value)
    assert "\n" not in sentence and sentence.count("Traceback") == 0
    assert all(word in sentence for word in [str(folder), *broken_models.SEEN[name][1]]), sentence
    assert str(doctor.examine(folder).problem) == sentence


@pytest.mark.parametrize("name", broken_models.LOADED)
def test_what_is_only_seen_when_loading(name: str, models: Path, tmp_path: Path) -> None:
    folder = broken_models.spoiled(name, models, tmp_path)
    with pytest.raises(BadInput) as refused:
        load(folder, "cpu")
    sentence = str(refused.value)
    assert "\n" not in sentence
    assert all(word in sentence for word in [str(folder), *broken_models.LOADED[name][1]]), sentence


def test_code_of_the_folder_is_never_run(models: Path, tmp_path: Path) -> None:
    folder = tmp_path / "model"
    shutil.copytree(models / "one", folder)
    (folder / "own.py").write_text("raise SystemExit('run')\n")
    for name in ("config.json", "tokenizer_config.json"):
        values = json.loads((folder / name).read_text())
        kinds = ("AutoConfig", "AutoModelForCausalLM", "AutoTokenizer")
        values["auto_map"] = {kind: ["own.Own", None] if "Tok" in kind else "own.Own" for kind in kinds}
        (folder / name).write_text(json.dumps(values))
    language = load(folder, "cpu")
    assert type(language.model).__module__.startswith("transformers.models.llama")
    assert doctor.examine(folder).remote_code and doctor.examine(folder).can_be_opened


def test_a_pickle_beside_the_weights_is_left_alone(models: Path, tmp_path: Path) -> None:
    folder = tmp_path / "model"
    shutil.copytree(models / "one", folder)
    (folder / "pytorch_model.bin").write_bytes(b"\x80\x04cos\nsystem\n")
    load(folder, "cpu")
    report = doctor.examine(folder)
    assert report.pickles == ("pytorch_model.bin",) and report.can_be_opened
    assert [one.state for one in report.findings].count(doctor.WARNING) == 1


def test_a_model_of_ours_says_what_a_text_begins_with(models: Path, tmp_path: Path) -> None:
    folder = tmp_path / "model"
    shutil.copytree(models / "gpt2", folder)
    broken_models.config(aigc_start="the sea\n")(folder)
    language = load(folder, "cpu")
    assert language.tokenizer.decode(language.start) == "the sea\n"


def test_shards_are_found_without_their_index(models: Path, tmp_path: Path) -> None:
    folder = tmp_path / "model"
    shutil.copytree(models / "shards", folder)
    (folder / "model.safetensors.index.json").unlink()
    whole, without = load(models / "shards", "cpu").model, load(folder, "cpu").model
    assert all(torch.equal(one, without.state_dict()[name]) for name, one in whole.state_dict().items())
    (folder / "model-00001-of-00004.safetensors").unlink()
    with pytest.raises(BadInput, match="model-00001-of-00004.safetensors"):
        load(folder, "cpu")


def test_nothing_is_said_but_what_we_say(models: Path, tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    folder = broken_models.spoiled("a tensor is missing", models, tmp_path)
    with pytest.raises(BadInput):
        load(folder, "cpu")
    load(models / "shards", "cpu")
    said = capfd.readouterr()
    assert (said.out, said.err) == ("", "")
