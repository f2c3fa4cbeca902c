"""The window: generators left, panels in the middle, library right, queue at the bottom."""

from collections.abc import Callable
from typing import Any

from PySide6.QtCore import QByteArray, QSize, Qt, QTimer, Signal
from PySide6.QtGui import QAction, QCloseEvent, QDragEnterEvent, QDropEvent, QGuiApplication, QPaintEvent
from PySide6.QtWidgets import QDockWidget, QMainWindow, QMenu, QTabWidget, QVBoxLayout, QWidget

from aigc_desktop.engine import registry
from aigc_desktop.engine.job import Job, remembered
from aigc_desktop.i18n import tr
from aigc_desktop.ui import desk_commands, dropped, menus, project_commands
from aigc_desktop.ui.closing import Closing
from aigc_desktop.ui.dock import Dock
from aigc_desktop.ui.empty import Empty
from aigc_desktop.ui.generator_list import DESK, FOLDED, GeneratorList
from aigc_desktop.ui.log import Log
from aigc_desktop.ui.notices import Notices
from aigc_desktop.ui.panels import LAYOUT, Panels, take_up
from aigc_desktop.ui.session import Session, pack, unpack
from aigc_desktop.ui.settings import NAME, Settings
from aigc_desktop.ui.stage import Stage
from aigc_desktop.ui.tab_order import ReadingOrder
from aigc_desktop.ui.windows import Windows
from aigc_desktop.ui.work_area import WorkArea

SIZE = QSize(1360, 860)
SOON = 1000  # milliseconds: what is lost at most of what was typed when the process is killed
FRAME = QSize(16, 48)  # about what the system draws around a window
LEFT, RIGHT, BOTTOM = (
    Qt.DockWidgetArea.LeftDockWidgetArea,
    Qt.DockWidgetArea.RightDockWidgetArea,
    Qt.DockWidgetArea.BottomDockWidgetArea,
)


class MainWindow(ReadingOrder, QMainWindow):
    """One project in a window. `jobs` lives outside, so that a running job outlasts a rebuilt window."""

    painted = Signal()  # once, after the first paint
    project_wanted = Signal(object, bool)  # a folder; whether it is to be made

    def __init__(self, settings: Settings, project: Any, jobs: Any, log: Log | None = None):
        super().__init__()
        self.settings = settings
        self.project = project
        self.jobs = jobs
        self.log = log or Log()
        self.session = Session(settings.folder, project.path)
        self.task: Any = None  # what project_commands does in the background
        self.docks: dict[str, QDockWidget] = {}
        self.commands: dict[str, QAction] = {}
        self.windows = Windows()
        self.panels = Panels(self)
        self._seen = False  # the first paint was
        self._complete = False  # the panels of last time are back
        self._leaving = False
        self._trouble: Any = None  # the Sentence of the notice that settings or session could not be written
        self.setDockOptions(QMainWindow.DockOption.AllowTabbedDocks | QMainWindow.DockOption.AllowNestedDocks)
        self.setTabPosition(Qt.DockWidgetArea.AllDockWidgetAreas, QTabWidget.TabPosition.North)
        self.setCorner(Qt.Corner.BottomLeftCorner, BOTTOM)
        self.setCorner(Qt.Corner.BottomRightCorner, BOTTOM)
        self.setAcceptDrops(True)
        self._autosave = QTimer(self, interval=1000 * settings["autosave_seconds"])
        self._autosave.timeout.connect(self.save_session)
        self._soon = QTimer(self, interval=SOON, singleShot=True)
        self._soon.timeout.connect(self.save_session)
        settings.changed.connect(self._setting_changed)
        self.recovered: Any = None  # comes with the panels
        self.mending: Any = None  # so does this
        self.log.problem.connect(self._report)
        self._build()
        state = self.session.load()
        self._place(state)
        take_up(self._place_docks, state)
        # A dock that floats must come after its window: the window manager would put it under.
        self._afloat = [dock for dock in self.docks.values() if dock.isFloating() and not dock.isHidden()]
        for dock in self._afloat:
            dock.hide()

    # Panels

    def open_generator(self, id: str, job: Job | None = None, action: str | None = None) -> Any:
        """The panel of this generator, opened if it was not, filled from `job`; BadInput for an unknown id.

        `action` brings its page to the front ("train", "create"); without it the panel stays as it is.
        """
        panel = self.panels.get(id)
        self.stage.show_panels()
        self.area.bring_forward(id)
        if job is not None:
            panel.fill(job)
        elif action is not None:
            panel.show_action(action)
        self.settings["generator"] = id
        self.generators.select(id)
        return panel

    def open_desk(self, id: str, job: Job | None = None, action: str | None = None) -> Any:
        """The panel of this writing desk, as `open_generator`."""
        return desk_commands.open_desk(self, id, job, action)

    def open(self, id: str) -> Any:
        """What is called so on the left: a generator, or a desk."""
        return self.open_desk(id.removeprefix(DESK)) if id.startswith(DESK) else self.open_generator(id)

    def use_settings(self, job: dict[str, Any]) -> Any:
        """Open the job's desk, or else the panel of its generator, with the job's settings."""
        made, desk = remembered(job), desk_commands.desk_of(job)
        return self.open_desk(desk, made) if desk else self.open_generator(made.generator, made)

    def show_work(self, job: dict[str, Any]) -> Any:
        """Open the panel where this job is shown."""
        desk = desk_commands.desk_of(job)
        if desk:
            return self.open_desk(desk, action="examples" if job["desk"].get("compared") else "write")
        return self.open_generator(job["generator"], action=job["action"])

    def create_with(self, model: str) -> None:
        """Open the Create page of the generator that made this model, with the model chosen."""
        for row in self.project.models.list():
            if row.name == model:
                self.open_generator(row.generator).create_with(model)

    def start_training(self) -> None:
        """Open the Train page of the generator used last, else of the first."""
        self.open_generator(self._last_generator(), action="train")

    def _last_generator(self) -> str:
        """The one opened last, else the first on the left."""
        there = [id for id in self.generators.visible() if not id.startswith(DESK)]
        last = self.settings["generator"]
        return last if last in there else next(iter(there), "")

    def close_panel(self) -> None:
        """Close the panel in use; what was typed there comes back when it is opened again."""
        dock = self.area.current()
        if dock is not None:
            dock.close()

    def make_panel(self, spec: registry.Spec) -> Any:
        from aigc_desktop.ui.generator_panel import GeneratorPanel

        return GeneratorPanel(spec, self)

    def make_library(self) -> Any:
        from aigc_desktop.ui.library_dock import LibraryDock

        library = LibraryDock(self.project, self.jobs)
        library.use_settings.connect(self.use_settings)
        library.open_model.connect(self.create_with)
        library.train_wanted.connect(self.start_training)
        library.make_again.connect(lambda _run: self.docks["queue"].show())
        return library

    def make_queue(self) -> Any:
        from aigc_desktop.ui.queue_dock import QueueDock

        queue = QueueDock(self.jobs)
        queue.opened.connect(self.show_work)
        return queue

    # Building

    def _build(self) -> None:
        specs = registry.specs()
        self.generators = GeneratorList(specs.values())
        self.generators.opened.connect(self.open)
        empty = Empty(specs.get(self._last_generator()))
        empty.opened.connect(self.open_generator)
        self.area = WorkArea(empty)
        self.area.closing.connect(self.panels.keep)
        self.stage = Stage(self.area, self)
        self.notices = Notices()
        middle = QWidget()
        layout = QVBoxLayout(middle)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(self.notices)
        layout.addWidget(self.stage, 1)
        self.setCentralWidget(middle)

        self.library: Any = None  # comes after the first paint: it needs much that the rest does not
        self.queue = self.make_queue()
        self._dock("generators", tr("Generators"), self.generators, LEFT)
        self._dock("library", tr("Library"), QWidget(), RIGHT)
        self._dock("queue", tr("Queue"), self.queue, BOTTOM)
        self.commands = menus.build(self)
        self.generators.search.setFocus()
        self.setWindowTitle(f"{self.project.name} – {NAME}")

    def _dock(self, name: str, title: str, widget: QWidget, area: Qt.DockWidgetArea) -> None:
        dock = Dock(name, title)
        dock.setWidget(widget)
        self.addDockWidget(area, dock)
        self.docks[name] = dock

    def _default_sizes(self) -> None:
        sides = [self.docks["generators"], self.docks["library"]]
        self.resizeDocks(sides, [min(208, self.width() // 6), min(304, self.width() // 4)], Qt.Orientation.Horizontal)
        self.resizeDocks([self.docks["queue"]], [112], Qt.Orientation.Vertical)

    def speak(self) -> None:
        """Say everything again in the language in use: the docks are built anew from their state."""
        state = self.state()
        settings = self.windows.get("settings")
        place = settings.saveGeometry() if settings is not None else None
        self.setUpdatesEnabled(False)
        self._take_down()
        self._build()
        self._place_docks(state)
        if self._complete:
            self._fill(state)
        # Sizes hold only once the new panels have told theirs.
        QTimer.singleShot(0, lambda: self._settle(state, place))

    def _settle(self, state: dict[str, Any], settings: QByteArray | None) -> None:
        self.restoreState(unpack(state["docks"]), LAYOUT)
        self.setUpdatesEnabled(True)
        if settings is not None and not self._leaving:  # where the language was chosen
            self.show_settings()
            self.windows["settings"].restoreGeometry(settings)

    def _take_down(self) -> None:
        self.windows.close()
        self.area.clear()
        for dock in self.docks.values():
            self.removeDockWidget(dock)
            dock.widget().close()
            dock.deleteLater()
        self.docks = {}
        for action in self.commands.values():
            action.deleteLater()
        self.takeCentralWidget().deleteLater()

    def reset_layout(self) -> None:
        """Every dock back to where it was at first, every panel a tab."""
        for name, area in (("generators", LEFT), ("library", RIGHT), ("queue", BOTTOM)):
            dock = self.docks[name]
            dock.setFloating(False)
            self.removeDockWidget(dock)
            self.addDockWidget(area, dock)
            dock.show()
        self._default_sizes()
        self.area.arrange(side_by_side=False)

    # Session

    def state(self) -> dict[str, Any]:
        """Everything that `speak` and the next start need to bring the window back."""
        return {
            **self.panels.state(),
            "folded": self.generators.folded(),
            "library": self.library.state() if self.library else {},
            "geometry": pack(self.saveGeometry()),
            "docks": pack(self.saveState(LAYOUT)),
        }

    def save_session(self, last: bool = False) -> None:
        """Keep everything that the next start needs; `last`: the window ends as it should."""
        if self._complete:
            self.session.save(self.state(), last)
            if self.settings.trouble is not None:
                self.settings.keep()
            self._say_kept(self.session.trouble or self.settings.trouble)

    def _say_kept(self, trouble: Any) -> None:
        """Say once that what is set and typed cannot be kept now, and no longer than that is so."""
        if trouble != self._trouble:
            self._trouble = trouble
            if trouble is None:
                self.notices.remove("settings")
            else:
                self.notices.show_sentence("settings", str(trouble))

    def save_soon(self) -> None:
        """Something was typed or chosen: keep it within a second."""
        if not self._soon.isActive():
            self._soon.start()

    def _setting_changed(self, name: str) -> None:
        if name == "autosave_seconds":
            self._autosave.setInterval(1000 * self.settings[name])

    def _place(self, state: dict[str, Any]) -> None:
        """The frame on the screen."""
        if not self.restoreGeometry(unpack(state.get("geometry"))):
            screen = QGuiApplication.primaryScreen().availableGeometry()
            self.resize(SIZE.boundedTo(screen.size() - FRAME))

    def _place_docks(self, state: dict[str, Any]) -> None:
        self._default_sizes()
        self.restoreState(unpack(state.get("docks")), LAYOUT)
        self.generators.fold(state.get("folded", FOLDED))

    def _fill(self, state: dict[str, Any]) -> None:
        """What stands in the frame: library and panels, as the state says."""
        self.library = self.make_library()
        self.docks["library"].widget().deleteLater()
        self.docks["library"].setWidget(self.library)
        take_up(lambda _: desk_commands.show_all(self), state)
        take_up(self.library.restore, state.get("library") or {})
        take_up(self.panels.restore, state)
        self.stage.begin()
        if self.recovered is not None:
            self.recovered.tell()
            self.mending.tell()

    # Start

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        if not self._seen:
            self._seen = True
            QTimer.singleShot(0, self._after_first_paint)

    def _after_first_paint(self) -> None:
        if self._leaving:
            return
        self.painted.emit()
        QTimer.singleShot(0, self.complete)

    def complete(self) -> None:
        """What can wait until the window is seen: the panels of last time, what was interrupted."""
        if self._complete or self._leaving:
            return
        from aigc_desktop.ui.mending import Mending
        from aigc_desktop.ui.recovered import Recovered

        self._fill(self.session.load())
        self._complete = True
        self.recovered = Recovered(self)
        self.recovered.look(self.session.cut_off)
        self.recovered.tell()
        self.mending = Mending(self)
        self.mending.tell()
        for dock in self._afloat:
            dock.show()
        self._afloat = []
        self.save_session()
        self._autosave.start()

    # Commands

    def find_generator(self) -> None:
        self.docks["generators"].show()
        self.generators.search.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self.generators.search.selectAll()

    def search_library(self) -> None:
        self.docks["library"].show()
        self.library.setFocus(Qt.FocusReason.ShortcutFocusReason)

    def show_settings(self) -> None:
        from aigc_desktop.ui.settings_window import SettingsWindow

        self.windows.show("settings", lambda: SettingsWindow(self.settings, self.jobs, self))

    def show_log(self) -> None:
        from aigc_desktop.ui.log_window import LogWindow

        self.windows.show("log", lambda: LogWindow(self.log, self))

    def show_shortcuts(self) -> None:
        from aigc_desktop.ui.shortcuts_window import ShortcutsWindow

        self.windows.show("shortcuts", lambda: ShortcutsWindow(self.menuBar(), self))

    def show_about(self) -> None:
        from aigc_desktop.ui.about import About

        self.windows.show("about", lambda: About(self))

    def createPopupMenu(self) -> QMenu | None:
        """Qt's menu of the docks, that a click with the right button on their titles opens."""
        menu = super().createPopupMenu()
        if menu is not None:
            menu.setAccessibleName(tr("Parts of the window"))
        return menu

    def toggle_full_screen(self) -> None:
        self.setWindowState(self.windowState() ^ Qt.WindowState.WindowFullScreen)

    def say_place(self, trouble: Any) -> None:
        """The sentence that says why nothing can be kept in the project now; None: it can."""
        if trouble is None:
            self.notices.remove("place")
        else:
            self.say_project(str(trouble), "place")

    def say_project(self, text: str, key: str = "project") -> None:
        """What is wrong with a project, with the way out."""
        actions = {tr("Open another project…"): lambda: project_commands.open_existing(self)}
        self.notices.show_sentence(key, text, actions)

    def _report(self, sentence: Any) -> None:
        """What went wrong without anybody having caught it."""
        self.notices.show_sentence("problem", str(sentence), {tr("Show log"): self.show_log})

    # Dropping

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        if dropped.paths(event.mimeData()):
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        event.acceptProposedAction()
        dropped.use(self, dropped.paths(event.mimeData()))

    # The end

    def leave(self, then: Callable[[], None], otherwise: Callable[[], None] | None = None) -> None:
        """Call `then` once no job runs any more: at once, or after asking and saving; `otherwise` if the user stays."""
        if self.jobs.running is None:
            then()
            return
        known = registry.specs()
        ids = [row.job["generator"] for row in self.jobs.rows() if row.state == "running"]
        what = ", ".join(tr(known[id].title) if id in known else id for id in ids)
        asked = Closing(what, self.jobs.shutdown, self.jobs.shutdown, then, self)
        if otherwise is not None:
            asked.rejected.connect(otherwise)
        asked.finished.connect(asked.deleteLater)
        asked.open()

    def put_away(self) -> None:
        """Save the session for the last time; from now on closing asks nothing."""
        if not self._leaving:
            self.save_session(last=True)
            self._autosave.stop()
            self._soon.stop()
            if self.mending is not None:
                self.mending.finish()
            self._leaving = True

    def closeEvent(self, event: QCloseEvent) -> None:
        if self._leaving or self.jobs.running is None:
            self.put_away()
            if self.task is not None:
                self.task.wait()
            self.windows.close()
            self.area.clear()
            for dock in self.docks.values():
                dock.widget().close()
            event.accept()
            return
        event.ignore()

        def close() -> None:
            self.put_away()
            self.close()

        self.leave(close)
