"""What is seen of a training: curves and samples."""

import json
import math
import threading
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QImage
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QFileDialog

from aigc_desktop.data.texts import Texts
from aigc_desktop.engine import events
from aigc_desktop.engine.job import Job
from aigc_desktop.engine.params import Params, Training
from aigc_desktop.engine.registry import Spec
from aigc_desktop.engine.run import Run
from aigc_desktop.media.picture import Picture
from aigc_desktop.media.text import Text
from aigc_desktop.ui import figures, pixmaps
from aigc_desktop.ui.views import VIEWS, view_for
from aigc_desktop.ui.views.curves import Curves, read_metrics, smoothed
from aigc_desktop.ui.views.losses import Losses
from aigc_desktop.ui.views.samples import Samples
from aigc_desktop.ui.views.timeline import EDGE
from tests.ui import walk_world

SPEC = Spec(
    id="text.test",
    title="Test",
    medium="text",
    summary="",
    about="",
    data=Texts(),
    train=Training,
    create=Params,
    curves={"loss": "Training", "heldout_loss": "Held out"},
)


# Curves ---------------------------------------------------------------------------------------------------------------


def test_rows_keep_what_was_measured_and_nothing_else() -> None:
    curves = Curves()
    curves.add(1, 0.1, {"loss": 3.0})
    curves.add(2, 0.2, {"loss": math.nan})
    curves.add(2, 0.2, {"loss": 2.0})
    curves.add(2, 0.2, {"heldout_loss": 2.5})
    assert curves.count == 2
    assert curves.row(0) == (1, 0.1, {"loss": 3.0})
    assert curves.row(1) == (2, 0.2, {"loss": 2.0, "heldout_loss": 2.5})
    assert curves.latest == {"loss": 2.0, "heldout_loss": 2.5}


def test_a_step_that_comes_again_replaces_what_came_after_it() -> None:
    curves = Curves()
    for step in range(100):
        curves.add(step, step, {"loss": 1.0})
    for step in range(60, 80):
        curves.add(step, step, {"loss": 2.0})
    x, y = curves.line("loss")
    assert x.tolist() == list(range(80))
    assert y.tolist() == [1.0] * 60 + [2.0] * 20


def test_a_long_curve_is_drawn_with_few_points_and_keeps_its_mean() -> None:
    curves = Curves()
    for step in range(30_000):
        curves.add(step, step, {"loss": math.sin(step / 1000)})
    x, y = curves.line("loss", points=500)
    assert len(x) == len(y) == 500
    assert np.all(np.diff(x) > 0)
    assert y.mean() == pytest.approx(np.sin(np.arange(30_000) / 1000).mean(), abs=1e-3)
    x, y = curves.line("loss", 1000, 1100, points=500)
    assert (x[0], x[-1]) == (999, 1101)


def test_smoothing_is_the_plain_recurrence() -> None:
    y = np.random.default_rng(0).normal(size=400)
    for weight in (0.0, 0.3, 0.9, 0.99):
        mean = share = 0.0
        expected = []
        for value in y:
            mean, share = weight * mean + (1 - weight) * value, weight * share + 1 - weight
            expected.append(mean / share)
        assert np.allclose(smoothed(y, weight), expected)


def test_metrics_on_disk_are_read_whatever_a_crash_left(tmp_path: Path) -> None:
    path = tmp_path / "metrics.jsonl"
    path.write_text('{"step": 1, "seconds": 0.5, "loss": 2.0}\n{"ste\n[1]\n{"step": 2, "loss": 1.5}\n{"step": 3, "lo')
    assert list(read_metrics(path)) == [(1, 0.5, {"loss": 2.0}), (2, 0.0, {"loss": 1.5})]
    assert list(read_metrics(tmp_path / "none")) == []


def test_csv_holds_every_row(tmp_path: Path) -> None:
    curves = Curves()
    curves.add(1, 0.1, {"loss": 3.0})
    curves.add(2, 0.2, {"heldout_loss": 2.5})
    curves.write_csv(tmp_path / "a.csv")
    assert (tmp_path / "a.csv").read_text().splitlines() == [
        "step,seconds,loss,heldout_loss",
        "1,0.1,3.0,",
        "2,0.2,,2.5",
    ]


# Losses ---------------------------------------------------------------------------------------------------------------


@pytest.fixture
def losses(qtbot: Any) -> Losses:
    view = view_for("losses", SPEC)
    assert isinstance(view, Losses)
    qtbot.addWidget(view)
    view.resize(700, 320)
    view.show()
    qtbot.waitExposed(view)
    return view


def feed(view: Losses, steps: range) -> None:
    for step in steps:
        view.add(events.Metrics(step, {"loss": 3 * math.exp(-step / 50) + 1}, step / 10))
        if step % 20 == 0:
            view.add(events.Metrics(step, {"heldout_loss": 3.2 * math.exp(-step / 50) + 1}, step / 10))


def drawn(view: Losses, name: str) -> tuple[Any, Any]:
    return view._plot.lines[name].raw.getData()


def test_curves_appear_and_grow(qtbot: Any, losses: Losses) -> None:
    assert losses._stack.currentIndex() == 0
    losses.set_live(True)
    feed(losses, range(1, 51))
    qtbot.waitUntil(lambda: len(drawn(losses, "loss")[0]) == 50)
    feed(losses, range(51, 101))
    qtbot.waitUntil(lambda: len(drawn(losses, "loss")[0]) == 100)
    assert losses._stack.currentIndex() == 1
    assert drawn(losses, "heldout_loss")[0].tolist() == [20, 40, 60, 80, 100]
    (left, right), (bottom, top) = losses._plot.box.viewRange()
    assert left == 0 and right >= 100
    assert bottom < 1.4 and top > 3.9


def test_it_draws_twice_a_second_however_much_comes(
    qtbot: Any, losses: Losses, monkeypatch: pytest.MonkeyPatch
) -> None:
    losses.set_live(True)
    feed(losses, range(1, 3))
    count = []
    draw = losses._draw
    monkeypatch.setattr(losses, "_draw", lambda: (count.append(1), draw()))
    for step in range(3, 60):
        feed(losses, range(step, step + 1))
        qtbot.wait(20)
    assert 1 <= len(count) <= 4


def test_held_out_differs_from_training_in_colour_and_line(qtbot: Any, losses: Losses) -> None:
    feed(losses, range(1, 50))
    qtbot.waitUntil(lambda: "heldout_loss" in losses._plot.lines)
    train, heldout = (losses._plot._pens[name][0] for name in ("loss", "heldout_loss"))
    assert train.color() != heldout.color()
    assert train.style() != heldout.style()
    assert train.isCosmetic() and train.width() == 1


def test_logarithmic_scale_shows_the_values_themselves(qtbot: Any, losses: Losses) -> None:
    feed(losses, range(1, 50))
    losses.add(events.Metrics(50, {"loss": -1.0}, 5))
    losses.log.click()
    x, y = drawn(losses, "loss")
    assert len(x) == 49
    assert y[0] == pytest.approx(math.log10(3 * math.exp(-1 / 50) + 1))
    axis = losses._plot.left
    ticks = axis.tickValues(0.0, 0.7, 300)[0][1]
    assert "2" in axis.tickStrings(ticks, 1, 1)


def test_smoothing_puts_a_smooth_line_before_a_faint_one(qtbot: Any, losses: Losses) -> None:
    feed(losses, range(1, 50))
    losses.smooth.setValue(80)
    line = losses._plot.lines["loss"]
    assert len(line.front.getData()[0]) == 49
    assert line.raw.opts["pen"].color() != line.front.opts["pen"].color()
    losses.smooth.setValue(0)
    assert len(line.front.getData()[0]) == 0


def test_the_values_under_the_pointer_are_told(qtbot: Any, losses: Losses) -> None:
    feed(losses, range(1, 101))
    qtbot.waitUntil(lambda: "heldout_loss" in losses.legend._entries)
    box = losses._plot.box
    at = losses._plot.mapFromScene(box.mapViewToScene(QPointF(40, 2)))
    QTest.mouseMove(losses._plot.viewport(), at)
    losses._point(40.2)
    assert losses.place.text() == "step 40 · 0:04"
    entry = losses.legend._entries["heldout_loss"].value
    assert float(entry.text()) == pytest.approx(3.2 * math.exp(-40 / 50) + 1, abs=1e-3)
    losses._point(None)
    assert losses.place.text() == "step 100"


def test_keys_move_the_line_and_zoom(qtbot: Any, losses: Losses) -> None:
    feed(losses, range(1, 101))
    qtbot.waitUntil(lambda: losses._plot is not None)
    losses._draw()
    plot = losses._plot
    qtbot.keyClick(plot, Qt.Key.Key_Left)
    first = losses._pointed
    qtbot.keyClick(plot, Qt.Key.Key_Left)
    assert losses._pointed < first
    assert not losses.whole.isEnabled()
    qtbot.keyClicks(plot, "+")
    assert plot.is_zoomed and losses.whole.isEnabled()
    shown = plot.box.viewRange()[0]
    feed(losses, range(101, 140))
    losses._draw()
    assert plot.box.viewRange()[0] == shown  # what the user chose stays
    losses.whole.click()
    assert not plot.is_zoomed
    assert plot.box.viewRange()[0][1] >= 139


def test_a_curve_can_be_hidden(qtbot: Any, losses: Losses) -> None:
    feed(losses, range(1, 50))
    qtbot.waitUntil(lambda: "heldout_loss" in losses.legend._entries)
    losses.legend._entries["loss"].button.click()
    assert len(drawn(losses, "loss")[0]) == 0
    assert losses.state()["hidden"] == ["loss"]
    losses.legend._entries["loss"].button.click()
    assert len(drawn(losses, "loss")[0]) == 49


def test_the_table_reads_newest_first(qtbot: Any, losses: Losses) -> None:
    feed(losses, range(1, 41))
    losses.as_table.click()
    model = losses._table.model()
    titles = [model.headerData(i, Qt.Orientation.Horizontal) for i in range(model.columnCount())]
    assert titles == ["Step", "Time", "Training", "Held out"]
    assert [model.index(0, i).data() for i in range(2)] == ["40", "0:04"]
    assert float(model.index(0, 3).data()) == pytest.approx(3.2 * math.exp(-40 / 50) + 1, abs=1e-3)
    feed(losses, range(41, 50))
    losses._draw()
    assert model.index(0, 0).data() == "49"
    assert model.rowCount() == 49


def test_picture_and_numbers_can_be_saved(
    qtbot: Any, losses: Losses, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    feed(losses, range(1, 50))
    losses._draw()
    for name, act in (("a.png", losses.save_picture), ("b.csv", losses.save_numbers)):
        monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_, name=name: (str(tmp_path / name), ""))
        act()
    image = QImage(str(tmp_path / "a.png"))
    assert image.width() == 2 * losses._sheet.width()
    assert len({image.pixel(x, y) for x in range(0, image.width(), 7) for y in range(0, image.height(), 5)}) > 4
    assert len((tmp_path / "b.csv").read_text().splitlines()) == 50
    assert losses._tools.isVisible()


def test_a_long_run_is_read_from_disk_without_blocking(qtbot: Any, losses: Losses, tmp_path: Path) -> None:
    with (tmp_path / "metrics.jsonl").open("w") as file:
        for step in range(20_000):
            file.write(json.dumps({"step": step, "seconds": step / 10, "loss": 1.0}) + "\n")
    losses.load(tmp_path)
    assert losses.curves.count < 2000
    losses.add(events.Metrics(20_000, {"loss": 2.0}, 2000))  # what is said meanwhile comes after what was kept
    assert losses.curves.count == 20_001
    qtbot.waitUntil(lambda: losses._plot is not None and len(drawn(losses, "loss")[0]) == 500)
    losses.clear()
    assert losses.curves.count == 0
    assert losses._stack.currentIndex() == 0


def test_choices_come_back(qtbot: Any, losses: Losses) -> None:
    losses.restore({"log": True, "smoothing": 0.5, "table": True, "hidden": ["loss"], "more": 1})
    feed(losses, range(1, 30))
    qtbot.waitUntil(lambda: losses.legend.hidden() == {"loss"})
    assert losses.state() == {"log": True, "smoothing": 0.5, "table": True, "hidden": ["loss"]}


def test_a_metric_without_a_title_is_said_in_words() -> None:
    assert figures.title("heldout_nats_per_char") == "Held-out nats per char"
    assert figures.title("heldout_loss", SPEC) == "Held out"


def test_every_view_can_be_made(qtbot: Any) -> None:
    for name in VIEWS:
        qtbot.addWidget(view_for(name, SPEC))
    with pytest.raises(KeyError):
        view_for("tea leaves", SPEC)


# Samples --------------------------------------------------------------------------------------------------------------


@pytest.fixture
def samples(qtbot: Any) -> Samples:
    view = view_for("samples", SPEC)
    assert isinstance(view, Samples)
    qtbot.addWidget(view)
    view.resize(500, 300)
    view.show()
    return view


def said(step: int, path: Path | None = None) -> events.Preview:
    return events.Preview("text", Text(f"at {step}"), step, 0, str(path) if path else None, f"at {step}")


def test_the_latest_sample_is_shown_unless_one_looked_back(qtbot: Any, samples: Samples) -> None:
    samples.add(said(1))
    samples.add(said(5))
    assert samples.text.toPlainText() == "at 5"
    qtbot.keyClick(samples.timeline, Qt.Key.Key_Left)
    assert samples.text.toPlainText() == "at 1"
    samples.add(said(9))
    assert samples.text.toPlainText() == "at 1"
    assert samples.place.text() == "step 1"
    samples.last.click()
    assert samples.text.toPlainText() == "at 9"
    samples.add(said(12))
    assert samples.text.toPlainText() == "at 12"


def test_a_click_on_the_timeline_goes_there(qtbot: Any, samples: Samples) -> None:
    for step in range(1, 12):
        samples.add(said(step))
    y = samples.timeline.height() // 2
    qtbot.mouseClick(samples.timeline, Qt.MouseButton.LeftButton, pos=QPoint(EDGE, y))
    assert samples.text.toPlainText() == "at 1"
    qtbot.mouseClick(samples.timeline, Qt.MouseButton.LeftButton, pos=QPoint(round(samples.timeline.x_of(5)), y))
    assert samples.text.toPlainText() == "at 6"


def test_samples_of_a_resumed_run_replace_those_after_its_checkpoint(samples: Samples) -> None:
    for step in (1, 5, 9):
        samples.add(said(step))
    samples.add(said(6))
    assert [one.step for one in samples.samples] == [1, 5, 6]


def test_pictures_are_shown_from_memory_and_from_disk(samples: Samples, tmp_path: Path) -> None:
    folder = tmp_path / "samples"
    folder.mkdir()
    for step, grey in ((10, 40), (20, 200)):
        Picture(np.full((28, 28), grey, np.uint8)).write(folder / f"{step:09d}")
    (folder / "notes.json").write_text("{}")
    samples.load(tmp_path)
    assert [one.step for one in samples.samples] == [10, 20]
    assert samples.picture.image().pixelColor(3, 3).red() == 200
    samples.timeline.setValue(0)
    assert samples.picture.image().pixelColor(3, 3).red() == 40
    samples.clear()
    assert samples.picture.image().isNull()
    samples.add(events.Preview("picture", Picture(np.full((8, 8, 3), 90, np.uint8)), 30))
    assert samples.picture.image().width() == 8


def test_a_small_picture_grows_by_whole_pixels(samples: Samples) -> None:
    pixels = np.zeros((10, 10), np.uint8)
    pixels[::2] = 255
    samples.add(events.Preview("picture", Picture(pixels), 1))
    image = samples.picture.grab().toImage()
    column = [image.pixelColor(image.width() // 2, y).red() for y in range(image.height())]
    inside = column[column.index(255) : len(column) - column[::-1].index(255)]
    runs = [
        len(run)
        for run in "".join("1" if one == 255 else "0" for one in inside)
        .replace("10", "1 0")
        .replace("01", "0 1")
        .split()
    ]
    assert len(set(runs)) == 1 and runs[0] > 4


def test_a_large_sample_is_read_beside_the_window_and_the_latest_wins(
    samples: Samples, qtbot: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "samples"
    folder.mkdir()
    random = np.random.default_rng(0)
    for step in range(1, 5):
        noise = random.integers(0, 255, (400, 400, 3), np.uint8)
        noise[0, 0] = 10 * step
        Picture(noise).write(folder / f"{step:09d}")
    read_in = []
    plain = pixmaps.read
    monkeypatch.setattr(pixmaps, "read", lambda path: read_in.append(threading.current_thread().name) or plain(path))
    samples.load(tmp_path)
    for place in (0, 1, 2, 0):
        samples.timeline.setValue(place)
    qtbot.waitUntil(lambda: not samples.picture.image().isNull() and samples._reader._thread is None)
    assert samples.picture.image().pixelColor(0, 0).red() == 10 and set(read_in) == {"picture"}
    samples.timeline.setValue(3)
    samples.add(events.Preview("picture", Picture(np.full((8, 8, 3), 90, np.uint8)), 30))
    qtbot.waitUntil(lambda: samples._reader._thread is None)
    walk_world.settle()
    assert samples.picture.image().width() == 8, "what was read late does not take the place of what came since"


def test_of_a_large_sample_a_smaller_one_comes_and_the_file_where_there_is_room(
    samples: Samples, qtbot: Any, tmp_path: Path, project: Any
) -> None:
    run = project.runs.add({"generator": "image.gan", "action": "train"})
    heard: list[Any] = []
    job = Job(generator="image.gan", action="train", data="starter")
    large = Picture(np.random.default_rng(0).integers(0, 255, (900, 1200, 3), np.uint8))
    Run(job, heard.append, project=project, run_id=run).preview(large, 7)
    assert heard[0].media.pixels.shape == (480, 640, 3) and Picture.read(Path(heard[0].path)).pixels.shape == (
        900,
        1200,
        3,
    )
    samples.add(heard[0])
    assert samples.picture.image().width() == 640 and samples._reader._thread is None
    samples.resize(1000, 1000)
    qtbot.waitUntil(lambda: samples.picture.height() > 800)
    samples.add(heard[0])
    qtbot.waitUntil(lambda: samples.picture.image().width() == 1200)
