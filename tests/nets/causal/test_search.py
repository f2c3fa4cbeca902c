"""Beam search finds what transformers' own finds."""

from typing import Any

import pytest
import torch

from aigc_desktop.nets.causal.decoder import Decoder
from aigc_desktop.nets.causal.generation import generate
from aigc_desktop.nets.causal.params import Write
from aigc_desktop.nets.causal.search import beam_search
from tests.nets.causal.shapes import CONTEXT, END, VOCABULARY, language, prompts, shape, theirs


def found(model: Any, prompt: list[int], beams: int, length: int, ends: list[int], **rules: Any) -> list[list[int]]:
    with torch.inference_mode():
        last = list(beam_search(Decoder(model, CONTEXT), prompt, beams, length, ends, **rules))[-1]
    return last.texts


def frequent(model: Any, prompt: list[int]) -> list[int]:
    """Two tokens that beams meet early, as ends."""
    text = theirs(model, prompt, max_new_tokens=12, eos_token_id=[VOCABULARY], num_beams=4)[0]
    return sorted({text[2], text[7]})


@pytest.mark.parametrize("name", ["gpt2", "llama"])
@pytest.mark.parametrize("early", [True, False])
@pytest.mark.parametrize("seed", range(3))
def test_beams_are_those_of_generate(name: str, early: bool, seed: int) -> None:
    model = shape(name, seed)
    for beams, length in ((2, 12), (4, 20), (5, 3)):
        prompt = prompts(1, 4 + seed, seed)[0]
        for ends in ([END], frequent(model, prompt)):
            words = {"num_beams": beams, "num_return_sequences": beams, "early_stopping": early}
            want = theirs(model, prompt, max_new_tokens=length, eos_token_id=ends, **words)
            assert found(model, prompt, beams, length, ends, early_stopping=early) == want


@pytest.mark.parametrize("name", ["gpt2", "llama", "bloom"])
@pytest.mark.parametrize("rules", [{"no_repeat_ngram": 2}, {"repetition_penalty": 1.4}, {}])
def test_beams_with_rules_are_those_of_generate(name: str, rules: dict[str, Any]) -> None:
    model, read = shape(name, 9), [prompts(1, 6, 9)[0]] * 2 + prompts(1, 9, 10)
    words = {"no_repeat_ngram_size": rules.get("no_repeat_ngram"), **rules}
    words.pop("no_repeat_ngram", None)
    words = {one: value for one, value in words.items() if value is not None}
    ends = frequent(model, read[0])
    want = [
        *theirs(model, read[0], max_new_tokens=20, num_beams=3, num_return_sequences=2, eos_token_id=ends, **words),
        *theirs(model, read[2], max_new_tokens=20, num_beams=3, eos_token_id=ends, **words),
    ]
    with torch.inference_mode():
        chosen = Write(beams=3, early_stopping=False, max_new_tokens=20, **rules)
        for step in generate(language(model, ends), read, chosen, [1, 2, 3]):
            assert len(step.written) == 3
    assert step.written == want
    assert step.ended == {0, 1, 2}


def test_more_texts_than_beams_are_different() -> None:
    model, read = shape("gpt2", 3), prompts(1, 5, 3) * 4
    with torch.inference_mode():
        last = list(generate(language(model), read, Write(beams=2, max_new_tokens=10), [0] * 4))[-1]
    assert len({tuple(one) for one in last.written}) == 4


def test_a_search_that_is_not_wanted_any_more_ends() -> None:
    model, read = shape("gpt2", 3), prompts(1, 5, 3)
    steps = 0
    with torch.inference_mode():
        for step in generate(language(model, []), read, Write(beams=2, max_new_tokens=40), [0]):
            steps += 1
            if steps == 5:
                text = list(step.written[0])
                step.ended.add(0)
    assert steps == 5 and step.written == [text] and len(text) == 5
