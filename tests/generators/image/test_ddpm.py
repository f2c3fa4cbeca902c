"""image.ddpm with tiny networks: training, classes, what is saved, and what cannot be used."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from diffusers import DiffusionPipeline
from PIL import Image

from aigc_desktop.engine import events, params, restore
from aigc_desktop.engine.execute import perform
from aigc_desktop.engine.job import Job
from aigc_desktop.engine.trainer import Place
from aigc_desktop.generators.image.ddpm import model as ddpm
from aigc_desktop.generators.image.ddpm.model import Trainer
from aigc_desktop.generators.image.ddpm.spec import SPEC, Train, preflight
from aigc_desktop.problems import BadInput

TINY: dict[str, Any] = {"width": 8, "batch_size": 6, "precision": "float32", "max_steps": 3}
CPU = torch.device("cpu")


@pytest.fixture(autouse=True)
def small_previews(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ddpm, "PREVIEW", 4)
    monkeypatch.setattr(ddpm, "PREVIEW_HOW", ddpm.sampling.How(steps=2))


def pictures_in(folder: Path, count: int = 12, side: int = 8, colour: bool = False, seed: int = 0) -> Path:
    folder.mkdir(parents=True)
    random = np.random.default_rng(seed)
    for number in range(count):
        pixels = np.zeros((side, side, 3) if colour else (side, side), np.uint8)
        pixels[: 1 + number % side] = random.integers(100, 256, pixels.shape[1:])
        Image.fromarray(pixels).save(folder / f"{number:02}.png")
    return folder


def classes_in(folder: Path, counts: dict[str, int]) -> Path:
    for number, (name, count) in enumerate(counts.items()):
        pictures_in(folder / name, count, seed=number)
    return folder


def done(data: Path, project: Path, **values: Any) -> events.Last:
    job = Job(generator="image.ddpm", params=TINY | values, data=str(data), seed=5, name="digits", project=str(project))
    return perform(job, lambda event: None)


def trained(data: Path, project: Path, **values: Any) -> Path:
    last = done(data, project, **values)
    assert isinstance(last, events.Finished), last
    return Path(last.model["path"])


def refused(data: Path, project: Path, **values: Any) -> str:
    last = done(data, project, **values)
    assert isinstance(last, events.Failed) and last.bad_input, last
    return str(last.text)


def trainer(data: Path, **values: Any) -> Trainer:
    chosen = params.make(Train, TINY | values)
    options = {name: getattr(chosen, name) for name in SPEC.data.options}
    return Trainer(chosen, SPEC.data.load(str(data), None, 0, **options), Place(CPU, 0))


# Training -------------------------------------------------------------------------------------------------------------


def test_it_learns(tmp_path: Path) -> None:
    made = trainer(pictures_in(tmp_path / "data", 40), batch_size=32, learning_rate=0.05)
    with torch.no_grad():
        before = made.evaluate()["heldout_loss"]
    for step in range(40):
        torch.manual_seed(step)
        made.progress = step / 40
        made.step(made.batch(step))
    with torch.no_grad():
        after = made.evaluate()["heldout_loss"]
        assert made.evaluate()["heldout_loss"] == after < 0.8 * before


@pytest.mark.parametrize(("prediction", "schedule"), [("v", "linear"), ("epsilon", "cosine")])
def test_every_prediction_and_schedule_in_colour(prediction: str, schedule: str, tmp_path: Path) -> None:
    data = pictures_in(tmp_path / "data", colour=True)
    values = {"prediction": prediction, "schedule": schedule, "min_snr": 0, "mirror": True, "dropout": 0.1}
    folder = trained(data, tmp_path / "project", attention=True, layers=2, **values)
    scheduler = json.loads((folder / "scheduler" / "scheduler_config.json").read_text(encoding="utf-8"))
    assert scheduler["prediction_type"] == {"v": "v_prediction"}.get(prediction, prediction)
    assert scheduler["beta_schedule"] == {"linear": "linear"}.get(schedule, "squaredcos_cap_v2")


def test_the_learning_rate_falls_to_zero_and_others_change_more_slowly(tmp_path: Path) -> None:
    made = trainer(pictures_in(tmp_path / "data"), learning_rate=0.02)
    made.progress = 0.75
    made.step(made.batch(1000))
    assert made.muon.param_groups[0]["lr"] == pytest.approx(0.005)
    assert made.adam.param_groups[0]["lr"] == pytest.approx(0.005 * ddpm.OTHERS)
    inside = {id(one) for group in made.muon.param_groups for one in group["params"]}
    names = [name for name, one in made.network.named_parameters() if id(one) in inside]
    assert "mid_block.resnets.0.conv1.weight" in names and not any(name.startswith("conv_") for name in names)


def test_pictures_of_other_sizes_are_brought_to_a_multiple_of_four(tmp_path: Path) -> None:
    data = pictures_in(tmp_path / "data", 6, side=9)
    pictures_in(tmp_path / "data" / "more", 8, side=13)
    assert trainer(data).data.train.shape[2:] == (12, 12)


@pytest.mark.parametrize("size", [0, 17])
def test_preflight_counts_for_the_size_that_was_chosen(size: int, tmp_path: Path) -> None:
    data = pictures_in(tmp_path / "data", colour=True)
    chosen = params.make(Train, TINY | {"size": size, "colours": "grey", "layers": 2})
    found = preflight(chosen, SPEC.data.look(str(data)).facts)
    network = trainer(data, size=size, colours="grey", layers=2).network
    assert found.parameters == sum(one.numel() for one in network.parameters())
    assert network.config.in_channels == 1 and network.config.sample_size == (size and 16 or 8)


# What is saved --------------------------------------------------------------------------------------------------------


def test_the_folder_opens_with_diffusers_and_says_what_was_trained(tmp_path: Path) -> None:
    made = trainer(pictures_in(tmp_path / "data"))
    for step in range(2):
        made.step(made.batch(step))
    (tmp_path / "model").mkdir()
    made.save(tmp_path / "model")
    pipeline: Any = DiffusionPipeline.from_pretrained(tmp_path / "model")
    pipeline.set_progress_bar_config(disable=True)
    assert type(pipeline).__name__ == "DDIMPipeline"
    noisy, times = torch.randn(2, 1, 8, 8), torch.tensor([3, 700])
    with torch.no_grad():
        torch.testing.assert_close(pipeline.unet(noisy, times).sample, made.network(noisy, times).sample)
    made = pipeline(batch_size=2, num_inference_steps=2, output_type="np").images
    assert made.shape == (2, 8, 8, 1) and np.isfinite(made).all()


def test_the_record_seals_every_file_of_the_folder(tmp_path: Path) -> None:
    folder = trained(pictures_in(tmp_path / "data"), tmp_path / "project")
    record = json.loads((folder / "training.json").read_text(encoding="utf-8"))
    files = {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()}
    assert files - {"model.json"} >= set(record["files"])
    assert set(record["files"]) >= {
        "model_index.json",
        "unet/config.json",
        "unet/diffusion_pytorch_model.safetensors",
        "scheduler/scheduler_config.json",
    }
    (folder / "unet" / "config.json").write_text("{}", encoding="utf-8")
    last = perform(Job(action="create", model=str(folder), out=str(tmp_path / "out")), lambda event: None)
    assert isinstance(last, events.Failed) and "unet/config.json has changed" in str(last.text)


# Classes --------------------------------------------------------------------------------------------------------------


def test_classes_are_learned_by_their_folders_names(tmp_path: Path) -> None:
    data = classes_in(tmp_path / "data", {"cats": 8, "狗": 8, "only one": 1})
    folder = trained(data, tmp_path / "project")
    unet = json.loads((folder / "unet" / "config.json").read_text(encoding="utf-8"))
    ours = json.loads((folder / "config.json").read_text(encoding="utf-8"))
    assert unet["num_class_embeds"] == 4 and ours == {"model_type": "aigc-ddpm", "classes": ["cats", "only one", "狗"]}
    values = {"count": 1, "by_class": "狗", "steps": 2, "precision": "float32"}
    last = perform(
        Job(action="create", model=str(folder), params=values, out=str(tmp_path / "out")), lambda event: None
    )
    assert isinstance(last, events.Finished), last


def test_some_of_the_time_the_class_is_not_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    data = classes_in(tmp_path / "data", {"a": 20, "b": 20})
    told: list[torch.Tensor] = []
    made = trainer(data, by_class="on", label_dropout=0.5, batch_size=16)
    monkeypatch.setattr(made, "_loss", lambda *words: told.append(words[3]) or made.network.conv_in.weight.sum())
    for step in range(6):
        torch.manual_seed(step)
        made.step(made.batch(step))
    shares = torch.cat(told).bincount(minlength=3) / 96
    assert 0.3 < shares[2] < 0.7 and shares[0] > 0.1 and shares[1] > 0.1


def test_held_out_pictures_without_classes_count_as_of_none(tmp_path: Path) -> None:
    data = classes_in(tmp_path / "data", {"a": 8, "b": 8})
    others = pictures_in(tmp_path / "others", 5, seed=9)
    chosen = params.make(Train, TINY | {"by_class": "on"})
    made = Trainer(chosen, SPEC.data.load(str(data), str(others), 0), Place(CPU, 0))
    with torch.no_grad():
        assert made.evaluate()["heldout_loss"] > 0


# What cannot be used --------------------------------------------------------------------------------------------------


def test_by_class_needs_classes(tmp_path: Path) -> None:
    data = pictures_in(tmp_path / "data")
    assert "two folders at least" in refused(data, tmp_path / "project", by_class="on")


def test_a_width_that_is_no_multiple_names_the_nearest(tmp_path: Path) -> None:
    assert "choose 16" in refused(pictures_in(tmp_path / "data"), tmp_path / "project", width=15)


def test_one_picture_and_pictures_that_are_all_black(tmp_path: Path) -> None:
    assert "only one picture" in refused(pictures_in(tmp_path / "one", 1), tmp_path / "project")
    (tmp_path / "black").mkdir()
    for number in range(5):
        Image.fromarray(np.zeros((8, 8), np.uint8)).save(tmp_path / "black" / f"{number}.png")
    assert "are the same" in refused(tmp_path / "black", tmp_path / "project")


def test_fewer_pictures_than_a_batch_train(tmp_path: Path) -> None:
    trained(pictures_in(tmp_path / "data", 4), tmp_path / "project", batch_size=16, max_steps=2)


def test_a_checkpoint_of_another_width_is_a_misfit(tmp_path: Path) -> None:
    data = pictures_in(tmp_path / "data")
    small, large = trainer(data), trainer(data, width=16)
    with pytest.raises(restore.Misfit):
        restore.part("network", large.network, small.network.state_dict())


def test_settings_that_fit_no_network_are_refused_before_anything_starts() -> None:
    with pytest.raises(BadInput, match="multiple of 8"):
        preflight(params.make(Train, {"width": 12}), {"count": 9, "width": 8, "height": 8, "channels": 1})
