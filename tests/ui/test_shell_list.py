"""The generators on the left: found by words, folded, opened by mouse and by keyboard."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from aigc_desktop.engine.params import Params, field
from aigc_desktop.engine.registry import Spec
from aigc_desktop.ui.generator_list import GeneratorList


class Create(Params):
    count: int = field(1, title="Count", help="How many.")


def spec(id: str, medium: str, summary: str = "") -> Spec:
    return Spec(id=id, title=id.split(".")[1].upper(), medium=medium, summary=summary, about="", create=Create)


SPECS = [
    spec("odd.thing", "hologram"),
    spec("image.gan", "picture", "Two networks compete."),
    spec("text.lstm", "text", "Writes letter by letter."),
    spec("image.vae", "picture"),
]


@pytest.fixture
def listed(qtbot) -> GeneratorList:
    made = GeneratorList(SPECS)
    qtbot.addWidget(made)
    made.resize(220, 500)
    made.show()
    qtbot.waitExposed(made)
    return made


def test_groups_stand_in_the_order_of_media(listed: GeneratorList) -> None:
    groups = [listed.tree.topLevelItem(row).text(0) for row in range(listed.tree.topLevelItemCount())]
    assert groups == ["Text", "Pictures", "Hologram"]
    assert listed.visible() == ["text.lstm", "image.gan", "image.vae", "odd.thing"]


@pytest.mark.parametrize(
    ("words", "left"),
    [
        ("gan", ["image.gan"]),
        ("LETTER", ["text.lstm"]),
        ("pictures", ["image.gan", "image.vae"]),
        ("picture compete", ["image.gan"]),
        ("nothing of the kind", []),
    ],
)
def test_words_find(listed: GeneratorList, words: str, left: list[str]) -> None:
    QTest.keyClicks(listed.search, words)
    assert listed.visible() == left
    assert listed.nothing.isVisible() == (not left)
    QTest.keyClick(listed.search, Qt.Key.Key_Escape)
    assert len(listed.visible()) == 4 and not listed.nothing.isVisible()


def test_a_folded_group_opens_for_what_is_found(listed: GeneratorList) -> None:
    listed.fold(["picture"])
    assert listed.folded() == ["picture"]
    listed.search.setText("vae")
    assert listed.folded() == []


def test_enter_in_the_search_opens_the_first(listed: GeneratorList, qtbot) -> None:
    QTest.keyClicks(listed.search, "pict")
    with qtbot.waitSignal(listed.opened) as said:
        QTest.keyClick(listed.search, Qt.Key.Key_Return)
    assert said.args == ["image.gan"]


def test_by_keyboard_from_search_to_rows(listed: GeneratorList, qtbot) -> None:
    QTest.keyClick(listed.search, Qt.Key.Key_Down)
    for _ in range(2):  # over the caption of the next group
        QTest.keyClick(listed.tree, Qt.Key.Key_Down)
    with qtbot.waitSignal(listed.opened) as said:
        QTest.keyClick(listed.tree, Qt.Key.Key_Return)
    assert said.args == ["image.gan"]
    QTest.keyClick(listed.tree, Qt.Key.Key_Up)
    QTest.keyClick(listed.tree, Qt.Key.Key_Left)
    assert listed.folded() == ["picture"]
    QTest.keyClick(listed.tree, Qt.Key.Key_Return)
    assert listed.folded() == []


def test_a_click_opens_and_a_click_on_a_caption_folds(listed: GeneratorList, qtbot) -> None:
    tree = listed.tree
    pictures = tree.topLevelItem(1)

    def click(item) -> None:
        at = tree.visualItemRect(item).center()
        QTest.mouseClick(tree.viewport(), Qt.MouseButton.LeftButton, pos=at)

    with qtbot.waitSignal(listed.opened) as said:
        click(pictures.child(1))
    assert said.args == ["image.vae"]
    with qtbot.assertNotEmitted(listed.opened):
        click(pictures)
    assert listed.folded() == ["picture"]


def test_rows_say_what_they_are(listed: GeneratorList) -> None:
    row = listed.tree.topLevelItem(1).child(0)
    assert row.toolTip(0) == "Two networks compete." and not row.icon(0).isNull()
    assert listed.tree.accessibleName() and listed.search.accessibleName()
