"""Which examples are held out."""

import hashlib

from aigc_desktop.data.split import held_out


def digests(values: list[int]) -> list[bytes]:
    return [hashlib.sha256(str(value).encode()).digest() for value in values]


def test_a_tenth_and_at_least_one() -> None:
    for count, wanted in [(2, 1), (9, 1), (10, 1), (19, 1), (20, 2), (1000, 100)]:
        assert sum(held_out(digests(list(range(count))))) == wanted


def test_copies_are_on_one_side() -> None:
    values = [i % 30 for i in range(300)]
    out = held_out(digests(values))
    assert {v for v, o in zip(values, out, strict=True) if o}.isdisjoint(
        v for v, o in zip(values, out, strict=True) if not o
    )
    assert sum(out) == 30


def test_neither_order_nor_neighbours_change_a_side() -> None:
    out = dict(zip(range(100), held_out(digests(list(range(100)))), strict=True))
    assert dict(zip(reversed(range(100)), held_out(digests(list(reversed(range(100))))), strict=True)) == out
    more = dict(zip(range(110), held_out(digests(list(range(110)))), strict=True))
    assert sum(out[i] != more[i] for i in range(100)) <= 2


def test_nothing_to_hold_out() -> None:
    assert held_out([]) == []
    assert held_out(digests([1])) == [False]
    assert held_out(digests([1, 1, 1])) == [False] * 3


def test_heavy_examples_are_passed_over() -> None:
    for heavy in range(20):
        out = held_out(digests(list(range(20))), [1000 if i == heavy else 1 for i in range(20)])
        assert not out[heavy] and sum(out) == 2
    assert held_out(digests([1, 2]), [5, 3]) == [False, True]
    assert held_out(digests([1, 2]), [3, 5]) == [True, False]
