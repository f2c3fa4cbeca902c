"""The keys of menu entries."""

from typing import Any

from PySide6.QtWidgets import QMenu

from aigc_desktop.ui.mnemonics import give_keys, key_of, plain


def test_entries_without_a_key_get_one(qtbot: Any) -> None:
    menu = QMenu()
    qtbot.addWidget(menu)
    for title in ("&Open", "Open last", "作品", "作品二", "a & b".replace("&", "&&"), "Copy\tCtrl+C"):
        menu.addAction(title)
    give_keys(menu)
    assert [one.text() for one in menu.actions()] == [
        *("&Open", "Open &last", "作品(&1)", "作品二(&2)", "&a && b", "&Copy\tCtrl+C")
    ]
    assert [key_of(one) for one in menu.actions()] == ["o", "l", "1", "2", "a", "c"]
    assert [plain(one.text()) for one in menu.actions()][2:5] == ["作品", "作品二", "a & b"]
