"""The items of the library as a Qt model: all ids at once, each item only when it is seen."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

from PySide6.QtCore import QAbstractListModel, QMimeData, QModelIndex, QObject, QPersistentModelIndex, Qt, QUrl, Signal

from aigc_desktop.i18n import tr
from aigc_desktop.library.item import Item
from aigc_desktop.library.project import Project
from aigc_desktop.problems import BadInput
from aigc_desktop.ui import amounts, job_words, times
from aigc_desktop.ui.pixmaps import Latest

Index = QModelIndex | QPersistentModelIndex

ITEM = Qt.ItemDataRole.UserRole  # the Item itself
MIME = "application/x-aigc-item"  # ids of items, one a line
MOST_CHANGES = 64  # runs of rows that come or go one by one; beyond that the list is made anew
LONGEST_TEXT = 1_000_000  # letters of a text that travel with a drag


@dataclass(frozen=True)
class Filters:
    """What of the library is shown; None lets everything pass."""

    text: str = ""
    medium: str | None = None
    generator: str | None = None
    model: str | None = None
    run: str | None = None  # what one creation made

    @property
    def active(self) -> bool:
        return self != Filters()


class ItemsModel(QAbstractListModel):
    """The newest first. `refresh` takes in what changed and moves nothing else."""

    problem = Signal(str)  # a sentence: what was asked for could not be done
    MAX_KNOWN = 2000

    def __init__(self, project: Project, trashed: bool = False, parent: QObject | None = None):
        super().__init__(parent)
        self.project = project
        self.trashed = trashed
        self.filters = Filters()
        self.ids: list[str] = []
        self._known: Latest[Item] = Latest(self.MAX_KNOWN)

    # Contents

    def show_only(self, filters: Filters) -> None:
        """Show what passes these filters."""
        if filters != self.filters:
            self.filters = filters
            self.beginResetModel()
            self.ids = self._ids()
            self.endResetModel()

    def refresh(self) -> None:
        """Take in what appeared, went or changed since."""
        new = self._ids()
        self._known.clear()
        more = len(new) - len(self.ids)
        if 0 < more < MOST_CHANGES and new[more:] == self.ids:  # what happens all the time: new ones at the top
            self.beginInsertRows(QModelIndex(), 0, more - 1)
            self.ids = new
            self.endInsertRows()
        elif new != self.ids:
            self._become(new)
        elif self.ids:
            self.dataChanged.emit(self.index(0), self.index(len(self.ids) - 1))

    def _ids(self) -> list[str]:
        return self.project.items.ids(**asdict(self.filters), trashed=self.trashed)

    def _become(self, new: list[str]) -> None:
        kept = set(new)
        gone = _runs([row for row, id in enumerate(self.ids) if id not in kept])
        known = set(self.ids)
        come = _runs([row for row, id in enumerate(new) if id not in known])
        stay = [id for id in self.ids if id in kept] == [id for id in new if id in known]
        if not stay or len(gone) + len(come) > MOST_CHANGES:
            self.beginResetModel()
            self.ids = new
            self.endResetModel()
            return
        for first, last in reversed(gone):
            self.beginRemoveRows(QModelIndex(), first, last)
            del self.ids[first : last + 1]
            self.endRemoveRows()
        for first, last in come:
            self.beginInsertRows(QModelIndex(), first, last)
            self.ids[first:first] = new[first : last + 1]
            self.endInsertRows()

    def item(self, index: Index) -> Item | None:
        """The item of a row; None where another program took it away in this moment."""
        if not index.isValid() or index.row() >= len(self.ids):
            return None
        id = self.ids[index.row()]
        found = self._known.use(id)
        if found is None:
            try:
                found = self.project.items.get(id)
            except BadInput:
                return None
            self._known.put(id, found)
        return found

    def items(self, indexes: Sequence[Index]) -> list[Item]:
        rows = sorted(indexes, key=lambda index: index.row())
        return [item for index in rows if (item := self.item(index)) is not None]

    def row_of(self, id: str) -> int:
        """The row of an item; -1 if it is not shown."""
        return self.ids.index(id) if id in self.ids else -1

    # Qt

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        return 0 if parent.isValid() else len(self.ids)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if role not in _ANSWERED or (item := self.item(index)) is None:
            return None
        if role == ITEM:
            return item
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.EditRole):
            return item.name
        if role == Qt.ItemDataRole.ToolTipRole:
            return described(item)
        return f"{item.name}, {medium_title(item.medium)}"

    def setData(self, index: Index, value: Any, role: int = Qt.ItemDataRole.EditRole) -> bool:
        item = self.item(index)
        if item is None or role != Qt.ItemDataRole.EditRole or str(value) == item.name:
            return False
        try:
            self._known.put(item.id, self.project.items.rename(item.id, str(value)))
        except BadInput as problem:
            self.problem.emit(str(problem))
            return False
        self.dataChanged.emit(index, index)
        return True

    def flags(self, index: Index) -> Qt.ItemFlag:
        flags = Qt.ItemFlag.ItemIsSelectable | Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemNeverHasChildren
        if not index.isValid():
            return Qt.ItemFlag.NoItemFlags
        return flags if self.trashed else flags | Qt.ItemFlag.ItemIsEditable | Qt.ItemFlag.ItemIsDragEnabled

    def supportedDragActions(self) -> Qt.DropAction:
        return Qt.DropAction.CopyAction

    def mimeTypes(self) -> list[str]:
        return ["text/uri-list", MIME]

    def mimeData(self, indexes: Sequence[Index]) -> QMimeData:
        return mime_of(self.items(indexes))


_ANSWERED = (
    ITEM,
    Qt.ItemDataRole.DisplayRole,
    Qt.ItemDataRole.EditRole,
    Qt.ItemDataRole.ToolTipRole,
    Qt.ItemDataRole.AccessibleTextRole,
)


def mime_of(items: Sequence[Item]) -> QMimeData:
    """Items as they are dragged and copied: their files, their ids, and a text as text too."""
    mime = QMimeData()
    mime.setUrls([QUrl.fromLocalFile(str(item.path)) for item in items])
    mime.setData(MIME, "\n".join(item.id for item in items).encode())
    texts = [text_of(item) for item in items if item.medium == "text"]
    if texts and len(texts) == len(items):
        mime.setText("\n\n".join(texts))
    return mime


def text_of(item: Item) -> str:
    """A text item's letters; empty where the file cannot be read."""
    try:
        with item.path.open(encoding="utf-8", errors="replace", newline="") as file:
            return file.read(LONGEST_TEXT)
    except OSError:
        return ""


def medium_title(medium: str) -> str:
    """What things of this medium are called."""
    return {"text": tr("Text"), "picture": tr("Picture"), "sound": tr("Sound"), "clip": tr("Clip")}.get(medium, medium)


def described(item: Item) -> str:
    """An item in a few lines: name, how it was made, when."""
    made = " · ".join(filter(None, (job_words.generator_title(item.generator), item.model)))
    size = amounts.pixels(item.width, item.height) if item.width and item.height else ""
    when = " · ".join(filter(None, (times.moment(item.created), size)))
    prompt = item.prompt if len(item.prompt) <= 200 else item.prompt[:200] + "…"
    return "\n".join(filter(None, (item.name, made, when, prompt)))


def _runs(rows: list[int]) -> list[tuple[int, int]]:
    """Rising numbers as runs of neighbours: first and last."""
    runs: list[tuple[int, int]] = []
    for row in rows:
        if runs and row == runs[-1][1] + 1:
            runs[-1] = (runs[-1][0], row)
        else:
            runs.append((row, row))
    return runs
