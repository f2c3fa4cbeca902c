"""The folder of a LoRA adapter as peft writes it: its files, what they say, and the model that it belongs to. No torch.

adapter_config.json, adapter_model.safetensors and the tokenizer; of an adapter that was trained here `base.json` says which
model it belongs to, and what that model is known by.
"""

import hashlib
import json
from pathlib import Path
from typing import Any

from aigc_desktop import foreign_json
from aigc_desktop.engine import model_files
from aigc_desktop.engine.tensor_files import read_header
from aigc_desktop.i18n import mark
from aigc_desktop.media.base import why
from aigc_desktop.media.files import write_bytes
from aigc_desktop.problems import BadInput

CONFIG, WEIGHTS, BASE = "adapter_config.json", "adapter_model.safetensors", "base.json"
SAMPLES, SAMPLE = 64, 4096  # places of a file of weights that it is known by, bytes at each

NO_FOLDER = mark("There is no model folder {path}.")
NO_ADAPTER = mark("{path} is no adapter: it has no {file}.")
BROKEN = mark("The file {path} is broken: {reason}. Get another copy of the adapter.")
PICKLED = mark(
    "The weights of the adapter {path} are a pickle ({file}), which could run foreign code and is never opened. Load it "
    "with peft where you trust it, and save it there again: save_pretrained writes adapter_model.safetensors."
)
OTHER_METHOD = mark("The adapter {path} is of the kind {kind}; only LoRA adapters can be used here.")
BASE_UNKNOWN = mark(
    "The adapter {path} belongs to the model {base}, which is not here: choose that model's folder, and this as its adapter."
)
BASE_GONE = mark(
    "The model that the adapter {path} was trained on is not in {base} any more. Put it back there, or choose its folder as "
    "the model and this as its adapter."
)
BASE_CHANGED = mark(
    "The model in {base} has changed since the adapter {path} was trained on it. Put back the one that was there, or train "
    "the adapter again."
)


def is_adapter(folder: Path) -> bool:
    """Whether this is peft's folder of an adapter, not of a whole model."""
    return (folder / CONFIG).is_file() and not (folder / "config.json").is_file()


def remember_base(folder: Path, base: Path, start: str = "") -> None:
    """Write down which model the adapter in this folder belongs to."""
    known = {"path": str(base), "folder": base.name, "sha256": identity(base), "start": start}
    write_bytes(folder / BASE, (json.dumps(known, ensure_ascii=False, indent=1) + "\n").encode())


def base_of(folder: Path) -> Path:
    """The folder of the model that an adapter was trained on; BadInput where it is not there, or is another by now."""
    known = remembered(folder)
    if known is None:
        named = settings(folder).get("base_model_name_or_path") or "?"
        if isinstance(named, str) and Path(named).is_absolute() and (Path(named) / "config.json").is_file():
            return Path(named)
        raise BadInput(BASE_UNKNOWN, path=folder, base=named)
    path = Path(known["path"])
    beside = folder.parent / Path(known["folder"]).name  # a project that was moved keeps its models side by side
    places = [one for one in (path, beside) if (one / "config.json").is_file()]
    for one in places:
        if identity(one) == known["sha256"]:
            return one
    raise BadInput(BASE_CHANGED if places else BASE_GONE, path=folder, base=places[0] if places else path)


def identity(folder: Path) -> str:
    """What a model is known by, as hexadecimal: its configuration, and its weights at many places."""
    digest = hashlib.sha256((folder / "config.json").read_bytes())
    for path in sorted(folder.glob("*.safetensors")):
        size = path.stat().st_size
        digest.update(f"{path.name} {size}".encode())
        with path.open("rb") as file:
            for number in range(SAMPLES):
                file.seek(max(0, size - SAMPLE) * number // (SAMPLES - 1))
                digest.update(file.read(SAMPLE))
    return digest.hexdigest()


def settings(folder: Path) -> dict[str, Any]:
    """What adapter_config.json says; BadInput where this is no LoRA adapter in files that are safe to open."""
    path = folder / CONFIG
    try:
        values = foreign_json.parse(path.read_bytes())
        kind = str(values["peft_type"]).upper()
    except FileNotFoundError:
        raise BadInput(NO_ADAPTER, path=folder, file=CONFIG) from None
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise BadInput(BROKEN, path=path, reason=why(error)) from None
    if kind != "LORA" or values.get("layer_replication"):
        raise BadInput(OTHER_METHOD, path=folder, kind=kind)
    if not (folder / WEIGHTS).is_file():
        for pickle in sorted(folder.glob("adapter_model.*")):
            raise BadInput(PICKLED, path=folder, file=pickle.name)
        raise BadInput(NO_ADAPTER, path=folder, file=WEIGHTS)
    return dict(values)


def about(folder: Path) -> dict[str, Any]:
    """What an adapter is, as plain JSON: rank, alpha, layers, how many weights, which share of its base's, the base.

    `base` is its folder, or None where it is not there; `problem` says why.
    """
    values = settings(folder)
    stored = read_header(folder / WEIGHTS)
    targets = values.get("target_modules")
    count = sum(one.count for one in stored.values())
    base, problem, share = None, None, None
    try:
        base = base_of(folder)
        share = count / max(1, sum(one.count for one in model_files.all_weights(base).values()))
    except BadInput as missing:
        problem = str(missing)
    return {
        "rank": values.get("r"),
        "alpha": values.get("lora_alpha"),
        "layers": sorted(map(str, targets)) if isinstance(targets, list) else [str(targets)],
        "weights": count,
        "share": share,
        "base": str(base) if base is not None else None,
        "problem": problem,
    }


def remembered(folder: Path) -> dict[str, Any] | None:
    """What `remember_base` wrote; None for an adapter that other programs made."""
    try:
        known = foreign_json.parse((folder / BASE).read_bytes())
        if not all(isinstance(known[name], str) for name in ("path", "folder", "sha256")):
            raise TypeError
        return dict(known)
    except FileNotFoundError:
        return None
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise BadInput(BROKEN, path=folder / BASE, reason=why(error)) from None
