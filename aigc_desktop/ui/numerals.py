"""Numbers as the user's system writes them, and read from what people type or paste.

Files, the command line and everything that programs read keep the point (Python's own spelling).
"""

import re
import unicodedata

from PySide6.QtCore import QLocale

from aigc_desktop import i18n

EXPONENT = re.compile(r"(.+?)\s*(?:e|\s[×x*·]\s?10\^|[×x*·]10\^)\s*([-+]?\d+)", re.IGNORECASE)
GROUPED = re.compile(r"[1-9]\d{0,2}(?:S\d{3})+|[1-9]\d?(?:S\d{2})*S\d{3}")  # 1,234,567 or, in India, 12,34,567
LARGEST = 2**63  # from here on Qt takes no whole number
MARKS = dict.fromkeys(map(ord, "\u200e\u200f\u061c\u202a\u202c\u2066\u2069"))  # of writing direction
SPELLED = str.maketrans({"−": "-", "–": "-", "٫": ".", "٬": "'", "’": "'", "،": ","})


def locale() -> QLocale:
    """The locale of numbers, moments and their digits: the system's region, whatever the language of our words."""
    there = QLocale()
    return QLocale(QLocale.Language.English) if there.language() == QLocale.Language.C else there


def install() -> None:
    """From now on numbers inside translated sentences are written so too."""
    i18n.write_numbers(in_sentence)


def whole(number: float) -> str:
    """12,345 · 12.345."""
    return _digits(round(number), locale())


def plain(number: int) -> str:
    """Digits without groups: 1024."""
    return _digits(number, _ungrouped())


def fraction(number: float, digits: int, grouped: bool = True) -> str:
    """With this many digits after the point: 0.50 · 0,50."""
    return (locale() if grouped else _ungrouped()).toString(float(number), "f", digits)


def scientific(number: float, digits: int = 2) -> str:
    """1.20e-07 · 1,20e-07."""
    there = locale()
    return there.toString(float(number), "e", digits).replace(there.exponential(), "e")


def short(number: float, digits: int = 6) -> str:
    """As few digits as say it, no groups: 0.001, 64, 1.5e-7."""
    text = f"{number:.{digits}g}"
    mantissa, _, power = text.partition("e")
    shown = fraction(float(mantissa), len(mantissa.partition(".")[2]), grouped=False)
    return f"{shown}e{plain(int(power))}" if power else shown


def digits(text: str) -> str:
    """The same with the locale's digits, for clocks: 0:48 · ٠:٤٨."""
    zero = ord(locale().zeroDigit())
    return text if zero == ord("0") else text.translate({ord("0") + n: zero + n for n in range(10)})


def percent(share: float) -> str:
    """0.62 → "62 %"."""
    return i18n.tr("{n} %", n=plain(int(100 * share + 1e-9)))


def in_sentence(value: float, spec: str) -> str:
    """A number for a `{name:spec}` of a sentence; the spec is Python's."""
    if isinstance(value, int) and spec in ("", "d", ","):
        return whole(value) if spec == "," else plain(value)
    text = format(value, spec)
    found = re.fullmatch(r"(-?[\d,]+)(\.\d+)?", text)
    if found is None:
        return text
    digits = len(found[2] or ".") - 1
    return fraction(float(text.replace(",", "")), digits, grouped="," in spec)


def read(text: str, is_whole: bool = False) -> float | None:
    """The number that a text says, in the locale's spelling or with the point; None where it says none.

    One separator that could be either the point or a group ("1.234" where the comma is the point) is understood only
    where the locale leaves no doubt: as a group in a whole number, as the point in a fraction. A guess could be a
    thousand times off.
    """
    number = _western(text)
    power = EXPONENT.fullmatch(number)
    mantissa, exponent = (power[1], int(power[2])) if power else (number, None)
    sign = -1 if mantissa.startswith("-") else 1
    digits = _pointed(mantissa.lstrip("+-"), is_whole, exponent is not None) if len(mantissa) < 400 else None
    if digits is None or mantissa[:2] in ("--", "++", "+-", "-+") or abs(exponent or 0) > 400:
        return None
    return sign * float(f"{digits}e{exponent or 0}")


def is_begun(text: str) -> bool:
    """Whether a text could become a number when one types on."""
    return re.fullmatch(r"[-+]?[\d.,' ]*(?:e[-+]?\d*)?", _western(text), re.IGNORECASE) is not None


def _western(text: str) -> str:
    """The same with the digits 0–9, and plain spaces, points, commas, apostrophes and signs."""
    there = locale()
    text = text.replace(there.exponential(), "e") if len(there.exponential()) > 1 else text
    text = unicodedata.normalize("NFKC", text).translate(MARKS).translate(SPELLED)
    text = "".join(str(unicodedata.decimal(letter)) if letter.isdecimal() else letter for letter in text)
    return " ".join(text.split())


def _pointed(text: str, is_whole: bool, has_power: bool) -> str | None:
    """Digits with at most a point in them, from digits with separators of any sort."""
    here = "." if locale().decimalPoint() in (".", "٫") else ","
    for group in (" ", "'"):
        if group in text:
            front, back = (text[: text.rfind(group) + 4], text[text.rfind(group) + 4 :])
            if not GROUPED.fullmatch(front.replace(group, "S")):
                return None
            text = front.replace(group, "") + back
            if not re.fullmatch(r"\d+(?:[.,]\d*)?", text):
                return None
            return text.replace(",", ".")
    seps = [letter for letter in text if letter in ".,"]
    if not re.fullmatch(r"[\d.,]*\d[\d.,]*", text):
        return None
    if not seps:
        return text
    if len(set(seps)) == 2:  # the last one is the point
        front, back = text[: text.rfind(seps[-1])], text[text.rfind(seps[-1]) + 1 :]
        if seps.count(seps[-1]) > 1 or not GROUPED.fullmatch(front.replace(seps[0], "S")):
            return None
        return f"{front.replace(seps[0], '')}.{back}"
    only = seps[0]
    if len(seps) > 1:
        return text.replace(only, "") if GROUPED.fullmatch(text.replace(only, "S")) else None
    if GROUPED.fullmatch(text.replace(only, "S")) and not has_power:
        if is_whole:
            return text.replace(only, "") if only != here else None
        return text.replace(only, ".") if only == here else None
    return text.replace(only, ".")


def _digits(number: int, there: QLocale) -> str:
    return there.toString(number) if abs(number) < LARGEST else digits(str(number))


def _ungrouped() -> QLocale:
    there = locale()
    there.setNumberOptions(there.numberOptions() | QLocale.NumberOption.OmitGroupSeparator)
    return there
