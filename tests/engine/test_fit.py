"""The training loop: budgets, exact resume, averages, NaN, early stopping."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import torch

from aigc_desktop.engine import checkpoint, events, precision
from aigc_desktop.engine.fit import Fit
from aigc_desktop.engine.job import Job
from aigc_desktop.engine.run import Cancelled, Run
from aigc_desktop.library.project import Project
from aigc_desktop.problems import BadInput, Failure
from tests.engine.toy import SPEC, ToyData, ToyTrainer, ToyTraining


@pytest.fixture
def project(tmp_path: Path):
    project = Project.open(tmp_path / "project")
    yield project
    project.close()


class Stage:
    """Builds a Fit in a project, and collects what it says."""

    def __init__(self, project: Project):
        self.project = project
        self.said: list[events.Event] = []
        self.stop_when: Callable[[events.Event], bool] = lambda event: False
        self.stopping = ""

    def emit(self, event: events.Event) -> None:
        self.said.append(event)
        if self.stop_when(event):
            self.stopping = "stop"

    def fit(self, run_id: str | None = None, checkpoint_seconds: float = 1000.0, **params: Any) -> Fit:
        params = {"max_seconds": 0, "precision": "float32", "batch_size": 8, "learning_rate": 0.05} | params
        job = Job(generator=SPEC.id, action="train", params=params, seed=5)
        run_id = run_id or self.project.runs.add(job.model_dump(mode="json"), state="running")
        run = Run(job, self.emit, lambda: self.stopping, self.project, run_id)
        return Fit(SPEC, ToyTrainer, ToyTraining(**params), ToyData(), run, checkpoint_seconds)


@pytest.fixture
def stage(project: Project) -> Stage:
    return Stage(project)


def everything(fit: Fit) -> list[torch.Tensor]:
    """All numbers of a training, to be compared bit for bit."""
    optimizer = fit.trainer.optimizer.state_dict()["state"]
    flat = [tensor for state in optimizer.values() for tensor in state.values()]
    return [*fit.trainer.net.state_dict().values(), *flat, fit.trainer.carried, *fit.averages.values["net"]]


def same(left: Fit, right: Fit) -> bool:
    return all(torch.equal(a, b) for a, b in zip(everything(left), everything(right), strict=True))


def test_it_learns_and_ends_at_its_steps(stage: Stage) -> None:
    fit = stage.fit(max_steps=300)
    with fit.averaged():
        before = fit.trainer.evaluate()["heldout_error"]
    fit.train()
    assert fit.step == 300
    assert fit.figures["heldout_error"] < before / 10
    assert any(isinstance(event, events.Preview) for event in stage.said)
    final = [event for event in stage.said if isinstance(event, events.Metrics)][-1]
    assert final.values == fit.figures


def test_same_seed_same_bytes_whatever_the_time(stage: Stage) -> None:
    one, two = stage.fit(max_steps=20), stage.fit(max_steps=20, max_seconds=1000, checkpoint_seconds=0.0)
    one.train()
    two.train()
    assert same(one, two)


def test_another_seed_of_the_order_changes_them(stage: Stage) -> None:
    one, two = stage.fit(max_steps=20), stage.fit(max_steps=20)
    two.run.seed = 6
    one.train()
    two.train()
    assert not same(one, two)


@pytest.mark.parametrize("cut", [1, 2, 7, 19])
def test_resume_is_exact(stage: Stage, cut: int) -> None:
    unbroken = stage.fit(max_steps=20)
    unbroken.train()

    broken = stage.fit(max_steps=20)
    original = broken._one_step

    def step(*args: Any) -> None:
        original(*args)
        if broken.step == cut:
            stage.stopping = "stop"

    broken._one_step = step  # type: ignore[method-assign]
    with pytest.raises(Cancelled):
        broken.train()
    assert broken.step == cut
    stage.stopping = ""
    resumed = stage.fit(broken.run.id, max_steps=20)
    assert resumed.step == cut
    resumed.train()
    assert same(unbroken, resumed)


def test_what_was_not_checkpointed_is_done_again_the_same(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    unbroken = stage.fit(max_steps=20)
    unbroken.train()
    broken = stage.fit(max_steps=20, checkpoint_seconds=0.0)
    original = broken._one_step

    def step(*args: Any) -> None:
        original(*args)
        if broken.step == 9:
            raise KeyboardInterrupt  # as sudden as a process that dies: no checkpoint is written now

    monkeypatch.setattr(broken, "_one_step", step)
    with pytest.raises(KeyboardInterrupt):
        broken.train()
    resumed = stage.fit(broken.run.id, max_steps=20)
    assert resumed.step == 8
    resumed.train()
    assert same(unbroken, resumed)


def test_max_seconds_ends_it_with_checkpoint_and_figures(stage: Stage) -> None:
    fit = stage.fit(max_seconds=0.4)
    fit.train()
    assert 0.4 <= fit.seconds < 3
    assert fit.figures
    assert checkpoint.steps(fit.run.folder / "checkpoints")[-1] == fit.step
    assert fit.trainer.progress <= 1.0


def test_the_schedule_follows_the_steps_where_they_are_given(stage: Stage) -> None:
    fit = stage.fit(max_steps=10, max_seconds=500)
    seen = []
    original = fit._one_step
    fit._one_step = lambda progress, tally: (seen.append(progress), original(progress, tally))  # type: ignore
    fit.train()
    assert seen == [step / 10 for step in range(10)]


def test_several_batches_per_step_equal_one_large_batch(stage: Stage) -> None:
    """Without batch norm and dropout the gradient of two half batches is that of the whole."""

    def plain(params: Any, data: Any, place: Any) -> ToyTrainer:
        trainer = ToyTrainer(params, data, place)
        trainer.net = torch.nn.Linear(1, 1)
        trainer.optimizer = torch.optim.AdamW(trainer.net.parameters(), lr=params.learning_rate)
        return trainer

    results = []
    for settings in ({"batch_size": 16}, {"batch_size": 8, "accumulate": 2}):
        params = ToyTraining(max_seconds=0, max_steps=12, precision="float32", **settings)
        fit = Fit(SPEC, plain, params, ToyData(), Run(Job(seed=5), stage.emit))
        fit.train()
        results.append(fit.trainer.net.weight.detach())
    assert torch.allclose(*results, atol=1e-6)


def test_nan_stops_with_a_sentence_and_the_last_good_checkpoint(stage: Stage) -> None:
    fit = stage.fit(max_steps=50, poison=12, checkpoint_seconds=0.0)
    with pytest.raises(Failure) as failure:
        fit.train()
    assert "step" in str(failure.value)
    last = checkpoint.read_latest(fit.run.folder / "checkpoints")
    assert last["step"] == 11
    assert all(torch.isfinite(one).all() for one in last["parts"]["net"].values())


def test_early_stopping_keeps_the_best(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    worse = iter([3.0, 1.0, 2.0, 2.5, 4.0, 1.0])
    fit = stage.fit(max_steps=100_000, patience=2)
    monkeypatch.setattr(fit.trainer, "evaluate", lambda: {"heldout_error": next(worse)})
    monkeypatch.setattr("aigc_desktop.engine.control.Pace.due", lambda self: True)
    fit.train()
    # Looks at 3, 1, 2, 2.5: two without improvement; the last is 4, so the best is loaded and looked at again.
    assert fit.figures == {"heldout_error": 1.0}
    assert fit.step < 100
    best = checkpoint.read_latest(fit.run.folder / "best")
    assert torch.equal(best["parts"]["net"]["0.weight"], fit.trainer.net.state_dict()["0.weight"])


def test_a_changed_number_of_processes_is_refused(stage: Stage) -> None:
    fit = stage.fit(max_steps=3)
    fit.train()
    state = checkpoint.read_latest(fit.run.folder / "checkpoints")
    state["world"] = 2
    checkpoint.write(fit.run.folder / "checkpoints", 4, state)
    with pytest.raises(BadInput, match="2 processes"):
        stage.fit(fit.run.id, max_steps=3)


def test_auto_precision_is_measured_once_and_remembered(
    stage: Stage, monkeypatch: pytest.MonkeyPatch, tmp_path
) -> None:
    monkeypatch.setenv("AIGC_CACHE", str(tmp_path / "cache"))
    first = stage.fit(max_steps=2, precision="auto")
    assert first.precision in ("float32", "bfloat16")
    assert any("measured now" in event.text.pattern for event in stage.said if isinstance(event, events.Message))
    stage.said.clear()
    second = stage.fit(max_steps=2, precision="auto")
    assert second.precision == first.precision
    assert any("measured before" in event.text.pattern for event in stage.said if isinstance(event, events.Message))


def test_averages_follow_the_formula() -> None:
    from aigc_desktop.engine.averages import Averages

    net = torch.nn.Linear(1, 1, bias=False)
    averages = Averages({"net": net}, {"net": 0.5})
    torch.nn.init.constant_(net.weight, 1.0)
    start = float(averages.values["net"][0])
    averages.update(1)  # warm-up: decay is 2/11
    assert float(averages.values["net"][0]) == pytest.approx(start * 2 / 11 + 1 * 9 / 11)
    with averages.applied():
        assert net.weight.item() == pytest.approx(start * 2 / 11 + 9 / 11)
    assert net.weight.item() == 1.0


def test_slow_averages_take_every_fourth_step_for_four() -> None:
    from aigc_desktop.engine.averages import EVERY, SETTLED, Averages

    slow, quick = torch.nn.Linear(1, 1, bias=False), torch.nn.Linear(1, 1, bias=False)
    torch.nn.init.zeros_(slow.weight)
    averages = Averages({"slow": slow, "quick": quick}, {"slow": 0.95, "quick": 0.0})
    torch.nn.init.ones_(slow.weight)
    steps = range(200 * EVERY, 203 * EVERY)
    assert steps[0] > SETTLED
    for step in steps:
        torch.nn.init.constant_(quick.weight, step)
        averages.update(step)
        assert float(averages.values["quick"][0]) == step
    assert float(averages.values["slow"][0]) == pytest.approx(1 - 0.95 ** len(steps))


@pytest.mark.skipif(not precision.can_compile(), reason="no C++ compiler, which torch.compile needs")
@pytest.mark.parametrize("wanted", ["compiled", "compiled-bfloat16"])
def test_compiled_networks_learn_the_same(stage: Stage, wanted: str) -> None:
    plain = stage.fit(max_steps=5, precision=wanted.replace("compiled-", "").replace("compiled", "float32"))
    compiled = stage.fit(max_steps=5, precision=wanted)
    plain.train()
    compiled.train()
    assert compiled.step == 5
    assert compiled.trainer.net.state_dict().keys() == plain.trainer.net.state_dict().keys()
    assert compiled.figures["heldout_error"] == pytest.approx(plain.figures["heldout_error"], rel=0.2)


def test_compiling_is_measured_for_long_trainings_only() -> None:
    every = ("float32", "bfloat16", "compiled")
    assert precision.candidates(every, long=False) == ["float32", "bfloat16"]
    assert ("compiled" in precision.candidates(every, long=True)) == precision.can_compile()
    assert precision.fastest({"float32": 1.0, "bfloat16": 0.97, "compiled": 0.9}) == "float32"
    assert precision.fastest({"float32": 1.0, "bfloat16": 0.5, "compiled": 0.3}) == "compiled"
