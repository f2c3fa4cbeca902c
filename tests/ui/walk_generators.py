"""Places of the walk: each generator's panel."""

import json
import math
from typing import Any

import numpy as np
from PIL import Image
from PySide6.QtWidgets import QMenu, QScrollArea, QWidget

from aigc_desktop.engine.events import Insight
from aigc_desktop.engine.registry import Found
from aigc_desktop.i18n import tr
from aigc_desktop.problems import Sentence
from aigc_desktop.ui.create_page import CreatePage
from aigc_desktop.ui.generator_panel import GeneratorPanel
from aigc_desktop.ui.main_window import MainWindow
from aigc_desktop.ui.train_page import TrainPage
from tests import tiny
from tests.ui.inside_data import DRAWN, NEXT, SURPRISE, attention, verdicts
from tests.ui.walk import PLACES, place, popup
from tests.ui.walk_world import settle, until


def _panel(window: MainWindow, id: str, action: str) -> GeneratorPanel:
    """A generator's panel with everything folded, whatever the places before did with it."""
    panel: GeneratorPanel = window.open_generator(id, action=action)
    panel.about.setChecked(False)
    page = panel.pages[action]
    page.problem.say("")
    if action != "explore":
        page.form.advanced.set_open(False)
        for row in page.form.rows.values():
            row.why.setChecked(False)
    for area in page.findChildren(QScrollArea):
        area.verticalScrollBar().setValue(0)
    return panel


def _train(window: MainWindow, id: str) -> TrainPage:
    page: TrainPage = _panel(window, id, "train").train
    return page


def _create(window: MainWindow, id: str) -> CreatePage:
    page: CreatePage = _panel(window, id, "create").create
    return page


def _data(window: MainWindow, page: TrainPage) -> None:
    folder = window.project.path.parent
    page.data.set_path(str(tiny.data(page.spec.data.name, folder)))
    until(lambda: page.data.found is not None)


def _past_run(window: MainWindow, id: str) -> str:
    rows = window.project.runs.list(states=("finished",))
    return next(row.id for row in rows if row.job["generator"] == id)


def _nothing_chosen(window: MainWindow, id: str) -> QWidget:
    page = _train(window, id)
    page.data.set_path(None)
    page._show_nothing()
    page.start()
    assert page.problem.isVisible()
    return page


def _chosen(window: MainWindow, id: str) -> QWidget:
    page = _train(window, id)
    _data(window, page)
    until(lambda: page.cost.isVisible() and (page.preview is None or page.preview.isVisible()))
    return page


def _twice(window: MainWindow) -> QWidget:
    """One picture of the data enlarged, and some that are there twice."""
    page = _chosen(window, "image.gan")
    said = [("b.png", Sentence("The same picture as {other}.", {"other": "a.png"}))]
    page.doubles.say(Found({"copies": 12, "alike": 3}, [], doubles=said), "keep")
    page.doubles.fold.set_open(True)
    if len(page.preview.grid.tiles) > 1:
        page.preview.grid.look_at(2)
        page.preview._enlarge(2)
    return page


PLACES["image.gan: train, pictures twice"] = _twice


def _advanced(window: MainWindow, id: str) -> QWidget:
    page = _train(window, id)
    page.form.advanced.set_open(True)
    for row in page.form.rows.values():
        row.why.setChecked(True)
    return page


def _run(window: MainWindow, id: str) -> QWidget:
    panel = _panel(window, id, "train")
    panel.about.setChecked(True)
    panel.show_run(_past_run(window, id))
    losses = panel.train.views["losses"]
    losses.as_table.setChecked(False)
    until(lambda: losses._plot is not None and losses._plot.isVisible())
    return panel


def _table(window: MainWindow, id: str) -> QWidget:
    panel = _panel(window, id, "train")
    panel.show_run(_past_run(window, id))
    panel.train.views["losses"].as_table.setChecked(True)
    return panel.train


def _running(window: MainWindow, id: str) -> QWidget:
    page = _train(window, id)
    page.views["losses"].as_table.setChecked(False)
    page.show_run(window.jobs.running or _past_run(window, id))
    return page


def _no_model(window: MainWindow, id: str) -> QWidget:
    page = _create(window, id)
    page.model.setCurrentIndex(-1)
    page.problem.say(tr("Choose a model first."), "problem")
    return page


def _results(window: MainWindow, id: str) -> QWidget:
    page = _create(window, id)
    page.choose_model({"image.gan": "digits", "text.lstm": "plays"}[id])
    page.form.advanced.set_open(True)
    medium = {"image.gan": "picture", "text.lstm": "text"}[id]
    items = window.project.items.ids(medium=medium)
    page.made.bring_back({"run": f"batch of {id}", "job": {"model": "digits", "seed": 7}, "items": items})
    page._show_place()
    until(lambda: bool(page.results.batches))
    return page


for _id in ("image.gan", "text.lstm"):
    for _name, _open in (
        ("train, nothing chosen", _nothing_chosen),
        ("train, data chosen", _chosen),
        ("train, advanced", _advanced),
        ("train, a run and About", _run),
        ("train, a run as a table", _table),
        ("train, running", _running),
        ("create, no model", _no_model),
        ("create, results", _results),
    ):
        PLACES[f"{_id}: {_name}"] = lambda window, id=_id, open=_open: open(window, id)

for _name, _open in (("train, nothing chosen", _nothing_chosen), ("train, advanced", _advanced)):
    PLACES[f"text.finetune: {_name}"] = lambda window, open=_open: open(window, "text.finetune")


def _inside(window: MainWindow, id: str, view: str, data: dict[str, Any]) -> QWidget:
    """Look inside, with an answer."""
    page = _panel(window, id, "explore").explore
    if page.model.value() is None:
        page.choose_model(str(window.project.path))
    page.tabs.show_view(view)
    settle()
    page._typing.stop()  # nothing is typed, so nothing would be asked, and nothing shown
    page._warming.stop()
    page.views[view].show_data(data)
    until(lambda: page.views[view].shown and not page.views[view]._pacer.isActive())
    return page


@place("text.lstm: train, the held-out passage")
def _passage(window: MainWindow) -> QWidget:
    panel = _panel(window, "text.lstm", "train")
    panel.show_run(_past_run(window, "text.lstm"))
    panel.train.tabs.show_view("surprise")
    view = panel.train.views["surprise"]
    view.show_data(SURPRISE, 500)
    until(lambda: view.shown)
    view.passage.choose(5)
    return panel.train


def _discriminator(window: MainWindow, table: bool) -> QWidget:
    panel = _panel(window, "image.gan", "train")
    panel.show_run(_past_run(window, "image.gan"))
    panel.train.tabs.show_view("discriminator")
    view = panel.train.views["discriminator"]
    view.as_table.setChecked(table)
    view.show_data(verdicts(), 500)
    until(lambda: view.shown)
    view.scatter.choose(3)
    (view.table if table else view.scatter).setFocus()
    return panel.train


for _name, _table_too in (("discriminator", False), ("discriminator as a table", True)):
    PLACES[f"image.gan: train, {_name}"] = lambda window, table=_table_too: _discriminator(window, table)


@place("text.lstm: look inside, surprise as a table")
def _surprise(window: MainWindow) -> QWidget:
    page = _inside(window, "text.lstm", "surprise", SURPRISE)
    page.views["surprise"].as_table.setChecked(True)
    return page


@place("text.lstm: look inside, what may follow")
def _what_may_follow(window: MainWindow) -> QWidget:
    return _inside(window, "text.lstm", "next_tokens", DRAWN)


@place("text.pretrained: look inside, attention")
def _attention(window: MainWindow) -> QWidget:
    page = _inside(window, "text.pretrained", "attention", attention())
    page.views["attention"].as_table.setChecked(False)
    return page


@place("text.pretrained: create, what may follow")
def _follows(window: MainWindow) -> QWidget:
    page = _create(window, "text.pretrained")
    page.watching.follow("a run")
    view = page.watching.views["next_tokens"]
    for slot in (0, 1):
        view.hear(Insight("next_tokens", NEXT, 3, slot))
    until(lambda: view.shown)
    return page


def _reported(window: MainWindow, id: str, names: tuple[str, ...]) -> QWidget:
    """A model's folder that was chosen; what the doctor says of it stands below."""
    folder = window.project.path.parent / "a language model"
    folder.mkdir(exist_ok=True)
    for path in folder.iterdir():
        path.unlink()
    config = {"model_type": "llama", "architectures": ["LlamaForCausalLM"], "num_hidden_layers": 2, "hidden_size": 64}
    config |= {"num_attention_heads": 4, "max_position_embeddings": 2048, "vocab_size": 300}
    shapes = {"model.embed_tokens.weight": [300, 64], "model.layers.0.mlp.up_proj.weight": [256, 64]}
    shapes |= {"model.layers.1.mlp.up_proj.weight": [256, 64], "model.norm.weight": [64]}
    header, end = {}, 0
    for name, shape in shapes.items():
        begin, end = end, end + 4 * math.prod(shape)
        header[name] = {"dtype": "F32", "shape": shape, "data_offsets": [begin, end]}
    text = json.dumps(header).encode()
    contents = {
        "config.json": json.dumps(config).encode(),
        "model.safetensors": len(text).to_bytes(8, "little") + text + bytes(end),
        "pytorch_model.bin": b"\x80\x04",
    }
    for name in names:
        (folder / name).write_bytes(contents[name])
    if id == "text.finetune":
        page: CreatePage | TrainPage = _train(window, id)
        report = page.reports["base"]
        page.form.set_values({"base": str(folder)})
    else:
        page = _create(window, id)
        report = page.report
        page.choose_model(str(folder))
    report.show_model(str(folder))
    until(lambda: report.report is not None and report.what.text() != tr("Looking at it…"))
    settle()
    return page


for _id in ("text.pretrained", "text.finetune"):
    for _name, _names in (
        ("a model, its needs and what is missing", ("config.json", "model.safetensors", "pytorch_model.bin")),
        ("a model of pickles", ("config.json", "pytorch_model.bin")),
    ):
        PLACES[f"{_id}: {_name}"] = lambda window, id=_id, names=_names: _reported(window, id, names)


@place("image.ddpm: create, a mask of another size")
def _other_size(window: MainWindow) -> QWidget:
    page = _create(window, "image.ddpm")
    folder = window.project.path.parent
    paths = {"start": folder / "1", "mask": folder / "2"}
    for number, path in enumerate(paths.values()):
        Image.fromarray(np.full((24 + number, 32), 90, np.uint8)).save(path, "PNG")
    page.form.set_values({name: str(path) for name, path in paths.items()})
    assert page.form.field("mask").problem.isVisibleTo(page)
    return page


@place("menu: save the losses")
def _save_menu(window: MainWindow) -> QWidget:
    page = _train(window, "image.gan")
    page.show_run(_past_run(window, "image.gan"))
    losses = page.views["losses"]
    settle()
    return popup(next(menu for menu in losses.findChildren(QMenu)))


@place("menu: earlier trainings")
def _history(window: MainWindow) -> QWidget:
    return popup(_train(window, "text.lstm").status.menu)
