"""The decoder-only Transformer: network, trainer; what writes and explores with it serves every causal language model."""

import math
from pathlib import Path
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn import functional

from aigc_desktop.data.order import Shuffled
from aigc_desktop.data.texts import TextData
from aigc_desktop.engine import trainer
from aigc_desktop.engine.run import Run
from aigc_desktop.engine.trainer import Place
from aigc_desktop.generators.text.gpt.spec import Train, feed_forward, require_even_heads
from aigc_desktop.i18n import mark
from aigc_desktop.media.text import Text
from aigc_desktop.nets import tokenizer as tokens
from aigc_desktop.nets.causal import attention, llama
from aigc_desktop.nets.causal.loading import START, quiet
from aigc_desktop.nets.causal.params import Write
from aigc_desktop.nets.corpus import Corpus, corpus
from aigc_desktop.nets.decode import Sampling, generate
from aigc_desktop.nets.muon import Muon
from aigc_desktop.problems import BadInput

WARM_UP = 20  # steps until the learning rate is whole
TABLES = 0.15  # learning rate of tables and scales, as a share of the matrices'
CLIP = 1.0
AVERAGE = 0.99
ROWS = 4096  # tokens of the held-out text that are read side by side
PREVIEW = 300  # tokens
PASSAGE, SENTENCE = 400, 80  # tokens of the held-out text that are looked at closely: their loss, their attention


class Network(nn.Module):
    """Tokens [n,t] to scores [n,t,V]: a model of transformers, in the way that trains fastest."""

    def __init__(self, model: Any, dropout: float):
        super().__init__()
        self.model, self.dropout = model, dropout

    def forward(self, read: Tensor) -> Tensor:
        """Scores of what follows each of the tokens."""
        if self.model.config.model_type == "llama":
            return llama.scores(self.model, read, self.dropout if self.training else 0.0)
        result: Tensor = self.model(input_ids=read, use_cache=False).logits
        return result


def build(params: Train, vocabulary: int, start: str) -> Any:
    """An untrained model; `start` is what a text written from nothing begins with, kept in its config.json."""
    require_even_heads(params)
    shape: dict[str, Any] = {
        "vocab_size": vocabulary,
        "tie_word_embeddings": params.tied,
        "bos_token_id": 0,
        "eos_token_id": 0,
        "initializer_range": math.sqrt(0.5 / params.width),
        START: start,
    }
    if params.architecture == "llama":
        from transformers import LlamaConfig, LlamaForCausalLM

        model: Any = LlamaForCausalLM(
            LlamaConfig(
                hidden_size=params.width,
                intermediate_size=feed_forward(params),
                num_hidden_layers=params.layers,
                num_attention_heads=params.heads,
                max_position_embeddings=params.context,
                rms_norm_eps=1e-5,
                **shape,
            )
        )
        last = ("o_proj.weight", "down_proj.weight")
    else:
        from transformers import GPT2Config, GPT2LMHeadModel

        model = GPT2LMHeadModel(
            GPT2Config(
                n_embd=params.width,
                n_layer=params.layers,
                n_head=params.heads,
                n_positions=params.context,
                resid_pdrop=params.dropout,
                embd_pdrop=params.dropout,
                attn_pdrop=0.0,
                **shape,
            )
        )
        attention.use(model)
        last = ("c_proj.weight",)
    for name, weight in model.named_parameters():  # at first no layer adds anything: the tables learn before they do
        if name.endswith(last):
            nn.init.zeros_(weight)
    return model


class Trainer(trainer.Trainer):
    """Stretches of the text in an order of their own for each time through; Muon for matrices, AdamW for the rest."""

    def __init__(self, params: Train, data: TextData, place: Place):
        self.params, self.place = params, place
        self.corpus: Corpus = corpus(params.tokens, params.vocabulary, data)
        self._text, context = self.corpus.train, params.context
        if params.batch_size < place.world:
            raise BadInput(
                mark("The batch size is {batch}; it must be {world} at least."),
                batch=params.batch_size,
                world=place.world,
            )
        if len(self._text) <= context:
            raise BadInput(
                mark(
                    "The text is shorter than what the model reads at once: {count:,} tokens to learn from, and a context "
                    "of {context:,}. Add text, or choose a context of {most:,} at most."
                ),
                count=len(self._text),
                context=context,
                most=len(self._text) - 1,
            )
        model = build(params, self.corpus.vocabulary, self.corpus.start)
        self.network = Network(model, params.dropout).to(place.device)
        matrices, others = _sides(model)
        decay = params.weight_decay
        self.muon = Muon(matrices, params.learning_rate, weight_decay=decay)
        self.adamw = torch.optim.AdamW(
            others, TABLES * params.learning_rate, betas=(0.9, 0.95), weight_decay=decay, fused=True
        )
        self.ema = {"network": AVERAGE}
        self._order = Shuffled(len(self._text) // context, params.batch_size, place.seed, place.rank, place.world)
        self._span = torch.arange(context + 1)

    def batch(self, step: int) -> tuple[int, Tensor]:
        """The step and its tokens [n,t+1]: each stretch of the text once each time through, cut anew for the next.

        Every other one is moved on to where something begins (a line, a text), as a creation does: else a model would know
        hardly anything of beginnings but what goes on from the text before them.
        """
        first = step * self.params.batch_size
        taken = torch.arange(first, first + self.params.batch_size)[self.place.rank :: self.place.world]
        cuts = torch.tensor([self._cut(int(one)) for one in taken // self._order.count])
        places = self._order.take(step) * self.params.context + cuts
        begins = self._read(places) == self._first()[0]
        places += torch.where(taken % 2 == 0, begins.int().argmax(1), 0)  # none begins: 0
        return step, self._read(places).to(self.place.device)

    def _read(self, places: Tensor) -> Tensor:
        """The tokens [n,t+1] from these places of the training text on."""
        return self._text[(places[:, None] + self._span) % len(self._text)].long()

    def _cut(self, time: int) -> int:
        """Where the first stretch begins, each time through the text elsewhere: the text is a ring."""
        draws = torch.Generator().manual_seed((self.place.seed * 1_000_003 + time + 1) % 2**63)
        return int(torch.randint(self.params.context, (1,), generator=draws))

    def step(self, batch: tuple[int, Tensor]) -> dict[str, Tensor]:
        number, read = batch
        warm = min(1.0, (number // self.accumulate + 1) / WARM_UP)
        for one, share in ((self.muon, 1.0), (self.adamw, TABLES)):
            for group in one.param_groups:
                group["lr"] = self.params.learning_rate * share * warm * (1 - self.progress)
        loss = self._loss(read).mean()
        self.optimise(loss, self.muon, self.adamw, clip=CLIP)
        return {"nats_per_char": loss.detach() * self.corpus.tokens_per_character}

    def _loss(self, read: Tensor) -> Tensor:
        """-ln p of each of the tokens [n,t+1] but the first, [n·t]."""
        with self.place.autocast():
            scores = self.network(read[:, :-1])
        return functional.cross_entropy(scores.flatten(0, 1).float(), read[:, 1:].flatten(), reduction="none")

    def sample(self, seed: int) -> Text:
        """What the model writes by itself."""
        from aigc_desktop.nets.causal.decoder import Decoder

        first = self._first()
        start = torch.tensor([first])
        steps = generate(
            Decoder(self.network.model, self.params.context, len(first)),
            start,
            Sampling(0.8, top_p=0.95),
            [seed],
            PREVIEW,
            self.corpus.tokenizer.get_vocab_size(),
        )
        return Text(tokens.decode(self.corpus.tokenizer, [int(one) for one in steps]))

    def insights(self) -> dict[str, dict[str, Any]]:
        """How surprised the model is by a held-out passage, and where it attends in the first sentence of it."""
        from aigc_desktop.nets import inside
        from aigc_desktop.nets.causal import explain

        tokenizer, first = self.corpus.tokenizer, self._first()
        most = min(PASSAGE, self.params.context - len(first))
        held = self.corpus.heldout[: PASSAGE + 1].tolist()
        passage = inside.text_of(tokenizer, held, PASSAGE)
        if most < 1 or not passage:
            return {}
        model = self.network.model
        return {
            "surprise": explain.surprise(model, tokenizer, first, passage, most),
            "attention": explain.attention(model, tokenizer, first, sentence(passage), None, min(SENTENCE, most)),
        }

    def _first(self) -> list[int]:
        """What the model reads before any prompt."""
        found: list[int] = tokens.encode(self.corpus.tokenizer, self.corpus.start).tolist()
        return found or [0]

    def evaluate(self) -> dict[str, float]:
        """Nats and bits per character and perplexity over the held-out text (end marks are read, not counted).

        The text is read in stretches as long as the context, each beginning in the middle of the one before: of each the
        second half counts (of the first one all), so that every counted token has half a context before it, or whatever
        there is at the text's beginning.
        """
        text, count = self.corpus.heldout, len(self.corpus.heldout) - 1
        length = max(1, min(self.params.context, count))
        apart = max(1, length // 2)
        starts = torch.arange(0, max(1, count - length + apart), apart)
        nats = 0.0
        for some in starts.split(max(1, ROWS // length)):
            places = some[:, None] + torch.arange(length + 1)
            read = text[places.clamp(0, count)].long().to(self.place.device)
            counted = ((places > some[:, None] + length - apart) | (some[:, None] == 0))[:, 1:]
            counted = (counted & (places[:, 1:] <= count)).to(self.place.device) & (read[:, 1:] != 0)
            nats += float(self._loss(read)[counted.flatten()].double().sum())
        per_char = nats / max(1, self.corpus.heldout_characters)
        return {
            "heldout_nats_per_char": per_char,
            "heldout_bits_per_char": per_char / math.log(2),
            "heldout_perplexity": math.exp(min(per_char, 700.0)),
        }

    def parts(self) -> dict[str, Any]:
        return {"network": self.network, "muon": self.muon, "adamw": self.adamw}

    def save(self, folder: Path) -> None:
        """The files that transformers' AutoModelForCausalLM and AutoTokenizer open, and nothing else."""
        from transformers import GenerationConfig, PreTrainedTokenizerFast

        model, end = self.network.model, tokens.END
        model.generation_config = GenerationConfig(
            bos_token_id=0, eos_token_id=0, do_sample=True, temperature=0.8, top_p=0.95, max_length=self.params.context
        )
        tokenizer = PreTrainedTokenizerFast(
            tokenizer_object=self.corpus.tokenizer,
            bos_token=end,
            eos_token=end,
            model_max_length=self.params.context,
            clean_up_tokenization_spaces=False,
        )
        with quiet():
            model.save_pretrained(folder)
            tokenizer.save_pretrained(folder)


def sentence(passage: str) -> str:
    """The first sentence of a passage, or its first line; not one of a word only."""
    for place, letter in enumerate(passage):
        if place >= 8 and letter in ".!?。！？\n":
            return passage[: place + 1]
    return passage


def _sides(model: Any) -> tuple[list[nn.Parameter], list[nn.Parameter]]:
    """The weight matrices inside the layers, and everything else."""
    outside = {id(model.get_input_embeddings().weight), id(model.get_output_embeddings().weight)}
    if model.config.model_type == "gpt2":
        outside.add(id(model.transformer.wpe.weight))
    inside = [one for one in model.parameters() if one.ndim == 2 and id(one) not in outside]
    chosen = {id(one) for one in inside}
    return inside, [one for one in model.parameters() if id(one) not in chosen]


def create(folder: Path, params: Write, run: Run) -> None:
    """Write texts with the model in this folder."""
    from aigc_desktop.nets.causal import write

    write.create(folder, params, run)


def explore(folder: Path, question: dict[str, Any], device: torch.device) -> dict[str, Any]:
    """The data of the view that the question names, of the model in this folder."""
    from aigc_desktop.nets.causal import explain

    return explain.explore(folder, question, device)
