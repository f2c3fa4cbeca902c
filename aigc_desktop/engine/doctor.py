"""The model doctor: looks at a Hugging Face folder without loading it, and says whether it can be used: a language model,
an adapter, or a diffusion model.

`examine` reads JSON and the headers of weight files: milliseconds, no torch, no transformers. What it finds wrong first is
its verdict, word for word what a creation with the folder would be refused with.
"""

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from aigc_desktop import foreign_json
from aigc_desktop.engine import adapter_files, architectures, diffusers_folder, memory, model_files
from aigc_desktop.engine.model_files import Tokens
from aigc_desktop.engine.tensor_files import Stored, read_header
from aigc_desktop.i18n import mark
from aigc_desktop.media.base import why
from aigc_desktop.problems import BadInput, Sentence

CONFIG = "config.json"
CACHED = 4096  # tokens of key/value cache that a need counts, where the context is longer
LARGE = 2**20  # numbers of a table from which 8 bits make 16 of it (nets.causal.int8)
RUNTIME = 300 << 20  # bytes: torch and transformers themselves, measured
GOOD, WARNING, PROBLEM = "good", "warning", "problem"


@dataclass(frozen=True)
class Finding:
    """One thing seen: good, a warning (it works all the same), or a problem (it cannot be opened)."""

    state: str
    text: Sentence


@dataclass(frozen=True)
class Need:
    """Bytes that creating takes with this precision: weights, and what is kept beside them (the cache of one text, at most
    CACHED tokens long; what a network computes for a batch of pictures)."""

    precision: str  # float32, bfloat16, int8
    weights: int
    cache: int
    fits: bool

    @property
    def bytes(self) -> int:
        return self.weights + self.cache


@dataclass(frozen=True)
class Report:
    """What a folder holds. `problem` is the verdict: None, or the one sentence why it cannot be opened.

    `findings` are in the order in which a user reads them. `kind` is "causal" (a language model that goes on from a text),
    "adapter" (peft's LoRA; then the sizes are of its model, in `base`), "diffusion" (makes pictures out of noise: `width`,
    `height`, `channels`, `classes`), "other" or "" (nobody knows). `weights` are the files that will be read. `room` is how many bytes are free and allowed now; `needs` is empty where the sizes are not known.
    """

    folder: Path
    kind: str = ""
    architecture: str = ""
    base: str = ""
    parameters: int = 0
    layers: int = 0
    context: int = 0
    vocabulary: int = 0
    width: int = 0
    height: int = 0
    channels: int = 0
    classes: tuple[str, ...] = ()
    stored: str = ""  # the dtype of most numbers, as safetensors spells it: F32, BF16, …
    tokenizer: str = ""  # the file
    weights: tuple[str, ...] = ()
    pickles: tuple[str, ...] = ()
    remote_code: bool = False
    needs: tuple[Need, ...] = ()
    room: int = 0
    findings: tuple[Finding, ...] = field(default=())

    @property
    def problem(self) -> Sentence | None:
        return next((one.text for one in self.findings if one.state == PROBLEM), None)

    @property
    def can_be_opened(self) -> bool:
        return self.problem is None

    def to_json(self) -> dict[str, Any]:
        """All of it as plain JSON, sentences in the language in use."""
        kept = ("kind", "architecture", "base", "parameters", "layers", "context", "vocabulary", "stored", "tokenizer")
        entry: dict[str, Any] = {"folder": str(self.folder), "can_be_opened": self.can_be_opened}
        entry["problem"] = str(self.problem) if self.problem else None
        entry |= {name: getattr(self, name) for name in (*kept, "remote_code", "room")}
        if self.kind == "diffusion":
            entry |= {name: getattr(self, name) for name in ("width", "height", "channels", "classes")}
        entry |= {"weights": list(self.weights), "pickles": list(self.pickles)}
        entry["needs"] = {one.precision: {"bytes": one.bytes, "fits": one.fits} for one in self.needs}
        entry["findings"] = [{"state": one.state, "text": str(one.text)} for one in self.findings]
        return entry


NO_FOLDER = mark("There is no model folder {path}.")
A_FILE = mark("{path} is a file. Choose the folder that it lies in, with config.json beside it.")
NO_CONFIG = mark("{path} is not the folder of a model: it has no config.json.")
GGUF = mark(
    "{path} holds a model as GGUF ({file}), which only other programs open. Get the same model as safetensors, with "
    "config.json and tokenizer.json."
)
BROKEN_CONFIG = mark("The file {path} is broken: {reason}.")
UNKNOWN = mark("{path} is a model of the architecture {name}, which this version does not know.")
OWN_CODE = mark(
    "{path} is a model of the architecture {name}, which runs by program code of its own only. Such code is never run here."
)
OTHER_KIND = mark("{path} is no language model that goes on from a text: {name} is {kind}.")
OTHER_NAME = mark("{path} is no language model that goes on from a text, but a {name}.")
QUANTISED = mark(
    "The weights in {path} are packed by {method}, which needs a program library that is not part of this. Get the same "
    "model with 16-bit or 32-bit weights."
)
NO_ROOM = mark(
    "There is not enough memory for the model {path}: it takes {need} GB at least, and {room} GB are free for it. Close "
    "other programs, or choose a smaller model."
)
FEWER_LAYERS = mark("The weights in {path} do not fit its config.json: it speaks of {layers} layers.")


def examine(folder: Path, memory_gb: float = 0) -> Report:
    """Look at everything in this folder; raises nothing. `memory_gb` as `engine.memory.budget` wants it."""
    look = _Look(Path(folder))
    try:
        look.everything(memory_gb)
    except BadInput as problem:
        look.add(PROBLEM, problem)
    return Report(folder=Path(folder), findings=tuple(look.findings), **look.facts)


def read_config(folder: Path) -> dict[str, Any]:
    """config.json; BadInput where it is missing, no JSON, or says nothing of what the model is."""
    try:
        values = foreign_json.parse((folder / CONFIG).read_bytes())
    except FileNotFoundError:
        raise BadInput(NO_CONFIG, path=folder) from None
    except OSError as error:
        raise BadInput(BROKEN_CONFIG, path=folder / CONFIG, reason=why(error)) from None
    except ValueError:
        raise BadInput(BROKEN_CONFIG, path=folder / CONFIG, reason=Sentence(mark("it is no JSON"))) from None
    if not isinstance(values, dict) or not isinstance(values.get("model_type"), str):
        reason = Sentence(mark("it does not say of what architecture the model is (model_type)"))
        raise BadInput(BROKEN_CONFIG, path=folder / CONFIG, reason=reason)
    return values


def read_json(path: Path) -> dict[str, Any]:
    """A JSON object that may be missing; {} for whatever is none."""
    try:
        values = foreign_json.parse(path.read_bytes())
    except (OSError, ValueError):
        return {}
    return values if isinstance(values, dict) else {}


def looks_like_one(folder: Path) -> bool:
    """Whether this folder is, or is meant to be, a model of text that goes on, or an adapter: by its configuration alone."""
    if adapter_files.is_adapter(folder):
        return True
    values = read_json(folder / CONFIG)
    kind, names = values.get("model_type"), _names(values)
    if not isinstance(kind, str):
        return False
    return any(name in architectures.CAUSAL.values() for name in names) or (
        kind in architectures.CAUSAL and kind not in architectures.OFTEN_OTHER
    )


class _Look:
    """One look at a folder: what is found, piece by piece. A piece that cannot go on raises BadInput."""

    def __init__(self, folder: Path):
        self.folder = folder
        self.facts: dict[str, Any] = {}
        self.findings: list[Finding] = []

    def add(self, state: str, text: BadInput | str, **values: Any) -> None:
        self.findings.append(Finding(state, text.sentence if isinstance(text, BadInput) else Sentence(text, values)))

    def everything(self, memory_gb: float) -> None:
        self._folder()
        if adapter_files.is_adapter(self.folder):
            self._adapter(memory_gb)
            return
        if diffusers_folder.is_one(self.folder):
            self._diffusion(memory_gb)
            return
        config = read_config(self.folder)
        self._code(config)
        self._kind(config)
        tensors = self._whole(self._weights)
        tokens = self._whole(lambda: model_files.tokens(self.folder))
        if tokens is not None:
            self.facts["tokenizer"] = tokens.file
            self.add(GOOD, mark("Tokenizer: {file}, {count} tokens."), file=tokens.file, count=f"{tokens.count:,}")
        if tensors is not None:
            self._sizes(config, tensors, tokens, memory_gb)

    def _whole(self, piece: Any) -> Any:
        """What a piece finds; its problem is noted, and the other pieces are looked at all the same."""
        try:
            return piece()
        except BadInput as problem:
            self.add(PROBLEM, problem)
            return None

    def _folder(self) -> None:
        try:
            if self.folder.is_file():
                raise BadInput(A_FILE, path=self.folder)
            names = sorted(path.name for path in self.folder.iterdir())
        except (OSError, ValueError):
            raise BadInput(NO_FOLDER, path=self.folder) from None
        self.facts["pickles"] = tuple(name for name in names if name.endswith(model_files.PICKLES))
        if CONFIG in names or adapter_files.CONFIG in names or diffusers_folder.is_one(self.folder):
            return
        packed = [name for name in names if name.endswith(".gguf")]
        if packed:
            raise BadInput(GGUF, path=self.folder, file=packed[0])
        problem = diffusers_folder.packed(self.folder, names)
        if problem is not None:
            self.facts["kind"] = "other"
            raise problem
        raise BadInput(NO_CONFIG, path=self.folder)

    def _adapter(self, memory_gb: float) -> None:
        """What an adapter changes is looked at with it."""
        self.facts["kind"] = "adapter"
        adapter_files.settings(self.folder)
        tensors = read_header(self.folder / adapter_files.WEIGHTS)
        base = adapter_files.base_of(self.folder)
        self.facts["base"] = str(base)
        text = mark("An adapter of {count} numbers for the model {base}.")
        self.add(GOOD, text, count=f"{sum(one.count for one in tensors.values()):,}", base=base)
        report = examine(base, memory_gb)
        kept = ("architecture", "parameters", "layers", "context", "vocabulary", "stored", "tokenizer", "needs", "room")
        self.facts |= {name: getattr(report, name) for name in kept}
        self.findings += report.findings

    def _diffusion(self, memory_gb: float) -> None:
        """A folder of diffusers: of a model that makes pictures out of noise alone, or of another kind."""
        self.facts["kind"] = "diffusion" if diffusers_folder.opens(self.folder) else "other"
        model = diffusers_folder.read(self.folder)
        self.facts |= {"architecture": model.name, "width": model.width, "height": model.height}
        self.facts |= {"channels": model.channels, "classes": model.classes}
        self.add(GOOD, mark("Architecture: {name}."), name=model.name)
        text = mark("Makes grey pictures of {width} × {height} pixels.")
        if model.channels > 1:
            text = mark("Makes pictures in colour of {width} × {height} pixels.")
        self.add(GOOD, text, width=model.width, height=model.height)
        if model.classes:
            some = ", ".join(model.classes[:8]) + (" …" if len(model.classes) > 8 else "")
            self.add(GOOD, mark("Knows {count} classes: {names}."), count=len(model.classes), names=some)
        files, tensors, self.facts["pickles"] = diffusers_folder.weights(model)
        self._count(files, tensors)
        if 2 * len(model.config["block_out_channels"]) * model.config.get("layers_per_block", 2) > len(tensors):
            raise BadInput(FEWER_LAYERS, path=model.unet, layers=model.config.get("layers_per_block", 2))
        count, kept = self.facts["parameters"], model.activations(model.batch)
        self._room(memory_gb, {"float32": (4 * count, kept), "bfloat16": (2 * count, kept // 2)})

    def _code(self, config: dict[str, Any]) -> None:
        settings = read_json(self.folder / "tokenizer_config.json")
        self.facts["remote_code"] = bool(config.get("auto_map") or settings.get("auto_map"))

    def _kind(self, config: dict[str, Any]) -> None:
        kind, names = config["model_type"], _names(config)
        self.facts["architecture"] = name = names[0] if names else architectures.CAUSAL.get(kind, kind)
        known = looks_like_one(self.folder)
        plain = not names or name.endswith("Model") or name in architectures.CAUSAL.values()
        if known and (plain or kind not in architectures.CAUSAL or name.endswith(("ForCausalLM", "LMHeadModel"))):
            pass
        elif kind in architectures.CAUSAL or not name.endswith(("ForCausalLM", "LMHeadModel", kind)):
            self.facts["kind"] = "other"
            raise self._other(name)
        if kind not in architectures.CAUSAL:
            raise BadInput(OWN_CODE if self.facts["remote_code"] else UNKNOWN, path=self.folder, name=kind)
        self.facts["kind"] = "causal"
        self.add(GOOD, mark("Architecture: {name}."), name=name)
        if self.facts["remote_code"]:
            text = mark("It brings program code of its own. That is never run here; the architecture works without it.")
            self.add(WARNING, text)
        packing = config.get("quantization_config")
        if isinstance(packing, dict):
            raise BadInput(QUANTISED, path=self.folder, method=packing.get("quant_method") or "?")

    def _other(self, name: str) -> BadInput:
        for end, kind in architectures.KINDS:
            if name.endswith(end):
                return BadInput(OTHER_KIND, path=self.folder, name=name, kind=Sentence(kind))
        return BadInput(OTHER_NAME, path=self.folder, name=name)

    def _weights(self) -> dict[str, Stored]:
        files, index = model_files.weights(self.folder, self.facts["pickles"])
        tensors: dict[str, Stored] = {}
        for name in files:
            tensors |= read_header(self.folder / name)
        for name, file in index.items():
            if name not in tensors:
                raise BadInput(model_files.NOT_AS_INDEXED, path=self.folder / file, name=name)
        self._count(files, tensors)
        return tensors

    def _count(self, files: list[str], tensors: dict[str, Stored]) -> None:
        self.facts["weights"] = tuple(files)
        counts: dict[str, int] = {}
        for one in tensors.values():
            counts[one.dtype] = counts.get(one.dtype, 0) + one.count
        self.facts["parameters"] = sum(counts.values())
        self.facts["stored"] = max(counts, key=lambda dtype: counts[dtype], default="")
        if self.facts["stored"] not in ("F32", "F16", "BF16", "F64"):
            raise BadInput(QUANTISED, path=self.folder, method=self.facts["stored"] or "?")
        text = (
            mark("Weights: {count} numbers in {files} files.") if len(files) > 1 else mark("Weights: {count} numbers.")
        )
        self.add(GOOD, text, count=f"{self.facts['parameters']:,}", files=len(files))
        if self.facts["pickles"]:
            names = ", ".join(self.facts["pickles"][:3])
            self.add(WARNING, mark("{files}: pickles, which are not read; the safetensors files are."), files=names)

    def _sizes(
        self, config: dict[str, Any], tensors: dict[str, Stored], tokens: Tokens | None, memory_gb: float
    ) -> None:
        shape = model_files.shape(config)
        rows = model_files.rows(tensors) or shape.vocabulary
        self.facts |= {"layers": shape.layers, "context": shape.context, "vocabulary": rows}
        if shape.layers > len(tensors):
            self.add(PROBLEM, FEWER_LAYERS, path=self.folder, layers=shape.layers)
            return
        if tokens is not None and rows:
            self._whole(lambda: model_files.check_tokens(self.folder, tokens.last, tokens.count, rows))
        values = {"layers": shape.layers, "context": f"{shape.context:,}"}
        self.add(GOOD, mark("{layers} layers; reads {context} tokens at once."), **values)
        self._memory(tensors, shape, memory_gb)

    def _memory(self, tensors: dict[str, Stored], shape: model_files.Shape, memory_gb: float) -> None:
        places = min(shape.context, CACHED) * shape.cached
        linear = sum(one.count for name, one in tensors.items() if model_files.is_linear(name, one))
        tables = [one.count for name, one in tensors.items() if model_files.is_table(name, one)]
        count = self.facts["parameters"]
        # In 8 bits only linear layers are; large tables become 16 bits, and what writes with a table has a copy of its own.
        eight = linear + sum(one * (2 if one >= LARGE else 4) for one in tables) + 4 * (count - linear - sum(tables))
        eight += sum(tables) if model_files.has_tied_head(tensors) else 0
        sizes = {"float32": (4 * count, 4 * places), "bfloat16": (2 * count, 2 * places), "int8": (eight, 4 * places)}
        self._room(memory_gb, sizes)

    def _room(self, memory_gb: float, sizes: dict[str, tuple[int, int]]) -> None:
        """What each precision needs, as bytes of weights and of what is kept beside them; and whether any fits."""
        import psutil

        room = min(int(psutil.virtual_memory().available), memory.budget(memory_gb or memory.wanted()))
        needs = [
            Need(name, weights, cache, weights + cache + RUNTIME <= room) for name, (weights, cache) in sizes.items()
        ]
        self.facts |= {"needs": tuple(needs), "room": room}
        least = min(one.bytes for one in needs) + RUNTIME
        if least > room:
            self.add(PROBLEM, NO_ROOM, path=self.folder, need=f"{least / 1e9:.1f}", room=f"{room / 1e9:.1f}")


def _names(config: dict[str, Any]) -> list[str]:
    names = config.get("architectures")
    return [one for one in names if isinstance(one, str)] if isinstance(names, list) else []
