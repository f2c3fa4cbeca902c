"""The starter text: little scenes in English and Chinese, told on the spot by two small grammars, never twice the same.

In a template `{animal}` is any of the grammar's animals; `{animal:a}` also remembers it as `a`; `{+animal:a}` remembers
without saying; `{a}` says it again. An entry may have several forms, as in "a fox|the fox|she": `{a.2}` says the third.
"""

import random
import re
from functools import cache

from aigc_desktop.data import starter_chinese, starter_english

CHARACTERS = 480_000
SEED = 7
HOLE = re.compile(r"\{(\+?)(\w+)(?::(\w+))?(?:\.(\d))?\}")
SENTENCE = re.compile(r"(?:^|(?<=[.!?] )|(?<=\.” )|(?<=“)|(?<=\n)|(?<=[A-Z]: ))[a-z]")

Grammar = dict[str, list[str]]


def make(characters: int = CHARACTERS, seed: int = SEED) -> str:
    """Scenes with an empty line between them, about this many characters, always the same for a seed."""
    teller = Teller(seed)
    scenes: list[str] = []
    length = 0
    while length < characters:
        if teller.draw() < 0.33:
            scene = SENTENCE.sub(lambda first: first[0].upper(), teller.tell(starter_english.GRAMMAR))
        else:
            scene = teller.tell(starter_chinese.GRAMMAR)
        scenes.append(scene)
        length += len(scene) + 2
    return "\n\n".join(scenes) + "\n"


class Teller:
    """Tells scenes by a grammar; one scene's remembered words are forgotten with the next."""

    def __init__(self, seed: int):
        self.draw = random.Random(seed).random  # the one method whose numbers never change between versions of Python
        self.remembered: dict[str, list[str]] = {}

    def tell(self, grammar: Grammar) -> str:
        self.remembered = {}
        return self._expand(self._any(grammar["scene"]), grammar)

    def _any(self, choices: list[str]) -> str:
        return choices[int(self.draw() * len(choices))]

    def _expand(self, template: str, grammar: Grammar) -> str:
        said: list[str] = []
        for part in _parts(template):
            if isinstance(part, str):
                said.append(part)
                continue
            silent, name, key, form = part
            forms = self.remembered[name] if name in self.remembered else self._forms(name, key, grammar)
            if not silent:
                said.append(forms[form])
        return "".join(said)

    def _forms(self, name: str, key: str, grammar: Grammar) -> list[str]:
        forms = [self._expand(form, grammar) for form in self._any(grammar[name]).split("|")]
        if key:
            while forms in self.remembered.values():  # two animals of a scene are two different ones
                forms = [self._expand(form, grammar) for form in self._any(grammar[name]).split("|")]
            self.remembered[key] = forms
        return forms


@cache
def _parts(template: str) -> list[str | tuple[bool, str, str, int]]:
    """A template as plain texts and holes: silent, name, key, form."""
    parts: list[str | tuple[bool, str, str, int]] = []
    end = 0
    for hole in HOLE.finditer(template):
        parts.append(template[end : hole.start()])
        parts.append((bool(hole[1]), hole[2], hole[3] or "", int(hole[4] or 0)))
        end = hole.end()
    return [*parts, template[end:]]
