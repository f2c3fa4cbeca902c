"""Numbers in few words: counts, memory, durations, a clock, a metric's value."""

import math

from aigc_desktop.i18n import language, mark, tr
from aigc_desktop.ui import numerals

SIZES = ((1e12, mark("{n} TB")), (1e9, mark("{n} GB")), (1e6, mark("{n} MB")), (1e3, mark("{n} kB")))
COUNTS = ((1e9, mark("{n} billion")), (1e6, mark("{n} million")))
CHINESE_COUNTS = ((1e8, "{n} 亿"), (1e4, "{n} 万"))


def count(number: int) -> str:
    """1,234 · 1.2 million · 120 万."""
    for size, pattern in CHINESE_COUNTS if language() == "zh_CN" else COUNTS:
        if number >= size:
            return tr(pattern, n=_two_digits(number / size))
    return whole(number)


def whole(number: float) -> str:
    """12,345."""
    return numerals.whole(number)


def memory(size: int) -> str:
    """0.4 GB · 12 MB."""
    if size >= 1e8:
        return (
            tr(SIZES[1][1], n=numerals.fraction(size / 1e9, 1))
            if size < 1e12
            else tr(SIZES[0][1], n=_two_digits(size / 1e12))
        )
    pattern, unit = (SIZES[2][1], 1e6) if size >= 1e6 else (SIZES[3][1], 1e3)
    return tr(pattern, n=_two_digits(size / unit))


def about(seconds: float) -> str:
    """2 min · 45 s · 3 h: the largest unit that says enough."""
    if seconds < 120:
        return tr("{n} s", n=max(1, round(seconds)))
    if seconds < 90 * 60:
        return tr("{n} min", n=round(seconds / 60))
    if seconds < 48 * 3600:
        return tr("{n} h", n=_two_digits(seconds / 3600))
    return tr("{n} days", n=round(seconds / 86_400))


def clock(seconds: float) -> str:
    """0:48 · 12:05 · 1:02:03."""
    minutes, rest = divmod(max(0, math.ceil(seconds)), 60)
    hours, minutes = divmod(minutes, 60)
    return numerals.digits(f"{hours}:{minutes:02d}:{rest:02d}" if hours else f"{minutes}:{rest:02d}")


def pixels(width: int, height: int) -> str:
    """1024 × 768."""
    return f"{numerals.plain(width)} × {numerals.plain(height)}"


def value(number: float) -> str:
    """A metric in four digits: 1.523, 0.0012, 12.34, 1.2e-07."""
    if not math.isfinite(number):
        return "–"
    if number and (abs(number) < 1e-4 or abs(number) >= 1e6):
        return numerals.scientific(number)
    digits = 3 if abs(number) < 1 else max(0, 3 - math.floor(math.log10(abs(number))))
    return numerals.fraction(number, digits + (1 if 0 < abs(number) < 0.1 else 0))


def _two_digits(number: float) -> str:
    rounded = number if number >= 10 else round(number, 1)
    return numerals.whole(rounded) if number >= 10 or rounded.is_integer() else numerals.fraction(rounded, 1)
