"""Looking inside real transformers models of both kinds: checked against a plain forward pass."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import torch

from aigc_desktop.nets.causal import explain
from aigc_desktop.nets.causal.loading import Language, load
from aigc_desktop.nets.pieces import read
from aigc_desktop.problems import BadInput
from tests.language_models import tiny_gpt2, tiny_llama

TEXT = "Once upon a time, 床前 明月.\n\nThe fox"
CPU = torch.device("cpu")


@pytest.fixture(scope="module", params=[tiny_gpt2, tiny_llama])
def folder(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    make: Callable[[Path], Path] = request.param
    return make(tmp_path_factory.mktemp("model") / "model")


@pytest.fixture(scope="module")
def language(folder: Path) -> Language:
    return load(folder, CPU)


def ask(folder: Path, view: str, text: Any = TEXT, **more: Any) -> dict[str, Any]:
    return explain.explore(folder, {"view": view, "text": text, **more}, CPU)


def plain(language: Language, ids: list[int]) -> torch.Tensor:
    """Scores after each token, as anybody would compute them."""
    with torch.no_grad():
        found: torch.Tensor = language.model(input_ids=torch.tensor([ids])).logits[0]
    return found


def test_attention_is_shared_out_and_never_goes_to_what_comes_later(folder: Path, language: Language) -> None:
    data = ask(folder, "attention")
    tokens, weights = data["tokens"], torch.tensor(data["weights"])
    assert weights.shape == (2, 4, len(tokens), len(tokens)) and data["first"] == len(language.start)
    assert torch.allclose(weights.sum(-1), torch.ones(()), atol=2e-3)
    assert float(weights.triu(1).abs().max()) == 0.0 and float(weights.min()) >= 0.0
    assert "".join(tokens[data["first"] :]) == TEXT, "characters are whole"
    assert float((weights[0, 0] - weights[1, 0]).abs().max()) > 0.01, "the layers differ"


def test_attention_is_what_the_model_itself_computes_with(folder: Path, language: Language) -> None:
    ids = [*language.start, *read(language.tokenizer, "the fox")[0]]
    language.model.set_attn_implementation("eager")
    with torch.no_grad():
        wanted = language.model(input_ids=torch.tensor([ids]), output_attentions=True).attentions[1][0]
    data = ask(folder, "attention", "the fox", layer=1)
    assert data["weights"][0] is None
    assert torch.allclose(torch.tensor(data["weights"][1]), wanted, atol=1e-4)


def test_the_model_computes_as_before_afterwards(language: Language) -> None:
    language.model.set_attn_implementation("sdpa")
    data = explain.attention(language.model, language.tokenizer, language.start, "a fox and a little hen", most=4)
    assert language.model.config._attn_implementation == "sdpa"
    assert len(data["tokens"]) <= len(language.start) + 4 and data["count"] > 4


def test_surprise_is_the_cross_entropy(folder: Path, language: Language) -> None:
    ids = read(language.tokenizer, TEXT)[0]
    scores = plain(language, [*language.start, *ids])[len(language.start) - 1 : -1]
    wanted = torch.nn.functional.cross_entropy(scores, torch.tensor(ids), reduction="none")
    data = ask(folder, "surprise")
    assert "".join(data["tokens"]) == TEXT
    assert sum(data["nats"]) == pytest.approx(float(wanted.sum()), abs=0.01)
    assert data["mean"] == pytest.approx(float(wanted.mean()), abs=1e-3)


def test_what_may_follow_is_the_softmax_of_the_last_scores(folder: Path, language: Language) -> None:
    ids = read(language.tokenizer, TEXT)[0]
    wanted = plain(language, [*language.start, *ids])[-1, : language.usable].softmax(0).topk(20)
    data = ask(folder, "next_tokens", temperature=0.5, top_p=0.9)
    assert data["probabilities"] == pytest.approx(wanted.values.tolist(), abs=2e-5)
    assert data["drawn"][0] > data["probabilities"][0] and sum(data["drawn"]) <= 1.001
    assert all(data["tokens"])


@pytest.mark.parametrize("view", ["attention", "surprise", "next_tokens"])
def test_texts_of_any_length(folder: Path, view: str) -> None:
    for text in ("", "a", "\n", "fox " * 400):
        data = ask(folder, view, text)
        assert len(data["tokens"]) <= 65
        if view != "next_tokens" and len(text) > 100:
            assert data["count"] >= 400 > len(data["tokens"]), "the rest is left out, and its length told"


def test_questions_that_cannot_be_answered_are_told_in_a_sentence(folder: Path, tmp_path: Path) -> None:
    for view, more in (("attention", {"layer": 2}), ("attention", {"layer": "x"}), ("next_tokens", {"top_p": "x"})):
        with pytest.raises(BadInput):
            ask(folder, view, **more)
    with pytest.raises(BadInput, match="no text"):
        ask(folder, "surprise", 7)
    with pytest.raises(BadInput):
        ask(tmp_path, "surprise")
