"""Creations with causal language models: what is kept, what is shown while it grows, what of a prompt is read."""

import time
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
import torch

from aigc_desktop.engine import events
from aigc_desktop.engine.execute import perform
from aigc_desktop.engine.job import Job
from aigc_desktop.library.project import Project
from aigc_desktop.nets.causal import prompts
from aigc_desktop.nets.causal.growing import Growing
from aigc_desktop.nets.causal.loading import Language, load
from aigc_desktop.nets.causal.write import stop_words
from tests.language_models import tiny_gpt2, tiny_llama

KINDS = ("llama", "gpt2")


@pytest.fixture(scope="module")
def models(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("models")
    tiny_llama(folder / "llama")
    tiny_gpt2(folder / "gpt2")
    return folder


@pytest.fixture(scope="module")
def languages(models: Path) -> dict[str, Language]:
    return {name: load(models / name, "cpu") for name in KINDS}


class Created:
    """One creation: what was said, and the items."""

    def __init__(
        self, project: Project, model: Path, asked: Callable[[list[Any]], str] = lambda said: "", **params: Any
    ):
        job = Job(
            action="create",
            model=str(model),
            params={"precision": "float32", "max_new_tokens": 24} | params,
            seed=3,
            project=str(project.path),
        )
        self.said: list[Any] = []
        self.last = perform(job, self.said.append, lambda: asked(self.said))
        run = next(one.run for one in self.said if isinstance(one, events.Started))
        self.items = project.items.of_run(run, project.runs.get(run).created)
        self.texts = [item.path.read_bytes().decode() for item in self.items]  # a line end stays what it is

    def of(self, kind: type) -> list[Any]:
        return [one for one in self.said if isinstance(one, kind)]


@pytest.mark.parametrize("kind", KINDS)
def test_every_alternative_is_kept_beside_the_others(kind: str, models: Path, project: Project) -> None:
    made = Created(project, models / kind, prompt="the {fox|owl|hen|sea}\n", count=5)
    assert isinstance(made.last, events.Finished) and len(made.items) == 5
    for number, (item, text) in enumerate(zip(made.items, made.texts, strict=True)):
        assert item.job["params"]["prompt"] == "the {fox|owl|hen|sea}\n" and item.seed == 3 + number
        assert item.expanded == {"prompt": item.prompt, "alternative": number, "alternatives": 5}
        assert item.prompt in ("the fox\n", "the owl\n", "the hen\n", "the sea\n")
        assert text.startswith(item.prompt) and len(text) > len(item.prompt)
        assert item.model == kind and item.job["model"] == str(models / kind)
    assert len({item.prompt for item in made.items}) > 1


@pytest.mark.parametrize("kind", KINDS)
def test_what_streams_in_begins_as_typed_and_shows_no_half_character(kind: str, models: Path, project: Project) -> None:
    prompt = "  Der Kürbis “sagt” :\t明月 !  ok"
    made = Created(project, models / kind, prompt=prompt, count=6, max_new_tokens=300, temperature=1.5)
    shown = made.of(events.Preview)
    assert {one.slot for one in shown} == set(range(6)) and len(shown) > 12
    for one in shown:
        assert one.media.text.startswith(prompt) and "\ufffd" not in one.media.text
    for slot in range(6):
        grown = [one.media.text for one in shown if one.slot == slot]
        assert all(after.startswith(before) for before, after in pairwise(grown))
        assert grown[-1] == made.texts[slot]


def test_shown_at_most_about_ten_times_a_second(models: Path, project: Project) -> None:
    begun = time.monotonic()
    made = Created(project, models / "llama", prompt="the", max_new_tokens=400)
    seconds = time.monotonic() - begun
    assert 2 <= len(made.of(events.Preview)) <= 10 * seconds + 3
    assert 1 <= len(made.of(events.Insight)) <= 10 * seconds + 2
    left = [one.seconds_left for one in made.of(events.Progress) if one.step]
    assert left and all(one is not None and one >= 0 for one in left)


@pytest.mark.parametrize("kind", KINDS)
def test_the_likeliest_tokens_come_as_letters(kind: str, models: Path, project: Project) -> None:
    made = Created(project, models / kind, prompt="the fox", count=2, max_new_tokens=60)
    found = made.of(events.Insight)
    assert found and all(one.view == "next_tokens" for one in found)
    for one in found:
        chances = one.data["probabilities"]
        assert len(chances) == len(one.data["tokens"]) == 10 and all(
            isinstance(text, str) for text in one.data["tokens"]
        )
        assert chances == sorted(chances, reverse=True) and 0 < sum(chances) <= 1.001
        assert one.data["text"].startswith("the fox")


def test_the_likeliest_tokens_are_of_the_place_before_the_last(
    languages: dict[str, Language], models: Path, project: Project
) -> None:
    made = Created(project, models / "gpt2", prompt="the fox", max_new_tokens=3, temperature=0)
    first = made.of(events.Insight)[0]
    language = languages["gpt2"]
    read = torch.tensor([[*language.start, *language.encode("the fox")]])
    best = language.model(read).logits[0, -1].softmax(0).max().detach()
    assert first.step == 1 and first.data["text"] == "the fox"
    assert first.data["probabilities"][0] == pytest.approx(float(best), abs=1e-4)


def test_a_prompt_that_does_not_fit_is_cut_and_the_user_told(models: Path, project: Project) -> None:
    prompt = "First words. " + "the moon and the sea " * 60 + "the hen"
    made = Created(project, models / "llama", prompt=prompt)
    assert isinstance(made.last, events.Finished), made.last
    (told,) = [one for one in made.of(events.Message) if "reads 64 at once" in str(one.text)]
    assert told.level == "warning" and "First words." in str(told.text)
    assert made.texts[0].startswith(prompt) and len(made.texts[0]) > len(prompt)
    short = Created(project, models / "llama", prompt="the hen")
    assert not short.of(events.Message)


@pytest.mark.parametrize("kind", KINDS)
def test_what_is_read_of_a_long_prompt_is_its_end(kind: str, languages: dict[str, Language]) -> None:
    language = languages[kind]
    text = "First words. " + "明月 and the sea " * 60 + "the hen"
    read = prompts.read(language, text, 200)
    assert read.tokens[: len(language.start)] == language.start and len(read.tokens) < language.context
    assert read.tokens_cut + len(read.tokens) - len(language.start) == read.tokens_whole
    seen = language.tokenizer.decode(read.tokens[len(language.start) :]).lstrip(" \ufffd")
    assert text.endswith(seen) and len(read.left_out) + len(seen) == pytest.approx(len(text), abs=2)
    assert text.startswith(read.left_out)
    whole = prompts.read(language, "the hen", 10_000)
    assert (whole.left_out, whole.tokens_cut) == ("", 0)


@pytest.mark.parametrize("kind", KINDS)
def test_a_space_at_the_end_belongs_to_the_next_word(kind: str, languages: dict[str, Language]) -> None:
    language = languages[kind]
    with_space, without = (prompts.read(language, text, 10) for text in ("the fox  ", "the fox"))
    assert with_space.tokens == without.tokens
    assert with_space.joined(" sings") == "the fox  sings" and without.joined(" sings") == "the fox sings"
    assert with_space.joined(", it") == "the fox  , it"


def test_a_text_ends_before_a_stop_word(models: Path, project: Project) -> None:
    whole = Created(project, models / "gpt2", prompt="the fox", temperature=0, max_new_tokens=40).texts[0]
    written = whole.removeprefix("the fox")
    word = written[7:11]
    made = Created(
        project, models / "gpt2", prompt="the fox", temperature=0, max_new_tokens=40, stop_words=f"nowhere|{word}"
    )
    assert made.texts == ["the fox" + written[: written.index(word)]]


def test_stop_words_are_separated_by_bars_and_know_line_breaks() -> None:
    found = stop_words(r"\n|END|a\|b|c\\")
    assert found is not None
    texts = ["one\ntwo", "x END", "x a|b", "x c\\", "x a b c"]
    assert [bool(found.search(text)) for text in texts] == [True, True, True, True, False]
    assert stop_words("") is None and stop_words("|") is None


def test_stop_keeps_what_was_written(models: Path, project: Project) -> None:
    def asked(said: list[Any]) -> str:
        return "stop" if sum(isinstance(one, events.Preview) for one in said) >= 4 else ""

    made = Created(project, models / "llama", asked, prompt="the", count=2, max_new_tokens=100_000)
    assert isinstance(made.last, events.Cancelled)
    assert len(made.items) == 2 and all(len(text) > 3 and text.startswith("the") for text in made.texts)
    assert all(item.expanded["stopped"] for item in made.items)


def test_pause_keeps_nothing_since_it_begins_again(models: Path, project: Project) -> None:
    def asked(said: list[Any]) -> str:
        return "pause" if sum(isinstance(one, events.Preview) for one in said) >= 4 else ""

    made = Created(project, models / "llama", asked, prompt="the", count=2, max_new_tokens=100_000)
    assert isinstance(made.last, events.Cancelled) and not made.items


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("text", ["the moon 明月光，疑是地上霜 is 🦊🏽‍♀️ round\n\n  ok", "a", " x", "\n"])
def test_a_growing_text_is_what_its_tokens_say(kind: str, text: str, languages: dict[str, Language]) -> None:
    language = languages[kind]
    tokens = language.encode("the fox" + text)
    for cut in range(2, len(tokens) + 1):
        growing = Growing(language.tokenizer, [*language.start, *tokens[:cut]])
        before = language.tokenizer.decode(tokens[:cut])
        if before.endswith("\ufffd"):
            continue
        seen = ""
        for count in range(len(tokens) - cut + 1):
            growing.update(tokens[cut : cut + count])
            assert growing.text.startswith(seen) and "\ufffd" not in growing.text
            seen = growing.text
        assert before + seen == "the fox" + text


@pytest.mark.parametrize("kind", KINDS)
def test_bytes_that_are_no_character_are_left_out(kind: str, languages: dict[str, Language]) -> None:
    language = languages[kind]
    half, whole = language.encode("狐")[-1:], language.encode("狐 moon")[-5:]
    growing = Growing(language.tokenizer, language.encode("the"))
    growing.update(half * 7 + whole)
    assert "\ufffd" not in growing.text and growing.text.endswith("moon")


def test_a_search_may_change_what_was_written(languages: dict[str, Language]) -> None:
    language = languages["gpt2"]
    one, other = language.encode(" sees the sea"), language.encode(" sings")
    growing = Growing(language.tokenizer, language.encode("the fox"))
    growing.update(one)
    assert growing.text == " sees the sea"
    growing.update(other)
    assert growing.text == " sings"
