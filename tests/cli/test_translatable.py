"""The command line, too, says everything in the language in use."""

import contextlib
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from aigc_desktop import cli, i18n
from tests.ui.pseudo import spoken, untranslated

# What one types, and what is data: words of the command line itself, ids, names of settings and their values.
TYPED = re.compile(
    r"(?:(?<!\w)--?\w[\w-]*|\b[A-Z]{2,}(?:[=.][A-Za-z]+)?\b|\b[a-z]+_[a-z_]+\b|\b[\w-]+\.(?:lstm|gan|json|py|txt)\b|`[^`]*`)"
)
COMMANDS = ["aigc-desktop", "generators", "describe", "train", "create", "run", "library", "list", "search", "show"]
COMMANDS += [
    "verify",
    "rebuild",
    "text",
    "picture",
    "starter",
    "nonsense",
    "missing",
    "none",
    "true",
    "false",
    "prompt",
    *("desk", "write", "try", "copy", "poem"),
    *("doctor", "adapter", "explore"),
]


@pytest.fixture(autouse=True)
def pseudo(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setattr(i18n, "use", lambda language: None)
    with spoken():
        yield


def said(words: list[str], capsys: pytest.CaptureFixture[str]) -> str:
    """All that a command prints."""
    with contextlib.suppress(SystemExit):
        cli.main(words)
    printed = capsys.readouterr()
    return printed.out + printed.err


ASKED = [
    ["--help"],
    *([name, "--help"] for name in ("generators", "describe", "train", "create", "run", "library")),
    *(["library", name, "--help"] for name in ("list", "search", "show", "verify", "rebuild")),
    ["desk", "--help"],
    *(["desk", name, "--help"] for name in ("list", "show", "prompt", "write", "try", "copy")),
    ["desk", "show", "missing"],
    ["desk", "prompt", "poem.en", "--shots", "x"],
    ["generators"],
    ["nonsense"],
    ["train"],
    ["train", "text.missing"],
    ["train", "text.lstm", "--data", "missing.txt"],
    ["train", "text.lstm", "--set", "nonsense"],
    ["train", "text.lstm", "--set", "nonsense=1"],
    ["train", "text.lstm", "--set", "layers=0"],
    ["train", "text.lstm", "--seed", "-1"],
    ["train", "text.lstm", "--data"],
    ["train", "text.lstm", "--nonsense"],
    ["create"],
    ["create", "missing"],
    ["run", "missing.json"],
    ["library"],
    ["library", "show", "missing"],
    ["describe"],
]


@pytest.mark.parametrize("words", ASKED, ids=" ".join)
def test_every_word_is_translated(words: list[str], capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    text = said(words, capsys)
    assert text
    words_left = untranslated(TYPED.sub(" ", " ".join(text.split())), COMMANDS)
    assert not words_left, f"{words_left} in:\n{text}"


@pytest.mark.parametrize("id", ["text.lstm", "image.gan"])
def test_what_a_generator_says_of_itself_is_translated(id: str, capsys: pytest.CaptureFixture[str]) -> None:
    text = "\n".join(line for line in said(["describe", id], capsys).splitlines() if " = " not in line)
    words_left = untranslated(TYPED.sub(" ", text), COMMANDS)
    assert not words_left, f"{words_left} in:\n{text}"


def test_an_empty_project_says_so(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    from aigc_desktop.library.project import Project

    Project.open(tmp_path / "Sketches").close()
    for words in (["library", "list"], ["library", "search", "missing"], ["library", "verify"]):
        text = said([*words, "--project", str(tmp_path / "Sketches")], capsys)
        assert text and not untranslated(text, []), text
