"""image.gan with tiny networks: training, exact resume, creating, and what cannot be used."""

import json
import shutil
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from PIL import Image
from safetensors.torch import load_file, save_file

from aigc_desktop.engine import events, params
from aigc_desktop.engine.execute import perform
from aigc_desktop.engine.job import Job
from aigc_desktop.engine.trainer import Place
from aigc_desktop.generators.image.gan.model import PENALTY_EVERY, Discriminator, Maker, Trainer
from aigc_desktop.generators.image.gan.spec import SPEC, Create, Train, widths
from aigc_desktop.library.project import Project
from aigc_desktop.nets.adversarial_trainer import settling
from aigc_desktop.problems import BadInput

TINY: dict[str, Any] = {
    "latent_size": 4,
    "generator_widths": "12, 16",
    "discriminator_widths": "16, 12",
    "batch_size": 8,
    "precision": "float32",
    "max_steps": 12,
}
CPU = torch.device("cpu")


def done(job: Job, **kwargs: Any) -> events.Last:
    said: list[events.Event] = []
    return perform(job, said.append, **kwargs)


def train_job(data: Path, project: Path, **values: Any) -> Job:
    return Job(generator="image.gan", params=TINY | values, data=str(data), seed=5, name="m", project=str(project))


def pictures_of(folder: Path, width: int, height: int, colour: bool) -> Path:
    folder.mkdir()
    random = np.random.default_rng(0)
    for number in range(30):
        shape = (height, width, 3) if colour else (height, width)
        Image.fromarray(random.integers(0, 256, shape, dtype=np.uint8)).save(folder / f"{number}.png")
    return folder


def created(model: Path, out: Path, seed: int, **values: Any) -> list[np.ndarray]:
    last = done(Job(action="create", model=str(model), params=values, seed=seed, out=str(out)))
    assert isinstance(last, events.Finished), last
    return [np.asarray(Image.open(path)) for path in sorted(out.iterdir())]


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A model of grey pictures, 10 wide and 8 high."""
    folder = tmp_path_factory.mktemp("gan")
    data = pictures_of(folder / "data", 10, 8, colour=False)
    last = done(train_job(data, folder / "project"))
    assert isinstance(last, events.Finished), last
    return Path(last.model["path"])


def trainer(data: Path, **values: Any) -> Trainer:
    chosen = params.make(Train, TINY | values)
    return Trainer(chosen, SPEC.data.load(str(data), None, 0, size=chosen.size), Place(CPU, 0))


# Training -------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("loss", ["non-saturating", "least-squares", "wasserstein", "wasserstein-gp"])
@pytest.mark.parametrize("colour", [False, True])
def test_every_loss_grey_and_colour(loss: str, colour: bool, tmp_path: Path) -> None:
    data = pictures_of(tmp_path / "data", 9, 8, colour)
    last = done(train_job(data, tmp_path / "project", loss=loss, label_smoothing=0.1, weight_clip=0.02))
    assert isinstance(last, events.Finished), last
    assert list(last.figures) == ["heldout_distance", "heldout_told_apart", "heldout_memorised"]
    assert last.figures["heldout_distance"] > 0
    made = created(Path(last.model["path"]), tmp_path / "out", 1, count=3)
    assert [one.shape for one in made] == [(8, 9, 3) if colour else (8, 9)] * 3
    assert len({one.tobytes() for one in made}) == 3


def test_pictures_in_a_size_asked_for(tmp_path: Path) -> None:
    data = pictures_of(tmp_path / "data", 24, 16, colour=True)
    last = done(train_job(data, tmp_path / "project", size=8))
    assert created(Path(last.model["path"]), tmp_path / "out", 1, count=1)[0].shape == (8, 8, 3)


@pytest.mark.parametrize("size", [0, 11])
@pytest.mark.parametrize("layers", [("7", "5"), ("12, 16, 9", "16, 12")])
def test_preflight_counts_every_shape(size: int, layers: tuple[str, str], tmp_path: Path) -> None:
    data = pictures_of(tmp_path / "data", 13, 9, colour=True)
    values = {"size": size, "generator_widths": layers[0], "discriminator_widths": layers[1]}
    built = trainer(data, **values)
    found = SPEC.preflight(built.params, SPEC.data.look(str(data)).facts)
    assert found.parameters == sum(one.numel() for _, network in built.modules() for one in network.parameters())


def test_a_training_that_was_cut_ends_in_the_same_bytes(tiny_pictures: Path, tmp_path: Path) -> None:
    weights = {}
    for cut in (0, 5, PENALTY_EVERY + 5):
        folder, calls = tmp_path / str(cut), iter(range(10_000))
        job = train_job(tiny_pictures, folder, max_steps=PENALTY_EVERY + 9)
        last = done(job, asked_to_stop=lambda calls=calls, cut=cut: "pause" if cut and next(calls) > cut else "")
        if cut:
            assert isinstance(last, events.Cancelled) and 0 < last.step < job.params["max_steps"]
            last = done(Job(resume=last.run, project=str(folder)))
        assert isinstance(last, events.Finished), last
        weights[cut] = (Path(last.model["path"]) / "model.safetensors").read_bytes()
    assert len(set(weights.values())) == 1


def test_the_written_gradient_is_the_derivative_by_pixels() -> None:
    torch.manual_seed(0)
    judge = Discriminator(30, [20, 11, 6])
    pictures = torch.randn(5, 30, requires_grad=True)
    expected = torch.autograd.grad(judge(pictures).sum(), pictures, create_graph=True)[0]
    found = judge.gradient(pictures)
    torch.testing.assert_close(found, expected)
    wanted = [one for name, one in judge.named_parameters() if name.endswith("weight")]
    for mine, theirs in zip(
        torch.autograd.grad(found.square().sum(), wanted),
        torch.autograd.grad(expected.square().sum(), wanted),
        strict=True,
    ):
        torch.testing.assert_close(mine, theirs)


def test_the_gradient_penalty_flattens_the_discriminator(tiny_pictures: Path) -> None:
    steepness = {}
    for penalty in (0.0, 20.0):
        torch.manual_seed(0)
        built = trainer(tiny_pictures, gradient_penalty=penalty)
        for step in range(60):
            built.step(built.batch(step))
        real = built.data.train.flatten(1).float() / 127.5 - 1
        steepness[penalty] = float(built.discriminator.gradient(real).detach().norm(dim=1).mean())
    assert steepness[20.0] < 0.5 * steepness[0.0]


def test_wasserstein_holds_the_discriminators_weights(tiny_pictures: Path) -> None:
    built = trainer(tiny_pictures, loss="wasserstein", weight_clip=0.01)
    built.step(built.batch(0))
    assert all(one.detach().abs().max() <= 0.01 for one in built.discriminator.parameters())


def test_the_critic_learns_several_times_and_its_slope_comes_near_one(tiny_pictures: Path) -> None:
    built = trainer(tiny_pictures, loss="wasserstein-gp", critic_steps=3)
    assert built.batch(0).pictures.shape[0] == 24
    for step in range(30):
        built.step(built.batch(step))
    counts = [
        int(next(iter(optimizer.state.values()))["step"])
        for optimizer in (built.discriminator_optimizer, built.generator_optimizer)
    ]
    assert counts == [90, 30]
    real = built.data.train.flatten(1).float() / 127.5 - 1
    assert 0.7 < float(built.discriminator.gradient(real).detach().norm(dim=1).mean()) < 1.5


@pytest.mark.parametrize("loss", ["non-saturating", "wasserstein-gp"])
def test_what_the_discriminator_says_can_be_seen(loss: str, tiny_pictures: Path) -> None:
    built = trainer(tiny_pictures, loss=loss)
    built.discriminator.eval()
    with torch.no_grad():
        found = built.insights()["discriminator"]
        scores = built.discriminator(built.data.train.flatten(1).float() / 127.5 - 1)
    assert found["unbounded"] == (loss == "wasserstein-gp")
    said = [row[2] for row in found["real"]]
    np.testing.assert_allclose(said, scores if found["unbounded"] else scores.sigmoid(), atol=1e-3)
    assert len(said) == len(built.data.train) and len(found["created"]) == 128


def test_the_generators_step_leaves_the_discriminator_alone(tiny_pictures: Path) -> None:
    built = trainer(tiny_pictures)
    built.step(built.batch(0))
    assert all(one.grad is None and one.requires_grad for one in built.discriminator.parameters())


def test_several_batches_per_step_move_the_networks_once(tiny_pictures: Path) -> None:
    built = trainer(tiny_pictures, accumulate=2)
    built.accumulate = 2
    before = built.generator.out.weight.detach().clone()
    built.step(built.batch(0))
    assert torch.equal(built.generator.out.weight, before)
    built._micro = 1
    built.step(built.batch(1))
    assert not torch.equal(built.generator.out.weight, before)


def test_the_learning_rate_falls_in_the_second_half(tiny_pictures: Path) -> None:
    assert [settling(at) for at in (0, 0.25, 0.5)] == [1, 1, 1]
    assert settling(0.75) == pytest.approx(0.5) and settling(1) == pytest.approx(0)
    built = trainer(tiny_pictures)
    built.progress = 0.75
    built.step(built.batch(0))
    for optimizer in (built.generator_optimizer, built.discriminator_optimizer):
        assert optimizer.param_groups[0]["lr"] == pytest.approx(0.5 * built.params.learning_rate)


def test_it_learns(tmp_path: Path) -> None:
    """Pictures that are dark on the left and bright on the right, by a shift each: most created ones are too."""
    folder = tmp_path / "data"
    folder.mkdir()
    for number in range(60):
        pixels = np.full((8, 8), 20, np.uint8)
        pixels[:, 3 + number % 3 :] = 180 + number
        Image.fromarray(pixels).save(folder / f"{number}.png")
    values = {"generator_widths": "32, 32", "discriminator_widths": "32, 32", "batch_size": 32}
    last = done(train_job(folder, tmp_path / "project", max_steps=400, **values))
    made = np.stack(created(Path(last.model["path"]), tmp_path / "out", 1, count=50)).astype(float)
    right = made[:, :, 6:].mean((1, 2)) - made[:, :, :2].mean((1, 2)) > 100
    assert right.mean() > 0.9
    assert made.std(0).mean() > 3  # and they are not all alike


def test_the_preview_shows_the_pictures_that_create_makes(model: Path, tmp_path: Path) -> None:
    project = Project.open(model.parent.parent, create=False)
    run = project.runs.list()[0]
    preview = np.asarray(Image.open(max((project.runs.folder(run.id) / "samples").glob("*.png"))))
    project.close()
    first, second = created(model, tmp_path / "out", 5, count=2)  # the training's seed
    assert np.abs(preview[:8, :10].astype(int) - first).max() <= 1
    assert np.abs(preview[:8, 12:22].astype(int) - second).max() <= 1


# Creating -------------------------------------------------------------------------------------------------------------


def test_a_seed_makes_the_same_bytes_alone_and_among_others(model: Path, tmp_path: Path) -> None:
    many = created(model, tmp_path / "many", 100, count=7)
    for number in (0, 3, 6):
        (alone,) = created(model, tmp_path / str(number), 100 + number, count=1)
        assert alone.tobytes() == many[number].tobytes()
    assert len({one.tobytes() for one in many}) == 7


def test_truncation_zero_makes_one_picture_and_less_is_more_alike(model: Path, tmp_path: Path) -> None:
    same = created(model, tmp_path / "0", 1, count=5, truncation=0)
    assert len({one.tobytes() for one in same}) == 1
    spread = {}
    for truncation in (0.3, 1.0):
        made = np.stack(created(model, tmp_path / f"t{truncation}", 1, count=30, truncation=truncation))
        spread[truncation] = made.astype(float).std(0).mean()
    assert spread[0.3] < spread[1.0]


@pytest.mark.parametrize("truncation", [1.0, 0.5])
def test_a_walk_is_one_strip_with_the_two_seeds_at_its_ends(model: Path, truncation: float, tmp_path: Path) -> None:
    (strip,) = created(model, tmp_path / "walk", 3, walk=6, walk_to=9, truncation=truncation)
    assert strip.shape == (8, 60)
    (start,) = created(model, tmp_path / "start", 3, count=1, truncation=truncation)
    (end,) = created(model, tmp_path / "end", 9, count=1, truncation=truncation)
    assert np.array_equal(strip[:, :10], start) and np.array_equal(strip[:, -10:], end)
    frames = strip.astype(int).reshape(8, 6, 10)
    steps = np.abs(frames[:, 1:] - frames[:, :-1]).mean((0, 2))
    assert steps.max() < np.abs(frames[:, 0] - frames[:, -1]).mean()


def test_a_walk_goes_to_the_next_seed_unless_told(model: Path, tmp_path: Path) -> None:
    (strip,) = created(model, tmp_path / "walk", 3, walk=2)
    (end,) = created(model, tmp_path / "end", 4, count=1)
    assert np.array_equal(strip[:, -10:], end)


def test_the_largest_seed_works(model: Path, tmp_path: Path) -> None:
    assert len(created(model, tmp_path / "out", 2**63 - 1, count=2)) == 2


def test_items_in_the_library_know_their_own_seed(model: Path) -> None:
    folder = model.parent.parent
    last = done(Job(action="create", model="m", params={"count": 3}, seed=20, project=str(folder)))
    with Project.open(folder, create=False) as project:
        items = [project.items.get(one) for one in last.items]
        assert [one.seed for one in items] == [20, 21, 22]
        assert all(one.expanded == {"truncation": 1.0} for one in items)


# What cannot be used --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("text", ["", "a, b", "12; 13", "0", "9000", "-4", "1, 2, 3, 4, 5, 6, 7, 8, 9", "1.5"])
def test_widths_that_are_none(text: str) -> None:
    with pytest.raises(BadInput, match="as in 256, 512"):
        params.make(Train, {"generator_widths": text})


def test_widths_are_read_with_spaces_or_commas() -> None:
    assert widths("256,512  64") == [256, 512, 64]
    assert params.make(Train, {"generator_widths": "256 512"}).generator_widths == "256, 512"


def test_a_walk_of_one_frame_is_refused() -> None:
    with pytest.raises(BadInput, match="at least 2 frames"):
        params.make(Create, {"walk": 1})


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"colour": True}, "config.json has a setting that is not known here: colour"),
        ({"latent_size": None}, "config.json does not say latent_size"),
        ({"latent_size": "4"}, "config.json, latent_size cannot be 4"),
        ({"latent_size": True}, "config.json, latent_size cannot be True"),
        ({"width": 100_000}, "config.json, width cannot be 100000"),
        ({"channels": 2}, "config.json, channels cannot be 2"),
        ({"generator_widths": [12, 0]}, "config.json, generator_widths cannot be"),
        ({"generator_widths": [12, 17]}, "model.safetensors do not fit"),
        ({"latent_size": 5}, "model.safetensors do not fit"),
        ({"height": 9}, "model.safetensors do not fit"),
    ],
)
def test_a_config_that_lies_is_one_sentence(model: Path, change: dict[str, Any], says: str, tmp_path: Path) -> None:
    copy = shutil.copytree(model, tmp_path / "copy")
    config = json.loads((copy / "config.json").read_text(encoding="utf-8")) | change
    config = {name: value for name, value in config.items() if value is not None}
    (copy / "config.json").write_text(json.dumps(config), encoding="utf-8")
    with pytest.raises(BadInput) as caught:
        Maker(copy, CPU)
    assert says in str(caught.value) and "\n" not in str(caught.value)


@pytest.mark.parametrize("spoil", ["missing", "empty", "cut", "text", "other type", "extra", "list", "not UTF-8"])
def test_spoilt_files_are_one_sentence(model: Path, spoil: str, tmp_path: Path) -> None:
    copy = shutil.copytree(model, tmp_path / "copy")
    weights, config = copy / "model.safetensors", copy / "config.json"
    victim = config if spoil in ("list", "not UTF-8") else weights
    if spoil == "missing":
        weights.unlink()
    elif spoil in ("empty", "cut"):
        weights.write_bytes(weights.read_bytes()[: 0 if spoil == "empty" else 300])
    elif spoil == "text":
        weights.write_text("these are no weights", encoding="utf-8")
    elif spoil == "list":
        config.write_text("[1, 2]", encoding="utf-8")
    elif spoil == "not UTF-8":
        config.write_bytes(b"\xff\xfe{")
    else:
        tensors = load_file(weights)
        if spoil == "extra":
            tensors["more"] = torch.zeros(1)
        else:
            tensors["out.bias"] = tensors["out.bias"].double()
        save_file(tensors, weights)
    with pytest.raises(BadInput, match=victim.name):
        Maker(copy, CPU)
