"""What a kind of file must say to be mutated, and where each is."""

import importlib
from collections.abc import Callable
from pathlib import Path
from random import Random
from typing import Any, Protocol, cast

from aigc_desktop.problems import BadInput, Failure

KINDS = {
    "png": "pictures",
    "jpeg": "pictures",
    "webp": "pictures",
    "gif": "pictures",
    "tiff": "pictures",
    "zip": "archives",
    "idx": "idx_files",
    "txt": "texts",
    "safetensors": "model_files",
    "config.json": "model_files",
    "job.json": "job_files",
    "checkpoint": "checkpoints",
    "library.sqlite": "databases",
}
LONGEST = 400  # characters of a sentence whose every name is as long as names are shown
CONTROLS = set(map(chr, range(32))) | {"\x7f", "\u2028", "\u202e"}


class Unsayable(Exception):
    """A sentence that nobody should be shown."""


class Attempts:
    """Goes through the doors of one case: what works, what is refused, and that each refusal is one good sentence."""

    def __init__(self, names: tuple[str, ...]):
        self.names = names  # one of them stands in every sentence, so that the user knows which file is meant
        self.refused: list[str] = []

    def __call__(self, door: Callable[..., Any], *given: Any, **named: Any) -> Any:
        """What the door gives; None where it refuses."""
        try:
            return door(*given, **named)
        except (BadInput, Failure) as problem:
            self.hear(str(problem))
            return None

    def hear(self, sentence: str, names: bool = True) -> None:
        """A sentence that the user would read."""
        self.refused.append(sentence)
        if not sentence.strip() or len(sentence) > LONGEST or CONTROLS & set(sentence) or "Traceback" in sentence:
            raise Unsayable(f"{len(sentence)} characters: {sentence!r}")
        if names and self.names and not any(name in sentence for name in self.names):
            raise Unsayable(f"names no file: {sentence!r}")
        sentence.encode()


class Kind(Protocol):
    """One kind of file. It lives as long as a child process."""

    def seeds(self, folder: Path) -> None:
        """Make valid files of the kind in an empty folder, once for all child processes."""

    def open(self, folder: Path, case: Path, random: Random) -> Attempts:
        """Put a mutated copy of one of the seeds in `folder` into the empty folder `case`, and open it everywhere."""


def kind(name: str) -> Kind:
    module = importlib.import_module(f"tests.bench.mutate.{KINDS.get(name) or name.partition('-')[0]}")
    return cast(Kind, module.kind(name))
