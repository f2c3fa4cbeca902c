"""The generators on the left, and the writing desks: searchable, grouped by what they make."""

from collections.abc import Iterable
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QObject, QSize, Qt, Signal
from PySide6.QtGui import QColor, QIcon, QKeyEvent
from PySide6.QtWidgets import QLabel, QLineEdit, QTreeWidget, QTreeWidgetItem, QVBoxLayout, QWidget

from aigc_desktop.engine.registry import Spec
from aigc_desktop.i18n import language, mark, tr
from aigc_desktop.ui import theme
from aigc_desktop.ui.fields.base import tooltip

if TYPE_CHECKING:
    from aigc_desktop.desks import Desk

# medium: title, icon; in the order of the window. A medium that is not here comes last, under its own name.
MEDIA = {
    "text": (mark("Text"), "text-t"),
    "picture": (mark("Pictures"), "image"),
    "sound": (mark("Sound"), "waves"),
    "clip": (mark("Video"), "film-strip"),
    "chat": (mark("Talk"), "chat-circle"),
    "game": (mark("Play"), "game-controller"),
}
DESK = "desk:"  # begins the id of a writing desk's row and panel
DESKS, OTHERS = "desks", "other desks"  # the groups of desks: in the language in use and one's own, and the rest
FOLDED = (OTHERS,)  # at first
ID = Qt.ItemDataRole.UserRole
FOUND_BY = Qt.ItemDataRole.UserRole + 1
ROW = theme.GRID * 4


class GeneratorList(QWidget):
    """Search field and tree. `opened` carries the id of what was clicked or confirmed with Enter: a generator's, or a
    writing desk's after DESK."""

    opened = Signal(str)

    def __init__(self, specs: Iterable[Spec]):
        super().__init__()
        self._to_fold: set[str] = set(FOLDED)
        self.search = QLineEdit()
        self.search.setPlaceholderText(tr("Search"))
        self.search.setAccessibleName(tr("Search generators"))
        self.search.setClearButtonEnabled(True)
        self.search.addAction(theme.icon("magnifying-glass", theme.MUTED), _LEADING)
        self.search.textChanged.connect(self._filter)
        self.search.returnPressed.connect(self._open_first)
        self.search.installEventFilter(self)

        self.tree = _Tree()
        self.tree.setAccessibleName(tr("Generators"))
        self.tree.itemClicked.connect(self._clicked)
        self.tree.confirmed.connect(self._clicked)
        self.tree.itemExpanded.connect(lambda group: group.setIcon(0, _caret(True)))
        self.tree.itemCollapsed.connect(lambda group: group.setIcon(0, _caret(False)))

        self.nothing = QLabel(tr("No generator fits these words. Clear the search to see all of them."))
        self.nothing.setWordWrap(True)
        self.nothing.setMargin(theme.GRID)
        theme.muted(self.nothing)
        self.nothing.hide()

        layout = QVBoxLayout(self)
        layout.setContentsMargins(theme.GRID, 0, theme.HALF, theme.GRID)
        layout.setSpacing(theme.GRID)
        layout.addWidget(self.search)
        layout.addWidget(self.nothing)
        layout.addWidget(self.tree, 1)
        self.setFocusProxy(self.search)
        self._fill(specs)

    def folded(self) -> list[str]:
        """The media whose groups are folded."""
        return [group.data(0, ID) for group in self._groups() if not group.isExpanded()]

    def fold(self, media: Iterable[str]) -> None:
        """Fold the groups of these media, unfold the others."""
        self._to_fold = set(media)
        for group in self._groups():
            group.setExpanded(group.data(0, ID) not in self._to_fold)

    def visible(self) -> list[str]:
        """The ids that the search leaves."""
        return [
            group.child(row).data(0, ID)
            for group in self._groups()
            for row in range(group.childCount())
            if not group.child(row).isHidden()
        ]

    def select(self, id: str) -> None:
        """Make this generator the current row, without opening it."""
        for group in self._groups():
            for row in range(group.childCount()):
                if group.child(row).data(0, ID) == id:
                    self.tree.setCurrentItem(group.child(row))

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if watched is self.search and isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress:
            if event.key() == Qt.Key.Key_Down:
                self.tree.setFocus(Qt.FocusReason.TabFocusReason)
                self.select(next(iter(self.visible()), ""))
                return True
            if event.key() == Qt.Key.Key_Escape and self.search.text():
                self.search.clear()
                return True
        return super().eventFilter(watched, event)

    def set_desks(self, desks: "Iterable[Desk]") -> None:
        """Show these writing desks, under all generators: first those in the language in use and one's own."""
        current = self.tree.currentItem()
        chosen = current.data(0, ID) if current is not None else ""
        old = [group for group in self._groups() if group.data(0, ID) in (DESKS, OTHERS)]
        if old:
            self._to_fold = set(self.folded())
        for group in old:
            self.tree.takeTopLevelItem(self.tree.indexOfTopLevelItem(group))
        near, far = [], []
        for desk in desks:
            (near if desk.own or desk.language == language() else far).append(desk)
        place = self.tree.topLevelItemCount()
        for name, title, these in (
            (DESKS, tr("Writing desks"), near),
            (OTHERS, tr("Other languages"), far),
        ):
            if these:
                group = self._group(name, title, place)
                place += 1
                for desk in these:
                    words = (desk.id, desk.title, desk.about, title)
                    self._row(
                        group,
                        DESK + desk.id,
                        desk.title,
                        "pencil-line" if desk.own else "pen-nib",
                        tooltip(desk.about),
                        words,
                    )
                group.setExpanded(name not in self._to_fold)
        self._colour_groups()
        self.select(chosen)
        self._filter(self.search.text())

    def _fill(self, specs: Iterable[Spec]) -> None:
        by_medium: dict[str, list[Spec]] = {}
        for spec in specs:
            by_medium.setdefault(spec.medium, []).append(spec)
        for medium in sorted(by_medium, key=lambda medium: (_place(medium), medium)):
            title, glyph = MEDIA.get(medium, (medium.capitalize(), "sparkle"))
            group = self._group(medium, tr(title), self.tree.topLevelItemCount())
            for spec in by_medium[medium]:
                words = (spec.id, spec.title, tr(spec.title), spec.summary, tr(spec.summary), title, tr(title))
                self._row(group, spec.id, tr(spec.title), glyph, tr(spec.summary), words)
            group.setExpanded(True)
        self._colour_groups()

    def _group(self, name: str, title: str, place: int) -> QTreeWidgetItem:
        group = QTreeWidgetItem([title])
        group.setData(0, ID, name)
        group.setToolTip(0, title)
        group.setSizeHint(0, QSize(0, ROW))
        group.setFlags(Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable)
        group.setIcon(0, _caret(False))
        self.tree.insertTopLevelItem(place, group)
        return group

    def _row(
        self, group: QTreeWidgetItem, id: str, title: str, glyph: str, told: str, words: Iterable[str]
    ) -> QTreeWidgetItem:
        row = QTreeWidgetItem(group, [title])
        row.setIcon(0, theme.icon(glyph))
        row.setData(0, ID, id)
        row.setData(0, FOUND_BY, " ".join(words).casefold())
        row.setToolTip(0, told)
        row.setSizeHint(0, QSize(0, ROW))
        return row

    def changeEvent(self, event: QEvent) -> None:
        if event.type() == QEvent.Type.PaletteChange and hasattr(self, "tree"):
            self._colour_groups()
        super().changeEvent(event)

    def _colour_groups(self) -> None:
        for group in self._groups():
            group.setForeground(0, QColor(theme.colours().muted))

    def _groups(self) -> list[QTreeWidgetItem]:
        return [self.tree.topLevelItem(number) for number in range(self.tree.topLevelItemCount())]

    def _filter(self, text: str) -> None:
        words = text.casefold().split()
        for group in self._groups():
            rows = [group.child(number) for number in range(group.childCount())]
            for row in rows:
                row.setHidden(not all(word in row.data(0, FOUND_BY) for word in words))
            group.setHidden(all(row.isHidden() for row in rows))
            if words:
                group.setExpanded(True)
        self.nothing.setVisible(not self.visible())

    def _open_first(self) -> None:
        for id in self.visible()[:1]:
            self.select(id)
            self.opened.emit(id)

    def _clicked(self, item: QTreeWidgetItem) -> None:
        if item.parent() is None:
            item.setExpanded(not item.isExpanded())
        else:
            self.opened.emit(item.data(0, ID))


_LEADING = QLineEdit.ActionPosition.LeadingPosition


class _Tree(QTreeWidget):
    """Rows without a frame; Enter confirms the current one on every platform."""

    confirmed = Signal(QTreeWidgetItem)

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("rows")
        self.setHeaderHidden(True)
        self.setFrameShape(QTreeWidget.Shape.NoFrame)
        self.setIndentation(0)  # the group's caret stands above its rows' icons
        self.setRootIsDecorated(False)
        self.setIconSize(QSize(18, 18))
        self.setUniformRowHeights(True)
        self.setExpandsOnDoubleClick(False)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setTextElideMode(Qt.TextElideMode.ElideRight)
        self.viewport().setAutoFillBackground(False)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and self.currentItem() is not None:
            self.confirmed.emit(self.currentItem())
            event.accept()
        else:
            super().keyPressEvent(event)


def _caret(open: bool) -> QIcon:
    return theme.icon("caret-down" if open else "caret-right", theme.MUTED)


def _place(medium: str) -> int:
    return list(MEDIA).index(medium) if medium in MEDIA else len(MEDIA)
