"""How a model writes: length, daring and number of texts in sight, the rest folded. Each generator has its own settings."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from aigc_desktop.desks import Desk, settings
from aigc_desktop.engine.params import describe
from aigc_desktop.engine.registry import Spec
from aigc_desktop.ui.form import Form
from aigc_desktop.ui.page import column

IN_SIGHT = ("max_new_tokens", "temperature", "count")


class WritingSettings(QWidget):
    """The form of the generator that writes; what generators share keeps its value when the model changes."""

    changed = Signal()

    def __init__(self, desk: Desk, models: Callable[[], list[str]], parent: QWidget | None = None):
        super().__init__(parent)
        self._desk, self._models = desk, models
        self._kept: dict[str, Any] = {}  # of settings that this generator does not have
        self._open = False
        self.spec: Spec | None = None
        self.form: Form | None = None
        column(self)

    def set_spec(self, spec: Spec | None) -> None:
        """Show the settings of this generator; those that the desk suggests are its defaults here."""
        if spec is self.spec:
            return
        kept = self.state()
        if self.form is not None:
            self.form.hide()
            self.form.deleteLater()
        self.spec, self.form = spec, None
        if spec is not None and spec.create is not None:
            wished = settings(self._desk, spec)
            described = [one for one in describe(spec.create) if one.name != "prompt"]
            shown = [
                replace(one, default=wished.get(one.name, one.default), advanced=one.name not in IN_SIGHT)
                for one in described
            ]
            shown.sort(key=lambda one: IN_SIGHT.index(one.name) if one.name in IN_SIGHT else len(IN_SIGHT))
            self.form = Form(shown, self._models, self)
            self.form.advanced.set_open(self._open)
            self.form.advanced.toggled.connect(self._folded)
            self.layout().addWidget(self.form)
            self.set_values(kept)
            self.form.changed.connect(self.changed)

    def values(self) -> dict[str, Any]:
        """As this generator takes them."""
        return self.form.values() if self.form is not None else {}

    def set_values(self, values: dict[str, Any]) -> None:
        """Show these, as far as the generator has them."""
        self._kept |= values
        if self.form is not None:
            self.form.set_values(values)

    def state(self) -> dict[str, Any]:
        """What was chosen here, for this and other generators."""
        if self.form is not None:
            rows = self.form.rows
            self._kept |= {name: row.field.value() for name, row in rows.items() if row.changed or name in self._kept}
        return dict(self._kept)

    def is_open(self) -> bool:
        """Whether the folded settings are in sight."""
        return self._open

    def set_open(self, open: bool) -> None:
        self._open = open
        if self.form is not None:
            self.form.advanced.set_open(open)

    def _folded(self, open: bool) -> None:
        self._open = open
