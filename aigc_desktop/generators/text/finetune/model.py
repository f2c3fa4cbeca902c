"""Training a language model further, all of it or beside it: trainer, create()."""

import math
from pathlib import Path
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn import functional

from aigc_desktop.data.order import Shuffled
from aigc_desktop.data.texts import TextData
from aigc_desktop.engine import adapter_files, trainer
from aigc_desktop.engine.run import Run
from aigc_desktop.engine.trainer import Place
from aigc_desktop.generators.text.finetune.spec import Convert, Create, Train
from aigc_desktop.i18n import mark
from aigc_desktop.media.text import Text
from aigc_desktop.nets.causal import adapters, attention, explain, write
from aigc_desktop.nets.causal.decoder import Decoder
from aigc_desktop.nets.causal.loading import START, load
from aigc_desktop.nets.corpus import of_tokenizer
from aigc_desktop.nets.decode import Sampling, generate
from aigc_desktop.problems import BadInput

WARM_UP = 0.03  # of the training, until the learning rate is whole
CLIP = 1.0
BLOCK = 256  # tokens of held-out text that are read together
LOOK = 1e12  # multiplications of a look at the held-out text, at most: seconds
PREVIEW, PASSAGE = 120, 200  # tokens
SMALL = 260_000  # weights of the model that the learning rates were found on
RATES = {"full": (4e-3, 0.65), "lora": (2.5e-2, 0.6)}  # theirs there, and how they fall with the number of weights


class Trained(nn.Module):
    """Those weights of a network that are trained, and nothing else of it: what a checkpoint holds.

    To turn it to training or evaluation turns the whole network.
    """

    def __init__(self, network: nn.Module):
        super().__init__()
        self._network = [network]  # in a list: not a part of this
        chosen = {name: one for name, one in network.named_parameters() if one.requires_grad}
        self.weights = nn.ParameterDict({name.replace(".", "/"): one for name, one in chosen.items()})

    def train(self, mode: bool = True) -> "Trained":
        super().train(mode)
        self._network[0].train(mode)
        return self


class Trainer(trainer.Trainer):
    """Next-token training on stretches of the text, in an order of their own in every round through it."""

    def __init__(self, params: Train, data: TextData, place: Place):
        if params.batch_size < place.world:
            raise BadInput(
                mark("The batch size is {batch}; it must be {world} at least."),
                batch=params.batch_size,
                world=place.world,
            )
        self.params, self.place = params, place
        folder = Path(params.base)
        self.language, self.adapted = _opened(folder, params, place)
        self.base = adapter_files.base_of(folder) if adapter_files.is_adapter(folder) else folder
        self.model: Any = self.language.model
        attention.use(self.model)
        if params.recompute:
            self.model.activation_checkpointing_enable({"use_reentrant": False})
        self.corpus = of_tokenizer(self.language.tokenizer, data, self.language.start)
        self.network = Trained(self.model)
        self.network.train()
        count = sum(one.numel() for one in self.model.parameters())
        self.rate = params.learning_rate or automatic_rate(params.method, count)
        decayed = [one for one in self.network.parameters() if one.ndim > 1]
        others = [one for one in self.network.parameters() if one.ndim < 2]
        groups = [{"params": decayed, "weight_decay": params.weight_decay}, {"params": others, "weight_decay": 0.0}]
        groups = [group for group in groups if group["params"]]
        self.optimizer = torch.optim.AdamW(groups, self.rate, betas=(0.9, 0.99), fused=True)
        self.length = max(1, min(params.sequence_length, self.language.context - 1, len(self.corpus.train) - 1))
        self._room = len(self.corpus.train) - self.length
        stretches = max(1, (len(self.corpus.train) - 1) // self.length)
        self._order = Shuffled(stretches, params.batch_size, place.seed, place.rank, place.world)
        self._looked = max(8 * BLOCK, int(LOOK * (1 if place.device.type == "cpu" else 50) / (2 * count)))

    def batch(self, step: int) -> Tensor:
        """Tokens [n, t+1]. The stretches begin a little later at each step, so that no cut stays where it is."""
        shift = (step * 97) % self.length
        starts = (self._order.take(step) * self.length + shift) % self._room
        return self.corpus.train[starts[:, None] + torch.arange(self.length + 1)].long().to(self.place.device)

    def step(self, batch: Tensor) -> dict[str, Tensor]:
        for group in self.optimizer.param_groups:
            group["lr"] = self.rate * min(1.0, (self.progress + 1e-3) / WARM_UP) * (1 - self.progress)
        with self.place.autocast():
            scores = self.model(input_ids=batch[:, :-1], use_cache=False).logits
            loss = functional.cross_entropy(scores.flatten(0, 1).float(), batch[:, 1:].flatten())
        self.optimise(loss, self.optimizer, clip=CLIP)
        return {"nats_per_token": loss.detach()}

    def sample(self, seed: int) -> Text:
        """What the model writes by itself."""
        start = self._first()
        decoder = Decoder(self.model, self.language.context, len(start))
        read = torch.tensor([start], device=self.place.device)
        written: list[int] = []
        for token in generate(decoder, read, Sampling(0.8), [seed], PREVIEW, self.language.usable):
            if int(token) in self.language.ends:
                break
            written.append(int(token))
        return Text(self.language.tokenizer.decode(written, skip_special_tokens=True).rstrip("\ufffd"))

    def insights(self) -> dict[str, dict[str, Any]]:
        """A held-out passage, and how surprised the model is by each of its pieces."""
        tokens = self.corpus.heldout[len(self.language.start) :][:PASSAGE].tolist()
        passage = self.language.tokenizer.decode(tokens, skip_special_tokens=True)
        found = explain.surprise(self.model, self.language.tokenizer, self._first(), passage, PASSAGE)
        return {"surprise": found}

    def evaluate(self) -> dict[str, float]:
        """Nats per token and per character and perplexity of the held-out text, read in blocks of 256 tokens.

        All blocks of a small model; of a large one as many as can be read in seconds, spread evenly.
        """
        text, block = self.corpus.heldout, min(BLOCK, self.language.context - 1)
        starts = torch.arange(0, len(text) - 1, block)
        most = max(1, self._looked // block)
        if len(starts) > most:
            starts = starts[torch.linspace(0, len(starts) - 1, most).long()]
        nats, count = 0.0, 0
        for part in starts.split(max(1, 8192 // block)):
            places = part[:, None] + torch.arange(block + 1)
            tokens = text[places.clamp(max=len(text) - 1)].long().to(self.place.device)
            inside_text = (places[:, 1:] < len(text)).to(self.place.device)
            with self.place.autocast():
                scores = self.model(input_ids=tokens[:, :-1], use_cache=False).logits
            losses = functional.cross_entropy(scores.transpose(1, 2).float(), tokens[:, 1:], reduction="none")
            nats += float((losses.double() * inside_text).sum())
            count += int(inside_text.sum())
        if not count:
            return {}
        per_token = nats / count
        return {
            "heldout_nats_per_token": per_token,
            "heldout_nats_per_char": per_token * (len(text) - 1) / max(1, self.corpus.heldout_characters),
            "heldout_perplexity": math.exp(min(per_token, 700.0)),
        }

    def parts(self) -> dict[str, Any]:
        return {"network": self.network, "optimizer": self.optimizer}

    def save(self, folder: Path) -> None:
        """The model as a standard folder; of an adapter peft's own, which remembers the base."""
        if self.adapted is not None:
            adapters.save(self.adapted, self.base, folder, self.corpus.start)
        else:
            if self.corpus.start:
                setattr(self.model.config, START, self.corpus.start)
            adapters.save_whole(self.model, self.base, folder)
        adapters.copy_tokenizer(self.base, folder)

    def _first(self) -> list[int]:
        """What is read before anything is written."""
        return (self.language.encode(self.corpus.start) if self.corpus.start else []) or self.language.start


def automatic_rate(method: str, count: int) -> float:
    """The learning rate for a model of so many weights: smaller steps for larger ones."""
    rate, falls = RATES[method]
    return rate * min(1.0, (SMALL / count) ** falls)


def _opened(folder: Path, params: Train, place: Place) -> tuple[Any, Any]:
    """The model with its weights to be trained, and peft's wrapping of it where that is an adapter."""
    if params.method == "full":
        language = adapters.opened(folder, place.device)
        language.model.requires_grad_(True)
        return language, None
    if adapter_files.is_adapter(folder):
        language = load(adapter_files.base_of(folder), place.device)
        return language, adapters.continued(language, folder)
    language = load(folder, place.device)
    alpha = params.alpha or 2 * params.rank
    return language, adapters.trainable(language, params.rank, alpha, params.dropout, params.targets)


def convert(folder: Path, target: Path, params: Convert, run: Run) -> None:
    """Fill an empty folder with a whole model made of the adapter in this one, or with the adapter alone."""
    if not adapter_files.is_adapter(folder):
        raise BadInput(mark("The model {path} is no adapter: it is whole already."), path=folder)
    run.progress(0, 0, mark("Merging the adapter into its model") if params.merged else mark("Copying the adapter"))
    adapters.merge(folder, target) if params.merged else adapters.export(folder, target)
    run.check()


def create(folder: Path, params: Create, run: Run) -> None:
    """Continue `params.prompt` with the model in this folder."""
    write.create(folder, params, run)


def explore(folder: Path, question: dict[str, Any], device: torch.device) -> dict[str, Any]:
    """Answer a question about the model in this folder."""
    return explain.explore(folder, question, device)
