r"""Wildcards of a prompt: `{sad|merry}` is one of these, `__colours__` an entry of the word list with this name.

`{2::sad|merry}` is sad twice as often; an alternative may be empty (`a {|very }old house`) and hold wildcards again, and
so may an entry of a list. `\{sad|merry}` and `\__colours__` stay, without the backslash.

Everything else stays letter for letter, program code and JSON above all. No wildcards are: braces without a bar of their
own (`{}`, `f{x}`) or with nothing but bars, with a blank inside both ends (`{ a | b }`), with `||`, over several lines; a
bar outside braces; JSON objects, with all they hold; `__names__` of no list (`__init__`).
"""

import bisect
import json
import random
import re
from collections.abc import Container
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path

from aigc_desktop.engine import word_lists
from aigc_desktop.i18n import mark
from aigc_desktop.problems import BadInput

DEEPEST = 16  # alternatives inside each other
LONGEST = 4_000_000  # characters that come of a prompt
MOST = 10_000  # draws for one prompt
_SPECIAL = re.compile(r"\\?[{}]|\||\n|\r|\\\|")
_JSON = re.compile(r'\{\s*"')
_JSON_TRIES = 64
_KEYED = re.compile(r"""\s*(?:"[^"\n]*"|'[^'\n]*')\s*:""")
_WEIGHT = re.compile(r"\s*(\d{1,6}(?:\.\d{1,6})?)::")


def expand(text: str, seed: int) -> str:
    """The text with each wildcard drawn; the same seed draws the same. Each place has a draw of its own, which what
    stands elsewhere does not change. BadInput for a word list that cannot be read or asks for itself."""
    if "{" not in text and "__" not in text:
        return text
    return _Drawing(seed).of(text)


@dataclass(frozen=True)
class Drawn:
    """A wildcard that stands in a text from `start` to `stop`, and what was drawn for it."""

    start: int
    stop: int
    text: str


def drawn(text: str, seed: int) -> list[Drawn]:
    """Each wildcard of the text and what `expand` puts in its place with this seed. BadInput as there."""
    if "{" not in text and "__" not in text:
        return []
    drawing = _Drawing(seed)
    drawing.of(text)
    return drawing.drawn


def has_any(text: str) -> bool:
    """Does the text hold a wildcard (one that is escaped counts, since it loses its backslash)?"""
    return ("{" in text or "__" in text) and bool(_places(text, word_lists.lists()))


@dataclass(frozen=True)
class _Group:
    """Braces with alternatives: where they open and close (after the brace), the bars between, is it escaped?"""

    start: int
    stop: int
    bars: tuple[int, ...]
    escaped: bool


@dataclass(frozen=True)
class _Name:
    """Where a list is called, and which."""

    start: int
    stop: int
    list: str
    escaped: bool


@dataclass
class _Open:
    at: int
    escaped: bool
    bars: list[int] = field(default_factory=list)
    depth: int = 0  # of the alternatives inside


class _Drawing:
    """One expansion of a prompt."""

    def __init__(self, seed: int):
        self.seed = seed
        self.lists: dict[str, Path] = word_lists.lists()
        self.whole: set[str] = set()  # lists that are known not to ask for themselves
        self.draws = self.length = 0
        self.drawn: list[Drawn] = []

    def of(self, text: str, place: str = "", inside: bool = False) -> str:
        """The text expanded; `place` says which wildcard it came of, `inside`: it stood between braces."""
        out: list[str] = []
        at = 0
        for number, one in enumerate(_places(text, self.lists)):
            here = f"{place}.{number}"
            out.append(_plain(text[at : one.start], inside))
            if isinstance(one, _Name):
                out.append(text[one.start + 1 : one.stop] if one.escaped else self._entry(one.list, here))
            else:
                out.append(self._escaped(text, one, here) if one.escaped else self._alternative(text, one, here))
            if not place and not one.escaped:
                self.drawn.append(Drawn(one.start, one.stop, out[-1]))
            at = one.stop
        expanded = "".join([*out, _plain(text[at:], inside)])
        self.length += len(expanded)
        if self.length > LONGEST:
            raise BadInput(mark("The wildcards make more than {count} characters of this prompt."), count=LONGEST)
        return expanded

    def _alternative(self, text: str, group: _Group, place: str) -> str:
        ends = [group.start, *group.bars, group.stop - 1]
        options = [text[one + 1 : other] for one, other in pairwise(ends)]
        weights = []
        for number, option in enumerate(options):
            weight = _WEIGHT.match(option)
            weights.append(float(weight[1]) if weight else 1.0)
            options[number] = option[weight.end() :] if weight else option
        if not any(weights):
            weights = [1.0] * len(options)
        point = self._draw(place) * sum(weights)
        chosen = next((number for number, one in enumerate(weights) if (point := point - one) < 0), len(options) - 1)
        return self.of(options[chosen], f"{place}.{chosen}", inside=True)

    def _escaped(self, text: str, group: _Group, place: str) -> str:
        inner = text[group.start + 2 : group.stop - 1]
        return "{" + self.of(inner.removesuffix("\\"), place, inside=True) + "}"

    def _entry(self, name: str, place: str) -> str:
        self._never_itself(name, ())
        entries = word_lists.read(self.lists[name])
        chosen = min(int(self._draw(place) * len(entries)), len(entries) - 1)
        return self.of(entries[chosen], f"{place}.{name}")

    def _draw(self, place: str) -> float:
        """From 0 to 1, the same for this seed and place on every machine."""
        self.draws += 1
        if self.draws > MOST:
            raise BadInput(mark("This prompt holds more than {count} wildcards."), count=MOST)
        return random.Random(f"{self.seed}{place}").random()

    def _never_itself(self, name: str, asked_by: tuple[str, ...]) -> None:
        """BadInput where the list asks for itself, be it by way of others."""
        if name in self.whole:
            return
        if name in asked_by or len(asked_by) > DEEPEST:
            chain = [*asked_by[asked_by.index(name) if name in asked_by else 0 :], name]
            raise BadInput(
                mark("The word list {path} asks for itself: {chain}. Take one of these names out of it."),
                path=self.lists[name],
                chain=" → ".join(f"__{self.lists[one].stem}__" for one in chain),
            )
        for entry in word_lists.read(self.lists[name]):
            for found in word_lists.NAME.finditer(entry):
                other = word_lists.key(found[1])
                if other in self.lists and entry[found.start() - 1 : found.start()] != "\\":
                    self._never_itself(other, (*asked_by, name))
        self.whole.add(name)


def _plain(text: str, inside: bool) -> str:
    """What stands between wildcards: letter for letter; between braces a backslash before `{`, `|` or `}` goes."""
    return re.sub(r"\\([{|}])", r"\1", text) if inside else text


def _places(text: str, lists: Container[str]) -> list[_Group | _Name]:
    """The outermost wildcards, in order; those inside others are found when these are drawn."""
    objects = _json_objects(text)
    groups = _groups(text, objects)
    taken = sorted([*objects.items(), *((one.start, one.stop) for one in groups)])
    found: list[_Group | _Name] = list(groups)
    for name in word_lists.NAME.finditer(text):
        around = bisect.bisect(taken, (name.start(), len(text) + 1)) - 1
        if (around < 0 or taken[around][1] <= name.start()) and word_lists.key(name[1]) in lists:
            escaped = text[name.start() - 1 : name.start()] == "\\"
            found.append(_Name(name.start() - escaped, name.end(), word_lists.key(name[1]), escaped))
    return sorted(found, key=lambda one: one.start)


def _groups(text: str, objects: dict[int, int]) -> list[_Group]:
    """The outermost braces with alternatives, in order, outside the JSON `objects`."""
    if "|" not in text or "{" not in text:
        return []
    found: list[_Group] = []
    open_: list[_Open] = []
    at = 0
    while special := _SPECIAL.search(text, at):
        at = special.end()
        sign = special[0]
        if sign in "\r\n":
            open_.clear()
        elif special.start() in objects:
            at = objects[special.start()]
        elif sign == "{" or (sign == "\\{" and (not open_ or open_[-1].escaped)):
            open_.append(_Open(special.start(), sign != "{"))
        elif sign == "|" and open_:
            open_[-1].bars.append(special.start())
        elif open_ and (sign == "}" or (sign == "\\}" and open_[-1].escaped)):
            closed = open_.pop()
            is_one = _are_alternatives(text, closed, at)
            depth = closed.depth + (is_one and not closed.escaped)
            if depth > DEEPEST:
                raise BadInput(
                    mark("The alternatives {braces} stand inside each other more than {count} deep."),
                    braces="{a|b}",
                    count=DEEPEST,
                )
            if open_:
                open_[-1].depth = max(open_[-1].depth, depth)
            if is_one:
                while found and found[-1].start > closed.at:
                    found.pop()
                found.append(_Group(closed.at, at, tuple(closed.bars), closed.escaped))
    return found


def _are_alternatives(text: str, braces: _Open, stop: int) -> bool:
    first, last = braces.at + 1 + braces.escaped, stop - 2
    if braces.escaped and text[last] == "\\":
        last -= 1
    if not braces.bars or (text[first].isspace() and text[last].isspace()) or _KEYED.match(text, first, stop):
        return False
    if len(braces.bars) > last - first:  # nothing but bars
        return False
    return not any(other - one == 1 for one, other in pairwise(braces.bars))


def _json_objects(text: str) -> dict[int, int]:
    """Where JSON objects begin, and where each ends."""
    found: dict[int, int] = {}
    end = failed = 0
    for start in _JSON.finditer(text):
        if start.start() < end:
            continue
        try:
            _, end = json.JSONDecoder().raw_decode(text, start.start())
            found[start.start()] = end
        except (ValueError, RecursionError):
            failed += 1
            if failed > _JSON_TRIES:
                break
    return found
