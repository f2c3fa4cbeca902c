"""What happened elsewhere, said aloud: to who listens to a screen reader, nothing shows a sentence that appears."""

from PySide6.QtCore import QObject
from PySide6.QtGui import QAccessible, QAccessibleAnnouncementEvent

from aigc_desktop.engine import events
from aigc_desktop.i18n import tr

Politeness = QAccessible.AnnouncementPoliteness


def announce(where: QObject, sentence: str, *, at_once: bool = False) -> None:
    """Have the sentence read out, after what is being read or, `at_once`, instead. Costs nothing where nobody listens."""
    if sentence:
        event = QAccessibleAnnouncementEvent(where, sentence)
        event.setPoliteness(Politeness.Assertive if at_once else Politeness.Polite)
        QAccessible.updateAccessibility(event)


def ending(title: str, last: events.Last) -> str:
    """How a job ended, in a sentence."""
    if isinstance(last, events.Failed | events.Lost):
        return f"{title}: {last.text}"
    return f"{title}: {tr('Stopped') if isinstance(last, events.Cancelled) else tr('Done')}"
