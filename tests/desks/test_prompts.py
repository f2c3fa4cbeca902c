"""The desks that come with the program, in both languages, and how a desk's form and examples become a prompt."""

import pytest

from aigc_desktop import desks, i18n
from aigc_desktop.desks import Desk, Field
from aigc_desktop.engine import params, registry, wildcards
from aigc_desktop.engine.word_lists import missing
from aigc_desktop.problems import BadInput

KINDS = ("news", "poem", "story", "scene", "advertisement", "quiz", "lesson", "code")
IDS = [f"{kind}.{language}" for kind in KINDS for language in i18n.LANGUAGES]

NOTE = Desk(
    id="note",
    title="Note",
    template="Topic: {topic}\nMood: {mood}\nNote: {start}{topic}\n\nDear",
    fields=(Field("topic", "Topic", default="rain"), Field("mood", "Mood", "choice", choices=("sad", "merry"))),
    answer="Text",
    examples=(("sun", "merry", "Sir, it shines."), ("fog", "", "Madam, I see nothing.")),
    stop=("\nTopic:", "a|b\\"),
    params={"temperature": 0.5, "max_new_tokens": 77, "top_k": -3, "no_such": 1, "prompt": "x"},
)


# Those of the program ---------------------------------------------------------------------------------------------------


def test_there_are_eight_in_each_language_and_none_is_broken() -> None:
    assert sorted(desk.id for desk in desks.list()) == sorted(IDS) and not desks.broken()
    for language in i18n.LANGUAGES:
        i18n.use(language)
        assert [desk.id for desk in desks.list()][:8] == [f"{kind}.{language}" for kind in KINDS]
        assert [desk.id for desk in desks.list(language)] == [f"{kind}.{language}" for kind in KINDS]
        assert desks.get("poem").id == f"poem.{language}"


@pytest.mark.parametrize("id", IDS)
def test_each_builds_its_prompt_with_0_1_3_and_5_examples(id: str) -> None:
    desk = desks.get(id)
    assert desk.language == id.partition(".")[2] and len(desk.examples) >= 5 and desk.about and desk.answer
    values = {field.name: f"⟨{field.name}⟩" for field in desk.fields if field.kind in ("text", "long text")}
    task = desk.prompt(values)
    assert all(value in task for value in values.values())
    assert not missing(desk.prompt({}, None, 5))
    for shots in desks.SHOTS:
        prompt = desk.prompt(values, None, shots)
        out, kept = desk.parts(values, None, shots)
        assert prompt == out + kept == desk.head(None, shots) + task
        assert prompt == prompt.rstrip(" \t")  # word pieces begin with their blank
        for number, row in enumerate(desk.examples):
            assert (row[-1].strip() in prompt) == (number < shots)
        assert wildcards.expand(prompt, 1) == prompt  # no example or pattern of ours is taken for a wildcard
        for stop in desk.stop:  # the model would stop at once, or in the middle of an answer as it should be
            assert not any(stop in row[-1] for row in desk.examples), stop
            assert not task.endswith(stop)


@pytest.mark.parametrize("id", IDS)
def test_each_example_stands_as_its_task_would_with_the_answer_behind_it(id: str) -> None:
    desk = desks.get(id)
    names = [field.name for field in desk.fields]
    for number, row in enumerate(desk.examples):
        values = dict(zip(names, row, strict=False))
        for field in desk.fields:
            if field.kind == "choice":
                assert values[field.name] in field.choices, (field.name, number)
        one = desk.head([row], 1).removesuffix(desk.separator)
        task = desk.prompt(values)
        assert one.startswith(task.rstrip("\n")) and one.endswith(row[-1].rstrip()), one
        between = one[len(task.rstrip("\n")) : -len(row[-1].rstrip())]
        assert between in ((" ", "\n", "\n\n") if desk.language == "en" else ("", "\n", "\n\n")), repr(between)


@pytest.mark.parametrize("id", IDS)
def test_every_language_model_takes_what_each_suggests(id: str) -> None:
    desk = desks.get(id)
    writers = [spec for spec in registry.specs().values() if desks.writes(spec)]
    assert "text.lstm" in [spec.id for spec in writers]
    for spec in writers:
        settings = desks.settings(desk, spec)
        assert settings["max_new_tokens"] == desk.params["max_new_tokens"]
        assert {"stop_words", "stop_text"} & set(settings)
        params.make(spec.params("create"), settings)


# How a prompt is built --------------------------------------------------------------------------------------------------


def test_fields_examples_and_the_place_where_the_text_begins() -> None:
    assert NOTE.columns == ["Topic", "Mood", "Text"] and NOTE.defaults == {"topic": "rain", "mood": ""}
    assert NOTE.prompt({"mood": "sad"}) == "Topic: rain\nMood: sad\nNote: rain\n\nDear"
    out, kept = NOTE.parts({"topic": "  snow\n", "mood": "merry"}, None, 2)
    assert out == (
        "Topic: sun\nMood: merry\nNote: sun\n\nDear Sir, it shines.\n\n"
        "Topic: fog\nNote: fog\n\nDear Madam, I see nothing.\n\n"  # an empty field takes its line along
        "Topic: snow\nMood: merry\nNote: "
    )
    assert kept == "snow\n\nDear"


def test_an_empty_line_that_goes_leaves_the_beginning_of_the_text_behind() -> None:
    desk = Desk("d", "D", "Note\n{start}{a}\n{b}", fields=(Field("a", "A"), Field("b", "B")))
    assert desk.parts({"a": "x", "b": "y"}) == ("Note\n", "x\ny")
    assert desk.parts({"b": "y"}) == ("Note\n", "y")
    assert desk.parts({}) == ("Note\n", "")


def test_a_prompt_does_not_end_with_a_blank() -> None:
    for template, parts in (
        ("Note {a}: ", ("", "Note x:")),
        ("Note {start}{a} \t", ("Note ", "x")),
        ("Note: {start}", ("Note:", "")),
    ):
        assert Desk("d", "D", template, fields=(Field("a", "A"),)).parts({"a": "x"}) == parts


def test_values_are_never_patterns_and_escapes_stay() -> None:
    desk = Desk("d", "D", "\\{a} {a} {start}{b} {x|y} {}", fields=(Field("a", "A"), Field("b", "B", "long text")))
    assert desk.prompt({"a": "{b}", "b": "{start}\n{a}\0"}) == "{a} {b} {start}\n{a} {x|y} {}"
    assert desk.parts({"a": "\0", "b": "z"})[1] == "z {x|y} {}"


def test_own_examples_take_the_place_of_the_desks() -> None:
    assert "own one" in NOTE.prompt({"mood": "sad"}, [["a", "b", "own one"]], 1)
    assert "shines" not in NOTE.prompt({"mood": "sad"}, [["a", "b", "own one"]], 1)
    assert NOTE.rows == [["sun", "merry", "Sir, it shines."], ["fog", "", "Madam, I see nothing."]]


@pytest.mark.parametrize(
    ("values", "examples", "shots", "says"),
    [
        ({"topik": "x"}, None, 0, "no field topik"),
        ({"mood": "glad"}, None, 0, "Mood cannot be glad"),
        ({"mood": "sad"}, None, 3, "has 2 examples, not 3"),
        ({"mood": "sad"}, None, -1, "not -1"),
        ({"mood": "sad"}, [["one", "two"]], 1, "Example 1 of the desk Note has 2 entries, not 3: Topic, Mood, Text"),
    ],
)
def test_what_does_not_fit_is_one_sentence(values, examples, shots, says) -> None:
    with pytest.raises(BadInput, match=says):
        NOTE.prompt(values, examples, shots)


def test_numbers_are_numbers_in_bounds_or_wildcards() -> None:
    desk = Desk("d", "D", "{n}", fields=(Field("n", "Count", "number", low=1, high=9),))
    assert [desk.prompt({"n": value}) for value in (3, "4", " 5 ", "", "{1|2}", "__numbers__")] == [
        *("3", "4", "5", "", "{1|2}", "__numbers__")
    ]
    for value in ("0", "ten", 9.5, "nan", "1e999"):
        with pytest.raises(BadInput, match="Count cannot be"):
            desk.prompt({"n": value})


# From a desk to a job ---------------------------------------------------------------------------------------------------


def test_suggestions_are_taken_where_the_model_has_them_and_can() -> None:
    lstm = desks.settings(NOTE, registry.get("text.lstm"))
    assert lstm == {"temperature": 0.5, "max_new_tokens": 77, "stop_text": "\nTopic:"}
    if "text.pretrained" in registry.specs():
        settings = desks.settings(NOTE, registry.get("text.pretrained"))
        assert settings["stop_words"] == "\\nTopic:|a\\|b\\\\" and "stop_text" not in settings
    with pytest.raises(BadInput, match="writes no texts"):
        desks.settings(NOTE, registry.get("image.gan"))


def test_a_job_remembers_the_desk_and_what_the_text_leaves_out() -> None:
    spec = registry.get("text.lstm")
    values = {"mood": "sad"}
    out, kept = NOTE.parts(values, None, 1)
    job = desks.job(NOTE, spec, "Plays", values, None, 1, chosen={"temperature": 1.5}, seed=4)
    assert job.params["prompt"] == out + kept and job.params["temperature"] == 1.5 and job.seed == 4
    assert job.action == "create" and job.model == "Plays" and job.generator == "text.lstm"
    assert job.desk == {
        "id": "note",
        "values": {"topic": "rain", "mood": "sad"},
        "examples": NOTE.rows,
        "shots": 1,
        "before": len(NOTE.head(None, 1)),
        "hides": len(out),
    }
    for prompt, hides in (
        ("My own beginning. " + kept, len("My own beginning. ")),
        (out + "something else", len(out)),
        ("all of it is new", 0),
        ("", 0),
    ):
        job = desks.job(NOTE, spec, "Plays", values, None, 1, prompt=prompt)
        assert job.desk is not None and job.desk["hides"] == hides and job.params["prompt"] == prompt
        assert job.desk["before"] == (len(NOTE.head(None, 1)) if prompt.startswith(out) else 0)
    job = desks.job(NOTE, spec, "Plays", values, None, 1, answer_only=True)
    assert job.desk is not None and job.desk["hides"] == len(out + kept)
    with pytest.raises(BadInput, match="temperature"):
        desks.job(NOTE, spec, "Plays", values, chosen={"temperature": -1})
