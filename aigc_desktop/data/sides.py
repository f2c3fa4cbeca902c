"""Which pictures of a set are learned from, which are held out, and which are there twice."""

from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from aigc_desktop.data import duplicates
from aigc_desktop.data.gather import Survey
from aigc_desktop.data.split import held_out_of
from aigc_desktop.i18n import mark
from aigc_desktop.problems import BadInput

if TYPE_CHECKING:
    from torch import Tensor


class Chosen:
    """The sides of a set `found`, with held-out pictures of their own in `others` or else a tenth by content.

    `leave` says what is left out: nothing ("keep"), "copies", or also what is "alike".
    """

    def __init__(self, found: Survey, leave: str = "keep", others: Survey | None = None):
        self.found, self.leave, self.others = found, leave, others

    @cached_property
    def first(self) -> np.ndarray:
        """For each picture the first with the same pixels."""
        return duplicates.copies(self.found.pictures["same"])

    @cached_property
    def first_alike(self) -> np.ndarray:
        """For each picture the first that it cannot be told from."""
        return duplicates.alike(self.found.pictures["hash"], self.found.tones, self.first)

    @cached_property
    def used(self) -> np.ndarray:
        """bool [n]: all that are not left out."""
        every = np.arange(len(self.found.pictures))
        if self.leave == "keep":
            return np.ones(len(every), bool)
        return (self.first if self.leave == "copies" else self.first_alike) == every

    @cached_property
    def out(self) -> np.ndarray:
        """bool [n]: the used ones that are held out; none of their copies is learned from, nor a whole class."""
        pictures, used = self.found.pictures, self.used
        ranks = _ranks(pictures["digest"])
        keys = ranks.copy()
        np.minimum.at(keys, self.first, ranks)
        keys = keys[self.first]
        out = _held_out(keys, used & self._spared)
        if not out.any():  # each class has but one picture
            out = _held_out(keys, used)
        if self.found.classes:
            taught = np.bincount(pictures["label"][used & ~out], minlength=len(self.found.classes)) > 0
            out = out & taught[pictures["label"]] if taught[pictures["label"][out]].any() else out
        if not out.any():
            raise BadInput(
                mark("All pictures in {path} are the same; at least two different ones are needed."),
                path=self.found.path,
            )
        return out

    @property
    def _spared(self) -> np.ndarray:
        """bool [n]: those whose class has another picture."""
        if not self.found.classes:
            return np.ones(len(self.used), bool)
        labels = self.found.pictures["label"]
        different = self.used & (self.first == np.arange(len(self.first)))
        return np.asarray((np.bincount(labels[different], minlength=len(self.found.classes)) > 1)[labels])

    @cached_property
    def learned(self) -> np.ndarray:
        """bool [n]: those that are learned from."""
        if self.others is None:
            return self.used & ~self.out
        learned = self.used & ~np.isin(self.found.pictures["same"], self.others.pictures["same"])
        if not learned.any():
            raise BadInput(
                mark("All pictures in {path} are also in {heldout}: none is left to learn from."),
                path=self.found.path,
                heldout=self.others.path,
            )
        return learned

    @cached_property
    def held_places(self) -> np.ndarray:
        """int64 [heldout]: where each held-out picture stands, in an order that follows from their contents alone.

        So the first of them are of every class, as a figure that is taken on a part of them needs.
        """
        held = self.found.pictures[self.out] if self.others is None else self.others.pictures
        return _ranks(held["digest"]).astype(np.int64)

    @property
    def count(self) -> int:
        return int(self.used.sum())

    @property
    def heldout(self) -> int:
        return int(self.out.sum()) if self.others is None else len(self.others.pictures)

    @property
    def copies(self) -> int:
        """How many of the used pictures have the pixels of an earlier one."""
        every = np.arange(len(self.first))
        return int((self.used & (self.first != every)).sum())

    @property
    def alike(self) -> int:
        """How many more of them cannot be told from an earlier one."""
        every = np.arange(len(self.first))
        return int((self.used & (self.first == every) & (self.first_alike != every)).sum())

    def labels(self) -> "tuple[Tensor | None, Tensor | None]":
        """The classes of both sides, int64 [n] each; of others' None where they have no classes."""
        import torch

        if not self.found.classes:
            return None, None
        labels = torch.from_numpy(self.found.pictures["label"].astype(np.int64))
        learned = labels[torch.from_numpy(self.learned)]
        held = torch.empty(self.heldout, dtype=torch.int64)
        places = torch.from_numpy(self.held_places)
        if self.others is None:
            held[places] = labels[torch.from_numpy(self.out)]
            return learned, held
        if not self.others.classes:
            return learned, None
        number = {name: place for place, name in enumerate(self.found.classes)}
        for name in self.others.classes:
            if name not in number:
                raise BadInput(
                    mark("The held-out pictures in {heldout} have a class {name}, which {path} has not."),
                    heldout=self.others.path,
                    name=name,
                    path=self.found.path,
                )
        ours = np.array([number[name] for name in self.others.classes])
        held[places] = torch.from_numpy(ours[self.others.pictures["label"]].astype(np.int64))
        return learned, held


def _held_out(keys: np.ndarray, among: np.ndarray) -> np.ndarray:
    """bool [n]: a tenth of the different contents among these."""
    out = np.zeros(len(keys), bool)
    out[among] = held_out_of(keys[among], np.ones(int(among.sum()), np.uint64))
    return out


def _ranks(digests: np.ndarray) -> np.ndarray:
    """Each digest's (uint8 [n, 16]) place in their order, uint64 [n]."""
    words = np.ascontiguousarray(digests).view(">u8")
    ranks = np.empty(len(words), np.uint64)
    ranks[np.lexsort(words.T[::-1])] = np.arange(len(words), dtype=np.uint64)
    return ranks
