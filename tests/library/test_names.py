"""Names from users: shown as given, safe as files everywhere."""

import os
import unicodedata
from pathlib import Path

import pytest

from aigc_desktop.library.names import clean_name, file_name, given_name, key, unique
from aigc_desktop.problems import BadInput

ODD = [
    "",
    " ",
    ".",
    "..",
    "...",
    "/",
    "a/b\\c",
    "../../etc/passwd",
    "C:\\Windows",
    'what? "this" <that> | *',
    "CON",
    "con.txt",
    "Nul ",
    "aux.tar.gz",
    "COM1",
    "lpt9.x",
    "COM¹",
    "CONIN$",
    "conclusion",
    "trailing dot.",
    "trailing space ",
    " .hidden",
    ".git",
    "~lock",
    "-rf",
    "tab\there\nand there",
    "bell\a\x7f\x1b[31m",
    "right\u202eto\u2066left\u200f",
    "zero\u200bwidth\ufeff",
    "half a pair \ud800",
    "é" * 300,
    "春" * 300,
    "👩‍👩‍👧‍👦" * 60,
    "e\u0301" * 200,
    "x" * 5000,
    "CON" * 100,
    "com1." + "春" * 60,
    "nul." + "x" * 116,
    "مرحبا بالعالم",
    "می\u200cخواهم",
    "a" * 119 + "春",
    "noncharacter \uffff \U0010fffe",
]


@pytest.mark.parametrize("name", ODD, ids=ascii)
@pytest.mark.parametrize("longest", [40, 120, 255])
def test_file_names_are_safe_everywhere(name: str, longest: int, tmp_path: Path) -> None:
    safe = file_name(name, longest)
    assert safe and len(safe.encode("utf-8")) <= longest
    assert not set(safe) & set('<>:"/\\|?*')
    assert all(unicodedata.category(one) not in ("Cc", "Cs") for one in safe)
    assert not set(safe) & set("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\u200e\u200f\u061c\ufeff\u200b")
    assert safe == safe.strip() and not safe.startswith((".", "~", "-")) and not safe.endswith(".")
    devices = {"con", "prn", "aux", "nul", "conin$", "conout$"} | {
        f"{port}{n}" for port in ("com", "lpt") for n in "0123456789¹²³"
    }
    assert safe.split(".")[0].strip().casefold() not in devices
    assert safe == unicodedata.normalize("NFC", safe)
    assert file_name(safe, longest) == safe
    if longest < 255:
        (tmp_path / (safe + ".png")).write_text("x")
        assert os.listdir(tmp_path) == [safe + ".png"]


def test_readable_names_stay() -> None:
    for name in ("gan on mnist 12", "春天的花 (2)", "v1.5 final", "Ærøskøbing", "it's — fine", "👍 good"):
        assert file_name(name) == name == clean_name(name)
    assert file_name("") == "untitled" and file_name("???", otherwise="model") == "model"


@pytest.mark.parametrize("name", ODD, ids=ascii)
def test_names_are_one_visible_line(name: str) -> None:
    cleaned = clean_name(name)
    assert cleaned == clean_name(cleaned) and len(cleaned) <= 200
    assert cleaned == " ".join(cleaned.split())
    assert cleaned.encode("utf-8").decode("utf-8").isprintable() or "\u200d" in cleaned or "\u200c" in cleaned


def test_what_is_shown_keeps_what_files_cannot_have() -> None:
    assert clean_name(' a/b: "c"? ') == 'a/b: "c"?'


def test_a_name_must_have_something() -> None:
    assert given_name(" a ") == "a"
    for empty in ("", "  ", "\u200e", "\t\n"):
        with pytest.raises(BadInput):
            given_name(empty)


def test_unique() -> None:
    taken = {"a", "a 2", "a 4"}
    assert unique("b", taken.__contains__) == "b"
    assert unique("a", taken.__contains__) == "a 3"


def test_names_that_look_the_same_are_the_same() -> None:
    assert key("Gan  ON") == key("gan on") == key("ｇａｎ on") == key(" gan on\u200e")
    assert key("Straße") == key("STRASSE")
    assert key("a") != key("b")
