"""A mask: brushed over the picture of another parameter, dropped, or chosen."""

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QSize
from PySide6.QtGui import QImageIOHandler, QImageReader
from PySide6.QtWidgets import QPushButton, QWidget

from aigc_desktop.engine.params import Described
from aigc_desktop.i18n import tr
from aigc_desktop.media.files import cache_folder
from aigc_desktop.ui import amounts, pixmaps
from aigc_desktop.ui.fields.base import Field, tooltip
from aigc_desktop.ui.fields.files import InputField
from aigc_desktop.ui.sentence_label import SentenceLabel

if TYPE_CHECKING:
    from aigc_desktop.ui.mask_window import MaskWindow


class MaskField(InputField):
    """`of` is the picture's field; `folder` says where brushed masks are kept, so that a job can be run again."""

    def __init__(self, one: Described, parent: QWidget | None = None):
        super().__init__(one, parent)
        self.of: Field | None = None
        self.folder: Callable[[], Path] = lambda: cache_folder() / "masks"
        self.window_: MaskWindow | None = None
        self.paint = QPushButton(tr("Paint…"), self.zone)
        self.paint.clicked.connect(self.open)
        self.ways.insertWidget(0, self.paint)
        self.problem = SentenceLabel(self)
        self.words.addWidget(self.problem)
        self.changed.connect(self._look)
        self._look()

    def brush_on(self, field: Field) -> None:
        """Paint on the picture that this field holds."""
        self.of = field
        field.changed.connect(self._look)
        self._look()

    def open(self) -> None:
        """Show the window to paint in."""
        path = self.picture()
        picture = pixmaps.read(path) if path else None
        if picture is None or picture.isNull():
            self._look()
            return
        if self.window_ is None:
            from aigc_desktop.ui.mask_window import MaskWindow

            self.window_ = MaskWindow(lambda: self.folder(), self)
            self.window_.used.connect(self.set_value)
        mask = pixmaps.read(self._path) if self._path else None
        self.window_.show_picture(picture, (path, _moment(path), self._path), mask)
        self.window_.show()
        self.window_.raise_()
        self.window_.activateWindow()

    def picture(self) -> str | None:
        """The file of the picture to paint on."""
        value = self.of.value() if self.of is not None else None
        return value if isinstance(value, str) and value else None

    def _look(self) -> None:
        """Say what is missing, or does not fit; the sizes are in the files' first bytes."""
        path = self.picture()
        there = _size(path) if path else None
        title = tr(self.of.one.title) if self.of is not None else ""
        self.paint.setVisible(self.of is not None)
        self.paint.setEnabled(there is not None)
        self.paint.setToolTip(
            tooltip(
                tr("Paint over the parts of the picture that are to be made anew")
                if there is not None
                else tr("Choose a picture first: “{title}”", title=title)
            )
        )
        own = _size(self._path) if self._path else None
        wrong = own is not None and there is not None and own != there
        self.problem.say(
            tr(
                "The mask is {mask} pixels, the picture {picture}; paint one, or choose another.",
                mask=amounts.pixels(*own.toTuple()),
                picture=amounts.pixels(*there.toTuple()),
            )
            if wrong and own is not None and there is not None
            else "",
            "problem",
        )


def _size(path: str) -> QSize | None:
    """A picture's size as it is shown, from its file's header; None where it cannot be read."""
    reader = QImageReader(path)
    size = reader.size()
    if not size.isValid():
        return None
    turned = reader.transformation().value & QImageIOHandler.Transformation.TransformationRotate90.value
    return size.transposed() if turned else size


def _moment(path: str) -> float:
    try:
        return Path(path).stat().st_mtime
    except OSError:
        return 0.0
