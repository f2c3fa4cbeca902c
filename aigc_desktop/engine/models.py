"""A trained model's folder: its own files, `training.json` (how it was made, with a hash of each file), a card."""

import hashlib
import json
import os
from pathlib import Path
from typing import Any

from aigc_desktop import foreign_json
from aigc_desktop.engine import doctor, registry
from aigc_desktop.i18n import mark
from aigc_desktop.library.models import ModelRow
from aigc_desktop.problems import BadInput
from aigc_desktop.shown import plain

RECORD = "training.json"


def write_record(folder: Path, record: dict[str, Any]) -> None:
    """Write `training.json` over the files now in the folder."""
    paths = (path for path in sorted(folder.rglob("*")) if path.is_file() and path != folder / RECORD)
    files = {path.relative_to(folder).as_posix(): _sha256(path) for path in paths}
    text = json.dumps(record | {"files": files}, indent=2, ensure_ascii=False)
    (folder / RECORD).write_text(text, encoding="utf-8")


def read_record(folder: Path) -> dict[str, Any]:
    """How the model in this folder was made; BadInput where it is no model of ours, or not as it was written."""
    if not os.path.isdir(folder):
        raise BadInput(mark("There is no model folder {path}."), path=folder)
    try:
        record = foreign_json.parse((folder / RECORD).read_bytes())
        generator, files = record["generator"], record["files"]
        if not isinstance(generator, str) or not all(isinstance(one, str) for one in [*files, *files.values()]):
            raise TypeError
    except FileNotFoundError:
        raise BadInput(
            mark("{path} is not a model trained here: {file} is missing."), path=folder, file=RECORD
        ) from None
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        raise BadInput(mark("The file {path} is broken; train the model again."), path=folder / RECORD) from None
    for name, sha256 in files.items():
        path = _inside(folder, name)
        if not os.path.isfile(path):
            raise BadInput(mark("The model {path} is not whole: {file} is missing."), path=folder, file=name)
        if Path(name).suffix in (".json", ".safetensors") and _sha256(path) != sha256:
            raise BadInput(
                mark("The model {path} is not as it was written: {file} has changed. Use a copy that is whole."),
                path=folder,
                file=name,
            )
    return record


def _inside(folder: Path, name: str) -> Path:
    """A file of the folder by its name in the record; nothing that stands there leads out of the folder."""
    named = Path(name)
    return folder / (named.name if named.is_absolute() or ".." in named.parts else named)


def spec_of(folder: Path, wanted: str = "") -> registry.Spec:
    """The generator that creates with the model in this folder: `wanted` where it can, else its own, else one that opens it.

    BadInput says what is wrong with the folder, or why the wanted generator cannot take it.
    """
    wish = registry.get(wanted) if wanted else None
    if not os.path.exists(os.path.join(folder, RECORD)):
        return _opener(folder, wish)
    record = read_record(folder)
    theirs = record["generator"]
    if wish is not None and (wish.id == theirs or _opens(wish, folder)):
        return wish
    if theirs not in registry.specs():
        raise BadInput(
            mark("The model {path} was made by {generator}, which this version does not have."),
            path=folder,
            generator=theirs,
        )
    if wish is not None:
        raise BadInput(
            mark("The model {model} was made by {theirs}, not by {ours}."),
            model=record.get("name") or folder,
            theirs=theirs,
            ours=wish.id,
        )
    return registry.get(theirs)


def usable(rows: list[ModelRow], spec: registry.Spec) -> list[ModelRow]:
    """Those of a project's models that this generator creates with: its own, and others that it opens."""
    return [row for row in rows if row.generator == spec.id or _opens(spec, row.path)]


def _opener(folder: Path, wish: registry.Spec | None) -> registry.Spec:
    """The generator for a folder that has no record; in the model doctor's words, BadInput where there is none."""
    able = [spec for spec in registry.specs().values() if _opens(spec, folder)]
    if wish in able or (able and wish is None):
        _refuse_problem(folder)
        return wish or min(able, key=lambda spec: spec.train is not None)  # rather one that is made for any model
    if not os.path.isdir(folder):
        raise BadInput(mark("There is no model folder {path}."), path=folder)
    if str(doctor.read_json(folder / doctor.CONFIG).get("model_type")).startswith("aigc-"):
        raise BadInput(mark("{path} is not a model trained here: {file} is missing."), path=folder, file=RECORD)
    _refuse_problem(folder)
    raise BadInput(mark("{ours} cannot create with the model {path}."), ours=wish.id if wish else "?", path=folder)


def _refuse_problem(folder: Path) -> None:
    problem = doctor.examine(folder).problem
    if problem is not None and problem.pattern != doctor.NO_ROOM:  # the memory may be taken by this very model
        raise BadInput(problem.pattern, **problem.values)


def _opens(spec: registry.Spec, folder: Path) -> bool:
    return spec.create is not None and spec.opens is not None and spec.opens(folder)


def card(record: dict[str, Any], title: str) -> str:
    """The model card (README.md): Markdown for people, front matter as model hubs read it."""
    rows = [f"| {name} | {value:.4g} |" for name, value in record["figures"].items()]
    figures = ["| held out | value |", "|---|---|", *rows] if rows else ["No held-out figures."]
    settings = [f"| {name} | {plain(value)} |" for name, value in record["params"].items()]
    facts = [f"| {name} | {value} |" for name, value in record["data"].get("facts", {}).items()]
    made = (
        f"{title}, trained with AIGC Desktop {record['app_version']} on {record['created']}: {record['steps']} steps "
        f"in {record['train_seconds']:.0f} seconds, seed {record['seed']}, {record['precision']}."
    )
    lines = [
        "---",
        "library_name: aigc-desktop",
        f"tags: [{record['generator']}]",
        "---",
        f"# {plain(record['name'])}",
        "",
        made,
        "",
        "![loss](losses.png)",
        "",
        "## Figures",
        *figures,
        "",
        "## Data",
        f"`{plain(record['data']['path'])}`, SHA-256 `{record['data']['sha256']}`",
        "",
        "| fact | value |",
        "|---|---|",
        *facts,
        "",
        "## Settings",
        "| setting | value |",
        "|---|---|",
        *settings,
        "",
    ]
    return "\n".join(lines)


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
