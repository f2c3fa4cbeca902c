"""The model doctor: what it says of whole and of spoiled folders, without loading anything."""

import json
import subprocess
import sys
import time
from pathlib import Path

import pytest

from aigc_desktop.engine import architectures, doctor
from aigc_desktop.engine.doctor import examine
from tests import broken_models
from tests.broken_models import config
from tests.language_models import tiny_gpt2


@pytest.fixture(scope="module")
def models(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("models")
    broken_models.whole(folder)
    tiny_gpt2(folder / "gpt2")
    return folder


def test_the_list_of_architectures_is_that_of_transformers() -> None:
    from transformers.models.auto.modeling_auto import MODEL_FOR_CAUSAL_LM_MAPPING_NAMES

    assert dict(MODEL_FOR_CAUSAL_LM_MAPPING_NAMES) == architectures.CAUSAL
    assert set(architectures.CAUSAL) > architectures.OFTEN_OTHER


def test_a_whole_model(models: Path) -> None:
    report = examine(models / "one")
    assert report.can_be_opened and report.problem is None and report.kind == "causal"
    assert (report.architecture, report.layers, report.context, report.vocabulary) == ("LlamaForCausalLM", 2, 64, 384)
    assert report.weights == ("model.safetensors",) and report.tokenizer == "tokenizer.json" and report.stored == "F32"
    assert all(one.state == doctor.GOOD for one in report.findings)
    assert examine(models / "shards").weights == tuple(f"model-0000{one}-of-00004.safetensors" for one in (1, 2, 3, 4))


def test_the_memory_is_that_of_weights_and_cache(models: Path) -> None:
    from aigc_desktop.nets.causal.loading import load

    for name in ("one", "gpt2"):
        report = examine(models / name)
        model = load(models / name, "cpu").model
        count = sum(one.numel() for one in model.parameters())
        assert report.parameters == count
        needs = {one.precision: one for one in report.needs}
        assert needs["float32"].weights == 4 * count and needs["bfloat16"].weights == 2 * count
        assert count < needs["int8"].weights < 4 * count and all(one.fits for one in report.needs)
        heads, kept = 4, 2 if name == "one" else 4
        assert needs["float32"].cache == 4 * 2 * 2 * kept * (32 // heads) * 64  # keys, values; layers; heads; places


def test_what_does_not_fit_is_said(models: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    least = (doctor.RUNTIME + 150_000) / 2**30
    report = examine(models / "one", least)
    assert [one.fits for one in report.needs] == [False, True, True] and report.can_be_opened
    monkeypatch.setenv("AIGC_MEMORY_GB", "0.1")
    report = examine(models / "one")
    assert not any(one.fits for one in report.needs) and report.room <= 0.1 * 2**30
    assert "not enough memory" in str(report.problem) and str(models / "one") in str(report.problem)


def test_all_problems_are_listed_and_the_first_is_the_verdict(models: Path, tmp_path: Path) -> None:
    folder = broken_models.spoiled("no tokenizer", models, tmp_path)
    (folder / "model.safetensors").rename(folder / "pytorch_model.bin")
    report = examine(folder)
    found = [str(one.text) for one in report.findings if one.state == doctor.PROBLEM]
    assert len(found) == 2 and "pytorch_model.bin" in found[0] and "tokenizer.json" in found[1]
    assert str(report.problem) == found[0] and not report.can_be_opened
    assert report.pickles == ("pytorch_model.bin",)
    entry = json.loads(json.dumps(report.to_json()))
    assert entry["problem"] == found[0] and entry["can_be_opened"] is False


def test_what_is_no_folder(tmp_path: Path) -> None:
    file = tmp_path / "model.gguf"
    file.write_bytes(b"GGUF")
    assert "is a file" in str(examine(file).problem)
    for name in ("nowhere", "a" * 5000, "zero\0byte"):
        assert "There is no model folder" in str(examine(tmp_path / name).problem)


@pytest.mark.parametrize("value", [None, -1, "many", 10**40, [], {}, True])
def test_sizes_that_are_none_break_nothing(value: object, models: Path, tmp_path: Path) -> None:
    folder = broken_models.spoiled("no tokenizer", models, tmp_path)
    names = (
        "num_hidden_layers",
        "max_position_embeddings",
        "hidden_size",
        "num_attention_heads",
        "vocab_size",
        "head_dim",
    )
    config(**dict.fromkeys(names, value), text_config=value, auto_map=value, architectures=value)(folder)
    json.dumps(examine(folder).to_json())


def test_quick_and_without_torch(models: Path) -> None:
    code = f"""
import sys, time
from pathlib import Path
from aigc_desktop.engine import models, registry
from aigc_desktop.engine.doctor import examine
folder = Path({str(models / "shards")!r})
assert models.spec_of(folder).id == "text.pretrained"
assert examine(folder).can_be_opened
print(*(name for name in ("torch", "transformers", "tokenizers", "safetensors", "numpy") if name in sys.modules))
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == ""
    begun = time.process_time()
    for _ in range(20):
        examine(models / "shards")
    assert (time.process_time() - begun) / 20 < 0.1


@pytest.mark.data
def test_the_real_ones(shared_data: Path) -> None:
    report = examine(shared_data / "weights" / "stories260k_hf_llama")
    assert report.can_be_opened and report.parameters == 260_032 and report.context == 512
    for name in ("taef2", "face_det"):
        assert "no config.json" in str(examine(shared_data / "weights" / name).problem)
