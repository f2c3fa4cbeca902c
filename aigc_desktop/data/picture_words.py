"""What is said to the user about a set of pictures."""

from collections import Counter
from typing import Any

import numpy as np

from aigc_desktop.data.sides import Chosen
from aigc_desktop.i18n import mark
from aigc_desktop.problems import Sentence

NAMED = 6  # classes that are named
SCALED = {
    "crop": mark("They are cut in the middle and scaled to {width}×{height}."),
    "fit": mark("They are squeezed to {width}×{height}."),
    "pad": mark("They are scaled to {width}×{height} with a border around."),
}


def summary(chosen: Chosen, facts: dict[str, Any], framing: str) -> list[Sentence]:
    """How many, how large, of which classes, what is twice and what is left out; with `framing` also what is done to them."""
    found = chosen.found
    pictures = found.pictures
    sizes = Counter(zip(pictures["width"].tolist(), pictures["height"].tolist(), strict=True))
    said = [_what(sizes, len(pictures), facts["channels"] == 3)]
    target = facts["width"], facts["height"]
    if framing and set(sizes) != {target}:
        same_shape = len(sizes) == 1 and _is_shape(next(iter(sizes)), target)
        pattern = mark("They are scaled to {width}×{height}.") if same_shape else SCALED[framing]
        said.append(Sentence(pattern, {"width": target[0], "height": target[1]}))
    said += _classes(chosen)
    said.append(Sentence(mark("Held out to measure the learning: {count:,}."), {"count": facts["heldout"]}))
    if facts["copies"]:
        said.append(Sentence(mark("The same picture again: {count:,}."), {"count": facts["copies"]}))
    if facts["alike"]:
        said.append(Sentence(mark("Hardly different from another: {count:,}."), {"count": facts["alike"]}))
    left = len(pictures) - chosen.count
    if left:
        said.append(Sentence(mark("Left out because they are there twice: {count:,}."), {"count": left}))
    for part in found.apart:
        said.append(
            Sentence(mark("{part} is left alone; choose it as held-out data to measure with it."), {"part": part})
        )
    if found.skipped:
        said.append(Sentence(mark("Skipped: {count:,}."), {"count": len(found.skipped)}))
    if found.others:
        said.append(Sentence(mark("Other files, not pictures: {count:,}."), {"count": found.others}))
    return said


def doubles(chosen: Chosen) -> list[tuple[str, Sentence]]:
    """Each picture that is like an earlier one: its name, and which."""
    every = np.arange(len(chosen.first))
    said = []
    for number in np.flatnonzero(chosen.first_alike != every).tolist():
        exact = chosen.first[number] != number
        other = chosen.first[number] if exact else chosen.first_alike[number]
        pattern = mark("The same picture as {other}.") if exact else mark("Hardly different from {other}.")
        said.append((chosen.found.name(number), Sentence(pattern, {"other": chosen.found.name(int(other))})))
    return said


def _what(sizes: "Counter[tuple[int, int]]", count: int, colour: bool) -> Sentence:
    width, height = max(sizes.items(), key=lambda item: item[1])[0]
    values: dict[str, Any] = {"count": count, "width": width, "height": height}
    if len(sizes) == 1:
        pattern = (
            mark("{count:,} pictures in colour, {width}×{height} pixels.")
            if colour
            else mark("{count:,} grey pictures, {width}×{height} pixels.")
        )
        return Sentence(pattern, values)
    pattern = (
        mark(
            "{count:,} pictures in colour of different sizes, from {smallest} to {largest}, most often {width}×{height}."
        )
        if colour
        else mark(
            "{count:,} grey pictures of different sizes, from {smallest} to {largest}, most often {width}×{height}."
        )
    )
    ordered = sorted(sizes, key=lambda size: size[0] * size[1])
    ends = {"smallest": "×".join(map(str, ordered[0])), "largest": "×".join(map(str, ordered[-1]))}
    return Sentence(pattern, values | ends)


def _is_shape(size: tuple[int, int], target: tuple[int, int]) -> bool:
    """Does only the scale differ?"""
    scale = min(target[0] / size[0], target[1] / size[1])
    return max(1, round(size[0] * scale)) == target[0] and max(1, round(size[1] * scale)) == target[1]


def _classes(chosen: Chosen) -> list[Sentence]:
    found = chosen.found
    if found.astray:
        pattern = mark("{count:,} lie in no folder, so that the folders are not taken as classes.")
        return [Sentence(pattern, {"count": found.astray})]
    names = found.classes
    if not names:
        return []
    shown = ", ".join(names[:NAMED])
    values = {"count": len(names), "names": shown}
    said = [
        Sentence(mark("{count:,} classes: {names}."), values)
        if len(names) <= NAMED
        else Sentence(mark("{count:,} classes: {names} and others."), values)
    ]
    members = np.bincount(found.pictures["label"][chosen.used], minlength=len(names))
    alone = [name for name, count in zip(names, members.tolist(), strict=True) if count == 1]
    if alone:
        pattern = mark("Only one picture, learned by heart and never held out: {names}.")
        said.append(Sentence(pattern, {"names": ", ".join(alone[:NAMED])}))
    return said
