"""Names that users give: clean to show, safe as file names on Windows, macOS and Linux, unique where they must be."""

import re
import unicodedata
from collections.abc import Callable

from aigc_desktop.i18n import mark
from aigc_desktop.problems import BadInput

LONGEST = 200  # characters of a name
_FORBIDDEN = re.compile(r'[<>:"/\\|?*]')
# Windows opens a device for these, whatever their suffix (docs: "Naming Files, Paths, and Namespaces").
_RESERVED = {"con", "prn", "aux", "nul", "conin$", "conout$", "clock$"}
_RESERVED |= {port + digit for port in ("com", "lpt") for digit in "0123456789¹²³"}
_JOINERS = "\u200c\u200d"  # part of words in Persian and Hindi, and of emoji


def clean_name(name: str) -> str:
    """A name as it is kept and shown: one line, no control characters or text-direction marks. May be empty."""
    visible = "".join(
        " " if character.isspace() else character
        for character in unicodedata.normalize("NFC", name)
        if character.isspace()
        or character in _JOINERS
        or unicodedata.category(character) not in ("Cc", "Cf", "Cs", "Cn")
    )
    return " ".join(visible.split())[:LONGEST].strip().strip(_JOINERS)


def given_name(name: str) -> str:
    """`clean_name` of a name that must not be empty; else BadInput."""
    cleaned = clean_name(name)
    if not cleaned:
        raise BadInput(mark("A name needs at least one letter or digit."))
    return cleaned


def file_name(name: str, longest: int = 120, otherwise: str = "untitled") -> str:
    """A name of at most `longest` bytes in UTF-8 (255 is what file systems take) for a file or folder, without suffix.

    Characters and names that some system forbids are replaced; what has nothing left is called `otherwise`.
    """
    safe = _FORBIDDEN.sub("-", clean_name(name)).lstrip(" .~-")
    if safe.split(".", 1)[0].rstrip().casefold() in _RESERVED:
        safe = "_" + safe
    safe = safe.encode()[:longest].decode("utf-8", "ignore").rstrip(" .").strip(_JOINERS)
    return safe or otherwise


def unique(name: str, taken: Callable[[str], bool]) -> str:
    """The name, or the name with the lowest number from 2 that is not taken."""
    number, candidate = 1, name
    while taken(candidate):
        number += 1
        candidate = f"{name} {number}"
    return candidate


def key(name: str) -> str:
    """What two names that look the same have in common."""
    return unicodedata.normalize("NFKC", clean_name(name)).casefold()
