"""library.sqlite of a project that has something of everything: opened, used, checked, rebuilt; else made again."""

import shutil
import struct
from pathlib import Path
from random import Random

from aigc_desktop.library.project import Project
from aigc_desktop.media.text import Text
from tests.bench.mutate.harm import harm
from tests.bench.mutate.kind import Attempts
from tests.library import makers

HEADER = (16, 18, 19, 21, 22, 23, 24, 28, 32, 36, 40, 44, 48, 52, 56, 60, 62, 64, 68, 92, 96)  # of its fields


def kind(name: str) -> "Kind":
    return Kind()


class Kind:
    def seeds(self, folder: Path) -> None:
        with Project.open(folder / "project") as project:
            for number in range(12):
                makers.add(project, Text(f"spring {number} 春天"), prompt=f"a prompt {number}", name=f"name {number}")
                makers.add(project, makers.picture(number), prompt="the owl " * number)
            makers.add_model(project, "Plays")
            makers.add_model(project, "Poems", "text.lstm")
            makers.add(project, makers.picture(9), model="Plays")
            project.models.rename("Poems", "Verses")
            for state in ("waiting", "paused", "failed"):
                id = project.runs.add(makers.job("run"), state=state)
                project.runs.set(id, problem="The disk is full.", figures={"loss": 1.5}, model="Plays")
            project.items.trash(project.items.ids()[3])
            shutil.copytree(folder / "project", folder / "open")  # with a journal that is still to be read

    def open(self, folder: Path, case: Path, random: Random) -> Attempts:
        place = case / "project"
        shutil.copytree(folder / random.choice(("project", "project", "open")), place)
        files = [file for file in place.glob("library.sqlite*") if file.stat().st_size]
        file = place / "library.sqlite" if random.random() < 0.7 else random.choice(sorted(files))
        content = file.read_bytes()
        file.write_bytes((_pages if random.random() < 0.6 and len(content) > 4096 else harm)(content, random))
        attempt = Attempts((place.name,))
        project = attempt(Project.open, place, create=False)
        if project is None:
            project = attempt(Project.open, place, create=False, repair=True)
        if project is None:
            return attempt
        with project:
            attempt(_use, project, random)
            for sentence in attempt(project.verify) or ():
                attempt.hear(str(sentence), names=False)
            attempt(project.rebuild)
        return attempt


def _use(project: Project, random: Random) -> None:
    """What a window shows and does."""
    project.items.count("owl")
    for item in project.items.search("spring") + project.items.search(newest_first=False):
        project.items.get(item.id)
    project.items.generators(), project.items.models(), project.items.search(trashed=True)
    project.runs.interrupt_stale()
    for run in project.runs.list():
        str(run.problem)
    for model in project.models.list():
        project.models.find(model.name)
    ids = project.items.ids()
    if ids:
        project.items.rename(random.choice(ids), "another name")
        project.items.trash(random.choice(ids))
        project.items.restore(project.items.ids(trashed=True)[0])
    makers.add(project, makers.picture(3))
    project.runs.set(project.runs.add(makers.job()), state="cancelled")


def _pages(content: bytes, random: Random) -> bytes:
    """Fields of the file's header, or of a page's, or its cells and pointers."""
    changed = bytearray(content)
    size = struct.unpack(">H", content[16:18])[0]
    size = 65536 if size == 1 else max(512, size)
    for _ in range(random.choice((1, 2, 8))):
        page = random.randrange(max(1, len(content) // size)) * size
        way = random.randrange(4)
        if way == 0:
            place, wide = random.choice(HEADER), random.choice((1, 2, 4))
        elif way == 1:  # kind, free block, cells, content, rightmost page
            place, wide = page + (100 if page == 0 else 0) + random.choice((0, 1, 3, 5, 7, 8)), random.choice((1, 2, 4))
        elif way == 2:  # pointers to cells
            place, wide = page + (100 if page == 0 else 0) + 8 + 2 * random.randrange(20), 2
        else:
            place, wide = page + random.randrange(size), random.choice((1, 4, 40))
        changed[place : place + wide] = random.randbytes(wide) if random.random() < 0.7 else bytes(wide)
    return bytes(changed[: len(content)])
