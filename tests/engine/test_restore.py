"""A checkpoint that is of another training, or of none, gives way to the one before it, or to a sentence."""

import json
import math
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import torch
from safetensors.torch import load_file, save_file

from aigc_desktop.engine import checkpoint, events, restore
from aigc_desktop.engine.execute import perform
from aigc_desktop.engine.job import Job
from aigc_desktop.library.project import Project
from tests import tiny


def optimizer(network: torch.nn.Module) -> torch.optim.Adam:
    return torch.optim.Adam(network.parameters(), 0.1, betas=(0.0, 0.9))


def trained() -> tuple[torch.nn.Linear, torch.optim.Adam]:
    network = torch.nn.Linear(3, 2)
    adam = optimizer(network)
    network(torch.ones(4, 3)).sum().backward()
    adam.step()
    return network, adam


def test_an_optimiser_comes_back_as_it_was() -> None:
    network, adam = trained()
    fresh = optimizer(network)
    restore.part("optimizer", fresh, adam.state_dict())
    assert str(fresh.state_dict()) == str(adam.state_dict())


def test_a_setting_that_an_older_version_had_not_is_as_it_is_now() -> None:
    network, adam = trained()
    stored = adam.state_dict()
    del stored["param_groups"][0]["maximize"]
    stored["param_groups"][0]["gone"] = 3
    fresh = optimizer(network)
    restore.part("optimizer", fresh, stored)
    assert fresh.param_groups[0]["maximize"] is False and "gone" not in fresh.param_groups[0]


BREAK: dict[str, Callable[[dict[str, Any]], Any]] = {
    "no dictionary": lambda state: [],
    "no groups": lambda state: state.pop("param_groups"),
    "a rate of letters": lambda state: state["param_groups"][0].update(lr="fast"),
    "a flag of letters": lambda state: state["param_groups"][0].update(amsgrad="x"),
    "betas of letters": lambda state: state["param_groups"][0].update(betas=("x", 0.9)),
    "other shapes": lambda state: state["state"][0].update(exp_avg=torch.ones(7)),
    "other kinds": lambda state: state["state"][0].update(exp_avg=torch.ones(2, 3, dtype=torch.int64)),
    "no tensor": lambda state: state["state"][0].update(exp_avg=1.0),
    "one forgotten": lambda state: state["state"][0].pop("exp_avg"),
    "too few parameters": lambda state: state["param_groups"][0]["params"].pop(),
    "an unknown parameter": lambda state: state["state"].update({9: state["state"][0]}),
}


@pytest.mark.parametrize("how", BREAK)
def test_an_optimiser_that_does_not_fit(how: str) -> None:
    network, adam = trained()
    stored = adam.state_dict()
    broken = BREAK[how](stored)
    with pytest.raises(restore.Misfit, match="optimizer"):
        restore.part("optimizer", optimizer(network), broken if how == "no dictionary" else stored)


@pytest.mark.parametrize("stored", [torch.ones(()), torch.ones(3, 2), torch.ones(2, 3).double(), None, 4.0])
def test_a_tensor_of_another_shape_is_not_bent_to_fit(stored: Any) -> None:
    with pytest.raises(restore.Misfit):
        restore.part("state", torch.zeros(2, 3), stored)


def test_a_number_of_seconds_may_be_whole_or_without_end() -> None:
    assert restore.number({"seconds": 3}, "seconds") == 3.0 and restore.number({"best": math.inf}, "best") == math.inf
    for value in (10**400, -1.0, math.nan):
        with pytest.raises(restore.Misfit):
            restore.number({"seconds": value}, "seconds")


@pytest.mark.parametrize("value", [None, "3", True, -1, math.nan, math.inf, 2**60, [3], 2.5])
def test_a_count_that_is_none(value: Any) -> None:
    with pytest.raises(restore.Misfit, match="step"):
        restore.number({"step": value}, "step", int)
    with pytest.raises(restore.Misfit):
        restore.number([], "step", int)


@pytest.fixture(scope="module")
def interrupted(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A project with a training of two steps, interrupted before its third; checkpoints of both steps."""
    place = tmp_path_factory.mktemp("interrupted")
    job = tiny.train_job("text.lstm", place, place / "project", max_seconds=0)
    assert isinstance(perform(job, lambda event: None), events.Finished)
    with Project.open(place / "project") as project:
        (run,) = project.runs.list()
        project.runs.set(run.id, job=run.job | {"params": run.job["params"] | {"max_steps": 3}}, state="interrupted")
        folder = project.runs.folder(run.id) / "checkpoints"
        state = checkpoint.read(folder / "000000002")
        checkpoint.write(folder, 1, state | {"step": 1})
    return place / "project"


def resume(source: Path, case: Path, harm: Callable[[Path], None]) -> tuple[events.Last, int]:
    """Continue a copy of the training after harm to its folder; its last event, and the step that it began from."""
    import shutil

    shutil.copytree(source, case)
    (run,) = (case / "runs").iterdir()
    harm(run)
    said: list[events.Event] = []
    last = perform(Job(action="train", resume=run.name, project=str(case)), said.append)
    steps = [event.step for event in said if isinstance(event, events.Metrics)]
    return last, min(steps, default=-1)


def rewritten(run: Path, change: Callable[[Any], Any], number: str = "000000002") -> None:
    file = run / "checkpoints" / number / "state.json"
    file.write_text(json.dumps(change(json.loads(file.read_text()))))


HARMS: dict[str, Callable[[Path], None]] = {
    "a list": lambda run: rewritten(run, lambda state: {"list": []}),
    "true": lambda run: rewritten(run, lambda state: True),
    "no step": lambda run: rewritten(run, lambda state: {"dict": [one for one in state["dict"] if one[0] != "step"]}),
    "no parts": lambda run: rewritten(run, lambda state: {"dict": [one for one in state["dict"] if one[0] != "parts"]}),
    "no averages": lambda run: rewritten(
        run, lambda state: {"dict": [one for one in state["dict"] if one[0] != "averages"]}
    ),
    "a list as a name": lambda run: rewritten(run, lambda state: {"dict": [[[], {"value": 1}]]}),
}


@pytest.mark.parametrize("how", HARMS)
def test_the_checkpoint_before_is_taken(how: str, interrupted: Path, tmp_path: Path) -> None:
    last, first = resume(interrupted, tmp_path / "project", HARMS[how])
    assert isinstance(last, events.Finished), last
    assert first == 2  # the step after the older checkpoint's


def test_other_shapes_in_both_are_one_sentence(interrupted: Path, tmp_path: Path) -> None:
    def harm(run: Path) -> None:
        for file in run.glob("checkpoints/*/state.safetensors"):
            save_file({name: one[:1].clone() if one.ndim else one for name, one in load_file(file).items()}, file)

    last, _ = resume(interrupted, tmp_path / "project", harm)
    assert isinstance(last, events.Failed) and last.bad_input and last.resumable
    assert "000000002 does not fit this training" in str(last.text)


@pytest.mark.parametrize(
    ("name", "content"),
    [
        (
            "metrics.jsonl",
            b'\xc1\xff\n{"step": 1}\n{"step":}\n[1]\n{"step": "x"}\n{"step": 1e999}\n' + b"[" * 99_999 + b"}\n",
        ),
        ("plan.json", b'{"precision": "float7"}'),
        ("plan.json", b"\xff" * 20),
    ],
)
def test_what_lies_beside_the_checkpoints_may_be_broken(
    name: str, content: bytes, interrupted: Path, tmp_path: Path
) -> None:
    last, first = resume(interrupted, tmp_path / "project", lambda run: (run / name).write_bytes(content) and None)
    assert isinstance(last, events.Finished) and first == 3, last


def test_an_optimisers_moments_lie_in_memory_as_the_weights_do() -> None:
    """A checkpoint holds them row by row; the fused Adam would pair weights and moments that do not belong together."""
    states = []
    for kept in (True, False):
        torch.manual_seed(0)
        layer = torch.nn.Conv2d(3, 4, 3).to(memory_format=torch.channels_last)
        adam = torch.optim.Adam(layer.parameters(), 0.1, fused=True)
        for step in range(3):
            if step == 2 and kept:
                stored = adam.state_dict()
                for values in stored["state"].values():
                    values.update({name: one.contiguous() for name, one in values.items()})
                restore.part("adam", adam, stored)
            torch.manual_seed(step)
            layer(torch.randn(2, 3, 5, 5)).square().sum().backward()
            adam.step()
            adam.zero_grad()
        states.append(layer.weight.detach().clone())
    assert torch.equal(*states)
