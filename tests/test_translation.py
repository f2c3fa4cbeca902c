"""Both languages are complete: every text a user can see has its Chinese, with the same {names}."""

import importlib.util
import string
import sys
from pathlib import Path

import pytest
from babel.messages.pofile import read_po

from aigc_desktop import i18n

ROOT = Path(__file__).resolve().parent.parent


def _tool():
    spec = importlib.util.spec_from_file_location("translate_tool", ROOT / "packaging" / "translate.py")
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


TOOL = _tool()


@pytest.fixture(autouse=True)
def english_again():
    yield
    i18n.use("en")


def _names(text: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(text) if name is not None}


PATHS = [i18n.CATALOGUES / language / "LC_MESSAGES" / "aigc.po" for language in i18n.LANGUAGES if language != "en"]


def _read(path: Path):
    with path.open("rb") as file:
        return read_po(file, locale=path.parts[-3])


@pytest.mark.parametrize("path", PATHS, ids=lambda path: path.parts[-3])
def test_every_text_is_translated(path: Path) -> None:
    catalogue = _read(path)
    texts = [text for text in TOOL.texts() if text]
    assert len(texts) > 200
    lacking = [text for text in texts if not (text in catalogue and catalogue[text].string)]
    assert not lacking, lacking


@pytest.mark.parametrize("path", PATHS, ids=lambda path: path.parts[-3])
def test_translations_keep_the_names_and_are_compiled(path: Path) -> None:
    i18n.use(path.parts[-3])
    about = {text for text in TOOL.declared() if "\n" in text}
    for message in _read(path):
        if message.id and message.id not in about:
            assert _names(message.id) == _names(message.string), message.id
        if message.id:
            assert i18n.tr(message.id) == message.string, f"{message.id}: compile the catalogue again"


def test_the_extractor_sees_both_marks_and_joined_lines() -> None:
    source = 'tr("One"); x = BadInput(mark("Two " "lines {a}"), a=1); tr(mark("Three") if y else mark("Four"))'
    assert set(TOOL.marked(source)) >= {"One", "Two lines {a}", "Three", "Four"}


def test_a_sentence_speaks_the_language_in_use() -> None:
    from aigc_desktop.problems import Sentence

    sentence = Sentence("There is no file {path}.", {"path": "a.json"})
    assert str(sentence) == "There is no file a.json."
    i18n.use("zh_CN")
    assert str(sentence) != "There is no file a.json." and "a.json" in str(sentence)
    assert sentence.english == "There is no file a.json."
