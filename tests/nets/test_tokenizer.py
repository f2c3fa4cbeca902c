"""Text to tokens and back: nothing is lost, whatever the text."""

from pathlib import Path

import pytest

from aigc_desktop.nets.tokenizer import (
    END,
    SMALLEST_BPE,
    Letters,
    decode,
    encode,
    of_bytes,
    of_characters,
    read,
    stream,
)
from aigc_desktop.problems import BadInput

TEXTS = [
    "To be,\n\n  or not\tto be.\n",
    "床前明月光，疑是地上霜。\n举头望明月，低头思故乡。",
    "naïve 😀 café\n" * 3,
    " ",
    "",
]
LONG = "\n".join(f"line {number} 行\n\n  indented" for number in range(9000))


@pytest.mark.parametrize("text", [*TEXTS, LONG])
def test_both_kinds_give_the_text_back(text: str) -> None:
    for tokenizer in (of_characters("".join(TEXTS) + LONG), of_bytes(TEXTS, 300)):
        assert decode(tokenizer, encode(tokenizer, text).tolist()) == text


def test_a_character_is_a_token() -> None:
    tokenizer = of_characters("明月abc\n")
    assert len(encode(tokenizer, "a明\nb月")) == 5
    assert tokenizer.get_vocab_size() == 7


def test_characters_outside_the_alphabet_are_left_out() -> None:
    tokenizer = of_characters("abc")
    assert decode(tokenizer, encode(tokenizer, "aXb你c").tolist()) == "abc"


@pytest.mark.parametrize("tokenizer", [of_characters("<|endoftext|>abc"), of_bytes(["abc"], 257)])
def test_a_text_that_spells_the_end_mark_is_text(tokenizer) -> None:
    tokens = encode(tokenizer, f"a{END}b")
    assert 0 not in tokens and decode(tokenizer, tokens.tolist()) == f"a{END}b"


def test_bpe_has_the_size_asked_for_where_there_is_enough_text() -> None:
    assert of_bytes([LONG], 300).get_vocab_size() == 300
    assert of_bytes(["abc"], 300).get_vocab_size() == SMALLEST_BPE + 2  # nothing more to join
    assert len(encode(of_bytes([LONG], 300), LONG)) < len(LONG.encode()) / 1.5


def test_long_texts_are_cut_where_it_makes_no_difference() -> None:
    for tokenizer in (of_characters(LONG), of_bytes([LONG], 400)):
        assert encode(tokenizer, LONG).tolist() == tokenizer.encode(LONG).ids


def test_half_a_character_at_the_end_is_not_shown() -> None:
    tokenizer = of_bytes(["abc"], 257)
    tokens = encode(tokenizer, "你好").tolist()
    assert [decode(tokenizer, tokens[:count]) for count in (3, 4, 5, 6)] == ["你", "你", "你", "你好"]


def test_half_of_a_surrogate_pair_breaks_nothing() -> None:
    for tokenizer in (of_characters("a\ud800b?"), of_bytes(["a\ud800b"], 257)):
        assert decode(tokenizer, encode(tokenizer, "a\udfffb").tolist()) == "a?b"


def test_the_end_mark_stands_before_each_document() -> None:
    tokenizer = of_characters("ab")
    assert stream(Letters(tokenizer), ["ab", "b"]).tolist() == [0, 1, 2, 0, 2]
    assert decode(tokenizer, [0, 1, 2, 0, 2]) == "abb"


def test_saved_and_read_it_is_the_same(tmp_path: Path) -> None:
    for tokenizer in (of_characters("".join(TEXTS)), of_bytes(TEXTS, 300)):
        tokenizer.save(str(tmp_path / "tokenizer.json"))
        again = read(tmp_path / "tokenizer.json")
        for text in TEXTS:
            assert encode(again, text + END).tolist() == encode(tokenizer, text + END).tolist()


@pytest.mark.parametrize("content", [None, "", "{", "[]", '{"version": "1.0"}', '{"model": {"type": "BPE"}}'])
def test_a_broken_file_is_one_sentence(tmp_path: Path, content: str | None) -> None:
    path = tmp_path / "tokenizer.json"
    if content is not None:
        path.write_text(content, encoding="utf-8")
    with pytest.raises(BadInput, match=r"tokenizer\.json"):
        read(path)


def test_a_tokenizer_without_the_end_mark_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "tokenizer.json"
    of_characters("ab").save(str(path))
    path.write_text(path.read_text(encoding="utf-8").replace(END, "<s>"), encoding="utf-8")
    with pytest.raises(BadInput, match="end mark"):
        read(path)
