"""Several views in one place: one is seen, the others are a tab away."""

from PySide6.QtWidgets import QStackedWidget, QTabBar, QVBoxLayout, QWidget

from aigc_desktop.i18n import tr
from aigc_desktop.ui.fields.base import calm_wheel
from aigc_desktop.ui.theme import HALF
from aigc_desktop.ui.views.base import View


def title_of(name: str, training: bool) -> str:
    """What a view of this name is called; while a model trains its passage is one that was held out."""
    titles = {
        "samples": tr("Samples"),
        "surprise": tr("Held-out passage") if training else tr("Surprise"),
        "attention": tr("Attention"),
        "next_tokens": tr("What may follow"),
        "latent_plane": tr("Plane"),
        "morph": tr("Morph"),
        "direction": tr("Direction"),
        "reconstruct": tr("Reconstruct"),
        "mixing": tr("Mixing"),
        "principal": tr("Sliders"),
        "discriminator": tr("Discriminator"),
    }
    return titles.get(name, name)


class ViewTabs(QWidget):
    """Fill it with `add`."""

    def __init__(self, name: str, parent: QWidget | None = None):
        super().__init__(parent)
        self.bar = QTabBar(self)
        self.bar.setDrawBase(False)
        self.bar.setExpanding(False)
        self.bar.setDocumentMode(True)
        self.bar.setAccessibleName(name)
        calm_wheel(self.bar)
        self.stack = QStackedWidget(self)
        self.names: list[str] = []
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(HALF)
        column.addWidget(self.bar)
        column.addWidget(self.stack, 1)
        self.bar.currentChanged.connect(self.stack.setCurrentIndex)

    def add(self, name: str, view: View, training: bool = False) -> None:
        self.names.append(name)
        self.stack.addWidget(view)
        self.bar.addTab(title_of(name, training))
        self.bar.setVisible(len(self.names) > 1)

    def current(self) -> str:
        """The name of the view in sight."""
        return self.names[self.bar.currentIndex()] if self.names else ""

    def show_view(self, name: object) -> None:
        """Bring it to the front; what is not there is passed over."""
        if name in self.names:
            self.bar.setCurrentIndex(self.names.index(str(name)))
