"""Files dropped on the window, not on a panel: the first generator that can learn from them takes them."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QMimeData

from aigc_desktop.engine import registry
from aigc_desktop.engine.job import Job
from aigc_desktop.i18n import tr

if TYPE_CHECKING:
    from aigc_desktop.ui.main_window import MainWindow

ITEM = "application/x-aigc-item"  # dragged from the library: for a panel, not for the window


def paths(data: QMimeData) -> list[str]:
    """The files and folders that are being dragged here from outside."""
    return [] if data.hasFormat(ITEM) else [url.toLocalFile() for url in data.urls() if url.isLocalFile()]


def use(window: "MainWindow", dropped: list[str], then: Callable[[registry.Spec, str], object] | None = None) -> None:
    """Open the panel that can learn from what was dropped, with it chosen (or do `then`); else say why none can."""
    if len(dropped) != 1:
        window.notices.show_sentence("drop", tr("Drop one file, one folder or one zip at a time."))
        return
    path = dropped[0]
    able = [spec for spec in registry.specs().values() if spec.data is not None and spec.train is not None]
    able.sort(key=lambda spec: not path.lower().endswith(tuple(spec.data.suffixes)))
    _ask(window, path, able, then or (lambda spec, path: _open(window, spec, path)))


def _open(window: "MainWindow", spec: registry.Spec, path: str) -> None:
    window.open_generator(spec.id, Job(generator=spec.id, data=path))


def _ask(
    window: "MainWindow", path: str, specs: list[registry.Spec], then: Callable[[registry.Spec, str], object]
) -> None:
    if not specs:
        return
    first, *others = specs

    def answered(found: Any) -> None:
        if isinstance(found, registry.Found):
            window.notices.remove("drop")
            then(first, path)
        elif others:
            _ask(window, path, others, then)
        else:
            window.notices.show_sentence("drop", str(found))

    window.jobs.look(first.id, path, answered)
