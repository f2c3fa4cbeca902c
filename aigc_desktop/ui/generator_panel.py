"""One generator: what it is, and its pages Train and Create. It knows nothing of particular generators."""

from typing import Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeySequence, QResizeEvent, QShortcut
from PySide6.QtWidgets import (
    QHBoxLayout,
    QStackedWidget,
    QTabBar,
    QTextBrowser,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from aigc_desktop.engine.job import Job
from aigc_desktop.engine.registry import Spec
from aigc_desktop.i18n import tr
from aigc_desktop.ui.elided_label import ElidedLabel
from aigc_desktop.ui.fields.base import calm_wheel
from aigc_desktop.ui.fold import FLAT
from aigc_desktop.ui.theme import GAP, GRID, HALF, icon, muted

ABOUT = 0.4  # of the height, at most


class GeneratorPanel(QWidget):
    """Stands in a dock. `window` gives it jobs, project, settings and library."""

    edited = Signal()  # something was typed or chosen

    def __init__(self, spec: Spec, window: Any, parent: QWidget | None = None):
        super().__init__(parent)
        self.spec, self.window_ = spec, window
        self.pages: dict[str, Any] = {}
        self.stack = QStackedWidget(self)
        self.tabs = QTabBar(self)
        self._build()
        self._add_pages()
        self.tabs.currentChanged.connect(self.stack.setCurrentIndex)
        self.tabs.currentChanged.connect(self.edited)
        self.setTabOrder(self.tabs, self.about)
        shortcut = QShortcut(QKeySequence("Ctrl+Return"), self, context=Qt.ShortcutContext.WidgetWithChildrenShortcut)
        shortcut.activated.connect(self.start)

    @property
    def train(self) -> Any:
        """The Train page; None where the generator is not trained."""
        return self.pages.get("train")

    @property
    def create(self) -> Any:
        """The Create page; None where there is none."""
        return self.pages.get("create")

    @property
    def explore(self) -> Any:
        """The page that looks inside models; None where there is none."""
        return self.pages.get("explore")

    def action(self) -> str:
        """The page in sight: "train", "create" or "explore"."""
        return list(self.pages)[self.stack.currentIndex()]

    def show_action(self, action: str) -> None:
        """Bring a page to the front."""
        if action in self.pages:
            self.tabs.setCurrentIndex(list(self.pages).index(action))

    def start(self) -> None:
        """What the main button of the page in sight does."""
        self.pages[self.action()].start()

    def fill(self, job: Job) -> None:
        """Take up a job's settings, on the page of its action."""
        if job.action in self.pages:
            self.pages[job.action].fill(job)
            self.show_action(job.action)

    def show_run(self, run: str) -> None:
        """Show a training, live or from disk."""
        if self.train is not None:
            self.train.show_run(run)
            self.show_action("train")

    def create_with(self, model: str) -> None:
        """Go to Create with this model chosen."""
        if self.create is not None:
            self.create.choose_model(model)
            self.show_action("create")

    def explore_with(self, model: str) -> None:
        """Go and look inside this model."""
        if self.explore is not None:
            self.explore.choose_model(model)
            self.show_action("explore")

    def state(self) -> dict[str, Any]:
        """What the panel holds, as plain JSON."""
        return {"action": self.action(), "about": self.about.isChecked()} | {
            name: page.state() for name, page in self.pages.items()
        }

    def restore(self, state: dict[str, Any]) -> None:
        """Take up what `state` gave."""
        for name, page in self.pages.items():
            page.restore(state.get(name) or {})
        self.about.setChecked(bool(state.get("about")))
        self.show_action(str(state.get("action")))

    def _add_pages(self) -> None:
        if "train" in self.spec.actions:
            from aigc_desktop.ui.train_page import TrainPage

            page = TrainPage(self.spec, self.window_, self.stack)
            page.create_wanted.connect(self.create_with)
            self._add("train", tr("Train"), page)
        if "create" in self.spec.actions:
            from aigc_desktop.ui.create_page import CreatePage

            made = CreatePage(self.spec, self.window_, self.stack)
            made.train_wanted.connect(lambda: self.show_action("train"))
            made.opened.connect(self._open)
            self._add("create", tr("Create"), made)
        if self.spec.explores:
            from aigc_desktop.ui.explore_page import ExplorePage

            inside = ExplorePage(self.spec, self.window_, self.stack)
            inside.train_wanted.connect(lambda: self.show_action("train"))
            self._add("explore", tr("Look inside"), inside)
        self.tabs.setVisible(len(self.pages) > 1)

    def _add(self, action: str, title: str, page: QWidget) -> None:
        self.pages[action] = page
        page.edited.connect(self.edited)
        self.stack.addWidget(page)
        self.tabs.addTab(title)

    def _open(self, saved: Any) -> None:
        if saved.item:
            self.window_.library.open_item(self.window_.project.items.get(saved.item))

    def _build(self) -> None:
        column = QVBoxLayout(self)
        column.setContentsMargins(GAP, GRID, GAP, GAP)
        column.setSpacing(GRID)
        self.setAccessibleName(tr(self.spec.title))
        head = QHBoxLayout()
        head.setSpacing(GAP)
        self.tabs.setDrawBase(False)
        self.tabs.setExpanding(False)
        calm_wheel(self.tabs)
        self.tabs.setDocumentMode(True)
        self.tabs.setAccessibleName(tr("Train or create"))
        summary = ElidedLabel(tr(self.spec.summary))
        muted(summary)
        self.about = QToolButton()
        self.about.setText(tr("About this"))
        self.about.setIcon(icon("info"))
        self.about.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        self.about.setCheckable(True)
        self.about.setStyleSheet(FLAT)
        self.about.toggled.connect(self._show_about)
        head.addWidget(self.tabs)
        head.addWidget(summary, 1)
        head.addWidget(self.about)
        column.addLayout(head)
        self.text = QTextBrowser(self)
        self.text.setOpenExternalLinks(True)
        self.text.setFrameShape(QTextBrowser.Shape.NoFrame)
        self.text.document().setDocumentMargin(GAP)
        self.text.setAccessibleName(tr("About this"))
        self.text.setVisible(False)
        column.addWidget(self.text)
        column.addSpacing(HALF)
        column.addWidget(self.stack, 1)

    def _show_about(self, on: bool) -> None:
        if on and not self.text.toPlainText():
            self.text.setMarkdown(tr(self.spec.about))
        self.text.setVisible(on)
        self._fit_about()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit_about()

    def _fit_about(self) -> None:
        """As high as its text, up to a part of what is seen of the panel: the panel itself grows with the text."""
        if self.text.isVisible():
            around = self.parentWidget()
            seen = min(self.height(), around.height()) if around else self.height()
            self.text.setFixedHeight(min(round(self.text.document().size().height()), round(seen * ABOUT)))
