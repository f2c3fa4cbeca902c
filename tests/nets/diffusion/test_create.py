"""Creating with diffusion models: pictures of their seeds that emerge, classes by name, start pictures, masks, stopping."""

import contextlib
import re
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from aigc_desktop.engine import events
from aigc_desktop.engine.execute import perform
from aigc_desktop.engine.job import Job
from aigc_desktop.nets.diffusion import create as creation
from tests.diffusion_models import tiny_pipeline

QUICK = {"steps": 3, "precision": "float32"}


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tiny_pipeline(tmp_path_factory.mktemp("models") / "plain")


@pytest.fixture(scope="module")
def classes(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("models") / "classes"
    return tiny_pipeline(folder, classes=["cat", "dog", "Owl"], in_channels=3, out_channels=3)


@pytest.fixture(autouse=True)
def often(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every step is shown."""
    monkeypatch.setattr(creation, "SHOW_SECONDS", 0.0)
    monkeypatch.setattr(creation, "SHARE", 1e9)


def job(model: Path, project: Any = None, **params: Any) -> Job:
    where = str(project.path) if project is not None else None
    return Job(action="create", model=str(model), params=QUICK | params, seed=7, project=where)


def made(model: Path, out: Path, **params: Any) -> tuple[list[events.Event], list[np.ndarray]]:
    said: list[events.Event] = []
    last = perform(job(model, **params).model_copy(update={"out": str(out)}), said.append)
    assert isinstance(last, events.Finished), last
    return said, [np.asarray(Image.open(path)) for path in sorted(out.iterdir())]


def refused(model: Path, **params: Any) -> str:
    last = perform(job(model, **params), lambda event: None)
    assert isinstance(last, events.Failed) and last.bad_input, last
    return str(last.text)


def saved(path: Path, pixels: np.ndarray) -> str:
    Image.fromarray(pixels).save(path)
    return str(path)


def test_pictures_emerge_each_in_its_place_and_are_kept_with_their_seeds(model: Path, project: Any) -> None:
    said: list[events.Event] = []
    last = perform(job(model, project, count=18), said.append)
    assert isinstance(last, events.Finished) and len(last.items) == 18
    items = [project.items.get(id) for id in last.items]
    assert [item.seed for item in items] == list(range(7, 25)) and items[0].generator == "image.ddpm"
    shown = [(one.slot, one.step) for one in said if isinstance(one, events.Preview)]
    assert shown[:32] == [*((slot, 1) for slot in range(16)), *((slot, 2) for slot in range(16))]
    assert shown[32:] == [(16, 1), (17, 1), (16, 2), (17, 2)]
    pixels = next(one.media.pixels for one in said if isinstance(one, events.Preview))
    assert pixels.shape == (8, 8) and pixels.dtype == np.uint8
    fractions = [one.fraction for one in said if isinstance(one, events.Progress) and one.fraction is not None]
    assert fractions == sorted(fractions) and fractions[-1] == 1 and len(fractions) > 5


def test_the_looks_take_a_small_share_of_the_time(model: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(creation, "SHARE", 1e-9)
    said, _ = made(model, tmp_path / "out", count=2, steps=6)
    assert {one.step for one in said if isinstance(one, events.Preview)} == {1}


def test_a_picture_is_the_same_alone_and_among_others(model: Path, tmp_path: Path) -> None:
    _, many = made(model, tmp_path / "many", count=17)
    _, one = made(model, tmp_path / "one", count=1)
    assert np.array_equal(many[0], one[0]) and not np.array_equal(many[0], many[1])


def test_a_class_by_its_name(classes: Path, tmp_path: Path, project: Any) -> None:
    _, cats = made(classes, tmp_path / "cats", by_class="cat", count=2)
    _, owls = made(classes, tmp_path / "owls", by_class=" owl ", count=2)
    assert cats[0].shape == (8, 8, 3) and not np.array_equal(cats[0], owls[0])
    assert "did you mean dog" in refused(classes, by_class="dogs")
    assert "cat, dog, Owl" in refused(classes, by_class="zebra")
    last = perform(job(classes, project, count=8), lambda event: None)
    drawn = [project.items.get(id).expanded["by_class"] for id in last.items]
    assert len(set(drawn)) > 1 and set(drawn) <= {"cat", "dog", "Owl"}
    number = drawn.index("cat") if "cat" in drawn else 0
    again = job(classes, by_class=drawn[number], count=1).model_copy(
        update={"seed": 7 + number, "out": str(tmp_path / "a")}
    )
    perform(again, lambda event: None)
    alone = np.asarray(Image.open(next((tmp_path / "a").iterdir())))
    assert np.array_equal(alone, np.asarray(Image.open(project.items.get(last.items[number]).path)))


def test_a_class_of_a_model_without_any(model: Path) -> None:
    assert "knows no classes" in refused(model, by_class="cat")


def test_a_start_picture_of_any_size_and_kind(classes: Path, model: Path, tmp_path: Path) -> None:
    random = np.random.default_rng(0)
    large = saved(tmp_path / "large.png", random.integers(0, 255, (20, 30, 4), dtype=np.uint8))
    exact = saved(tmp_path / "exact.png", random.integers(0, 255, (8, 8), dtype=np.uint8))
    said, found = made(classes, tmp_path / "one", start=large, count=1)
    words = [str(one.text) for one in said if isinstance(one, events.Message)]
    assert len(words) == 1 and "30 × 20" in words[0] and "8 × 8" in words[0] and found[0].shape == (8, 8, 3)
    said, _ = made(model, tmp_path / "two", start=exact, count=1)
    assert not [one for one in said if isinstance(one, events.Message)]
    _, weak = made(model, tmp_path / "three", start=exact, count=1, strength=0.02, steps=50)
    _, strong = made(model, tmp_path / "four", start=exact, count=1, strength=1, steps=50)
    there = np.asarray(Image.open(exact)).astype(int)
    assert abs(weak[0] - there).mean() < abs(strong[0] - there).mean()


def test_what_a_mask_keeps_comes_back_exactly(classes: Path, tmp_path: Path) -> None:
    random = np.random.default_rng(1)
    picture = random.integers(0, 255, (8, 8, 3), dtype=np.uint8)
    white = np.zeros((8, 8), np.uint8)
    white[3:6, 2:7] = 255
    words = {"start": saved(tmp_path / "p.png", picture), "mask": saved(tmp_path / "m.png", white), "resample": 2}
    _, found = made(classes, tmp_path / "out", count=2, **words)
    for one in found:
        assert np.array_equal(one[white == 0], picture[white == 0])
    assert not np.array_equal(found[0][white > 0], found[1][white > 0])
    assert not np.array_equal(found[0][white > 0], picture[white > 0])


def test_a_start_of_another_size_takes_its_mask_along(model: Path, tmp_path: Path) -> None:
    from aigc_desktop.data.framing import frame

    picture = np.random.default_rng(2).integers(0, 255, (16, 24), dtype=np.uint8)
    white = np.zeros((16, 24), np.uint8)
    white[:, :12] = 255
    words = {"start": saved(tmp_path / "p.png", picture), "mask": saved(tmp_path / "m.png", white), "resample": 1}
    _, found = made(model, tmp_path / "out", count=1, **words)
    assert np.array_equal(found[0][:, 4:], frame(picture[None], (8, 8))[0][:, 4:])


def test_what_cannot_be_used_is_one_sentence(model: Path, tmp_path: Path) -> None:
    grey = np.full((8, 8), 90, np.uint8)
    picture, black = saved(tmp_path / "p.png", grey), saved(tmp_path / "black.png", grey)
    other = saved(tmp_path / "other.png", np.full((9, 8), 255, np.uint8))
    outside = np.zeros((8, 32), np.uint8)
    outside[:, :4] = 255
    wide, left = saved(tmp_path / "wide.png", np.full((8, 32), 7, np.uint8)), saved(tmp_path / "left.png", outside)
    (tmp_path / "text.png").write_text("no picture")
    for params, words in (
        ({"mask": picture}, ["needs the picture"]),
        ({"start": picture, "mask": black}, ["black.png", "Nothing is white"]),
        ({"start": picture, "mask": other}, ["other.png", "8 × 9", "8 × 8"]),
        ({"start": wide, "mask": left}, ["left.png", "outside"]),
        ({"start": str(tmp_path / "none.png")}, ["none.png"]),
        ({"start": str(tmp_path / "text.png")}, ["text.png"]),
        ({"start": picture, "mask": str(tmp_path / "text.png")}, ["text.png"]),
        ({"start": str(tmp_path)}, [tmp_path.name]),
    ):
        sentence = refused(model, **params)
        assert all(word in sentence for word in words) and "\n" not in sentence, sentence


def test_more_steps_than_were_learned_are_said(tmp_path: Path) -> None:
    folder = tiny_pipeline(tmp_path / "short", scheduler={"num_train_timesteps": 5})
    said, found = made(folder, tmp_path / "out", count=1, steps=9)
    assert len(found) == 1 and any("5" in str(one.text) for one in said if isinstance(one, events.Message))


def test_a_stop_comes_between_steps_and_keeps_what_is_finished(model: Path, project: Any) -> None:
    said: list[events.Event] = []

    def asked() -> str:
        return (
            "stop" if any(isinstance(one, events.Preview) and (one.slot, one.step) == (17, 5) for one in said) else ""
        )

    last = perform(job(model, project, count=40, steps=50), said.append, asked)
    assert isinstance(last, events.Cancelled) and project.items.count() == 16
    assert max(one.step for one in said if isinstance(one, events.Preview) and one.slot >= 16) == 5


def test_a_variance_that_explodes_makes_new_ones_only(tmp_path: Path) -> None:
    words = {"time_embedding_type": "fourier", "in_channels": 3, "out_channels": 3}
    folder = tiny_pipeline(tmp_path / "ve", "ScoreSdeVe", {"sigma_max": 5.0}, **words)
    said, found = made(folder, tmp_path / "out", count=2, sampler="ddim")
    assert len(found) == 2 and any(
        "sampler of its own" in str(one.text) for one in said if isinstance(one, events.Message)
    )
    start = saved(tmp_path / "p.png", np.zeros((8, 8), np.uint8))
    assert "new pictures only" in refused(folder, start=start)


def test_the_command_line(model: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    from aigc_desktop.cli import main

    out = tmp_path / "out"
    words = ["create", str(model), "--out", str(out), "--seed", "7", "--set", "sampler=ddim", "--set", "steps=2"]
    assert main([*words, "--set", "precision=float32", "--set", "count=2"]) == 0
    assert len(list(out.iterdir())) == 2
    capsys.readouterr()
    assert main(["doctor", str(model)]) == 0
    shown = capsys.readouterr().out
    assert re.search(r"8 × 8", shown) and "DDPMPipeline" in shown
    (model / "model_index.json").rename(model / "kept")
    try:
        (model / "model_index.json").write_text('{"_class_name": "StableDiffusionPipeline"}')
        assert main(["doctor", str(model)]) == 2
        sentence = capsys.readouterr().err
        assert "Stable Diffusion" in sentence
        assert main(["create", str(model), "--out", str(out)]) == 2
        assert sentence.strip() in capsys.readouterr().err
    finally:
        (model / "kept").replace(model / "model_index.json")


def test_what_was_made_from_a_picture_of_the_project_is_made_again_where_the_project_has_gone(
    model: Path, project: Any, tmp_path: Path
) -> None:
    (project.path / "inputs").mkdir()
    start = saved(project.path / "inputs" / "start.png", np.full((8, 8), 200, np.uint8))
    wanted = job(model, project, start=start, count=1).model_copy(update={"generator": "image.ddpm"})
    first = project.items.get(perform(wanted, lambda event: None).items[0])
    assert first.job["params"]["start"] == "inputs/start.png"
    project.close()
    moved = project.path.rename(tmp_path / "moved")
    again = Job.model_validate(first.job | {"project": str(moved)})
    last = perform(again, lambda event: None)
    assert isinstance(last, events.Finished), last
    from aigc_desktop.library.project import Project

    with contextlib.closing(Project.open(moved)) as there:
        assert there.items.get(last.items[0]).sha256 == first.sha256
