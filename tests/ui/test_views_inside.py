"""The views of a model's inside: a passage coloured by surprise, attention, what may follow."""

import json
import math
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QAccessible, QColor, QGuiApplication
from PySide6.QtTest import QTest

from aigc_desktop.engine.events import Insight
from aigc_desktop.engine.params import Params, Training
from aigc_desktop.engine.registry import Spec
from aigc_desktop.ui import roles, scales, theme
from aigc_desktop.ui.views import view_for
from aigc_desktop.ui.views.attention import MEAN, Attention
from aigc_desktop.ui.views.next_tokens import NextTokens
from aigc_desktop.ui.views.passage import NOTHING, Passage
from aigc_desktop.ui.views.surprise import TOP, Surprise
from aigc_desktop.ui.views.tokens import chance, label
from tests.ui.inside_data import DRAWN, LETTERS, NEXT, SURPRISE, attention
from tests.ui.pixels import contrasts, luminance, pixels

SPEC = Spec(id="text.test", title="Test", medium="text", summary="", about="", train=Training, create=Params)
Key = Qt.Key


def shown(qtbot: Any, name: str, width: int = 700, height: int = 420) -> Any:
    view = view_for(name, SPEC)
    qtbot.addWidget(view)
    view.resize(width, height)
    with qtbot.waitExposed(view):
        view.show()
    return view


@pytest.fixture
def surprise(qtbot: Any, qapp: Any) -> Surprise:
    theme.apply(qapp, "light")
    view: Surprise = shown(qtbot, "surprise")
    view.show_data(SURPRISE, 40)
    return view


@pytest.fixture
def looking(qtbot: Any, qapp: Any) -> Attention:
    theme.apply(qapp, "light")
    view: Attention = shown(qtbot, "attention")
    view.show_data(attention())
    return view


@pytest.fixture
def following(qtbot: Any, qapp: Any) -> NextTokens:
    theme.apply(qapp, "light")
    view: NextTokens = shown(qtbot, "next_tokens")
    return view


# Colours --------------------------------------------------------------------------------------------------------------


def lightness(colours: tuple[str, ...]) -> Any:
    return luminance(
        np.array([[[QColor(one).red(), QColor(one).green(), QColor(one).blue()] for one in colours]], np.uint8)
    )[0]


@pytest.mark.parametrize("name", ["surprise", "attention", "verdict"])
@pytest.mark.parametrize("dark", [False, True])
def test_scales_are_read_without_hues_and_text_on_them_stands_out(name: str, dark: bool) -> None:
    found = lightness(scales.colours(name, dark))
    ink = theme.DARK if dark else theme.LIGHT
    assert contrasts(found, lightness((ink.text,))[0]).min() >= 4.5
    steps = np.diff(found if dark else -found)
    assert (steps > 0).all(), "lighter or darker all the way: no two places look alike in grey"
    perceived = np.abs(np.diff(np.cbrt(found)))
    assert perceived.max() < 4 * perceived.mean(), "no jump in it"


def test_a_passage_is_painted_in_the_colours_of_its_scale(surprise: Surprise, qapp: Any) -> None:
    for wear in ("light", "dark"):
        theme.apply(qapp, wear)
        passage = surprise.passage
        seen = pixels(passage.viewport())
        for token, nats in enumerate(SURPRISE["nats"]):
            box = passage.boxes(token)[0]
            x, y = int(box.left()) + 2, int(box.bottom()) - 2
            wanted = scales.surprise(nats / TOP) if nats is not None else QColor(theme.colours().base)
            near = np.abs(seen[y, x].astype(int) - [wanted.red(), wanted.green(), wanted.blue()])
            assert near.max() <= 3, (wear, LETTERS[token])
    theme.apply(qapp, "light")


# Surprise -------------------------------------------------------------------------------------------------------------


def test_each_token_tells_its_probability_and_what_was_expected(surprise: Surprise) -> None:
    assert "2.97 nats per token" in surprise.place.text() and "step 40" in surprise.place.text()
    assert "19.4" in surprise.place.text(), "perplexity"
    QTest.keyClick(surprise.passage, Key.Key_Home)
    QTest.keyClick(surprise.passage, Key.Key_Right)
    assert surprise.passage.chosen == 1
    assert surprise.detail.text() == "“␣”: 50 %, 0.70 nats" and surprise.expected.text() == ""
    for _ in range(4):
        QTest.keyClick(surprise.passage, Key.Key_Right)
    assert surprise.detail.text() == "“c”: 30 %, 1.20 nats" and surprise.expected.text() == "expected: x 50 %, ↵ 25 %"
    QTest.keyClick(surprise.passage, Key.Key_End)
    assert surprise.passage.chosen == 6 and "cannot read" in surprise.detail.text()


def test_the_pointer_looks_at_a_token_for_as_long_as_it_is_there(surprise: Surprise, qtbot: Any) -> None:
    passage = surprise.passage
    passage.choose(0)
    at = passage.boxes(2)[0].center().toPoint()
    qtbot.mouseMove(passage.viewport(), at)
    qtbot.waitUntil(lambda: passage.current() == 2)
    assert surprise.detail.text().startswith("“b”: 10 %")
    qtbot.mouseClick(passage.viewport(), Qt.MouseButton.LeftButton, pos=at)
    assert passage.chosen == 2
    qtbot.mouseClick(passage.viewport(), Qt.MouseButton.LeftButton, pos=at)
    assert passage.chosen == NOTHING


def test_the_same_numbers_as_a_table(surprise: Surprise) -> None:
    surprise.as_table.setChecked(True)
    model = surprise.table.model()
    rows = [[model.index(row, column).data() for column in range(4)] for row in range(model.rowCount())]
    assert rows[3] == ["床", "4.600", "1.0 %", ""] and rows[5] == ["c", "1.200", "30 %", "x 50 %, ↵ 25 %"]
    assert rows[6][:3] == ["é", "–", "–"]
    QTest.keyClick(surprise.table, Key.Key_C, Qt.KeyboardModifier.ControlModifier)
    assert len(QGuiApplication.clipboard().text().splitlines()) == 8
    surprise.as_table.setChecked(False)
    assert surprise.passage.isVisible()


def test_a_run_on_disk_is_shown_and_damage_is_passed_over(qtbot: Any, tmp_path: Path) -> None:
    view = shown(qtbot, "surprise")
    kept = tmp_path / "insights" / "surprise.json"
    view.load(tmp_path)
    assert not view.shown and view._invitation.isVisible()
    kept.parent.mkdir()
    for damage in (
        "",
        "[]",
        '{"step": 3}',
        '{"step": 3, "data": {"tokens": ["a"], "nats": []}}',
        '{"step": 1, "data": 7}',
    ):
        kept.write_text(damage, encoding="utf-8")
        view.load(tmp_path)
        assert not view.shown, damage
    kept.write_text(json.dumps({"step": 70, "data": SURPRISE}), encoding="utf-8")
    qtbot.waitUntil(lambda: not view._pacer.isActive())
    view.load(tmp_path)
    assert view.shown and view.passage.tokens == LETTERS and "step 70" in view.place.text()
    view.clear()
    assert not view.passage.isVisible() and view._invitation.isVisible()


def test_what_nobody_sees_is_not_drawn_and_what_is_seen_at_most_ten_times_a_second(
    surprise: Surprise, qtbot: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    drawn = []
    monkeypatch.setattr(surprise, "draw", lambda: drawn.append(surprise.step))
    qtbot.waitUntil(lambda: not surprise._pacer.isActive())
    for step in range(100, 120):
        surprise.hear(Insight("surprise", SURPRISE, step))
        surprise.hear(Insight("attention", SURPRISE, 999))
    assert drawn == [100]
    qtbot.waitUntil(lambda: drawn == [100, 119])
    surprise.hide()
    surprise.show_data(SURPRISE, 200)
    surprise.show_data(SURPRISE, 201)
    assert drawn == [100, 119]
    surprise.show()
    assert drawn[-1] == 201


# The passage itself ---------------------------------------------------------------------------------------------------


@pytest.fixture
def passage(qtbot: Any) -> Iterator[Passage]:
    made = Passage()
    qtbot.addWidget(made)
    made.resize(220, 90)
    with qtbot.waitExposed(made):
        made.show()
    yield made


@pytest.mark.parametrize(
    "tokens",
    [
        ["Once", " upon", " a", " time", ",", "\n", "\n", " there"] * 6,
        list("满纸荒唐言，一把辛酸泪。\n" * 5),
        ["😀", "a", "😀😀", "\n", "b"],
        ["一word", " longer" * 12, "x"],
    ],
)
def test_every_token_has_a_place_and_is_found_there(passage: Passage, tokens: list[str]) -> None:
    passage.set_tokens(tokens)
    for token in range(len(tokens)):
        passage.choose(token)  # brings it into sight
        boxes = passage.boxes(token)
        assert boxes, tokens[token]
        inside = boxes[0]
        assert inside.left() >= 0 and inside.right() <= passage.viewport().width() + 8
        middle = inside.center()
        assert passage.token_at(middle) == token
    assert passage.token_at(QPointF(-5, -5)) == NOTHING


def test_up_and_down_go_by_lines(passage: Passage) -> None:
    passage.set_tokens(["one", "\n", "two", " three", "\n", "four"])
    passage.choose(3)
    QTest.keyClick(passage, Key.Key_Down)
    assert passage.chosen == 5
    QTest.keyClick(passage, Key.Key_Up)
    assert passage.chosen == 2
    QTest.keyClick(passage, Key.Key_C, Qt.KeyboardModifier.ControlModifier)
    assert QGuiApplication.clipboard().text() == "one\ntwo three\nfour"


def test_a_passage_is_read_out(qtbot: Any) -> None:
    roles.install()
    surprise = shown(qtbot, "surprise")
    surprise.show_data(SURPRISE)
    QTest.keyClick(surprise.passage, Key.Key_Home)
    about = QAccessible.queryAccessibleInterface(surprise.passage)
    assert about.role() == QAccessible.Role.Paragraph
    assert "100 %" in about.text(QAccessible.Text.Description)


# Attention ------------------------------------------------------------------------------------------------------------


def test_a_token_says_where_it_looks_in_the_chosen_layer_and_head(looking: Attention, qtbot: Any) -> None:
    looking.passage.choose(4)
    assert looking.head_number == MEAN and looking.detail.text().startswith("“床” looks at")
    looking.heads[0].click()  # the first head looks at itself
    assert looking.detail.text() == "“床” looks at 床 68 %, ⟨start⟩ 8.0 %, a 8.0 %, ␣ 8.0 %, b 8.0 %"
    looking.heads[2].click()
    assert [number for number, button in looking.heads.items() if button.isChecked()] == [2]
    assert looking.detail.text().startswith("“床” looks at ␣ 68 %")
    looking.layers.setCurrentIndex(1)
    assert looking.detail.text().startswith("“床” looks at a 68 %")
    wanted = scales.attention(math.sqrt(0.68))
    assert looking._colour(1) == wanted and looking._colour(5) is None, "nothing after it is looked at"
    assert looking.question() == {"view": "attention", "layer": 1}


def test_a_layer_that_is_not_there_is_asked_for(looking: Attention, qtbot: Any) -> None:
    looking.show_data(attention(only=0))
    qtbot.waitUntil(lambda: looking.weights[1] is None)
    with qtbot.waitSignal(looking.asks):
        looking.layers.setCurrentIndex(1)
    assert looking.question()["layer"] == 1
    looking.show_data(attention(only=1))
    qtbot.waitUntil(lambda: looking.weights[0] is None)
    assert looking.layer == 1 and looking.layers.currentIndex() == 1


def test_the_square_and_the_table_show_the_same(looking: Attention, qtbot: Any) -> None:
    looking.heads[0].click()
    square = looking.map.square()
    cell = square.height() / 6
    at = QPoint(round(square.left() + cell / 2), round(square.top() + 3.5 * cell))
    qtbot.mouseMove(looking.map, at)
    qtbot.waitUntil(lambda: looking.detail.text().startswith("“b” looks at b 70 %"))
    looking.as_table.setChecked(True)
    model = looking.table.model()
    assert [model.headerData(column, Qt.Orientation.Horizontal) for column in range(3)] == [
        "looks at (%)",
        "⟨start⟩",
        "a",
    ]
    assert [model.index(3, column).data() for column in range(7)] == ["b", "10.0", "10.0", "10.0", "70.0", "", ""]


def test_little_room_leaves_the_square_out(looking: Attention, qtbot: Any) -> None:
    looking.resize(380, 300)
    assert not looking.map.isVisible() and looking.passage.isVisible()
    looking.resize(700, 300)
    qtbot.waitUntil(lambda: looking.map.isVisible() and looking.map.x() > looking.passage.geometry().right())
    looking.resize(380, 480)
    qtbot.waitUntil(lambda: looking.map.isVisible() and looking.map.y() > looking.passage.geometry().bottom())


def test_the_end_of_a_text_that_grows_is_followed_until_another_token_is_chosen(looking: Attention) -> None:
    def show(tokens: int) -> None:
        looking._waiting = attention(tokens=tokens), 0
        looking._draw_waiting()

    assert looking.passage.chosen == 5
    show(4)
    assert looking.passage.chosen == 3
    show(6)
    assert looking.passage.chosen == 5
    looking.passage.choose(2)
    show(5)
    assert looking.passage.chosen == 2


@pytest.mark.parametrize(
    "data", [{}, {"tokens": ["a"], "weights": []}, {"tokens": ["a"], "weights": [[[[1.0], [1.0]]]]}]
)
def test_attention_that_is_none_is_passed_over(looking: Attention, data: dict[str, Any]) -> None:
    before = looking.tokens
    looking._waiting = data, 0
    looking._draw_waiting()
    assert looking.tokens == before


# What may follow ------------------------------------------------------------------------------------------------------


def test_bars_are_named_and_as_long_as_likely(following: NextTokens) -> None:
    following.show_data(NEXT)
    model = following.candidates
    assert [model.index(row).data() for row in range(6)] == ["a", "␣b", "↵", "床", "⟨end⟩", "⟨E4 B8⟩"]
    said = [model.index(row).data(Qt.ItemDataRole.AccessibleTextRole) for row in (0, 4, 5)]
    assert said == ["a: 50 %", "⟨end⟩: 2.0 %", "⟨E4 B8⟩: < 0.01 %"]
    assert following.place.text() == "… a b↵ c" and "8.0 %" in following.detail.text(), "the others together"
    seen = pixels(following.list.viewport()).astype(int)
    blue = QColor(theme.colours().series[1])
    is_bar = np.abs(seen - [blue.red(), blue.green(), blue.blue()]).max(axis=2) < 6
    lengths = [int(is_bar[22 * row + 11].sum()) for row in range(4)]
    assert lengths[0] == pytest.approx(2 * lengths[1], rel=0.05) and lengths[1] == pytest.approx(
        2.5 * lengths[2], rel=0.1
    )


def test_temperature_and_top_p_are_seen_beside_the_model_s_own(following: NextTokens) -> None:
    following.show_data(DRAWN)
    assert following.candidates.index(0).data(Qt.ItemDataRole.ToolTipRole) == "a: 50 %, drawn 70 %"
    assert "pale" in following.detail.text()
    following.as_table.setChecked(True)
    assert [following.table.model().index(3, column).data() for column in range(3)] == ["床", "5.0 %", "0 %"]


def test_one_of_several_texts_is_followed(following: NextTokens, qtbot: Any) -> None:
    following.hear(Insight("next_tokens", NEXT, 1, 0))
    assert not following.slots.isVisible()
    following.hear(Insight("next_tokens", NEXT | {"text": "two"}, 1, 1))
    assert following.slots.isVisible() and following.tail == "a b\nc"
    following.slots.setCurrentIndex(1)
    following._choose_slot(1)
    qtbot.waitUntil(lambda: following.tail == "two")
    following.hear(Insight("next_tokens", NEXT | {"text": "one again"}, 2, 0))
    following.hear(Insight("next_tokens", NEXT | {"text": "two again"}, 2, 1))
    qtbot.waitUntil(lambda: following.tail == "two again")
    following.clear()
    assert not following.slots.isVisible()


def test_a_token_is_taken_but_no_mark_and_no_half_character(following: NextTokens, qtbot: Any) -> None:
    following.show_data(NEXT)
    taken: list[str] = []
    following.taken.connect(taken.append)
    following.list.setCurrentIndex(following.candidates.index(1))
    QTest.keyClick(following.list, Key.Key_Return)
    assert taken == [], "beside a text that is written nothing can be taken"
    following.takes = True
    for row in range(6):
        following.list.setCurrentIndex(following.candidates.index(row))
        QTest.keyClick(following.list, Key.Key_Return)
    assert taken == ["a", " b", "\n", "床"]


def test_words_of_tokens() -> None:
    assert [label(one) for one in (" the", "\r\n", "\t", "</s>", "<s>", "")] == [
        "␣the",
        "↵",
        "⇥",
        "⟨end⟩",
        "⟨start⟩",
        "∅",
    ]
    assert [chance(one) for one in (1.0, 0.996, 0.0996, 0.04, 0.00996, 0.0001, 0.00001)] == [
        *("100 %", "100 %", "10 %", "4.0 %", "1.0 %", "0.01 %", "< 0.01 %")
    ]
