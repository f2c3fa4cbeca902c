"""`library` on the command line: what is there, whether it is whole, and the index made again."""

from pathlib import Path

import pytest


@pytest.fixture
def poems(aigc, plays) -> list[str]:
    """The ids of three texts, oldest first."""
    ids = []
    for prompt in ("the moon", "the river", "the moon and the bird"):
        words = ("create", "Plays", "--set", f"prompt={prompt}", "--set", "max_new_tokens=4", "--json")
        ids += aigc(*words).lines[-1]["items"]
    return ids


def test_list_and_search(aigc, poems: list[str]) -> None:
    assert [line["id"] for line in aigc("library", "list", "--json").lines] == poems
    assert [line["id"] for line in aigc("library", "search", "moon", "--json").lines] == [poems[0], poems[2]]
    assert aigc("library", "search", "volcano", "--json").out == ""
    readable = aigc("library", "list").out
    assert all(id in readable for id in poems) and "Plays" in readable
    assert "Nothing" in aigc("library", "search", "volcano").out


def test_show_tells_how_it_was_made(aigc, poems: list[str]) -> None:
    (entry,) = aigc("library", "show", poems[1], "--json").lines
    assert entry["prompt"] == "the river" and entry["medium"] == "text"
    assert entry["job"]["params"]["max_new_tokens"] == 4 and Path(entry["path"]).is_file()
    readable = aigc("library", "show", poems[1]).out
    assert "the river" in readable and entry["sha256"] in readable


def test_verify_says_what_is_wrong(aigc, poems: list[str]) -> None:
    said = aigc("library", "verify")
    assert said.code == 0 and len(said.out.splitlines()) == 1
    path = Path(aigc("library", "show", poems[0], "--json").lines[0]["path"])
    path.write_text("something else", encoding="utf-8")
    said = aigc("library", "verify")
    assert said.code == 1 and path.name in said.out
    assert path.name in aigc("library", "verify", "--json").lines[0]["problems"][0]


def test_rebuild_from_the_files_alone(aigc, poems: list[str], tmp_path: Path) -> None:
    before = aigc("library", "list", "--json").lines
    for file in (tmp_path / "project").glob("library.sqlite*"):
        file.unlink()
    (counts,) = aigc("library", "rebuild", "--json").lines
    assert counts["items"] == 3 and counts["models"] == 1
    assert aigc("library", "list", "--json").lines == before
    assert aigc("create", "Plays", "--set", "max_new_tokens=3").code == 0


def test_a_damaged_index_is_mended_by_any_command(aigc, poems: list[str], tmp_path: Path) -> None:
    (tmp_path / "project" / "library.sqlite").write_bytes(b"no database at all" * 1000)
    said = aigc("library", "list", "--json")
    assert said.code == 0 and [line["id"] for line in said.lines] == poems
    (sentence,) = said.err.splitlines()
    assert "index was damaged" in sentence and "(items: 3, models: 1)" in sentence
    assert aigc("library", "rebuild").err == ""
