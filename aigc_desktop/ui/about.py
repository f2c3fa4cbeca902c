"""About: version, licence, and what it is built on."""

import platform
from importlib import metadata

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QDialog, QDialogButtonBox, QLabel, QTreeWidget, QTreeWidgetItem, QVBoxLayout, QWidget

from aigc_desktop import __version__
from aigc_desktop.i18n import tr
from aigc_desktop.ui import theme

# Licences as the projects state them: not every installed package says its own in one word.
LIBRARIES = {
    "PySide6": "LGPL-3.0",
    "torch": "BSD-3-Clause",
    "transformers": "Apache-2.0",
    "diffusers": "Apache-2.0",
    "accelerate": "Apache-2.0",
    "peft": "Apache-2.0",
    "tokenizers": "Apache-2.0",
    "safetensors": "Apache-2.0",
    "pydantic": "MIT",
    "numpy": "BSD-3-Clause",
    "pillow": "MIT-CMU",
    "soundfile": "BSD-3-Clause",
    "av": "BSD-3-Clause",
    "pyqtgraph": "MIT",
    "QtAwesome": "MIT",
    "platformdirs": "MIT",
    "tqdm": "MPL-2.0, MIT",
}


class About(QDialog):
    def __init__(self, parent: QWidget | None = None):
        super().__init__(parent)
        self.setWindowTitle(tr("About {name}", name="AIGC Desktop"))
        name = QLabel("AIGC Desktop")
        font = name.font()
        font.setPointSizeF(font.pointSizeF() * 1.6)
        name.setFont(font)
        version = QLabel(tr("Version {version} · MIT licence", version=__version__))
        version.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        does = QLabel(tr("Make text and pictures with models that you train yourself, on your own machine."))
        does.setWordWrap(True)
        built = QLabel(tr("Built with Python {python} and these libraries:", python=platform.python_version()))
        theme.muted(version)
        theme.muted(built)

        table = QTreeWidget()
        table.setAccessibleName(tr("Libraries"))
        table.setHeaderLabels([tr("Name"), tr("Version"), tr("Licence")])
        table.setRootIsDecorated(False)
        table.setFrameShape(QTreeWidget.Shape.NoFrame)
        table.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        for library, licence in LIBRARIES.items():
            QTreeWidgetItem(table, [library, installed(library), licence])
        for column in range(3):
            table.resizeColumnToContents(column)
            table.setColumnWidth(column, table.columnWidth(column) + theme.GAP)

        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
        buttons.rejected.connect(self.close)

        layout = QVBoxLayout(self)
        layout.setContentsMargins(*[theme.GAP + theme.GRID] * 4)
        layout.setSpacing(theme.GRID)
        layout.addWidget(name)
        layout.addWidget(version)
        layout.addSpacing(theme.GRID)
        layout.addWidget(does)
        layout.addSpacing(theme.GRID)
        layout.addWidget(built)
        layout.addWidget(table)
        layout.addWidget(buttons)
        self.resize(theme.GRID * 56, theme.GRID * 60)


def installed(library: str) -> str:
    """The version that is installed, a dash where it is not."""
    try:
        return metadata.version(library)
    except metadata.PackageNotFoundError:
        return "–"
