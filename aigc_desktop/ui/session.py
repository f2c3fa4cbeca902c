"""What a window looked like, per project: open panels with what was typed, docks, place on the screen.

Kept beside the settings, not in the project: the place of a window belongs to a machine, a project may travel.
"""

import hashlib
import json
from pathlib import Path
from typing import Any

from PySide6.QtCore import QByteArray

from aigc_desktop.problems import Sentence
from aigc_desktop.ui.settings import kept_or_why, read_json


class Session:
    """The last state of the window of one project."""

    def __init__(self, folder: Path, project: Path):
        self.project = project
        key = hashlib.sha256(str(project).encode()).hexdigest()[:16]
        self.path = folder / "sessions" / f"{key}.json"
        self.cut_off = False  # what was loaded is of a window that did not end as it should
        self.trouble: Sentence | None = None  # why the last state could not be written
        self._written = ""

    def load(self) -> dict[str, Any]:
        """The state; empty where there is none that can be read."""
        for rest in self.path.parent.glob(f"{self.path.name}*.part"):  # of a process that was killed while it wrote
            rest.unlink(missing_ok=True)
        state = read_json(self.path)
        self.cut_off = state.get("ended") is False
        return state

    def save(self, state: dict[str, Any], ended: bool = False) -> bool:
        """Write the state if it changed; whether it was written. Where the disk does not take it, `trouble` says so.

        `ended`: the window ends with this as it should.
        """
        state = {"ended": ended, **state}
        text = json.dumps(state)
        if text == self._written:
            return False
        whole = {"project": str(self.project), **state}
        self.trouble = kept_or_why(self.path, whole, self.trouble, sync=False)
        if self.trouble is None:
            self._written = text
        return self.trouble is None


def pack(state: QByteArray) -> str:
    """Qt's state of a window as a text for JSON."""
    return bytes(state.toBase64().data()).decode("ascii")


def unpack(text: Any) -> QByteArray:
    """Qt's state from a text of `pack`; empty for anything else."""
    return QByteArray.fromBase64(text.encode()) if isinstance(text, str) and text.isascii() else QByteArray()
