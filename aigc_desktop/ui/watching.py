"""Views beside what is being created: they follow the creation that runs, and fold away."""

from typing import Any

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from aigc_desktop.engine.registry import Spec
from aigc_desktop.i18n import tr
from aigc_desktop.ui.fold import Fold
from aigc_desktop.ui.page import column
from aigc_desktop.ui.subscriptions import Subscriptions
from aigc_desktop.ui.views import View, view_for
from aigc_desktop.ui.views.tabs import ViewTabs, title_of

HIGH = 200  # pixels, while it is open


class Watching(QWidget):
    """`follow` a run; nothing is seen before that, nor ever of a spec without such views."""

    toggled = Signal()

    def __init__(self, spec: Spec, jobs: Any, parent: QWidget | None = None):
        super().__init__(parent)
        self.jobs = jobs
        self.run = ""
        self._subscriptions = Subscriptions(self)
        names = spec.create_views
        self.fold = Fold(title_of(names[0], training=False) if len(names) == 1 else tr("Look inside"), self)
        column(self).addWidget(self.fold, 1)
        self.tabs = ViewTabs(tr("What to look at"), self.fold.body)
        column(self.fold.body).addWidget(self.tabs)
        self.views: dict[str, View] = {}
        for name in names:
            self.views[name] = view_for(name, spec, self.tabs.stack)
            self.tabs.add(name, self.views[name])
        self.setVisible(False)
        self.tabs.setFixedHeight(HIGH)
        self.fold.toggled.connect(self.toggled)
        self.fold.set_open(True)

    def follow(self, run: str) -> None:
        """Show what this creation says of the model's inside."""
        if not self.views or run == self.run:
            return
        self.setVisible(True)
        self._subscriptions.end()
        self.run = run
        for view in self.views.values():
            view.clear()
            for event, listener in view.listens().items():
                self._subscriptions.add(self.jobs.subscribe(run, event, listener))

    def is_open(self) -> bool:
        return self.fold.is_open()

    def set_open(self, open: bool) -> None:
        self.fold.set_open(open)
