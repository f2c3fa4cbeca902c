"""image.stylegan: augmentation and penalties by themselves, and what cannot be used, each in one sentence."""

import json
import shutil
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from PIL import Image
from torch import Tensor

from aigc_desktop.engine import events, params
from aigc_desktop.engine.execute import perform
from aigc_desktop.engine.explore import answer
from aigc_desktop.engine.job import Job
from aigc_desktop.generators.image.stylegan.asked import components, seeds
from aigc_desktop.generators.image.stylegan.augment import Strength, augmented
from aigc_desktop.generators.image.stylegan.regularise import path_length, steepness
from aigc_desktop.generators.image.stylegan.spec import Create, Train
from aigc_desktop.problems import BadInput
from tests.tiny import train_job

CPU = torch.device("cpu")


def failed(job: Job) -> str:
    last = perform(job, lambda event: None)
    assert isinstance(last, events.Failed) and last.bad_input, last
    assert "\n" not in str(last.text)
    return str(last.text)


def create_job(model: Path, out: Path, **values: Any) -> Job:
    return Job(action="create", model=str(model), params=values, seed=1, out=str(out))


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("stylegan")
    last = perform(train_job("image.stylegan", folder, folder / "project"), lambda event: None)
    assert isinstance(last, events.Finished), last
    return Path(last.model["path"])


# Augmentation and penalties -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("channels", [1, 3])
def test_augmentation_leaves_as_many_alone_as_its_strength_says(channels: int) -> None:
    torch.manual_seed(0)
    pictures = torch.rand(300, channels, 8, 8) * 2 - 1
    assert augmented(pictures, 0.0) is pictures
    untouched = {}
    for p in (0.05, 0.5):
        changed = augmented(pictures, p)
        assert changed.shape == pictures.shape
        untouched[p] = float(((changed - pictures).abs().amax((1, 2, 3)) < 1e-4).float().mean())
    assert untouched[0.05] > 0.4 and untouched[0.5] < 0.05


def test_augmentation_is_differentiable_by_the_pictures() -> None:
    torch.manual_seed(0)
    pictures = torch.rand(8, 3, 8, 8, requires_grad=True)
    augmented(pictures, 1.0).square().sum().backward()
    assert pictures.grad is not None and torch.isfinite(pictures.grad).all()
    assert (pictures.grad.abs().amax((1, 2, 3)) > 0).all()


def test_strength_rises_while_the_discriminator_is_too_sure() -> None:
    strength = Strength(100, CPU)
    for sure, expected in ((1.0, 0.5), (1.0, 1.0), (1.0, 1.0), (-1.0, 0.5), (0.0, 0.0), (0.0, 0.0)):
        strength.saw(torch.full((50,), sure))
        assert strength.adapt() == pytest.approx(sure)
        assert strength.p == pytest.approx(expected)


def test_r1_is_half_the_squared_gradient() -> None:
    along = torch.randn(3 * 4 * 4, generator=torch.Generator().manual_seed(0))

    class Plane(torch.nn.Module):
        def forward(self, x: Tensor) -> Tensor:
            return x.flatten(1) @ along

    torch.testing.assert_close(steepness(Plane(), torch.rand(5, 3, 4, 4)), along.square().sum() / 2)


def test_path_length_is_zero_where_all_steps_are_equally_long() -> None:
    """For pictures that are a rotation of w, twice as large, every length is twice that of random pixels: about one size."""
    torch.manual_seed(0)
    turn = torch.linalg.qr(torch.randn(64, 64)).Q * 2

    class Turned(torch.nn.Module):
        def forward(self, ws: Tensor, noises: Any) -> Tensor:
            return (ws[:, 0] @ turn).reshape(-1, 1, 8, 8)

    mean = torch.zeros(())
    even = path_length(Turned(), torch.randn(200, 1, 64), [], mean)
    assert float(mean) == pytest.approx(2.0, abs=0.05)  # |Jᵀy|: 64 random pixels over √64, times two
    before = float(mean)
    uneven = path_length(Turned(), torch.randn(200, 1, 64), [], mean.mul_(2))
    assert even < 0.1 and uneven > 3 and before < float(mean) < 2 * before


# What cannot be used --------------------------------------------------------------------------------------------------


def test_lists_that_a_user_writes() -> None:
    assert seeds("") == [] and seeds("3, 8,12-14") == [3, 8, 12, 13, 14]
    assert (
        components("1: 2.5, 3: -1") == {1: 2.5, 3: -1.0} and components("2：−1") == {2: -1.0} and components("") == {}
    )
    for wrong in ("a", "5-3", "1-100", "-1", "1" * 30):
        with pytest.raises(BadInput, match="Write the seeds"):
            params.make(Create, {"rows": wrong})
    for wrong in ("a", "1", "0: 1", "1: 1000", "1: x"):
        with pytest.raises(BadInput, match="Write the directions"):
            params.make(Create, {"components": wrong})


def test_a_batch_is_whole_groups() -> None:
    with pytest.raises(BadInput, match="multiple of 4"):
        params.make(Train, {"batch_size": 6})


def test_pictures_that_cannot_be_found(model: Path, tmp_path: Path) -> None:
    assert "Choose the picture" in failed(create_job(model, tmp_path / "o", mode="project"))
    (tmp_path / "p.png").write_bytes(b"no picture")
    assert "p.png" in failed(create_job(model, tmp_path / "o", mode="project", picture=str(tmp_path / "p.png")))
    assert "gone.png" in failed(create_job(model, tmp_path / "o", mode="project", picture=str(tmp_path / "gone.png")))
    assert not (tmp_path / "o").exists() or not list((tmp_path / "o").iterdir())


def test_a_direction_that_the_model_has_not(model: Path, tmp_path: Path) -> None:
    said = failed(create_job(model, tmp_path / "o", mode="edit", components="9: 1"))
    assert "There is no direction 9; this model has 4." in said


@pytest.mark.parametrize("question", [{"rows": []}, {"rows": "x"}, {"rows": [1.5]}, {"truncation": "x"}])
def test_questions_that_cannot_be_answered(model: Path, question: dict[str, Any]) -> None:
    whole = {"view": "mixing", "rows": [1], "columns": [2], "crossover": 3}
    with pytest.raises(BadInput, match="cannot be used"):
        answer("image.stylegan", model, whole | question)


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("side", 48, "side cannot be 48"),
        ("width", 8, "do not fit"),
        ("w_size", True, "w_size cannot be"),
        ("x", 1, "x"),
    ],
)
def test_a_damaged_model_is_one_sentence(model: Path, name: str, value: Any, said: str, tmp_path: Path) -> None:
    copy = tmp_path / "copy"
    shutil.copytree(model, copy)
    (copy / "training.json").unlink()
    config = json.loads((copy / "config.json").read_text(encoding="utf-8"))
    (copy / "config.json").write_text(json.dumps(config | {name: value}), encoding="utf-8")
    from aigc_desktop.generators.image.stylegan.maker import Maker

    with pytest.raises(BadInput, match=said):
        Maker(copy, CPU)


# Sets that are hardly any ---------------------------------------------------------------------------------------------


def few(folder: Path, tones: list[int], sides: list[int]) -> Path:
    folder.mkdir()
    for number, (tone, side) in enumerate(zip(tones, sides, strict=True)):
        Image.fromarray(np.full((side, side), tone, np.uint8)).save(folder / f"{number}.png")
    return folder


def trained(data: Path, folder: Path) -> events.Last:
    job = train_job("image.stylegan", folder, folder / "p").model_copy(update={"data": str(data)})
    return perform(job, lambda event: None)


def test_one_picture_and_pictures_all_alike_are_refused(tmp_path: Path) -> None:
    for name, tones in (("one", [9]), ("black", [0, 0, 0])):
        last = trained(few(tmp_path / name, tones, [16] * len(tones)), tmp_path)
        assert isinstance(last, events.Failed) and last.bad_input and "\n" not in str(last.text)


def test_two_sizes_and_fewer_pictures_than_a_batch_train(tmp_path: Path) -> None:
    last = trained(few(tmp_path / "few", [10, 90, 200], [16, 50, 50]), tmp_path)
    assert isinstance(last, events.Finished), last
    assert all(np.isfinite(value) for value in last.figures.values())
