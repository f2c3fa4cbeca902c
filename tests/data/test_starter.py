"""The starter data: made on the spot, always the same, quickly, and good enough to learn from."""

import hashlib
import time

import numpy as np

from aigc_desktop.data import starter_chinese, starter_english, starter_pictures, starter_text
from aigc_desktop.data.pictures import Pictures
from aigc_desktop.data.texts import Texts


def test_the_text_is_always_the_same_and_quick() -> None:
    began = time.perf_counter()
    text = starter_text.make()
    assert time.perf_counter() - began < 2
    assert text == starter_text.make()
    assert 400_000 < len(text) < 600_000
    assert hashlib.sha256(starter_text.make(2000, seed=1).encode()).hexdigest().startswith("e46269c3")


def test_the_text_speaks_both_languages_throughout() -> None:
    text = starter_text.make()
    for part in (text[:40_000], text[-40_000:]):
        chinese = sum("\u4e00" <= letter <= "\u9fff" for letter in part) / len(part)
        assert 0.2 < chinese < 0.7
    assert len(set(text)) < 800
    scenes = text.split("\n\n")
    assert len(set(scenes)) > 0.85 * len(scenes)


def test_the_text_is_well_formed() -> None:
    text = starter_text.make()
    assert not set("{}|+") & set(text)
    assert text.count("“") == text.count("”")
    for scene in text.strip().split("\n\n"):
        assert scene[0] not in "abcdefghijklmnopqrstuvwxyz " and "  " not in scene and scene[-1] not in " ,，", scene


def test_every_name_in_the_grammars_is_known() -> None:
    for grammar in (starter_english.GRAMMAR, starter_chinese.GRAMMAR):
        used = set()
        for name, templates in grammar.items():
            assert len(set(templates)) == len(templates) or name == "scene"
            used |= {hole[2] for template in templates for hole in starter_text.HOLE.finditer(template)}
        assert {name for name in used if len(name) > 1} <= set(grammar)
        assert set(grammar) <= used | {"scene"}


def test_the_pictures_are_always_the_same_and_quick() -> None:
    began = time.perf_counter()
    pictures, *_ = starter_pictures.make()
    assert time.perf_counter() - began < 5
    assert np.array_equal(pictures, starter_pictures.make()[0])
    assert pictures.shape == (6000, 28, 28) and pictures.dtype == np.uint8
    assert len(np.unique(pictures.reshape(len(pictures), -1), axis=0)) == len(pictures)


def test_every_drawing_is_whole() -> None:
    pictures = starter_pictures.make()[0].astype(float)
    border = np.concatenate([pictures[:, 0], pictures[:, -1], pictures[:, :, 0], pictures[:, :, -1]], axis=1)
    assert (border.max(axis=1) < 128).mean() > 0.99
    assert pictures.max(axis=(1, 2)).min() > 120
    assert pictures.mean(axis=(1, 2)).min() / 255 > 0.02 and pictures.mean(axis=(1, 2)).max() / 255 < 0.6


def test_both_kinds_load_the_starter_data() -> None:
    text = Texts().load("starter", None, 0)
    assert text.train[0] + text.heldout[0] == starter_text.make()
    assert Texts().look("starter").facts == text.facts
    pictures = Pictures().load("starter", None, 0)
    assert pictures.facts.items() >= {"count": 6000, "heldout": 600, "width": 28, "height": 28, "channels": 1}.items()
    assert Pictures().look("starter").facts == pictures.facts
    assert pictures.train.shape == (5400, 1, 28, 28) and pictures.train.is_contiguous()
    assert len(pictures.sha256) == 64 and len(text.sha256) == 64
