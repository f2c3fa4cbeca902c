"""Folders of diffusers: whole ones open and compute as diffusers does, spoiled ones are one sentence."""

import json
import subprocess
import sys
from pathlib import Path

import pytest
import torch

from aigc_desktop.engine import diffusers_folder, doctor, machine, memory
from aigc_desktop.nets.diffusion import opening, precision
from aigc_desktop.nets.diffusion.opening import open_folder
from aigc_desktop.problems import BadInput
from tests import broken_pictures
from tests.diffusion_models import tiny_pipeline, tiny_unet


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tiny_pipeline(tmp_path_factory.mktemp("models") / "tiny")


def same_as_diffusers(folder: Path, unet: torch.nn.Module, **words: torch.Tensor) -> None:
    found = open_folder(folder)
    noisy = torch.randn(found.batch, *found.shape, generator=torch.Generator().manual_seed(1))
    with torch.inference_mode():
        expected = unet(noisy, torch.tensor(300), *words.values()).sample
        told = found.look(noisy, torch.tensor(300), *(words.values() or [None]))
    assert torch.allclose(told, expected, atol=1e-4, rtol=1e-4) and expected.abs().max() > 0.1


def test_a_whole_pipeline(model: Path) -> None:
    report = doctor.examine(model)
    assert report.can_be_opened and report.kind == "diffusion" and report.architecture == "DDPMPipeline"
    assert (report.width, report.height, report.channels, report.classes) == (8, 8, 1, ())
    assert report.weights == ("diffusion_pytorch_model.safetensors",) and report.stored == "F32"
    assert report.parameters == sum(one.numel() for one in tiny_unet().parameters())
    assert {one.precision: one.weights for one in report.needs}["float32"] == 4 * report.parameters
    assert "8 × 8" in " ".join(str(one.text) for one in report.findings)
    json.dumps(report.to_json())
    same_as_diffusers(model, tiny_unet())


def test_the_network_by_itself_and_everything_in_one_folder(model: Path, tmp_path: Path) -> None:
    from diffusers import DDPMScheduler

    unet = tiny_unet(sample_size=[8, 16])
    unet.save_pretrained(tmp_path)
    assert "scheduler_config.json" in str(doctor.examine(tmp_path).problem)
    DDPMScheduler().save_pretrained(tmp_path)
    assert diffusers_folder.opens(tmp_path)
    found = open_folder(tmp_path)
    assert found.shape == (1, 8, 16)
    same_as_diffusers(tmp_path, unet)
    (tmp_path / "model_index.json").write_bytes((model / "model_index.json").read_bytes())
    same_as_diffusers(tmp_path, unet)


def test_older_names_and_half_the_bits(model: Path, tmp_path: Path) -> None:
    from safetensors.torch import load_file, save_file

    old = {new: name for name, new in opening.OLD_NAMES.items()}
    target = tiny_pipeline(tmp_path / "old")
    path = target / "unet" / "diffusion_pytorch_model.safetensors"
    weights = load_file(path)
    for new, name in old.items():
        weights = {key.replace(f".{new}.", f".{name}."): one for key, one in weights.items()}
    assert any(".proj_attn." in key for key in weights) and not any(".to_q." in key for key in weights)
    path.unlink()
    halves = {key: one.half() for key, one in weights.items()}
    save_file(halves, path.with_name("diffusion_pytorch_model.fp16.safetensors"), {"format": "pt"})
    unet = tiny_unet()
    for one in unet.parameters():
        one.data = one.data.half().float()
    assert doctor.examine(target).stored == "F16"
    same_as_diffusers(target, unet)


def test_classes_have_their_names(tmp_path: Path) -> None:
    folder = tiny_pipeline(tmp_path / "named", classes=["cat", "dog"])
    found = open_folder(folder)
    assert (list(found.classes), found.free) == (["cat", "dog"], True)
    assert doctor.examine(folder).classes == ("cat", "dog")
    labels = torch.arange(16) % 3
    same_as_diffusers(folder, tiny_unet(num_class_embeds=3), labels=labels)
    (folder / "config.json").unlink()
    found = open_folder(folder)
    assert (list(found.classes), found.free) == (["0", "1", "2"], False)


@pytest.mark.parametrize("name", broken_pictures.SEEN)
def test_both_say_the_same_of_a_spoiled_folder(name: str, model: Path, tmp_path: Path) -> None:
    folder = broken_pictures.spoiled(name, model, tmp_path)
    sentence = str(doctor.examine(folder).problem)
    assert all(word in sentence for word in [str(folder), *broken_pictures.SEEN[name][1]]), sentence
    assert sentence.count(". ") <= 2 and "\n" not in sentence
    with pytest.raises(BadInput) as refused:
        open_folder(folder)
    assert str(refused.value) == sentence


@pytest.mark.parametrize("name", broken_pictures.LOADED)
def test_what_is_seen_when_it_is_loaded(name: str, model: Path, tmp_path: Path) -> None:
    folder = broken_pictures.spoiled(name, model, tmp_path)
    assert doctor.examine(folder).can_be_opened
    with pytest.raises(BadInput) as refused:
        open_folder(folder)
    sentence = str(refused.value)
    assert all(word in sentence for word in [str(folder), *broken_pictures.LOADED[name][1]]), sentence
    assert "\n" not in sentence


def test_a_picture_for_which_there_is_no_memory_is_said(model: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(memory, "budget", lambda gigabytes=0: doctor.RUNTIME)
    report = doctor.examine(model)
    assert not any(one.fits for one in report.needs) and "not enough memory" in str(report.problem)


def test_quick_and_without_torch(model: Path) -> None:
    code = f"""
import sys
from pathlib import Path
from aigc_desktop.engine import models
from aigc_desktop.engine.doctor import examine
folder = Path({str(model)!r})
assert models.spec_of(folder).id == "image.ddpm"
assert examine(folder).can_be_opened
print(*(name for name in ("torch", "diffusers", "transformers", "safetensors", "numpy") if name in sys.modules))
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == ""


def test_the_fastest_is_measured_once(model: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    speeds, shape = machine.Speeds(tmp_path / "speeds.json"), (2, 1, 8, 8)
    names = ("float32 contiguous", "float32 channels-last", "bfloat16 contiguous", "bfloat16 channels-last")
    measured = dict(zip(names, (1.0, 0.95, 0.7, 0.6), strict=True))
    monkeypatch.setattr(precision, "measure", lambda unet, shape: measured)
    unet = tiny_unet()
    assert precision.prepare(unet, "auto", shape, speeds) == "bfloat16 channels-last"
    assert unet.conv_in.weight.dtype is torch.bfloat16 and precision.layout(unet) is torch.channels_last
    monkeypatch.setattr(precision, "measure", lambda unet, shape: pytest.fail("measured again"))
    assert precision.prepare(tiny_unet(), "bfloat16", shape, speeds) == "bfloat16 channels-last"
    assert precision.prepare(tiny_unet(), "float32", shape, speeds) == precision.EXACT


def test_a_measurement_leaves_the_weights_as_they_were() -> None:
    unet = tiny_unet(num_class_embeds=3)
    before = {name: one.clone() for name, one in unet.state_dict().items()}
    known = precision.measure(unet, (2, 1, 8, 8))
    assert len(known) == 4 and all(seconds > 0 for seconds in known.values())
    for name, one in unet.state_dict().items():
        assert one.dtype is torch.float32 and torch.equal(one, before[name])


def test_attention_over_many_places_is_that_of_diffusers(tmp_path: Path) -> None:
    folder = tiny_pipeline(tmp_path / "large", sample_size=40)  # 20 × 20 places
    same_as_diffusers(folder, tiny_unet(sample_size=40))
