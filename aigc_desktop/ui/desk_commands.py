"""What the window does with writing desks: lists them, opens them, takes note of changed ones, deletes and brings back.

The desks themselves are read after the first paint: what reads them is imported where it is used.
"""

from typing import TYPE_CHECKING, Any

from aigc_desktop.engine.job import Job
from aigc_desktop.i18n import tr
from aigc_desktop.problems import BadInput
from aigc_desktop.ui.generator_list import DESK

if TYPE_CHECKING:
    from aigc_desktop.ui.main_window import MainWindow

NOTICE = "desk"  # the sentence about one that was deleted


def exact(id: str) -> str:
    """The id of the desk's file: of `news` the one in the language in use. BadInput where there is none."""
    from aigc_desktop import desks

    desks.source(id)  # one that is broken is there, too
    try:
        return desks.get(id).id
    except BadInput:
        return id


def exists(id: str) -> bool:
    """Whether there is a file of this desk."""
    try:
        return bool(exact(id))
    except BadInput:
        return False


def show_all(window: "MainWindow") -> None:
    """List every desk on the left, and give the open ones the names that they have now."""
    from aigc_desktop import desks

    broken = [desks.Desk(one.id, one.id, "", str(one.sentence), own=True) for one in desks.broken()]
    window.generators.set_desks([*desks.list(), *broken])
    for name, dock in window.area.docks.items():
        if name.startswith(DESK):
            dock.setWindowTitle(dock.panel.title())


def make(window: "MainWindow", id: str) -> Any:
    """The panel of this desk."""
    from aigc_desktop.ui.desks.panel import DeskPanel

    panel = DeskPanel(id, window)
    panel.changed.connect(lambda: show_all(window))
    return panel


def open_desk(window: "MainWindow", id: str, job: Job | None = None, action: str | None = None) -> Any:
    """The desk's panel in front, filled from `job`, with the page `action` in sight; BadInput for an unknown id."""
    name = DESK + exact(id)
    panel = window.panels.get(name)
    window.stage.show_panels()
    window.area.bring_forward(name)
    if job is not None:
        panel.fill(job)
    elif action is not None:
        panel.show_action(action)
    window.generators.select(name)
    return panel


def show_word_lists(window: "MainWindow") -> None:
    """The word lists that prompts draw from, in a window beside this one."""
    from aigc_desktop.ui.desks.word_lists_window import WordListsWindow

    def make() -> WordListsWindow:
        made = WordListsWindow(window)
        made.changed.connect(lambda: _look_again(window))
        return made

    window.windows.show("word lists", make)


def _look_again(window: "MainWindow") -> None:
    for name, dock in window.area.docks.items():
        if name.startswith(DESK) and dock.panel.write is not None:
            dock.panel.write.prompt.look_again()


def desk_of(job: dict[str, Any]) -> str:
    """The desk that a job was written at, if it is still there; else nothing."""
    id = (job.get("desk") or {}).get("id")
    return id if isinstance(id, str) and exists(id) else ""


def delete(window: "MainWindow", id: str) -> None:
    """Delete a desk of one's own; the notice about it brings it back, with what was typed there."""
    from aigc_desktop import desks

    dock = window.area.docks.get(DESK + id)
    title, whole = id, True
    try:
        title = desks.get(id).title
    except BadInput:
        whole = False  # what is no desk cannot be kept again
    try:
        text = desks.delete(id)
    except BadInput as problem:
        window.notices.show_sentence(NOTICE, str(problem))
        return
    if dock is not None:
        dock.close()
    show_all(window)

    def bring_back() -> None:
        try:
            desks.save(text, id)
        except BadInput as problem:
            window.notices.show_sentence(NOTICE, str(problem))
            return
        show_all(window)
        open_desk(window, id)

    undo = {tr("Undo"): bring_back} if whole else {}
    window.notices.show_sentence(NOTICE, tr("The desk {title} is deleted.", title=title), undo)
