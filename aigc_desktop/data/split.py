"""Which examples are held out: by their contents, so that the same file is never on both sides."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:  # NumPy must wait until data is read
    import numpy as np

LARGEST_SHARE = 0.25  # of all weight; a book among notes is not held out as a whole


def held_out(digests: Sequence[bytes], weights: Sequence[int] | None = None) -> list[bool]:
    """For each example, is it held out? A tenth of the different contents, at least one, in the order of their digests.

    `weights` are sizes: an example that would bring the held-out share above a quarter is passed over, unless no other
    is left, when the lightest is taken. All False where fewer than two contents differ.
    """
    import numpy as np

    ranks = {digest: rank for rank, digest in enumerate(sorted(set(digests)))}
    keys = np.fromiter((ranks[digest] for digest in digests), np.uint64, len(digests))
    return held_out_of(keys, np.asarray(weights or [1] * len(digests), np.uint64)).tolist()


def held_out_of(keys: "np.ndarray", weights: "np.ndarray") -> "np.ndarray":
    """The same of millions of examples: uint64 keys [n] in the order of the contents, weights [n]; bool [n]."""
    import numpy as np

    contents, places = np.unique(keys, return_inverse=True)
    if len(contents) < 2:
        return np.zeros(len(keys), bool)
    heavy = np.bincount(places, weights.astype(np.float64))  # exact: sizes are far below 2^53
    wanted = max(1, len(contents) // 10)
    room = LARGEST_SHARE * heavy.sum()
    chosen = np.zeros(len(contents), bool)
    if heavy[:wanted].sum() <= room:
        chosen[:wanted] = True
    else:
        count = 0
        for number, weight in enumerate(heavy):
            if count < wanted and weight <= room:
                chosen[number] = True
                count, room = count + 1, room - weight
    if not chosen.any():
        chosen[int(heavy.argmin())] = True
    return chosen[places]
