"""Moments in the words of the language in use, in the user's own time zone."""

from datetime import datetime

from PySide6.QtCore import QDateTime, QLocale

from aigc_desktop.i18n import language


def moment(iso: str, precise: bool = False) -> str:
    """An ISO 8601 moment: 14:05 today, 22 Nov 2026 before; both when precise."""
    try:
        then = datetime.fromisoformat(iso).astimezone()
    except ValueError:
        return iso
    locale = QLocale(QLocale.Language.Chinese if language() == "zh_CN" else QLocale.Language.English)
    shown = QDateTime.fromSecsSinceEpoch(int(then.timestamp()))
    clock = locale.toString(shown.time(), "H:mm:ss" if precise else "H:mm")
    day = locale.toString(shown.date(), "yyyy年M月d日" if language() == "zh_CN" else "d MMM yyyy")
    if precise:
        return f"{day} {clock}"
    return clock if then.date() == datetime.now().astimezone().date() else day
