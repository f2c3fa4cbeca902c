"""LoRA adapters (Hu et al. 2021): what was learned beside a model that stays as it is. `engine.adapter_files` has the folder."""

import json
import re
import shutil
import warnings
from dataclasses import replace
from pathlib import Path
from typing import Any

import torch
from safetensors import SafetensorError
from safetensors.torch import load_file
from torch import Tensor, nn

from aigc_desktop.engine import adapter_files, doctor
from aigc_desktop.i18n import mark
from aigc_desktop.media.base import why
from aigc_desktop.media.files import write_bytes
from aigc_desktop.nets.causal.loading import START, Language, load, quiet
from aigc_desktop.problems import BadInput

TOKENIZER = (
    "tokenizer.json", "tokenizer_config.json", "special_tokens_map.json", "added_tokens.json", "vocab.json", "merges.txt",
    "vocab.txt", "tokenizer.model", "spiece.model", "chat_template.jinja", "chat_template.json",
)  # fmt: skip
PREFIX = "base_model.model."
KNOWN = (
    "r", "lora_alpha", "lora_dropout", "target_modules", "exclude_modules", "fan_in_fan_out", "bias", "use_rslora",
    "use_dora", "modules_to_save", "layers_to_transform", "layers_pattern", "rank_pattern", "alpha_pattern",
    "target_parameters", "lora_bias",
)  # fmt: skip

NO_NUMBERS = mark("The adapter {path} is damaged: {name} holds values that are no numbers (NaN or infinity).")
MISFIT = mark("The adapter {path} does not fit the model {model}: {reason}.")
NOT_THERE = mark("The adapter {path} does not fit the model {model}, which has no layer {name}.")
OTHER_SIZE = mark("The adapter {path} does not fit the model {model}: its layer {name} is of another size.")
NO_LAYERS = mark("The model has no layers {names}; its layers are: {known}.")


def opened(
    folder: Path,
    device: torch.device | str,
    dtype: torch.dtype = torch.float32,
    adapter: Path | None = None,
    strength: float = 1.0,
) -> Language:
    """The model in a folder (for an adapter's: its base with it), with so much of another adapter applied to it.

    Without `adapter` the strength is that of the folder's own one: 0 gives its base alone.
    """
    if adapter_files.is_adapter(folder):
        language = load(adapter_files.base_of(folder), device, dtype)
        language = _with_start(apply(language, folder, strength if adapter is None else 1.0), folder)
    else:
        language = load(folder, device, dtype)
    return language if adapter is None else apply(language, adapter, strength)


def apply(language: Language, folder: Path, strength: float = 1.0) -> Language:
    """The model with this adapter, so many times as strong as it was trained, in its weights; changes it in place.

    BadInput where the adapter is of another model.
    """
    config, weights = adapter_files.settings(folder), _weights(folder)
    wrapped = _wrap(language, config, folder, weights)
    for module in wrapped.modules():
        if hasattr(module, "scale_layer"):
            module.scale_layer(float(strength))
    with quiet(), torch.no_grad():
        merged = wrapped.merge_and_unload()
    return replace(language, model=merged.requires_grad_(False).eval())


def trainable(language: Language, rank: int, alpha: float, dropout: float, targets: str = "", rs: bool = False) -> Any:
    """The model, frozen, as a peft model with a new adapter to train.

    `targets` are names of linear layers, separated by commas or spaces; none: all but the output. BadInput names those
    that there are.
    """
    from peft import LoraConfig

    known = layers(language.model)
    wanted = [one for one in re.split(r"[\s,;，、]+", targets) if one]
    if wrong := [one for one in wanted if one not in known]:
        raise BadInput(NO_LAYERS, names=", ".join(wrong), known=", ".join(known))
    config = LoraConfig(
        r=rank,
        lora_alpha=alpha,
        lora_dropout=dropout,
        target_modules=wanted or known,
        use_rslora=rs,
        fan_in_fan_out=_turned(language.model),
        task_type="CAUSAL_LM",
    )
    return _injected(language.model, config)


def continued(language: Language, folder: Path) -> Any:
    """The model, frozen, as a peft model with the adapter of this folder to be trained further."""
    return _wrap(language, adapter_files.settings(folder), folder, _weights(folder))


def save(model: Any, base: Path, folder: Path, start: str = "") -> None:
    """Write a peft model's adapter: its two files, and which model it belongs to. `start` is read before every text."""
    config = model.peft_config["default"]
    config.base_model_name_or_path = str(base)
    model.save_pretrained(folder, save_embedding_layers=False)
    _sort_names(folder / adapter_files.CONFIG)
    adapter_files.remember_base(folder, base, start)


def merge(folder: Path, target: Path) -> None:
    """Write the model with its adapter in its own weights, as a standard folder: the same scores, no adapter."""
    base = adapter_files.base_of(folder)
    language = opened(folder, "cpu")
    start = (adapter_files.remembered(folder) or {}).get("start")
    if start:
        setattr(language.model.config, START, start)
    save_whole(language.model, base, target)
    copy_tokenizer(base, target)


def export(folder: Path, target: Path) -> None:
    """Copy the adapter as the standard folder that peft opens."""
    adapter_files.settings(folder)
    for name in (adapter_files.CONFIG, adapter_files.WEIGHTS, adapter_files.BASE, "README.md", "losses.png"):
        if (folder / name).is_file():
            shutil.copyfile(folder / name, target / name)
    copy_tokenizer(folder, target)


def save_whole(model: Any, base: Path, folder: Path) -> None:
    """Write a model as a standard folder, its weights as wide as those of the model that it came of."""
    stored = doctor.examine(base).stored
    dtype = {"F16": torch.float16, "BF16": torch.bfloat16}.get(stored, torch.float32)
    with quiet():
        model.save_pretrained(folder, state_dict={name: one.to(dtype) for name, one in model.state_dict().items()})
    config = json.loads((folder / "config.json").read_bytes()) | {"dtype": str(dtype).removeprefix("torch.")}
    write_bytes(folder / "config.json", (json.dumps(config, ensure_ascii=False, indent=2) + "\n").encode())


def copy_tokenizer(source: Path, folder: Path) -> None:
    """The tokenizer's files, and how a text is to be made, as they are."""
    for name in (*TOKENIZER, "generation_config.json"):
        if (source / name).is_file() and not ((folder / name).exists() and name in TOKENIZER):
            shutil.copyfile(source / name, folder / name)


def layers(model: nn.Module) -> list[str]:
    """The names of the linear layers that an adapter can change: all but the output."""
    output = getattr(model, "get_output_embeddings", lambda: None)()
    found = (name for name, one in model.named_modules() if _is_linear(one) and one is not output)
    return list(dict.fromkeys(name.rpartition(".")[2] for name in found))


def _sort_names(path: Path) -> None:
    """peft keeps names as sets; written in order they are the same every time."""
    values = json.loads(path.read_bytes())
    values = {name: sorted(one) if isinstance(one, list) else one for name, one in values.items()}
    write_bytes(path, (json.dumps(values, ensure_ascii=False, indent=2) + "\n").encode())


def _is_linear(module: nn.Module) -> bool:
    return isinstance(module, nn.Linear) or type(module).__name__ == "Conv1D"


def _turned(model: nn.Module) -> bool:
    """Whether its linear layers hold their weights the other way round, as GPT-2's."""
    return any(type(module).__name__ == "Conv1D" for module in model.modules())


def _with_start(language: Language, folder: Path) -> Language:
    start = (adapter_files.remembered(folder) or {}).get("start")
    tokens = language.encode(start) if isinstance(start, str) and start else []
    return replace(language, start=tokens, folder=folder) if tokens else replace(language, folder=folder)


def _weights(folder: Path) -> dict[str, Tensor]:
    path = folder / adapter_files.WEIGHTS
    try:
        weights = load_file(path)
    except (SafetensorError, OSError, ValueError, KeyError, TypeError) as error:
        raise BadInput(adapter_files.BROKEN, path=path, reason=why(error)) from None
    for name, one in weights.items():
        if one.is_floating_point() and not torch.isfinite(one).all():
            raise BadInput(NO_NUMBERS, path=folder, name=name)
    return weights


def _wrap(language: Language, values: dict[str, Any], folder: Path, weights: dict[str, Tensor]) -> Any:
    """The model as a peft model with this adapter; BadInput where one is not of the other."""
    from peft import LoraConfig, set_peft_model_state_dict

    _check_fit(language, folder, weights)
    try:
        config = LoraConfig(**{name: values[name] for name in KNOWN if name in values}, task_type="CAUSAL_LM")
        config.fan_in_fan_out = _turned(language.model)
        wrapped = _injected(language.model, config)
        loaded = set_peft_model_state_dict(wrapped, weights)
    except (ValueError, TypeError, RuntimeError, KeyError, AttributeError, ImportError) as error:
        reason = str(error).strip().splitlines()[0].rstrip(".") if str(error).strip() else type(error).__name__
        raise BadInput(MISFIT, path=folder, model=language.folder, reason=reason) from None
    missing = [name for name in loaded.missing_keys if "lora_" in name or "modules_to_save" in name]
    for name in [*loaded.unexpected_keys, *missing]:
        raise BadInput(NOT_THERE, path=folder, model=language.folder, name=name)
    return wrapped


def _check_fit(language: Language, folder: Path, weights: dict[str, Tensor]) -> None:
    modules = dict(language.model.named_modules())
    for key, one in weights.items():
        found = re.fullmatch(r"(.+)\.lora_([AB])\.weight", key.removeprefix(PREFIX))
        if found is None:
            continue
        module = modules.get(found[1])
        if module is None or not _is_linear(module):
            raise BadInput(NOT_THERE, path=folder, model=language.folder, name=found[1])
        out, into = module.weight.shape if isinstance(module, nn.Linear) else reversed(module.weight.shape)
        if one.ndim != 2 or (one.shape[1] != into if found[2] == "A" else one.shape[0] != out):
            raise BadInput(OTHER_SIZE, path=folder, model=language.folder, name=found[1])


def _injected(model: Any, config: Any) -> Any:
    from peft import get_peft_model

    model.name_or_path = ""  # nothing that peft could look up anywhere
    with quiet(), warnings.catch_warnings():
        warnings.simplefilter("ignore")  # what transformers and peft will not do some day
        return get_peft_model(model, config)
