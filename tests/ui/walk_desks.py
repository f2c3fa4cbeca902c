"""Places of the walk: writing desks."""

from typing import Any

from PySide6.QtGui import QTextCursor
from PySide6.QtWidgets import QWidget

from aigc_desktop import desks
from aigc_desktop.i18n import tr
from aigc_desktop.ui import desk_commands
from aigc_desktop.ui.main_window import MainWindow
from tests.ui.walk import place, popup
from tests.ui.walk_world import settle, until


def _poem(window: MainWindow, page: str) -> Any:
    panel = window.open_desk("poem", action=page)
    panel.write.prompt.build_again()
    panel.rows.set_rows(panel.desk.rows)
    panel.write.problem.say("")
    return panel


def _own(window: MainWindow) -> Any:
    if not desk_commands.exists("my quiz"):
        desks.save(desks.source("quiz.en"), "my quiz")
        desk_commands.show_all(window)
    return window.open_desk("my quiz", action="desk")


@place("desk: no model")
def _no_model(window: MainWindow) -> QWidget:
    panel = _poem(window, "write")
    panel.write.model.setCurrentIndex(-1)
    panel.write.model._last = None
    panel.write._model_chosen()
    panel.write.form.rows["form"].why.setChecked(True)
    return panel


@place("desk: the prompt was changed by hand, results")
def _written(window: MainWindow) -> QWidget:
    panel = _poem(window, "write")
    panel.write.choose_model("plays")
    panel.write.settings.set_open(True)
    panel.write.prompt.edit.moveCursor(QTextCursor.MoveOperation.End)
    panel.write.prompt.edit.insertPlainText(" In {red|blue} and __colours__ and __colurs__.")
    items = window.project.items.ids(medium="text")
    batch = {"run": "batch of poems", "job": {"model": "plays", "seed": 7}, "items": items}
    panel.write.made.bring_back(batch)
    panel.write.made.show_place()
    until(lambda: panel.write.prompt.draws.level == "warning")
    return panel


@place("desk: examples compared")
def _compared(window: MainWindow) -> QWidget:
    panel = _poem(window, "examples")
    panel.write.choose_model("plays")
    panel.rows.set_shots(2)
    panel.rows.set_rows(panel.desk.rows[:4])
    items = window.project.items.ids(medium="text")
    for shots in (0, 1, 3):
        batch = {"run": f"compared {shots}", "job": {"model": "plays", "seed": 7}, "items": items[:1]}
        panel.examples.comparison.columns[shots].bring_back(batch)
    panel.examples.comparison.set_count(4)
    panel.examples.table.view.setCurrentIndex(panel.rows.index(1, 0))
    panel.examples.said.say(tr("One example came in."))
    return panel


@place("desk: an example being edited")
def _typed(window: MainWindow) -> QWidget:
    panel = _poem(window, "examples")
    settle()
    panel.examples.table.view.edit(panel.rows.index(0, 5))
    return panel.examples.table


@place("desk: how it is built")
def _built(window: MainWindow) -> QWidget:
    return _poem(window, "desk")


@place("desk: of one's own, with a mistake")
def _mistake(window: MainWindow) -> QWidget:
    panel = _own(window)
    panel.page.source.setPlainText(desks.source("quiz.en").replace("title =", "title", 1))
    panel.page.check()
    return panel


@place("desk: deleted")
def _deleted(window: MainWindow) -> QWidget:
    _own(window)
    desk_commands.delete(window, "my quiz")
    return window.notices


@place("menu: wildcards")
def _wildcards(window: MainWindow) -> QWidget:
    return popup(_poem(window, "write").write.prompt.wildcards.menu())


@place("word lists")
def _lists(window: MainWindow) -> QWidget:
    desk_commands.show_word_lists(window)
    return window.windows["word lists"]


@place("word lists: deleted")
def _list_deleted(window: MainWindow) -> QWidget:
    desk_commands.show_word_lists(window)
    shown: Any = window.windows["word lists"]
    shown.add()
    shown.name.setText("hats")
    shown.text.setPlainText("bowler\n")
    shown.save()
    shown.delete()
    return shown
