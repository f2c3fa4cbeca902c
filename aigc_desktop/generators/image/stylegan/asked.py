"""Lists that a user writes: seeds, and how far to go along which direction. Imports no torch."""

import re

from aigc_desktop.i18n import mark
from aigc_desktop.problems import BadInput

MOST = 64  # seeds in a list
LARGEST = 2**62
FARTHEST = 100.0  # standard deviations


def seeds(text: str) -> list[int]:
    """The seeds in "3, 8, 12-15"; BadInput where the text is no such list."""
    found: list[int] = []
    for part in filter(None, re.split(r"[,，;\s]+", text.strip())):
        match = re.fullmatch(r"(\d{1,19})(?:[-–](\d{1,19}))?", part)
        first, last = (int(match[1]), int(match[2] or match[1])) if match else (1, 0)
        if not first <= last <= LARGEST or last - first >= MOST:
            raise _no_seeds(text)
        found += range(first, last + 1)
    if len(found) > MOST:
        raise _no_seeds(text)
    return found


def components(text: str) -> dict[int, float]:
    """Number of the direction → standard deviations in "1: 2.5, 3: -1"; BadInput where the text is no such list."""
    found: dict[int, float] = {}
    for part in filter(None, re.split(r"[,，;\n]+", text.strip())):
        match = re.fullmatch(r"\s*(\d{1,3})\s*[:：=]\s*([-+−]?\d{1,3}(?:\.\d*)?)\s*", part)
        if not match or int(match[1]) < 1 or abs(float(match[2].replace("−", "-"))) > FARTHEST:
            raise BadInput(
                mark("Write the directions as number: distance, as in 1: 2.5, 3: -1; not as {text}."), text=repr(text)
            )
        found[int(match[1])] = float(match[2].replace("−", "-"))
    return found


def _no_seeds(text: str) -> BadInput:
    return BadInput(
        mark("Write the seeds as up to {most} whole numbers, as in 3, 8, 12-15; not as {text}."),
        most=MOST,
        text=repr(text),
    )
