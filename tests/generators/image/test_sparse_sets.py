"""The sparsest sets that there are, for every generator of pictures: fewer than a batch, two sizes, a class of one."""

from pathlib import Path

import pytest
from PIL import Image

from aigc_desktop.engine import events, registry
from aigc_desktop.engine.execute import perform
from tests import tiny

IDS = [id for id, spec in registry.specs().items() if spec.train and spec.data and spec.data.name == "pictures"]


@pytest.mark.parametrize("id", IDS)
def test_three_pictures_of_two_sizes_and_classes(id: str, tmp_path: Path) -> None:
    job = tiny.train_job(id, tmp_path, tmp_path / "project", batch_size=8)
    folder = tmp_path / "few"
    for number, name in enumerate(("many/a.png", "many/b.png", "one/c.png")):
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        Image.effect_noise((8 + number, 9), 60 + number).save(folder / name)
    last = perform(job.model_copy(update={"data": str(folder)}), lambda event: None)
    assert isinstance(last, events.Finished), last


@pytest.mark.parametrize("id", IDS)
def test_one_picture_or_only_black_ones_are_one_sentence(id: str, tmp_path: Path) -> None:
    job = tiny.train_job(id, tmp_path, None)
    folder = tmp_path / "few"
    folder.mkdir()
    said = []
    for number in range(3):
        Image.new("L", (8 + number % 2, 8)).save(folder / f"{number}.png")
        last = perform(job.model_copy(update={"data": str(folder)}), lambda event: None)
        assert isinstance(last, events.Failed) and last.bad_input
        said.append(str(last.text))
    assert "There is only one picture in" in said[0] and said[1] == said[2]
    assert said[2] == f"All pictures in {folder} are the same; at least two different ones are needed."
