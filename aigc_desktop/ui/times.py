"""Moments in the words of the language in use and as the user's region writes them, in the user's own time zone."""

from datetime import datetime

from PySide6.QtCore import QDateTime, QLocale

from aigc_desktop.i18n import language
from aigc_desktop.ui import numerals


def moment(iso: str, precise: bool = False) -> str:
    """An ISO 8601 moment: 14:05 today, 22 Nov 2026 before; both when precise."""
    try:
        then = datetime.fromisoformat(iso).astimezone()
    except ValueError:
        return iso
    shown = QDateTime.fromSecsSinceEpoch(int(then.timestamp()))
    day = numerals.digits(_words().toString(shown.date(), _day_format()))
    clock = numerals.locale().toString(shown.time(), _clock_format(precise))
    if precise:
        return f"{day} {clock}"
    return clock if then.date() == datetime.now().astimezone().date() else day


def _words() -> QLocale:
    return QLocale(QLocale.Language.Chinese if language() == "zh_CN" else QLocale.Language.English)


def _day_format() -> str:
    """With the month's name, since 3/4 is March in one place and April in another."""
    if language() == "zh_CN":
        return "yyyy年M月d日"
    short = QLocale().dateFormat(QLocale.FormatType.ShortFormat)
    return "MMM d, yyyy" if short.startswith(("M", "\u200fM")) else "d MMM yyyy"


def _clock_format(precise: bool) -> str:
    """Twelve or twenty-four hours, as the system has it."""
    short = numerals.locale().timeFormat(QLocale.FormatType.ShortFormat)
    if QLocale().language() == QLocale.Language.C:
        short = "H:mm"
    return short.replace("mm", "mm:ss") if precise else short
