"""Every place that a user can reach, opened in the real window: what the walking tests go through.

A place is a function that opens something in the window and returns the widget to look at. Whoever adds a window, a
dialog or a menu adds a place here; a test fails where a window class of the program is shown by no place.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import replace

from PySide6.QtCore import QPoint
from PySide6.QtGui import QContextMenuEvent
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractItemView,
    QAbstractSlider,
    QAbstractSpinBox,
    QApplication,
    QComboBox,
    QLineEdit,
    QMenu,
    QMenuBar,
    QScrollBar,
    QTabBar,
    QTextEdit,
    QWidget,
)

from aigc_desktop.i18n import tr
from aigc_desktop.ui.closing import Closing
from aigc_desktop.ui.create_page import CreatePage
from aigc_desktop.ui.library_model import Filters
from aigc_desktop.ui.main_window import MainWindow
from aigc_desktop.ui.train_page import TrainPage
from tests import tiny
from tests.ui.walk_world import settle, until

Place = Callable[[MainWindow], QWidget]
PLACES: dict[str, Place] = {}


def place(name: str) -> Callable[[Place], Place]:
    """This function opens the place of this name."""

    def take(open: Place) -> Place:
        PLACES[name] = open
        return open

    return take


@contextmanager
def at(window: MainWindow, name: str) -> Iterator[QWidget]:
    """Go to a place: its widget, laid out and painted. Everything that was opened is closed again."""
    widget = PLACES[name](window)
    settle()
    try:
        yield widget
    finally:
        leave(window)


def walk(window: MainWindow) -> Iterator[tuple[str, QWidget]]:
    """Every place after the other: its name, and its widget while it is open."""
    for name in PLACES:
        with at(window, name) as widget:
            yield name, widget


def leave(window: MainWindow) -> None:
    """Back to the window alone, with no menus, no dialogs and no sentences."""
    while (menu := QApplication.activePopupWidget()) is not None:
        menu.hide()
    for one in QApplication.topLevelWidgets():
        if one is not window and one.isVisible():
            if isinstance(one, Closing):
                one.saving = False
            one.close()
    for key in window.notices.texts():
        window.notices.remove(key)
    if window.library is not None:
        window.library.bar.hide()
    settle()


CONTROLS = (
    QAbstractButton,
    QAbstractItemView,
    QAbstractSlider,
    QAbstractSpinBox,
    QComboBox,
    QLineEdit,
    QMenu,
    QMenuBar,
    QTabBar,
    QTextEdit,
)


def controls(widget: QWidget) -> Iterator[QWidget]:
    """Everything in it that one can click, type into or move to by keyboard; shown, whether enabled or not."""
    for one in [widget, *widget.findChildren(QWidget)]:
        inner = one.objectName().startswith("qt_") or isinstance(one, QScrollBar)  # a part of another control
        if not one.isVisible() or inner or _within(one):
            continue
        if isinstance(one, CONTROLS) or one.focusPolicy().value & 3:  # by Tab or by click
            yield one


def _within(widget: QWidget) -> bool:
    """It is the inside of a spin box, combo box or line edit, or a viewport: its parent is the control."""
    parent = widget.parentWidget()
    return isinstance(parent, QAbstractSpinBox | QComboBox | QLineEdit) or widget.focusProxy() is not None


# The window


@place("window: nothing open")
def _empty(window: MainWindow) -> QWidget:
    window.desk.clear()
    window.generators.search.clear()
    _page(window, "items")
    return window


@place("generators: nothing found")
def _no_generator(window: MainWindow) -> QWidget:
    window.generators.search.setText("xyzzy")
    return window.docks["generators"]


@place("notices")
def _notices(window: MainWindow) -> QWidget:
    window.generators.search.clear()
    window.notices.show_sentence("problem", "Something went wrong with a file.", {tr("Show log"): window.show_log})
    return window.notices


@place("window: panels side by side")
def _side_by_side(window: MainWindow) -> QWidget:
    for id in ("image.gan", "text.lstm"):
        window.open_generator(id, action="train")
    window.desk.arrange(True)
    settle()
    return window.desk


@place("window: a panel of its own")
def _afloat(window: MainWindow) -> QWidget:
    window.desk.clear()
    window.open_generator("image.gan", action="create")
    dock = window.desk.docks["image.gan"]
    dock.setFloating(True)
    return dock


@place("window: panels as tabs")
def _tabs(window: MainWindow) -> QWidget:
    for id in ("image.gan", "text.lstm"):
        window.open_generator(id, action="train")
    window.desk.arrange(False)
    settle()
    return window


# Generators


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
    page._bring_back({"run": f"batch of {id}", "job": {"model": "digits", "seed": 7}, "items": items})
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


# The library


def _page(window: MainWindow, name: str) -> QWidget:
    window.library.filters.set(Filters())
    window.library.show_page(name)
    settle()
    return window.library


@place("library: items")
def _items(window: MainWindow) -> QWidget:
    library = _page(window, "items")
    window.library.items.focus_list()
    return library


@place("library: a name being edited")
def _renaming(window: MainWindow) -> QWidget:
    library = _items(window)
    window.library.items.view.rename()
    return library


@place("library: filtered")
def _filtered(window: MainWindow) -> QWidget:
    library = _page(window, "items")
    window.library.filters.set(replace(Filters(), medium="picture", generator="image.gan", model="digits"))
    return library


@place("library: nothing found")
def _nothing_found(window: MainWindow) -> QWidget:
    library = _page(window, "items")
    window.library.filters.set(Filters(text="xyzzy"))
    return library


@place("library: models")
def _models(window: MainWindow) -> QWidget:
    library = _page(window, "models")
    window.library.models.focus_list()
    return library


@place("library: trash")
def _trash(window: MainWindow) -> QWidget:
    library = _page(window, "trash")
    window.library.trash.view.setFocus()
    window.library.trash.view.selectAll()
    return library


def _nothing_yet(window: MainWindow, name: str) -> QWidget:
    library = _page(window, name)
    page = window.library.page
    page._show(0, Filters())
    return library


for _name in ("items", "models", "trash"):
    PLACES[f"library: no {_name} yet"] = lambda window, name=_name: _nothing_yet(window, name)


@place("library: something was removed")
def _removed(window: MainWindow) -> QWidget:
    library = _page(window, "items")
    window.library.bar.say(tr("In the trash: {name}", name="Digit 3"), True)
    return library


def _item(window: MainWindow, medium: str) -> QWidget:
    _page(window, "items")
    id = window.project.items.ids(medium=medium)[0]
    return window.library.open_item(window.project.items.get(id))


for _name in ("picture", "text"):
    PLACES[f"item: {_name}"] = lambda window, name=_name: _item(window, name)


# The queue


@place("queue")
def _queue(window: MainWindow) -> QWidget:
    window.queue._fold.setChecked(True)
    return window.docks["queue"]


# Windows and dialogs


@place("settings")
def _settings(window: MainWindow) -> QWidget:
    window.show_settings()
    for row in window._windows["settings"].form.rows.values():
        row.why.setChecked(True)
    return window._windows["settings"]


@place("log")
def _log(window: MainWindow) -> QWidget:
    window.show_log()
    return window._windows["log"]


@place("about")
def _about(window: MainWindow) -> QWidget:
    window.show_about()
    return window._windows["about"]


@place("closing")
def _closing(window: MainWindow) -> QWidget:
    window.close()
    return next(one for one in window.findChildren(Closing) if one.isVisible())


class _StillSaving(Exception):
    pass


@place("closing, saving")
def _saving(window: MainWindow) -> QWidget:
    def save() -> None:
        raise _StillSaving

    asked = Closing("GAN", save, lambda: None, lambda: None, window)
    asked.finished.connect(asked.deleteLater)
    asked.open()
    with suppress(_StillSaving):
        asked._wait()
    return asked


@place("empty the trash?")
def _empty_the_trash(window: MainWindow) -> QWidget:
    window.library.trash.ask_to_empty()
    asked = QApplication.activeModalWidget()
    assert asked is not None
    return asked


# Menus


def _popup(menu: QMenu) -> QMenu:
    menu.popup(QPoint(40, 40))
    assert menu.isVisible()
    return menu


def _menu(window: MainWindow, number: int) -> QWidget:
    return _popup(window.menuBar().actions()[number].menu())


for _number, _name in enumerate(("file", "edit", "view", "library", "help")):
    PLACES[f"menu: {_name}"] = lambda window, number=_number: _menu(window, number)


@place("menu: recent projects")
def _recent(window: MainWindow) -> QWidget:
    return _popup(window.commands["recent"].menu())


def _choices(window: MainWindow, setting: str) -> QWidget:
    return _popup(window.commands[f"{setting}_system"].associatedObjects()[-1])


for _name in ("theme", "language"):
    PLACES[f"menu: {_name}"] = lambda window, name=_name: _choices(window, name)


@place("menu: filters")
def _filters(window: MainWindow) -> QWidget:
    _page(window, "items")
    return _popup(window.library.filters.button.menu())


def _section(window: MainWindow, number: int) -> QWidget:
    menu = window.library.filters.button.menu()
    menu.aboutToShow.emit()
    return _popup(menu.actions()[number].menu())


for _number, _name in enumerate(("medium", "generator", "model")):
    PLACES[f"menu: filters by {_name}"] = lambda window, number=_number: _section(window, number)


def _context(view: QAbstractItemView) -> QWidget:
    """The menu that the menu key opens."""
    view.selectAll()
    view.setCurrentIndex(view.model().index(0, 0))
    place = view.viewport().rect().center()
    event = QContextMenuEvent(QContextMenuEvent.Reason.Keyboard, place, view.mapToGlobal(place))
    QApplication.sendEvent(view, event)
    menu = QApplication.activePopupWidget()
    assert menu is not None
    return menu


@place("menu: of an item")
def _item_menu(window: MainWindow) -> QWidget:
    _page(window, "items")
    return _context(window.library.items.view)


@place("menu: of a model")
def _model_menu(window: MainWindow) -> QWidget:
    _page(window, "models")
    return _context(window.library.models.view)


@place("menu: in the trash")
def _trash_menu(window: MainWindow) -> QWidget:
    _page(window, "trash")
    return _context(window.library.trash.view)


@place("menu: save the losses")
def _save_menu(window: MainWindow) -> QWidget:
    page = _train(window, "image.gan")
    page.show_run(_past_run(window, "image.gan"))
    losses = page.views["losses"]
    settle()
    return _popup(next(menu for menu in losses.findChildren(QMenu)))


@place("menu: earlier trainings")
def _history(window: MainWindow) -> QWidget:
    return _popup(_train(window, "text.lstm").status.menu)


@place("menu: of the docks")
def _docks_menu(window: MainWindow) -> QWidget:
    return _popup(window.createPopupMenu())
