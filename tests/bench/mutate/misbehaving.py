"""What must never pass for well: each way to misbehave, to see that the bench sees it."""

import os
import pickle
import time
from collections.abc import Callable
from pathlib import Path
from random import Random
from typing import Any

from aigc_desktop.problems import BadInput
from tests.bench.mutate.kind import Attempts


class _Foreign:
    def __reduce__(self) -> tuple[Any, ...]:
        return os.getcwd, ()


def _say(sentence: str) -> None:
    raise BadInput("{text}", text=sentence)


def _hold(case: Path) -> None:
    assert len(bytearray(1300 << 20)) > 0


WAYS: dict[str, Callable[[Path], Any]] = {
    "well": lambda case: (case / "own.txt").write_text("x"),
    "refuse": lambda case: _say("file.txt is broken."),
    "nameless": lambda case: _say("Something is wrong."),
    "raise": lambda case: 1 // 0,
    "write": lambda case: (case.parent / "outside.txt").write_text("x"),
    "change": lambda case: (case.parent / "neighbour.txt").write_text("theirs"),
    "remove": lambda case: (case.parent / "cwd" / "neighbour.txt").unlink(),
    "home": lambda case: (Path.home() / "new").mkdir(),
    "system": lambda case: os.system("true"),
    "unpickle": lambda case: pickle.loads(pickle.dumps(_Foreign())),
    "foreign": lambda case: exec(compile("x = 1", str(case / "modeling.py"), "exec")),  # noqa: S102
    "hold": _hold,
    "crash": lambda case: os.abort(),
    "hang": lambda case: time.sleep(60),
}


def kind(name: str) -> "Kind":
    return Kind(name.partition("-")[2])


class Kind:
    def __init__(self, way: str):
        self.way = WAYS[way]

    def seeds(self, folder: Path) -> None:
        pass

    def open(self, folder: Path, case: Path, random: Random) -> Attempts:
        attempt = Attempts(("file.txt",))
        attempt(self.way, case)
        return attempt
