"""What the discriminator says: points, hills, the picture under the pointer, and the same as a table."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QColor
from PySide6.QtTest import QTest

from aigc_desktop.engine.params import Params, Training
from aigc_desktop.engine.registry import Spec
from aigc_desktop.ui import scales, theme
from aigc_desktop.ui.sheets import Sheet
from aigc_desktop.ui.views import view_for
from aigc_desktop.ui.views.discriminator import Discriminator
from aigc_desktop.ui.views.scatter import NOTHING
from aigc_desktop.ui.views.verdicts import Verdicts, colour_of
from tests.ui.inside_data import verdicts
from tests.ui.pixels import pixels

SPEC = Spec(id="image.test", title="t", medium="picture", summary="s", about="a", train=Training, create=Params)
Key = Qt.Key


@pytest.fixture
def view(qtbot: Any, qapp: Any) -> Discriminator:
    theme.apply(qapp, "light")
    made = view_for("discriminator", SPEC)
    qtbot.addWidget(made)
    made.resize(640, 320)
    with qtbot.waitExposed(made):
        made.show()
    made.show_data(verdicts(), 40)
    assert isinstance(made, Discriminator)
    return made


def off(seen: Any, at: Any, wanted: QColor) -> int:
    """How far the nearest pixel there is from this colour."""
    x, y = round(at.x()), round(at.y())
    found = seen[y - 1 : y + 2, x - 1 : x + 2].reshape(-1, 3).astype(int)
    return int(np.abs(found - [wanted.red(), wanted.green(), wanted.blue()]).max(axis=1).min())


def test_points_are_filled_by_score_and_edged_by_kind_in_light_and_dark(view: Discriminator, qapp: Any) -> None:
    for wear in ("light", "dark"):
        theme.apply(qapp, wear)
        seen = pixels(view.scatter)
        for one in view.verdicts.samples:
            at = view.scatter.place(one)
            assert off(seen, at, scales.verdict(one.score)) < 4, (wear, one)
            edge = QPoint(round(at.x()), round(at.y() - (4 if one.real else 5.2)))
            assert off(seen, edge, colour_of(one.real)) < off(seen, edge, colour_of(not one.real)) / 2, (wear, one)
    theme.apply(qapp, "light")


def test_the_picture_under_the_pointer_and_its_score(view: Discriminator, qtbot: Any) -> None:
    at = view.scatter.place(view.verdicts.samples[4]).toPoint()
    qtbot.mouseMove(view.scatter, at)
    qtbot.waitUntil(lambda: view.scatter.current() == 4)
    assert view.detail.text() == "Created picture 2: held for real with 40 %"
    seen = pixels(view.scatter).reshape(-1, 3)
    assert (seen == [200, 200, 200]).all(axis=1).sum() > 900, "its own picture, enlarged"
    qtbot.mouseMove(view.scatter, QPoint(3, 3))
    qtbot.waitUntil(lambda: view.scatter.current() == NOTHING)
    assert view.detail.text().startswith("Point at a picture")


def test_keys_go_by_score_within_a_kind_and_across(view: Discriminator) -> None:
    def after(key: Qt.Key) -> int:
        QTest.keyClick(view.scatter, key)
        return view.scatter.current()

    assert [after(key) for key in (Key.Key_Home, Key.Key_Right, Key.Key_Right, Key.Key_Right)] == [2, 1, 0, 0]
    assert [after(key) for key in (Key.Key_Down, Key.Key_Left, Key.Key_Up, Key.Key_End)] == [4, 3, 2, 0]
    assert "90 %" in view.scatter.accessibleDescription()


def test_where_the_hills_overlap_samples_stand_out(view: Discriminator, qtbot: Any) -> None:
    assert view.verdicts.counts(True, 4) == [0, 1, 0, 2] and view.verdicts.counts(False, 4) == [1, 1, 0, 0]
    assert view.verdicts.told_apart() == pytest.approx(5 / 6) and "83 % of pairs" in view.place.text()
    bar = view.histogram.width() * 0.9
    qtbot.mouseMove(view.histogram, QPoint(round(bar), 20))
    qtbot.waitUntil(lambda: view.scatter.lit == {0})
    assert view.detail.text() == "With this score: 1 real, 0 created"


def test_a_critic_s_raw_scores_have_a_scale_of_their_own(view: Discriminator, qtbot: Any) -> None:
    qtbot.waitUntil(lambda: not view._pacer.isActive())
    view.show_data(verdicts(unbounded=True))
    assert (view.verdicts.low, view.verdicts.high) == (-3.0, 5.0)
    assert view.scale.accessibleName().startswith("-3.0 = created")
    assert view.about(0) == "Real picture 1: score 5.00"


def test_the_same_as_a_table(view: Discriminator) -> None:
    view.as_table.setChecked(True)
    assert view.table.rows.headings == ["Picture", "Held for real", "x", "y"]
    assert view.table.rows.rows[0] == ["Real 1", "90 %", "-2.00", "0.00"]
    assert view.table.rows.rows[4][:2] == ["Created 2", "40 %"]


def test_the_frame_stays_so_that_looks_can_be_compared() -> None:
    from aigc_desktop.ui.views.scatter import Scatter

    scatter = Scatter(scales.verdict)
    scatter.resize(300, 200)

    def frame(spread: float) -> Any:
        data = verdicts() | {"created": [[spread, spread, 0.5], [-spread, -spread, 0.5]]}
        scatter.show_samples(Verdicts(data), lambda number: theme.icon("image").pixmap(4).toImage())
        return scatter._frame

    first = frame(4.0)
    assert frame(3.0) == first and frame(5.0) != first
    wide = frame(100.0)
    assert frame(3.0).width() < wide.width() / 10
    scatter.deleteLater()


def test_what_a_run_kept_is_shown_and_damage_is_passed_over(view: Discriminator, qtbot: Any, tmp_path: Path) -> None:
    view.clear()
    assert not view.shown
    kept = tmp_path / "insights" / "discriminator.json"
    kept.parent.mkdir()
    good = verdicts()
    for damage in (
        {"real": [[0, 0]]},
        {"real": [], "created": []},
        {"real": [[0, 0, None]]},
        {"tile": [0, 4]},
        {"columns": 0},
        {"created": [[1e400, 0, 0]]},
    ):
        kept.write_text(json.dumps({"step": 3, "data": good | damage}), encoding="utf-8")
        qtbot.waitUntil(lambda: not view._pacer.isActive())
        view.load(tmp_path)
        assert not view.shown, damage
    kept.write_text(json.dumps({"step": 7, "data": good | {"sheet": "data:image/png;base64,AAAA"}}), encoding="utf-8")
    qtbot.waitUntil(lambda: not view._pacer.isActive())
    view.load(tmp_path)
    assert view.shown and "step 7" in view.place.text()
    assert view.sheet.tile(0).isNull(), "a picture that is none: only the points"
    view.scatter.choose(1)
    pixels(view.scatter)


def test_tiles_of_a_sheet() -> None:
    data = verdicts()
    sheet = Sheet(data["sheet"], data["tile"], data["columns"], 5)
    assert [sheet.tile(number).pixelColor(1, 1).red() for number in range(5)] == [0, 50, 100, 150, 200]
    assert sheet.tile(5).isNull() and sheet.tile(-1).isNull()
