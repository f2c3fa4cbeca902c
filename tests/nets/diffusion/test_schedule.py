"""Noise as it is mixed in here and as diffusers' pipelines take it out again, wherever the folder is opened."""

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
import torch
from diffusers import DDIMPipeline, DiffusionPipeline, UNet2DModel
from torch import Tensor

from aigc_desktop.nets.diffusion.schedule import STEPS, Kind, Prediction, Schedule, scheduler

BOTH = [(prediction, kind) for prediction in ("v", "epsilon") for kind in ("cosine", "linear")]
CPU = torch.device("cpu")


@pytest.mark.parametrize(("prediction", "kind"), BOTH)
def test_a_pipeline_from_the_folder_creates_what_was_learned(
    prediction: Prediction, kind: Kind, tmp_path: Path
) -> None:
    """A network that knows two pictures, and says of each noisy one what is right on the average: out of a
    pipeline come these two."""
    tiny = UNet2DModel(sample_size=4, in_channels=1, out_channels=1, block_out_channels=(8,), norm_num_groups=4,
                       layers_per_block=1, down_block_types=("DownBlock2D",), up_block_types=("UpBlock2D",))  # fmt: skip
    DDIMPipeline(tiny, scheduler(prediction, kind)).save_pretrained(tmp_path)
    pipeline: Any = DiffusionPipeline.from_pretrained(tmp_path)
    pipeline.set_progress_bar_config(disable=True)
    learned = Schedule(prediction, kind, 5.0, CPU)
    known = torch.stack([torch.full((1, 4, 4), 0.6), torch.eye(4)[None] - 0.5])

    def say(noisy: Tensor, time: Tensor, **others: Any) -> SimpleNamespace:
        alpha, sigma = learned.alpha[time], learned.sigma[time]
        far = (noisy[:, None] - alpha * known).square().sum((2, 3, 4))
        picture = torch.einsum("nk,kchw->nchw", (-far / (2 * sigma**2)).softmax(1), known)
        noise = (noisy - alpha * picture) / sigma
        return SimpleNamespace(sample=alpha * noise - sigma * picture if prediction == "v" else noise)

    pipeline.unet.forward = say
    made = pipeline(batch_size=32, generator=torch.Generator().manual_seed(0), output_type="pt", num_inference_steps=20)
    far = ((made.images * 2 - 1)[:, None] - known).abs().amax((2, 3, 4))
    assert far.min(1).values.max() < 0.02
    assert 8 <= int((far.argmin(1) == 0).sum()) <= 24


@pytest.mark.parametrize(("prediction", "kind"), BOTH)
def test_noise_is_mixed_in_as_diffusers_mixes_it(prediction: Prediction, kind: Kind) -> None:
    ours, theirs = Schedule(prediction, kind, 5.0, CPU), scheduler(prediction, kind)
    pictures, noise = torch.randn(5, 1, 4, 4), torch.randn(5, 1, 4, 4)
    times = torch.tensor([0, 250, 500, 998, 999])
    noisy, wanted = ours.mix(pictures, noise, times)
    torch.testing.assert_close(noisy, theirs.add_noise(pictures, noise, times), atol=1e-5, rtol=0)
    told = theirs.get_velocity(pictures, noise, times) if prediction == "v" else noise
    torch.testing.assert_close(wanted, told, atol=1e-5, rtol=0)


@pytest.mark.parametrize("kind", ["cosine", "linear"])
def test_with_v_nothing_of_the_picture_is_left_at_the_end(kind: Kind) -> None:
    assert Schedule("v", kind, 0, CPU).alpha[-1] < 1e-4


def test_weights_are_those_of_min_snr() -> None:
    for kind in ("cosine", "linear"):
        v, epsilon, free = (Schedule(*one, CPU) for one in (("v", kind, 5.0), ("epsilon", kind, 5.0), ("v", kind, 0.0)))
        snr = (v.alpha / v.sigma) ** 2
        as_picture = v.weights * (snr + 1)  # an error of v is that of the picture, by 1 / σ²
        torch.testing.assert_close(as_picture, snr.clamp(max=5), atol=1e-4, rtol=1e-3)
        assert epsilon.weights[-1] == 1 and epsilon.weights[0] < 0.01 and bool((free.weights == 1).all())


def test_times_are_spread_over_the_whole_range() -> None:
    torch.manual_seed(0)
    schedule = Schedule("v", "cosine", 5.0, CPU)
    for count in (1, 7, 64):
        drawn = torch.stack([schedule.times(count) for _ in range(400)])
        assert drawn.min() >= 0 and drawn.max() < STEPS and abs(float(drawn.float().mean()) - 499.5) < 45
        ordered = drawn.sort(1).values
        assert int((ordered[:, 1:] - ordered[:, :-1]).max()) <= STEPS // count + 1 if count > 1 else True
