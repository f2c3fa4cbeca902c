"""Folders of trained models with one file changed: refused where the record knows better, else created with.

Beside the model's own files lie pickles and a module that must not be run.
"""

import json
import pickle
import shutil
from pathlib import Path
from random import Random
from typing import Any

from aigc_desktop.engine import events, models
from aigc_desktop.engine.execute import perform
from aigc_desktop.engine.job import Job
from aigc_desktop.library import found
from aigc_desktop.library.project import Project
from tests import tiny
from tests.bench.mutate import json_lies, tensor_lies
from tests.bench.mutate.harm import harm
from tests.bench.mutate.kind import Attempts

TRAININGS: dict[str, tuple[str, dict[str, Any]]] = {
    "lstm": ("text.lstm", {}),
    "gru": ("text.lstm", {"cell": "gru", "tied": True, "layers": 2, "tokens": "bpe", "vocabulary": 280}),
    "gan": ("image.gan", {}),
}
SETTINGS = ("config.json", "config.json", "training.json", "tokenizer.json", "library.json")
PICKLES = ("pytorch_model.bin", "model.pt", "model.pkl", "optimizer.pt", "tokenizer.pkl", "model.ckpt", "data.npy")


def kind(name: str) -> "Kind":
    return Kind(name)


class Payload:
    """What runs a program where it is unpickled."""

    def __reduce__(self) -> tuple[Any, ...]:
        import os

        return os.system, ("echo ran > ran.txt",)


class Kind:
    def __init__(self, name: str):
        self.weights = name == "safetensors"

    def seeds(self, folder: Path) -> None:
        for name, (generator, params) in TRAININGS.items():
            job = tiny.train_job(generator, folder / "data", folder / "project", **params)
            last = perform(job.model_copy(update={"name": name}), lambda event: None)
            assert isinstance(last, events.Finished), last
        with Project.open(folder / "project") as project:
            for row in project.models.list():
                shutil.copytree(row.path, folder / "models" / row.name)
        for model in (folder / "models").iterdir():
            for name in PICKLES:
                (model / name).write_bytes(pickle.dumps(Payload()))
            (model / "modeling_x.py").write_text("open('ran.txt', 'w').close()\n")
            (model / "__init__.py").write_text("open('ran.txt', 'w').close()\n")

    def open(self, folder: Path, case: Path, random: Random) -> Attempts:
        name = random.choice(list(TRAININGS))
        model = case / "model"
        shutil.copytree(folder / "models" / name, model)
        file = self._change(model, random)
        attempt = Attempts((file.name, model.name))
        Attempts(attempt.names)(models.read_record, model)
        if file.name != "training.json":  # whoever changes a file can also change the record of it
            record = json.loads((model / "training.json").read_bytes())
            models.write_record(model, record)
        found.model(model, trashed=False)
        found.model_files(model)
        generator = TRAININGS[name][0]
        params = tiny.TINY[generator]["create"]
        job = Job(action="create", model=str(model), params=params, seed=1, out=str(case / "out"))
        last = perform(job, lambda event: None)
        if isinstance(last, events.Failed):
            attempt.hear(str(last.text))
            if not last.bad_input:
                raise RuntimeError(last.detail or str(last.text))
        return attempt

    def _change(self, model: Path, random: Random) -> Path:
        if self.weights:
            file = model / "model.safetensors"
            way = random.random()
            if way < 0.03:
                file.write_bytes((model / "model.pt").read_bytes())
            else:
                file.write_bytes((tensor_lies.lie if way < 0.7 else harm)(file.read_bytes(), random))
            return file
        file = model / random.choice([name for name in SETTINGS if (model / name).exists()])
        file.write_bytes(json_lies.lie(file.read_bytes(), random))
        return file
