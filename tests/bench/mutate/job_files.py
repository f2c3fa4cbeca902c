"""job.json, as `aigc-desktop run` reads and checks it before anything is begun."""

import argparse
import json
from pathlib import Path
from random import Random

from aigc_desktop.cli import jobs
from tests import tiny
from tests.bench.mutate.json_lies import lie
from tests.bench.mutate.kind import Attempts

CLASSES = {"train": "text.lstm", "paint": "image.gan"}


def kind(name: str) -> "Kind":
    return Kind()


class Kind:
    def __init__(self) -> None:
        jobs.carry_out = lambda job, as_json, say_seed=False: jobs._look(job) and 0  # all but the work itself

    def seeds(self, folder: Path) -> None:
        for name, generator in CLASSES.items():
            job = tiny.train_job(generator, folder / "data", None)
            (folder / f"{name}.json").write_text(job.model_dump_json(), encoding="utf-8")
            create = tiny.create_job(generator, "Plays", None).model_copy(update={"out": "out"})
            (folder / f"create-{name}.json").write_text(create.model_dump_json(), encoding="utf-8")
        (folder / "resume.json").write_text(json.dumps({"resume": "2026-11-22-lstm-1", "project": "p"}))
        (folder / "starter.json").write_text(json.dumps({"generator": "text.lstm", "data": "starter", "params": {}}))

    def open(self, folder: Path, case: Path, random: Random) -> Attempts:
        file = case / "job.json"
        file.write_bytes(lie(random.choice(sorted(folder.glob("*.json"))).read_bytes(), random))
        attempt = Attempts(())
        attempt(jobs.run, argparse.Namespace(job=file, project=None, json=False))
        return attempt
