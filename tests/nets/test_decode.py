"""Choosing the next token: each way of narrowing the choice does what its name says."""

import pytest
import torch

from aigc_desktop.nets.decode import Sampling, choose, generate, keep_top_k, keep_top_p, penalise

LOGITS = torch.tensor([[0.1, 2.0, -1.0, 1.0, 0.5], [3.0, -2.0, 0.0, 2.9, 1.0]])


@pytest.mark.parametrize("k", [1, 2, 4])
def test_top_k_keeps_the_k_best(k: int) -> None:
    kept = keep_top_k(LOGITS, k)
    assert (kept.isfinite().sum(dim=1) == k).all()
    assert torch.equal(kept.topk(k).indices, LOGITS.topk(k).indices)


def test_top_k_keeps_k_of_equals() -> None:
    assert int(keep_top_k(torch.zeros(1, 9), 3).isfinite().sum()) == 3


@pytest.mark.parametrize("k", [0, 5, 99])
def test_top_k_off_changes_nothing(k: int) -> None:
    assert torch.equal(keep_top_k(LOGITS, k), LOGITS)


@pytest.mark.parametrize("p", [0.05, 0.3, 0.6, 0.9, 0.99])
def test_top_p_keeps_the_fewest_that_reach_p(p: float) -> None:
    for row in LOGITS:
        probabilities = row.softmax(0)
        kept = keep_top_p(row[None], p)[0].isfinite()
        assert probabilities[kept].sum() >= p
        assert probabilities[kept].sum() - probabilities[kept].min() < p
        assert int(kept.sum()) == len(row) or probabilities[kept].min() >= probabilities[~kept].max()


def test_top_p_at_its_ends() -> None:
    assert torch.equal(keep_top_p(LOGITS, 1.0), LOGITS)
    assert (keep_top_p(LOGITS, 0.0).isfinite().sum(dim=1) == 1).all()


def test_the_penalty_lowers_what_was_there_and_nothing_else() -> None:
    recent = torch.tensor([[1, 2], [0, 1]])
    after = penalise(LOGITS, recent, 1.5)
    for row in range(2):
        for token in range(5):
            if token in recent[row]:
                assert after[row, token] < LOGITS[row, token]
            else:
                assert after[row, token] == LOGITS[row, token]


def test_temperature_zero_is_greedy() -> None:
    for uniform in (0.0, 0.5, 1.0 - 2**-53):
        chosen = choose(LOGITS, Sampling(0.0), torch.full((2,), uniform, dtype=torch.float64))
        assert chosen.tolist() == [1, 0]


def test_a_tiny_temperature_does_not_overflow() -> None:
    assert choose(LOGITS * 1e4, Sampling(1e-6), torch.tensor([0.3, 0.9])).tolist() == [1, 0]


def test_draws_follow_the_probabilities() -> None:
    count = 20_000
    uniform = (torch.arange(count, dtype=torch.float64) + 0.5) / count
    for temperature in (0.5, 1.0, 2.0):
        chosen = choose(LOGITS[:1].expand(count, -1), Sampling(temperature), uniform)
        frequency = chosen.bincount(minlength=5) / count
        assert torch.allclose(frequency, (LOGITS[0] / temperature).softmax(0), atol=2e-4)


@pytest.mark.parametrize("sampling", [Sampling(1.0, top_k=2), Sampling(1.0, top_p=0.4)])
def test_what_is_ruled_out_is_never_drawn(sampling: Sampling) -> None:
    uniform = torch.tensor([0.0, 1e-12, 0.5, 1 - 1e-12, 1 - 2**-53], dtype=torch.float64)
    for row in LOGITS:
        allowed = keep_top_p(keep_top_k(row[None], sampling.top_k), sampling.top_p)[0].isfinite().nonzero().flatten()
        assert set(choose(row.expand(5, -1), sampling, uniform).tolist()) <= set(allowed.tolist())


def _sequence(seeds: list[int], sampling: Sampling, usable: int | None = None) -> list[list[int]]:
    start = torch.zeros(len(seeds), 1, dtype=torch.long)
    scores = torch.linspace(0, 2, 7)
    steps = generate(lambda read: scores.repeat(len(read), 1), start, sampling, seeds, 40, usable)
    return torch.stack(list(steps), dim=1).tolist()


def test_a_sequence_depends_on_its_own_seed_only() -> None:
    together = _sequence([5, 6, 7], Sampling())
    assert together == [_sequence([seed], Sampling())[0] for seed in (5, 6, 7)]
    assert together[0] != together[1]


def test_only_usable_tokens_are_written() -> None:
    assert max(map(max, _sequence([1, 2], Sampling(), usable=3))) == 2


def test_the_penalty_makes_generated_tokens_repeat_less() -> None:
    def repeats(penalty: float) -> int:
        (row,) = _sequence([3], Sampling(1.0, repetition_penalty=penalty, window=4))
        return sum(token in row[max(0, place - 4) : place] for place, token in enumerate(row))

    assert repeats(8.0) < repeats(1.0)
