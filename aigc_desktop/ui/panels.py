"""The panels in the middle of the window: opened, kept while they are closed, brought back at the next start."""

import logging
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from aigc_desktop.engine import registry
from aigc_desktop.i18n import tr
from aigc_desktop.ui import desk_commands
from aigc_desktop.ui.generator_list import DESK, FOLDED
from aigc_desktop.ui.session import pack, unpack

if TYPE_CHECKING:
    from aigc_desktop.ui.main_window import MainWindow

LAYOUT = 1  # version of the saved layout; another one is not restored


class Panels:
    """One panel for each id, a generator's or a desk's, made by the window. A state outlives its panel, until the panel
    is opened again."""

    def __init__(self, window: "MainWindow"):
        self.window = window
        self._closed: dict[str, Any] = {}  # states of panels that are not open

    def get(self, id: str) -> Any:
        """The panel of this id, opened behind the others if it was not; BadInput for an unknown id."""
        area = self.window.area
        if id in area.docks:
            return area.docks[id].panel
        title, panel = self._make(id)
        if id in self._closed:
            take_up(panel.restore, self._closed.pop(id))
        panel.edited.connect(self.window.save_soon)
        area.add(id, title, panel)
        return panel

    def _make(self, id: str) -> tuple[str, Any]:
        if id.startswith(DESK):
            panel = desk_commands.make(self.window, id.removeprefix(DESK))
            return panel.title(), panel
        spec = registry.get(id)
        return tr(spec.title), self.window.make_panel(spec)

    def keep(self, id: str) -> None:
        """This panel closes; what was typed there comes back when it is opened again."""
        self._closed[id] = self.window.area.docks[id].panel.state()

    def state(self) -> dict[str, Any]:
        area = self.window.area
        states = {id: dock.panel.state() for id, dock in area.docks.items()}
        current = area.current()
        return {
            "open": list(states),
            "current": current.objectName() if current else None,
            "panels": {**self._closed, **states},
            "area": pack(area.saveState(LAYOUT)),
        }

    def restore(self, state: dict[str, Any]) -> None:
        """Open what `state` says was open; what there is no generator for any more is passed over."""
        area, panels = self.window.area, state.get("panels")
        self._closed = {id: kept for id, kept in (panels or {}).items() if isinstance(kept, dict) and _is_there(id)}
        for id in state.get("open") or []:
            if _is_there(id):
                self.get(id)
        area.restore(unpack(state.get("area")), LAYOUT)
        if state.get("current") in area.docks:
            area.bring_forward(state["current"])
            self.window.generators.select(state["current"])  # this unfolds its group
            self.window.generators.fold(state.get("folded", FOLDED))


def _is_there(id: Any) -> bool:
    """Whether this version has the generator, this user the desk."""
    if isinstance(id, str) and id.startswith(DESK):
        return desk_commands.exists(id.removeprefix(DESK))
    return id in registry.specs()


def take_up(restore: Callable[[dict[str, Any]], None], state: dict[str, Any]) -> None:
    """A state that an older version or a hand left must not keep the window from opening."""
    try:
        restore(state)
    except Exception:
        logging.getLogger(__name__).exception("a state of last time could not be taken up")
