"""What the command line shows: generators, settings, the library. Imports no torch."""

import argparse
import dataclasses
import json
import shutil
import textwrap
from pathlib import Path
from typing import Any

from aigc_desktop.cli.projects import open_project
from aigc_desktop.engine import registry
from aigc_desktop.engine.params import Described, Params
from aigc_desktop.engine.params import describe as describe_params
from aigc_desktop.i18n import tr
from aigc_desktop.library.places import default_project
from aigc_desktop.library.project import Project
from aigc_desktop.shown import plain


def line(entry: dict[str, Any]) -> None:
    """One JSON object on a line of stdout."""
    print(json.dumps(entry, ensure_ascii=False, default=str), flush=True)


def generators(chosen: argparse.Namespace) -> int:
    specs = registry.specs().values()
    rows = []
    for spec in specs:
        if chosen.json:
            line(_summary(spec))
        rows.append((spec.id, spec.medium, ", ".join(spec.actions), f"{tr(spec.title)}: {tr(spec.summary)}"))
    if not chosen.json:
        table(rows, shorten=3)
    return 0


def describe(chosen: argparse.Namespace) -> int:
    spec = registry.get(chosen.id)
    if chosen.json:
        sets = {action: [one.to_json() for one in describe_params(spec.params(action))] for action in spec.actions}
        line(_summary(spec) | {"about": spec.about, "data": spec.data.name if spec.data else None} | sets)
        return 0
    print(f"{spec.id} · {tr(spec.title)}\n{tr(spec.summary)}\n")
    for action in spec.actions:
        print(_HEADINGS[action]() + "\n")
        _show_settings(spec.params(action))
    print(tr(spec.about).strip())
    return 0


_HEADINGS = {"train": lambda: tr("Settings of a training"), "create": lambda: tr("Settings of a creation")}


def _summary(spec: registry.Spec) -> dict[str, Any]:
    return {
        "id": spec.id,
        "title": spec.title,
        "medium": spec.medium,
        "actions": spec.actions,
        "summary": spec.summary,
    }


def _show_settings(params: type[Params]) -> None:
    width = min(100, shutil.get_terminal_size().columns)
    for one in describe_params(params):
        default = "none" if one.default is None else json.dumps(one.default, ensure_ascii=False)
        bounds = _bounds(one)
        print(f"  {one.name} = {default}" + (f"   ({bounds})" if bounds else ""))
        print(textwrap.fill(tr(one.help), width, initial_indent="      ", subsequent_indent="      ") + "\n")


def _bounds(one: Described) -> str:
    if one.choices:
        return " | ".join(map(str, one.choices))
    parts = []
    if one.low is not None and one.high is not None:
        unit = f" {tr(one.unit)}" if one.unit else ""
        parts.append(tr("{low} to {high}", low=one.low, high=one.high) + unit)
    if one.zero:
        parts.append(f"0: {tr(one.zero)}")
    if not parts and one.kind not in ("int", "float"):
        parts.append(one.kind)
    return ", ".join(parts)


def opened(chosen: argparse.Namespace, repair: bool = False) -> Project:
    """The project that a command looks into; BadInput where there is none. What was mended is said on stderr."""
    return open_project(chosen.project or default_project(), repair)


def items(chosen: argparse.Namespace) -> int:
    with opened(chosen) as project:
        text = getattr(chosen, "text", "")
        found = project.items.search(text, limit=project.items.count(text), newest_first=False)
        if chosen.json:
            for item in found:
                line(_entry(item))
            return 0
        table([(item.id, item.medium, item.created[:19], item.model or "", item.name) for item in found], shorten=4)
        if not found:
            print(tr("Nothing has these words.") if text else tr("Nothing was made in this project yet."))
        if not text:
            _show_models_and_runs(project)
    return 0


def _show_models_and_runs(project: Project) -> None:
    models = project.models.list()
    if models:
        print("\n" + tr("Models"))
        table([(model.name, model.generator, str(model.path)) for model in models])
    runs = project.runs.list(["paused", "interrupted", "lost"])
    if runs:
        print("\n" + tr("Trainings that can be continued"))
        table([(run.id, tr("step {step}", step=run.step)) for run in runs if run.job.get("action") == "train"])


def item(chosen: argparse.Namespace) -> int:
    with opened(chosen) as project:
        entry = _entry(project.items.get(chosen.item))
    if chosen.json:
        line(entry)
        return 0
    for name, value in entry.items():
        if value not in (None, "", [], {}):
            print(
                f"{name:12} {plain(json.dumps(value, ensure_ascii=False) if isinstance(value, (dict, list)) else value)}"
            )
    return 0


def verify(chosen: argparse.Namespace) -> int:
    with opened(chosen) as project:
        problems = [str(problem) for problem in project.verify()]
    if chosen.json:
        line({"problems": problems})
    else:
        print("\n".join(problems) or tr("Everything is in its place."))
    return 1 if problems else 0


def rebuild(chosen: argparse.Namespace) -> int:
    with opened(chosen, repair=True) as project:
        counts = project.rebuild()
    if chosen.json:
        line(counts)
    else:
        print(", ".join(f"{tr(name)}: {count}" for name, count in counts.items()))
    return 0


def _entry(item: Any) -> dict[str, Any]:
    entry = {one.name: getattr(item, one.name) for one in dataclasses.fields(item)}
    return {name: str(value) if isinstance(value, Path) else value for name, value in entry.items()}


def table(rows: list[tuple[str, ...]], shorten: int | None = None) -> None:
    """Columns side by side; the column `shorten` ends with the line's end."""
    if not rows:
        return
    widths = [max(_width(row[column]) for row in rows) for column in range(len(rows[0]))]
    room = shutil.get_terminal_size((120, 24)).columns
    for row in rows:
        cells = [cell + " " * (wide - _width(cell)) for cell, wide in zip(row, widths, strict=True)]
        text = "  ".join(cells).rstrip()
        if shorten is not None and room >= 40:
            while _width(text) > room:
                text = text[:-2].rstrip() + "…"
        print(text)


def _width(text: str) -> int:
    from unicodedata import east_asian_width

    return sum(2 if east_asian_width(letter) in "WF" else 1 for letter in text)
