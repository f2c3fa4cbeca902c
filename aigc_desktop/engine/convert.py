"""A model made of another one: as a model of the project, or as a folder anywhere. Whole or not at all."""

import os
import shutil
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from aigc_desktop import __version__
from aigc_desktop.engine import chosen_models, models, params, registry
from aigc_desktop.engine.job import Job
from aigc_desktop.engine.run import Run
from aigc_desktop.i18n import mark
from aigc_desktop.library import disk
from aigc_desktop.media.base import why
from aigc_desktop.media.files import sync_folder, sync_tree
from aigc_desktop.problems import BadInput

NOT_EMPTY = mark("The folder {path} is there already and not empty. Choose another place, or another name.")
NO_PLACE = mark("The folder {path} cannot be made: {reason}.")


def carry_out(job: Job, run: Run, spec: registry.Spec, folder: Path) -> dict[str, str] | None:
    """Convert the model in this folder as the job says; the name and path of what came of it."""
    chosen = chosen_models.located(params.make(spec.params("convert"), job.params), run.project)
    convert = registry.model(spec.id).convert
    if run.out is not None:
        target = run.out.absolute()
        _outside(target, lambda fresh: convert(folder, fresh, chosen, run))
        run.message(mark("Exported to {path}."), path=target)
        return {"name": target.name, "path": str(target)}
    if run.project is None or not run.main:
        return None
    record = _record(folder, spec)
    name = job.name or record["name"]
    fresh = run.project.models.prepare(name)
    try:
        convert(folder, fresh, chosen, run)
        record |= {
            "name": name,
            "converted_from": str(job.model),
            "created": datetime.now(UTC).isoformat(timespec="seconds"),
        }
        if (folder / "losses.png").is_file():
            shutil.copyfile(folder / "losses.png", fresh / "losses.png")
        (fresh / "README.md").write_text(models.card(record, spec.title), encoding="utf-8")
        models.write_record(fresh, record)
        kept = run.project.models.add(
            fresh,
            name=name,
            generator=spec.id,
            medium=spec.medium,
            figures=record["figures"],
            seed=record["seed"],
        )
    finally:
        shutil.rmtree(fresh, ignore_errors=True)  # gone already, but where it failed
    run.message(mark("There is a new model: {name}."), name=kept.name)
    return {"name": kept.name, "path": str(kept.path)}


def _outside(target: Path, fill: Any) -> None:
    """Fill a folder beside the target, then give it its name."""
    fresh = target.with_name(f".{target.name}-{os.getpid()}.new")
    try:
        if target.exists() and (not target.is_dir() or any(target.iterdir())):
            raise BadInput(NOT_EMPTY, path=target)
        target.parent.mkdir(parents=True, exist_ok=True)
        fresh.mkdir()
    except OSError as error:
        if (trouble := disk.trouble(error, target, project=False)) is not None:
            raise trouble from None
        raise BadInput(NO_PLACE, path=target, reason=why(error)) from None
    try:
        fill(fresh)
        sync_tree(fresh)
        if target.exists():
            target.rmdir()  # empty: Windows renames onto no folder
        fresh.rename(target)
        sync_folder(target.parent)
    finally:
        shutil.rmtree(fresh, ignore_errors=True)


def _record(folder: Path, spec: registry.Spec) -> dict[str, Any]:
    """How the model was made; of one that was not trained here what little is known."""
    if (folder / models.RECORD).exists():
        return models.read_record(folder)
    return {
        "generator": spec.id,
        "medium": spec.medium,
        "name": folder.name,
        "params": {},
        "seed": 0,
        "data": {"path": "", "sha256": "", "facts": {}},
        "figures": {},
        "steps": 0,
        "train_seconds": 0.0,
        "precision": "float32",
        "app_version": __version__,
        "created": "",
    }
