"""image.dcgan with tiny networks: training, what its networks compute, creating, and what cannot be used."""

import json
import shutil
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from PIL import Image
from safetensors.torch import load_file, save_file
from torch import Tensor

from aigc_desktop.engine import events, params
from aigc_desktop.engine.execute import perform
from aigc_desktop.engine.job import Job
from aigc_desktop.engine.trainer import Place
from aigc_desktop.generators.image.dcgan.model import Maker, Trainer
from aigc_desktop.generators.image.dcgan.networks import Discriminator, Generator
from aigc_desktop.generators.image.dcgan.shape import SIDES, sizes
from aigc_desktop.generators.image.dcgan.spec import SPEC, Train
from aigc_desktop.nets.adversarial import discriminator_loss, generator_loss
from aigc_desktop.nets.pixels import floats
from aigc_desktop.problems import BadInput

TINY: dict[str, Any] = {
    "latent_size": 4,
    "width": 4,
    "batch_size": 8,
    "precision": "float32",
    "max_steps": 3,
    "learning_rate": 0.02,
}

CPU = torch.device("cpu")
LOSSES = ["non-saturating", "least-squares", "wasserstein", "wasserstein-gp"]


def done(job: Job, **kwargs: Any) -> tuple[list[events.Event], events.Last]:
    said: list[events.Event] = []
    return said, perform(job, said.append, **kwargs)


def train_job(data: Path, project: Path, **values: Any) -> Job:
    return Job(generator="image.dcgan", params=TINY | values, data=str(data), seed=5, name="m", project=str(project))


def pictures_of(folder: Path, side: int, colour: bool, count: int = 30) -> Path:
    folder.mkdir()
    random = np.random.default_rng(0)
    for number in range(count):
        shape = (side, side, 3) if colour else (side, side)
        Image.fromarray(random.integers(0, 256, shape, dtype=np.uint8)).save(folder / f"{number}.png")
    return folder


def created(model: Path, out: Path, seed: int, **values: Any) -> list[np.ndarray]:
    _, last = done(Job(action="create", model=str(model), params=values, seed=seed, out=str(out)))
    assert isinstance(last, events.Finished), last
    return [np.asarray(Image.open(path)) for path in sorted(out.iterdir())]


def trainer(data: Path, precision: str = "float32", **values: Any) -> Trainer:
    chosen = params.make(Train, TINY | values)
    options = {name: getattr(chosen, name) for name in SPEC.data.options}
    torch.manual_seed(0)
    return Trainer(chosen, SPEC.data.load(str(data), None, 0, **options), Place(CPU, 0, precision))


@pytest.fixture(scope="module")
def grey(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return pictures_of(tmp_path_factory.mktemp("dcgan") / "grey", 28, colour=False)


@pytest.fixture(scope="module")
def trained(grey: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[list[events.Event], Path]:
    said, last = done(train_job(grey, tmp_path_factory.mktemp("dcgan") / "project"))
    assert isinstance(last, events.Finished), last
    return said, Path(last.model["path"])


# Networks -------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("side", SIDES)
@pytest.mark.parametrize("channels", [1, 3])
def test_sizes_are_counted_exactly(side: int, channels: int) -> None:
    with torch.device("meta"):
        pair = Generator(5, 3, side, channels), Discriminator(3, side, channels)
    assert sizes(5, 3, side, channels) == tuple(sum(one.numel() for one in net.parameters()) for net in pair)
    assert pair[0](torch.empty(2, 5, device="meta")).shape == (2, channels, side, side)


def test_weights_begin_as_in_the_paper() -> None:
    torch.manual_seed(0)
    generator, judge = Generator(64, 32, 28, 1), Discriminator(32, 28, 1)
    for weight in (generator.first.weight, generator.layers[0].weight, judge.layers[1].weight, judge.out.weight):
        assert abs(float(weight.detach().mean())) < 2e-3
        assert float(weight.detach().std()) == pytest.approx(0.02, rel=0.05)
    assert float(generator.norms[0].weight.detach().mean()) == pytest.approx(1, abs=0.01)
    assert not judge.layers[1].bias.detach().any() and not generator.out.bias.detach().any()


@pytest.mark.parametrize("spectral", [False, True])
@pytest.mark.parametrize(("channels", "side"), [(1, 28), (3, 48)])
def test_the_written_gradient_is_the_derivative_by_pixels(channels: int, side: int, spectral: bool) -> None:
    torch.manual_seed(0)
    judge = Discriminator(4, side, channels, spectral).eval()
    for parameter in judge.parameters():
        torch.nn.init.normal_(parameter, std=0.2)
    pictures = torch.randn(3, channels, side, side, requires_grad=True)
    expected = torch.autograd.grad(judge(pictures).sum(), pictures, create_graph=True)[0]
    found = judge.gradient(pictures)
    torch.testing.assert_close(found, expected, rtol=1e-4, atol=1e-4)
    wanted = [one for name, one in judge.named_parameters() if not name.endswith("bias")]
    assert len(wanted) == (4 if side == 28 else 5)
    for mine, theirs in zip(
        torch.autograd.grad(found.square().sum(), wanted),
        torch.autograd.grad(expected.square().sum(), wanted),
        strict=True,
    ):
        torch.testing.assert_close(mine, theirs, rtol=1e-3, atol=1e-3)


def test_spectral_normalisation_holds_every_layer_to_a_slope_of_one(grey: Path) -> None:
    built = trainer(grey, spectral=True)
    for step in range(20):
        built.step(built.batch(step))
    for layer in [*built.discriminator.layers, built.discriminator.last, built.discriminator.out]:
        largest = torch.linalg.matrix_norm(layer.weight.detach().flatten(1), 2)
        assert float(largest) == pytest.approx(1, abs=0.05)


# Training -------------------------------------------------------------------------------------------------------------


def test_one_pass_gives_both_networks_the_gradients_of_two(grey: Path, monkeypatch: Any) -> None:
    loss = "non-saturating"
    built = trainer(grey, gradient_penalty=0, augment="off")
    monkeypatch.setattr(built, "optimise", lambda total, *optimizers: total.backward())
    torch.manual_seed(1)
    batch = built.batch(1)
    built.step(batch)
    found = [one.grad.clone() for net in (built.generator, built.discriminator) for one in net.parameters()]
    for net in (built.generator, built.discriminator):
        net.zero_grad()
    torch.manual_seed(1)
    fake = built.generator(torch.randn(8, 4))
    scores = built.discriminator(fake)
    expected = list(torch.autograd.grad(generator_loss(loss, scores), list(built.generator.parameters())))
    judged = discriminator_loss(loss, built.discriminator(floats(batch.pictures)), built.discriminator(fake.detach()))
    expected += torch.autograd.grad(judged, list(built.discriminator.parameters()))
    for mine, theirs in zip(found, expected, strict=True):
        torch.testing.assert_close(mine, theirs, rtol=1e-3, atol=1e-6)


@pytest.mark.parametrize("loss", LOSSES)
@pytest.mark.parametrize("more", [{}, {"spectral": True, "augment": "on", "precision": "bfloat16"}])
def test_every_loss_trains_both_networks(loss: str, more: dict[str, Any], grey: Path) -> None:
    built = trainer(grey, loss=loss, **more)
    weights = [one for _, net in built.modules() for name, one in net.named_parameters() if "bias" not in name]
    before = [one.detach().clone() for one in weights]
    for step in range(2):
        values = built.step(built.batch(step))
        assert all(bool(torch.isfinite(one)) for one in values.values())
    assert not any(torch.equal(*pair) for pair in zip(before, weights, strict=True))
    assert all(one.grad is None and one.requires_grad for _, net in built.modules() for one in net.parameters())


def test_the_critic_learns_several_times_for_each_of_the_generators(grey: Path) -> None:
    built = trainer(grey, loss="wasserstein-gp", critic_steps=3)
    assert built.batch(0).pictures.shape[0] == 24
    for step in range(2):
        built.step(built.batch(step))
    counts = [
        int(next(iter(optimizer.state.values()))["step"])
        for optimizer in (built.discriminator_optimizer, built.generator_optimizer)
    ]
    assert counts == [6, 2]


def test_a_critics_slope_comes_near_one(grey: Path) -> None:
    built = trainer(grey, loss="wasserstein-gp", batch_size=4)
    real = floats(built.data.train)

    def slope() -> float:
        return float(built.discriminator.gradient(real).detach().flatten(1).norm(dim=1).mean())

    before = slope()
    for step in range(8):
        built.step(built.batch(step))
    assert before < 0.2 and 0.4 < slope() < 1.6


def test_small_sets_are_augmented_unless_told(grey: Path) -> None:
    assert trainer(grey).augments and not trainer(grey, augment="off").augments


def test_the_generator_learns_through_the_augmentation(grey: Path, monkeypatch: Any) -> None:
    built = trainer(grey, augment="on")
    seen: list[Tensor] = []
    judge = built.discriminator.forward
    monkeypatch.setattr(built.discriminator, "forward", lambda pictures: judge(seen.append(pictures) or pictures))
    batch = built.batch(0)
    built.step(batch)
    assert len(seen) == 2 and not torch.equal(seen[0], floats(batch.pictures))


def test_it_learns(tmp_path: Path) -> None:
    """Pictures that are dark on the left and bright on the right, by a shift each: most created ones are too."""
    folder = tmp_path / "data"
    folder.mkdir()
    for number in range(40):
        pixels = np.full((28, 28), 20, np.uint8)
        pixels[:, 12 + number % 5 :] = 180 + number
        Image.fromarray(pixels).save(folder / f"{number}.png")
    built = trainer(folder, width=8, batch_size=32, augment="off", learning_rate=2e-3, max_steps=60)
    for step in range(60):
        built.progress = step / 60
        torch.manual_seed(step)
        built.step(built.batch(step))
    with torch.no_grad():
        made = built.made(torch.randn(64, 4))[:, 0]
    assert float((made[:, :, 18:].mean((1, 2)) - made[:, :, :10].mean((1, 2)) > 0.8).float().mean()) > 0.9


def test_a_training_shows_what_the_discriminator_says(trained: tuple[list[events.Event], Path]) -> None:
    shown = [one for one in trained[0] if isinstance(one, events.Insight)]
    assert {one.view for one in shown} == {"discriminator"}
    data = shown[-1].data
    assert len(data["real"]) == 27 and len(data["created"]) == 128 and not data["unbounded"]
    assert all(0 <= row[2] <= 1 for row in data["real"] + data["created"])


def test_the_preview_shows_the_pictures_that_create_makes(
    trained: tuple[list[events.Event], Path], tmp_path: Path
) -> None:
    preview = [one for one in trained[0] if isinstance(one, events.Preview)][-1].media.pixels
    first, second = created(trained[1], tmp_path / "out", 5, count=2)  # the training's seed
    assert np.abs(preview[:28, :28].astype(int).reshape(28, 28) - first).max() <= 1
    assert np.abs(preview[:28, 30:58].astype(int).reshape(28, 28) - second).max() <= 1


# Pictures -------------------------------------------------------------------------------------------------------------


def test_pictures_in_colour_get_the_nearest_side(tmp_path: Path) -> None:
    data = pictures_of(tmp_path / "data", 20, colour=True, count=12)
    _, last = done(train_job(data, tmp_path / "project", size=34, max_steps=1))
    assert isinstance(last, events.Finished), last
    assert created(Path(last.model["path"]), tmp_path / "out", 1, count=1)[0].shape == (32, 32, 3)


@pytest.mark.parametrize("values", [{"size": 34}, {"colours": "grey", "size": 64}, {"width": 3, "spectral": True}])
def test_preflight_counts_what_is_built(values: dict[str, Any], tmp_path: Path) -> None:
    data = pictures_of(tmp_path / "data", 30, colour=True, count=10)
    built = trainer(data, **values)
    found = SPEC.preflight(built.params, SPEC.data.look(str(data)).facts)
    assert found.parameters == sum(one.numel() for _, net in built.modules() for one in net.parameters())


def test_fewer_pictures_than_a_batch_and_all_black_ones_train(tmp_path: Path) -> None:
    folder = tmp_path / "data"
    folder.mkdir()
    for number in range(3):
        black = np.zeros((28, 28), np.uint8)
        black[0, 0] = number  # as good as: the same picture three times is refused
        Image.fromarray(black).save(folder / f"{number}.png")
    for loss in ("non-saturating", "wasserstein-gp"):
        _, last = done(train_job(folder, tmp_path / loss, loss=loss, batch_size=64, max_steps=2))
        assert isinstance(last, events.Finished), last


def test_one_picture_is_one_sentence(tmp_path: Path) -> None:
    data = pictures_of(tmp_path / "data", 28, colour=False, count=1)
    _, last = done(train_job(data, tmp_path / "project"))
    assert isinstance(last, events.Failed) and last.bad_input and "only one picture" in str(last.text)


# Creating -------------------------------------------------------------------------------------------------------------


def test_a_seed_makes_the_same_bytes_alone_and_among_others(
    trained: tuple[list[events.Event], Path], tmp_path: Path
) -> None:
    many = created(trained[1], tmp_path / "many", 100, count=4)
    (alone,) = created(trained[1], tmp_path / "alone", 102, count=1)
    assert alone.tobytes() == many[2].tobytes() and len({one.tobytes() for one in many}) == 4
    (strip,) = created(trained[1], tmp_path / "walk", 100, walk=3, walk_to=103)
    assert strip.shape == (28, 84)
    assert np.array_equal(strip[:, :28], many[0]) and np.array_equal(strip[:, -28:], many[3])


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"spectral": True}, "config.json has a setting that is not known here: spectral"),
        ({"latent_size": None}, "config.json does not say latent_size"),
        ({"side": 40}, "config.json, side cannot be 40"),
        ({"channels": 2}, "config.json, channels cannot be 2"),
        ({"width": 100_000}, "config.json, width cannot be 100000"),
        ({"width": 5}, "model.safetensors do not fit"),
        ({"side": 32}, "model.safetensors do not fit"),
    ],
)
def test_a_config_that_lies_is_one_sentence(
    trained: tuple[list[events.Event], Path], change: dict[str, Any], says: str, tmp_path: Path
) -> None:
    copy = shutil.copytree(trained[1], tmp_path / "copy")
    config = json.loads((copy / "config.json").read_text(encoding="utf-8")) | change
    config = {name: value for name, value in config.items() if value is not None}
    (copy / "config.json").write_text(json.dumps(config), encoding="utf-8")
    with pytest.raises(BadInput) as caught:
        Maker(copy, CPU)
    assert says in str(caught.value) and "\n" not in str(caught.value)


@pytest.mark.parametrize("spoil", ["missing", "cut", "extra", "no number"])
def test_spoilt_weights_are_one_sentence(trained: tuple[list[events.Event], Path], spoil: str, tmp_path: Path) -> None:
    copy = shutil.copytree(trained[1], tmp_path / "copy")
    weights = copy / "model.safetensors"
    if spoil == "missing":
        weights.unlink()
    elif spoil == "cut":
        weights.write_bytes(weights.read_bytes()[:300])
    else:
        tensors = load_file(weights)
        assert not any("parametrizations" in name for name in tensors)
        tensors["more" if spoil == "extra" else "out.bias"] = torch.full((1,), float("nan"))
        save_file(tensors, weights)
    with pytest.raises(BadInput, match=r"model\.safetensors"):
        Maker(copy, CPU)


def test_several_batches_per_step_and_several_of_the_critics_are_one_sentence() -> None:
    chosen = {"loss": "wasserstein-gp", "accumulate": 2}
    with pytest.raises(BadInput, match="need the critic's steps to be 1"):
        params.make(Train, chosen)
    assert params.make(Train, chosen | {"critic_steps": 1}).accumulate == 2
    assert params.make(Train, {"accumulate": 2}).critic_steps == 5
