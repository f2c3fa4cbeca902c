"""A writer at a desk: the form builds the prompt, a real model writes in a real child process, the library keeps it all."""

from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFileDialog, QLabel

from aigc_desktop import desks, i18n
from aigc_desktop.engine import wildcards
from aigc_desktop.ui.desks.panel import DeskPanel
from aigc_desktop.ui.main_window import MainWindow
from aigc_desktop.ui.wrapped_label import WrappedLabel
from tests.ui import walk_world

SECONDS = 90_000  # milliseconds for a child process to import torch and transformers on a busy machine

pytestmark = pytest.mark.usefixtures("rhyme")


def opened(window: MainWindow) -> DeskPanel:
    panel = window.open_desk("rhyme")
    assert isinstance(panel, DeskPanel) and panel.write is not None and panel.examples is not None
    return panel


def over(panel: DeskPanel) -> bool:
    assert panel.write is not None and panel.examples is not None
    places = [panel.write.made, *panel.examples.comparison.columns.values()]
    return not any(made.active() for made in places)


def test_the_form_builds_the_prompt_until_a_hand_changes_it(window: MainWindow, qtbot: Any) -> None:
    write = opened(window).write
    assert write is not None
    write.shots.set_values({"shots": 1})
    write.form.set_texts({"topic": "a hen", "mood": "sad", "lines": "4"})
    built = "About: thing 1\nMood: merry\nLines: 2\nRhyme: rhyme 1\nAbout: a hen\nMood: sad\nLines: 4\nRhyme:"
    assert write.prompt.text() == built
    assert not write.prompt.is_edited() and not write.prompt.again.isVisible()

    write.prompt.edit.setFocus()
    qtbot.keyClicks(write.prompt.edit, " In {red|blue}")
    assert write.prompt.is_edited() and "by hand" in write.prompt.by_hand.text()
    write.form.set_texts({"topic": "an owl"})
    assert write.prompt.text() == built + " In {red|blue}", "the form leaves alone what a hand has changed"

    qtbot.mouseClick(write.prompt.again, Qt.MouseButton.LeftButton)
    assert write.prompt.text() == built.replace("a hen", "an owl") and not write.prompt.is_edited()
    write.prompt.edit.undo()
    assert write.prompt.text() == built + " In {red|blue}", "nothing that was typed is lost"


def test_wildcards_are_tinted_and_drawn_before_ones_eyes(window: MainWindow, qtbot: Any) -> None:
    write = opened(window).write
    assert write is not None
    write.form.set_texts({"topic": "a 🦊 {red|blue} hat, __colours__"})
    qtbot.waitUntil(lambda: len(write.prompt.edit.extraSelections()) == 2)
    tinted = [one.cursor.selectedText() for one in write.prompt.edit.extraSelections()]
    assert tinted == ["{red|blue}", "__colours__"]
    for seed in (3, 4, 5):
        write.seed.set_value(seed)
        drawn = [one.text for one in wildcards.drawn(write.prompt.text(), seed)]
        said = f"{{red|blue}} → {drawn[0]}   __colours__ → {drawn[1]}"
        qtbot.waitUntil(lambda said=said: said in write.prompt.draws.text())
    write.form.set_texts({"topic": "__colors__"})
    qtbot.waitUntil(lambda: "did you mean __colours__" in write.prompt.draws.text())
    assert write.prompt.draws.level == "warning"
    menu = write.prompt.wildcards.menu()
    menu.aboutToShow.emit()
    next(one for one in menu.actions() if "__moods__" in one.text().replace("&", "")).trigger()
    assert "__moods__" in write.prompt.text() and write.prompt.is_edited()


def test_without_a_model_it_says_what_to_do(
    window: MainWindow, qtbot: Any, model_folder: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    panel = opened(window)
    write, examples = panel.write, panel.examples
    assert write is not None and examples is not None
    empty = write.made.empty
    assert empty.isVisible() and "language model" in empty.sentence.text()
    assert not write.write.isEnabled() and not examples.compare.isEnabled()
    qtbot.mouseClick(empty.button, Qt.MouseButton.LeftButton)
    assert window.area.docks["text.lstm"].panel.action() == "train"

    window.open_desk("rhyme")
    monkeypatch.setattr(QFileDialog, "getExistingDirectory", lambda *_, **__: str(tmp_path))
    qtbot.mouseClick(empty.other, Qt.MouseButton.LeftButton)
    assert str(tmp_path) in write.about.text() and write.about.level == "problem"
    assert not write.write.isEnabled() and write.settings.form is None
    monkeypatch.setattr(QFileDialog, "getExistingDirectory", lambda *_, **__: str(model_folder))
    write.choose_folder()
    assert write.write.isEnabled() and not write.about.isVisible()
    assert write.settings.values()["max_new_tokens"] == 6, "what suits the desk"
    assert write.settings.values()["stop_words"] == r"\nAbout:"
    assert window.open_desk("poem.en").write.model.value() == str(model_folder), "other desks offer it, too"


def test_write_compare_find_and_do_it_again(window: MainWindow, qtbot: Any, model_folder: Path) -> None:
    panel = opened(window)
    write, examples = panel.write, panel.examples
    assert write is not None and examples is not None
    write.choose_model(str(model_folder))
    write.settings.set_values({"precision": "float32"})
    write.shots.set_values({"shots": 2})
    write.form.set_texts({"topic": "a {red|blue} hen", "mood": "sad"})
    write.prompt.edit.moveCursor(write.prompt.edit.textCursor().MoveOperation.End)
    write.prompt.edit.setFocus()
    qtbot.keyClicks(write.prompt.edit, " Once")
    typed = write.prompt.text()
    write.seed.set_value(7)
    qtbot.keyClick(write.prompt.edit, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    assert write.stop_button.isVisible()
    qtbot.waitUntil(lambda: over(panel), timeout=SECONDS)
    (batch,) = write.made.results.batches
    assert batch.sentence.level != "problem", batch.sentence.text()
    assert len(batch.saved) == 2, "as many as the desk suggests, each an alternative of its own"
    items = [window.project.items.get(str(one.item)) for one in batch.saved]
    for number, item in enumerate(items):
        assert item.job["params"]["prompt"] == typed
        assert item.expanded["prompt"] == wildcards.expand(typed, 7 + number) and "{" not in item.expanded["prompt"]
        assert item.job["desk"]["id"] == "rhyme" and item.job["desk"]["shots"] == 2
    card = batch._cards[0]
    assert card.text.toPlainText() and "thing 1" not in card.text.toPlainText(), "the examples are no part of the text"
    window.library.open_item(items[0])
    shown = next(iter(window.library._windows.values()))
    labels = {one.text() for one in shown.details.findChildren(WrappedLabel)}
    assert {"Rhyme", typed, items[0].expanded["prompt"]} <= labels
    assert any("wildcards drawn" in one.text() for one in shown.details.findChildren(QLabel))
    shown.close()

    panel.show_action("examples")
    write.seed.set_value(11)
    assert "by hand" in examples.note.text(), "it says that not the changed prompt is compared"
    panel.start()
    assert examples.stop_button.isVisible()
    qtbot.waitUntil(lambda: over(panel), timeout=SECONDS)
    assert write.seed.next() != 11, "the next comparison draws another seed, as the next writing does"
    for shots, made in examples.comparison.columns.items():
        (batch,) = made.results.batches
        (saved,) = batch.saved
        item = window.project.items.get(str(saved.item))
        asked = item.job["params"]["prompt"]
        assert [item.seed, asked.count("About:"), item.job["desk"]["shots"]] == [11, shots + 1, shots]
        assert made.results.isVisible()
    assert len(write.made.results.batches) == 1, "what is compared does not mix with what is written"

    write.form.set_texts({"topic": "something else"})
    write.prompt.build_again()
    write.shots.set_values({"shots": 5})
    panel.rows.set_rows([])
    window.area.docks["desk:rhyme"].close()
    window.use_settings(items[0].job)
    again = opened(window)
    assert again.write is not None and again.action() == "write"
    assert again.write.prompt.text() == typed and again.write.prompt.is_edited()
    assert again.write.form.texts() == {"topic": "a {red|blue} hen", "mood": "sad", "lines": "2"}
    assert again.write.shown() == 2 and len(again.rows.rows()) == 6
    assert again.write.seed.value() == 7 and again.write.model.value() == str(model_folder)
    assert [len(one.saved) for one in again.write.made.results.batches] == [2], "its results are back, too"
    window.show_work(item.job)
    assert again.action() == "examples", "what is compared is shown where it is compared"
    window.show_work(items[0].job)
    assert window.area.current().panel is again and again.action() == "write"


def test_everything_comes_back(make_window: Any, qtbot: Any, model_folder: Path) -> None:
    """After a crash, or the next day: what was typed and chosen, here and on the other pages."""
    window = make_window()
    panel = opened(window)
    assert panel.write is not None
    panel.write.choose_model(str(model_folder))
    panel.write.settings.set_values({"temperature": 0.25, "top_k": 9})
    panel.write.settings.set_open(True)
    panel.write.shots.set_values({"shots": 2})
    panel.write.form.set_texts({"topic": "a goose", "lines": "3"})
    panel.rows.move(0, 1)
    panel.write.seed.set_value(99)
    panel.write.seed.set_locked(True)
    qtbot.keyClicks(panel.write.prompt.edit, "!")
    panel.show_action("examples")
    before = panel.state()
    window.save_session()
    window.put_away()
    window.close()
    window.deleteLater()
    walk_world.settle()

    again = make_window()
    assert list(again.area.docks) == ["desk:rhyme"]
    after = again.area.docks["desk:rhyme"].panel.state()
    for state in (before, after):
        for page in ("write", "examples", "desk"):
            state[page] = {name: one for name, one in state[page].items() if name not in ("split", "height")}
    assert after == before
    assert after["write"]["settings"]["top_k"] == 9 and after["rows"][0][0] == "thing 2"
    assert again.area.docks["desk:rhyme"].panel.write.shown() == 2
    assert again.generators.tree.currentItem().text(0) == "Rhyme"


def test_a_desk_speaks_its_own_language(window: MainWindow) -> None:
    """Its "Characters" are people, not letters, in whatever language the window is."""
    i18n.use("zh_CN")
    assert i18n.tr("Characters") != "Characters"
    write = window.open_desk("story.en").write
    row = write.form.rows["characters"]
    assert row.label.text() == "Characters" == row.field.line.accessibleName()
    assert write.model.accessibleName() == "模型"


def test_a_desk_follows_the_language_and_the_search(window: MainWindow, qtbot: Any) -> None:
    groups = {group.text(0): group for group in window.generators._groups()}
    near, far = groups["Writing desks"], groups["Other languages"]
    titles = [[group.child(row).text(0) for row in range(group.childCount())] for group in (near, far)]
    assert titles == [[one.title for one in desks.list("en")], [one.title for one in desks.list("zh_CN")]]
    assert titles[0][0] == "News item" and titles[0][-1] == "Rhyme" and "诗" in titles[1]
    assert near.isExpanded() and not far.isExpanded()
    window.generators.search.setText("quiz answers")
    assert window.generators.visible() == ["desk:quiz.en"]
    qtbot.keyClick(window.generators.search, Qt.Key.Key_Return)
    assert window.area.current().objectName() == "desk:quiz.en"
    window.generators.search.setText("诗")
    assert "desk:poem.zh_CN" in window.generators.visible(), "those in other languages are found, too"
    window.generators.search.clear()
    assert window.generators.folded() == ["other desks"] or window.generators.folded() == []
