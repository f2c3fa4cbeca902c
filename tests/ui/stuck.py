"""A child process whose generator does what generators must not: blocks in C with the interpreter's lock held, takes all
memory. It stands in for the real one where a test puts `main` into its place; everything else in it is real."""

import ctypes
import os
import signal
from typing import Any

from aigc_desktop.engine import child

real_main = child.main


def main(connection: Any, settings: dict[str, Any]) -> None:
    what = os.environ["STUCK"]
    if what == "look":
        from aigc_desktop.data.texts import Texts

        look = Texts.look
        Texts.look = lambda self, path: _hang() if path.endswith("hang.txt") else look(self, path)  # type: ignore[method-assign]
    elif what == "prepare":
        settings = settings | {"torch": False}  # it need not learn anything
        child._prepare = lambda job, overtaken=None: _hang()  # type: ignore[assignment]
    elif what == "killed":
        os.kill(os.getpid(), signal.SIGKILL)
    else:
        from aigc_desktop.generators.image.gan.model import Trainer

        step = Trainer.step

        def broken(self: Any, batch: Any) -> Any:
            self.steps_done = getattr(self, "steps_done", 0) + 1
            if self.steps_done > 3:
                {"hang": _hang, "memory": _take_memory}[what]()
            return step(self, batch)

        Trainer.step = broken  # type: ignore[method-assign]
    real_main(connection, settings)


def _hang() -> None:
    if mark := os.environ.get("STUCK_NOW"):
        open(mark, "w").close()
    ctypes.PyDLL(None).sleep(1000)  # PyDLL keeps the lock: no other thread of Python runs


def _take_memory() -> None:
    import torch

    hoard = []
    while True:
        hoard.append(torch.empty(2**26))  # 256 MB
