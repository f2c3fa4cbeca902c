"""A text as tokens: what is in memory and what is on the disk is the same, held out by the same rule, and bounded."""

import itertools
import json
import os
import random
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import torch

from aigc_desktop.data import cache, documents, encodings, filed
from aigc_desktop.data.texts import TextData, Texts
from aigc_desktop.engine import events, progress
from aigc_desktop.engine.execute import perform
from aigc_desktop.library import disk
from aigc_desktop.media.files import cache_folder
from aigc_desktop.nets import corpus as corpora
from aigc_desktop.nets import tokenizer as tokenizers
from aigc_desktop.nets.corpus import corpus, held_out, of_tokenizer
from aigc_desktop.problems import BadInput
from tests.tiny import train_job

KINDS: list[tuple[Any, int]] = [("characters", 0), ("bpe", 300)]


def book(lines: int = 900) -> str:
    draw = random.Random(5)
    words = ["the fox", "a river", "月亮", "她说：“好”", "snow", "naïve", "😀", "  stone", "\n", "\t"]
    return "".join(" ".join(draw.choices(words, k=draw.randrange(1, 12))) + "\n" for _ in range(lines))


def single(folder: Path) -> Path:
    (folder / "story.txt").write_text(book(), encoding="utf-8")
    return folder / "story.txt"


def gbk(folder: Path) -> Path:
    (folder / "story.txt").write_bytes(book().replace("😀", "").encode("gb18030"))
    return folder / "story.txt"


def mixed(folder: Path) -> Path:
    text = "从前有一只狐狸，它住在山上的小屋里。\n"
    (folder / "story.txt").write_bytes(
        (text * 300).encode() + (text * 30).encode("gb18030") + b"\xff\n" + text.encode()
    )
    return folder / "story.txt"


def copies(folder: Path) -> Path:
    for name in ("a.txt", "b.txt"):
        (folder / name).write_text(book(), encoding="utf-8")
    return folder


def many(folder: Path) -> Path:
    for number in range(30):
        (folder / f"{number:02}.txt").write_text(f"{number} {book(20 + number)}", encoding="utf-8")
    (folder / "blank.txt").write_text("\n \n", encoding="utf-8")
    return folder


def table(folder: Path) -> Path:
    rows = [{"text": f"{number}: {book(3)}"} for number in range(200)]
    rows[7]["text"], rows[11]["text"] = "\n", "half a pair: \ud800."
    (folder / "rows.jsonl").write_text("\n".join(map(json.dumps, rows)), encoding="utf-8")
    return folder / "rows.jsonl"


MADE: list[Callable[[Path], Path]] = [single, gbk, mixed, copies, many, table]


@pytest.fixture
def large(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every text counts as one that is too large for the memory."""
    monkeypatch.setattr(filed, "IN_MEMORY", 1000)
    monkeypatch.setattr(documents, "PIECE", 777)
    monkeypatch.setattr(documents, "SHORT", 50)
    monkeypatch.setattr(encodings, "PIECE", 999)


def read(path: Path, other: Path | None = None) -> TextData:
    return Texts().load(str(path), None if other is None else str(other), 0)


def same(one: corpora.Corpus, two: corpora.Corpus) -> None:
    assert two.train.long().tolist() == one.train.long().tolist()
    assert two.heldout.tolist() == one.heldout.tolist()
    for name in ("vocabulary", "heldout_characters", "tokens_per_character", "alphabet", "start"):
        assert getattr(two, name) == getattr(one, name), name
    assert two.tokenizer.to_str() == one.tokenizer.to_str()


@pytest.mark.parametrize(("tokens", "vocabulary"), KINDS)
@pytest.mark.parametrize("make", MADE)
def test_on_the_disk_it_is_the_same_as_in_memory(
    tmp_path: Path, make: Callable[[Path], Path], tokens: Any, vocabulary: int, request: pytest.FixtureRequest
) -> None:
    path = make(tmp_path)
    small = read(path)
    one = corpus(tokens, vocabulary, small)
    request.getfixturevalue("large")
    big = read(path)
    assert (
        isinstance(small.train, list)
        and isinstance(big.train, filed.Filed)
        and not big.facts.items() ^ small.facts.items()
    )
    assert [list(map("".join, filed.pieces(side))) for side in (big.train, big.heldout)] == [small.train, small.heldout]
    assert (big.sha256, big.notes, big.skipped) == (small.sha256, small.notes, small.skipped)
    two = corpus(tokens, vocabulary, big)
    assert two.filed and not one.filed and two.train.dtype == (torch.uint8 if two.vocabulary <= 256 else torch.uint16)
    same(one, two)
    again = read(path)  # from what was remembered of the files
    assert again is not big and again.facts == big.facts and again.notes == big.notes and again.skipped == big.skipped
    same(one, corpus(tokens, vocabulary, again))


def test_held_out_files_of_their_own_on_the_disk(tmp_path: Path, request: pytest.FixtureRequest) -> None:
    path = many(tmp_path)
    other = tmp_path / "03.txt"
    one = corpus("characters", 0, read(path, other))
    request.getfixturevalue("large")
    data = read(path, other)
    assert isinstance(data.train, filed.Filed) and len(data.train) == 29
    same(one, corpus("characters", 0, data))


def test_a_second_start_reads_nothing(tmp_path: Path, large: None, monkeypatch: pytest.MonkeyPatch) -> None:
    path = many(tmp_path)
    first = corpus("bpe", 300, read(path))
    for name in ("gather", "documents"):
        monkeypatch.setattr(filed, name, None)
    same(first, corpus("bpe", 300, read(path)))


def test_a_changed_file_is_read_again(tmp_path: Path, large: None) -> None:
    path = single(tmp_path)
    first, data = corpus("characters", 0, read(path)), read(path)
    path.write_text(path.read_text(encoding="utf-8").replace("fox", "cat"), encoding="utf-8")
    second = corpus("characters", 0, read(path))
    assert second.train.tolist() != first.train.tolist() and "c" in second.alphabet
    path.write_text("short", encoding="utf-8")
    with pytest.raises(BadInput, match=r"story\.txt was changed while it was read"):
        list(map("".join, filed.pieces(data.train)))


@pytest.mark.parametrize("name", ["train", "facts.json", "heldout"])
def test_a_spoiled_cache_is_made_again(tmp_path: Path, large: None, name: str) -> None:
    path = single(tmp_path)
    first = corpus("characters", 0, read(path))
    wanted = first.train.tolist()
    (spoiled,) = (cache_folder() / "data").glob(f"tokens-*/{name}")
    spoiled.write_bytes(spoiled.read_bytes()[:-7])
    (found,) = (cache_folder() / "data").glob("found-*/found.json")
    found.write_text("{", encoding="utf-8")
    assert corpus("characters", 0, read(path)).train.tolist() == wanted


def test_the_figure_of_much_held_out_text_is_taken_on_an_even_part(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(corpora, "HELD_OUT", 1000)
    monkeypatch.setattr(corpora, "STRETCH", 50)
    text = "".join(chr(0x4E00 + number % 20_000) for number in range(100_000))
    facts = {"characters": 0}
    one = held_out(TextData(["x"], [text], "", facts))
    assert one == [text[start : start + 50] for start in range(0, 100_000, 5000)]
    many = held_out(TextData(["x"], [text[start : start + 10] for start in range(0, 100_000, 10)], "", facts))
    assert many == [text[start + k : start + k + 10] for start in range(0, 100_000, 5000) for k in range(0, 50, 10)]
    mixed = held_out(TextData(["x"], [text[:30], text[30:60_010], text[60_010:60_030], text[60_030:]], "", facts))
    assert mixed[:2] == [text[:30], text[30:50]] and sum(map(len, mixed)) == 1000
    assert {text[60_000:60_010], text[60_010:60_030], text[60_030:60_050]} <= set(mixed)
    assert all(part in text for part in mixed)
    assert held_out(TextData(["x"], [text[:1000]], "", facts)) == [text[:1000]]


def test_word_pieces_of_a_large_text_are_learned_on_an_even_part(
    tmp_path: Path, large: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tokenizers, "_PIECE", 100)
    monkeypatch.setattr(corpora, "SAMPLE", 4000)
    data = read(single(tmp_path))
    sample = corpora._sampled(data.train)  # type: ignore[arg-type]
    (whole,) = map("".join, filed.pieces(data.train))
    places = [whole.index(piece) / len(whole) for piece in sample]
    assert 4000 <= sum(map(len, sample)) < 4400 and places[0] == 0 and places[-1] > 0.95
    assert max(b - a for a, b in itertools.pairwise(places)) < 0.1


def test_a_models_own_tokenizer(tmp_path: Path, shared_data: Path, request: pytest.FixtureRequest) -> None:
    from transformers import AutoTokenizer

    folder = shared_data / "weights" / "stories260k_hf_llama"
    own = AutoTokenizer.from_pretrained(folder, local_files_only=True, trust_remote_code=False)
    path = many(tmp_path)
    data = read(path)
    one = of_tokenizer(own, data, [1])
    assert of_tokenizer(own, data, [1]) is one and one.vocabulary == len(own)
    wanted = [token for text in data.train for token in [1, *own(text, add_special_tokens=False)["input_ids"]]]
    assert one.train.tolist() == wanted
    assert one.tokens_per_character == (len(wanted) - len(data.train)) / sum(map(len, data.train))
    request.getfixturevalue("large")
    two = of_tokenizer(own, read(path), [1])
    assert two.filed and two.train.tolist() == wanted and two.heldout.tolist() == one.heldout.tolist()


def test_reading_says_how_far_it_is_and_can_be_stopped(tmp_path: Path, large: None) -> None:
    class Enough(BaseException):
        pass

    path = many(tmp_path)
    said: list[tuple[str, float | None]] = []
    with progress.heard_by(lambda phase, fraction: said.append((phase, fraction))):
        corpus("bpe", 300, read(path))
    assert list(dict.fromkeys(phase for phase, _ in said)) == ["Reading the text", "Cutting the text into tokens"]
    assert all(0 <= fraction <= 1 for _, fraction in said if fraction is not None)
    for phase in ("Reading the text", "Cutting the text into tokens"):

        def stop(now: str, fraction: float | None, at: str = phase) -> None:
            if now == at and fraction and fraction > 0.3:
                raise Enough

        for folder in (cache_folder() / "data").glob("*"):
            cache.forget(folder.name)
        with pytest.raises(Enough), progress.heard_by(stop):
            corpus("characters", 0, read(path))
        assert not list((cache_folder() / "data").glob("tokens-*")) and not list((cache_folder() / "data").glob(".*"))


def test_learning_in_a_thread_can_be_left(monkeypatch: pytest.MonkeyPatch) -> None:
    class Enough(BaseException):
        pass

    def stop(phase: str, fraction: float | None) -> None:
        raise Enough(phase)

    release: list[bool] = []

    def work() -> int:
        while not release:
            time.sleep(0.01)
        return 5

    with pytest.raises(Enough, match="Learning"), progress.heard_by(stop):
        progress.during("Learning", work)
    release.append(True)
    assert progress.during("Learning", work) == 5
    with pytest.raises(ZeroDivisionError):
        progress.during("Learning", lambda: 1 // 0)


def test_a_full_disk_is_one_sentence(tmp_path: Path, large: None, monkeypatch: pytest.MonkeyPatch) -> None:
    data = read(single(tmp_path))
    monkeypatch.setattr(cache, "SPARE", 1 << 60)
    with pytest.raises(disk.Full, match=r"too full: this data needs .* MB there .* MB are free"):
        corpus("characters", 0, data)
    monkeypatch.setattr(cache, "SPARE", 0)
    written = tokenizers.Letters.__call__

    def full(self: Any, pieces: list[str], first: list[bool]) -> Any:
        written(self, pieces, first)
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(tokenizers.Letters, "__call__", full)
    with pytest.raises(disk.Full, match="The disk with .* is full"):
        corpus("characters", 0, data)
    assert not [one for one in (cache_folder() / "data").iterdir() if not one.name.startswith("found-")]


def test_the_cache_is_bounded_and_forgets_the_longest_unused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cache, "LIMIT", 1000)
    home = cache_folder() / "data"

    def put(key: str, size: int, days: float) -> None:
        with cache.making(key, size) as folder:
            (folder / "x").write_bytes(b"x" * size)
        os.utime(home / key, (time.time() - days * 86_400,) * 2)

    put("a", 400, 3)
    put("b", 300, 5)
    put("c", 100, 40)
    (home / ".1-2.new").mkdir()
    os.utime(home / ".1-2.new", (time.time() - 2 * 86_400,) * 2)
    assert cache.find("a") is not None  # used now
    put("d", 400, 0)
    assert sorted(one.name for one in home.iterdir()) == ["a", "d"]
    put("e", 900, 0)
    assert [one.name for one in home.iterdir()] == ["e"]


def test_a_folder_that_takes_no_writing_is_one_sentence(tmp_path: Path, large: None, home: Path) -> None:
    data = read(single(tmp_path))
    texts = cache_folder() / "data"
    for one in texts.iterdir():
        cache.forget(one.name)
    texts.rmdir()
    texts.write_text("a file is in the way", encoding="utf-8")
    with pytest.raises(BadInput, match="AIGC_CACHE") as problem:
        corpus("characters", 0, data)
    assert str(texts) in str(problem.value)


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux says how much memory is a process's own")
def test_a_large_text_is_never_in_the_memory(tmp_path: Path) -> None:
    """38 MB, whose tokens alone would be 150 MB in memory."""
    path = tmp_path / "story.txt"
    lines = [f"line {number} of a long story, told at the river {number % 977}.\n" for number in range(20_000)]
    with path.open("w", encoding="utf-8") as file:
        for turn in range(40):
            random.Random(turn).shuffle(lines)
            file.write("".join(lines))
    code = r"""
import re, sys, threading, time
from pathlib import Path
from aigc_desktop.data.texts import Texts
from aigc_desktop.engine import events, progress
from aigc_desktop.engine.execute import perform
from aigc_desktop.generators.text.lstm.model import corpus

def own() -> int:
    return int(re.search(r"RssAnon:\s+(\d+)", Path("/proc/self/status").read_text())[1]) << 10

begun, peak = own(), 0

def look(phase, fraction):
    global peak
    peak = max(peak, own())

with progress.heard_by(look):
    made = corpus("characters", 0, Texts().load(sys.argv[1], None, 0))
look("", 1)
assert made.filed and len(made.train) > 30_000_000, len(made.train)
print(peak - begun)
"""
    grown = int(
        subprocess.run([sys.executable, "-c", code, str(path)], capture_output=True, text=True, check=True).stdout
    )
    assert grown < 60 << 20, grown


def test_a_training_says_what_it_does_before_its_first_step_and_stops_there(tmp_path: Path, large: None) -> None:
    def trained(mode: Callable[[list[events.Event]], str]) -> tuple[list[events.Event], events.Last]:
        job = train_job("text.lstm", tmp_path, None).model_copy(update={"data": str(path)})
        said: list[events.Event] = []
        return said, perform(job, said.append, lambda: mode(said))

    path = mixed(tmp_path)
    said, last = trained(lambda said: "")
    assert isinstance(last, events.Finished) and any(isinstance(one, events.Metrics) for one in said)
    phases = [one.phase for one in said if isinstance(one, events.Progress) and one.phase]
    assert list(dict.fromkeys(phases)) == ["Reading the text", "Cutting the text into tokens"]
    warnings = [str(one.text) for one in said if isinstance(one, events.Message) and one.level == "warning"]
    assert len(warnings) == 2 and "30 lines are GB18030" in warnings[0] and "1 characters could not" in warnings[1]

    path.write_bytes(path.read_bytes() * 2)
    said, last = trained(lambda said: "stop" if any(isinstance(one, events.Progress) for one in said) else "")
    assert last == events.Cancelled(0, False, None)
    assert [type(one) for one in said] == [events.Started, events.Progress, events.Cancelled]
