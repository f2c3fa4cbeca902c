"""Explore in a real child process: a model stays loaded and answers; and insights that a training gives."""

import json
import time
from pathlib import Path
from typing import Any

import pytest

from aigc_desktop.cli.report import Lines
from aigc_desktop.engine import events, explore, loaded, registry
from aigc_desktop.engine.job import Job
from aigc_desktop.engine.run import Run
from aigc_desktop.engine.worker import Answered, Ask, RunJob, Worker
from aigc_desktop.library.project import Project
from aigc_desktop.problems import BadInput
from tests.engine.test_worker import events_until_last, waiting
from tests.tiny import train_job

GENERATOR = "text.lstm"


def answer(worker: Worker, model: Path | str, question: dict[str, Any], generator: str = GENERATOR) -> Answered:
    worker.send(Ask(generator, str(model), question))
    end = time.monotonic() + 60
    while time.monotonic() < end:
        said = worker.poll(0.2)
        if isinstance(said, Answered):
            return said
    raise AssertionError("no answer")


@pytest.mark.warns  # a fault of the program is logged
def test_a_trained_model_answers_and_whatever_is_wrong_is_a_sentence(tmp_path: Path) -> None:
    worker = Worker(threads=1)
    worker.start()
    try:
        with Project.open(tmp_path / "p") as project:
            job = train_job(GENERATOR, tmp_path, project.path)
            run = waiting(project, job)
            worker.send(RunJob(job.model_dump_json(), run))
            said = events_until_last(worker)
            assert isinstance(said[-1], events.Finished), said[-1]
            model = project.models.list()[0].path
            folder = project.runs.folder(run)
        insights = [one for one in said if isinstance(one, events.Insight)]
        assert insights[-1].view == "surprise" and insights[-1].step == 2
        kept = json.loads((folder / "insights" / "surprise.json").read_text(encoding="utf-8"))
        assert kept == {"step": 2, "data": insights[-1].data} and insights[-1].path == str(
            folder / "insights/surprise.json"
        )

        one = answer(worker, model, {"view": "surprise", "text": "the cat sees"})
        assert one.data is not None and "".join(one.data["tokens"]) == "the cat sees" and one.problem is None
        other = answer(worker, model, {"view": "next_tokens", "text": "the cat see", "temperature": 0.5})
        assert other.data is not None and len(other.data["tokens"]) == len(other.data["drawn"])
        for question, part in (
            ({"view": "attention", "text": "x"}, "attention"),
            ({"text": "x"}, "None"),
            ({"view": "surprise", "text": 3}, "no text"),
        ):
            refused = answer(worker, model, question)
            assert refused.data is None and part in str(refused.problem)
        assert "image.gan" in str(answer(worker, model, {"view": "surprise"}, "image.gan").problem)
        assert "missing" in str(answer(worker, tmp_path, {"view": "surprise", "text": "x"}).problem)
        (model / "model.safetensors").write_bytes(b"no tensors")
        assert "model.safetensors is broken" in str(answer(worker, model, {"view": "surprise", "text": "x"}).problem)
        assert worker.alive
    finally:
        worker.close()


def test_a_model_is_read_once_until_its_files_change(tmp_path: Path) -> None:
    read = []

    def load() -> object:
        read.append(1)
        return object()

    (tmp_path / "weights").write_text("1")
    first = loaded.model(tmp_path, load, "cpu")
    assert loaded.model(tmp_path, load, "cpu") is first and len(read) == 1
    assert loaded.model(tmp_path, load, "cuda") is not first, "elsewhere it is another one"
    second = loaded.model(tmp_path, load, "cpu")
    (tmp_path / "weights").write_text("22")
    assert loaded.model(tmp_path, load, "cpu") is not second


def test_only_views_of_the_spec_are_answered(tmp_path: Path) -> None:
    assert "surprise" in registry.get(GENERATOR).explores
    with pytest.raises(BadInput, match="cannot show losses"):
        explore.answer(GENERATOR, tmp_path, {"view": "losses"})
    with pytest.raises(BadInput, match="Nothing of the inside"):
        explore.answer("image.gan", tmp_path, {"view": "surprise"})


def test_insights_on_the_command_line_are_a_path_at_most(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    lines = Lines()
    lines(events.Insight("next_tokens", {"tokens": ["a"]}, 3))
    assert capsys.readouterr().out == ""
    lines(events.Insight("surprise", {"tokens": ["a"]}, 3, path="x/surprise.json"))
    said = json.loads(capsys.readouterr().out)
    assert said == {"event": "insight", "view": "surprise", "step": 3, "slot": 0, "path": "x/surprise.json"}


def test_an_insight_of_a_creation_is_not_kept(tmp_path: Path) -> None:
    with Project.open(tmp_path / "p") as project:
        job = Job(generator=GENERATOR, action="create", model="x")
        run_id = project.runs.add(job.model_dump(mode="json"), state="running")
        said: list[events.Event] = []
        Run(job, said.append, project=project, run_id=run_id).insight("next_tokens", {"tokens": []}, 1, 2)
        assert said == [events.Insight("next_tokens", {"tokens": []}, 1, 2)]
        assert not (project.runs.folder(run_id) / "insights").exists()
