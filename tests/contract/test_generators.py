"""What every registered generator must do; a new one needs nothing here but its line in tests/tiny.py."""

import hashlib
import json
import shutil
from pathlib import Path

import pytest
import torch

from aigc_desktop.engine import events, params, registry
from aigc_desktop.engine.execute import perform
from aigc_desktop.engine.job import Job
from aigc_desktop.library.project import Project
from aigc_desktop.problems import BadInput
from tests.tiny import TINY, create_job, model_folder, train_job

IDS = sorted(registry.specs())


def done(job: Job, **kwargs) -> tuple[list[events.Event], events.Last]:
    said: list[events.Event] = []
    last = perform(job, said.append, **kwargs)
    assert sum(isinstance(one, events.Last) for one in said) == 1 and said[-1] is last
    for one in said:
        json.dumps(one.to_json())
    return said, last


def weights_in(folder: Path) -> Path:
    """The file with the network's numbers, where it lies in a folder like this."""
    (found,) = folder.rglob("*.safetensors")
    return found


def weights(project: Project, name: str) -> bytes:
    return weights_in(project.models.find(name)).read_bytes()


@pytest.fixture
def project(tmp_path: Path):
    project = Project.open(tmp_path / "project")
    yield project
    project.close()


@pytest.fixture(params=[id for id in IDS if registry.get(id).train])
def trained(request: pytest.FixtureRequest, project: Project, tmp_path: Path) -> tuple[str, str]:
    _, last = done(train_job(request.param, tmp_path, project.path))
    assert isinstance(last, events.Finished), last
    return request.param, last.model["name"]


def test_every_generator_has_tiny_settings() -> None:
    assert set(TINY) == set(IDS)


@pytest.mark.parametrize("id", IDS)
def test_describe(id: str) -> None:
    spec = registry.get(id)
    assert id.split(".")[0] and spec.title and spec.summary and len(spec.about) > 300
    for action in spec.actions:
        for one in params.describe(spec.params(action)):
            assert one.title and one.help, one.name
            if one.kind in ("int", "float"):
                assert one.low is not None and one.high is not None, f"{one.name} has no bounds"
            json.dumps(one.to_json())
    if spec.train:
        names = {one.name for one in params.describe(spec.train)}
        assert {"max_steps", "max_seconds", "batch_size", "learning_rate", "precision"} <= names


@pytest.mark.parametrize("id", [id for id in IDS if registry.get(id).train])
def test_preflight_counts_the_parameters_exactly(id: str, tmp_path: Path) -> None:
    from aigc_desktop.engine.trainer import Place

    spec = registry.get(id)
    job = train_job(id, tmp_path, None)
    chosen = params.make(spec.train, job.params)
    facts = spec.data.look(job.data).facts
    preflight = spec.preflight(chosen, facts)
    options = {name: getattr(chosen, name) for name in getattr(spec.data, "options", ())}
    data = spec.data.load(job.data, None, 0, **options)
    trainer = registry.model(id).Trainer(chosen, data, Place(torch.device("cpu"), 0))
    seen: dict[int, int] = {}
    for _, network in trainer.modules():
        for weight in network.parameters():
            seen[weight.data_ptr()] = weight.numel()
    assert preflight.parameters == sum(seen.values())
    assert preflight.memory_bytes >= 4 * preflight.parameters


def test_a_training_leaves_a_whole_model(trained: tuple[str, str], project: Project) -> None:
    id, name = trained
    folder = project.models.find(name)
    record = json.loads((folder / "training.json").read_text(encoding="utf-8"))
    assert record["generator"] == id and record["steps"] == 2 and record["seed"] == 3
    assert record["data"]["sha256"] and set(record["files"]) >= {"README.md", "losses.png"}
    assert weights_in(folder).relative_to(folder).as_posix() in record["files"]
    assert all(key.startswith("heldout_") for key in record["figures"])
    run = project.runs.list()[0]
    assert (run.state, run.model) == ("finished", name)
    lines = (project.runs.folder(run.id) / "metrics.jsonl").read_text(encoding="utf-8").splitlines()
    assert lines and all(json.loads(line)["step"] in (1, 2) for line in lines)
    assert list((project.runs.folder(run.id) / "samples").iterdir())


@pytest.mark.parametrize("id", [id for id in IDS if registry.get(id).create])
def test_create_then_make_again_gives_the_same_bytes(id: str, project: Project, tmp_path: Path) -> None:
    if registry.get(id).train:
        _, last = done(train_job(id, tmp_path, project.path))
        model = name = last.model["name"]
    else:
        model = str(model_folder(id, tmp_path))
        name = Path(model).name
    _, last = done(create_job(id, model, project.path))
    assert isinstance(last, events.Finished) and last.items
    items = [project.items.get(item) for item in last.items]
    assert all(item.path.is_file() and item.generator == id and item.model == name for item in items)
    # An item's job does not name its project: the folder may be moved.
    again = Job.model_validate(items[0].job | {"project": str(project.path)})
    _, second = done(again)
    for one, other in zip(items, (project.items.get(item) for item in second.items), strict=True):
        assert one.sha256 == other.sha256 and one.id != other.id
    outs = []
    for number in range(2):
        out = tmp_path / f"out{number}"
        before = project.items.count()
        done(again.model_copy(update={"out": str(out)}))
        assert project.items.count() == before
        outs.append({path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in out.iterdir()})
    assert outs[0] == outs[1] and len(outs[0]) == len(items)


def test_same_job_same_bytes(trained: tuple[str, str], project: Project, tmp_path: Path) -> None:
    id, name = trained
    _, last = done(train_job(id, tmp_path, project.path))
    assert weights(project, last.model["name"]) == weights(project, name)


@pytest.mark.parametrize("id", [id for id in IDS if registry.get(id).train])
def test_stop_and_resume_is_exact(id: str, project: Project, tmp_path: Path) -> None:
    _, unbroken = done(train_job(id, tmp_path, project.path, max_steps=5))
    steps = 0

    def asked() -> str:
        nonlocal steps
        steps += 1
        return "pause" if steps > 6 else ""

    _, last = done(train_job(id, tmp_path, project.path, max_steps=5), asked_to_stop=asked)
    assert isinstance(last, events.Cancelled) and last.resumable and 0 < last.step < 5
    assert project.runs.get(last.run).state == "paused"
    said, finished = done(Job(resume=last.run, project=str(project.path)))
    assert isinstance(finished, events.Finished) and finished.steps == 5
    assert said[0].resumed_from == last.step
    assert weights(project, finished.model["name"]) == weights(project, unbroken.model["name"])


def test_a_tampered_or_incomplete_model_is_one_sentence(
    trained: tuple[str, str], project: Project, tmp_path: Path
) -> None:
    id, name = trained
    folder = project.models.find(name)
    for number, spoil in enumerate(("missing", "tampered", "config", "record")):
        copy = tmp_path / f"copy{number}"
        shutil.copytree(folder, copy)
        named = {"config": copy / "config.json", "record": copy / "training.json"}
        victim = named.get(spoil) or weights_in(copy)
        if spoil == "missing":
            victim.unlink()
        elif spoil == "record":
            victim.write_text("{", encoding="utf-8")
        else:
            victim.write_bytes(victim.read_bytes()[:-1] + b" ")
        _, last = done(create_job(id, str(copy), project.path))
        assert isinstance(last, events.Failed) and last.bad_input
        assert victim.name in str(last.text) and "\n" not in str(last.text)
    assert project.items.count() == 0


@pytest.mark.parametrize("id", IDS)
def test_unknown_settings_suggest_the_nearest(id: str, tmp_path: Path) -> None:
    if registry.get(id).train:
        job, nearest = train_job(id, tmp_path, tmp_path / "p", max_step=3), "max_steps"
    else:
        job, nearest = (
            create_job(id, str(model_folder(id, tmp_path)), tmp_path / "p", max_new_token=3),
            "max_new_tokens",
        )
    _, last = done(job)
    assert last.bad_input and f"did you mean {nearest}?" in str(last.text)
    assert not Project.open(tmp_path / "p").runs.list()


def test_unknown_generators_suggest_the_nearest() -> None:
    with pytest.raises(BadInput, match="did you mean text.lstm"):
        registry.get("text.lsmt")
