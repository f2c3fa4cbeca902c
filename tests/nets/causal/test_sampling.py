"""Drawing texts with a causal model: each its own, narrowed as chosen, ended when asked; the precision chosen by measure."""

from pathlib import Path
from typing import Any

import pytest
import torch

from aigc_desktop.engine.machine import Speeds
from aigc_desktop.nets.causal import precision
from aigc_desktop.nets.causal.generation import generate
from aigc_desktop.nets.causal.params import Write
from aigc_desktop.nets.decode import Sampling, choose, forbid_runs, keep_min_p, keep_top_p, only_usable
from tests.nets.causal.shapes import VOCABULARY, language, prompts, shape

LOGITS = torch.tensor([[0.1, 2.0, -1.0, 1.0, 0.5], [3.0, -2.0, 0.0, 2.9, 1.0]])


def draw(spoken: Any, read: list[list[int]], seeds: list[int], **chosen: Any) -> list[list[int]]:
    params = Write(**{"max_new_tokens": 20, "temperature": 1.0} | chosen)
    with torch.inference_mode():
        return list(generate(spoken, read, params, seeds))[-1].written


@pytest.mark.parametrize("name", ["gpt2", "llama"])
@pytest.mark.parametrize("rules", [{}, {"top_k": 5, "repetition_penalty": 1.2}, {"min_p": 0.1, "no_repeat_ngram": 3}])
def test_each_text_is_the_same_alone_and_beside_others(name: str, rules: dict[str, Any]) -> None:
    spoken = language(shape(name, 1))
    read = [*prompts(1, 6) * 3, *prompts(2, 6, 1), *prompts(1, 9)]
    seeds = [11, 12, 13, 14, 2**70, -3]
    together = draw(spoken, read, seeds, **rules)
    assert together == [draw(spoken, [one], [seed], **rules)[0] for one, seed in zip(read, seeds, strict=True)]
    assert len({tuple(one) for one in together[:3]}) > 1


@pytest.mark.parametrize("p", [0.02, 0.2, 0.7, 1.0])
def test_min_p_keeps_what_is_likely_enough(p: float) -> None:
    probabilities = LOGITS.softmax(1)
    kept = keep_min_p(LOGITS, p).isfinite()
    assert torch.equal(kept, probabilities >= p * probabilities.max(1, keepdim=True).values)
    assert torch.equal(keep_min_p(LOGITS, 0.0), LOGITS)


def test_min_p_narrows_what_is_drawn() -> None:
    uniform = torch.linspace(0, 1 - 1e-9, 200, dtype=torch.float64)
    rows = LOGITS[:1].repeat(200, 1)
    assert set(choose(rows, Sampling(min_p=0.3), uniform).tolist()) == {1, 3}
    assert set(choose(rows, Sampling(), uniform).tolist()) == set(range(5))


@pytest.mark.parametrize("p", [0.1, 0.5, 0.9, 0.99999])
def test_top_p_of_many_tokens_is_top_p(p: float) -> None:
    """Looking at the likeliest first keeps what sorting all would keep, for a sharp and for a flat distribution."""
    draws = torch.Generator().manual_seed(1)
    logits = torch.randn(2, 5000, dtype=torch.float64, generator=draws) * torch.tensor([[4.0], [0.1]])
    probabilities = logits.softmax(1)
    ordered, order = probabilities.sort(1, descending=True)
    before = ordered.cumsum(1) - ordered
    want = torch.zeros_like(logits, dtype=torch.bool).scatter(1, order, before < p)
    assert torch.equal(keep_top_p(logits, p).isfinite(), want)


def test_no_run_is_written_twice() -> None:
    text = torch.tensor([[1, 2, 3, 1, 2], [4, 4, 4, 4, 0]])
    logits = torch.zeros(2, 5)
    assert forbid_runs(logits, text, 3).isinf().tolist() == [[False, False, False, True, False], [False] * 5]
    assert forbid_runs(logits, text, 1).isinf().int().tolist() == [[0, 1, 1, 1, 0], [1, 0, 0, 0, 1]]
    assert torch.equal(forbid_runs(logits, text, 6), logits)
    assert torch.equal(forbid_runs(logits, torch.arange(5).repeat(2, 1), 1), logits)  # nothing else would be left
    texts = draw(language(shape("gpt2", 2)), prompts(2, 5), [1, 2], no_repeat_ngram=2, temperature=0.1)
    for prompt, one in zip(prompts(2, 5), texts, strict=True):
        runs = list(zip((prompt + one)[:-1], (prompt + one)[1:], strict=True))
        assert len(runs) == len(set(runs))


def test_padding_of_the_tables_is_never_written() -> None:
    assert only_usable(LOGITS, 3).isinf().tolist() == [[False, False, False, True, True]] * 2
    texts = draw(
        language(shape("llama", 5), ends=(), vocabulary=VOCABULARY - 40), prompts(4, 5), [1, 2, 3, 4], temperature=5.0
    )
    assert max(map(max, texts)) < VOCABULARY - 40


def test_a_text_that_is_ended_from_outside_is_not_continued_while_others_are() -> None:
    spoken, read = language(shape("llama", 1), ends=()), prompts(1, 6) * 4
    whole = draw(spoken, read, [1, 2, 3, 4])
    with torch.inference_mode():
        for number, step in enumerate(
            generate(spoken, read, Write(max_new_tokens=20, temperature=1.0), [1, 2, 3, 4]), 1
        ):
            step.ended.update(one for one in range(4) if number == 3 + 2 * one)
    assert step.written == [text[: 3 + 2 * one] for one, text in enumerate(whole)]
    assert number == 9


def test_the_likeliest_tokens_of_a_step_are_the_models_own() -> None:
    model, read = shape("gpt2", 1), prompts(2, 6)
    steps = generate(language(model, ends=()), read, Write(temperature=0.1, top_k=1, max_new_tokens=3), [1, 2])
    with torch.inference_mode():
        text = list(read[1])
        for step in steps:
            want = model(torch.tensor([text])).logits[0, -1].softmax(0).topk(4)
            got = step.likeliest(1, 4)
            assert [token for token, _ in got] == want.indices.tolist()
            assert [chance for _, chance in got] == pytest.approx(want.values.tolist(), rel=1e-3)
            assert step.likeliest(1, 4)[0][0] == step.written[1][-1]
            text.append(step.written[1][-1])
        assert step.likeliest(7, 4) == []


def test_the_precision_is_measured_once_for_a_shape(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(precision, "SMALL", 1000)
    speeds, measured = Speeds(tmp_path / "speeds.json"), []
    real = precision.measure
    monkeypatch.setattr(precision, "measure", lambda *words: measured.append(1) or real(*words))
    first = precision.prepare(shape("gpt2"), "auto", speeds)
    assert first in ("float32", "bfloat16", "int8")
    precision.prepare(shape("gpt2", 7), "auto", speeds)
    assert len(measured) == 1
    precision.prepare(shape("gpt2", n_embd=64), "auto", speeds)
    assert len(measured) == 2


def test_the_fastest_is_taken_but_only_where_it_is_clearly_faster(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(precision, "SMALL", 1000)
    for number, (known, want) in enumerate(
        [
            ({"float32": 1.0, "bfloat16": 0.9, "int8": 0.95}, "float32"),
            ({"float32": 1.0, "bfloat16": 0.5, "int8": 0.3}, "int8"),
            ({"float32": 1.0, "bfloat16": 0.3, "int8": 0.5}, "bfloat16"),
        ]
    ):
        monkeypatch.setattr(precision, "measure", lambda *_, known=known: known)
        model = shape("llama")
        assert precision.prepare(model, "auto", Speeds(tmp_path / f"{number}.json")) == want
        if want == "int8":
            assert precision.prepare(model, "float32") == "int8"  # it cannot go back


def test_a_tiny_model_is_not_measured(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(precision, "measure", None)
    assert precision.prepare(shape("gpt2"), "auto") == "float32"


def test_a_model_that_looks_at_its_weights_is_not_written_in_int8() -> None:
    model = shape("mamba")
    assert precision.prepare(model, "int8") == "bfloat16"
    assert len(draw(language(model, ends=()), prompts(1, 4), [1])[0]) == 20
