"""Which examples are held out: by their contents, so that the same file is never on both sides."""

from collections.abc import Sequence

LARGEST_SHARE = 0.25  # of all weight; a book among notes is not held out as a whole


def held_out(digests: Sequence[bytes], weights: Sequence[int] | None = None) -> list[bool]:
    """For each example, is it held out? A tenth of the different contents, at least one, in the order of their digests.

    `weights` are sizes: an example that would bring the held-out share above a quarter is passed over, unless no other
    is left, when the lightest is taken. All False where fewer than two contents differ.
    """
    weight: dict[bytes, int] = {}
    for digest, heavy in zip(digests, weights or [1] * len(digests), strict=True):
        weight[digest] = weight.get(digest, 0) + heavy
    if len(weight) < 2:
        return [False] * len(digests)
    wanted = max(1, len(weight) // 10)
    room = LARGEST_SHARE * sum(weight.values())
    chosen: set[bytes] = set()
    for digest in sorted(weight):
        if len(chosen) < wanted and weight[digest] <= room:
            chosen.add(digest)
            room -= weight[digest]
    if not chosen:
        chosen.add(min(sorted(weight), key=weight.__getitem__))
    return [digest in chosen for digest in digests]
