"""The order of the data depends on seed and step alone, and shares out fairly."""

import torch

from aigc_desktop.data.order import Shuffled


def test_each_epoch_sees_everything_once() -> None:
    order = Shuffled(10, 3, seed=1)
    seen = torch.cat([order.take(step) for step in range(10)])  # three epochs
    for epoch in range(3):
        assert sorted(seen[epoch * 10 : epoch * 10 + 10].tolist()) == list(range(10))
    assert not torch.equal(seen[:10], seen[10:20])


def test_any_step_can_be_asked_for_alone() -> None:
    order = Shuffled(7, 4, seed=3)
    batches = [order.take(step) for step in range(20)]
    for step in (19, 0, 7):
        assert torch.equal(Shuffled(7, 4, seed=3).take(step), batches[step])


def test_processes_share_a_batch() -> None:
    whole = Shuffled(11, 4, seed=2).take(5)
    parts = [Shuffled(11, 4, seed=2, rank=rank, world=2).take(5) for rank in range(2)]
    assert torch.equal(torch.stack(parts, 1).reshape(-1), whole)


def test_a_batch_larger_than_the_set_goes_round() -> None:
    taken = Shuffled(3, 8, seed=0).take(0)
    assert len(taken) == 8 and set(taken.tolist()) == {0, 1, 2}
