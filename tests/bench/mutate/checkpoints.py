"""A training that was interrupted, one file of its folder changed: continued for a step."""

import shutil
import time
from pathlib import Path
from random import Random

from aigc_desktop.engine import checkpoint, events
from aigc_desktop.engine.execute import perform
from aigc_desktop.engine.job import Job
from aigc_desktop.library.project import Project
from tests import tiny
from tests.bench.mutate import json_lies, tensor_lies
from tests.bench.mutate.harm import harm
from tests.bench.mutate.kind import Attempts

LONGEST = 4.0  # seconds: a job that was changed may well train for years
OF = {"lstm": "text.lstm", "gan": "image.gan"}


def kind(name: str) -> "Kind":
    return Kind()


class Kind:
    def __init__(self) -> None:
        import matplotlib.font_manager  # looks for the system's fonts, with a program of the system's

        assert matplotlib.font_manager.fontManager

    def seeds(self, folder: Path) -> None:
        for name, generator in OF.items():
            place = folder / name
            job = tiny.train_job(generator, folder / "data", place, max_seconds=0)
            last = perform(job, lambda event: None)
            assert isinstance(last, events.Finished), last
            with Project.open(place) as project:
                (run,) = project.runs.list()
                params = run.job["params"] | {"max_steps": 3}
                project.runs.set(run.id, job=run.job | {"params": params}, state="interrupted")

    def open(self, folder: Path, case: Path, random: Random) -> Attempts:
        project = case / "project"
        shutil.copytree(folder / random.choice(list(OF)), project)
        (run,) = (project / "runs").iterdir()
        (newest,) = (run / "checkpoints").iterdir()
        beside = ("plan.json", "metrics.jsonl", "job.json", "run.json")
        ours = [newest / "state.json", newest / "state.safetensors"]
        file = random.choice(ours * 4 + [run / name for name in beside])
        if file.name in ("job.json", "run.json"):  # they are read where the index is made again
            for index in project.glob("library.sqlite*"):
                index.unlink()
        file.write_bytes(_changed(file, random))
        attempt = Attempts((newest.name, "This training ran in") if file.parent == newest else ())
        attempt(checkpoint.read, newest)
        end = time.monotonic() + LONGEST
        job = Job(action="train", resume=run.name, project=str(project))
        last = perform(job, lambda event: None, lambda: "stop" if time.monotonic() > end else "")
        if isinstance(last, events.Failed):
            attempt.hear(str(last.text), names=last.bad_input)
            if last.detail:
                raise RuntimeError(last.detail)
        return attempt


def _changed(file: Path, random: Random) -> bytes:
    content = file.read_bytes()
    if random.random() < 0.3 or file.suffix == ".jsonl":
        return harm(content, random)
    return (json_lies.lie if file.suffix == ".json" else tensor_lies.lie)(content, random)
