"""What a process that will be killed had promised by then: each promise on the disk before anything else happens."""

import json
import os
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any


class Journal:
    """Lines of JSON, each on the disk when `write` returns."""

    def __init__(self, path: Path):
        self._file = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT)

    def write(self, what: str, **values: Any) -> None:
        os.write(self._file, (json.dumps({"what": what} | values, ensure_ascii=False) + "\n").encode())
        os.fsync(self._file)

    def around(self, what: str, act: Any, **values: Any) -> Any:
        """Say that something begins, do it, say that it is done."""
        self.write(f"begin {what}", **values)
        result = act()
        self.write(what, **values)
        return result


@dataclass
class Promised:
    """How an item may be found: while something was under way, as before it or as after it."""

    names: set[str | None]  # None: any
    trashed: set[bool]


@dataclass
class Promises:
    """Everything that was promised in one project; `read` takes up what the journal has more since last time."""

    journal: Path
    items: dict[str, Promised] = field(default_factory=dict)
    models: set[str] = field(default_factory=set)  # the folders' names
    runs: set[str] = field(default_factory=set)
    counts: dict[str, int] = field(default_factory=dict)
    _read: int = 0

    def read(self) -> None:
        with self.journal.open("rb") as file:
            file.seek(self._read)
            content = file.read()
        whole = content[: content.rfind(b"\n") + 1]  # the last line may have been cut off by the kill: no promise
        self._read += len(whole)
        for line in whole.splitlines():
            self.take(json.loads(line))

    def take(self, line: dict[str, Any]) -> None:
        """One promise: saved, rename, trash, restore (and "begin" of each), model, run."""
        what = line["what"]
        self.counts[what] = self.counts.get(what, 0) + 1
        if what == "saved":
            self.items[line["id"]] = Promised({line.get("name")}, {False})
        elif what == "model":
            self.models.add(line["folder"])
        elif what == "run":
            self.runs.add(line["id"])
        elif line.get("id") in self.items:
            item = self.items[line["id"]]
            before = what.startswith("begin ")
            if what.endswith("rename"):
                item.names = (item.names if before else set()) | {line["name"]}
            elif what.endswith(("trash", "restore")):
                item.trashed = (item.trashed if before else set()) | {what.endswith("trash")}
