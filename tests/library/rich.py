"""A project with something of everything, and all of it that a user can see, to be compared.

Works with every version of the library, so that a project can be frozen as each version made it (versions/make.py).
"""

from dataclasses import asdict
from pathlib import Path
from typing import Any

from aigc_desktop.library.project import Project
from aigc_desktop.problems import BadInput, Sentence
from tests.library.makers import add, add_model, every_media, job, picture

NAMES = ["名字 春", "family 👩‍👩‍👧", "شعر", "a / b: c?", "Ünïcödé " * 12, "CON", "  spaces  "]
FORMER = ["first", "second", "third", "mnist", "gone", "verses 春"]  # names that models had


def fill(project: Project) -> None:
    """Runs in every state, models that were renamed, trashed, deleted and replaced, items of every medium."""
    runs = project.runs
    made = runs.add(job("春"))
    runs.set(made, state="finished", step=9, total=9, figures={"loss": 0.25}, model="first", started="s", ended="e")
    failed = runs.add(job())
    runs.set(failed, state="failed", problem=Sentence("There is no file {path}.", {"path": "x"}))
    for state, step in (("paused", 40), ("interrupted", 7), ("cancelled", 0), ("lost", 3)):
        runs.set(runs.add(job(state)), state=state, step=step, total=100)
    waiting = [runs.add(job(f"waiting {number}")) for number in range(3)]
    runs.reorder(waiting[::-1])
    runs.remove(runs.add(job("in the trash")))

    add_model(project, "first", run=made, figures={"loss": 0.5}, seed=3)
    old = add(project, model="first", prompt="by the first", run=made)
    project.models.rename("first", "second")
    project.models.rename("second", "third 春")
    add_model(project, "first", seed=4)  # another one by the old name
    add(project, model="first", prompt="by the other first", parents=[old.id])
    add_model(project, "gone")
    add(project, model="gone", prompt="by one that was deleted")
    project.models.rename("gone", "gone for good")
    project.models.trash("gone for good")
    project.models.empty_trash()
    add_model(project, "mnist")
    project.models.rename("mnist", "gan")
    project.models.trash("gan")

    media = every_media()
    for number, one in enumerate(media):
        name = NAMES[number % len(NAMES)]
        add(
            project,
            one,
            name=name,
            prompt="床前明月光",
            model="third 春",
            run=made,
            expanded={"a": [1.5, "b"]},
            parents=["p"],
        )
        project.items.rename(add(project, one, name="old").id, f"new / name {number}")
        project.items.trash(add(project, one, prompt="in the trash").id)
        back = add(project, one, prompt="and back").id
        project.items.trash(back)
        project.items.restore(back)
    for name in NAMES:
        add(project, picture(9), name=name, generator="text.lstm")


def dump(project: Project) -> dict[str, Any]:
    """All that a user can see, as plain values: the same before and after whatever may not change it."""
    database, folder = project._database, project.path

    def plain(row: Any) -> dict[str, Any]:
        values = asdict(row)
        for name in ("pid", "owner"):
            values.pop(name, None)
        return {
            name: value.relative_to(folder).as_posix() if isinstance(value, Path) else value
            for name, value in values.items()
        }

    former: dict[str, str | None] = {}
    for name in FORMER:
        try:
            former[name] = project.models.find(name).name
        except BadInput:
            former[name] = None
    since = {
        f"{table} {row[0]}": row[1]
        for table, key in (("items", "id"), ("models", "folder"), ("runs", "id"))
        for row in database.rows(f"SELECT {key}, trashed FROM {table} WHERE trashed NOTNULL")
    }
    return {
        "items": [
            plain(item) for trashed in (False, True) for item in project.items.search(trashed=trashed, limit=9999)
        ],
        "models": [plain(model) for trashed in (False, True) for model in project.models.list(trashed=trashed)],
        "runs": [plain(run) for trashed in (False, True) for run in project.runs.list(trashed=trashed)],
        "former": former,
        "since": since,
        "found": {text: project.items.ids(text) for text in ("明月", "by", "new / name", "third", "image.gan")},
    }
