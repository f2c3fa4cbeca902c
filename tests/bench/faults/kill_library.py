"""A process with the library loaded and without torch that is cheap to copy: each copy works until it is killed.

`python -m tests.bench.faults.kill_library PROJECT JOURNAL`; a line `save 17` on stdin (an action and a seed) copies it, and
the copy's process id is the answer.
"""

import json
import os
import random
import sys
from hashlib import sha256
from pathlib import Path
from typing import Any

import numpy as np

from aigc_desktop.library.project import Project
from aigc_desktop.media.picture import Picture
from aigc_desktop.media.text import Text
from tests.bench.faults.journal import Journal

ACTIONS = ("save", "rename", "trash", "models", "rebuild", "mend", "new project")
JOB = {"generator": "image.gan", "action": "create", "params": {"prompt": "killed"}}


def main() -> int:
    project, journal = Path(sys.argv[1]), Path(sys.argv[2])
    Project.open(project).close()
    copies: list[int] = []
    print("ready", flush=True)
    for line in sys.stdin:
        for pid in copies:
            os.waitpid(pid, 0)
        copies.clear()
        action, _, seed = line.strip().rpartition(" ")
        pid = os.fork()
        if pid == 0:
            try:
                work(project, Journal(journal), action, random.Random(int(seed)))
            finally:
                os._exit(1)
        copies.append(pid)
        print(pid, flush=True)
    return 0


def work(folder: Path, journal: Journal, action: str, chance: random.Random) -> None:
    if action == "new project":
        while True:
            Project.open(folder.parent / "new" / f"{chance.randrange(10**9)}").close()
    while action == "mend":  # the index is gone, and made again
        for file in folder.glob("library.sqlite*"):
            file.unlink()
        Project.open(folder).close()
    with Project.open(folder) as project:
        known = project.items.ids() + project.items.ids(trashed=True)
        while True:
            if action == "rebuild":
                project.rebuild()
            elif action == "models":
                _models(project, journal, chance)
            elif action == "save" or not known:
                known.append(_save(project, journal, chance))
            elif action == "rename":
                _rename(project, journal, chance.choice(known), f"name {chance.randrange(10**6)}")
            else:
                _move(project, journal, chance.choice(known))


def _save(project: Any, journal: Journal, chance: random.Random) -> str:
    number, size = chance.randrange(10**6), chance.choice((12, 300))
    media = (
        Text(f"text {number}\n" * 20)
        if chance.random() < 0.5
        else Picture(np.full((size, size), number % 256, np.uint8))
    )
    item = project.items.add(media, job=JOB, seed=number)
    journal.write("saved", id=item.id, name=item.name)
    return str(item.id)


def _rename(project: Any, journal: Journal, id: str, name: str) -> None:
    if not project.items.get(id).trashed:
        journal.around("rename", lambda: project.items.rename(id, name), id=id, name=name)


def _move(project: Any, journal: Journal, id: str) -> None:
    if project.items.get(id).trashed:
        journal.around("restore", lambda: project.items.restore(id), id=id)
    else:
        journal.around("trash", lambda: project.items.trash(id), id=id)


def _models(project: Any, journal: Journal, chance: random.Random) -> None:
    """A model comes, is renamed, goes into the trash and returns; runs come and go."""
    folder = project.models.prepare()
    content = f"weights {chance.random()}".encode()
    (folder / "model.safetensors").write_bytes(content)
    record = {
        "name": "made",
        "generator": "image.gan",
        "medium": "picture",
        "files": {"model.safetensors": sha256(content).hexdigest()},
    }
    (folder / "training.json").write_text(json.dumps(record))
    run = project.runs.add(JOB)
    journal.write("run", id=run)
    row = project.models.add(folder, name="made", generator="image.gan", medium="picture", run=run)
    journal.write("model", folder=row.folder)
    row = project.models.rename(row.name, f"model {chance.randrange(10**6)}")
    project.models.trash(row.name)
    project.models.restore(row.name)
    project.runs.set(run, state="finished", model=row.name)
    project.runs.remove(run)
    project.runs.restore(run)


if __name__ == "__main__":
    sys.exit(main())
