"""What the network will see, and what is there twice, beside the data."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from PIL import Image
from PySide6.QtCore import Qt

from aigc_desktop.engine import registry
from aigc_desktop.engine.child import _sample
from aigc_desktop.engine.worker import Sample
from aigc_desktop.ui.data_preview import DataPreview
from aigc_desktop.ui.doubles import Doubles

SETTINGS = {"size": 0, "framing": "crop", "colours": "auto", "duplicates": "keep", "mirror": False}


class Answers:
    """Answers as the child does, when it is told to."""

    def __init__(self) -> None:
        self.asked: list[tuple[Sample, Callable[[Any], None]]] = []

    def sample(self, generator: str, path: str, count: int, settings: dict, callback: Callable[[Any], None]) -> None:
        self.asked.append((Sample(generator, path, count, settings), callback))

    def answer(self) -> None:
        request, callback = self.asked.pop(0)
        answer = _sample(request)
        callback(answer if answer.problem is None else answer.problem)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for number in range(6):
        place = tmp_path / "set" / "ab"[number % 2] / f"{number}.png"
        place.parent.mkdir(parents=True, exist_ok=True)
        Image.effect_noise((20, 12), 50).save(place)
    return tmp_path / "set"


@pytest.fixture
def preview(qtbot: Any) -> DataPreview:
    preview = DataPreview("image.gan", Answers())
    qtbot.addWidget(preview)
    preview.resize(320, 400)
    return preview


def ask(qtbot: Any, preview: DataPreview) -> None:
    qtbot.waitUntil(lambda: bool(preview.jobs.asked))


def test_it_shows_what_the_settings_make_of_the_pictures(qtbot: Any, preview: DataPreview, folder: Path) -> None:
    preview.show_data(str(folder), SETTINGS)
    ask(qtbot, preview)
    assert not preview.isVisible()
    preview.jobs.answer()
    assert preview.isVisible() and len(preview.grid.tiles) == 6
    assert preview.caption.text() == "What the network will see, 20×12"
    preview.show_data(str(folder), SETTINGS | {"size": 16})
    ask(qtbot, preview)
    preview.show_data(str(folder), SETTINGS | {"size": 8})  # while the answer is on its way
    preview.jobs.answer()
    assert preview.tiles[0].images[0].width() == 20  # nothing that is not wanted any more is shown
    preview.jobs.answer()
    assert preview.tiles[0].images[0].width() == 8
    preview.show_data(str(folder), SETTINGS | {"size": 8})
    assert not preview._soon.isActive() and not preview.jobs.asked
    preview.show_data(None, SETTINGS)
    assert not preview.isVisible()


def test_a_click_enlarges_a_picture_and_names_it(qtbot: Any, preview: DataPreview, folder: Path) -> None:
    preview.show_data(str(folder), SETTINGS)
    ask(qtbot, preview)
    preview.jobs.answer()
    low = preview.grid.height()
    qtbot.mouseClick(preview.grid, Qt.MouseButton.LeftButton, pos=preview.grid.rect_of(4).center())
    assert preview.enlarged == 4 and len(preview.grid.tiles) == 1 and preview.grid.height() > 2 * low
    assert preview.caption.text().endswith("· b/3.png")
    preview.grid.setFocus()
    qtbot.keyClick(preview.grid, Qt.Key.Key_Return)
    assert len(preview.grid.tiles) == 6 and preview.grid.current == 4 and preview.grid.height() == low
    assert preview.grid.accessibleDescription() == "b/3.png"


def test_what_cannot_be_shown_is_not_shown(qtbot: Any, preview: DataPreview, folder: Path) -> None:
    preview.show_data(str(folder / "gone"), SETTINGS)
    ask(qtbot, preview)
    preview.jobs.answer()
    assert not preview.isVisible()


def test_one_click_leaves_out_what_is_there_twice(qtbot: Any, folder: Path) -> None:
    Image.open(folder / "a" / "0.png").save(folder / "a" / "copy.png", compress_level=0)
    found = registry.get("image.gan").data.look(str(folder))
    doubles = Doubles()
    qtbot.addWidget(doubles)
    doubles.show()
    wanted: list[str] = []
    doubles.chosen.connect(wanted.append)
    doubles.say(found, "keep")
    assert doubles.fold.heading.text() == "1 there twice"
    assert doubles.list.toPlainText() == "a/copy.png: The same picture as a/0.png."
    assert (
        doubles.copies.text() == "Leave out copies (1)"
        and not doubles.alike.isVisible()
        and not doubles.keep.isVisible()
    )
    qtbot.mouseClick(doubles.copies, Qt.MouseButton.LeftButton)
    doubles.say(found, "copies")
    assert not doubles.copies.isVisible()
    qtbot.mouseClick(doubles.keep, Qt.MouseButton.LeftButton)
    assert wanted == ["copies", "keep"]
    doubles.say(None, "keep")
    assert not doubles.isVisible()
