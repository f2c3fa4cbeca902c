"""image.vae with tiny networks: its bound, its training, making and looking, and what cannot be used."""

import json
import math
import shutil
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from PIL import Image
from safetensors.torch import load_file, save_file
from torch.distributions import Bernoulli, Normal, kl_divergence

from aigc_desktop.data.framing import frame
from aigc_desktop.engine import events, explore, params, registry
from aigc_desktop.engine.execute import perform
from aigc_desktop.engine.job import Job
from aigc_desktop.engine.trainer import Place
from aigc_desktop.generators.image.vae.model import Trainer
from aigc_desktop.generators.image.vae.networks import FEW, Vae, kl
from aigc_desktop.generators.image.vae.opened import Opened, between
from aigc_desktop.generators.image.vae.spec import SPEC, Create, Train, preflight, stages
from aigc_desktop.media.inline import pixels_of
from aigc_desktop.nets.latents import latent
from aigc_desktop.problems import BadInput

CPU = torch.device("cpu")
TINY: dict[str, Any] = {
    "latent_size": 4,
    "width": 24,
    "channels": 4,
    "batch_size": 8,
    "precision": "float32",
    "max_steps": 3,
}


def done(job: Job) -> tuple[list[events.Event], events.Last]:
    said: list[events.Event] = []
    return said, perform(job, said.append)


def drawn_squares(folder: Path, count: int = 24, colour: bool = False) -> Path:
    """Pictures 10 wide and 8 high: a bright square on the left (even numbers) or the right."""
    folder.mkdir(parents=True)
    random = np.random.default_rng(0)
    for number in range(count):
        pixels = random.integers(0, 60, (8, 10, 3) if colour else (8, 10), dtype=np.uint8)
        left = 1 if number % 2 == 0 else 6
        pixels[2:6, left : left + 3] = 200 + number
        Image.fromarray(pixels).save(folder / f"{number:02d}.png")
    return folder


def trained(folder: Path, data: Path, **values: Any) -> Path:
    job = Job(generator="image.vae", params=TINY | values, data=str(data), seed=5, name="m", project=str(folder / "p"))
    _, last = done(job)
    assert isinstance(last, events.Finished), last
    return Path(last.model["path"])


@pytest.fixture(scope="module")
def squares(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return drawn_squares(tmp_path_factory.mktemp("data") / "squares")


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory, squares: Path) -> Path:
    return trained(tmp_path_factory.mktemp("model"), squares, max_steps=150, learning_rate=0.01, average=0.9)


def created(model: Path, out: Path, seed: int = 3, **values: Any) -> list[np.ndarray]:
    _, last = done(Job(action="create", model=str(model), params=values, seed=seed, out=str(out)))
    assert isinstance(last, events.Finished), last
    return [np.asarray(Image.open(path)) for path in sorted(out.iterdir())]


def refused(model: Path, **values: Any) -> str:
    _, last = done(Job(action="create", model=str(model), params=values, seed=3))
    assert isinstance(last, events.Failed) and last.bad_input, last
    assert "\n" not in str(last.text)
    return str(last.text)


def tiles(answer: dict[str, Any], name: str = "sheet") -> list[np.ndarray]:
    width, height = answer["tile"]
    sheet = pixels_of(answer[name])
    return [
        sheet[top : top + height, left : left + width]
        for top in range(0, sheet.shape[0], height)
        for left in range(0, sheet.shape[1], width)
    ]


def ask(model: Path, view: str, **question: Any) -> dict[str, Any]:
    answer = explore.answer("image.vae", model, {"view": view} | question)
    json.dumps(answer)
    return answer


# The bound


def test_the_two_parts_are_those_of_torchs_own_distributions() -> None:
    torch.manual_seed(0)
    pictures, noise = torch.rand(5, 1, 6, 7), torch.randn(5, 3)
    for likelihood in ("bernoulli", "gaussian"):
        network = Vae((1, 6, 7), "perceptron", likelihood, 3, 8, 1, 4)
        decoded, mean, log_variance = network(pictures, noise)
        spread = (0.5 * log_variance).exp()
        torch.testing.assert_close(decoded, network.decode(mean + spread * noise))
        if likelihood == "bernoulli":
            wanted = -Bernoulli(logits=decoded, validate_args=False).log_prob(pictures)
        else:
            assert network.log_spread is not None
            wanted = -Normal(decoded, network.log_spread.exp()).log_prob(pictures)
        torch.testing.assert_close(network.nats(decoded, pictures), wanted.flatten(1).sum(1))
        torch.testing.assert_close(kl(mean, log_variance), kl_divergence(Normal(mean, spread), Normal(0.0, 1.0)))


def test_what_is_learned_from_has_the_slope_of_the_whole_batch() -> None:
    torch.manual_seed(0)
    pictures = torch.rand(FEW + 9, 1, 3, 4)
    network = Vae((1, 3, 4), "perceptron", "bernoulli", 2, 8, 1, 4)
    slopes = []
    for loss in (network.loss, lambda decoded, pictures: network.nats(decoded, pictures).mean()):
        decoded = torch.randn(FEW + 9, 1, 3, 4, generator=torch.Generator().manual_seed(1)).requires_grad_()
        value = loss(decoded, pictures)
        (3 * value).backward()
        slopes.append(decoded.grad)
        if loss == network.loss:
            few = network.nats(decoded[:FEW], pictures[:FEW]).mean()
            torch.testing.assert_close(value, few)
    torch.testing.assert_close(*slopes)


def built(squares: Path, **values: Any) -> Trainer:
    chosen: Any = params.make(Train, TINY | values)
    options = {name: getattr(chosen, name) for name in SPEC.data.options}  # type: ignore[union-attr]
    return Trainer(chosen, SPEC.data.load(str(squares), None, 0, **options), Place(CPU, 0))  # type: ignore[union-attr]


def test_held_out_is_the_true_bound_whatever_beta_learns_with(squares: Path) -> None:
    plain, weighed = built(squares), built(squares, beta=7.0)
    weighed.network.load_state_dict(plain.network.state_dict())
    with torch.no_grad():
        found = weighed.evaluate()
        assert plain.evaluate() == found
    assert next(iter(found)) == "heldout_elbo_nats"
    assert found["heldout_elbo_nats"] == pytest.approx(found["heldout_reconstruction"] + found["heldout_kl"])
    pictures = plain.data.heldout.float() / 255
    torch.manual_seed(1)
    noise = torch.randn(400, len(pictures), 4)
    with torch.no_grad():
        mean, log_variance = plain.network.encode(pictures)
        z = mean + (0.5 * log_variance).exp() * noise
        nats = torch.stack([plain.network.nats(plain.network.decode(one), pictures) for one in z])
    assert found["heldout_reconstruction"] == pytest.approx(float(nats.mean()), rel=0.02)
    assert found["heldout_kl"] == pytest.approx(float(kl(mean, log_variance).sum(1).mean()), rel=1e-5)


def test_beta_weighs_the_description(squares: Path, tmp_path: Path) -> None:
    found = []
    for beta in (0.0, 30.0):
        trainer = built(squares, beta=beta, learning_rate=0.01)
        for step in range(60):
            torch.manual_seed(step)
            said = trainer.step(trainer.batch(step))
        found.append({name: float(value) for name, value in said.items()})
    assert found[0]["kl"] > 5 * found[1]["kl"] and found[0]["reconstruction"] < found[1]["reconstruction"]


def test_it_learns_and_both_parts_are_told_apart(squares: Path, tmp_path: Path) -> None:
    job = Job(
        generator="image.vae",
        params=TINY | {"max_steps": 150, "learning_rate": 0.01, "average": 0.9},
        data=str(squares),
        seed=5,
        project=str(tmp_path / "p"),
    )
    said, last = done(job)
    assert isinstance(last, events.Finished)
    curves = [one.values for one in said if isinstance(one, events.Metrics)]
    losses = [one["reconstruction"] + one["kl"] for one in curves if "reconstruction" in one]
    assert losses[-1] < 0.9 * losses[0]
    assert set(SPEC.curves) | set(SPEC.figures) == {name for one in curves for name in one}


@pytest.mark.parametrize("likelihood", ["bernoulli", "gaussian"])
@pytest.mark.parametrize("network", ["perceptron", "convolutional"])
def test_preflight_counts_both_networks_exactly(network: str, likelihood: str) -> None:
    for height, width, planes in ((8, 10, 1), (32, 32, 3), (13, 5, 1)):
        chosen = Train(network=network, likelihood=likelihood, latent_size=5, width=12, layers=3, channels=3)
        vae = Vae((planes, height, width), network, likelihood, 5, 12, 3, 3)
        facts = {"count": 10, "height": height, "width": width, "channels": planes}
        assert preflight(chosen, facts).parameters == sum(one.numel() for one in vae.parameters())
        decoded, _, _ = vae(torch.rand(2, planes, height, width), torch.randn(2, 5))
        assert decoded.shape == (2, planes, height, width)
    assert stages(128, 128, 8)[-1] == (4, 4, 32)


def test_colour_by_convolution(tmp_path: Path) -> None:
    data = drawn_squares(tmp_path / "data", count=12, colour=True)
    folder = trained(tmp_path, data, network="convolutional", likelihood="gaussian", size=16, mirror=True)
    [made] = created(folder, tmp_path / "out", count=1)
    assert made.shape == (16, 16, 3)
    answer = ask(folder, "reconstruct", pictures=[str(data)])
    assert len(answer["nats"]) == 12 and tiles(answer)[0].shape == (16, 16, 3)


# Making


def test_new_pictures_each_have_a_seed(model: Path, tmp_path: Path) -> None:
    three = created(model, tmp_path / "three", seed=7, count=3)
    [last] = created(model, tmp_path / "last", seed=9, count=1)
    np.testing.assert_array_equal(three[2], last)
    assert three[0].shape == (8, 10) and not np.array_equal(three[0], three[1])
    means = created(model, tmp_path / "means", count=2, truncation=0)
    np.testing.assert_array_equal(means[0], means[1])


def test_a_picture_of_any_size_and_colour_is_reconstructed_as_training_framed_it(
    model: Path, squares: Path, tmp_path: Path
) -> None:
    large = np.array(Image.open(squares / "03.png").convert("RGB").resize((100, 120)))
    Image.fromarray(large).save(tmp_path / "large.png")
    seen = frame(large[None], (10, 8), "crop")[0] @ np.array([0.299, 0.587, 0.114])
    given = Opened(model, CPU).read(tmp_path / "large.png")
    np.testing.assert_allclose(given[0], seen.round())
    [one] = created(model, tmp_path / "one", mode="reconstruct", pictures=[str(tmp_path / "large.png")])
    assert one.shape == (8, 10)
    answer = ask(model, "reconstruct", pictures=[str(squares), str(tmp_path / "large.png")])
    np.testing.assert_array_equal(tiles(answer)[24], one)
    np.testing.assert_array_equal(tiles(answer, "originals")[24], given[0])
    # What it has learned it knows better than what it has not, and draws on the right side.
    assert np.mean(answer["nats"][:24]) < answer["nats"][24]
    left, right = tiles(answer)[0], tiles(answer)[1]
    assert left[2:6, 1:4].mean() > left[2:6, 6:9].mean() + 20
    assert right[2:6, 6:9].mean() > right[2:6, 1:4].mean() + 20


def test_a_morph_goes_from_one_picture_to_the_other(model: Path, squares: Path, tmp_path: Path) -> None:
    first, second = str(squares / "00.png"), str(squares / "01.png")
    [strip] = created(model, tmp_path / "strip", mode="morph", first=first, second=second, frames=5)
    assert strip.shape == (8, 50)
    frames = tiles(ask(model, "morph", first=first, second=second, frames=5))
    np.testing.assert_array_equal(np.concatenate(frames, axis=1), strip)
    ends = created(model, tmp_path / "ends", mode="reconstruct", pictures=[first, second])
    np.testing.assert_array_equal(frames[0], ends[0])
    np.testing.assert_array_equal(frames[-1], ends[1])
    points = between(torch.zeros(3), torch.tensor([4.0, 0.0, -4.0]), 5)
    torch.testing.assert_close(points[1], torch.tensor([1.0, 0.0, -1.0]))


def test_a_direction_adds_what_one_group_has(model: Path, squares: Path, tmp_path: Path) -> None:
    left, right = ([str(squares / f"{one:02d}.png") for one in range(start, 24, 2)] for start in (0, 1))
    answer = ask(model, "direction", having=right, lacking=left, picture=left[0], strengths=[-1.0, 0.0, 1.0], seed=0)
    assert answer["strengths"] == [-1.0, 0.0, 1.0]
    before, after = tiles(answer)[1:3]
    [plain] = created(model, tmp_path / "plain", mode="reconstruct", pictures=[left[0]])
    np.testing.assert_array_equal(before, plain)
    assert before[2:6, 1:4].mean() > before[2:6, 6:9].mean() and after[2:6, 6:9].mean() > after[2:6, 1:4].mean()
    chosen = {"mode": "direction", "having": right, "lacking": left, "strength": 1.0}
    [made] = created(model, tmp_path / "made", picture=left[0], **chosen)
    np.testing.assert_array_equal(made, after)
    # Without a picture the seed's own is changed.
    chosen["strength"] = 0.0
    [drawn] = created(model, tmp_path / "drawn", seed=4, **chosen)
    np.testing.assert_array_equal(drawn, created(model, tmp_path / "new", seed=4, count=1)[0])


def test_the_plane_shows_the_most_used_dimensions_first(model: Path, tmp_path: Path) -> None:
    opened = Opened(model, CPU)
    used = json.loads((model / "config.json").read_text(encoding="utf-8"))["used"]
    assert [used[one] for one in opened.axes] == sorted(used, reverse=True) and used[opened.axes[0]] > 0.1
    z = opened.plane([0, 2], 0, [(1.5, -2.0)])
    assert z[0, opened.axes[0]] == 1.5 and z[0, opened.axes[2]] == -2.0 and (z != 0).sum() == 2
    others = opened.plane([0, 2], 6, [(1.5, -2.0)])[0] == latent(6, 4)
    assert sorted(torch.nonzero(~others).flatten().tolist()) == sorted([opened.axes[0], opened.axes[2]])
    answer = ask(model, "latent_plane", axes=[1, 0], seed=6, points=[[0.0, 0.0], [1.0, -2.0]])
    assert (answer["extent"], answer["axes_count"], answer["tile"]) == (3.0, 4, [10, 8])
    [point] = created(model, tmp_path / "out", seed=6, mode="point", axes="2 1", x=1.0, y=-2.0)
    np.testing.assert_array_equal(tiles(answer)[1], point)


# What cannot be used


def test_what_creating_cannot_use_is_one_sentence(model: Path, squares: Path, tmp_path: Path) -> None:
    picture, missing = str(squares / "00.png"), str(tmp_path / "nowhere.png")
    broken = tmp_path / "broken.png"
    broken.write_bytes((squares / "00.png").read_bytes()[:60])
    (tmp_path / "empty").mkdir()
    assert "Choose the pictures" in refused(model, mode="reconstruct")
    assert missing in refused(model, mode="reconstruct", pictures=[missing])
    assert str(broken) in refused(model, mode="reconstruct", pictures=[picture, str(broken)])
    assert "no pictures" in refused(model, mode="reconstruct", pictures=[str(tmp_path / "empty")])
    assert "two pictures" in refused(model, mode="morph", first=picture)
    assert "nowhere.png" in refused(model, mode="morph", first=picture, second=missing)
    assert "two groups" in refused(model, mode="direction", having=[picture])
    assert "same pictures" in refused(
        model, mode="direction", having=[picture], lacking=[str(squares / "." / "00.png")]
    )
    assert "1 to 4" in refused(model, mode="point", axes="1, 5")
    for text in ("1", "1, 1", "0, 1", "first"):
        with pytest.raises(BadInput, match="two different numbers"):
            params.make(Create, {"axes": text})


def test_what_a_question_cannot_be_is_one_sentence(model: Path, squares: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    wrong: list[tuple[str, dict[str, Any], str]] = [
        ("latent_plane", {"axes": [0, 9]}, "axes"),
        ("latent_plane", {"axes": [1, 1]}, "two different"),
        ("latent_plane", {"points": []}, "points"),
        ("latent_plane", {"points": [[1.0]]}, "points"),
        ("latent_plane", {"points": [[1.0, 99.0]]}, "points"),
        ("latent_plane", {"seed": -1}, "seed"),
        ("morph", {"first": 3}, "first"),
        ("morph", {"frames": 1}, "frames"),
        ("direction", {"having": [3]}, "having"),
        ("direction", {"strengths": ["much"]}, "strengths"),
        ("reconstruct", {"pictures": []}, "Choose"),
    ]
    for view, question, part in wrong:
        with pytest.raises(BadInput, match=part):
            ask(model, view, **question)
    monkeypatch.setattr("aigc_desktop.generators.image.vae.opened.MOST", 5)
    with pytest.raises(BadInput, match="24 pictures were given; at most 5"):
        ask(model, "reconstruct", pictures=[str(squares)])


@pytest.mark.parametrize(
    ("change", "part"),
    [
        ({"shape": [1, 8]}, "shape"),
        ({"shape": [2, 8, 10]}, "shape"),
        ({"latent_size": 5}, "used"),
        ({"width": 25}, "do not fit"),
        ({"network": "convolutional"}, "do not fit"),
        ({"framing": "stretch"}, "framing"),
        ({"used": [0.1, 0.1, math.inf, 0.1]}, "config.json"),
        ({"extra": 1}, "extra"),
        ({"likelihood": None}, "likelihood"),
    ],
)
def test_a_damaged_config_is_one_sentence(model: Path, tmp_path: Path, change: dict[str, Any], part: str) -> None:
    copy = shutil.copytree(model, tmp_path / "copy")
    config = json.loads((copy / "config.json").read_text(encoding="utf-8")) | change
    (copy / "config.json").write_text(json.dumps(config), encoding="utf-8")
    with pytest.raises(BadInput, match=part):
        Opened(copy, CPU)


def test_weights_of_another_model_are_one_sentence(model: Path, tmp_path: Path) -> None:
    copy = shutil.copytree(model, tmp_path / "copy")
    weights = load_file(copy / "model.safetensors")
    weights["encoder.0.weight"][0, 0] = math.nan
    save_file(weights, copy / "model.safetensors")
    with pytest.raises(BadInput, match="not all numbers"):
        Opened(copy, CPU)
    weights.pop("encoder.0.weight")
    save_file(weights, copy / "model.safetensors")
    with pytest.raises(BadInput, match="do not fit"):
        Opened(copy, CPU)


def test_sets_that_cannot_be_learned_from(tmp_path: Path) -> None:
    def sentence(data: Path) -> str:
        _, last = done(
            Job(generator="image.vae", params=TINY, data=str(data), seed=1, name="m", project=str(tmp_path / "p"))
        )
        assert isinstance(last, events.Failed) and last.bad_input, last
        return str(last.text)

    one = drawn_squares(tmp_path / "one", count=1)
    assert "only one picture" in sentence(one)
    black = tmp_path / "black"
    black.mkdir()
    for number in range(4):
        Image.new("L", (8, 8)).save(black / f"{number}.png")
    assert "All pictures" in sentence(black)


def test_fewer_pictures_than_a_batch_and_nearly_all_black(tmp_path: Path) -> None:
    data = tmp_path / "data"
    data.mkdir()
    for number in range(3):
        pixels = np.zeros((8, 8), np.uint8)
        pixels[0, number] = 1
        Image.fromarray(pixels).save(data / f"{number}.png")
    for likelihood in ("bernoulli", "gaussian"):
        folder = trained(tmp_path / likelihood, data, likelihood=likelihood, batch_size=64)
        record = json.loads((folder / "training.json").read_text(encoding="utf-8"))
        assert all(map(math.isfinite, record["figures"].values()))


def test_a_run_is_not_continued_with_a_checkpoint_of_another_size(squares: Path, tmp_path: Path) -> None:
    from aigc_desktop.engine import restore

    with pytest.raises(restore.Misfit):
        restore.part("network", built(squares).network, built(squares, width=25).network.state_dict())


def test_it_stands_among_the_generators() -> None:
    assert registry.get("image.vae") is SPEC and set(SPEC.explores) == {
        "latent_plane",
        "morph",
        "direction",
        "reconstruct",
    }


def test_the_command_line_asks_and_writes_the_pictures(
    model: Path, squares: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    from aigc_desktop import cli

    first, second = str(squares / "00.png"), str(squares / "01.png")
    words = ["explore", str(model), "--view", "morph", "--ask", f"first={first}", "--ask", f"second={second}"]
    words += ["--ask", "frames=3"]
    assert cli.main([*words, "--out", str(tmp_path / "out"), "--json"]) == 0
    said = json.loads(capsys.readouterr().out)
    assert said == {"sheet": str(tmp_path / "out" / "sheet.png"), "tile": [10, 8], "columns": 3}
    with Image.open(said["sheet"]) as sheet:
        assert sheet.size == (30, 8)
    assert cli.main(words) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[0].startswith("sheet: a picture of ") and lines[1] == "tile: [10, 8]"
    several = ["explore", str(model), "--view", "reconstruct", "--ask", f"pictures={first}"]
    assert cli.main([*several, "--ask", f"pictures={second}", "--json"]) == 0
    assert len(json.loads(capsys.readouterr().out)["nats"]) == 2
    (tmp_path / "file").write_text("")
    for wrong, part in ((["--ask", "frames"], "NAME=VALUE"), (["--out", str(tmp_path / "file")], "sheet.png")):
        assert cli.main([*words, *wrong]) == 2
        told = capsys.readouterr()
        assert part in told.err and "Traceback" not in told.err
