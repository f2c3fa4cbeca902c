"""Places of the walk: library and queue."""

from dataclasses import replace

import numpy as np
from PySide6.QtWidgets import QWidget

from aigc_desktop.i18n import tr
from aigc_desktop.media.clip import Clip
from aigc_desktop.media.text import Text
from aigc_desktop.ui.library_model import Filters
from aigc_desktop.ui.main_window import MainWindow
from tests.ui.walk import PLACES, library, place
from tests.ui.walk_world import until


@place("library: items")
def _items(window: MainWindow) -> QWidget:
    shown = library(window, "items")
    window.library.items.focus_list()
    return shown


@place("library: a name being edited")
def _renaming(window: MainWindow) -> QWidget:
    shown = _items(window)
    window.library.items.view.rename()
    return shown


@place("library: filtered")
def _filtered(window: MainWindow) -> QWidget:
    shown = library(window, "items")
    window.library.filters.set(replace(Filters(), medium="picture", generator="image.gan", model="digits"))
    return shown


@place("library: nothing found")
def _nothing_found(window: MainWindow) -> QWidget:
    shown = library(window, "items")
    window.library.filters.set(Filters(text="xyzzy"))
    return shown


@place("library: models")
def _models(window: MainWindow) -> QWidget:
    shown = library(window, "models")
    window.library.models.focus_list()
    return shown


@place("library: trash")
def _trash(window: MainWindow) -> QWidget:
    shown = library(window, "trash")
    window.library.trash.view.setFocus()
    window.library.trash.view.selectAll()
    return shown


def _nothing_yet(window: MainWindow, name: str) -> QWidget:
    shown = library(window, name)
    window.library.page._show(0, Filters())
    return shown


for _name in ("items", "models", "trash"):
    PLACES[f"library: no {_name} yet"] = lambda window, name=_name: _nothing_yet(window, name)


@place("library: something was removed")
def _removed(window: MainWindow) -> QWidget:
    shown = library(window, "items")
    window.library.bar.say(tr("In the trash: {name}", name="Digit 3"), True)
    return shown


def _item(window: MainWindow, medium: str) -> QWidget:
    library(window, "items")
    id = window.project.items.ids(medium=medium)[0]
    return window.library.open_item(window.project.items.get(id))


@place("item: one of several alternatives")
def _alternative(window: MainWindow) -> QWidget:
    job = {"generator": "text.lstm", "action": "create", "model": "plays", "params": {}, "seed": 0, "name": "plays"}
    run = window.project.runs.add(job, state="finished")
    for seed in range(3):
        window.project.items.add(Text(f"Alternative {seed}"), name=f"Text {seed}", job=job, seed=seed, run=run)
    library(window, "items")
    window.library.filters.set(Filters(run=run))
    return window.library.open_item(window.project.items.get(window.project.items.ids(run=run)[1]))


@place("item: clip")
def _clip(window: MainWindow) -> QWidget:
    frames = np.stack([np.full((32, 48, 3), 30 * number, np.uint8) for number in range(8)])
    job = {"generator": "image.gan", "action": "create", "model": "digits", "params": {}, "seed": 0}
    if not window.project.items.ids(medium="clip"):
        window.project.items.add(Clip(frames, 12), name="From one to another", job=job, seed=0)
    shown = _item(window, "clip")
    until(lambda: shown.player.facts is not None)
    shown.player.step(3)
    until(lambda: shown.player.frames.frame(3) is not None)
    return shown


for _name in ("picture", "text"):
    PLACES[f"item: {_name}"] = lambda window, name=_name: _item(window, name)


# The queue


@place("queue")
def _queue(window: MainWindow) -> QWidget:
    window.queue._fold.setChecked(True)
    return window.docks["queue"]
