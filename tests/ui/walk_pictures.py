"""Places of the walk: looking inside models of pictures."""

from typing import Any

from PySide6.QtCore import QSignalBlocker
from PySide6.QtWidgets import QWidget

from aigc_desktop.engine import registry
from aigc_desktop.i18n import tr
from aigc_desktop.ui.main_window import MainWindow
from tests.ui.picture_answers import answer
from tests.ui.walk import PLACES
from tests.ui.walk_world import settle

QUESTIONS = 3  # a plane would go on for long


def _pictures(window: MainWindow) -> list[str]:
    items = window.project.items
    return [str(items.get(id).path) for id in items.ids(medium="picture")[:4]]


def _page(window: MainWindow, id: str, view: str) -> Any:
    """The page with some model's folder chosen; it waits for an answer, and no process is started to ask."""
    window.jobs.ask = lambda *_: None  # type: ignore[method-assign]
    window.jobs.expect_questions = lambda: None  # type: ignore[method-assign]
    page = window.open_generator(id, action="explore").explore
    with QSignalBlocker(page.model):
        page.model.set_value(str(window.project.path))
    page._show_place()
    page.problem.say("")
    page._awaited = page._asked, view
    page.tabs.show_view(view)
    page._typing.stop()
    page._warming.stop()
    return page


def _answered(window: MainWindow, id: str, view: str, **inputs: Any) -> QWidget:
    page = _page(window, id, view)
    shown = page.views[view]
    shown.form.set_values(inputs)
    settle()
    for _ in range(QUESTIONS):
        question = shown.question()
        if question is None:
            break
        shown.answer(question, answer(question))
    page._patience.stop()
    return page


def _nothing_given(window: MainWindow, id: str, view: str) -> QWidget:
    page = _page(window, id, view)
    page.views[view].form.reset()
    page.ask()
    return page


def _as_table(window: MainWindow) -> QWidget:
    page: Any = _answered(window, "image.vae", "reconstruct", pictures=_pictures(window))
    page.views["reconstruct"].as_table.setChecked(True)
    page.views["reconstruct"].say_kept(tr("In the library: {name}", name="Digit 3"))
    return page


def _pairs(window: MainWindow) -> dict[str, Any]:
    first, second, *others = _pictures(window)
    return {"first": first, "second": second, "having": [first, second], "lacking": others}


if "image.vae" in registry.specs():
    PLACES["image.vae: look inside, the plane"] = lambda window: _answered(window, "image.vae", "latent_plane")
    PLACES["image.vae: look inside, no pictures yet"] = lambda window: _nothing_given(window, "image.vae", "direction")
    PLACES["image.vae: look inside, a morph"] = lambda window: _answered(window, "image.vae", "morph", **_pairs(window))
    PLACES["image.vae: look inside, a direction"] = lambda window: _answered(
        window, "image.vae", "direction", **_pairs(window)
    )
    PLACES["image.vae: look inside, reconstructions as a table"] = _as_table
if "image.stylegan" in registry.specs():
    PLACES["image.stylegan: look inside, mixing"] = lambda window: _answered(window, "image.stylegan", "mixing")
    PLACES["image.stylegan: look inside, sliders"] = lambda window: _answered(
        window, "image.stylegan", "principal", **{"direction 1": 20, "direction 2": -10}
    )
