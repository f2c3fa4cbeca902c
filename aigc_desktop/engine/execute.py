"""Carry out a job: exactly one last event, whatever happens."""

import json
import logging
import os
import time
import traceback
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from aigc_desktop import __version__
from aigc_desktop.engine import events, loaded, machine, models, network, params, registry
from aigc_desktop.engine.job import Job
from aigc_desktop.engine.run import Cancelled, Run
from aigc_desktop.i18n import mark
from aigc_desktop.library.project import Project
from aigc_desktop.problems import BadInput, Failure, Sentence

log = logging.getLogger(__name__)

MEDIA_KINDS = ("picture", "sound", "clip", "mask")


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
        job, run_id = _resumed(job, project, run_id)
        spec = _check(job, project)
        created = run_id is None
        if project is not None and job.out is None and run_id is None and main:
            run_id = project.runs.add(job.model_dump(mode="json"), state="running")
        run = Run(job, emit, asked_to_stop, project, run_id, Path(job.out) if job.out else None)
        run.main = main
        last = execute(job, run, spec)
        if isinstance(last, events.Failed) and last.bad_input and created and project and run_id and not last.resumable:
            project.runs.remove(run_id)  # nothing was begun: nothing stays
        return last
    except BadInput as problem:
        return _said(emit if main else _silent, events.Failed(problem.sentence, bad_input=True, run=run_id))
    except Exception as error:
        log.exception("a job could not be begun")
        return _said(emit if main else _silent, _fault(error, run_id, False))
    finally:
        if project is not None:
            project.close()


def execute(job: Job, run: Run, spec: registry.Spec) -> events.Last:
    """Train or create inside a run; emits Started first and exactly one Last."""
    try:
        run.note(state="running")
        run.emit(events.Started(run.id, spec.id, job.action, resumed_from=_last_step(run)))
        last: events.Last = _train(job, run, spec) if job.action == "train" else _create(job, run, spec)
    except Cancelled:
        last = events.Cancelled(_last_step(run), _resumable(run), run.id)
    except BadInput as problem:
        last = events.Failed(problem.sentence, True, resumable=_resumable(run), run=run.id)
    except Failure as failure:
        last = events.Failed(failure.sentence, resumable=_resumable(run), run=run.id)
    except MemoryError:
        last = events.Failed(_NO_MEMORY, detail=traceback.format_exc(), resumable=_resumable(run), run=run.id)
    except Exception as error:
        log.exception("a job failed")
        last = _fault(error, run.id, _resumable(run))
    state = {events.Finished: "finished", events.Failed: "failed"}.get(type(last), "cancelled")
    if state == "cancelled" and run.asked_to_stop() == "pause":
        state = "paused"
    run.note(state=state, problem=last.text if isinstance(last, events.Failed) else None)
    return _said(run.emit, last)


_NO_MEMORY = Sentence(mark("There was not enough memory. Choose a smaller batch size or a smaller model."))


def _train(job: Job, run: Run, spec: registry.Spec) -> events.Finished:
    from aigc_desktop.engine.fit import Fit

    chosen: Any = params.make(spec.params("train"), job.params)
    if spec.data is None or job.data is None:
        raise BadInput(mark("Say what to learn from: a file, a folder, or {starter}."), starter="starter")
    data = loaded.load(spec, job, chosen)
    for path, reason in getattr(data, "skipped", [])[:20]:
        run.message(mark("Skipped {path}: {reason}"), "warning", path=path, reason=str(reason))
    fit = Fit(spec, registry.model(spec.id).Trainer, chosen, data, run)
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
    values = dict(job.params)
    if job.inputs:
        wanted = [one.name for one in params.describe(spec.params("create")) if one.kind in MEDIA_KINDS]
        if len(job.inputs) > len(wanted):
            raise BadInput(
                mark("{title} takes {count} inputs, not {given}."),
                title=spec.title,
                count=len(wanted),
                given=len(job.inputs),
            )
        values |= dict(zip(wanted, job.inputs, strict=False))
    chosen = params.make(spec.params("create"), values)
    start = time.monotonic()
    if run.out is not None:
        run.out.mkdir(parents=True, exist_ok=True)
    registry.model(spec.id).create(folder, chosen, run)
    return events.Finished({}, 0, round(time.monotonic() - start, 3), None, run.items)


def _resumed(job: Job, project: Project | None, run_id: str | None) -> tuple[Job, str | None]:
    """For a job that continues a run: that run's own job."""
    if not job.resume:
        return job, run_id
    if project is None:
        raise BadInput(mark("Say in which project the run {run} is."), run=job.resume)
    stored = Job.model_validate(project.runs.get(job.resume).job)
    return stored.model_copy(update={"project": job.project, "resume": job.resume}), job.resume


def _check(job: Job, project: Project | None) -> registry.Spec:
    """The job's spec; BadInput for what can be known to be wrong before anything is begun."""
    if job.action == "create":
        spec = models.spec_of(_model_folder(job, project))
        if job.generator and job.generator != spec.id:
            raise BadInput(
                mark("The model {model} was made by {theirs}, not by {ours}."),
                model=job.model,
                theirs=spec.id,
                ours=job.generator,
            )
    else:
        spec = registry.get(job.generator)
    params.make(spec.params(job.action), job.params)
    return spec


def _model_folder(job: Job, project: Project | None) -> Path:
    if not job.model:
        raise BadInput(mark("Say which model to create with."))
    if project is not None:
        return project.models.find(job.model)
    if not Path(job.model).is_dir():
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


def _sentence_for(error: Exception) -> Sentence | None:
    refused = network.refused_in(error)
    if refused is not None:
        return refused.sentence
    text = f"{type(error).__name__}: {error}"
    if "OutOfMemoryError" in text or "not enough memory" in text or "can't allocate memory" in text:
        return _NO_MEMORY
    if isinstance(error, OSError) and error.errno == 28:
        return Sentence(mark("The disk is full. Make room and continue."))
    return None


def _fault(error: Exception, run_id: str | None, resumable: bool) -> events.Failed:
    said = _sentence_for(error) or Sentence(mark("Something went wrong inside the program; the log says more."))
    return events.Failed(said, detail=traceback.format_exc(), resumable=resumable, run=run_id)
