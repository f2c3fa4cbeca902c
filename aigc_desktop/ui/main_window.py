"""The window: generators left, panels in the middle, library right, queue at the bottom."""

from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QDockWidget, QLabel, QMainWindow, QWidget

from aigc_desktop.engine import registry
from aigc_desktop.engine.job import Job
from aigc_desktop.i18n import tr
from aigc_desktop.ui.desk import Desk
from aigc_desktop.ui.settings import Settings


class MainWindow(QMainWindow):
    """One project in a window. `jobs` lives outside, so that a running job outlasts a rebuilt window."""

    def __init__(self, settings: Settings, project: Any, jobs: Any):
        super().__init__()
        self.settings = settings
        self.project = project
        self.jobs = jobs
        self.desk = Desk(QLabel(tr("What you open on the left appears here.")))
        self.setCentralWidget(self.desk)
        self.library: QWidget = self._library()
        self.queue: QWidget = self._queue()
        self._dock("library", tr("Library"), self.library, Qt.DockWidgetArea.RightDockWidgetArea)
        self._dock("queue", tr("Queue"), self.queue, Qt.DockWidgetArea.BottomDockWidgetArea)

    def open_generator(self, id: str, job: Job | None = None, action: str = "train") -> QWidget:
        """The panel of this generator, opened if it was not, filled from `job`; BadInput for an unknown id."""
        from aigc_desktop.ui.generator_panel import GeneratorPanel

        spec = registry.get(id)
        if id in self.desk.docks:
            self.desk.raise_dock(id)
            panel = self.desk.docks[id].widget()
        else:
            panel = GeneratorPanel(spec, self)
            self.desk.add(id, tr(spec.title), panel)
        if job is not None:
            panel.fill(job)
        return panel

    def use_settings(self, job: dict[str, Any]) -> QWidget:
        """Open the panel of the job's generator with the job's settings."""
        made = Job.model_validate(job)
        return self.open_generator(made.generator, made, made.action)

    def _library(self) -> QWidget:
        from aigc_desktop.ui.library_dock import LibraryDock

        library = LibraryDock(self.project, self.jobs)
        library.use_settings.connect(self.use_settings)
        return library

    def _queue(self) -> QWidget:
        from aigc_desktop.ui.queue_dock import QueueDock

        return QueueDock(self.jobs)

    def _dock(self, name: str, title: str, widget: QWidget, area: Qt.DockWidgetArea) -> QDockWidget:
        dock = widget if isinstance(widget, QDockWidget) else QDockWidget(title, self)
        dock.setObjectName(name)
        if dock is not widget:
            dock.setWidget(widget)
        self.addDockWidget(area, dock)
        return dock
