"""Both languages are complete: every text a user can see has its Chinese, with the same {names}."""

import ast
import importlib.util
import re
import string
import sys
from collections.abc import Iterator
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


def test_chinese_has_its_own_marks() -> None:
    """Commas, colons and their like are as wide as the letters beside them."""
    texts = [text for path in PATHS for message in _read(path) for text in [str(message.string)] if message.id]
    narrow = [text for text in texts if re.search(r"[\u4e00-\u9fff][,:;!?](?! \S)|(?<!:)[,:;!?][\u4e00-\u9fff]", text)]
    assert len(texts) > 200 and not narrow, narrow


def test_the_extractor_sees_both_marks_and_joined_lines() -> None:
    source = 'tr("One"); x = BadInput(mark("Two " "lines {a}"), a=1); tr(mark("Three") if y else mark("Four"))'
    assert set(TOOL.marked(source)) >= {"One", "Two lines {a}", "Three", "Four"}


SHOWS = {  # calls that show what they are given
    *("setText", "setPlainText", "setHtml", "setMarkdown", "setToolTip", "setWindowTitle", "setTitle", "setWhatsThis"),
    *("setStatusTip", "setPlaceholderText", "setSpecialValueText", "setSuffix", "setPrefix", "setInformativeText"),
    *("setAccessibleName", "setAccessibleDescription", "setTabText", "setTabToolTip", "setLabelText", "showMessage"),
    *("addAction", "addMenu", "addTab", "addItem", "addItems", "addButton", "addSection", "say", "show_sentence"),
    *("QLabel", "QPushButton", "QAction", "QMenu", "QCheckBox", "QRadioButton", "QGroupBox", "ElidedLabel", "Fold"),
    *("WrappedLabel", "SentenceLabel", "EmptyPlace", "BadInput", "Failure", "Sentence", "print", "complain"),
    *("critical", "warning_box", "information", "question", "getOpenFileName", "getSaveFileName", "add_argument"),
}
WORDS = re.compile(r"[^\W\d_]{2,}")
SAME = re.compile(r"AIGC Desktop|[\w-]+\.\w+")  # the program's name, names of files
KEYED = {"say": 0, "show_sentence": 1, "add_argument": 99}  # the place of the first text among the arguments


def shown_literally(source: str) -> list[str]:
    """Texts with words in them that a call shows without translating them, with their lines."""
    found = []
    for node in ast.walk(ast.parse(source)):
        if not isinstance(node, ast.Call):
            continue
        function = node.func
        name = function.id if isinstance(function, ast.Name) else getattr(function, "attr", "")
        if name not in SHOWS or getattr(getattr(function, "value", None), "id", "") in ("json", "logging"):
            continue
        given = [*node.args[KEYED.get(name, 0) :], *(one.value for one in node.keywords if one.arg in ("help", "text"))]
        if name == "say":
            given = given[:1]
        found += [f"{node.lineno}: {text!r}" for one in given for text in _literals(one) if WORDS.search(text)]
    return [one for one in found if not SAME.fullmatch(one.partition(": ")[2].strip("'"))]


def _literals(node: ast.AST) -> Iterator[str]:
    """The literal texts that an expression is put together from; what another call makes of them is its business."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        yield node.value
    elif isinstance(node, ast.JoinedStr | ast.BinOp | ast.IfExp | ast.BoolOp | ast.List | ast.Tuple):
        parts = [node.body, node.orelse] if isinstance(node, ast.IfExp) else ast.iter_child_nodes(node)
        for part in parts:
            if not isinstance(part, ast.FormattedValue):
                yield from _literals(part)


SOURCES = sorted(path for path in (ROOT / "aigc_desktop").rglob("*.py") if "generators" not in path.parts)


def test_nothing_is_shown_that_was_not_marked() -> None:
    found = [f"{path.relative_to(ROOT)}:{one}" for path in SOURCES for one in shown_literally(path.read_text("utf-8"))]
    assert not found, "\n".join(found)


@pytest.mark.parametrize(
    "source",
    [
        'label.setText("Done")',
        'QLabel(f"{n} items")',
        'raise BadInput("No file")',
        'print("Gone" if x else tr("Here"))',
    ],
)
def test_the_search_for_what_was_not_marked_finds_it(source: str) -> None:
    assert shown_literally(source)


def test_the_search_lets_pass_what_was() -> None:
    assert not shown_literally(
        'label.setText(tr("Done")); QLabel(f"{n} × {m}"); raise BadInput(mark("No {file}"), file=1)'
    )


def test_a_sentence_speaks_the_language_in_use() -> None:
    from aigc_desktop.problems import Sentence

    sentence = Sentence("There is no file {path}.", {"path": "a.json"})
    assert str(sentence) == "There is no file a.json."
    i18n.use("zh_CN")
    assert str(sentence) != "There is no file a.json." and "a.json" in str(sentence)
    assert sentence.english == "There is no file a.json."
