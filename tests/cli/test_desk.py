"""Writing desks from the command line: looked at, built, written at with real models, tried, copied."""

import json
from pathlib import Path

import pytest

from aigc_desktop.engine.wildcards import expand
from aigc_desktop.library import places
from aigc_desktop.library.project import Project
from tests.language_models import tiny_llama

SMALL = """
title = "Small"
template = "{topic}: {start}the"
separator = "; "
[settings]
max_new_tokens = 6
[[fields]]
name = "topic"
title = "Topic"
default = "sun"
[[examples]]
topic = "moon"
answer = "shines"
"""


@pytest.fixture
def small() -> Path:
    """A desk of the user's with short words and one example."""
    folder = places.desks_folder()
    folder.mkdir(parents=True)
    (folder / "small.toml").write_text(SMALL, encoding="utf-8")
    return folder


def test_list_and_show(aigc, small: Path) -> None:
    said = aigc("desk", "list", "--json")
    assert said.code == 0 and said.err == "" and len(said.lines) == 17
    assert {"news.en", "poem.zh_CN"} < {line["id"] for line in said.lines}
    assert [line["id"] for line in said.lines if line["own"]] == ["small"]
    assert all(line["language"] == "zh_CN" for line in aigc("desk", "list", "--language", "zh_CN", "--json").lines)
    assert "poem.en" in aigc("desk", "list").out

    (shown,) = aigc("desk", "show", "quiz", "--json").lines
    assert shown["id"] == "quiz.en" and [field["name"] for field in shown["fields"]] == ["topic", "count", "level"]
    assert set(shown["examples"][0]) == {"topic", "count", "level", "answer"} and Path(shown["path"]).is_file()
    text = aigc("desk", "show", "quiz").out
    assert "level = 'easy'   (easy | medium | hard)" in text and "1 to 20" in text


def test_a_broken_desk_is_said_and_the_others_listed(aigc, small: Path) -> None:
    (small / "odd.toml").write_text('title = 3\ntemplate = "x"\n', encoding="utf-8")
    said = aigc("desk", "list", "--json")
    assert said.code == 0 and len(said.lines) == 17 and "odd.toml" in said.sentence
    assert "title must be a text" in aigc("desk", "show", "odd").sentence


def test_the_prompt_as_typed_and_as_drawn(aigc, small: Path) -> None:
    words = ("desk", "prompt", "small", "--set", "topic={red|blue} __animals__")
    typed = aigc(*words, "--shots", 1).out
    assert typed == "moon: the shines; {red|blue} __animals__: the\n"
    assert aigc(*words, "--shots", 1, "--seed", 3).out == expand(typed, 3) != typed
    (line,) = aigc(*words, "--seed", 3, "--json").lines
    assert line["prompt"] == "{red|blue} __animals__: the" and line["expanded"] == expand(line["prompt"], 3)
    assert line["kept"] == "the" and line["shots"] == 0
    assert "did you mean __animals__?" in aigc("desk", "prompt", "small", "--set", "topic=__animal__").sentence


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["show", "poen"], "did you mean poem?"),
        (["prompt", "poem", "--set", "thema=x"], "no field thema"),
        (["prompt", "poem", "--set", "theme"], "NAME=VALUE"),
        (["prompt", "poem", "--set", "form=sonata"], "choose one of: free verse"),
        (["prompt", "quiz", "--set", "count=99"], "Questions cannot be 99"),
        (["prompt", "poem", "--shots", "9"], "has 5 examples, not 9"),
        (["prompt", "poem", "--shots", "-1"], "whole numbers"),
        (["try", "poem", "--model", "x", "--shots", "0,two"], "whole numbers"),
        (["try", "poem", "--model", "x", "--shots", "0,9"], "has 5 examples, not 9"),
        (["list", "--language", "tlh"], "choose one of: en, zh_CN"),
        (["write", "poem"], "--model"),
        (["write", "poem", "--model", "Nothing"], "project"),
        (["lst"], "did you mean list?"),
        (["copy", "poen"], "did you mean poem?"),
    ],
)
def test_bad_input_is_one_sentence(aigc, words: list[str], said: str, tmp_path: Path) -> None:
    result = aigc("desk", *words)
    assert result.code == 2 and result.out == "" and said in result.sentence
    assert not (tmp_path / "project").exists() and not places.desks_folder().exists()


def test_a_copy_is_the_users_own(aigc) -> None:
    (line,) = aigc("desk", "copy", "poem", "--name", "Odes", "--json").lines
    assert line["id"] == "Odes" and Path(line["path"]).parent == places.desks_folder()
    file = Path(line["path"])
    file.write_text(file.read_text(encoding="utf-8").replace("Theme: {theme}", "Of {theme}"), encoding="utf-8")
    assert "\nOf tea\n" in aigc("desk", "prompt", "Odes", "--set", "theme=tea").out
    assert str(file.with_name("Odes 2.toml")) in aigc("desk", "copy", "Odes").out


def test_writing_is_a_creation_of_the_models_own_generator(aigc, plays, small: Path, tmp_path: Path) -> None:
    words = ("desk", "write", "small", "--model", "Plays", "--set", "topic={sun|moon}", "--shots", 1, "--count", 3)
    said = aigc(*words, "--param", "temperature=0.5", "--seed", 4, "--json")
    assert said.code == 0 and said.events[-1] == "finished", said.err
    with Project.open(tmp_path / "project", create=False) as project:
        items = sorted((project.items.get(id) for id in said.lines[-1]["items"]), key=lambda one: one.seed)
    typed = "moon: the shines; {sun|moon}: the"
    for number, item in enumerate(items):
        assert item.generator == "text.lstm" and item.seed == 4 + number
        assert item.job["params"] == {"prompt": typed, "temperature": 0.5, "max_new_tokens": 6, "count": 3}
        assert item.expanded["prompt"] == expand(typed, 4 + number) == "moon: the shines; " + item.prompt
        assert item.name.startswith("the") and Path(item.path).read_text(encoding="utf-8").startswith("the")
        desk = item.job["desk"]
        assert desk["id"] == "small" and desk["values"] == {"topic": "{sun|moon}"} and desk["shots"] == 1
        assert desk["examples"] == [["moon", "shines"]]

    again = aigc(*words, "--param", "temperature=0.5", "--seed", 4, "--out", tmp_path / "out")
    assert again.code == 0
    files = [file.read_text(encoding="utf-8") for file in sorted((tmp_path / "out").iterdir())]
    assert files == [Path(item.path).read_text(encoding="utf-8") for item in items]

    job = tmp_path / "job.json"
    job.write_text(json.dumps(items[0].job | {"seed": 4}), encoding="utf-8")
    assert aigc("run", job, "--json").events[-1] == "finished"


def test_what_the_model_does_not_have_is_bad_input(aigc, plays, small: Path) -> None:
    words = ("desk", "write", "small", "--model", "Plays")
    assert "did you mean top_k?" in aigc(*words, "--param", "topk=3").sentence
    assert "temperature cannot be -1" in aigc(*words, "--param", "temperature=-1").sentence
    assert aigc("library", "list", "--json").out == ""


def test_trying_shows_the_answers_side_by_side_and_keeps_nothing(aigc, small: Path, tmp_path: Path) -> None:
    model = tiny_llama(tmp_path / "llama")
    words = ("desk", "try", "small", "--model", model, "--seed", 2, "--count", 2)
    said = aigc(*words, "--json")
    assert said.code == 0 and said.err == ""
    assert [line["shots"] for line in said.lines] == [0, 1] and {line["seed"] for line in said.lines} == {2}
    assert all(len(line["answers"]) == 2 for line in said.lines)
    assert said.lines[0]["answers"] != said.lines[1]["answers"]
    assert not any("sun" in text for line in said.lines for text in line["answers"])
    assert not (tmp_path / "project").exists()

    text = aigc(*words).out
    for line in said.lines:
        assert all(answer.strip("\n") in text for answer in line["answers"])

    written = aigc("desk", "write", "small", "--model", model, "--seed", 2, "--out", tmp_path / "out")
    assert written.code == 0
    text = (tmp_path / "out" / "00000.txt").read_text(encoding="utf-8")
    assert text.rstrip("\n") == ("the" + said.lines[0]["answers"][0]).rstrip("\n")


def test_a_spoiled_model_is_one_sentence_when_trying(aigc, small: Path, tmp_path: Path) -> None:
    model = tiny_llama(tmp_path / "llama")
    weights = model / "model.safetensors"
    weights.write_bytes(weights.read_bytes()[:-100])
    said = aigc("desk", "try", "small", "--model", model)
    assert said.code == 2 and said.out == "" and "model.safetensors" in said.sentence
