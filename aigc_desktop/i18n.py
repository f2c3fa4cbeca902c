"""Translation: English in the code, other languages in `resources/translations` as gettext catalogues.

`tr` translates where a text is shown; `mark` only marks a text where it is declared (a spec's title, a sentence's
pattern), so that the catalogue finds it. The titles and help texts given to `field` and `Spec` need no mark.
"""

import gettext
import locale
import os
from pathlib import Path

CATALOGUES = Path(__file__).resolve().parent.parent / "resources" / "translations"
LANGUAGES = {"en": "English", "zh_CN": "简体中文"}

_current: gettext.NullTranslations = gettext.NullTranslations()
_language = "en"


def mark(text: str) -> str:
    """The text itself; marks it for the catalogue."""
    return text


def tr(text: str, /, **values: object) -> str:
    """The text in the language in use, its `{names}` filled with the values."""
    translated = _current.gettext(text) if text else text
    return translated.format(**values) if values else translated


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
