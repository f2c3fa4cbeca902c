"""Writing desks from the command line: look at them, build their prompts, write at them, copy them."""

import argparse
import sys
from contextlib import redirect_stdout
from pathlib import Path
from typing import Any

from aigc_desktop import desks
from aigc_desktop.cli import BAD_INPUT, CANCELLED, FAILED, FINISHED, jobs, show
from aigc_desktop.cli.projects import open_project
from aigc_desktop.engine import chosen_models, events, memory, params, registry, wildcards, word_lists
from aigc_desktop.engine.execute import perform
from aigc_desktop.engine.job import Job
from aigc_desktop.i18n import LANGUAGES, mark, tr
from aigc_desktop.problems import BadInput


def list_(chosen: argparse.Namespace) -> int:
    if chosen.language not in (None, *LANGUAGES):
        raise BadInput(
            mark("{name} cannot be {value}; choose one of: {choices}."),
            name="--language",
            value=chosen.language,
            choices=", ".join(LANGUAGES),
        )
    found = desks.list(chosen.language)
    if chosen.json:
        for desk in found:
            show.line(
                {"id": desk.id, "title": desk.title, "language": desk.language, "about": desk.about, "own": desk.own}
            )
    else:
        show.table([(desk.id, f"{desk.title}: {desk.about}") for desk in found], shorten=1)
    for one in desks.broken():
        print(one.sentence, file=sys.stderr)
    return FINISHED


def show_(chosen: argparse.Namespace) -> int:
    desk = desks.get(chosen.id)
    if chosen.json:
        show.line(_entry(desk))
        return FINISHED
    print(f"{desk.id} · {desk.title}\n{desk.about}\n")
    for field in desk.fields:
        bounds = " | ".join(field.choices) or _bounds(field)
        print(f"  {field.name} = {field.default!r}" + (f"   ({bounds})" if bounds else ""))
        print(f"      {field.title}" + (f". {field.help}" if field.help else "") + "\n")
    print(tr("{count} examples", count=len(desk.examples)) + f" · {desk.path}")
    return FINISHED


def prompt(chosen: argparse.Namespace) -> int:
    desk = desks.get(chosen.id)
    values = _values(desk, chosen.set)
    text = desk.prompt(values, None, chosen.shots)
    expanded = text if chosen.seed is None else wildcards.expand(text, chosen.seed)
    if chosen.json:
        kept = desk.parts(values, None, chosen.shots)[1]
        show.line({"desk": desk.id, "prompt": text, "expanded": expanded, "kept": kept, "shots": chosen.shots})
    else:
        print(expanded)
    for sentence in word_lists.missing(text):
        print(sentence, file=sys.stderr)
    return FINISHED


def write(chosen: argparse.Namespace) -> int:
    desk = desks.get(chosen.id)
    values = _values(desk, chosen.set)
    desk.prompt(values, None, chosen.shots)  # what is wrong with them is said before a model is looked for
    folder = jobs.creations_project(chosen)
    spec, model = jobs.model_of(chosen.model, folder)
    job = desks.job(
        desk,
        spec,
        model,
        values,
        None,
        chosen.shots,
        chosen=_settings(spec, chosen, folder),
        **jobs.where_to(chosen, folder),
    )
    return jobs.carry_out(job, chosen.json, say_seed=chosen.seed is None)


def try_(chosen: argparse.Namespace) -> int:
    """The answers with 0, 1, 3, 5 examples, one beside the other; nothing is kept."""
    desk = desks.get(chosen.id)
    values = _values(desk, chosen.set)
    shots = chosen.shots or [one for one in desks.SHOTS if one <= len(desk.examples)]
    for one in shots:
        desk.prompt(values, None, one)
    chosen.out = None
    folder = jobs.project_folder(chosen.project)
    spec, model = jobs.model_of(chosen.model, folder)
    settings = _settings(spec, chosen, folder)
    seed = jobs.where_to(chosen, None)["seed"]
    place, settings = _placed(model, spec, settings, folder)
    stop = jobs.Stop()
    memory.limit(memory.wanted(), torch=True)
    for one in shots:
        job = desks.job(desk, spec, place, values, None, one, chosen=settings, answer_only=True, seed=seed)
        texts, last = _written(job, stop)
        if not isinstance(last, events.Finished):
            if isinstance(last, events.Failed):
                print(last.text, file=sys.stderr)
                return BAD_INPUT if last.bad_input else FAILED
            return CANCELLED
        if chosen.json:
            show.line({"desk": desk.id, "shots": one, "seed": seed, "answers": texts})
        else:
            heading = tr("{count} examples", count=one)
            print(f"── {heading} ──\n" + "\n\n".join(text.strip("\n") for text in texts) + "\n", flush=True)
    if chosen.seed is None and not chosen.json:
        print(tr("Seed {seed}: with --seed {seed} the same is made again.", seed=seed), file=sys.stderr)
    return FINISHED


def copy(chosen: argparse.Namespace) -> int:
    desk = desks.copy(chosen.id, chosen.name or "")
    if chosen.json:
        show.line({"id": desk.id, "title": desk.title, "path": str(desk.path)})
    else:
        print(tr("The desk {id} is yours to change: {path}", id=desk.id, path=desk.path))
    return FINISHED


def _written(job: Job, stop: jobs.Stop) -> tuple[list[str], events.Last]:
    """The texts of a job that keeps nothing: its last previews; what it has to say goes to stderr."""
    texts: dict[int, str] = {}

    def hear(event: events.Event) -> None:
        if isinstance(event, events.Preview) and event.text is not None:
            texts[event.slot] = event.text
        elif isinstance(event, events.Message):
            print(event.text, file=sys.stderr)

    with redirect_stdout(sys.stderr):  # what a library prints is none of the answers
        last = perform(job, hear, lambda: stop.mode)
    return [text for _, text in sorted(texts.items())], last


def _values(desk: desks.Desk, assignments: list[str]) -> dict[str, str]:
    """`FIELD=VALUE` texts; BadInput for one without `=`. Whether there is such a field, the desk says."""
    values = {}
    for one in assignments:
        name, equals, text = one.partition("=")
        if not equals:
            raise BadInput(mark("Write fields as NAME=VALUE, not {text}."), text=one)
        values[name] = text
    return values


def _settings(spec: registry.Spec, chosen: argparse.Namespace, folder: Path | None) -> dict[str, Any]:
    count = [f"count={chosen.count}"] if chosen.count is not None else []
    return jobs.settings(spec.params("create"), chosen.param + count, folder)


def _placed(model: str, spec: registry.Spec, settings: dict[str, Any], folder: Path) -> tuple[str, dict[str, Any]]:
    """The model's folder, and the settings with the folders of other models: for a job of no project."""
    if not folder.exists():
        return model, settings
    with open_project(folder) as project:
        located = chosen_models.located(params.make(spec.params("create"), settings), project)
        return str(project.models.find(model)), located.model_dump(include=set(settings))


def _entry(desk: desks.Desk) -> dict[str, Any]:
    names = [*(one.name for one in desk.fields), desks.ANSWER]
    fields = [
        {name: value for name, value in vars(field).items() if value not in ("", (), None)} for field in desk.fields
    ]
    return {
        "id": desk.id,
        "title": desk.title,
        "language": desk.language,
        "about": desk.about,
        "own": desk.own,
        "path": str(desk.path),
        "fields": fields,
        "opening": desk.opening,
        "template": desk.template,
        "example": desk.example_pattern,
        "separator": desk.separator,
        "answer": desk.answer,
        "examples": [dict(zip(names, row, strict=True)) for row in desk.examples],
        "stop": desk.stop,
        "settings": desk.params,
    }


def _bounds(field: desks.Field) -> str:
    if field.low is None or field.high is None:
        return ""
    return tr("{low} to {high}", low=field.low, high=field.high)
