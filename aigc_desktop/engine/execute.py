"""Carry out a job: exactly one last event, whatever happens."""

import json
import logging
import os
import shutil
import time
import traceback
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from aigc_desktop import __version__
from aigc_desktop.engine import (
    chosen_models,
    convert,
    events,
    input_files,
    loaded,
    machine,
    models,
    network,
    params,
    progress,
    registry,
)
from aigc_desktop.engine.job import Job, remembered
from aigc_desktop.engine.run import Cancelled, Run
from aigc_desktop.i18n import mark
from aigc_desktop.library import disk
from aigc_desktop.library.project import Project
from aigc_desktop.media.base import why
from aigc_desktop.problems import BadInput, Failure, Sentence

log = logging.getLogger(__name__)


def perform(
    job: Job,
    emit: Callable[[events.Event], None],
    asked_to_stop: Callable[[], str] = lambda: "",
    run_id: str | None = None,
) -> events.Last:
    """Open the job's project, carry the job out as a run in it, emit its events; the last of them is returned.

    `run_id` is a run that the project already has (waiting in the queue); without it one is made.
    """
    machine.share_processors()
    project: Project | None = None
    main = os.environ.get("RANK", "0") == "0"
    try:
        project = Project.open(Path(job.project)) if job.project else None
        for sentence in project.mended if project is not None and main else []:
            emit(events.Message(sentence))
        job, run_id = _resumed(job, project, run_id)
        spec = _check(job, project)
        job = job.model_copy(update={"generator": spec.id})  # an item says it, whoever asked
        created = run_id is None
        if project is not None and job.out is None and main:
            if run_id is None:
                run_id = project.runs.add(job.model_dump(mode="json"), state="running")
            elif not project.runs.claim(run_id, heir_of=os.getppid()):
                raise BadInput(mark("The run {run} is under way already."), run=run_id)
        run = Run(job, emit, asked_to_stop, project, run_id, Path(job.out) if job.out else None)
        run.main = main
        last = execute(job, run, spec)
        if isinstance(last, events.Failed) and last.bad_input and created and project and run_id and not last.resumable:
            project.runs.remove(run_id)  # nothing was begun: nothing stays
        return last
    except Exception as error:  # noqa: BLE001 - whatever it is, the job must have its last event
        return _said(emit if main else _silent, _failed(error, run_id, False, _place(job, project)))
    finally:
        if project is not None:
            project.close()


def execute(job: Job, run: Run, spec: registry.Spec) -> events.Last:
    """Train, create or convert inside a run; emits Started first and exactly one Last."""
    try:
        run.note(state="running")
        run.emit(events.Started(run.id, spec.id, job.action, resumed_from=_last_step(run)))
        last: events.Last = ACTIONS[job.action](job, run, spec)
    except Cancelled:
        last = events.Cancelled(_last_step(run), _resumable(run), run.id)
    except Exception as error:  # noqa: BLE001 - whatever it is, the job must have its last event
        last = _failed(error, run.id, _resumable(run), _place(job, run.project))
    state = {events.Finished: "finished", events.Failed: "failed"}.get(type(last), "cancelled")
    if (state == "cancelled" and run.asked_to_stop() == "pause") or (isinstance(last, events.Failed) and last.resting):
        state = "paused"
    try:
        run.note(state=state, problem=last.text if isinstance(last, events.Failed) else None)
    except disk.Trouble as trouble:  # whoever looks after the run writes it once that is over
        log.info("the run %s is %s, which could not be noted: %s", run.id, state, trouble.sentence.english)
    return _said(run.emit, last)


def _train(job: Job, run: Run, spec: registry.Spec) -> events.Finished:
    from aigc_desktop.engine.fit import Fit

    chosen: Any = params.make(spec.params("train"), job.params)
    if spec.data is None or job.data is None:
        raise BadInput(mark("Say what to learn from: a file, a folder, or {starter}."), starter="starter")
    with progress.heard_by(progress.of_run(run)):
        data = loaded.load(spec, job, chosen)
        for path, reason in getattr(data, "skipped", [])[:20]:
            run.message(mark("Skipped {path}: {reason}"), "warning", path=path, reason=str(reason))
        for sentence in getattr(data, "notes", [])[:20]:
            run.message(sentence.pattern, "warning", **sentence.values)
        fit = Fit(spec, registry.model(spec.id).Trainer, chosen_models.located(chosen, run.project), data, run)
    try:
        fit.train()
    except Cancelled:
        if run.asked_to_stop() != "pause" and fit.step:
            _keep_model(job, run, spec, fit, data, chosen)
        raise
    model = _keep_model(job, run, spec, fit, data, chosen)
    return events.Finished(fit.figures, fit.step, round(fit.seconds, 3), model, run.items)


def _keep_model(job: Job, run: Run, spec: registry.Spec, fit: Any, data: Any, chosen: Any) -> dict[str, str] | None:
    """Put the trained model into the project; one that an earlier stop of this run left there makes way."""
    if run.project is None or not run.main:
        return None
    name = job.name or _name(spec, job)
    folder = run.project.models.prepare(name)
    try:
        return _fill_and_add(folder, name, job, run, spec, fit, data, chosen)
    finally:
        shutil.rmtree(folder, ignore_errors=True)  # gone already, but where the disk was full


def _fill_and_add(
    folder: Path, name: str, job: Job, run: Run, spec: registry.Spec, fit: Any, data: Any, chosen: Any
) -> dict[str, str]:
    assert run.project is not None
    with fit.averaged():
        fit.trainer.save(folder)
    record = {
        "generator": spec.id,
        "medium": spec.medium,
        "name": name,
        "params": chosen.model_dump(mode="json"),
        "seed": job.seed,
        "data": {"path": job.data, "sha256": data.sha256, "facts": data.facts},
        "figures": fit.figures,
        "steps": fit.step,
        "train_seconds": round(fit.seconds, 3),
        "precision": fit.precision,
        "app_version": __version__,
        "created": datetime.now(UTC).isoformat(timespec="seconds"),
    }
    (folder / "README.md").write_text(models.card(record, spec.title), encoding="utf-8")
    if run.folder is not None:
        from aigc_desktop.media.chart import loss_chart

        lines = (run.folder / "metrics.jsonl").read_text(encoding="utf-8").splitlines()
        loss_chart([json.loads(line) for line in lines], spec.curves, folder / "losses.png")
    models.write_record(folder, record)
    kept = run.project.models.add(
        folder,
        name=name,
        generator=spec.id,
        medium=spec.medium,
        run=run.id,
        figures=fit.figures,
        seed=job.seed,
    )
    run.note(model=kept.name, figures=fit.figures, step=fit.step)
    return {"name": kept.name, "path": str(kept.path)}


def _name(spec: registry.Spec, job: Job) -> str:
    source = Path(job.data or "").name or job.data or ""
    return f"{spec.title} {Path(source).stem}".strip()


def _create(job: Job, run: Run, spec: registry.Spec) -> events.Finished:
    folder = _model_folder(job, run.project)
    kind = spec.params("create")
    project = None if run.project is None else run.project.path
    chosen = params.make(kind, input_files.values(job, kind, spec.title, project))
    start = time.monotonic()
    if run.out is not None:
        try:
            run.out.mkdir(parents=True, exist_ok=True)
        except (OSError, ValueError) as error:
            if (trouble := disk.trouble(error, run.out, project=False)) is not None:
                raise trouble from None
            raise BadInput(
                mark("The folder {path} cannot be made: {reason}."), path=run.out, reason=why(error)
            ) from None
    registry.model(spec.id).create(folder, chosen_models.located(chosen, run.project), run)
    return events.Finished({}, 0, round(time.monotonic() - start, 3), None, run.items)


def _convert(job: Job, run: Run, spec: registry.Spec) -> events.Finished:
    start = time.monotonic()
    model = convert.carry_out(job, run, spec, _model_folder(job, run.project))
    return events.Finished({}, 0, round(time.monotonic() - start, 3), model, [])


ACTIONS = {"train": _train, "create": _create, "convert": _convert}


def _resumed(job: Job, project: Project | None, run_id: str | None) -> tuple[Job, str | None]:
    """For a job that continues a run: that run's own job."""
    if not job.resume:
        return job, run_id
    if project is None:
        raise BadInput(mark("Say in which project the run {run} is."), run=job.resume)
    stored = remembered(project.runs.get(job.resume).job)
    return stored.model_copy(update={"project": job.project, "resume": job.resume}), job.resume


def _check(job: Job, project: Project | None) -> registry.Spec:
    """The job's spec; BadInput for what can be known to be wrong before anything is begun."""
    if job.action == "train":
        spec = registry.get(job.generator)
    else:
        spec = models.spec_of(_model_folder(job, project), job.generator)
    chosen_models.located(params.make(spec.params(job.action), job.params), project)
    return spec


def _model_folder(job: Job, project: Project | None) -> Path:
    if not job.model:
        raise BadInput(mark("Say which model to create with."))
    if project is not None:
        return project.models.find(job.model)
    if not os.path.isdir(job.model):
        raise BadInput(mark("There is no model folder {path}."), path=job.model)
    return Path(job.model)


def _last_step(run: Run) -> int:
    if run.folder is None or run.job.action != "train":
        return 0
    folder = run.folder / "checkpoints"
    # Checkpoints are folders named by their step; the module that writes them needs torch, this one does not.
    return max((int(path.name) for path in folder.glob("[0-9]*") if path.name.isdigit()), default=0)


def _resumable(run: Run) -> bool:
    return _last_step(run) > 0


def _said(emit: Callable[[events.Event], None], last: events.Last) -> events.Last:
    emit(last)
    return last


def _silent(event: events.Event) -> None:
    """The other processes of a distributed training say nothing."""


def _place(job: Job, project: Project | None) -> tuple[Path, bool] | None:
    """The folder that the job writes to, if it got that far, and whether that is a project."""
    if job.out:
        return Path(job.out), False
    return None if project is None else (project.path, True)


def _failed(error: Exception, run_id: str | None, resumable: bool, place: tuple[Path, bool] | None) -> events.Failed:
    """How an exception ends a job: one sentence, and the traceback for the log where it is a fault of the program."""
    trouble = disk.trouble(error, *place) if place is not None else error
    if isinstance(trouble, disk.Trouble):
        # Of a project that is not there nobody knows whether it has a checkpoint.
        resumable = resumable or isinstance(trouble, disk.Unreachable)
        return events.Failed(trouble.sentence, resumable=resumable, run=run_id, resting=True)
    if isinstance(error, BadInput):
        return events.Failed(error.sentence, True, resumable=resumable, run=run_id)
    if isinstance(error, Failure):
        return events.Failed(error.sentence, resumable=resumable, run=run_id)
    said = _sentence_for(error)
    if said is None:
        log.error("a job failed", exc_info=error)
    return events.Failed(
        said or _FAULT,
        detail="".join(traceback.format_exception(error)),
        resumable=resumable,
        run=run_id,
    )


def sentence_of(error: Exception) -> Sentence:
    """What to say of an exception where no job is under way; a fault of the program is logged."""
    if isinstance(error, (BadInput, Failure)):
        return error.sentence
    said = _sentence_for(error)
    if said is None:
        log.error("a request failed", exc_info=error)
    return said or _FAULT


def _sentence_for(error: Exception) -> Sentence | None:
    """What to say of an exception that a library raised for a reason of its own."""
    refused = network.refused_in(error)
    if refused is not None:
        return refused.sentence
    text = f"{type(error).__name__}: {error}"
    return _NO_MEMORY if isinstance(error, MemoryError) or any(one in text for one in _MEMORY_TEXTS) else None


_FAULT = Sentence(mark("Something went wrong inside the program; the log says more."))
_NO_MEMORY = Sentence(mark("There was not enough memory. Choose a smaller batch size or a smaller model."))
_MEMORY_TEXTS = ("OutOfMemoryError", "not enough memory", "can't allocate memory", "bad_alloc")
