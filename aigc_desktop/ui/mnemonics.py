"""The keys of menu entries: one letter or figure each, in every language."""

import re

from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import QMenu

FIGURES = "1234567890"
LETTERS = "abcdefghijklmnopqrstuvwxyz"


def plain(title: str) -> str:
    """A title as it is read out, without the mark of its key: "File" of "&File", "文件" of "文件(&F)"."""
    return re.sub(r"\(&\w\)|&(?=\w)", "", title).replace("&&", "&")


def key_of(action: QAction) -> str:
    """The letter or figure that chooses this entry in its open menu; empty where there is none."""
    return QKeySequence.mnemonic(action.text()).toString().rpartition("+")[2].casefold()


def give_keys(menu: QMenu) -> None:
    """Give each entry that has no key one that is free: the first letter of a word, another letter, else a figure."""
    entries = [one for one in menu.actions() if not one.isSeparator()]
    taken = {key_of(one) for one in entries}
    for one in entries:
        if key_of(one):
            continue
        title, _, shown = one.text().partition("\t")
        place = _free_letter(title, taken)
        if place is not None:
            marked = f"{title[:place]}&{title[place:]}"
            taken.add(title[place].casefold())
        else:
            key = next((one for one in FIGURES + LETTERS if one not in taken), "")
            marked = f"{title}(&{key.upper()})" if key else title
            taken.add(key)
        one.setText(f"{marked}\t{shown}" if shown else marked)


def _free_letter(title: str, taken: set[str]) -> int | None:
    letters = [place for place, letter in enumerate(title) if letter.casefold() in LETTERS]
    begins = [place for place in letters if place == 0 or not title[place - 1].isalnum()]
    return next((place for place in [*begins, *letters] if title[place].casefold() not in taken), None)
