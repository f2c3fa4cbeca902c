"""Tokens as people read them, and what a model says of a text."""

from typing import Any

import pytest
import torch
from torch import Tensor

from aigc_desktop.nets import inside
from aigc_desktop.nets import tokenizer as tokenizers
from aigc_desktop.nets.pieces import labels, pieces, read
from aigc_desktop.problems import BadInput

TEXTS = ["Once upon a time,\n\n  床前明月光 x", "a", " ", "😀 é\u200b", ""]


@pytest.fixture(scope="module")
def bpe() -> Any:
    return tokenizers.of_bytes(["Once upon a time there was a fox. " * 5], 300)


@pytest.mark.parametrize("text", TEXTS)
def test_pieces_joined_are_the_text_and_hold_each_token_once(bpe: Any, text: str) -> None:
    ids, spans = read(bpe, text)
    found = pieces(text, spans)
    assert "".join(one.text for one in found) == text
    assert [place for one in found for place in one.tokens] == list(range(len(ids)))


def test_the_bytes_of_a_character_are_one_piece(bpe: Any) -> None:
    ids, spans = read(bpe, "a床b")
    assert [(one.text, len(one.tokens)) for one in pieces("a床b", spans)] == [("a", 1), ("床", 3), ("b", 1)]
    assert len(ids) == 5


def test_what_a_tokenizer_of_characters_leaves_out_is_a_piece_without_a_token() -> None:
    letters = tokenizers.of_characters("abc ")
    text = "abé ßc a é"
    found = pieces(text, read(letters, text)[1])
    assert [(one.text, bool(one.tokens)) for one in found] == [
        *(("a", True), ("b", True), ("é", False), (" ", True), ("ß", False), ("c", True)),
        *((" ", True), ("a", True), (" ", True), ("é", False)),
    ]


def test_labels_say_what_a_token_adds(bpe: Any) -> None:
    whole = read(bpe, "床")[0]
    first, second, third = labels(bpe, whole, [])
    assert (first, second, third) == ("⟨E5⟩", "⟨BA⟩", "⟨8A⟩")
    assert labels(bpe, whole[2:], whole[:2]) == ["床"], "the last byte completes the character"
    assert labels(bpe, [0], []) == [tokenizers.END]


def fixed(rows: Tensor) -> inside.Scores:
    """A model that says the same of every text: row t after t tokens."""
    return lambda ids: rows[: len(ids)]


def test_surprise_is_the_cross_entropy_of_the_text(bpe: Any) -> None:
    text = "a fox 床"
    ids = read(bpe, text)[0]
    rows = torch.randn(64, bpe.get_vocab_size(), generator=torch.Generator().manual_seed(0))
    data = inside.surprise(fixed(rows), bpe, [0, 0], text)
    wanted = torch.nn.functional.cross_entropy(rows[1 : 1 + len(ids)], torch.tensor(ids), reduction="none")
    assert data["mean"] == pytest.approx(float(wanted.mean()), abs=1e-3) and data["count"] == len(ids)
    assert "".join(data["tokens"]) == text
    assert sum(data["nats"]) == pytest.approx(float(wanted.sum()), abs=1e-2), "the bytes of a character are added up"
    assert data["nats"][0] == pytest.approx(float(wanted[0]), abs=1e-3)
    best = rows[1].softmax(0).max()
    assert data["likeliest"][0][0][1] == pytest.approx(float(best), abs=1e-3)


def test_a_long_text_is_judged_at_its_beginning(bpe: Any) -> None:
    rows = torch.zeros(64, bpe.get_vocab_size())
    data = inside.surprise(fixed(rows), bpe, [0], "fox " * 100, most=10)
    assert data["count"] > 100 and len("".join(data["tokens"])) < 45
    assert inside.surprise(fixed(rows), bpe, [0], "")["tokens"] == []


def test_what_may_follow_and_how_it_is_drawn(bpe: Any) -> None:
    rows = torch.full((8, bpe.get_vocab_size()), -50.0)
    rows[:, :4] = torch.tensor([0.5, 0.25, 0.15, 0.1]).log()
    data = inside.next_tokens(fixed(rows), bpe, [0], "a", {}, bpe.get_vocab_size())
    assert data["probabilities"][:4] == [0.5, 0.25, 0.15, 0.1] and "drawn" not in data and len(data["tokens"]) == 20
    data = inside.next_tokens(fixed(rows), bpe, [0], "a", {"temperature": 1, "top_p": 0.7}, bpe.get_vocab_size())
    assert data["drawn"][:4] == pytest.approx([2 / 3, 1 / 3, 0, 0], abs=1e-4)
    data = inside.next_tokens(fixed(rows), bpe, [0], "a", {"temperature": 0.5}, bpe.get_vocab_size())
    squares = [0.25, 0.0625, 0.0225, 0.01]
    assert data["drawn"][:4] == pytest.approx([one / sum(squares) for one in squares], abs=1e-4)
    assert inside.next_tokens(fixed(rows), bpe, [0], "a", {"temperature": 0}, bpe.get_vocab_size())["drawn"][0] == 1.0
    assert len(inside.next_tokens(fixed(rows), bpe, [0], "a", {}, 3)["tokens"]) == 3, "no more than there are"
    for wrong in ({"temperature": "hot"}, {"top_p": -1}, {"top_k": True}):
        with pytest.raises(BadInput, match="is a number from 0 on"):
            inside.next_tokens(fixed(rows), bpe, [0], "a", wrong, bpe.get_vocab_size())


def test_a_passage_of_training_tokens(bpe: Any) -> None:
    fox = read(bpe, "a fox")[0]
    assert inside.text_of(bpe, [0, 0, *fox, 0, *fox]) == "a fox"
    assert inside.text_of(bpe, [0, *fox], most=1) == "a" and inside.text_of(bpe, [0]) == ""
