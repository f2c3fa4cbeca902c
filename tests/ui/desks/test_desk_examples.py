"""The table of examples: filled by hand, from a spreadsheet, from a file; in the order in which a model sees them."""

from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QApplication, QPlainTextEdit

from aigc_desktop.ui.desks.examples_model import Examples
from aigc_desktop.ui.desks.examples_table import ExamplesTable
from aigc_desktop.ui.desks.pasted import rows_in
from tests.ui import walk_world


@pytest.fixture
def table(qtbot: Any) -> ExamplesTable:
    examples = Examples(["Topic", "Poem"])
    examples.set_rows([["a fox", "red\nbrown"], ["a hen", "white"]])
    made = ExamplesTable(examples)
    examples.setParent(made)
    qtbot.addWidget(made)
    made.resize(600, 300)
    made.show()
    return made


@pytest.mark.parametrize(
    ("text", "rows"),
    [
        ("a\tb\nc\td\n", [["a", "b"], ["c", "d"]]),
        ('a\t"two\nlines"\r\nc\td\r\n', [["a", "two\nlines"], ["c", "d"]]),
        ('a,"b, and more"\nc,d', [["a", "b, and more"], ["c", "d"]]),
        ("a;b\nc;d,e\n\n", [["a", "b"], ["c", "d,e"]]),
        ("only one", [["only one", ""]]),
        ("a\tb\tc", [["a", "b, c"]]),
        ("", []),
        (" \n\t\n", []),
    ],
)
def test_rows_of_other_programs(text: str, rows: list[list[str]]) -> None:
    assert rows_in(text, 2) == rows


def test_a_cell_longer_than_the_reader_takes_comes_in_whole() -> None:
    long = "x" * 200_000
    assert rows_in(f"a\t{long}", 2) == [["a", long]]


def test_typed_by_hand(table: ExamplesTable, qtbot: Any) -> None:
    """Return begins, Return makes a new line, Tab goes to the next cell, Escape leaves it as it was."""
    edited: list[int] = []
    table.examples.edited.connect(lambda: edited.append(1))
    table.view.setFocus()
    qtbot.mouseClick(table.add_button, Qt.MouseButton.LeftButton)
    editor = table.view.findChild(QPlainTextEdit)
    assert editor is not None and editor.accessibleName() == "Topic"
    qtbot.keyClicks(editor, "an owl")
    qtbot.keyClick(editor, Qt.Key.Key_Tab)
    walk_world.settle()
    editor = QApplication.focusWidget()
    assert isinstance(editor, QPlainTextEdit) and editor.accessibleName() == "Poem"
    qtbot.keyClicks(editor, "grey")
    qtbot.keyClick(editor, Qt.Key.Key_Return)
    qtbot.keyClicks(editor, "wise")
    table.view.commitData(editor)
    assert table.examples.rows()[1] == ["an owl", "grey\nwise"] and edited
    qtbot.keyClicks(editor, "!!!")
    qtbot.keyClick(editor, Qt.Key.Key_Escape)
    assert table.examples.rows()[1] == ["an owl", "grey\nwise"]
    table.view.edit(table.examples.index(0, 0))
    qtbot.keyClicks(QApplication.focusWidget(), "a vixen")
    table.commit()
    assert table.examples.rows()[0][0] == "a vixen", "what is being typed is compared, too"


def test_tab_leaves_the_table_at_its_ends(table: ExamplesTable, qtbot: Any) -> None:
    """Nobody who types is caught in it."""
    for row, column, key in ((1, 1, Qt.Key.Key_Tab), (0, 0, Qt.Key.Key_Backtab)):
        table.view.setCurrentIndex(table.examples.index(row, column))
        table.view.edit(table.examples.index(row, column))
        qtbot.keyClicks(QApplication.focusWidget(), "!")
        qtbot.keyClick(QApplication.focusWidget(), key)
        assert not isinstance(QApplication.focusWidget(), QPlainTextEdit | type(table.view))
        assert table.examples.rows()[row][column] == "!"


def test_order_and_removal(table: ExamplesTable, qtbot: Any) -> None:
    table.view.setCurrentIndex(table.examples.index(1, 0))
    assert table.up.isEnabled() and not table.down.isEnabled()
    qtbot.mouseClick(table.up, Qt.MouseButton.LeftButton)
    assert [row[0] for row in table.examples.rows()] == ["a hen", "a fox"]
    assert table.view.currentIndex().row() == 0 and table.down.isEnabled()
    qtbot.mouseClick(table.remove_button, Qt.MouseButton.LeftButton)
    assert table.examples.rows() == [["a fox", "red\nbrown"]]
    qtbot.mouseClick(table.remove_button, Qt.MouseButton.LeftButton)
    assert table.examples.rows() == [] and not table.remove_button.isEnabled()


def test_paste_and_read_a_file(table: ExamplesTable, qtbot: Any, tmp_path: Path) -> None:
    said: list[str] = []
    table.said.connect(said.append)
    QGuiApplication.clipboard().setText('a cat\t"soft\nquick"\na dog\tloyal\n')
    table.view.setFocus()
    table.view.setCurrentIndex(table.examples.index(0, 0))
    qtbot.keyClick(table.view, Qt.Key.Key_V, Qt.KeyboardModifier.ControlModifier)
    assert [row[0] for row in table.examples.rows()] == ["a fox", "a cat", "a dog", "a hen"]
    assert table.examples.rows()[1][1] == "soft\nquick" and said == ["2 examples came in."]
    path = tmp_path / "表.csv"
    path.write_bytes("狐狸,红\n".encode("gb18030"))
    table.read(path)
    assert ["狐狸", "红"] in table.examples.rows()
    table.read(tmp_path / "none.csv")
    assert "none.csv" in said[-1]
    path.write_text("\n\n", encoding="utf-8")
    table.read(path)
    assert said[-1].startswith("There are no rows")


def test_what_is_not_shown_to_the_model_is_told_so(table: ExamplesTable) -> None:
    table.examples.set_shots(1)
    role = Qt.ItemDataRole.AccessibleTextRole
    first, second = (table.examples.index(row, 0).data(role) for row in (0, 1))
    assert first == "Example 1, shown to the model, Topic: a fox"
    assert second == "Example 2, not shown to the model, Topic: a hen"
