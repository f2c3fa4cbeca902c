"""Translation: English in the code, other languages in `resources/translations` as gettext catalogues.

`tr` translates where a text is shown; `mark` only marks a text where it is declared (a spec's title, a sentence's
pattern), so that the catalogue finds it. The titles and help texts given to `field` and `Spec` need no mark.
"""

import gettext
import locale
import os
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

CATALOGUES = Path(__file__).resolve().parent.parent / "resources" / "translations"
LANGUAGES = {"en": "English", "zh_CN": "简体中文"}

_current: gettext.NullTranslations = gettext.NullTranslations()
_language = "en"
_written: Callable[[int | float, str], str] | None = None


def mark(text: str) -> str:
    """The text itself; marks it for the catalogue."""
    return text


class Verbatim(str):
    """A text that somebody wrote in a language of its own: `tr` leaves it, though the program may have the same words."""


def tr(text: str, /, **values: object) -> str:
    """The text in the language in use, its `{names}` filled with the values."""
    translated = text if not text or isinstance(text, Verbatim) else _current.gettext(text)
    return translated.format(**localised(values)) if values else translated


def write_numbers(written: Callable[[int | float, str], str] | None) -> None:
    """How numbers are written in sentences from now on, given the number and the `:spec` of its place; None for Python's
    own way, with the point, which the command line keeps: what it prints is read by scripts and typed again."""
    global _written
    _written = written


def localised(values: Mapping[str, Any]) -> dict[str, Any]:
    """The values of a sentence, with numbers that write themselves as the user's system does."""
    if _written is None:
        return dict(values)
    kinds = {int: _Whole, float: _Fraction}
    return {name: kinds[type(value)](value) if type(value) in kinds else value for name, value in values.items()}


class _Whole(int):
    def __format__(self, spec: str) -> str:
        return _written(int(self), spec) if _written is not None else format(int(self), spec)


class _Fraction(float):
    def __format__(self, spec: str) -> str:
        return _written(float(self), spec) if _written is not None else format(float(self), spec)


def use(language: str) -> None:
    """Translate into this language (a key of LANGUAGES; any other means English) from now on."""
    global _current, _language
    _language = language if language in LANGUAGES else "en"
    _current = gettext.translation("aigc", CATALOGUES, languages=[_language], fallback=True)


def language() -> str:
    """The language in use, a key of LANGUAGES."""
    return _language


def system_language() -> str:
    """The key of LANGUAGES that fits the user's locale best."""
    asked = [os.environ.get(key) for key in ("LC_ALL", "LC_MESSAGES", "LANG")]
    for name in [*asked, locale.getlocale()[0]]:
        if name:
            return "zh_CN" if name.lower().startswith(("zh", "chinese")) else "en"
    return "en"
