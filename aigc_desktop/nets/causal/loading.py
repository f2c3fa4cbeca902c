"""A causal language model from a Hugging Face folder: offline, safetensors only, none of the folder's own code.

transformers 5.23 builds the network and converts names; the files are read here, so that nothing else is looked for.
"""

import os
import re
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from safetensors import SafetensorError, safe_open

from aigc_desktop.engine import doctor, model_files, tensor_files
from aigc_desktop.i18n import mark
from aigc_desktop.media.base import why
from aigc_desktop.problems import BadInput

READ = "pread" if os.name == "nt" else "mmap"  # a mapped file could be neither moved nor deleted on Windows
MOST_BESIDE = 4 << 30  # bytes of tables that a network makes for itself
NO_LIMIT = 10**30  # tokens, as transformers says it
START = "aigc_start"  # in config.json of a model trained here: the text that a writing from nothing begins with


@dataclass(frozen=True)
class Language:
    """A model in eval mode with its tokenizer.

    `context` tokens fit into it; `start` (never empty) is read before every text; `ends` are the tokens that end one.
    """

    model: Any  # transformers.PreTrainedModel
    tokenizer: Any  # transformers.PreTrainedTokenizerBase
    context: int
    folder: Path
    start: list[int]
    ends: frozenset[int]

    @property
    def usable(self) -> int:
        """Token ids from here on are padding of the model's tables and stand for nothing."""
        return max(self.tokenizer.get_vocab().values()) + 1

    def encode(self, text: str) -> list[int]:
        """The text's tokens, without `start`."""
        return list(self.tokenizer.encode(text.encode("utf-8", "replace").decode(), add_special_tokens=False))


def load(folder: Path, device: torch.device | str, dtype: torch.dtype = torch.float32) -> Language:
    """The model in this folder, its weights as `dtype`; BadInput for whatever is wrong with the folder.

    Takes the memory of the weights once: files are mapped, and each tensor is converted by itself.
    """
    report = doctor.examine(folder)
    if report.problem is not None:
        raise BadInput(report.problem.pattern, **report.problem.values)
    if report.kind == "adapter":
        from aigc_desktop.nets.causal import adapters

        return adapters.opened(folder, device, dtype)
    _hush()
    with quiet():
        config = _config(folder)
        tokenizer = _tokenizer(folder, config)
        model = _model(folder, report.weights, config, dtype).to(device)
    _check_tokens(folder, tokenizer, model)
    return Language(
        model=model,
        tokenizer=tokenizer,
        context=report.context,
        folder=folder,
        start=_start(folder, tokenizer, config),
        ends=_ends(folder, tokenizer, config),
    )


def _hush() -> None:
    """From now on only faults are told: some models warn of what they lack when they are first used."""
    from transformers.utils import logging

    logging.set_verbosity_error()


@contextmanager
def quiet() -> Iterator[None]:
    """Inside, transformers says nothing and shows no bars: what is worth saying is said here, in sentences."""
    from transformers.utils import logging

    level, bars = logging.get_verbosity(), logging.is_progress_bar_enabled()
    logging.set_verbosity(logging.CRITICAL)
    logging.disable_progress_bar()
    try:
        yield
    finally:
        logging.set_verbosity(level)
        if bars:
            logging.enable_progress_bar()


def _config(folder: Path) -> Any:
    from transformers.models.auto.configuration_auto import CONFIG_MAPPING

    values = doctor.read_config(folder)
    for name in ("auto_map", "transformers_weights", "dtype", "torch_dtype"):  # code, other files: not wanted
        values.pop(name, None)
    try:
        kind = CONFIG_MAPPING[values["model_type"]]
    except KeyError:
        raise BadInput(doctor.UNKNOWN, path=folder, name=values["model_type"]) from None
    try:
        return kind.from_dict(values)
    except Exception as error:  # noqa: BLE001 - each architecture checks its values in its own way
        raise BadInput(doctor.BROKEN_CONFIG, path=folder / "config.json", reason=_first_line(error)) from None


def _model(folder: Path, files: tuple[str, ...], config: Any, dtype: torch.dtype) -> Any:
    from transformers.models.auto.modeling_auto import MODEL_FOR_CAUSAL_LM_MAPPING

    try:
        kind = MODEL_FOR_CAUSAL_LM_MAPPING[type(config)]
    except KeyError:
        raise BadInput(doctor.OTHER_NAME, path=folder, name=config.model_type) from None
    with ExitStack() as opened:
        weights = {}
        for name in files:
            try:
                file = opened.enter_context(safe_open(folder / name, "pt", backend=READ))
                weights |= {key: file.get_tensor(key) for key in file.keys()}  # noqa: SIM118 - no dict; mapped, not read
            except (SafetensorError, OSError, ValueError) as error:
                raise BadInput(tensor_files.DAMAGED, path=folder / name, reason=f"{why(error)}.") from None
        _check_size(folder, kind, config, sum(one.numel() for one in weights.values()))
        try:
            model, found = kind.from_pretrained(
                None,
                config=config,
                state_dict=weights,
                dtype=dtype,
                local_files_only=True,
                token=False,
                ignore_mismatched_sizes=True,
                output_loading_info=True,
            )
        except (MemoryError, BadInput):
            raise
        except Exception as error:
            if "allocate memory" in str(error) or isinstance(error, torch.OutOfMemoryError):
                raise MemoryError from error
            raise BadInput(MISFIT, path=folder, reason=_first_line(error)) from None
        _check_weights(folder, model, found, set(weights))
    return model.eval()


MISFIT = mark("The weights in {path} do not fit its config.json: {reason}.")
LACKS = mark("The weights in {path} do not fit its config.json: {count} of its tensors are missing, {name} for one.")
OTHER_SHAPE = mark("The weights in {path} do not fit its config.json: {name} has the shape {theirs}, not {ours}.")
MORE_LAYERS = mark("The weights in {path} do not fit its config.json: they have more layers ({name}).")
OTHER_COUNT = mark(
    "The weights in {path} do not fit its config.json: it speaks of a model of {wanted} numbers, and they are {stored}."
)
NO_NUMBERS = mark(
    "The weights in {path} are damaged: {name} holds values that are no numbers (NaN or infinity). "
    "Get another copy of the model."
)
NO_TOKENIZER = mark("The tokenizer in {path} cannot be used: {reason}.")


def _check_size(folder: Path, kind: Any, config: Any, stored: int) -> None:
    """A config.json that speaks of a much larger model: what is missing would be made, however much memory it took."""
    try:
        with torch.device("meta"):
            model = kind(config)
        wanted = sum(one.numel() for one in model.parameters())
        beside = sum(one.numel() * one.element_size() for one in model.buffers())
    except Exception as error:  # noqa: BLE001 - each architecture checks its values in its own way
        raise BadInput(MISFIT, path=folder, reason=_first_line(error)) from None
    if wanted > 2 * stored or beside > MOST_BESIDE:
        raise BadInput(OTHER_COUNT, path=folder, wanted=f"{wanted:,}", stored=f"{stored:,}")


def _check_weights(folder: Path, model: Any, found: dict[str, Any], stored: set[str]) -> None:
    """transformers draws what is missing at random and leaves out what is too much: here neither is a model."""
    for name, theirs, ours in sorted(found["mismatched_keys"], key=str):
        raise BadInput(OTHER_SHAPE, path=folder, name=name, theirs=list(theirs), ours=list(ours))
    missing = sorted(found["missing_keys"])
    if missing:
        raise BadInput(LACKS, path=folder, count=len(missing), name=missing[0])
    for name in sorted(found["unexpected_keys"]):
        if (first := re.sub(r"\.\d+\.", ".0.", name, count=1)) != name and first in stored - found["unexpected_keys"]:
            raise BadInput(MORE_LAYERS, path=folder, name=name)
    for name, weight in model.named_parameters():
        if weight.is_floating_point() and weight.numel() and not torch.isfinite(sum(torch.aminmax(weight.detach()))):
            raise BadInput(NO_NUMBERS, path=folder, name=name)


def _tokenizer(folder: Path, config: Any) -> Any:
    from transformers import AutoTokenizer, PreTrainedTokenizerFast

    settings = doctor.read_json(folder / "tokenizer_config.json")
    plain = settings.get("tokenizer_class") in (None, "PreTrainedTokenizerFast", "TokenizersBackend")
    # tokenizer.json says all of itself. Classes of their own add to it, and those of the folder are code.
    as_it_is = (folder / "tokenizer.json").is_file() and (plain or "auto_map" in settings)
    kind = PreTrainedTokenizerFast if as_it_is else AutoTokenizer
    words = {"local_files_only": True, "token": False, "trust_remote_code": False}
    try:
        tokenizer = kind.from_pretrained(folder, **words, **({} if as_it_is else {"config": config}))
        tokenizer.model_max_length = NO_LIMIT  # how much fits is decided elsewhere
        tokenizer.decode(tokenizer.encode("a"))
        return tokenizer
    except MemoryError:
        raise
    except BaseException as error:  # tokenizers raises the bare class, or one of Rust's that is no Exception
        if not isinstance(error, Exception) and type(error).__name__ != "PanicException":
            raise
        raise BadInput(NO_TOKENIZER, path=folder, reason=_first_line(error)) from None


def _check_tokens(folder: Path, tokenizer: Any, model: Any) -> None:
    vocabulary, rows = tokenizer.get_vocab(), int(model.get_input_embeddings().weight.shape[0])
    last = max(vocabulary.values(), default=-1)
    model_files.check_tokens(folder, last, len(vocabulary), rows)


def _start(folder: Path, tokenizer: Any, config: Any) -> list[int]:
    """What is read before a text: what a model of ours says, else what the tokenizer puts there, else a mark of its own."""
    ours = getattr(config, START, None)
    if isinstance(ours, str) and ours:
        found = list(tokenizer.encode(ours, add_special_tokens=False))
        if found:
            return found
    put = list(tokenizer.encode(""))
    while put and put[-1] == tokenizer.eos_token_id and put[-1] != tokenizer.bos_token_id:
        put.pop()
    if put:
        return put
    known = set(tokenizer.get_vocab().values())
    marks = (tokenizer.bos_token_id, *_numbers(getattr(config, "bos_token_id", None)), tokenizer.eos_token_id, 0)
    return [next(one for one in marks if one in known or one == 0)]


def _ends(folder: Path, tokenizer: Any, config: Any) -> frozenset[int]:
    """What ends a text: the end marks, and the mark that begins one, since what would follow it is another text."""
    stored = doctor.read_json(folder / "generation_config.json")
    known = set(tokenizer.get_vocab().values())
    marks = [
        tokenizer.eos_token_id,
        tokenizer.bos_token_id,
        *_numbers(getattr(config, "eos_token_id", None)),
        *_numbers(stored.get("eos_token_id")),
    ]
    return frozenset(one for one in marks if one in known)


def _numbers(value: Any) -> list[int]:
    return [one for one in (value if isinstance(value, list) else [value]) if isinstance(one, int)]


def _first_line(error: BaseException) -> str:
    return (str(error).strip().splitlines() or [type(error).__name__])[0].rstrip(".")
