"""Real model folders with one thing wrong, as downloads, copies and people leave them, and words of what is said of each."""

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

from safetensors import safe_open
from safetensors.torch import load_file, save_file

from tests.language_models import tiny_llama

WEIGHTS = "model.safetensors"
Spoil = Callable[[Path], None]


def whole(folder: Path) -> None:
    """The models that are spoiled: `folder/one` with its weights in one file, `folder/shards` in several."""
    tiny_llama(folder / "one")
    tiny_llama(folder / "shards", shards=3)


def spoiled(name: str, models: Path, folder: Path) -> Path:
    """A copy of a whole model in `folder`, spoiled."""
    target = folder / "model"
    shutil.copytree(models / ("shards" if "shard" in name or "index" in name else "one"), target)
    spoil = (SEEN | LOADED)[name][0]
    spoil(target)
    return target


def config(**changes: Any) -> Spoil:
    """config.json with other values; None takes one out."""

    def spoil(folder: Path) -> None:
        values = json.loads((folder / "config.json").read_text()) | changes
        kept = {name: value for name, value in values.items() if value is not None}
        (folder / "config.json").write_text(json.dumps(kept))

    return spoil


def only(*files: tuple[str, bytes]) -> Spoil:
    """Nothing but these files."""

    def spoil(folder: Path) -> None:
        for path in folder.iterdir():
            path.unlink()
        for name, content in files:
            (folder / name).write_bytes(content)

    return spoil


def gone(name: str) -> Spoil:
    return lambda folder: (folder / name).unlink()


def content(name: str, change: Callable[[bytes], bytes]) -> Spoil:
    """A file with other bytes."""
    return lambda folder: (folder / name).write_bytes(change((folder / name).read_bytes())) and None


def header(change: Callable[[dict[str, Any]], Any]) -> Spoil:
    """A safetensors header that says something else of the same numbers."""

    def spoil(folder: Path) -> None:
        whole = (folder / WEIGHTS).read_bytes()
        length = int.from_bytes(whole[:8], "little")
        values = json.loads(whole[8 : 8 + length])
        change(values)
        text = json.dumps(values).encode()
        (folder / WEIGHTS).write_bytes(len(text).to_bytes(8, "little") + text + whole[8 + length :])

    return spoil


def tensors(change: Callable[[dict[str, Any]], Any]) -> Spoil:
    """Other weights, in a file that is whole."""

    def spoil(folder: Path) -> None:
        weights = {name: one.clone() for name, one in load_file(folder / WEIGHTS).items()}
        change(weights)
        save_file(weights, folder / WEIGHTS, {"format": "pt"})

    return spoil


def tokenizer(change: Callable[[dict[str, Any]], Any]) -> Spoil:
    """Another tokenizer.json."""

    def spoil(folder: Path) -> None:
        values = json.loads((folder / "tokenizer.json").read_text(encoding="utf-8"))
        change(values)
        (folder / "tokenizer.json").write_text(json.dumps(values), encoding="utf-8")

    return spoil


def pickled(folder: Path) -> None:
    (folder / WEIGHTS).rename(folder / "pytorch_model.bin")


def index(change: Callable[[dict[str, str]], Any]) -> Spoil:
    def spoil(folder: Path) -> None:
        path = folder / "model.safetensors.index.json"
        values = json.loads(path.read_text())
        change(values["weight_map"])
        path.write_text(json.dumps(values))

    return spoil


def without_one_of_a_shard(folder: Path) -> None:
    """A shard from which a tensor was taken that the index promises."""
    path = folder / "model-00002-of-00004.safetensors"
    with safe_open(path, "pt") as file:
        kept = {name: file.get_tensor(name) for name in sorted(file.keys())[1:]}
    save_file(kept, path, {"format": "pt"})


def _lie(**values: Any) -> Callable[[dict[str, Any]], Any]:
    return lambda header: header["model.norm.weight"].update(values)


def _many(values: dict[str, Any]) -> None:
    values["model"]["vocab"]["new"] = 5000


def _few(values: dict[str, Any]) -> None:
    values["model"] = {"type": "WordLevel", "vocab": {"a": 0, "b": 1}, "unk_token": "a"}
    values["added_tokens"] = []


POINTER = b"version https://git-lfs.github.com/spec/v1\noid sha256:1234\nsize 12345\n"
BERT = {"architectures": ["BertForMaskedLM"], "model_type": "bert"}
VIT = {"architectures": ["ViTForImageClassification"], "model_type": "vit"}

# What the doctor sees without loading anything.
SEEN: dict[str, tuple[Spoil, list[str]]] = {
    "no model at all": (only(("notes.txt", b"hello")), ["config.json"]),
    "only a GGUF file": (only(("tiny.Q4.gguf", b"GGUF")), ["tiny.Q4.gguf", "safetensors"]),
    "a picture pipeline": (
        only(("model_index.json", b'{"_class_name": "StableDiffusionPipeline"}')),
        ["StableDiffusionPipeline", "makes pictures"],
    ),
    "config is no JSON": (content("config.json", lambda _: b"{"), ["config.json", "no JSON"]),
    "config is a list": (content("config.json", lambda _: b"[]"), ["config.json", "model_type"]),
    "config without a type": (config(model_type=None), ["config.json", "model_type"]),
    "unknown architecture": (config(model_type="brandnew", architectures=["BrandnewForCausalLM"]), ["brandnew"]),
    "an architecture of its own": (
        config(model_type="own", architectures=["OwnForCausalLM"], auto_map={"AutoModelForCausalLM": "own.Own"}),
        ["own", "code", "never run"],
    ),
    "fills gaps": (config(**BERT), ["BertForMaskedLM", "fills the gaps"]),
    "sees pictures": (config(**VIT), ["ViTForImageClassification", "for pictures"]),
    "packed": (config(quantization_config={"quant_method": "gptq", "bits": 4}), ["gptq"]),
    "no weights": (gone(WEIGHTS), [WEIGHTS]),
    "only pickles": (pickled, ["pytorch_model.bin", "pickle", "save_pretrained"]),
    "a missing shard": (gone("model-00003-of-00004.safetensors"), ["model-00003-of-00004.safetensors", "4 files"]),
    "a broken index": (content("model.safetensors.index.json", lambda _: b"{}"), ["model.safetensors.index.json"]),
    "an index that leads elsewhere": (
        index(lambda files: files.update({"lm_head.weight": "../other.safetensors"})),
        ["model.safetensors.index.json"],
    ),
    "a shard that lacks a tensor": (without_one_of_a_shard, ["model-00002-of-00004.safetensors", "index"]),
    "cut off": (content(WEIGHTS, lambda whole: whole[:-100]), [WEIGHTS, "not whole", "bytes"]),
    "a pointer": (content(WEIGHTS, lambda _: POINTER), [WEIGHTS, "Git LFS"]),
    "no safetensors": (content(WEIGHTS, lambda _: b"<html>not found</html>"), [WEIGHTS, "no safetensors file"]),
    "an empty file": (content(WEIGHTS, lambda _: b""), [WEIGHTS, "no safetensors file"]),
    "a header longer than the file": (
        content(WEIGHTS, lambda whole: (90_000_000).to_bytes(8, "little") + whole[8:]),
        [WEIGHTS, "longer than the file"],
    ),
    "a header that is no JSON": (content(WEIGHTS, lambda whole: whole[:8] + b"x" + whole[9:]), [WEIGHTS, "no JSON"]),
    "a lying shape": (header(_lie(shape=[4, 4])), [WEIGHTS, "model.norm.weight", "another size"]),
    "a lying dtype": (header(_lie(dtype="F16")), [WEIGHTS, "model.norm.weight", "another size"]),
    "an unknown dtype": (header(_lie(dtype="X9")), [WEIGHTS, "X9"]),
    "a negative size": (header(_lie(shape=[-32])), [WEIGHTS, "model.norm.weight"]),
    "a place twice": (header(_lie(data_offsets=[0, 128])), [WEIGHTS, "something else"]),
    "more than it says": (content(WEIGHTS, lambda whole: whole + b"more"), [WEIGHTS, "more in it"]),
    "no tokenizer": (gone("tokenizer.json"), ["tokenizer.json"]),
    "only sentencepiece": (
        lambda folder: (folder / "tokenizer.json").rename(folder / "tokenizer.model") and None,
        ["tokenizer.model", "tokenizer.json"],
    ),
    "a broken tokenizer": (content("tokenizer.json", lambda whole: whole[:200]), ["tokenizer.json"]),
    "a tokenizer that is a pointer": (content("tokenizer.json", lambda _: POINTER), ["tokenizer.json", "Git LFS"]),
    "a tokenizer with too many tokens": (tokenizer(_many), ["tokenizer", "5000", "384"]),
    "a tokenizer with too few": (tokenizer(_few), ["tokenizer", "2 of", "384"]),
    "a million layers": (config(num_hidden_layers=1_000_000), ["1000000", "config.json"]),
}


def _number(name: str, value: float) -> Callable[[dict[str, Any]], Any]:
    def change(weights: dict[str, Any]) -> None:
        weights[name].view(-1)[3] = value

    return change


def _cut(name: str) -> Callable[[dict[str, Any]], Any]:
    return lambda weights: weights.update({name: weights[name][:-1].clone()})


def _no_merges(values: dict[str, Any]) -> None:
    values["model"]["merges"] = [["neither", "nor"]]


# What is seen when it is loaded.
LOADED: dict[str, tuple[Spoil, list[str]]] = {
    "not a number": (tensors(_number("model.layers.1.mlp.up_proj.weight", float("nan"))), ["layers.1.mlp.up_proj", "NaN"]),
    "infinite": (tensors(_number("model.norm.weight", float("-inf"))), ["model.norm.weight", "infinity"]),
    "a tensor is missing": (tensors(lambda weights: weights.pop("model.norm.weight")), ["1 of its", "model.norm.weight"]),
    "another shape": (tensors(_cut("model.layers.0.mlp.up_proj.weight")), ["layers.0.mlp.up_proj", "[47, 32]", "[48, 32]"]),
    "another width": (config(hidden_size=40), ["config.json", "shape"]),
    "far too wide": (config(intermediate_size=2**40), ["config.json", "40,096"]),
    "fewer layers than weights": (config(num_hidden_layers=1), ["more layers", "layers.1."]),
    "more layers than weights": (config(num_hidden_layers=3), ["missing", "layers.2."]),
    "a config that cannot be": (config(num_attention_heads="many"), ["config.json"]),
    "a tokenizer that does not add up": (tokenizer(_no_merges), ["tokenizer"]),
}  # fmt: skip
