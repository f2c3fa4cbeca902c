"""Wildcards of prompts: drawn from the seed, each place by itself; whatever else stands in a prompt stays as it is."""

import json
import random
import time
from collections import Counter
from pathlib import Path

import pytest

from aigc_desktop.engine import wildcards, word_lists
from aigc_desktop.engine.desk import hidden
from aigc_desktop.engine.wildcards import MOST, expand, has_any
from aigc_desktop.library import places
from aigc_desktop.problems import BadInput

SEEDS = range(60)


def drawn(text: str) -> set[str]:
    return {expand(text, seed) for seed in SEEDS}


@pytest.fixture
def words() -> Path:
    """The user's own folder of lists."""
    folder = places.words_folder()
    folder.mkdir(parents=True)
    return folder


# What is drawn ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "comes"),
    [
        ("a {sad|merry} dog", {"a sad dog", "a merry dog"}),
        ("{a|{b|c}d}", {"a", "bd", "cd"}),
        ("an {|very }old house", {"an old house", "an very old house"}),
        ("{a|a}", {"a"}),
        ("{春|夏}天", {"春天", "夏天"}),
        ("{{a|b}}", {"{a}", "{b}"}),
        ("{0::never|always}", {"always"}),
        ("{a\\|b|c}", {"a|b", "c"}),
        ("{\\{x\\}|y}", {"{x}", "y"}),
        ("\\{a|b}", {"{a|b}"}),
        ("\\{a|{b|c}\\}", {"{a|b}", "{a|c}"}),
        ("\\\\{a|b\\\\}", {"\\{a|b\\}"}),
        ("if (x) { {a|b} }", {"if (x) { a }", "if (x) { b }"}),
    ],
)
def test_alternatives(text: str, comes: set[str]) -> None:
    assert drawn(text) == comes and has_any(text)


def test_weights_are_kept_to() -> None:
    counts = Counter(expand("{3::often|1.0::seldom}", seed) for seed in range(1000))
    assert 0.7 < counts["often"] / 1000 < 0.8


def test_the_same_seed_draws_the_same_now_and_forever() -> None:
    text = "{a|b|c|d} __colours__ {1|2|3}"
    assert [expand(text, seed) for seed in SEEDS] == [expand(text, seed) for seed in SEEDS]
    assert [expand("{a|b|c|d}{a|b|c|d}", seed) for seed in range(6)] == ["bb", "ca", "ab", "ca", "bd", "dd"]
    assert len({expand(text, 2**62 + seed) for seed in SEEDS}) > 20


def test_each_place_has_a_draw_of_its_own() -> None:
    both = [expand("{a|b} {1|2}", seed) for seed in SEEDS]
    assert set(both) == {"a 1", "a 2", "b 1", "b 2"}
    more = [expand("{a|b} {1|2|3|4} and {x|y} __moods__", seed) for seed in SEEDS]
    assert [one[0] for one in both] == [one[0] for one in more]
    head = "Of a {red|blue} __animals__.\n\n"
    whole = [expand(head + "And a {red|blue} one.", seed) for seed in SEEDS]
    assert all(one.startswith(expand(head, seed)) for seed, one in zip(SEEDS, whole, strict=True))


def test_what_a_desk_hides_is_found_in_the_expanded_prompt() -> None:
    head, task = "Of a {red|blue} __animals__.\n\n", "And a {red|blue} one."
    for seed in range(20):
        expanded = expand(head + task, seed)
        cut = hidden({"hides": len(head)}, head + task, expanded, seed)
        assert expanded[cut:] in ("And a red one.", "And a blue one.")
        assert hidden({"hides": len(head + task)}, head + task, expanded, seed) == len(expanded)
    for odd in (None, {}, {"hides": -1}, {"hides": 1.5}, {"hides": True}, {"hides": 10**9}, {"hides": []}):
        assert hidden(odd, head + task, expand(head + task, 1), 1) == 0


# Word lists -------------------------------------------------------------------------------------------------------------


def test_the_lists_of_the_program_can_all_be_read_and_come_in_both_languages() -> None:
    lists = word_lists.lists()
    assert {"colours", "moods", "seasons", "places", "animals", "weathers"} <= set(lists)
    assert {"颜色", "心情", "季节", "地点", "动物", "天气"} <= set(lists)
    for name, path in lists.items():
        entries = word_lists.read(path)
        assert len(entries) >= 8 and len(set(entries)) == len(entries), name
        assert set(entries) >= drawn(f"__{name}__") and len(drawn(f"__{name}__")) > 5
        assert "_" not in "".join(entries)


def test_lists_are_called_in_any_case_and_inside_chinese() -> None:
    assert drawn("__Colours__") == drawn("__colours__")
    assert all(
        one.startswith("一只") and one.endswith("。") and "_" not in one for one in drawn("一只__颜色__的__动物__。")
    )
    assert drawn("\\__colours__") == {"__colours__"}
    assert {"__moods__"} < drawn("{__moods__|\\__moods__}")


def test_the_users_list_wins_and_may_hold_wildcards(words: Path) -> None:
    (words / "colours.txt").write_text("# my own\n\n{light|dark} __tone__\r\nred\n", encoding="utf-8-sig")
    (words / "tone.TXT").write_text("绿色\n".encode("gb18030").decode("latin-1"), encoding="latin-1")
    assert drawn("__colours__") == {"light 绿色", "dark 绿色", "red"}
    (words / "colours.txt").write_text("blue\n", encoding="utf-16")
    assert drawn("__colours__") == {"blue"}
    (words / "hair colour.txt").write_text("grey", encoding="utf-8")
    assert drawn("__Hair colour__") == {"grey"}


@pytest.mark.parametrize(
    ("content", "says"),
    [(b"", "empty"), (b"# nothing\n\n", "empty"), (b"a\0b\n", "no text"), (b"\xff\xff\xff", "no text")],
)
def test_a_list_that_is_none_is_one_sentence(words: Path, content: bytes, says: str) -> None:
    (words / "odd.txt").write_bytes(content)
    with pytest.raises(BadInput, match=says) as problem:
        expand("an __odd__ one", 1)
    assert "odd.txt" in str(problem.value)
    assert expand("nothing of it", 1) == "nothing of it"


def test_a_list_too_big(words: Path) -> None:
    with (words / "big.txt").open("wb") as file:
        file.truncate(word_lists.LARGEST + 1)
    with pytest.raises(BadInput, match="too big"):
        expand("__big__", 1)


@pytest.mark.parametrize(
    "lists",
    [
        {"a": "__a__"},
        {"a": "fine\nfine too\n{x|__b__}", "b": "__c__", "c": "one\n__a__"},
        {f"n{number}": f"__n{number + 1}__" for number in range(40)},
    ],
)
def test_lists_that_ask_for_themselves_are_refused_whatever_is_drawn(words: Path, lists: dict[str, str]) -> None:
    for name, content in lists.items():
        (words / f"{name}.txt").write_text(content, encoding="utf-8")
    for seed in range(10):
        with pytest.raises(BadInput, match=r"asks for itself: __\w+__ → "):
            expand(f"__{next(iter(lists))}__", seed)


def test_lists_that_grow_without_end_are_refused(words: Path) -> None:
    for number in range(8):
        (words / f"n{number}.txt").write_text(f"__n{number + 1}__ " * 50, encoding="utf-8")
    (words / "n8.txt").write_text("laugh", encoding="utf-8")
    with pytest.raises(BadInput):
        expand("__n0__", 1)


def test_lists_that_are_missing_are_named_and_program_code_is_not_meant() -> None:
    said = [str(one) for one in word_lists.missing("a __colour__, __foo__ and __foo__ of __moods__")]
    assert said == [
        "There is no word list __colour__, so it stays as typed; did you mean __colours__?",
        "There is no word list __foo__, so it stays as typed.",
    ]
    code = "def __init__(self): self.__secret = x.__secret__; __name__ == '__main__'; __FILE__; \\__foo__; **__bold words__**"
    assert word_lists.missing(code) == []


# What is none -----------------------------------------------------------------------------------------------------------

LETTERS = [
    "def __init__(self) -> None:\n    self.x = {}",
    "{} { x } {x} {x: 1} {'a': 1 | 2}",
    "int main() { return a | b; }\nif (a || b) { x|y }",
    "a|b outside | of braces",
    "${a||b} {|} }{ {a",
    "{a|b",
    "a|b}",
    "{first\n|second}",
    '{"a": "x|y", "b": {"c": "{d|e} __colours__"}}',
    '{\n  "mood": "{sad|merry}",\n  "list": ["a|b", {"x": null}]\n}',
    "\\frac{a}{b} \\{x\\} \\sum_{i|i>0",
    "\\{ x | x > 0 \\}",
    "snake_case__colours__more __colours ___colours___ self__moods__",
    "f\"{name}\" '{}'.format(1) {{x}}",
]


@pytest.mark.parametrize("text", LETTERS)
def test_what_is_no_wildcard_stays_letter_for_letter(text: str) -> None:
    assert drawn(text) == {text} and not has_any(text)


def test_code_and_json_made_by_chance_stay_letter_for_letter() -> None:
    chance = random.Random(5)
    pieces = [
        "{}",
        "{ a | b }",
        "{x}",
        "||",
        "a|b",
        "__init__",
        "(",
        "\n",
        " ",
        "{\n",
        "}\n",
        "é",
        "词",
        "\\n",
        '"',
        ";",
    ]
    for _ in range(300):
        text = "".join(chance.choice(pieces) for _ in range(chance.randrange(30)))
        if "}" not in text or "|" not in text.replace("{ a | b }", "").replace("||", ""):
            assert expand(text, 1) == text
        value = _anything(chance, 3)
        written = json.dumps(
            {"{a|b}": value, "__colours__": value}, indent=chance.choice([None, 2]), ensure_ascii=False
        )
        assert expand("Data: " + written + "\n", chance.randrange(10**6)) == "Data: " + written + "\n"


def _anything(chance: random.Random, depth: int) -> object:
    if depth and chance.random() < 0.6:
        inner = [_anything(chance, depth - 1) for _ in range(chance.randrange(4))]
        return inner if chance.random() < 0.5 else {f"{{k|{number}}}": one for number, one in enumerate(inner)}
    return chance.choice(["{a|b}", "x|y", "}{|", "__moods__", '"', "\\", 1, None, True, "\n{|"])


def test_mixed_text_changes_nowhere_but_at_its_wildcards() -> None:
    chance = random.Random(6)
    for _ in range(100):
        parts = [chance.choice(LETTERS[:2] + LETTERS[3:4] + ["", "e\n"]) for _ in range(3)]
        text = f"{parts[0]}\n{{1|2}}\n+++{parts[1]}\n__seasons__\n{parts[2]}"
        first, _, rest = expand(text, chance.randrange(10**9)).partition("\n+++")
        assert first in (f"{parts[0]}\n1", f"{parts[0]}\n2")
        assert rest.startswith(f"{parts[1]}\n") and rest.endswith(f"\n{parts[2]}")


@pytest.mark.parametrize(
    "text",
    [
        "{" * 200_000 + "|",
        "{a|" * 100_000,
        "{a||" * 50_000 + "}" * 50_000,
        '{"a":' * 50_000,
        "__a" * 100_000,
        "__" + "a b" * 100_000,
        '{"' * 100_000 + "|}" * 1000,
    ],
)
def test_long_and_hostile_prompts_take_no_time(text: str) -> None:
    start = time.process_time()
    try:
        assert expand(text, 1) == text
    except BadInput as problem:
        assert "deep" in str(problem)
    assert time.process_time() - start < 3


def test_too_deep_and_too_many_are_sentences() -> None:
    with pytest.raises(BadInput, match="deep"):
        expand("{a|" * 40 + "b" + "}" * 40, 1)
    with pytest.raises(BadInput, match="more than"):
        expand("{a|b}" * (MOST + 1), 1)


def test_what_was_drawn_is_told_place_by_place() -> None:
    text = r"A {sad|{merry|glad}} fox 🦊 in __colours__, \{not|drawn}, {} and __init__"
    for seed in range(5):
        told = wildcards.drawn(text, seed)
        assert [text[one.start : one.stop] for one in told] == ["{sad|{merry|glad}}", "__colours__"]
        rebuilt = text.replace("{sad|{merry|glad}}", told[0].text).replace("__colours__", told[1].text)
        assert rebuilt.replace("\\", "") == expand(text, seed)
    assert wildcards.drawn("plain", 1) == []
