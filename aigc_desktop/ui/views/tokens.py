"""Words that the views of language models share."""

import math

from aigc_desktop.i18n import tr
from aigc_desktop.shown import piece
from aigc_desktop.ui import numerals

ENDS = ("<|endoftext|>", "<|end_of_text|>", "<|im_end|>", "<|eot_id|>", "<eos>", "</s>", "<|end|>")
STARTS = ("<s>", "<bos>", "<|begin_of_text|>", "<|startoftext|>")


def label(token: str) -> str:
    """A token as it is named: its letters, spaces and breaks to be seen."""
    if token in ENDS:
        return tr("⟨end⟩")
    if token in STARTS:
        return tr("⟨start⟩")
    return token if token.startswith("⟨") else piece(token) or "∅"


def chance(probability: float) -> str:
    """62 % · 4.1 % · 0.03 % · < 0.01 %."""
    share = 100 * probability
    if share >= 9.95:
        digits = 0
    elif share >= 0.995:
        digits = 1
    elif share >= 0.00995:
        digits = 2
    else:
        return tr("< {n} %", n=numerals.fraction(0.01, 2))
    return tr("{n} %", n=numerals.fraction(share, digits))


def exactly(probability: float) -> str:
    """50 % · 0.1 %: a probability that is a round number."""
    return tr("{n} %", n=numerals.short(100 * probability))


def chance_of(nats: float) -> str:
    """The probability whose surprise that is."""
    return chance(math.exp(-nats))
