"""Numbers are typed and shown as the user's system writes them; files keep the point."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import QEvent, QLocale, Qt
from PySide6.QtGui import QGuiApplication, QKeyEvent
from PySide6.QtWidgets import QApplication, QWidget

from aigc_desktop import i18n
from aigc_desktop.engine.params import Params, field
from aigc_desktop.problems import Sentence
from aigc_desktop.ui import amounts, numerals, times
from aigc_desktop.ui.fields.numbers import duration, seconds_in
from aigc_desktop.ui.form import Form
from aigc_desktop.ui.seed_field import SeedField
from tests.ui.panels import drop

LOCALES = ("de_DE", "fr_FR", "en_US", "zh_CN", "ar_EG", "hi_IN")
SHOWN = {  # 0.001, 1234567 and 1.5 as these places write them
    "de_DE": ("0,001", "1.234.567", "1,5"),
    "fr_FR": ("0,001", "1\u202f234\u202f567", "1,5"),
    "en_US": ("0.001", "1,234,567", "1.5"),
    "zh_CN": ("0.001", "1,234,567", "1.5"),
    "ar_EG": ("٠٫٠٠١", "١٬٢٣٤٬٥٦٧", "١٫٥"),
    "hi_IN": ("0.001", "12,34,567", "1.5"),
}


class Numbers(Params):
    rate: float = field(0.001, ge=1e-8, le=10, title="Rate", help="How far.")
    scale: float = field(1.0, ge=0, le=100_000, title="Scale", help="How large.")
    steps: int = field(1000, ge=0, le=100_000_000, title="Steps", help="How many.")
    limit: float | None = field(None, ge=0, le=9, title="Limit", help="At most.")
    budget: float = field(300, ge=0, le=864_000, unit="s", title="Train for", help="How long.")


@pytest.fixture(params=LOCALES)
def place(request: pytest.FixtureRequest) -> Iterator[str]:
    with _in(request.param):
        yield request.param


@pytest.fixture
def germany() -> Iterator[None]:
    with _in("de_DE"):
        yield


class _in:
    def __init__(self, name: str):
        self.name, self.before = name, QLocale()

    def __enter__(self) -> None:
        QLocale.setDefault(QLocale(self.name))
        numerals.install()

    def __exit__(self, *_: object) -> None:
        QLocale.setDefault(self.before)
        i18n.write_numbers(None)


@pytest.fixture
def form(qtbot: Any, place: str) -> Form:
    return _form(qtbot)


def _form(qtbot: Any) -> Form:
    made = Form(Numbers)
    qtbot.addWidget(made)
    made.show()
    return made


def _type(qtbot: Any, form: Form, name: str, text: str) -> Any:
    """The value once this was typed and the field left."""
    spin = form.field(name).spin
    _enter(qtbot, spin)
    _keys(spin, text)
    qtbot.keyClick(spin, Qt.Key.Key_Tab)
    return form.values()[name]


def _paste(qtbot: Any, form: Form, name: str, text: str) -> Any:
    spin = form.field(name).spin
    _enter(qtbot, spin)
    QGuiApplication.clipboard().setText(text)
    qtbot.keyClick(spin, Qt.Key.Key_V, Qt.KeyboardModifier.ControlModifier)
    qtbot.keyClick(spin, Qt.Key.Key_Tab)
    return form.values()[name]


def _keys(widget: QWidget, text: str) -> None:
    """Press a key for each letter, whatever the alphabet."""
    for letter in text:
        for kind in (QEvent.Type.KeyPress, QEvent.Type.KeyRelease):
            QApplication.sendEvent(widget, QKeyEvent(kind, 0, Qt.KeyboardModifier.NoModifier, letter))


def _enter(qtbot: Any, spin: QWidget) -> None:
    spin.window().activateWindow()
    spin.setFocus()
    qtbot.waitUntil(spin.hasFocus)
    spin.selectAll()


def test_a_number_is_shown_typed_and_read_back_as_the_place_writes_it(qtbot: Any, place: str, form: Form) -> None:
    small, large, half = SHOWN[place]
    form.set_values({"steps": 1_234_567})
    assert form.field("rate").spin.text() == small
    assert form.field("steps").spin.text() == large
    for name, text, value in (("rate", small, 0.001), ("steps", large, 1_234_567), ("scale", half, 1.5)):
        form.reset()
        assert _type(qtbot, form, name, text) == value
        assert form.field(name).spin.text() == text
    for value in (1e-8, 3e-7, 0.25, 9.5, 10.0):
        form.set_values({"rate": value})
        shown = form.field("rate").spin.text()
        form.reset()
        assert _type(qtbot, form, "rate", shown) == value


def test_the_power_of_ten_the_point_and_plain_digits_are_understood_everywhere(qtbot: Any, form: Form) -> None:
    for text, value in (("2e-4", 2e-4), ("2,5E-4", 2.5e-4), ("2.5e-4", 2.5e-4), ("0.0025", 0.0025), ("0,0025", 0.0025)):
        assert _type(qtbot, form, "rate", text) == pytest.approx(value)
    for text in ("0.001", "0,001", "1e-3", "٠٫٠٠١", "０．００１"):
        form.set_values({"rate": 1.0})
        assert _paste(qtbot, form, "rate", text) == 0.001
    for text in ("12345", "12 345", "1.2345e4", "१२३४५"):
        form.reset()
        assert _paste(qtbot, form, "steps", text) == 12345


def test_nothing_is_taken_for_a_thousand_times_as_much(qtbot: Any, place: str, form: Form) -> None:
    """ "1.234" is 1234 in Germany and less than two in America: in doubt the field keeps what it had."""
    point = "," if place in ("de_DE", "fr_FR") else "."
    other = "." if point == "," else ","
    form.set_values({"scale": 7.0, "steps": 7})
    assert _type(qtbot, form, "scale", f"1{point}234") == 1.234
    for act in (_type, _paste):
        form.set_values({"scale": 7.0, "steps": 7})
        assert act(qtbot, form, "scale", f"1{other}234") == 7.0
        assert act(qtbot, form, "steps", f"1{point}234") == 7
        assert act(qtbot, form, "steps", f"1{other}234") == 1234
    for text, value in (("1.234,5", 1234.5), ("1,234.5", 1234.5), ("1 234,5", 1234.5)):
        assert _paste(qtbot, form, "scale", text) == value


def test_what_is_begun_and_left_changes_nothing(qtbot: Any, form: Form) -> None:
    form.set_values({"rate": 0.5, "steps": 64})
    for text in ("", "-", "1e", "1,2,"):
        _enter(qtbot, form.field("rate").spin)
        qtbot.keyClick(form.field("rate").spin, Qt.Key.Key_Backspace)
        assert _type(qtbot, form, "rate", text) == 0.5
    spin = form.field("steps").spin
    _enter(qtbot, spin)
    qtbot.keyClick(spin, Qt.Key.Key_End)
    for _ in range(2):
        qtbot.keyClick(spin, Qt.Key.Key_Backspace)
    qtbot.keyClick(spin, Qt.Key.Key_Tab)
    assert form.values()["steps"] == 64
    assert _type(qtbot, form, "limit", "") is None


def test_durations(qtbot: Any, place: str, form: Form) -> None:
    for seconds in (0.0, 1.0, 59.5, 61.0, 3661.0, 86_400.0, 360_000.0):
        assert seconds_in(duration(seconds)) == seconds
    half = SHOWN[place][2]
    for text, seconds in ((f"{half} h", 5400), ("1h30", 5400), ("2 min 5", 125), ("90", 90)):
        form.reset()
        assert _type(qtbot, form, "budget", text) == seconds
    assert seconds_in("1 234 min") == 74_040


def test_numbers_in_words_tables_and_axes(place: str) -> None:
    from aigc_desktop.ui.views.plot import Axis

    small, large, half = SHOWN[place]
    assert amounts.whole(1_234_567) == large
    assert amounts.value(1.5).startswith(half)
    assert amounts.memory(1_500_000).startswith(half)
    assert str(Sentence("{count:,} pictures", {"count": 1_234_567})) == f"{large} pictures"
    assert i18n.tr("{x:.1f}", x=1.5) == half
    assert Sentence("{count:,} pictures", {"count": 1_234_567}).english == "1,234,567 pictures"
    axis = Axis("left")
    axis.logarithmic = True
    assert axis.tickStrings([-3.0], 1.0, 1.0) == [small]
    axis.logarithmic = False
    assert axis.tickStrings([1.5], 1.0, 0.5) == [half]
    assert len(str(Sentence("{n} or {m:,}", {"n": 10**25, "m": -(10**25)}))) == 26 + 27 + 4
    assert amounts.clock(3723) == ("١:٠٢:٠٣" if place == "ar_EG" else "1:02:03")


def test_moments_follow_the_region(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TZ", "UTC")
    __import__("time").tzset()
    said = {}
    for name in ("en_US", "de_DE", "en_GB", "ar_EG"):
        with _in(name):
            said[name] = times.moment("2026-03-04T15:06:07+00:00", precise=True)
    assert said["en_US"].replace("\u202f", " ") == "Mar 4, 2026 3:06:07 PM"
    assert said["de_DE"] == "4 Mar 2026 15:06:07"
    assert said["en_GB"] == "4 Mar 2026 15:06:07"
    assert said["ar_EG"].startswith("٤ Mar ٢٠٢٦ ٣:٠٦:٠٧")


def test_a_seed_takes_the_digits_of_the_place(qtbot: Any) -> None:
    with _in("ar_EG"):
        seed = SeedField()
        qtbot.addWidget(seed)
        seed.line.selectAll()
        _keys(seed.line, "٤٢")
        assert seed.value() == 42
        seed.line.selectAll()
        _keys(seed.line, "4x-2.")
        assert seed.value() == 42


@pytest.mark.usefixtures("germany")
def test_a_job_made_in_germany_is_written_with_the_point(qtbot: Any, open_panel: Any, tiny_pictures: Path) -> None:
    panel = open_panel("image.gan")
    page = panel.train
    page.form.advanced.set_open(True)
    for name, text in (("learning_rate", "0,0005"), ("max_steps", "1.000"), ("max_seconds", "1,5 min")):
        _type(qtbot, page.form, name, text)
    drop(page.data.zone, tiny_pictures)
    qtbot.waitUntil(lambda: page.data.found is not None, timeout=60_000)
    assert page.job().params["learning_rate"] == 0.0005
    run = panel.window_.project.runs.add(page.job().model_dump(mode="json"), state="paused")
    kept = (panel.window_.project.runs.folder(run) / "job.json").read_text(encoding="utf-8")
    params = json.loads(kept)["params"]
    assert (params["learning_rate"], params["max_steps"], params["max_seconds"]) == (0.0005, 1000, 90)
    assert "0.0005" in kept and "0,0005" not in kept
    assert json.loads(json.dumps(panel.state()))["train"]["params"]["learning_rate"] == 0.0005


@pytest.mark.usefixtures("germany")
def test_measured_numbers_are_saved_with_the_point(tmp_path: Path) -> None:
    from aigc_desktop.ui.views.curves import Curves

    curves = Curves()
    curves.add(1000, 0.5, {"loss": 1234.5})
    curves.write_csv(tmp_path / "a.csv")
    assert (tmp_path / "a.csv").read_text().split() == ["step,seconds,loss", "1000,0.5,1234.5"]
