"""image.stylegan with tiny networks: what mixing, truncation, clips, directions and finding do, and exact resume."""

from pathlib import Path
from types import MethodType
from typing import Any

import numpy as np
import pytest
import torch
from PIL import Image

from aigc_desktop.engine import events
from aigc_desktop.engine.execute import perform
from aigc_desktop.engine.explore import answer
from aigc_desktop.engine.job import Job
from aigc_desktop.generators.image.stylegan import principal
from aigc_desktop.generators.image.stylegan.create import closed_way
from aigc_desktop.generators.image.stylegan.maker import Maker
from aigc_desktop.generators.image.stylegan.model import PATH_EVERY, Trainer
from aigc_desktop.generators.image.stylegan.networks import Discriminator, Generator, spread
from aigc_desktop.media.clip import Clip
from aigc_desktop.media.inline import pixels_of
from tests.bench.pictures.stylegan import grouped

TINY: dict[str, Any] = {
    "width": 8,
    "w_size": 8,
    "batch_size": 4,
    "path_length": 2.0,
    "precision": "float32",
    "max_steps": 3,
}
CPU = torch.device("cpu")
SIDE, LAYERS = 32, 7


def done(job: Job, **kwargs: Any) -> events.Last:
    return perform(job, lambda event: None, **kwargs)


def train_job(data: Path, project: Path, **values: Any) -> Job:
    return Job(generator="image.stylegan", params=TINY | values, data=str(data), seed=5, name="m", project=str(project))


def colour_pictures(folder: Path, count: int = 12) -> Path:
    folder.mkdir()
    random = np.random.default_rng(0)
    for number in range(count):
        pixels = np.full((SIDE, SIDE, 3), random.integers(0, 256, 3), np.uint8)
        pixels[4 + number : 16 + number, 8:24] = random.integers(0, 256, 3)
        Image.fromarray(pixels).save(folder / f"{number}.png")
    return folder


def made(model: Path, out: Path, seed: int, **values: Any) -> list[np.ndarray]:
    last = done(Job(action="create", model=str(model), params=values, seed=seed, out=str(out)))
    assert isinstance(last, events.Finished), last
    return [np.asarray(Image.open(path)) for path in sorted(out.iterdir())]


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("stylegan")
    last = done(train_job(colour_pictures(folder / "data"), folder / "project"))
    assert isinstance(last, events.Finished), last
    assert list(last.figures) == ["heldout_distance", "heldout_told_apart", "heldout_memorised"]
    return Path(last.model["path"])


# The networks ---------------------------------------------------------------------------------------------------------


def test_scaling_pictures_is_what_the_paper_does_to_weights() -> None:
    """One convolution for the batch gives what a weight, modulated and demodulated, for each picture gives."""
    torch.manual_seed(0)
    network = Generator(SIDE, 3, 8, 8, 2)
    for layer in network.layers:
        layer.strength.data.fill_(30)
        layer.bias.data.normal_()
    ws, noises = torch.randn(3, network.layer_count, 8), network.fresh_noises(3)
    found = network(ws, noises)
    for layer in network.layers:
        layer.forward = MethodType(grouped, layer)
    torch.testing.assert_close(found, network(ws, noises), atol=1e-4, rtol=1e-4)


def test_the_spread_is_that_of_fours_and_tells_apart_sets_that_are_all_alike() -> None:
    torch.manual_seed(0)
    alike, different = torch.randn(1, 6, 4, 4).expand(4, -1, -1, -1), torch.randn(4, 6, 4, 4)
    found = spread(torch.cat([alike, different]))
    assert found.shape == (8, 1, 4, 4)
    assert (found[:4] < 1e-3).all() and (found[4:] > 0.5).all()
    torch.testing.assert_close(found[4, 0, 0, 0], different.var(0, unbiased=False).sqrt().mean(), atol=1e-4, rtol=1e-4)


@pytest.mark.parametrize(("side", "channels"), [(32, 1), (64, 3), (128, 3)])
def test_every_side(side: int, channels: int) -> None:
    network, judge = Generator(side, channels, 4, 4, 1), Discriminator(side, channels, 4)
    pictures = network(network.same(network.w(torch.randn(2, 4))))
    assert pictures.shape == (2, channels, side, side) and judge(pictures).shape == (2,)


# Mixing and truncation ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("crossover", "whose"), [(0, 9), (LAYERS, 4), (11, 4)])
def test_all_layers_of_one_give_that_one_exactly(model: Path, crossover: int, whose: int, tmp_path: Path) -> None:
    (mixed,) = made(model, tmp_path / "mixed", 1, mode="mixing", rows="4", columns="9", crossover=crossover)
    (own,) = made(model, tmp_path / "own", whose, count=1)
    assert np.array_equal(mixed, own)


def test_coarse_layers_move_low_frequencies_most_and_fine_ones_high(model: Path) -> None:
    """The changes' mean frequency rises with the layers that are taken from another picture."""
    maker = Maker(model, CPU)
    rows = torch.fft.fftfreq(SIDE)
    frequency = (rows[:, None].square() + rows[None].square()).sqrt()
    centres = np.zeros(3)
    for seed in range(12):
        one, other = maker.w(seed), maker.w(seed + 100)
        for part, layers in enumerate((range(3), range(3, 5), range(5, LAYERS))):
            ws = one.repeat(LAYERS, 1)
            ws[list(layers)] = other
            change = (maker.generator(ws[None]) - maker.generator(one.repeat(LAYERS, 1)[None]))[0]
            power = torch.fft.fft2(change).abs().square().sum(0)
            power[0, 0] = 0  # the tone of the whole, which every layer can change
            centres[part] += float((power * frequency).sum() / power.sum())
    assert centres[0] < centres[1] < centres[2]


def test_truncation_zero_makes_one_picture_and_less_is_more_alike(model: Path, tmp_path: Path) -> None:
    same = made(model, tmp_path / "0", 1, count=4, truncation=0)
    assert len({one.tobytes() for one in same}) == 1
    maker = Maker(model, CPU)
    far = {at: float((maker.w(3, at) - maker.generator.centre).norm()) for at in (0.5, 1.0, 1.5)}
    assert far[0.5] == pytest.approx(far[1.0] / 2) and far[1.5] == pytest.approx(far[1.0] * 1.5)


def test_a_seed_makes_the_same_bytes_alone_and_among_others(model: Path, tmp_path: Path) -> None:
    many = made(model, tmp_path / "many", 100, count=4)
    (alone,) = made(model, tmp_path / "one", 102, count=1)
    assert alone.tobytes() == many[2].tobytes() and len({one.tobytes() for one in many}) == 4


def test_a_table_has_its_pictures_at_its_edges(model: Path, tmp_path: Path) -> None:
    (sheet,) = made(model, tmp_path / "table", 1, mode="mixing", rows="4", columns="9-10", crossover=3)
    assert sheet.shape == (2 * SIDE + 2, 3 * SIDE + 4, 3)
    cell = SIDE + 2
    (row,) = made(model, tmp_path / "row", 4, count=1)
    (last,) = made(model, tmp_path / "column", 10, count=1)
    assert np.array_equal(sheet[cell:, :SIDE], row) and np.array_equal(sheet[:SIDE, 2 * cell :], last)
    (default,) = made(model, tmp_path / "default", 1, mode="mixing")
    assert default.shape == (5 * SIDE + 8, 7 * SIDE + 12, 3)


# Clips ----------------------------------------------------------------------------------------------------------------


def test_a_closed_way_passes_its_points_and_ends_where_it_began() -> None:
    keys = torch.randn(3, 5, generator=torch.Generator().manual_seed(0))
    way = closed_way(keys, 300)
    torch.testing.assert_close(way[[0, 100, 200]], keys)
    steps = (torch.roll(way, -1, 0) - way).norm(dim=1)
    assert steps[-1] < 2 * steps[-2] and steps.max() < 0.1 * (keys[0] - keys[1]).norm()


def test_a_clip_moves_in_a_loop(model: Path, tmp_path: Path) -> None:
    last = done(
        Job(
            action="create",
            model=str(model),
            params={"mode": "clip", "frames": 6, "fps": 12, "keyframes": 2},
            seed=3,
            out=str(tmp_path),
        )
    )
    assert isinstance(last, events.Finished), last
    clip = Clip.read(next(tmp_path.glob("*.mp4")))
    assert clip.frames.shape == (6, 256, 256, 3) and clip.fps == 12
    assert len({frame.tobytes() for frame in clip.frames}) > 1


# Directions -----------------------------------------------------------------------------------------------------------


def test_directions_are_the_principal_ones_of_w() -> None:
    torch.manual_seed(0)
    network = Generator(SIDE, 1, 4, 6, 1)
    principal.measure(network)
    torch.testing.assert_close(network.directions @ network.directions.T, torch.eye(6), atol=1e-5, rtol=0)
    z = torch.randn(20_000, 6, generator=torch.Generator().manual_seed(1))
    along = (network.w(z) - network.centre) @ network.directions.T
    torch.testing.assert_close(along.std(0), network.spreads, atol=0.02, rtol=0.05)
    assert (network.spreads.diff() <= 0).all()
    assert (network.directions.gather(1, network.directions.abs().argmax(1, keepdim=True)) > 0).all()


def test_an_edit_moves_along_its_direction(model: Path, tmp_path: Path) -> None:
    (own,) = made(model, tmp_path / "own", 4, count=1)
    (still,) = made(model, tmp_path / "still", 4, mode="edit", count=1, components="")
    assert np.array_equal(own, still)
    maker = Maker(model, CPU)
    w = maker.w(4)
    moved = maker.moved(w, {2: 3.0, 1: -1.0}) - w
    along = moved @ maker.generator.directions[:3].T / maker.generator.spreads[:3]
    torch.testing.assert_close(along, torch.tensor([-1.0, 3.0, 0.0]), atol=1e-4, rtol=1e-4)


# Finding a picture ----------------------------------------------------------------------------------------------------


def test_a_created_picture_is_found_again(model: Path, tmp_path: Path) -> None:
    made(model, tmp_path / "own", 11, count=1)
    path = next((tmp_path / "own").glob("*.png"))
    own = np.asarray(Image.open(path)).astype(float)
    previews = []
    job = Job(
        action="create",
        model=str(model),
        params={"mode": "project", "picture": str(path), "steps": 80},
        seed=1,
        out=str(tmp_path / "found"),
    )
    last = perform(job, lambda event: previews.append(event) if isinstance(event, events.Preview) else None)
    assert isinstance(last, events.Finished), last
    found = np.asarray(Image.open(next((tmp_path / "found").glob("*.png")))).astype(float)
    (mean,) = made(model, tmp_path / "mean", 1, count=1, truncation=0)
    assert np.abs(found - own).mean() < 0.25 * np.abs(mean - own).mean()
    assert previews and previews[-1].media.pixels.shape == (SIDE, 2 * SIDE + 2, 3)


@pytest.mark.parametrize("how", ["RGBA", "L"])
def test_pictures_of_any_kind_are_sought(model: Path, how: str, tmp_path: Path) -> None:
    pixels = np.random.default_rng(0).integers(0, 256, (20, 50, 4), dtype=np.uint8)
    Image.fromarray(pixels).convert(how).save(tmp_path / "p.png")
    (found,) = made(model, tmp_path / "out", 1, mode="edit", picture=str(tmp_path / "p.png"), steps=2)
    assert found.shape == (SIDE, SIDE, 3)


# Explore --------------------------------------------------------------------------------------------------------------


def test_the_mixing_table_answers(model: Path, tmp_path: Path) -> None:
    question = {"view": "mixing", "rows": [4, 5], "columns": [9, 10, 11], "crossover": 3, "truncation": 0.7}
    found = answer("image.stylegan", model, question)
    assert (found["layers"], found["crossover"], found["columns"], found["tile"]) == (LAYERS, 3, 3, [SIDE, SIDE])
    assert pixels_of(found["cells"]).shape == (2 * SIDE, 3 * SIDE, 3)
    assert pixels_of(found["rows"]).shape == (2 * SIDE, SIDE, 3)
    assert pixels_of(found["columns_sheet"]).shape == (SIDE, 3 * SIDE, 3)
    (cell,) = made(model, tmp_path / "cell", 1, mode="mixing", rows="5", columns="11", crossover=3, truncation=0.7)
    assert np.array_equal(pixels_of(found["cells"])[SIDE:, 2 * SIDE :], cell)


def test_the_sliders_answer(model: Path, tmp_path: Path) -> None:
    found = answer("image.stylegan", model, {"view": "principal", "seed": 4, "values": [1.5, 0, -2]})
    assert found["components"] == 8 == len(found["shares"]) and sum(found["shares"]) == pytest.approx(1, abs=1e-3)
    (own,) = made(model, tmp_path / "own", 4, count=1)
    (edit,) = made(model, tmp_path / "edit", 4, mode="edit", count=1, components="1: 1.5, 3: -2")
    assert np.array_equal(pixels_of(found["original"]), own) and np.array_equal(pixels_of(found["picture"]), edit)


# Training -------------------------------------------------------------------------------------------------------------


def test_a_training_that_was_cut_ends_in_the_same_bytes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Also what is carried from step to step: the mean path length and the augmentation's strength."""
    data, weights = colour_pictures(tmp_path / "data", 6), {}
    one_step, done_steps = Trainer.step, []

    def counted(self: Trainer, batch: Any) -> Any:
        done_steps.append(batch.number)
        return one_step(self, batch)

    monkeypatch.setattr(Trainer, "step", counted)
    for cut in (0, PATH_EVERY + 1):
        folder = tmp_path / str(cut)
        done_steps.clear()
        job = train_job(data, folder, max_steps=2 * PATH_EVERY, width=4, augment_images=1)
        last = done(job, asked_to_stop=lambda cut=cut: "pause" if 0 < cut <= len(done_steps) else "")
        if cut:
            assert isinstance(last, events.Cancelled) and last.step == cut
            last = done(Job(resume=last.run, project=str(folder)))
        assert isinstance(last, events.Finished), last
        weights[cut] = (Path(last.model["path"]) / "model.safetensors").read_bytes()
    assert len(set(weights.values())) == 1


def test_the_preview_shows_the_pictures_that_create_makes(model: Path, tmp_path: Path) -> None:
    runs = model.parent.parent / "runs"
    preview = np.asarray(Image.open(max(runs.rglob("samples/*.png"))))
    first, second = made(model, tmp_path / "out", 5, count=2)  # the training's seed
    assert np.abs(preview[:SIDE, :SIDE].astype(int) - first).max() <= 1
    assert np.abs(preview[:SIDE, SIDE + 2 : 2 * SIDE + 2].astype(int) - second).max() <= 1


def test_the_view_of_the_discriminator_has_its_data(model: Path) -> None:
    import json

    kept = json.loads(next((model.parent.parent / "runs").rglob("insights/discriminator.json")).read_text())["data"]
    assert len(kept["real"]) >= 10 and len(kept["created"]) >= 10 and not kept["unbounded"]
    assert all(0 <= score <= 1 for _, _, score in kept["real"] + kept["created"])
