"""Tokens as people read them: the letters that each stands for, half characters put together.

A tokenizer is one of `tokenizers` or of transformers.
"""

from dataclasses import dataclass
from typing import Any

BEFORE = 4  # tokens that decide how the next one is written: a space, the rest of a character


@dataclass(frozen=True)
class Piece:
    """Letters of a text and the places of the tokens that stand for them; no token: the model cannot read them."""

    text: str
    tokens: list[int]


def read(tokenizer: Any, text: str) -> tuple[list[int], list[tuple[int, int]]]:
    """The text's tokens, no marks added, and the letters (from, to) of the text that each stands for."""
    if hasattr(tokenizer, "encode_batch_fast"):
        found = tokenizer.encode(text, add_special_tokens=False)
        return list(found.ids), _aligned(text, found.tokens, list(found.offsets))
    if tokenizer.is_fast:
        given = tokenizer(text, add_special_tokens=False, return_offsets_mapping=True)
        ids, names = list(given["input_ids"]), tokenizer.convert_ids_to_tokens(given["input_ids"])
        return ids, _aligned(text, names, [tuple(span) for span in given["offset_mapping"]])
    ids = list(tokenizer.encode(text, add_special_tokens=False))
    ends = [len(decode(tokenizer, ids[: count + 1]).rstrip("\ufffd")) for count in range(len(ids))]
    return ids, list(zip([0, *ends[:-1]], ends, strict=True)) if ids else []


def pieces(text: str, spans: list[tuple[int, int]]) -> list[Piece]:
    """The text in order, cut where a character ends and a token does. Joined, the pieces are the text.

    Spaces that no token claims belong to what follows them; other letters without a token are a piece of their own.
    """
    made: list[Piece] = []
    done, waiting = 0, []
    for place, (first, last) in enumerate(spans):
        if made and last <= done and first < done:  # the other bytes of a character
            made[-1].tokens.append(place)
            continue
        waiting.append(place)
        if last <= done:  # nothing to be seen of it
            continue
        if (lost := text[done:first]).strip():
            made.append(Piece(lost, []))
            done = first
        made.append(Piece(text[done:last], waiting))
        done, waiting = last, []
    if waiting and made:
        made[-1].tokens.extend(waiting)
    if text[done:]:
        made.append(Piece(text[done:], []))
    return made


def labels(tokenizer: Any, ids: list[int], before: list[int]) -> list[str]:
    """What each of these tokens would add after the tokens `before`; the name of a mark, "⟨E4 B8⟩" for half a character."""
    start = before[-BEFORE:]
    stem = decode(tokenizer, start).rstrip("\ufffd") if start else ""
    return [_label(tokenizer, one, decode(tokenizer, [*start, one]), stem) for one in ids]


def decode(tokenizer: Any, ids: list[int]) -> str:
    """The text of tokens, marks included."""
    if hasattr(tokenizer, "encode_batch_fast"):
        return str(tokenizer.decode(ids, skip_special_tokens=False))
    return str(tokenizer.decode(ids, skip_special_tokens=False, clean_up_tokenization_spaces=False))


def _aligned(text: str, names: list[str], spans: list[tuple[int, int]]) -> list[tuple[int, int]]:
    """The spans, put right for tokens that are single characters: the library counts those that it leaves out as none."""
    if all(text[first:last] == name for name, (first, last) in zip(names, spans, strict=True)):
        return spans
    found, place = [], 0
    for name in names:
        place = text.find(name, place)
        if len(name) != 1 or place < 0:
            return spans
        found.append((place, place + 1))
        place += 1
    return found


def _label(tokenizer: Any, one: int, text: str, stem: str) -> str:
    added = text[len(stem) :] if text.startswith(stem) else decode(tokenizer, [one])
    if added and "\ufffd" not in added:
        return added
    name = tokenizer.id_to_token(one) if hasattr(tokenizer, "id_to_token") else tokenizer.convert_ids_to_tokens(one)
    return _bytes(str(name or one)) if added else str(name or one)


def _bytes(name: str) -> str:
    """A token that is part of a character, as its bytes: <0xE4>, or letters that stand for bytes (byte-level BPE)."""
    if name.startswith("<0x") and name.endswith(">"):
        return f"⟨{name[3:-1]}⟩"
    known = {letter: byte for byte, letter in _alphabet().items()}
    found = [known.get(letter) for letter in name]
    return name.replace("▁", " ") if None in found else "⟨" + " ".join(f"{byte:02X}" for byte in found) + "⟩"


def _alphabet() -> dict[int, str]:
    """The letter that byte-level BPE writes for each byte (Radford et al. 2019): itself where it can be seen."""
    seen = [*range(0x21, 0x7F), *range(0xA1, 0xAD), *range(0xAE, 0x100)]
    others = [byte for byte in range(256) if byte not in seen]
    return {byte: chr(byte) for byte in seen} | {byte: chr(256 + place) for place, byte in enumerate(others)}
