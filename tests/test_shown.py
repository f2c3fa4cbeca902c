"""What a sentence shows of a value, whatever the value holds."""

import pytest

from aigc_desktop.problems import BadInput, Sentence
from aigc_desktop.shown import LONGEST, shown


@pytest.mark.parametrize("value", ["plain.txt", "two  spaces.txt", "春天 🌷.txt", 3.5, None, "é", "e\u0301"])
def test_what_can_be_shown_stays(value: object) -> None:
    assert shown(value) == str(value)


def test_one_line() -> None:
    assert shown("a\nb\r\n  c\td\u2028e\x1cf") == "a b c d e f"
    assert shown("\x1b[31mred\x07") == "�[31mred�"


def test_bytes_that_are_no_letters() -> None:
    assert shown(b"\xff\xfe.png".decode("utf-8", "surrogateescape")) == "��.png"
    shown("\ud800").encode()


def test_the_direction_of_a_name_stays_its_own() -> None:
    assert shown("photo\u202egnp.exe") == "photo�gnp.exe"
    assert shown("\u2069escaped") == "�escaped"
    assert shown("שלום.txt") == "\u2068שלום.txt\u2069"
    assert str(Sentence("{path} is broken.", {"path": "مرحبا"})) == "\u2068مرحبا\u2069 is broken."


def test_long_names_keep_both_ends() -> None:
    name = "a" * 50 + "b" * 400 + ".txt"
    assert len(shown(name)) == LONGEST and shown(name).startswith("aaa") and shown(name).endswith("b.txt")
    assert "…" in shown(name)


def test_numbers_keep_their_grouping_and_a_sentence_inside_a_sentence_its_length() -> None:
    assert str(Sentence("{count:,} files", {"count": 12345})) == "12,345 files"
    inner = Sentence("{path} " + "is broken " * 30, {"path": "x"})
    assert str(inner) in str(Sentence("The first: {reason}", {"reason": inner}))


@pytest.mark.parametrize(
    "pattern", ["{a.__class__}", "{a[0]}", "{missing}", "{", "{}", "{0}", "{a:>999999999}", "{a:,}", "{a!r:>9}"]
)
def test_a_pattern_from_a_file_is_only_a_text(pattern: str) -> None:
    assert str(Sentence(pattern, {"a": "x"})) == pattern


def test_bad_input_in_a_log_is_one_line_too() -> None:
    assert "\n" not in repr(BadInput("There is no file {path}.", path="a\nb"))
