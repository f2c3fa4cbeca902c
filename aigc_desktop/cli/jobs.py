"""Trainings and creations from the command line, carried out in this process."""

import argparse
import contextlib
import os
import secrets
import signal
import sys
import time
from pathlib import Path
from typing import Any

from aigc_desktop.cli import BAD_INPUT, CANCELLED, FAILED, FINISHED, leave
from aigc_desktop.cli.projects import open_project
from aigc_desktop.cli.report import Lines, Report, Screen, size
from aigc_desktop.engine import chosen_models, events, input_files, loaded, memory, models, params, progress, registry
from aigc_desktop.engine.execute import perform
from aigc_desktop.engine.job import STARTER, Job, read_job, remembered
from aigc_desktop.i18n import mark, tr
from aigc_desktop.library.places import default_project
from aigc_desktop.problems import BadInput, Sentence

DOUBLES = 5  # that are named
SOON = 0.5  # seconds that nothing is said of a look
TWICE = 0.3  # seconds: torchrun passes on the Ctrl-C that the terminal sends to each process itself


def train(chosen: argparse.Namespace) -> int:
    folder = project_folder(chosen.project)
    if chosen.resume:
        _only_resume(chosen)
        return carry_out(_resumed(chosen.resume, folder), chosen.json)
    if not chosen.id:
        raise BadInput(mark("Say which generator to train; aigc-desktop generators lists them."))
    spec = registry.get(chosen.id)
    values = settings(spec.params("train"), chosen.set, folder)
    if not chosen.data:
        raise BadInput(mark("Say what to learn from: --data PATH, or --data starter."))
    job = Job(
        generator=spec.id,
        action="train",
        params=values,
        data=_source(chosen.data),
        heldout=_source(chosen.heldout),
        seed=chosen.seed or 0,
        name=chosen.name,
        project=str(folder),
    )
    return carry_out(job, chosen.json)


def create(chosen: argparse.Namespace) -> int:
    folder = creations_project(chosen)
    spec, model = model_of(chosen.model, folder)
    count = [f"count={chosen.count}"] if chosen.count is not None else []
    job = Job(
        generator=spec.id,
        action="create",
        model=model,
        params=settings(spec.params("create"), chosen.set + count, folder),
        inputs=_inputs(spec, chosen.input),
        **where_to(chosen, folder),
    )
    return carry_out(job, chosen.json, say_seed=chosen.seed is None)


def creations_project(chosen: argparse.Namespace) -> Path | None:
    """The project that a creation belongs to; none for a model's folder and plain files."""
    alone = chosen.out and not chosen.project and os.path.isdir(chosen.model)
    return None if alone else project_folder(chosen.project)


def where_to(chosen: argparse.Namespace, folder: Path | None) -> dict[str, Any]:
    """Seed, project and folder of a creation, as its job has them."""
    return {
        "seed": secrets.randbelow(2**31) if chosen.seed is None else chosen.seed,
        "project": str(folder) if folder else None,
        "out": str(out_folder(chosen.out)) if chosen.out else None,
    }


def run(chosen: argparse.Namespace) -> int:
    job = read_job(chosen.job)
    change: dict[str, Any] = {}
    if job.out:
        change["out"] = str(out_folder(Path(job.out)))
    if chosen.project or job.project or not (job.out and job.model and os.path.isdir(job.model)):
        change["project"] = str(project_folder(chosen.project or (Path(job.project) if job.project else None)))
    job = job.model_copy(update=change)
    if job.resume:
        return carry_out(_resumed(job.resume, project_folder(Path(change["project"]))), chosen.json)
    if job.action == "create":
        if not job.model:
            raise BadInput(mark("Say which model to create with."))
        spec, _ = model_of(job.model, Path(job.project) if job.project else None, job.generator)
    else:
        spec = registry.get(job.generator)
        if not job.data:
            raise BadInput(
                mark("{path} is not a job: {where}: {reason}."), path=chosen.job, where="data", reason="missing"
            )
    params.make(spec.params(job.action), job.params)
    return carry_out(job.model_copy(update={"generator": job.generator or spec.id}), chosen.json)


def carry_out(job: Job, as_json: bool, say_seed: bool = False) -> int:
    """Carry out a job that was checked, and tell of it; the exit code."""
    main = os.environ.get("RANK", "0") == "0"
    report: Report = Lines() if as_json else Screen(job)
    stop = Stop(said=main)
    notes = []
    if say_seed:
        notes.append(Sentence(mark("Seed {seed}: with --seed {seed} the same is made again."), {"seed": job.seed}))
    if main and not job.resume and job.action == "train":
        with progress.heard_by(_looking(report, stop, as_json)):
            found = _look(job)
        notes += [] if as_json else found

    def emit(event: events.Event) -> None:
        try:
            if notes and not isinstance(event, (events.Started, events.Last)):
                while notes:
                    report(events.Message(notes.pop(0)))
            report(event)
        except OSError:  # nobody reads on, or the disk that the output goes to is full: end as Ctrl-C does
            stop.mode = stop.mode or "stop"
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())

    memory.limit(memory.wanted(), torch=True)
    # What a library prints belongs to people, not between the events.
    with contextlib.redirect_stdout(sys.stderr):
        last = perform(job, emit, lambda: stop.mode)
    if isinstance(last, events.Finished):
        return FINISHED
    if isinstance(last, events.Cancelled):
        return CANCELLED
    return BAD_INPUT if isinstance(last, events.Failed) and last.bad_input else FAILED


def _looking(report: Report, stop: "Stop", as_json: bool) -> progress.Listener:
    """Shows how far a look is that takes long; Ctrl-C ends it, since nothing has begun."""
    begun = time.monotonic()

    def tell(phase: str, fraction: float | None) -> None:
        if stop.mode:
            report(events.Cancelled())
            leave(CANCELLED)
        if not as_json and time.monotonic() > begun + SOON:
            report(events.Progress(0, 0, None, phase, fraction))

    return tell


def _look(job: Job) -> list[Sentence]:
    """See what is in the data before anything is made or begun; BadInput where it cannot be used."""
    spec = registry.get(job.generator)
    if spec.data is None or job.data is None:
        return []
    assert spec.train is not None
    chosen = params.make(spec.train, job.params)
    found = spec.data.look(job.data, **loaded.chosen(spec, chosen))
    sentences = list(found.summary)
    for name, reason in found.doubles[:DOUBLES]:
        sentences.append(Sentence(mark("{name}: {reason}"), {"name": name, "reason": reason}))
    if spec.preflight is not None:
        if chosen_models.names(chosen):
            there = job.project is not None and os.path.exists(job.project)
            with open_project(Path(str(job.project))) if there else contextlib.nullcontext() as project:
                chosen = chosen_models.located(chosen, project)
        cost = spec.preflight(chosen, found.facts)
        values = {"count": f"{cost.parameters:,}", "memory": size(cost.memory_bytes)}
        sentences.append(Sentence(mark("{count} parameters, {memory} of memory."), values))
    return sentences


class Stop:
    """Ctrl-C: the first ends the job at its next step, with a checkpoint; the second ends this process at once."""

    def __init__(self, said: bool = True):
        self.mode = ""
        self._said, self._asked = said, 0.0
        for name in ("SIGINT", "SIGTERM", "SIGHUP"):  # the last: its terminal was closed, and it is not under nohup
            number = getattr(signal, name, None)
            if number is not None and signal.getsignal(number) != signal.SIG_IGN:
                signal.signal(number, self._interrupt)

    def _interrupt(self, number: int, frame: Any) -> None:
        now = time.monotonic()
        if self.mode and number == signal.SIGINT and now - self._asked > TWICE:
            leave(CANCELLED)
        if not self.mode:
            self.mode, self._asked = "stop", now
            if self._said:
                sentence = tr("Stopping at the next step. Ctrl-C again quits at once.")
                with contextlib.suppress(OSError):  # the terminal may be gone
                    os.write(2, f"\n{sentence}\n".encode())  # print may be in the middle of a line of its own


def place_of(path: Path | str) -> Path:
    """The path from the root; `~` is the user's home. Whatever it is called: what is asked of it says what is wrong."""
    return Path(os.path.expanduser(path)).absolute()


def project_folder(chosen: Path | None) -> Path:
    return place_of(chosen or default_project())


def _source(path: str | None) -> str | None:
    return path if path in (None, STARTER) else str(_existing(str(path)))


def _existing(path: str) -> Path:
    found = place_of(path)
    if not os.path.exists(found):
        raise BadInput(mark("There is no file or folder {path}."), path=found)
    return found


def _inputs(spec: registry.Spec, paths: list[str]) -> list[str]:
    input_files.fitting(spec.params("create"), paths, spec.title)
    return [str(_existing(path)) for path in paths]


def out_folder(folder: Path) -> Path:
    folder = place_of(folder)
    if os.path.exists(folder) and not os.path.isdir(folder):
        raise BadInput(mark("{path} is a file; --out wants a folder."), path=folder)
    return folder


def model_of(name: str, folder: Path | None, wanted: str = "") -> tuple[registry.Spec, str]:
    """The spec of a model, and the model as a job names it: by its name in the project, or by its folder."""
    place: Path
    if folder is None or (not os.path.exists(folder) and os.path.isdir(name)):
        place = place_of(name)
        name = str(place)
    else:
        with open_project(folder) as project:
            place = project.models.find(name)
        if os.path.isdir(place_of(name)) and place_of(name).resolve() == place:
            name = str(place)
    return models.spec_of(place, wanted), name


def settings(kind: type[params.Params], assignments: list[str], folder: Path | None) -> dict[str, Any]:
    """`KEY=VALUE` texts as values. A file, and a model that is no name of the project, becomes a path from the root: the job
    outlives the folder that it is typed in."""
    values = input_files.anchored(kind, params.parse(kind, assignments))
    for name in chosen_models.names(kind):
        value = values.get(name)
        if value and os.path.isdir(place_of(value)) and not _is_name(value, folder):
            values = values | {name: str(place_of(value))}
    return values


def _is_name(value: str, folder: Path | None) -> bool:
    if folder is None or not os.path.exists(folder):
        return False
    with open_project(folder) as project:
        return any(model.name == value for model in project.models.list())


def _resumed(run: str, folder: Path) -> Job:
    """The job that continues a run; BadInput where there is no such run, or it is under way."""
    with open_project(folder) as project:
        project.runs.interrupt_stale()
        row = project.runs.get(Path(run).name)
        if row.state == "running":
            raise BadInput(mark("The run {run} is under way already."), run=row.id)
        job = remembered(row.job)
        if job.action != "train":
            raise BadInput(mark("The run {run} is no training; only a training can be continued."), run=row.id)
    return Job(generator=job.generator, action="train", resume=row.id, project=str(folder))


def _only_resume(chosen: argparse.Namespace) -> None:
    given = {
        "ID": chosen.id, "--data": chosen.data, "--heldout": chosen.heldout, "--set": chosen.set, "--name": chosen.name,
        "--seed": chosen.seed,
    }  # fmt: skip
    for name, value in given.items():
        if value not in (None, []):
            raise BadInput(mark("A continued training keeps its own settings: leave out {option}."), option=name)
