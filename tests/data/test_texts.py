"""Texts: what is found in files, folders and zips; what is held out; what is refused, with one sentence."""

import hashlib
import json
import sys
import zipfile
from pathlib import Path

import pytest

from aigc_desktop.data import documents
from aigc_desktop.data.texts import Texts
from aigc_desktop.problems import BadInput

ENGLISH = "The grey fox sat down by the river and waited for the moon. Nobody came, and it was a good evening.\n" * 20
CHINESE = "从前有一只狐狸，它住在山上的小屋里。每天晚上，它看着月亮，想着远方的海。\n" * 20
TRADITIONAL = "從前有一隻狐狸，牠住在山上的小屋裡。每天晚上，牠看著月亮，想著遠方的海。\n" * 20
RUSSIAN = "Сегодня хорошая погода, и мы гуляем по старому городу у реки.\n" * 20
FRENCH = "C'était un été très chaud à l'école, où les élèves rêvaient déjà de la forêt.\n" * 20
JAPANESE = "今日は天気がいいので、みんなで公園を散歩します。とても楽しいです。\n" * 20
KOREAN = "오늘은 날씨가 좋아서 우리는 공원에 갔습니다. 정말 즐거웠어요.\n" * 20


def sentence(path: object, kind: Texts | None = None, heldout: object = None) -> str:
    """The one sentence with which both look and load refuse."""
    kind = kind or Texts()
    with pytest.raises(BadInput) as loading:
        kind.load(str(path), None if heldout is None else str(heldout), 0)
    if heldout is None:
        with pytest.raises(BadInput) as looking:
            kind.look(str(path))
        assert str(looking.value) == str(loading.value)
    return str(loading.value)


def test_one_text_holds_out_its_last_tenth(tmp_path: Path) -> None:
    text = "".join(chr(97 + i % 26) for i in range(1003))
    path = tmp_path / "story.txt"
    path.write_text(text, encoding="utf-8")
    data = Texts().load(str(path), None, seed=5)
    assert data.train == [text[:902]] and data.heldout == [text[902:]]
    assert data.sha256 == hashlib.sha256(path.read_bytes()).hexdigest()
    assert data.facts == {"characters": 1003, "files": 1, "vocabulary": 26, "heldout_characters": 101}
    found = Texts().look(str(path))
    assert found.facts == data.facts
    assert found.skipped == []
    assert str(found.summary[0]) == "1,003 characters of text, 26 different ones."


@pytest.mark.parametrize(
    ("text", "encoding"),
    [
        (ENGLISH, "ascii"),
        (CHINESE, "utf-8"),
        (CHINESE, "utf-8-sig"),
        (CHINESE, "utf-16"),
        (ENGLISH, "utf-16-le"),
        (CHINESE, "utf-16-be"),
        (CHINESE, "utf-32"),
        (CHINESE, "gb18030"),
        (TRADITIONAL, "gb18030"),
        (ENGLISH + CHINESE, "gbk"),
        (TRADITIONAL, "big5hkscs"),
        (FRENCH, "latin-1"),
        (FRENCH.replace("'", "’"), "cp1252"),
        (RUSSIAN, "cp1251"),
        (JAPANESE, "shift_jis"),
        (KOREAN, "euc_kr"),
    ],
)
def test_encodings_are_recognised(tmp_path: Path, text: str, encoding: str) -> None:
    path = tmp_path / "story.txt"
    path.write_bytes(text.encode(encoding))
    data = Texts().load(str(path), None, 0)
    assert "".join(data.train + data.heldout) == text
    assert Texts().look(str(path)).facts == data.facts


@pytest.mark.parametrize("text", ["你好世界", "春眠不觉晓，处处闻啼鸟。", "我们走吧。", "他说：“好的，谢谢你！”"])
def test_very_short_chinese_in_gb18030(tmp_path: Path, text: str) -> None:
    path = tmp_path / "short.txt"
    path.write_bytes(text.encode("gb18030"))
    data = Texts(min_characters=2).load(str(path), None, 0)
    assert "".join(data.train + data.heldout) == text
    assert "Encoding: GB18030." in [str(one) for one in Texts(min_characters=2).look(str(path)).summary]


def test_a_text_longer_than_one_piece_is_the_same(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("aigc_desktop.data.documents.PIECE", 7)
    monkeypatch.setattr("aigc_desktop.data.encodings.PIECE", 5)
    path = tmp_path / "story.txt"
    path.write_bytes((CHINESE + ENGLISH).replace("\n", "\r\n").encode())
    data = Texts().load(str(path), None, 0)
    assert "".join(data.train + data.heldout) == CHINESE + ENGLISH


def test_newlines_are_made_one_kind(tmp_path: Path) -> None:
    path = tmp_path / "lines.txt"
    path.write_bytes(b"one\r\ntwo\rthree\n" * 40)
    data = Texts().load(str(path), None, 0)
    assert "".join(data.train + data.heldout) == "one\ntwo\nthree\n" * 40


def many(folder: Path, count: int) -> list[str]:
    folder.mkdir(parents=True, exist_ok=True)
    written = [f"Chapter {i}. {ENGLISH[: 400 + 3 * i]}" for i in range(count)]
    for i, text in enumerate(written):
        (folder / f"{i:03d}.txt").write_text(text, encoding="utf-8")
    return written


def test_of_many_files_a_tenth_is_held_out_whole(tmp_path: Path) -> None:
    written = many(tmp_path / "book", 40)
    data = Texts().load(str(tmp_path / "book"), None, 0)
    assert len(data.heldout) == 4 and len(data.train) == 36
    assert sorted(data.train + data.heldout) == sorted(written)
    assert data.facts["files"] == 40
    assert data.facts["heldout_characters"] == sum(map(len, data.heldout))
    assert Texts().look(str(tmp_path / "book")).facts == data.facts


def test_the_same_content_is_never_on_both_sides(tmp_path: Path) -> None:
    many(tmp_path / "book", 12)
    for i, copy in enumerate(sorted((tmp_path / "book").glob("*.txt"))):
        (tmp_path / "book" / f"copy{i}.md").write_bytes(copy.read_bytes().replace(b"\n", b"\r\n"))
    data = Texts().load(str(tmp_path / "book"), None, 0)
    assert len(data.train) + len(data.heldout) == 24
    assert not set(data.train) & set(data.heldout)


def test_names_and_seed_do_not_change_the_sides(tmp_path: Path) -> None:
    many(tmp_path / "one", 20)
    (tmp_path / "two").mkdir()
    for path in (tmp_path / "one").iterdir():
        (tmp_path / "two" / f"{999 - int(path.stem)}.md").write_bytes(path.read_bytes())
    one, two = Texts().load(str(tmp_path / "one"), None, 1), Texts().load(str(tmp_path / "two"), None, 2)
    assert sorted(one.heldout) == sorted(two.heldout)


def test_a_book_among_notes_is_learned_from(tmp_path: Path) -> None:
    for i in range(8):
        folder = tmp_path / str(i)
        folder.mkdir()
        (folder / "book.txt").write_text(f"{i}" + ENGLISH * 10, encoding="utf-8")
        (folder / "note.txt").write_text(f"{i} a small note about the book.", encoding="utf-8")
        data = Texts().load(str(folder), None, 0)
        assert [len(text) < 100 for text in data.heldout] == [True]


def test_copies_of_one_text_count_as_one(tmp_path: Path) -> None:
    for name in ("a.txt", "b.txt", "c.txt"):
        (tmp_path / name).write_text(ENGLISH, encoding="utf-8")
    data = Texts().load(str(tmp_path), None, 0)
    assert data.train[0] + data.heldout[0] == ENGLISH and len(data.train) == 1
    assert data.facts["heldout_characters"] == len(data.heldout[0])
    assert Texts().look(str(tmp_path)).facts == data.facts


def test_held_out_data_of_its_own(tmp_path: Path) -> None:
    written = many(tmp_path / "book", 5)
    other = tmp_path / "other.txt"
    other.write_text(CHINESE, encoding="utf-8")
    data = Texts().load(str(tmp_path / "book"), str(other), 0)
    assert sorted(data.train) == sorted(written) and data.heldout == [CHINESE]
    assert data.facts["heldout_characters"] == len(CHINESE)


def test_what_is_held_out_by_hand_is_not_learned_from(tmp_path: Path) -> None:
    written = many(tmp_path / "book", 5)
    data = Texts().load(str(tmp_path / "book"), str(tmp_path / "book" / "002.txt"), 0)
    assert data.heldout == [written[2]] and sorted(data.train) == sorted(written[:2] + written[3:])
    assert "none is left to learn from" in sentence(tmp_path / "book", heldout=tmp_path / "book")


def test_a_zip_is_the_same_as_its_folder(tmp_path: Path) -> None:
    many(tmp_path / "book" / "part", 12)
    (tmp_path / "book" / "part" / "cover.png").write_bytes(b"\x89PNG")
    packed = tmp_path / "book.zip"
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for path in sorted((tmp_path / "book").rglob("*.*")):
            archive.write(path, path.relative_to(tmp_path / "book"))
    folder, zipped = Texts().load(str(tmp_path / "book"), None, 0), Texts().load(str(packed), None, 0)
    assert (zipped.train, zipped.heldout, zipped.sha256, zipped.facts) == (
        folder.train,
        folder.heldout,
        folder.sha256,
        folder.facts,
    )
    assert "Other files, not texts: 1." in [str(one) for one in Texts().look(str(packed)).summary]


def test_files_that_cannot_be_used_are_skipped_and_named(tmp_path: Path) -> None:
    many(tmp_path, 12)
    (tmp_path / "empty.txt").write_bytes(b"")
    (tmp_path / "blank.txt").write_text("\n \n\t", encoding="utf-8")
    (tmp_path / "photo.txt").write_bytes(b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR" + bytes(range(256)) * 4)
    (tmp_path / "novel.docx").write_bytes(b"PK\x03\x04")
    found = Texts().look(str(tmp_path))
    assert found.facts["files"] == 12
    assert {name: str(reason) for name, reason in found.skipped} == {
        "blank.txt": "This file is empty: there is no text in it.",
        "empty.txt": "This file is empty: there is no text in it.",
        "novel.docx": "This file is no plain text; open it where it was written and save it as .txt (UTF-8).",
        "photo.txt": "This file is no text: it holds binary data. Choose a text file, such as .txt or .md.",
    }
    assert "Skipped: 4." in [str(one) for one in found.summary]
    assert Texts().load(str(tmp_path), None, 0).skipped == found.skipped


def test_rows_of_tables_are_documents(tmp_path: Path) -> None:
    rows = [{"title": f"第{i}首", "lines": ["白日依山尽，", f"黄河入海流{i}。"]} for i in range(20)]
    path = tmp_path / "poems.jsonl"
    path.write_text("\n".join(json.dumps(row, ensure_ascii=False) for row in rows), encoding="utf-8")
    data = Texts().load(str(path), None, 0)
    assert len(data.train) == 18 and len(data.heldout) == 2
    assert "第3首\n白日依山尽，\n黄河入海流3。" in data.train + data.heldout
    assert "Each row of a table is a text: 20." in [str(one) for one in Texts().look(str(path)).summary]

    table = tmp_path / "table.csv"
    table.write_text("id,Text\n" + "".join(f'{i},"line {i},\nand more of it"\n' for i in range(20)), encoding="utf-8")
    data = Texts().load(str(table), None, 0)
    assert "line 7,\nand more of it" in data.train + data.heldout

    (tmp_path / "names.csv").write_text("id,name\n1,Ada\n", encoding="utf-8")
    assert sentence(tmp_path / "names.csv").endswith("names.csv has no column of texts: call one text.")
    (tmp_path / "broken.jsonl").write_text('{"text": "a"}\n{"text": \n', encoding="utf-8")
    assert "is no JSON: line 2." in sentence(tmp_path / "broken.jsonl")


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"", "is empty: there is no text in it."),
        (b"  \n\n \t", "is empty: there is no text in it."),
        (bytes(range(256)) * 20, "is no text: it holds binary data."),
        (b"\x7fELF\x02\x01\x01" + b"\0" * 50 + b"text" * 100, "is no text: it holds binary data."),
        (b"A few words.", "is too short to learn from and to hold a part of it out: 12 of at least 200 characters."),
        (CHINESE.encode().replace("月".encode(), b"\xff" * 3), "is UTF-8, but broken at byte"),
        (
            bytes(1 + (97 * i + 31 * i * i) % 255 for i in range(900)),
            "none of UTF-8, UTF-16, GB18030, Big5, Shift-JIS",
        ),
    ],
)
def test_unusable_content_is_said_in_one_sentence(tmp_path: Path, content: bytes, says: str) -> None:
    path = tmp_path / "story.txt"
    path.write_bytes(content)
    said = sentence(path)
    assert says in said and str(path) in said and "\n" not in said


def notes(path: Path) -> list[str]:
    """What a training on it is told about the encodings; the look says the same."""
    said = [str(one) for one in Texts().load(str(path), None, 0).notes]
    assert set(said) <= {str(one) for one in Texts().look(str(path)).summary}
    return said


def text_of(path: Path) -> str:
    data = Texts().load(str(path), None, 0)
    return "".join([*data.train, *data.heldout])


@pytest.mark.parametrize("encoding", ["utf-8", "gb18030", "big5hkscs", "utf-8-sig"])
def test_a_wrong_letter_late_in_a_long_file_is_read_over_and_named(tmp_path: Path, encoding: str) -> None:
    path = tmp_path / "story.txt"
    text = TRADITIONAL if encoding == "big5hkscs" else CHINESE
    path.write_bytes((text * 200).encode(encoding) + b"\xff\xff\xff" + text.encode(encoding.removesuffix("-sig")))
    assert notes(path) == [
        f"{path} is damaged: 3 characters could not be read, and \ufffd stands in their place; the first is in line 4,001."
    ]
    assert text_of(path) == text * 200 + "\ufffd" * 3 + text


def test_a_file_that_was_cut_off_inside_a_character(tmp_path: Path) -> None:
    path = tmp_path / "story.txt"
    path.write_bytes(CHINESE.encode()[:-2])
    assert "1 characters could not be read" in notes(path)[0] and "line 20." in notes(path)[0]
    assert text_of(path) == CHINESE[:-2] + "\ufffd"


@pytest.mark.parametrize(
    ("main", "other", "name"),
    [("utf-8", "gb18030", "GB18030"), ("gb18030", "utf-8", "UTF-8"), ("utf-8", "big5hkscs", "BIG5HKSCS")],
)
def test_lines_in_another_encoding_are_read_and_named(tmp_path: Path, main: str, other: str, name: str) -> None:
    text = TRADITIONAL if "big5hkscs" in (main, other) else CHINESE
    lines = [line + "\n" for line in text.splitlines()] * 10
    lines[3] = "only English here\n"
    mixed = {7, 40, 41, 199}
    path = tmp_path / "story.txt"
    path.write_bytes(b"".join(line.encode(other if i in mixed else main) for i, line in enumerate(lines)))
    said = f"{path} mixes encodings: most of it is {main.upper()}, 4 lines are {name} and were read as that; "
    assert notes(path) == [said + "the first is line 8."]
    assert text_of(path) == "".join(lines)


def test_french_lines_among_utf_8_ones(tmp_path: Path) -> None:
    path = tmp_path / "story.txt"
    path.write_bytes((FRENCH * 5).encode() + FRENCH.encode("cp1252"))
    assert "20 lines are CP1252" in notes(path)[0] and text_of(path) == FRENCH * 6


def test_files_of_a_folder_each_in_its_own_encoding(tmp_path: Path) -> None:
    folder = tmp_path / "book"
    folder.mkdir()
    for i, encoding in enumerate(["utf-8", "gb18030", "utf-16", "big5hkscs", "utf-8-sig"]):
        (folder / f"{i}.txt").write_bytes((str(i) + TRADITIONAL).encode(encoding))
    (folder / "damaged.txt").write_bytes((CHINESE * 3).encode() + b"\xff\n")
    data = Texts().load(str(folder), None, 0)
    assert {text for text in [*data.train, *data.heldout] if text.endswith("海。\n")} >= {
        f"{i}{TRADITIONAL}" for i in range(5)
    }
    assert [str(one).split(":")[0] for one in data.notes] == ["damaged.txt is damaged"]


def test_too_little_to_hold_out_is_one_sentence(tmp_path: Path) -> None:
    (tmp_path / "book.txt").write_text(ENGLISH, encoding="utf-8")
    (tmp_path / "note.txt").write_text("Hello there.", encoding="utf-8")
    said = sentence(tmp_path)
    assert "Too little of" in said and str(tmp_path) in said and "12 of at least 20 characters" in said
    other = tmp_path / "held.txt"
    other.write_text("a b c", encoding="utf-8")
    said = sentence(tmp_path / "book.txt", heldout=other)
    assert str(other) in said and "5 of at least 20 characters" in said


def test_paths_that_lead_nowhere(tmp_path: Path) -> None:
    assert sentence(tmp_path / "no" / "such.txt") == f"There is no file or folder {tmp_path / 'no' / 'such.txt'}."
    (tmp_path / "empty").mkdir()
    assert sentence(tmp_path / "empty").startswith(f"There are no texts in {tmp_path / 'empty'}")
    (tmp_path / "empty" / "a.txt").write_bytes(b"")
    assert "The first, a.txt: This file is empty" in sentence(tmp_path / "empty")


def test_too_big_is_said_before_anything_is_read(tiny_text: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(documents, "MAX_BYTES", 1000)
    assert "are too big" in sentence(tiny_text)


def test_looking_needs_no_torch() -> None:
    import subprocess

    code = "import sys; from aigc_desktop.data.texts import Texts; from aigc_desktop.data.pictures import Pictures; "
    code += "Texts().look('starter'); Pictures().look('starter'); sys.exit('torch' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], timeout=60, check=False).returncode == 0
