"""The recurrent language model: network, trainer, create()."""

import math
from functools import partial
from pathlib import Path
from typing import Any, Literal

import torch
from pydantic import BaseModel, ConfigDict, Field, ValidationError
from safetensors.torch import save_file
from tokenizers import Tokenizer
from torch import Tensor, nn
from torch.nn import functional

from aigc_desktop import foreign_json
from aigc_desktop.data.texts import TextData
from aigc_desktop.engine import loaded, trainer
from aigc_desktop.engine.run import Run
from aigc_desktop.engine.trainer import Place
from aigc_desktop.generators.text.lstm.spec import Create, Train
from aigc_desktop.i18n import mark
from aigc_desktop.media.text import Text
from aigc_desktop.nets import inside, weights
from aigc_desktop.nets import tokenizer as tokens
from aigc_desktop.nets.corpus import corpus
from aigc_desktop.nets.decode import Sampling, generate
from aigc_desktop.nets.writing import prompts, say_unknown, write
from aigc_desktop.problems import BadInput

CELLS = {"lstm": nn.LSTM, "gru": nn.GRU, "rnn": nn.RNN}
STEP = {"lstm": torch.lstm_cell, "gru": torch.gru_cell, "rnn": torch.rnn_tanh_cell}
WEIGHTS = ("weight_ih_l0", "weight_hh_l0", "bias_ih_l0", "bias_hh_l0")
WARM_UP = 100  # steps until the learning rate is whole
CLIP = 1.0
AVERAGE = 0.99
FORGET = 0.02  # share of the lanes that begin a step with an empty memory, as writing does
ROWS, LEAD_IN, CHUNK = 32, 256, 128  # of the held-out evaluation
PREVIEW = 300  # tokens
PASSAGE = 400  # tokens of the held-out text that are looked at closely


class Config(BaseModel):
    """config.json: the shape of a network, how text becomes tokens, and the characters that training saw.

    `start` is read before a prompt: nothing but the end mark for a model of many texts, a new line for one of a single text,
    which hardly ever saw the end mark.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True, protected_namespaces=())

    model_type: Literal["aigc-recurrent"] = "aigc-recurrent"
    cell: Literal["lstm", "gru", "rnn"]
    tokens: Literal["characters", "bpe"]
    vocabulary: int = Field(ge=2, le=1_200_000)
    layers: int = Field(ge=1, le=8)
    width: int = Field(ge=1, le=65_536)
    embedding: int = Field(ge=1, le=65_536)
    dropout: float = Field(ge=0, lt=1)
    tied: bool
    alphabet: str
    start: str


class Network(nn.Module):
    """Embedding, recurrent layers, scores. State: float [2, layers, n, width] for LSTM (h and c), else [1, …]."""

    def __init__(self, config: Config):
        super().__init__()
        self.config = config
        # Rows of length √embedding, as the default: smaller ones make the first hundreds of steps learn nothing.
        self.embedding = nn.Embedding(config.vocabulary, config.embedding)
        sizes = [config.embedding] + [config.width] * (config.layers - 1)
        self.layers = nn.ModuleList(CELLS[config.cell](size, config.width) for size in sizes)
        self.project = nn.Linear(config.width, config.embedding) if config.tied else None
        self.scores = None if config.tied else nn.Linear(config.width, config.vocabulary, bias=False)
        self.bias = nn.Parameter(torch.zeros(config.vocabulary))
        for name, weight in self.layers.named_parameters():
            if "bias" in name:
                nn.init.zeros_(weight)
                continue
            for gate in weight.data.split(config.width):
                nn.init.orthogonal_(gate) if "hh" in name else nn.init.xavier_uniform_(gate)

    def forward(self, read: Tensor, state: Tensor) -> tuple[Tensor, Tensor]:
        """Scores [t,n,V] after each of the tokens [t,n], and the state after the last."""
        out, after = self.embedding(read), []
        for number, layer in enumerate(self.layers):
            before = state[:, number, None]
            out, hidden = layer(out, tuple(before) if self.config.cell == "lstm" else before[0])
            after.append(torch.stack(hidden) if self.config.cell == "lstm" else hidden[None])
            out = self._drop(out)
        return self._score(out), torch.cat(after, dim=1)

    def one(self, read: Tensor, state: Tensor) -> tuple[Tensor, Tensor]:
        """Scores [n,V] after one token [n]: cell by cell, several times faster than the layers for a single step."""
        out, after = self.embedding(read), []
        for number, layer in enumerate(self.layers):
            before = list(state[:, number]) if self.config.cell == "lstm" else state[0, number]
            hidden = STEP[self.config.cell](out, before, *(getattr(layer, name) for name in WEIGHTS))
            after.append(torch.stack(hidden) if self.config.cell == "lstm" else hidden[None])
            out = after[-1][0]
        return self._score(out), torch.stack(after, dim=1)

    def _drop(self, out: Tensor) -> Tensor:
        """Dropout of the same numbers at every place of a stretch (Gal and Ghahramani 2016); cheaper to draw, too."""
        share = self.config.dropout
        if not self.training or not share:
            return out
        kept = torch.rand(out.shape[1:], device=out.device) >= share
        return out * (kept / (1 - share)).to(out.dtype)

    def _score(self, out: Tensor) -> Tensor:
        if self.scores is not None:
            return self.scores(out) + self.bias
        assert self.project is not None
        # The table's rows are long for inputs; divided, the first scores are of size 1.
        return functional.linear(self.project(out), self.embedding.weight / math.sqrt(self.config.embedding), self.bias)

    def nothing(self, count: int) -> Tensor:
        """The state of `count` sequences before anything was read."""
        kinds = 2 if self.config.cell == "lstm" else 1
        return torch.zeros(kinds, self.config.layers, count, self.config.width, device=self.bias.device)


class Reader:
    """A network with its memory, as `nets.decode.generate` wants it."""

    def __init__(self, network: Network, count: int):
        self.network, self.state = network, network.nothing(count)

    def __call__(self, read: Tensor) -> Tensor:
        """Scores [n,V] of what follows the tokens [n,t]; all before them were read in earlier calls."""
        if read.shape[1] == 1:
            scores, self.state = self.network.one(read[:, 0], self.state)
            return scores
        for part in read.split(CHUNK, dim=1):
            scores, self.state = self.network(part.t(), self.state)
        return scores[-1]


class Trainer(trainer.Trainer):
    """Truncated backpropagation through time: each lane reads its own part of the text, its state carried on."""

    def __init__(self, params: Train, data: TextData, place: Place):
        self.params, self.place = params, place
        self.corpus = corpus(params.tokens, params.vocabulary, data)
        lanes = torch.arange(params.batch_size)[place.rank :: place.world]
        if not len(lanes):
            raise BadInput(
                mark("The batch size is {batch}; it must be {world} at least."),
                batch=params.batch_size,
                world=place.world,
            )
        shape = {
            name: getattr(params, name)
            for name in ("cell", "tokens", "layers", "width", "embedding", "dropout", "tied")
        }
        self.config = Config(
            vocabulary=self.corpus.vocabulary, alphabet=self.corpus.alphabet, start=self.corpus.start, **shape
        )
        self.network = Network(self.config).to(place.device)
        decayed = [one for one in self.network.parameters() if one.ndim > 1]
        others = [one for one in self.network.parameters() if one.ndim < 2]
        groups = [{"params": decayed, "weight_decay": params.weight_decay}, {"params": others, "weight_decay": 0.0}]
        self.optimizer = torch.optim.AdamW(groups, params.learning_rate, betas=(0.9, 0.99), fused=True)
        self.state = self.network.nothing(len(lanes))
        self.ema = {"network": AVERAGE}
        # A large text stays on the disk.
        self._text = self.corpus.train if self.corpus.filed else self.corpus.train.to(place.device)
        self._starts = (lanes * len(self._text) // params.batch_size).to(self._text.device)
        self._span = torch.arange(params.sequence_length + 1, device=self._text.device)[:, None]

    def batch(self, step: int) -> tuple[int, Tensor]:
        """The step and its tokens [t+1, n]. The text is a ring: where a lane ends, it runs on into the next one's."""
        places = (self._starts + step * self.params.sequence_length + self._span) % len(self._text)
        return step, self._text[places].to(self.place.device, torch.long)

    def step(self, batch: tuple[int, Tensor]) -> dict[str, Tensor]:
        number, read = batch
        warm = min(1.0, (number + 1) / WARM_UP)
        for group in self.optimizer.param_groups:
            group["lr"] = self.params.learning_rate * warm * 0.5 * (1 + math.cos(math.pi * self.progress))
        keep = torch.rand(read.shape[1], 1, device=read.device) >= FORGET
        with self.place.autocast():
            scores, state = self.network(read[:-1], (self.state * keep).to(self.place.dtype))
            loss = functional.cross_entropy(scores.flatten(0, 1).float(), read[1:].flatten())
        self.state = state.detach().float()
        self.optimise(loss, self.optimizer, clip=CLIP)
        return {"nats_per_char": loss.detach() * self.corpus.tokens_per_character}

    def sample(self, seed: int) -> Text:
        """What the model writes by itself."""
        reader = Reader(self.network, 1)
        start = torch.tensor([first_tokens(self.config, self.corpus.tokenizer)], device=self.place.device)
        steps = generate(reader, start, Sampling(0.8), [seed], PREVIEW, self.corpus.tokenizer.get_vocab_size())
        return Text(tokens.decode(self.corpus.tokenizer, [int(one) for one in steps]))

    def insights(self) -> dict[str, dict[str, Any]]:
        """A held-out passage, and how surprised the network is by each of its letters."""
        passage = inside.text_of(self.corpus.tokenizer, self.corpus.heldout[: PASSAGE + 1].tolist(), PASSAGE)
        first = first_tokens(self.config, self.corpus.tokenizer)
        return {"surprise": inside.surprise(scores_of(self.network), self.corpus.tokenizer, first, passage, PASSAGE)}

    def evaluate(self) -> dict[str, float]:
        """Nats and bits per character and perplexity over the held-out text (end marks are read, not counted): over all of
        it, or of more than 262,144 characters over as many, evenly spread (`nets.corpus.held_out`).

        The text is cut into rows that are read side by side. Each row first reads the end of the one before, so that
        its state is as if it had been carried from the beginning.
        """
        text, count = self.corpus.heldout, len(self.corpus.heldout) - 1
        rows = max(1, min(ROWS, count // (4 * LEAD_IN)))
        length = -(-count // rows)
        places = torch.arange(-LEAD_IN, length + 1)[:, None] + length * torch.arange(rows)
        padded = text[places.clamp(0, count)].long().to(self.place.device)
        counted = ((places[1:] > length * torch.arange(rows)) & (places[1:] <= count)).to(self.place.device)
        state, nats = self.network.nothing(rows), 0.0
        for start in range(0, LEAD_IN + length, CHUNK):
            if start == LEAD_IN:
                state[:, :, 0] = 0.0  # nothing comes before the first row
            part = padded[start : start + CHUNK + 1]
            with self.place.autocast():
                scores, state = self.network(part[:-1], state.to(self.place.dtype))
            losses = functional.cross_entropy(scores.flatten(0, 1).float(), part[1:].flatten(), reduction="none")
            mask = counted[start : start + CHUNK].flatten() & (part[1:].flatten() != 0)
            nats += float(losses[mask].detach().double().sum())
        per_char = nats / max(1, self.corpus.heldout_characters)
        return {
            "heldout_nats_per_char": per_char,
            "heldout_bits_per_char": per_char / math.log(2),
            "heldout_perplexity": math.exp(min(per_char, 700.0)),
        }

    def parts(self) -> dict[str, Any]:
        return {"network": self.network, "optimizer": self.optimizer, "state": self.state}

    def save(self, folder: Path) -> None:
        save_file(
            {name: one.contiguous() for name, one in self.network.state_dict().items()}, folder / "model.safetensors"
        )
        (folder / "config.json").write_text(self.config.model_dump_json(indent=2), encoding="utf-8")
        self.corpus.tokenizer.save(str(folder / "tokenizer.json"))


def load(folder: Path, device: torch.device) -> tuple[Network, Tokenizer]:
    """The model in a folder, ready to write; BadInput names the file that is missing or not as it should be."""
    config = _config(folder / "config.json")
    tokenizer = tokens.read(folder / "tokenizer.json")
    if tokenizer.get_vocab_size() > config.vocabulary:
        raise BadInput(
            mark("{path} does not belong to this model: it has too many tokens."), path=folder / "tokenizer.json"
        )
    with torch.device("meta"):
        network = Network(config)
    weights.load(folder, network)
    return network.to(device).eval(), tokenizer


def first_tokens(config: Config, tokenizer: Tokenizer) -> list[int]:
    """What the network reads before any prompt."""
    return tokens.encode(tokenizer, config.start).tolist() or [0]


def _config(path: Path) -> Config:
    try:
        return Config.model_validate(foreign_json.parse(path.read_bytes()))
    except FileNotFoundError:
        raise BadInput(
            mark("The model {path} is not whole: {file} is missing."), path=path.parent, file=path.name
        ) from None
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(map(str, first["loc"])) or "JSON"
        raise BadInput(
            mark("{path} is not as it was written: {where}: {reason}."), path=path, where=where, reason=first["msg"]
        ) from None
    except (OSError, ValueError):
        raise BadInput(mark("The file {path} is broken; train the model again."), path=path) from None


def create(folder: Path, params: Create, run: Run) -> None:
    """Write `params.count` texts with the model in this folder."""
    network, tokenizer = load(folder, run.device)
    say_unknown(prompts(params, run), network.config.alphabet, network.config.tokens == "characters", run)
    with torch.inference_mode():
        write(partial(Reader, network), tokenizer, first_tokens(network.config, tokenizer), params, run)


def scores_of(network: Network) -> inside.Scores:
    """As `nets.inside` wants it: the scores [t, V] of what follows each of the tokens [t], read from the beginning."""

    def scores(read: Tensor) -> Tensor:
        found, state = [], network.nothing(1)
        for part in read.to(state.device).split(CHUNK):
            some, state = network(part[:, None], state)
            found.append(some[:, 0])
        return torch.cat(found)

    return scores


def explore(folder: Path, question: dict[str, Any], device: torch.device) -> dict[str, Any]:
    """The data of the view that the question names ("surprise", "next_tokens"), of the model in this folder."""
    text = inside.asked_text(question)
    network, tokenizer = loaded.model(folder, lambda: load(folder, device), str(device))
    first, scores = first_tokens(network.config, tokenizer), scores_of(network)
    if question["view"] == "surprise":
        return inside.surprise(scores, tokenizer, first, text)
    return inside.next_tokens(scores, tokenizer, first, text, question, tokenizer.get_vocab_size())
