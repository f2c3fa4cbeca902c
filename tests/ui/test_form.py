"""The form: one widget for each kind of parameter, built from the declaration alone."""

from typing import Any, Literal

import pytest
from PySide6.QtCore import QMimeData, QPoint, QPointF, Qt, QUrl
from PySide6.QtGui import QDragEnterEvent, QDropEvent, QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QApplication,
    QCheckBox,
    QComboBox,
    QLineEdit,
    QPlainTextEdit,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from aigc_desktop.engine import registry
from aigc_desktop.engine.params import (
    Class,
    Clip,
    Colour,
    File,
    Mask,
    Model,
    Params,
    Picture,
    Pictures,
    Prompt,
    Sound,
    Table,
    Training,
    describe,
    field,
    make,
)
from aigc_desktop.ui.fields.numbers import DurationSpin, duration, seconds_in
from aigc_desktop.ui.form import Form
from tests.ui import walk_world


class Everything(Params):
    count: int = field(16, ge=1, le=10_000, title="Pictures", help="How many.")
    batch: int = field(64, ge=1, le=65_536, title="Batch", help="How many at once.")
    rate: float = field(1e-3, ge=1e-8, le=10, title="Rate", help="How far.")
    share: float = field(0.1, ge=0, le=1, title="Share", help="How much.")
    budget: float = field(300, ge=0, le=86_400, unit="s", zero="No limit", title="Train for", help="How long.")
    top_k: int = field(0, ge=0, le=100, zero="Off", title="Top-k", help="The likeliest.")
    limit: int | None = field(None, ge=1, le=9, title="Limit", help="At most.")
    tied: bool = field(True, title="Tied", help="One table.")
    stop: str = field("", title="Stop text", help="Ends there.")
    prompt: Prompt = field("", title="Start text", help="How it begins.")
    cell: Literal["lstm", "gru"] = field(
        "lstm", title="Cell", help="What remembers.", choices={"lstm": "LSTM", "gru": "GRU"}
    )
    colour: Colour = field("#336699", title="Colour", help="Of the sky.")
    file: File = field("", title="File", help="Any file.")
    start: Picture | None = field(None, title="Start from", help="A picture.")
    many: Pictures = field([], title="Faces", help="Some pictures.")
    voice: Sound | None = field(None, title="Voice", help="A sound.")
    clip: Clip | None = field(None, title="Clip", help="A clip.")
    mask: Mask | None = field(None, title="Mask", help="A mask.")
    animal: Class = field("", title="Animal", help="What to draw.")
    likeness: float = field(1.5, ge=0, le=9, of="animal", title="Likeness", help="How much.")
    base: Model | None = field(None, title="Base", help="A model.", advanced=True)
    examples: Table = field([["a", "b"]], title="Examples", help="Pairs.", advanced=True)


@pytest.fixture
def form(qtbot: Any) -> Form:
    made = Form(Everything, models=lambda: ["plays", "poems"])
    qtbot.addWidget(made)
    made.show()
    return made


def test_the_form_begins_with_the_defaults_of_every_kind(form: Form) -> None:
    assert {one.kind for one in describe(Everything)} == {
        *("int", "float", "bool", "text", "prompt", "choice", "colour", "path"),
        *("picture", "pictures", "sound", "clip", "mask", "model", "table", "class"),
    }
    assert form.values() == Everything().model_dump(mode="json")
    make(Everything, form.values())


def test_values_of_every_kind_go_in_and_come_out_as_plain_json(form: Form) -> None:
    values = {
        "count": 9999,
        "batch": 128,
        "rate": 2e-4,
        "share": 0.25,
        "budget": 5400.0,
        "top_k": 40,
        "limit": 3,
        "tied": False,
        "stop": "END",
        "prompt": "ROMEO:\n",
        "cell": "gru",
        "colour": "#ff8800",
        "file": "/a/b.txt",
        "start": "/a/b.png",
        "many": ["/a/b.png", "/a/c.jpg"],
        "voice": "/a/b.wav",
        "clip": "/a/b.mp4",
        "mask": "/a/m.png",
        "animal": "猫",
        "likeness": 3.0,
        "base": "poems",
        "examples": [["x", "y"], ["1", "2"]],
    }
    heard = []
    form.changed.connect(lambda: heard.append(1))
    form.set_values(values | {"unknown": 3})
    assert form.values() == values
    assert len(heard) == 1
    form.reset()
    assert form.values() == Everything().model_dump(mode="json")


def test_values_that_do_not_fit_are_brought_into_bounds_or_passed_over(form: Form) -> None:
    form.set_values({"count": 10**9, "rate": "x", "cell": "none", "colour": "blueish", "share": -3, "limit": 0})
    values = form.values()
    assert values["count"] == 10_000
    assert values["rate"] == 1e-3
    assert values["cell"] == "lstm"
    assert values["colour"] == "#336699"
    assert values["share"] == 0
    assert values["limit"] == 1
    make(Everything, values)


def test_zero_and_none_are_said_in_words(form: Form) -> None:
    spin = form.field("top_k").spin
    assert spin.text() == "Off"
    form.set_values({"budget": 0})
    assert form.field("budget").spin.text() == "No limit"
    assert form.field("limit").spin.text() == "Not set"
    spin = form.field("limit").spin
    spin.stepUp()
    assert form.values()["limit"] == 1
    spin.stepDown()
    assert form.values()["limit"] is None


def test_steps_fit_the_size_of_the_number(form: Form) -> None:
    rate, batch, count = (form.field(name).spin for name in ("rate", "batch", "count"))
    seen = []
    for _ in range(3):
        rate.stepDown()
        seen.append(rate.value())
    assert seen == [5e-4, 2e-4, 1e-4]
    assert rate.text() == "0.0001"
    rate.setValue(3e-7)
    assert rate.text() == "0.0000003"
    rate.stepUp()
    assert rate.value() == pytest.approx(5e-7)
    batch.stepUp()
    assert batch.value() == 128
    batch.stepDown()
    batch.stepDown()
    assert batch.value() == 32
    count.setValue(2500)
    assert count.text() == "2,500"
    count.stepUp()
    assert count.value() == 2600
    count.setValue(99)
    count.stepUp()
    count.stepDown()
    assert count.value() == 99


def test_a_number_can_be_typed_with_or_without_its_comma(qtbot: Any, form: Form) -> None:
    spin = form.field("count").spin
    for typed, value in (("1,234", 1234), ("77", 77)):
        _type(qtbot, spin, typed)
        assert form.values()["count"] == value
    spin = form.field("rate").spin
    _type(qtbot, spin, "3e-4")
    assert form.values()["rate"] == pytest.approx(3e-4)


def test_durations_are_shown_and_typed_as_people_say_them(qtbot: Any, form: Form) -> None:
    spin = form.field("budget").spin
    assert isinstance(spin, DurationSpin)
    assert spin.text() == "5 min"
    for typed, seconds, shown in (("90", 90, "1 min 30 s"), ("2 h", 7200, "2 h"), ("1h30m", 5400, "1 h 30 min")):
        _type(qtbot, spin, typed)
        assert form.values()["budget"] == seconds
        assert spin.text() == shown
    _type(qtbot, spin, "soon")
    assert form.values()["budget"] == 5400
    spin.setValue(300)
    spin.stepUp()
    assert spin.value() == 360
    spin.setValue(60)
    spin.stepDown()
    assert spin.value() == 50


@pytest.mark.parametrize("seconds", [0, 1, 45, 59.5, 60, 61, 3599, 3600, 3661, 86_400])
def test_a_duration_reads_back_as_itself(seconds: float) -> None:
    assert seconds_in(duration(seconds)) == seconds


def test_a_short_range_has_a_slider_that_moves_with_the_number(form: Form) -> None:
    share = form.field("share")
    share.slider.setValue(75)
    assert form.values()["share"] == pytest.approx(0.75)
    share.spin.setValue(0.2)
    assert share.slider.value() == 20
    assert form.field("rate").slider is None


def test_a_changed_setting_offers_the_way_back(qtbot: Any, form: Form) -> None:
    row = form.rows["tied"]
    assert not row.back.isVisible()
    form.findChild(QCheckBox).click()
    assert row.back.isVisible()
    qtbot.mouseClick(row.back, Qt.MouseButton.LeftButton)
    assert form.values()["tied"] is True
    assert not row.back.isVisible()


def test_advanced_settings_are_folded_and_say_how_many_differ(qtbot: Any, form: Form) -> None:
    table = form.field("examples")
    assert not table.isVisible()
    qtbot.keyClick(form.advanced.heading, Qt.Key.Key_Space)
    assert table.isVisible()
    form.set_values({"base": "plays"})
    assert form.advanced.heading.text() == "Advanced · 1 changed"


def test_help_is_told_by_pointer_by_key_and_to_assistive_tools(qtbot: Any, form: Form) -> None:
    row = form.rows["count"]
    spin = form.field("count").spin
    assert spin.accessibleName() == "Pictures"
    assert spin.accessibleDescription() == "How many."
    assert "How many." in spin.toolTip()
    assert not row.help.isVisible()
    row.why.setFocus()
    qtbot.keyClick(row.why, Qt.Key.Key_Space)
    assert row.help.isVisible()
    assert row.help.text() == "How many."


def test_a_class_is_chosen_among_those_that_the_model_knows_or_typed(qtbot: Any, form: Form) -> None:
    field, heard = form.field("animal"), []
    form.offer_classes(("cat", "dog", "red panda"))
    field.changed.connect(lambda: heard.append(field.value()))
    names = field.box.model()
    assert [names.index(row).data() for row in range(names.rowCount())] == ["Any", "cat", "dog", "red panda"]
    qtbot.keyClick(field.box, Qt.Key.Key_Down)
    assert field.value() == heard[-1] == "cat"
    qtbot.keyClick(field.box, Qt.Key.Key_Up)
    assert field.value() == heard[-1] == "" and field.box.lineEdit().placeholderText() == "Any"
    field.box.lineEdit().setFocus()
    qtbot.keyClicks(field.box.lineEdit(), "pan")
    completer = field.box.completer()
    assert completer.popup().isVisible() and completer.currentCompletion() == "red panda"
    qtbot.keyClick(completer.popup(), Qt.Key.Key_Down)
    qtbot.keyClick(completer.popup(), Qt.Key.Key_Return)
    assert field.value() == heard[-1] == "red panda"
    form.offer_classes(("owl",))
    assert field.value() == "red panda", "what is written stays: its model may come back"


def test_what_is_about_classes_is_not_there_where_the_model_knows_none(form: Form) -> None:
    form.set_values({"animal": "dog", "likeness": 3.0})
    form.offer_classes(())
    assert not form.field("animal").isVisible() and not form.field("likeness").isVisible()
    assert not {"animal", "likeness"} & set(form.counting()) and form.values()["animal"] == "dog"
    for known in (("cat", "dog"), None):
        form.offer_classes(known)
        assert form.field("animal").isVisible() and form.field("likeness").isVisible()
        assert form.counting()["animal"] == "dog" and form.counting()["likeness"] == 3


def test_every_control_has_a_name(form: Form) -> None:
    form.advanced.set_open(True)
    kinds = (QLineEdit, QComboBox, QCheckBox, QPlainTextEdit)
    unnamed = [
        one
        for kind in kinds
        for one in form.findChildren(kind)
        if not one.accessibleName() and one.objectName() != "qt_spinbox_lineedit"
    ]
    assert not unnamed


def test_tab_goes_through_the_fields_in_order(qtbot: Any, form: Form) -> None:
    form.activateWindow()
    form.field("count").spin.setFocus()
    qtbot.waitUntil(form.field("count").spin.hasFocus)
    seen = []
    for _ in range(60):
        qtbot.keyClick(QApplication.focusWidget(), Qt.Key.Key_Tab)
        focus = QApplication.focusWidget()
        seen += [name for name, row in form.rows.items() if row.field.isAncestorOf(focus) and name not in seen]
    plain = [name for name, row in form.rows.items() if not row.one.advanced]
    assert [name for name in seen if name in plain and name != "count"] == plain[1:]


def test_a_prompt_grows_with_its_text_up_to_a_limit(form: Form) -> None:
    edit = form.field("prompt").edit
    low = edit.height()
    form.set_values({"prompt": "\n".join("abcdef")})
    middle = edit.height()
    form.set_values({"prompt": "\n".join("a" * 100)})
    high = edit.height()
    assert low < middle < high < 400


def test_rows_can_be_added_removed_and_pasted(qtbot: Any, form: Form) -> None:
    form.advanced.set_open(True)
    table = form.field("examples").table
    QGuiApplication.clipboard().setText("q1\ta1\nq2\ta2\n")
    table.setFocus()
    qtbot.keyClick(table, Qt.Key.Key_V, Qt.KeyboardModifier.ControlModifier)
    assert form.values()["examples"] == [["a", "b"], ["q1", "a1"], ["q2", "a2"]]
    table.setCurrentCell(0, 0)
    form.field("examples")._remove()
    assert form.values()["examples"] == [["q1", "a1"], ["q2", "a2"]]


def test_the_wheel_scrolls_the_panel_and_not_the_value(qtbot: Any, form: Form) -> None:
    area = QScrollArea()
    qtbot.addWidget(area)
    inside = QWidget()
    layout = QVBoxLayout(inside)
    made = Form(Everything)
    layout.addWidget(made)
    area.setWidgetResizable(True)
    area.setWidget(inside)
    area.resize(360, 200)
    area.show()
    made.field("file").line.setFocus()
    qtbot.waitUntil(lambda: area.verticalScrollBar().maximum() > 200)
    before = made.values()
    area.activateWindow()
    for focused in (False, True):
        for control in (made.field("count").spin, made.field("cell").box, made.field("share").slider):
            area.ensureWidgetVisible(control)
            at = area.verticalScrollBar().value()
            if focused:
                control.setFocus()
                qtbot.waitUntil(control.hasFocus)
            _wheel(control)
            assert made.values() == before
            assert control.hasFocus() is focused
            assert area.verticalScrollBar().value() > at


def _type(qtbot: Any, spin: QWidget, text: str) -> None:
    spin.window().activateWindow()
    spin.setFocus()
    qtbot.waitUntil(spin.hasFocus)
    spin.selectAll()
    qtbot.keyClicks(spin, text)
    qtbot.keyClick(spin, Qt.Key.Key_Tab)
    assert not spin.hasFocus()


def _wheel(widget: QWidget) -> None:
    window = widget.window()
    at = widget.mapTo(window, widget.rect().center())
    QTest.wheelEvent(window.windowHandle(), QPointF(at), QPoint(0, -120))
    walk_world.settle()


def test_an_input_takes_a_dropped_file_of_its_kind_only(form: Form, tiny_pictures: Any) -> None:
    zone = form.field("start").zone
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(tiny_pictures / "00.png"))])
    data.setData("application/x-aigc-item", b"some-id")
    _drop(zone, data)
    assert form.values()["start"] == str(tiny_pictures / "00.png")
    other = QMimeData()
    other.setUrls([QUrl.fromLocalFile("/somewhere/voice.wav")])
    assert not zone.takes(other)
    form.field("start").clear.click()
    assert form.values()["start"] is None


def _drop(zone: QWidget, data: QMimeData) -> None:
    given = (Qt.DropAction.CopyAction, data, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier)
    QApplication.sendEvent(zone, QDragEnterEvent(QPoint(5, 5), *given))
    event = QDropEvent(QPointF(5, 5), *given)
    QApplication.sendEvent(zone, event)
    assert event.isAccepted()


@pytest.mark.parametrize(
    ("action", "id"), [(action, id) for id, spec in registry.specs().items() for action in spec.actions]
)
def test_every_generator_gets_a_form_whose_values_pass(qtbot: Any, id: str, action: str) -> None:
    params = registry.get(id).params(action)
    form = Form(params)
    qtbot.addWidget(form)
    defaults = make(params, {}).model_dump(mode="json")
    assert make(params, form.values()).model_dump(mode="json") == defaults
    if action == "train":
        assert issubclass(params, Training)
