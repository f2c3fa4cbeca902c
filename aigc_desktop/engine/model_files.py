"""The parts of a model's folder for the doctor: which files hold weights and tokenizer, and what sizes follow from them."""

import json
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from aigc_desktop import foreign_json
from aigc_desktop.engine.tensor_files import DAMAGED, MISSING, POINTER, Stored, is_pointer, read_header
from aigc_desktop.i18n import mark
from aigc_desktop.problems import BadInput, Sentence

WEIGHTS = "model.safetensors"
PICKLES = (".bin", ".pt", ".pth", ".ckpt", ".pkl", ".pickle")
UNLIMITED = 1_000_000  # tokens: more is what tokenizers write where nobody set a limit
FALLBACK = 2048  # tokens of context where neither file says anything
FEWEST = 0.5  # of the model's tokens that its tokenizer must know: tables are made larger than needed, but not twice

_SHARD = re.compile(r"(.*)-(\d{5})-of-(\d{5})\.safetensors")
_TABLE = re.compile(
    r"(^|\.)(wte|embed_tokens|word_embeddings|tok_embeddings|embed_in|tokens_embed|embeddings?|shared|embedding)\.weight$"
)
_HEAD = re.compile(r"(^|\.)(lm_head|embed_out|output)\.weight$")
_NO_WEIGHT = re.compile(r"\.(attn\.bias|attn\.masked_bias|attention\.bias|attention\.masked_bias|inv_freq)$")

NO_WEIGHTS = mark("The model {path} is not whole: its weights ({file}) are missing.")
ONLY_PICKLES = mark(
    "The weights in {path} are a pickle ({file}), which may run whatever its author wrote into it and is never opened "
    "here. Get the model as safetensors, or convert it where you trust it: {command}"
)
COMMAND = "python -c \"from transformers import AutoModelForCausalLM as M; M.from_pretrained('.').save_pretrained('converted')\""
MISSING_SHARD = mark("The model {path} is not whole: {file} is missing, one of {count} files with its weights.")
NOT_AS_INDEXED = mark("The file {path} is not as its index says: {name} is missing.")
NO_TOKENIZER = mark("The model {path} is not whole: its tokenizer (tokenizer.json) is missing.")
OTHER_TOKENIZER = mark(
    "The tokenizer in {path} is there as {file} only, which cannot be read here. Get tokenizer.json of the same model."
)
TOO_MANY = mark(
    "The tokenizer in {path} does not belong to this model: its tokens go up to number {last}, and the model has {count}."
)
TOO_FEW = mark("The tokenizer in {path} does not belong to this model: it knows {known} of the model's {count} tokens.")


@dataclass(frozen=True)
class Tokens:
    """A tokenizer: its main file, how many tokens it has, the highest number of one."""

    file: str
    count: int
    last: int


@dataclass(frozen=True)
class Shape:
    """Sizes from config.json; 0 where it does not say. `cached`: numbers that the key/value cache holds for one token."""

    vocabulary: int
    layers: int
    context: int
    cached: int


def weights(
    folder: Path, pickles: tuple[str, ...], whole: str = WEIGHTS, command: str = COMMAND
) -> tuple[list[str], dict[str, str]]:
    """The safetensors files to read, and what an index says (file by tensor); BadInput names the one that is missing.

    `whole` is the file's name where there is one; `command` turns pickles into safetensors.
    """
    there = {path.name for path in folder.iterdir()}
    found = sorted(name for name in there if name.endswith(".safetensors") and not name.startswith("adapter"))
    if whole in there:
        return [whole], {}
    if f"{whole}.index.json" in there:
        index = _index(folder / f"{whole}.index.json")
        files, by_tensor = sorted(set(index.values())), index
    elif shard := next(filter(None, map(_SHARD.fullmatch, found)), None):
        count = min(int(shard[3]), 10_000)
        files, by_tensor = [f"{shard[1]}-{number:05}-of-{shard[3]}.safetensors" for number in range(1, count + 1)], {}
    elif len(found) == 1:
        return found, {}
    else:
        held = [name for name in pickles if not name.startswith(("training_args", "optimizer", "scheduler", "rng_"))]
        if held:
            raise BadInput(ONLY_PICKLES, path=folder, file=held[0], command=command)
        raise BadInput(NO_WEIGHTS, path=folder, file=whole)
    for name in files:
        if name not in there:
            raise BadInput(MISSING_SHARD, path=folder, file=name, count=len(files))
    return files, by_tensor


def _index(path: Path) -> dict[str, str]:
    try:
        found = foreign_json.parse(path.read_bytes())["weight_map"]
        if found and all(isinstance(one, str) and one == Path(one).name for one in found.values()):
            return dict(found)
    except (OSError, ValueError, TypeError, KeyError, AttributeError):
        pass
    raise BadInput(DAMAGED, path=path, reason=Sentence(mark("it does not say which file holds what.")))


def tokens(folder: Path) -> Tokens:
    """The tokenizer of a folder; BadInput where there is none, or it is broken."""
    there = {path.name for path in folder.iterdir()}
    if "tokenizer.json" in there:
        return _tokens(folder / "tokenizer.json")
    if "vocab.json" in there:
        if "merges.txt" not in there:
            raise BadInput(MISSING, path=folder, file="merges.txt")
        count = _entries(folder / "vocab.json")
        return Tokens("vocab.json", count, count - 1)
    if "vocab.txt" in there:
        count = _entries(folder / "vocab.txt")
        return Tokens("vocab.txt", count, count - 1)
    other = [name for name in ("tokenizer.model", "spiece.model", "sentencepiece.bpe.model") if name in there]
    if other:
        raise BadInput(OTHER_TOKENIZER, path=folder, file=other[0])
    raise BadInput(NO_TOKENIZER, path=folder)


def _tokens(path: Path) -> Tokens:
    if is_pointer(path):
        raise BadInput(POINTER, path=path)
    try:
        whole = json.loads(path.read_bytes())  # tens of megabytes: none of its texts is shown
        vocabulary = whole["model"].get("vocab") or {}
        pairs = isinstance(vocabulary, list)  # of a unigram model: [text, score] by number
        numbers = set(range(len(vocabulary))) if pairs else set(map(int, vocabulary.values()))
        numbers |= {int(one["id"]) for one in whole.get("added_tokens") or []}
        return Tokens(path.name, len(numbers), max(numbers))
    except OSError:
        reason = Sentence(mark("it cannot be read."))
    except (ValueError, TypeError, KeyError, AttributeError, OverflowError, RecursionError):
        reason = Sentence(mark("it is no tokenizer."))
    raise BadInput(DAMAGED, path=path, reason=reason)


def _entries(path: Path) -> int:
    try:
        content = path.read_bytes()
        return len(json.loads(content)) if path.suffix == ".json" else len(content.splitlines())
    except (OSError, ValueError, TypeError, RecursionError):
        raise BadInput(DAMAGED, path=path, reason=Sentence(mark("it is no tokenizer."))) from None


def check_tokens(folder: Path, last: int, known: int, rows: int) -> None:
    """BadInput where a tokenizer cannot be that of a model with this many tokens."""
    if last >= rows:
        raise BadInput(TOO_MANY, path=folder, last=last, count=rows)
    if known < FEWEST * rows:
        raise BadInput(TOO_FEW, path=folder, known=known, count=rows)


def shape(config: dict[str, Any]) -> Shape:
    """The sizes that matter, whatever this architecture calls them."""
    inner = config.get("text_config")
    values = config | inner if isinstance(inner, dict) else config

    def first(*names: str) -> int:
        found = (values.get(name) for name in names)
        return next((one for one in found if type(one) is int and 0 < one < 2**40), 0)

    layers = first("num_hidden_layers", "n_layer", "num_layers", "n_layers")
    heads = first("num_attention_heads", "n_head", "num_heads", "n_heads")
    width = first("hidden_size", "n_embd", "d_model", "n_embed")
    size = first("head_dim") or (width // heads if heads else 0)
    kept = first("num_key_value_heads", "n_head_kv", "num_kv_heads") or heads
    context = first(
        "max_position_embeddings", "n_positions", "n_ctx", "max_seq_len", "seq_length", "max_sequence_length"
    )
    return Shape(first("vocab_size"), layers, context or FALLBACK, 2 * layers * kept * size)


def rows(tensors: dict[str, Stored]) -> int:
    """How many tokens the model's own table holds; 0 where it goes by a name that nobody knows."""
    return max((one.shape[0] for name, one in tensors.items() if is_table(name, one)), default=0)


def is_table(name: str, one: Stored) -> bool:
    """Whether this is the table of what each token means."""
    return len(one.shape) == 2 and bool(_TABLE.search(name))


def is_linear(name: str, one: Stored) -> bool:
    """Whether these are the weights of a linear layer, which 8 bits can hold."""
    return len(one.shape) == 2 and not is_table(name, one) and not re.search(r"(wpe|embed_positions)\.weight$", name)


def is_head(name: str) -> bool:
    """Whether this is of the layer that says what comes next."""
    return bool(_HEAD.search(name))


def all_weights(folder: Path) -> dict[str, Stored]:
    """Each weight of a model once: without its tables of places and masks, without an output that is the input's table."""
    files, _ = weights(folder, ())
    found = {name: one for file in files for name, one in read_header(folder / file).items()}
    try:
        tied = foreign_json.parse((folder / "config.json").read_bytes()).get("tie_word_embeddings")
    except (OSError, ValueError, AttributeError):
        tied = False
    left_out = _HEAD.search if tied and rows(found) else lambda name: None
    return {name: one for name, one in found.items() if not _NO_WEIGHT.search(name) and not left_out(name)}


def has_tied_head(tensors: dict[str, Stored]) -> bool:
    """Whether the model writes with the table it reads with."""
    return not any(_HEAD.search(name) for name in tensors)
