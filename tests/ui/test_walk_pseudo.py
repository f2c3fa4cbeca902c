"""Every text that a user sees, hears or finds under the pointer can be translated, and half as much again finds room."""

import re
from collections.abc import Iterator

import pytest
from PySide6.QtCore import QLocale
from PySide6.QtGui import QTextDocument

from aigc_desktop import desks
from aigc_desktop.engine import word_lists
from aigc_desktop.ui.about import LIBRARIES
from aigc_desktop.ui.main_window import MainWindow
from tests.test_translation import TOOL
from tests.ui import walk
from tests.ui.cut import cut_off
from tests.ui.pseudo import spoken, texts, untranslated
from tests.ui.walk_world import World, settle

FILES = [f"{number}.png" for number in range(40)]  # of the pictures that are learned from
OURS = ["AIGC Desktop", "English", "简体中文", "Python", "PySide6", "Qt"]  # names that are the same in every language
QTS = ["Close", "Cancel", "OK", "Yes", "No", "Scroll Left", "Scroll Right"]  # Qt's own catalogue translates them
KEYS = [*("Ctrl", "Shift", "Alt", "Return", "Enter", "Space", "Tab", "Del", "Esc"), *("Home", "End", "Up", "Down")]
KEYS += ["PgUp", "Left", "Right", "F6"]
SAID = ["Something went wrong with a file.", "neither/here/nor/there", "a language model", "LlamaForCausalLM"]  # by it
WRITTEN = set(re.findall(r"\d+\.\d+", " ".join(TOOL.declared())))  # in the helps of the specs


@pytest.fixture
def pseudo(walked_window: MainWindow) -> Iterator[MainWindow]:
    before = QLocale()
    QLocale.setDefault(QLocale("de_DE"))
    with spoken():
        walked_window.speak()
        settle()
        yield walked_window
        walk.leave(walked_window)
    QLocale.setDefault(before)
    walked_window.speak()
    settle()


def data_names(world: World) -> list[str]:
    """What the user has named, or wrote."""
    project = world.window.project
    items = [project.items.get(id) for trashed in (False, True) for id in project.items.ids(trashed=trashed)]
    names = [text for item in items for text in (item.name, item.prompt, item.model, item.path.name)]
    names += [row.name for trashed in (False, True) for row in project.models.list(trashed=trashed)]
    names += [row.job.get("name") for row in project.runs.list()]
    names += [text for desk in desks.list() for text in (desk.title, desk.about)]
    names += [project.name, *SAID, *LIBRARIES, "data-pictures", "data-texts", *FILES, *OURS, *QTS, *KEYS]
    return sorted({name for name in names if name}, key=len, reverse=True)


def desk_words() -> list[str]:
    """What stands in desks, which are in a language of their own, and in word lists."""
    words = [path.stem for path in word_lists.lists().values()]
    for desk in desks.list():
        words += [*desk.columns, *desk.defaults.values(), *(cell for row in desk.examples for cell in row)]
        words += [text for field in desk.fields for text in (field.help, *field.choices)]
    return sorted({" ".join(one.split()) for one in words} | set(words), key=len, reverse=True)


def english_numbers(text: str) -> list[str]:
    """Numbers with a point for a comma, but for those of a translated text itself and of versions."""
    document = QTextDocument()
    document.setHtml(text)
    said = re.findall(r"(?<![\w.,+-])\d+\.\d+(?![\w.,+])", document.toPlainText())
    return [number for number in said if number not in WRITTEN and len(number.partition(".")[2]) != 3]


def test_every_text_can_be_translated(world: World, pseudo: MainWindow) -> None:
    of_desks = desk_words()
    found: dict[str, str] = {}
    for name, place in walk.walk(pseudo):
        data = data_names(world)
        known = [*data, *of_desks] if name.startswith(("desk:", "word lists", "menu: wildcards")) else data
        settle()
        settle()
        found |= {what: name for what in cut_off(place)}
        for where, text in texts(place):
            if foreign := english_numbers(text):
                found[f"{where} {text!r}: {foreign} in Germany"] = name
            if words := untranslated(text, known):
                found.setdefault(f"{where} {text!r}: {words}", name)
    assert not found, "\n".join(f"{name}: {what}" for what, name in found.items())
