"""Places of the walk: each generator's panel."""

from PySide6.QtWidgets import QMenu, QWidget

from aigc_desktop.i18n import tr
from aigc_desktop.ui.create_page import CreatePage
from aigc_desktop.ui.main_window import MainWindow
from aigc_desktop.ui.train_page import TrainPage
from tests import tiny
from tests.ui.walk import PLACES, place, popup
from tests.ui.walk_world import settle, until


def _train(window: MainWindow, id: str) -> TrainPage:
    page: TrainPage = window.open_generator(id, action="train").train
    page.form.advanced.set_open(False)
    page.problem.say("")
    return page


def _create(window: MainWindow, id: str) -> CreatePage:
    page: CreatePage = window.open_generator(id, action="create").create
    page.form.advanced.set_open(False)
    page.problem.say("")
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
    until(lambda: page.cost.isVisible())
    return page


def _advanced(window: MainWindow, id: str) -> QWidget:
    page = _train(window, id)
    page.form.advanced.set_open(True)
    for row in page.form.rows.values():
        row.why.setChecked(True)
    return page


def _run(window: MainWindow, id: str) -> QWidget:
    panel = window.open_generator(id, action="train")
    for row in panel.train.form.rows.values():
        row.why.setChecked(False)
    panel.about.setChecked(True)
    panel.show_run(_past_run(window, id))
    losses = panel.train.views["losses"]
    losses.as_table.setChecked(False)
    until(lambda: losses._plot is not None and losses._plot.isVisible())
    return panel


def _table(window: MainWindow, id: str) -> QWidget:
    panel = window.open_generator(id, action="train")
    panel.about.setChecked(False)
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
