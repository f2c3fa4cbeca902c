"""Adapters of language models: what one is, merged into a model of its own, exported. Imports no torch by itself."""

import argparse
import os
from pathlib import Path
from typing import Any

from aigc_desktop.cli.jobs import carry_out, place_of, project_folder
from aigc_desktop.cli.projects import open_project
from aigc_desktop.cli.show import line
from aigc_desktop.engine import adapter_files, models
from aigc_desktop.engine.job import Job
from aigc_desktop.i18n import tr

FINETUNE = "text.finetune"  # whose adapters these are


def info(chosen: argparse.Namespace) -> int:
    """Print what an adapter changes, and the model that it belongs to."""
    folder, _ = _adapter(chosen)
    known = adapter_files.about(folder)
    if chosen.json:
        line({"adapter": str(folder)} | known)
        return 0
    print(folder)
    for name, value in _titled(known):
        print(f"  {name}: {value}")
    return 0


def merge(chosen: argparse.Namespace) -> int:
    """Make a model of the project of an adapter and its base."""
    folder, project = _adapter(chosen)
    job = _job(chosen, folder, project or project_folder(chosen.project), merged=True)
    return carry_out(job.model_copy(update={"name": chosen.name}), chosen.json)


def export(chosen: argparse.Namespace) -> int:
    """Write an adapter, or with `--merged` the model that it makes of its base, as a folder of its own."""
    folder, project = _adapter(chosen)
    job = _job(chosen, folder, project, merged=chosen.merged)
    return carry_out(job.model_copy(update={"out": str(place_of(chosen.folder))}), chosen.json)


def _job(chosen: argparse.Namespace, folder: Path, project: Path | None, merged: bool) -> Job:
    return Job(
        generator=models.spec_of(folder, "" if (folder / models.RECORD).exists() else FINETUNE).id,
        action="convert",
        model=str(folder) if os.path.isdir(chosen.model) else chosen.model,
        params={"merged": merged},
        project=str(project) if project is not None else None,
    )


def _adapter(chosen: argparse.Namespace) -> tuple[Path, Path | None]:
    """The folder of an adapter, and the project that its name is of; BadInput where it is none."""
    project: Path | None = project_folder(chosen.project)
    if os.path.isdir(chosen.model) and not (chosen.project or os.path.exists(str(project))):
        folder, project = place_of(chosen.model), None
    else:
        with open_project(project_folder(chosen.project)) as opened:
            folder = opened.models.find(chosen.model)
    adapter_files.settings(folder)
    return folder, project


def _titled(known: dict[str, Any]) -> list[tuple[str, str]]:
    return [
        (tr("rank"), str(known["rank"])),
        (tr("alpha"), f"{known['alpha']:g}"),
        (tr("layers"), ", ".join(known["layers"])),
        (tr("weights"), tr("{count} ({share} of the model's)", count=f"{known['weights']:,}", share=_share(known))),
        (tr("base"), known["base"] or known["problem"]),
    ]


def _share(known: dict[str, Any]) -> str:
    return "?" if known["share"] is None else f"{known['share']:.2%}"
