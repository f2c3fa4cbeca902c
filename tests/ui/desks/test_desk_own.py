"""Desks and word lists of one's own: copied, changed while they are checked, renamed, deleted and brought back."""

from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QTabBar

from aigc_desktop import desks
from aigc_desktop.engine import word_lists
from aigc_desktop.library import places
from aigc_desktop.problems import BadInput
from aigc_desktop.ui import desk_commands
from aigc_desktop.ui.main_window import MainWindow
from tests.ui.desks.conftest import RHYME


def rows(window: MainWindow) -> dict[str, str]:
    """What the list on the left calls the desks."""
    groups = window.generators._groups()
    found = [group.child(row) for group in groups for row in range(group.childCount())]
    return {one.data(0, Qt.ItemDataRole.UserRole): one.text(0) for one in found}


def test_copy_change_save(window: MainWindow, qtbot: Any) -> None:
    first = window.open_desk("news.en", action="desk")
    assert first.page.source.isReadOnly() and not first.page.save.isVisible()
    first.write.form.set_texts({"place": "Oxbow"})
    qtbot.mouseClick(first.page.copy, Qt.MouseButton.LeftButton)
    (own,) = [desk for desk in desks.list() if desk.own]
    panel = window.area.docks[f"desk:{own.id}"].panel
    assert panel is window.area.current().panel and panel.action() == "desk"
    assert rows(window)[f"desk:{own.id}"] == own.title == "News item, my own"
    assert panel.write.form.texts()["place"] == "Oxbow", "what was typed goes along"

    assert window.focusWidget() is panel.page.name
    panel.page.name.selectAll()
    qtbot.keyClicks(panel.page.name, 'The "Oxbow" Courier')
    assert r'title = "The \"Oxbow\" Courier"' in panel.page.text()
    qtbot.waitUntil(panel.page.save.isEnabled)
    field = '\n[[fields]]\nname = "editor"\ntitle = "Editor"\ndefault = "Ann"\n'
    text = panel.page.text().replace("Section: {section}", "Section: {section}\nEditor: {editor}", 1)
    head, _, tail = text.partition("\n[[fields]]")
    panel.page.source.setPlainText(f"{head}{field}\n[[fields]]{tail}")
    qtbot.waitUntil(lambda: "Editor: Ann" in panel.page.preview.toPlainText())
    assert "not saved" in panel.page.said.text()
    assert "Editor" not in {row.one.title for row in panel.write.form.rows.values()}, "not before it is saved"
    panel.start()
    assert "Editor: Ann" in panel.write.prompt.text() and panel.write.form.texts()["place"] == "Oxbow"
    assert panel.rows.titles[0] == "Editor" and len(panel.rows.rows()[0]) == len(panel.rows.titles)
    assert desks.get(own.id).title == 'The "Oxbow" Courier' == rows(window)[f"desk:{own.id}"]
    assert window.area.docks[f"desk:{own.id}"].windowTitle() == 'The "Oxbow" Courier'
    assert not panel.page.save.isEnabled() and panel.action() == "desk"


@pytest.mark.usefixtures("rhyme")
def test_what_is_no_desk_is_said_with_its_line_and_not_kept(window: MainWindow, qtbot: Any) -> None:
    panel = window.open_desk("rhyme", action="desk")
    kept = panel.page.text()
    panel.page.source.setPlainText(kept.replace('title = "Rhyme"', "title = Rhyme", 1))
    qtbot.waitUntil(lambda: panel.page.said.level == "problem")
    assert panel.page.said.text().startswith("Line 3 ") and not panel.page.save.isEnabled()
    (marked,) = panel.page.source.extraSelections()
    assert marked.cursor.block().text() == "title = Rhyme"
    panel.start()
    assert desks.source("rhyme") == kept
    panel.page.source.setPlainText(kept.replace("{mood}", "{mod}", 1))
    qtbot.waitUntil(lambda: "mod" in panel.page.said.text() and not panel.page.source.extraSelections())
    assert panel.state()["desk"]["text"] is not None, "what is not saved outlasts a crash"
    panel.page.source.setPlainText(kept)
    qtbot.waitUntil(lambda: panel.page.said.text() == "")


@pytest.mark.usefixtures("rhyme")
def test_delete_and_undo(window: MainWindow, qtbot: Any, nothing_modal: Any) -> None:
    panel = window.open_desk("rhyme")
    panel.write.form.set_texts({"topic": "a goose"})
    panel.show_action("desk")
    qtbot.mouseClick(panel.page.delete, Qt.MouseButton.LeftButton)
    assert "desk:rhyme" not in window.area.docks and "desk:rhyme" not in rows(window)
    assert not (places.desks_folder() / "rhyme.toml").exists()
    assert window.notices.texts()["desk"] == "The desk Rhyme is deleted."
    button = next(one for one in window.notices.findChildren(type(panel.page.delete)) if one.text() == "Undo")
    qtbot.mouseClick(button, Qt.MouseButton.LeftButton)
    assert "desk:rhyme" in rows(window)
    assert window.area.docks["desk:rhyme"].panel.write.form.texts()["topic"] == "a goose"


def test_a_broken_file_can_be_mended_or_deleted(window: MainWindow, qtbot: Any, rhyme: desks.Desk) -> None:
    assert rhyme.path is not None
    rhyme.path.write_text(RHYME.replace("template", "templat"), encoding="utf-8")
    desk_commands.show_all(window)
    assert rows(window)["desk:rhyme"] == "rhyme"
    panel = window.open_desk("rhyme")
    assert panel.action() == "desk" and panel.write is None and "templat" in panel.page.said.text()
    panel.page.source.setPlainText(RHYME)
    panel.start()
    assert panel.write is not None and rows(window)["desk:rhyme"] == "Rhyme"
    assert panel.title() == window.area.docks["desk:rhyme"].windowTitle() == "Rhyme"
    rhyme.path.write_text("=", encoding="utf-8")
    desk_commands.delete(window, "rhyme")
    assert not rhyme.path.exists() and "desk:rhyme" not in rows(window)


def test_two_panels_of_one_name_close_by_their_own_tabs(window: MainWindow, rhyme: desks.Desk) -> None:
    desks.save(RHYME, "again")
    for id in ("rhyme", "again"):
        window.open_desk(id)
    (bar,) = [one for one in window.area.findChildren(QTabBar) if one.count() == 2 and "Rhyme" in one.tabText(0)]
    assert bar.tabText(0) == bar.tabText(1) == "Rhyme"
    bar.tabCloseRequested.emit(1)
    assert list(window.area.docks) == ["desk:rhyme"]


def test_word_lists(window: MainWindow, qtbot: Any, nothing_modal: Any) -> None:
    panel = window.open_desk("rhyme" if desk_commands.exists("rhyme") else "poem.en")
    panel.write.form.set_texts({"theme": "__hats__"})
    panel.write.prompt.lists_wanted.emit()
    shown: Any = window.windows["word lists"]
    names = [shown.list.item(row).text() for row in range(shown.list.count())]
    assert names[0] == "animals" and "颜色" in names and "cat" in shown.text.toPlainText()
    assert not shown.save_button.isEnabled() and not shown.delete_button.isEnabled()

    qtbot.mouseClick(shown.new_button, Qt.MouseButton.LeftButton)
    qtbot.keyClicks(shown.name, "a__b")
    qtbot.keyClicks(shown.text, "bowler")
    shown.save()
    assert shown.said.level == "problem" and "a__b" in shown.said.text()
    shown.name.setText("hats")
    shown.save()
    assert word_lists.read(places.words_folder() / "hats.txt") == ("bowler",)
    assert shown.list.item(0).text() == "hats" and "__hats__" in shown.said.text()
    qtbot.waitUntil(lambda: "__hats__ → bowler" in panel.write.prompt.draws.text())

    shown.delete()
    assert "hats" not in word_lists.lists()
    qtbot.waitUntil(lambda: "no word list __hats__" in panel.write.prompt.draws.text())
    qtbot.mouseClick(shown.undo, Qt.MouseButton.LeftButton)
    assert word_lists.read(places.words_folder() / "hats.txt") == ("bowler",)

    shown.list.setCurrentItem(shown.list.findItems("colours", Qt.MatchFlag.MatchExactly)[0])
    shown.text.setPlainText("mauve\n")
    shown.save()
    assert word_lists.read(word_lists.lists()["colours"]) == ("mauve",), "one's own wins over the program's"
    shown.delete()
    assert len(word_lists.read(word_lists.lists()["colours"])) > 5, "and the program's is there again"


@pytest.mark.parametrize("name", ["", "a/b", "../x", "a" * 100, "_a", "a__b", "x.y"])
def test_a_word_list_cannot_be_called_so(name: str) -> None:
    with pytest.raises(BadInput):
        word_lists.save(name, "one\n")
    assert not places.words_folder().exists()


def test_a_folder_that_cannot_be_written_is_said(window: MainWindow, rhyme: desks.Desk, tmp_path: Path) -> None:
    panel = window.open_desk("rhyme", action="desk")
    folder = places.desks_folder()
    folder.rename(folder.with_name("elsewhere"))
    folder.write_text("a file where the folder was")
    panel.save(RHYME)
    assert panel.page.said.level == "problem" and "cannot be written" in panel.page.said.text()


def test_examples_are_kept_in_a_desk_of_ones_own(window: MainWindow, qtbot: Any, rhyme: desks.Desk) -> None:
    assert not window.open_desk("poem.en", action="examples").examples.table.keep_button.isVisible()
    panel = window.open_desk("rhyme", action="examples")
    button = panel.examples.table.keep_button
    assert button.isVisible() and not button.isEnabled()
    panel.rows.set_rows([["a cat", "sad", "2", "line one\nline two"]])
    qtbot.mouseClick(button, Qt.MouseButton.LeftButton)
    assert desks.get("rhyme").rows == [["a cat", "sad", "2", "line one\nline two"]]
    assert panel.action() == "examples" and not panel.examples.table.keep_button.isEnabled()
    assert "line two" in panel.write.prompt.text() and panel.state()["rows"] is None
