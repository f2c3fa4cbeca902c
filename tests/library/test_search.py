"""Search in names, prompts, generators and models: any part of a word, Chinese, one character, any case."""

import pytest

from aigc_desktop.library.project import Project
from tests.library.makers import add


@pytest.fixture
def filled(project: Project) -> Project:
    add(project, name="A Cat", prompt="watercolour of a small cat, morning", model="gan on mnist")
    add(project, name="dog", prompt="oil painting of a DOG at night", generator="text.lstm", model="plays")
    add(project, name="春天", prompt="床前明月光，疑是地上霜", generator="text.lstm", model="唐诗 LSTM")
    add(project, name="雪", prompt='Café Ünïcode ﬁne ＡＢＣ 100% "quoted" it\'s_', generator="image.vae")
    return project


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("", {"A Cat", "dog", "春天", "雪"}),
        ("   ", {"A Cat", "dog", "春天", "雪"}),
        ("cat", {"A Cat"}),
        ("CAT morn", {"A Cat"}),
        ("aterco", {"A Cat"}),
        ("cat dog", set()),
        ("dog", {"dog"}),
        ("o", {"A Cat", "dog", "雪"}),
        ("do", {"dog"}),
        ("春", {"春天"}),
        ("春天", {"春天"}),
        ("月", {"春天"}),
        ("明月", {"春天"}),
        ("明月光", {"春天"}),
        ("床前明月光", {"春天"}),
        ("明月 霜 唐诗", {"春天"}),
        ("雪", {"雪"}),
        ("霜雪", set()),
        ("，", {"春天", "A Cat"}),  # a full-width comma is a comma
        ("cafe", {"雪"}),
        ("ünicode", {"雪"}),
        ("fine", {"雪"}),
        ("abc", {"雪"}),
        ("ａ", {"A Cat", "dog", "春天", "雪"} - {"春天"}),
        ("100%", {"雪"}),
        ("%", {"雪"}),
        ("_", {"雪"}),
        ('"quoted"', {"雪"}),
        ('"', {"雪"}),
        ("it's", {"雪"}),
        ("plays", {"dog"}),
        ("text.lstm", {"dog", "春天"}),
        ("gan", {"A Cat"}),
        ("NOT AND OR", set()),
        ("cat*", set()),
        ("words:cat", set()),
        ("zero\0byte", set()),
    ],
)
def test_search(filled: Project, text: str, names: set[str]) -> None:
    assert {item.name for item in filled.items.search(text)} == names
    assert filled.items.count(text) == len(names)
    assert len(filled.items.ids(text)) == len(names)


def test_filters(filled: Project) -> None:
    names = lambda **filters: {item.name for item in filled.items.search(**filters)}
    assert names(generator="text.lstm") == {"dog", "春天"}
    assert names(generator="text.lstm", text="明月") == {"春天"}
    assert names(model="plays") == {"dog"}
    assert names(medium="text") == set() and len(names(medium="picture")) == 4
    assert filled.items.generators() == ["image.gan", "image.vae", "text.lstm"]
    assert filled.items.models() == ["gan on mnist", "plays", "唐诗 LSTM"]


def test_the_trash_is_searched_apart(filled: Project) -> None:
    (dog,) = filled.items.search("dog")
    filled.items.trash(dog.id)
    assert filled.items.search("dog") == []
    assert [item.id for item in filled.items.search("dog", trashed=True)] == [dog.id]
    assert filled.items.models() == ["gan on mnist", "唐诗 LSTM"]
    filled.items.empty_trash()
    assert filled.items.search("dog", trashed=True) == [] and filled.verify() == []
