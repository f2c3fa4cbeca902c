"""Every creation with a causal language model: from a folder and what a user chose to texts in the library."""

import re
import time
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import torch

from aigc_desktop.engine import desk, wildcards, word_lists
from aigc_desktop.engine.run import Cancelled, Run
from aigc_desktop.i18n import mark
from aigc_desktop.media.text import Text
from aigc_desktop.nets.causal import opening, prompts
from aigc_desktop.nets.causal.generation import Step, generate
from aigc_desktop.nets.causal.growing import Growing
from aigc_desktop.nets.causal.loading import Language
from aigc_desktop.nets.causal.params import Write
from aigc_desktop.nets.causal.prompts import Prompt
from aigc_desktop.nets.pieces import labels
from aigc_desktop.shown import LONGEST

SHOW_SECONDS = 0.1  # between two looks at what is being written
MANY = 10  # texts that are shown so often; more are shown more rarely
LIKELIEST = 10
TAIL = 300  # characters of the text that the likeliest tokens follow
BEFORE = 8  # tokens that decide how the next one is written


def create(folder: Path, params: Write, run: Run) -> None:
    """Write `params.count` texts that continue `params.prompt` with the model in this folder, and keep each.

    Text i has wildcards and draws of its own, from the seed `run.seed + i`. Each is previewed in its slot while it grows,
    and saved as one of `alternatives`. A stop keeps what has been written so far.
    """
    run.progress(0, params.max_new_tokens)
    for sentence in word_lists.missing(params.prompt):
        run.message(sentence.pattern, "warning", **sentence.values)
    seeds = [run.seed + number for number in range(params.count)]
    typed = [wildcards.expand(params.prompt, seed) for seed in seeds]
    language = opening.for_writing(folder, params, run)
    read = [prompts.read(language, text, params.max_new_tokens) for text in typed]
    say_cut(read, language, run)
    writing = Writing(language, params, run, read, seeds)
    with torch.inference_mode():
        writing.write()


@dataclass
class Alternative:
    """One text that is being written; the first `hidden` characters of its prompt do not stay in it."""

    prompt: Prompt
    seed: int
    growing: Growing
    hidden: int = 0
    before: str = ""  # what stood there before the last token
    cut: int | None = None  # where a stop word begins
    saved: bool = False

    @property
    def text(self) -> str:
        return self.prompt.joined(self.growing.text[: self.cut])[self.hidden :]


class Writing:
    """All the texts of one creation."""

    def __init__(self, language: Language, params: Write, run: Run, read: list[Prompt], seeds: list[int]):
        self.language, self.params, self.run = language, params, run
        self.stops = stop_words(params.stop_words)
        self.texts = [
            Alternative(
                prompt,
                seed,
                Growing(language.tokenizer, prompt.tokens),
                desk.hidden(run.job.desk, params.prompt, prompt.text, seed),
            )
            for prompt, seed in zip(read, seeds, strict=True)
        ]
        self._shown = 0.0
        self._every = SHOW_SECONDS * max(1.0, len(self.texts) / MANY)
        self._begun = time.monotonic()

    def write(self) -> None:
        """Write and keep them all; where the job is stopped, what there is of them."""
        read = [one.prompt.tokens for one in self.texts]
        step: Step | None = None
        try:
            for number, step in enumerate(generate(self.language, read, self.params, self._seeds()), 1):
                self._grow(step)
                self.run.check()
                if time.monotonic() - self._shown >= self._every:
                    self._show(step, number)
            for number, one in enumerate(self.texts):
                self.run.preview(Text(one.text), self.params.max_new_tokens, number)
                self._keep(number)
        except Cancelled:
            if self.run.asked_to_stop() == "stop":  # else it begins again later
                self._keep_what_there_is()
            raise

    def _seeds(self) -> list[int]:
        return [one.seed for one in self.texts]

    def _grow(self, step: Step) -> None:
        for number, (one, tokens) in enumerate(zip(self.texts, step.written, strict=True)):
            one.before = one.growing.text
            if one.cut is None and one.growing.update(tokens) and self.stops is not None:
                known = min(len(one.before), len(one.growing.text)) - len(self.params.stop_words)
                found = self.stops.search(one.growing.text, max(0, known))
                if found:
                    one.cut = found.start()
                    step.ended.add(number)

    def _show(self, step: Step, number: int) -> None:
        self._shown = time.monotonic()
        for slot, one in enumerate(self.texts):
            self.run.preview(Text(one.text), number, slot)
        self._show_likeliest(step, number)
        total = self.params.max_new_tokens
        self.run.progress(number, total, seconds_left=(self._shown - self._begun) / number * (total - number))

    def _show_likeliest(self, step: Step, number: int) -> None:
        """What the model thought likely at the place where the first text that is still open has come to."""
        slot = next((slot for slot in range(len(self.texts)) if slot not in step.ended), None)
        found = step.likeliest(slot, LIKELIEST) if slot is not None else []
        if slot is None or not found:
            return
        one = self.texts[slot]
        before = [*one.prompt.tokens[-BEFORE:], *step.written[slot][-BEFORE - 1 : -1]][-BEFORE:]
        data = {
            "text": one.prompt.joined(one.before)[-TAIL:],
            "tokens": labels(self.language.tokenizer, [token for token, _ in found], before),
            "probabilities": [round(chance, 5) for _, chance in found],
        }
        self.run.insight("next_tokens", data, number, slot)

    def _keep(self, number: int, **more: bool) -> None:
        one = self.texts[number]
        one.saved = True
        hidden = {"hidden": one.hidden} if one.hidden else {}
        self.run.save(
            Text(one.text),
            seed=one.seed,
            prompt=one.prompt.text,
            alternative=number,
            alternatives=len(self.texts),
            **hidden,
            **more,
        )

    def _keep_what_there_is(self) -> None:
        for number, one in enumerate(self.texts):
            if not one.saved and one.growing.text:
                with suppress(Cancelled):  # said after each is kept
                    self._keep(number, stopped=True)


def stop_words(text: str) -> re.Pattern[str] | None:
    r"""What finds the first stop word: several are separated by |, and `\n`, `\t`, `\|`, `\\` stand for one sign."""
    signs = {r"\n": "\n", r"\t": "\t", r"\|": "|", r"\\": "\\"}
    words = [
        re.sub(r"\\[nt|\\]", lambda found: signs[found[0]], one) for one in re.findall(r"(?:\\[nt|\\]|[^|])+", text)
    ]
    return re.compile("|".join(map(re.escape, words))) if words else None


def say_cut(read: list[Prompt], language: Language, run: Run) -> None:
    """Tell of the prompt of which most was cut."""
    longest = max(read, key=lambda one: one.tokens_cut)
    if longest.tokens_cut:
        beginning = longest.left_out[: LONGEST // 2]
        run.message(
            mark(
                "The prompt has {whole} tokens, and this model reads {context} at once: it does not see the first "
                "{cut} of them (“{beginning}”). Fewer or shorter examples would fit."
            )
            if run.job.desk and run.job.desk.get("shots")
            else mark(
                "The start text has {whole} tokens, and this model reads {context} at once: it does not see the first "
                "{cut} of them (“{beginning}”). They stay in the text."
            ),
            "warning",
            whole=f"{longest.tokens_whole:,}",
            context=f"{language.context:,}",
            cut=f"{longest.tokens_cut:,}",
            beginning=beginning + ("…" if len(longest.left_out) > len(beginning) else ""),
        )
