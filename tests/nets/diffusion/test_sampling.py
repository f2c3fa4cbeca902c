"""Sampling: step for step as diffusers does it; each picture depends on its seed alone; masks and guidance do what they say."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import pytest
import torch
from diffusers import DDPMScheduler
from torch import Tensor, nn

from aigc_desktop.nets.diffusion.opening import Diffuser
from aigc_desktop.nets.diffusion.samplers import LEAST_LAMBDA, DPMSolver, Way
from aigc_desktop.nets.diffusion.sampling import Given, How, sample
from aigc_desktop.nets.diffusion.unet import fast
from tests.diffusion_models import tiny_unet

SAMPLERS = ("ddpm", "ddim", "euler", "dpmsolver++")
LINEAR = {"_class_name": "DDPMScheduler", "num_train_timesteps": 1000}
COSINE = {"_class_name": "DDIMScheduler", "beta_schedule": "squaredcos_cap_v2", "prediction_type": "v_prediction"}
FLAT = {**LINEAR, "prediction_type": "v_prediction", "rescale_betas_zero_snr": True}
SEEDS, SPREAD = [3, 4, 5], 0.3


class Calm(nn.Module):
    """A network whose pictures stay small: the tiny one's answers, weakened."""

    def __init__(self, unet: Any):
        super().__init__()
        self.unet = unet
        self.seen: list[Tensor] = []

    def forward(self, noisy: Tensor, time: Tensor, class_labels: Tensor | None = None, **words: Any) -> tuple[Tensor]:
        self.seen.append(time)
        return (0.1 * self.unet(noisy, time, class_labels, return_dict=False)[0],)


class Perfect(nn.Module):
    """What tells the noise best where all pictures are noise themselves, SPREAD as strong."""

    def __init__(self) -> None:
        super().__init__()
        self.left = nn.Parameter(DDPMScheduler().alphas_cumprod)

    def forward(
        self, noisy: Tensor, time: Tensor, class_labels: Any = None, return_dict: bool = False
    ) -> tuple[Tensor]:
        left = self.left[time.long()]
        return ((1 - left).sqrt() * noisy / (left * SPREAD**2 + 1 - left),)


def diffuser(
    scheduler: dict[str, Any] = LINEAR, batch: int = 4, classes: Sequence[str] = (), **config: Any
) -> Diffuser:
    if classes:
        config["num_class_embeds"] = len(classes) + 1
    made = config.pop("made", 1)
    unet = fast(tiny_unet(in_channels=1, out_channels=made, **config))
    return Diffuser(Calm(unet).eval(), scheduler, 8, 8, 1, batch, classes, bool(classes))


@pytest.fixture(scope="module")
def plain() -> Diffuser:
    return diffuser()


def theirs(kind: str, config: dict[str, Any]) -> Any:
    """diffusers' own scheduler, set as ours are said to be."""
    import diffusers

    if kind != "dpmsolver++":
        names = {"ddpm": "DDPMScheduler", "ddim": "DDIMScheduler", "euler": "EulerDiscreteScheduler"}
        return getattr(diffusers, names[kind]).from_config(config, timestep_spacing="trailing")
    cosine = {"lambda_min_clipped": LEAST_LAMBDA, "timestep_spacing": "linspace"} if config is COSINE else {}
    words = {"timestep_spacing": "trailing", "thresholding": True, "sample_max_value": 1.0, **cosine}
    return diffusers.DPMSolverMultistepScheduler.from_config(config, **words)


@pytest.mark.parametrize("kind", SAMPLERS)
@pytest.mark.parametrize("config", [LINEAR, COSINE, FLAT], ids=["linear", "cosine", "flat"])
@pytest.mark.parametrize("steps", [1, 4])
def test_step_for_step_as_diffusers(kind: str, steps: int, config: dict[str, Any], plain: Diffuser) -> None:
    ours = replace(plain, scheduler=config)
    steps_seen: list[Tensor] = []
    made = sample(ours, SEEDS, How(kind, steps), on_step=lambda done, total, found: steps_seen.append(found))
    draws = [torch.Generator().manual_seed(seed) for seed in SEEDS]
    noisy = torch.stack([torch.randn(1, 8, 8, generator=one) for one in draws])
    scheduler = theirs(kind, config)
    scheduler.set_timesteps(steps)
    noisy = noisy * scheduler.init_noise_sigma
    with torch.inference_mode():
        for time in scheduler.timesteps:
            told = ours.unet(scheduler.scale_model_input(noisy, time), time)[0]
            found = scheduler.step(told, time, noisy, generator=draws)
            noisy = found.prev_sample
    scale = noisy.abs().max()
    assert (made - noisy).abs().max() < 1e-4 * scale
    assert len(steps_seen) == steps and steps_seen[0].shape == (3, 1, 8, 8)
    estimate = scheduler.model_outputs[-1] if kind == "dpmsolver++" else found.pred_original_sample
    assert (steps_seen[-1] - estimate).abs().max() < 1e-4 * scale


@pytest.mark.parametrize("kind", ["DDPM", "DDIM"])
def test_the_pictures_of_the_whole_pipeline(kind: str) -> None:
    import diffusers

    unet = tiny_unet()
    scheduler = getattr(diffusers, f"{kind}Scheduler")(timestep_spacing="trailing")
    pipeline = getattr(diffusers, f"{kind}Pipeline")(unet, scheduler)
    pipeline.set_progress_bar_config(disable=True)
    draws = [torch.Generator().manual_seed(seed) for seed in SEEDS]
    expected = pipeline(batch_size=3, num_inference_steps=3, generator=draws, output_type="np").images
    ours = Diffuser(tiny_unet(), {"_class_name": f"{kind}Scheduler"}, 8, 8, 1, 4)
    made = sample(ours, SEEDS, How(kind.lower(), 3))
    assert (made / 2 + 0.5).clamp(0, 1).permute(0, 2, 3, 1).numpy() == pytest.approx(expected, abs=2e-3)


def test_ddim_with_all_its_noise_draws_for_each_picture(plain: Diffuser) -> None:
    calm = sample(plain, SEEDS, How("ddim", 4))
    wild = sample(plain, SEEDS, How("ddim", 4, eta=1.0))
    assert not torch.equal(calm, wild) and torch.equal(wild, sample(plain, SEEDS, How("ddim", 4, eta=1.0)))


@pytest.mark.parametrize("kind", SAMPLERS)
def test_a_picture_depends_on_its_seed_alone(kind: str, plain: Diffuser) -> None:
    many = sample(plain, range(10, 17), How(kind, 3))
    for place in (0, 5, 6):
        assert torch.equal(sample(plain, [10 + place], How(kind, 3))[0], many[place])
    assert not torch.equal(many[0], many[1])


def test_guidance_goes_beyond_the_class(plain: Diffuser) -> None:
    ours = diffuser(classes=("cat", "dog"))
    told = [0, 1, 0]
    with torch.inference_mode():
        noisy = torch.randn(4, 1, 8, 8)
        labels = torch.tensor([0, 1, 0, 0])
        asked = ours.look(noisy, torch.tensor(999), labels)
        free = ours.look(noisy, torch.tensor(999), torch.full((4,), 2))
    one = sample(ours, SEEDS, How("ddim", 2, guidance=1.0), told)
    none = sample(ours, SEEDS, How("ddim", 2, guidance=0.0), told)
    three = sample(ours, SEEDS, How("ddim", 2, guidance=3.0), told)
    assert not torch.equal(asked, free) and not torch.equal(one, three)
    assert torch.allclose(none, sample(ours, SEEDS, How("ddim", 2)), atol=1e-5)  # no class at all
    # At one step of a network that tells v, the picture is linear in what is told.
    v = replace(ours, scheduler=FLAT | {"clip_sample": False})
    by = {scale: sample(v, SEEDS, How("ddim", 1, guidance=scale), told) for scale in (0.0, 1.0, 3.0)}
    assert torch.allclose(by[3.0], by[0.0] + 3 * (by[1.0] - by[0.0]), atol=1e-4)


@pytest.mark.parametrize("kind", SAMPLERS)
def test_levels_are_those_of_diffusers(kind: str) -> None:
    way = Way(kind, COSINE, 5, begin=2)
    pictures, noise = torch.randn(2, 1, 8, 8), torch.randn(2, 1, 8, 8)
    expected = way.scheduler.add_noise(pictures, noise, way.times[2:3].repeat(2))
    assert torch.allclose(way.noised(pictures, noise, 2), expected, rtol=1e-4, atol=1e-4)
    assert torch.equal(way.noised(pictures, noise, 5), pictures)
    (scale, spread), (before, least) = way.level(2), way.level(3)
    again = way.back(before * pictures, noise, 2)  # without noise: what is left of the picture, and all that was added
    left = (again - scale * pictures) / noise
    assert torch.allclose(left, torch.full_like(left, scale * (spread**2 - least**2) ** 0.5), rtol=1e-2)


@pytest.mark.parametrize("kind", SAMPLERS)
def test_a_perfect_network_gives_what_was_learned_and_the_stronger_the_less_of_the_start(kind: str) -> None:
    ours = Diffuser(Perfect(), LINEAR, 16, 16, 1, 8)
    new = sample(ours, range(8), How(kind, 50))
    assert float(new.std()) == pytest.approx(SPREAD, rel=0.15)
    given = Given(SPREAD * torch.randn(1, 16, 16, generator=torch.Generator().manual_seed(0)))
    alike, taken = [], []
    for strength in (0.1, 0.4, 0.7, 1.0):
        count: list[int] = []
        how = How(kind, 20, strength=strength)
        made = sample(
            ours, range(8), how, given=given, on_step=lambda done, total, found, count=count: count.append(total)
        )
        alike.append(float(torch.corrcoef(torch.stack([made.mean(0).flatten(), given.picture.flatten()]))[0, 1]))
        taken.append(len(count))
        assert set(count) == {len(count)}
    assert alike == sorted(alike, reverse=True) and alike[0] > 0.9 and alike[-1] < 0.5, alike
    assert taken == [2, 8, 14, 20]


@pytest.mark.parametrize("kind", SAMPLERS)
def test_a_mask_keeps_the_rest(kind: str, plain: Diffuser) -> None:
    picture = torch.linspace(-1, 1, 64).reshape(1, 8, 8)
    mask = torch.zeros(8, 8, dtype=torch.bool)
    mask[2:5, 3:7] = True
    given, said = Given(picture, mask), []
    how = How(kind, 3, resample=2)
    plain.unet.seen.clear()
    made = sample(plain, SEEDS, how, given=given, on_step=lambda done, total, found: said.append((done, total, found)))
    assert torch.equal(made[:, :, ~mask], picture[:, ~mask].expand(3, -1, -1))
    assert not torch.equal(made[0, 0][mask], made[1, 0][mask]) and made.isfinite().all()
    assert [one[:2] for one in said] == [(1, 5), (2, 5), (3, 5), (4, 5), (5, 5)]  # two, two, one
    assert torch.equal(said[0][2][:, :, ~mask], picture[:, ~mask].expand(3, -1, -1))
    assert torch.equal(sample(plain, [4], how, given=given)[0], made[1])


def test_what_was_learned_of_the_variance_is_for_ddpm_alone() -> None:
    ours = diffuser(LINEAR | {"variance_type": "learned_range"}, made=2)
    for kind in SAMPLERS:
        assert sample(ours, SEEDS, How(kind, 2)).isfinite().all()


def test_cutting_at_once_is_diffusers_threshold() -> None:
    estimates = 3 * torch.randn(4, 1, 8, 8)
    cut = DPMSolver(thresholding=True, sample_max_value=1.0)
    assert torch.equal(cut._threshold_sample(estimates), super(DPMSolver, cut)._threshold_sample(estimates))


def test_a_variance_that_explodes_goes_its_own_way() -> None:
    from diffusers import ScoreSdeVePipeline, ScoreSdeVeScheduler

    words = {"time_embedding_type": "fourier", "in_channels": 3, "out_channels": 3}
    unet = tiny_unet(**words)
    pipeline = ScoreSdeVePipeline(unet, ScoreSdeVeScheduler(sigma_max=20.0))
    pipeline.set_progress_bar_config(disable=True)
    expected = pipeline(1, 3, generator=torch.Generator().manual_seed(4), output_type="np").images[0]
    scheduler = {"_class_name": "ScoreSdeVeScheduler", "sigma_max": 20.0}
    ours = Diffuser(unet, scheduler, 8, 8, 3, 1)
    made = sample(ours, SEEDS, How(steps=3))
    assert (made[1] / 2 + 0.5).permute(1, 2, 0).numpy() == pytest.approx(expected, abs=1e-4)
    assert torch.equal(sample(ours, [4], How(steps=3))[0], made[1])
