"""Files of desks: read, written, copied, saved, deleted; a broken one is one sentence and stops nobody."""

import random
import tomllib
from dataclasses import replace
from pathlib import Path

import pytest

from aigc_desktop import desks, i18n
from aigc_desktop.desks import Desk, Field
from aigc_desktop.desks.reading import LARGEST
from aigc_desktop.library import places
from aigc_desktop.problems import BadInput

SMALL = 'title = "T"\ntemplate = "About {topic}:"\n[[fields]]\nname = "topic"\n'


@pytest.fixture
def folder() -> Path:
    made = places.desks_folder()
    made.mkdir(parents=True)
    return made


def test_a_small_file_is_enough() -> None:
    desk = desks.parse(SMALL, "small")
    assert desk == Desk("small", "T", "About {topic}:", fields=(Field("topic", "topic"),), own=True)
    assert desk.prompt({"topic": "x"}) == "About x:"


@pytest.mark.parametrize("desk", desks.list(), ids=lambda desk: desk.id)
@pytest.mark.parametrize("language", i18n.LANGUAGES)
def test_written_and_read_again_a_desk_is_the_same(desk: Desk, language: str) -> None:
    i18n.use(language)
    text = desks.write(desk)
    assert desks.parse(text, desk.id, path=desk.path, own=False) == desk
    assert text.count("\n# ") >= 5 and '"""' in text


def test_any_text_survives_being_written() -> None:
    chance = random.Random(3)
    pieces = [
        '"',
        '""',
        '"""',
        "\\",
        "\n",
        "\\n",
        "'",
        "'''",
        "é词🙂",
        "\t",
        "{topic}",
        "#",
        "=",
        "\x7f",
        "\x01",
        " ",
        "a|b",
    ]
    for _ in range(200):
        odd = ["".join(chance.choice(pieces) for _ in range(chance.randrange(9))) for _ in range(8)]
        line = "".join(one for one in odd[0] if one.isprintable()) + "T"
        desk = Desk(
            id="d",
            title=line,
            template=odd[1] + "{topic}",
            about=odd[2],
            fields=(
                Field("topic", line, help=odd[3], default=odd[4]),
                Field("n", "N", "number", default="3", low=1, high=7.5),
                Field("c", "C", "choice", choices=(odd[5] or "x", "y"), default="y"),
            ),
            opening=odd[3].strip("\n"),
            examples=((odd[5].strip("\n"), "", "", odd[6].strip("\n")),),
            stop=(odd[7] or "x",),
            params={"temperature": 0.25, "x": odd[1], "y z": True, "n": -4},
        )
        assert desks.parse(desks.write(desk), "d", own=False) == desk


# The user's own ---------------------------------------------------------------------------------------------------------


def test_a_copy_can_be_changed_saved_and_deleted() -> None:
    first, second = desks.copy("poem", "My / poems"), desks.copy("poem", "My / poems")
    assert (first.id, second.id) == ("My - poems", "My - poems 2") and first.own and first.path is not None
    assert first.path.parent == places.desks_folder() and desks.get(first.id) == first
    assert first.examples == desks.get("poem").examples and first.title == "My / poems"
    assert desks.copy("poem").title == "Poem"

    changed = desks.save(desks.write(replace(first, title="Odes", template="An ode to {theme}\n")), first.id)
    assert changed.id == first.id and desks.get(first.id).prompt({"theme": "tea"}) == "An ode to tea\n"
    assert "Odes" in [desk.title for desk in desks.list()]

    text = desks.delete(first.id)
    assert first.id not in [desk.id for desk in desks.list()] and not first.path.exists()
    assert desks.save(text, first.id) == changed and desks.source(first.id) == text


def test_a_new_desk_is_called_by_its_title() -> None:
    assert desks.save(SMALL).id == "T" and desks.save(SMALL).id == "T 2"
    assert desks.save(SMALL, "../../away").path.parent == places.desks_folder()  # type: ignore[union-attr]


def test_a_copy_made_in_chinese_is_read_in_english() -> None:
    i18n.use("zh_CN")
    assert desks.copy("poem").language == "zh_CN"
    i18n.use("en")
    assert desks.get("诗").title == "诗"


def test_what_is_wrong_is_said_before_anything_is_written() -> None:
    desk = desks.copy("poem", "Mine")
    assert desk.path is not None
    before = desk.path.read_bytes()
    for text in ("", "title = 3", SMALL.replace("{topic}", "{topik}"), "\ud800"):
        with pytest.raises(BadInput):
            desks.save(text, "Mine")
    assert desk.path.read_bytes() == before and [one.name for one in desk.path.parent.iterdir()] == [desk.path.name]


def test_those_of_the_program_are_neither_changed_nor_deleted() -> None:
    for act in (lambda: desks.save(SMALL, "poem.en"), lambda: desks.delete("poem.en"), lambda: desks.delete("poem")):
        with pytest.raises(BadInput, match="came with the program"):
            act()
    with pytest.raises(BadInput, match="did you mean poem"):
        desks.delete("poen")
    with pytest.raises(BadInput, match=r"There is no desk 七七七; there are: .*poem\.en"):
        desks.get("七七七")


def test_a_file_of_the_users_takes_the_place_of_one_of_the_program(folder: Path) -> None:
    (folder / "poem.en.toml").write_text(SMALL, encoding="utf-8")
    assert desks.get("poem").title == "T" and len(desks.list()) == 16
    desks.delete("poem.en")
    assert desks.get("poem").title == "Poem"


def test_a_broken_file_is_listed_with_its_sentence_and_stops_no_other(folder: Path) -> None:
    (folder / "half.toml").write_text('title = "Half', encoding="utf-8")
    (folder / "bytes.toml").write_bytes(b"\xff\xfe\x00")
    (folder / "good.toml").write_text(SMALL, encoding="utf-8-sig")
    (folder / "folder.toml").mkdir()
    (folder / "notes.txt").write_text("no desk")
    with (folder / "huge.toml").open("wb") as file:
        file.truncate(50 * LARGEST)
    assert "good" in [desk.id for desk in desks.list()] and len(desks.list()) == 17
    broken = {one.id: str(one.sentence) for one in desks.broken()}
    assert set(broken) == {"half", "bytes", "huge"}
    assert "half.toml cannot be used: it is no TOML" in broken["half"] and "UTF-8" in broken["bytes"]
    assert "too big" in broken["huge"]
    with pytest.raises(BadInput, match="Unterminated"):
        desks.get("half")
    assert desks.source("half") == 'title = "Half'
    assert desks.delete("bytes") and "bytes" not in {one.id for one in desks.broken()}


# What a file may say ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"{topic}": "{topik}"}, r"template asks for the field topik, which is not there; write .\{topik\} if"),
        ({"{topic}": "{answer}"}, "template ends where the answer begins"),
        ({"{topic}": "{start}{start}"}, "more than once"),
        ({'"About {topic}:"': '" "'}, "template is empty"),
        ({'"About {topic}:"': "7"}, "template must be a text in quotes"),
        ({'template = "About {topic}:"\n': ""}, "template is missing"),
        ({'title = "T"\n': ""}, "title is missing"),
        ({'"T"': '"T\\nU"'}, "title must be one line"),
        ({'"T"': f'"{"T" * 300}"'}, "title is longer than 200"),
        ({'title = "T"': 'titel = "T"'}, "there is no titel; what can stand here: format, title"),
        ({'title = "T"': 'format = 2\ntitle = "T"'}, "format 2"),
        ({'title = "T"': 'format = true\ntitle = "T"'}, "whole number"),
        ({'title = "T"': 'title = "T"\nlanguage = "tlh"'}, "language cannot be tlh; choose one of: en, zh_CN"),
        ({'title = "T"': 'title = "T"\nstop = "x"'}, "stop must be a list"),
        ({'title = "T"': 'title = "T"\nstop = ["", "a"]'}, "stop must be a list"),
        ({'title = "T"': 'title = "T"\nexample = "{topic}"'}, "the pattern example lacks {answer}"),
        ({'title = "T"': 'title = "T"\nsettings = 3'}, "settings must be a table"),
        ({'title = "T"': 'title = "T"\nfields = "x"'}, "Cannot overwrite|no TOML"),
        ({"[[fields]]": "[settings]\nx = [1]\n[[fields]]"}, "settings.x must be"),
        ({"[[fields]]": "[settings]\nx = nan\n[[fields]]"}, "settings.x must be"),
        ({"[[fields]]": "[settings]\nx = 1979-05-27\n[[fields]]"}, "settings.x must be"),
        ({"[[fields]]": "[fields]"}, r"headed \[\[fields\]\]"),
        ({'name = "topic"': 'name = "Topic"'}, "fields 1: a field cannot be called Topic"),
        ({'name = "topic"': 'name = "answer"'}, "cannot be called answer"),
        ({'name = "topic"': 'name = "topic"\n[[fields]]\nname = "topic"'}, "two fields are called topic"),
        ({'name = "topic"': 'name = "topic"\nkind = "date"'}, "fields 1.kind cannot be date"),
        ({'name = "topic"': 'name = "topic"\nkind = "choice"'}, "needs choices"),
        ({'name = "topic"': 'name = "topic"\nchoices = ["a"]'}, "needs choices"),
        ({'name = "topic"': 'name = "topic"\nkind = "choice"\nchoices = ["a"]\ndefault = "b"'}, "none of the choices"),
        ({'name = "topic"': 'name = "topic"\nkind = "number"\nlow = 5\nhigh = 4'}, "5 is more than 4"),
        ({'name = "topic"': 'name = "topic"\nkind = "number"\nlow = 5\ndefault = 4'}, "out of bounds"),
        ({'name = "topic"': 'name = "topic"\nkind = "number"\ndefault = inf'}, "must be a number"),
        ({'name = "topic"': 'name = "topic"\nlow = 5'}, "only a field of the kind number"),
        ({'name = "topic"': 'name = "topic"\n[[examples]]\ntopic = "x"'}, "examples 1.answer is missing"),
        ({'name = "topic"': 'name = "topic"\n[[examples]]\ntopik = "x"'}, "there is no examples 1.topik"),
        ({'name = "topic"': 'name = "topic"\n' + '[[examples]]\nanswer = "x"\n' * 300}, "more than 200"),
        ({'title = "T"': "title = " + "[" * 5000}, "no TOML"),
        ({'title = "T"': f'title = "T"\norder = {"9" * 5000}'}, "no TOML|whole number"),
        ({'title = "T"': "title = 'T\0'"}, "no TOML"),
    ],
)
def test_each_mistake_is_one_sentence(change: dict[str, str], says: str) -> None:
    text = SMALL
    for old, new in change.items():
        assert old in text
        text = text.replace(old, new)
    with pytest.raises(BadInput, match=says) as problem:
        desks.parse(text, "mine")
    assert str(problem.value).startswith("The desk mine.toml cannot be used: ") and "\n" not in str(problem.value)


def test_damaged_files_are_read_or_refused_but_never_crash() -> None:
    chance = random.Random(11)
    paths = sorted((places.RESOURCES / "desks").glob("*.toml"))
    odd = [
        "",
        '"',
        "[",
        "]",
        "=",
        "[[fields]]",
        "7",
        "{x}",
        "true",
        "1e400",
        "\n",
        "\\",
        "'''",
        '"""',
        "\0",
        "\ud800",
        "=1979-01-01",
    ]
    refused = 0
    for _ in range(250):
        text = chance.choice(paths).read_text(encoding="utf-8")
        for _ in range(chance.randrange(1, 4)):
            at = chance.randrange(len(text))
            text = text[:at] + chance.choice(odd) + text[at + chance.choice([0, 1, 5, 200]) :]
        try:
            desk = desks.parse(text, "mine")
        except BadInput as problem:
            refused += 1
            assert str(problem).count("\n") == 0
            continue
        assert desks.parse(desks.write(desk), "mine") == desk
        desk.prompt({}, None, min(3, len(desk.examples)))
    assert 50 < refused < 250


VALUES = ["x", "", "\0", "x" * 300, 7, -1.5, 10**30, True, [], ["x"], [[]], [1], {}, {"a": {}}, [{}], [{"name": "x"}]]


def test_every_key_with_every_kind_of_value() -> None:
    whole = tomllib.loads((places.RESOURCES / "desks" / "quiz.en.toml").read_text(encoding="utf-8"))
    for key in [*whole, "opening", "order", "example", "separator"]:
        for value in VALUES:
            line = f"{key} = {_toml(value)}\n"
            rest = "\n".join(f"{one} = {_toml(other)}" for one, other in whole.items() if one != key)
            try:
                desk = desks.parse(line + rest, "mine")
            except BadInput as problem:
                assert key.split("_")[0] in str(problem) or "field" in str(problem), (key, value, str(problem))
            else:
                assert isinstance(desk.prompt({}, None, min(1, len(desk.examples))), str)


def _toml(value: object) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, dict):
        return "{" + ", ".join(f"{key} = {_toml(one)}" for key, one in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(map(_toml, value)) + "]"
    if isinstance(value, str):
        return '"' + "".join(f"\\u{ord(one):04x}" if one in '"\\' or ord(one) < 32 else one for one in value) + '"'
    return str(value)
