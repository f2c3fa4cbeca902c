"""How everything looks: two palettes, one accent, the grid, the fonts and a small style sheet.

Colours come from `colours()` or from the palette, never from elsewhere. A widget that paints by itself repaints on
`QEvent.PaletteChange`; icons follow by themselves.
"""

import sys
from dataclasses import dataclass
from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QFont, QFontDatabase, QFontInfo, QPalette
from PySide6.QtWidgets import QApplication, QPushButton, QWidget

from aigc_desktop.i18n import language
from aigc_desktop.ui.icons import icon

__all__ = [
    "GAP",
    "GRID",
    "HALF",
    "MUTED",
    "Colours",
    "apply",
    "colours",
    "icon",
    "is_dark",
    "main_action",
    "muted",
    "set_fonts",
    "small",
]

ICONS = (Path(__file__).resolve().parent.parent.parent / "resources" / "icons").as_posix()
HALF, GRID, GAP = 4, 8, 16  # inside controls, between controls, between groups
SCHEMES = {"system": Qt.ColorScheme.Unknown, "light": Qt.ColorScheme.Light, "dark": Qt.ColorScheme.Dark}
CHINESE = ("Noto Sans CJK SC", "Noto Sans SC", "Source Han Sans SC", "Source Han Sans CN", "WenQuanYi Micro Hei")
MUTED = QPalette.ColorRole.PlaceholderText  # the role of second texts and quiet icons


@dataclass(frozen=True)
class Colours:
    """The colours of a theme. Texts have a contrast of at least 4.5 on `window`, `base`, `raised` and `selected`."""

    window: str  # behind everything
    base: str  # behind what is typed, listed or plotted
    raised: str  # buttons, tool tips, menus
    line: str  # hairlines, where space alone does not part
    text: str
    muted: str  # second text: units, hints, captions
    disabled: str
    accent: str  # the one main action, progress, selection
    accent_over: str  # the accent under the pointer
    on_accent: str  # text on it
    selected: str  # behind a selected row
    warning: str
    error: str
    series: tuple[str, ...]  # curves in a plot, training first


LIGHT = Colours(
    window="#F3F2F0",
    base="#FFFFFF",
    raised="#FBFAF9",
    line="#DBD8D4",
    text="#1E1D1C",
    muted="#5F5D59",
    disabled="#85827D",
    accent="#CB4A0F",
    accent_over="#B5410B",
    on_accent="#FFFFFF",
    selected="#F8E0D3",
    warning="#8A5A00",
    error="#B3261E",
    series=("#CB4A0F", "#2F6DB5", "#3C7D4B", "#8A4FA8", "#8A6A00", "#4A4845"),
)
DARK = Colours(
    window="#262627",
    base="#1A1A1B",
    raised="#303032",
    line="#3D3D3F",
    text="#E9E7E4",
    muted="#B5B2AD",
    disabled="#83807C",
    accent="#F0803C",
    accent_over="#F79657",
    on_accent="#1C0F06",
    selected="#4A3022",
    warning="#E3B341",
    error="#F28B82",
    series=("#F0803C", "#6FA8E6", "#7CC48B", "#C79BE0", "#D9B84A", "#C9C6C2"),
)

_colours = LIGHT


def colours() -> Colours:
    """The colours in use."""
    return _colours


def is_dark() -> bool:
    return _colours is DARK


def apply(app: QApplication, theme: str = "system") -> None:
    """Dress the application. "system" follows the system's light or dark, also when it changes later."""
    hints = app.styleHints()
    if app.property("aigc_theme") is None:
        app.setStyle("Fusion")
        hints.colorSchemeChanged.connect(lambda: _dress(app))
        set_fonts(app)
        from aigc_desktop.ui.focus_ring import FocusRing  # it needs the colours from here

        FocusRing(app)
    app.setProperty("aigc_theme", theme)
    # Tells the system too, so that it frames the window alike; not every platform listens.
    hints.setColorScheme(SCHEMES[theme])
    _dress(app)


def main_action(button: QPushButton) -> QPushButton:
    """Make this the one main action of its place: filled with the accent."""
    button.setProperty("main", True)
    button.setCursor(Qt.CursorShape.PointingHandCursor)
    return button


def muted(widget: QWidget) -> QWidget:
    """Give its text the second colour."""
    widget.setForegroundRole(MUTED)
    return widget


def small(widget: QWidget) -> QWidget:
    """Give its text the small size, for captions and units."""
    font = QFont(widget.font())
    font.setPointSizeF(font.pointSizeF() * 0.9)
    widget.setFont(font)
    return widget


def palette(of: Colours, *, rows: bool = False) -> QPalette:
    """The Qt palette; `rows` is for lists, whose selection is a tint so that a selected row stays quiet."""
    made = QPalette()
    role, group = QPalette.ColorRole, QPalette.ColorGroup
    for which, colour in (
        (role.Window, of.window),
        (role.WindowText, of.text),
        (role.Base, of.base),
        (role.AlternateBase, of.window),
        (role.Text, of.text),
        (role.PlaceholderText, of.muted),
        (role.Button, of.raised),
        (role.ButtonText, of.text),
        (role.BrightText, of.on_accent),
        (role.ToolTipBase, of.raised),
        (role.ToolTipText, of.text),
        (role.Highlight, of.selected if rows else of.accent),
        (role.HighlightedText, of.text if rows else of.on_accent),
        (role.Accent, of.accent),
        (role.Link, of.accent_over),  # the accent itself is too pale for small letters
        (role.LinkVisited, of.muted),
        (role.Light, of.raised),
        (role.Midlight, of.raised),
        (role.Mid, of.line),
        (role.Dark, of.disabled),
        (role.Shadow, of.window if of is DARK else of.disabled),
    ):
        made.setColor(which, QColor(colour))
    for which in (role.WindowText, role.Text, role.ButtonText, role.HighlightedText, role.PlaceholderText):
        made.setColor(group.Disabled, which, QColor(of.disabled))
    made.setColor(group.Disabled, role.Highlight, QColor(of.line))
    made.setColor(group.Disabled, role.Accent, QColor(of.line))
    return made


def style_sheet(of: Colours) -> str:
    """What Fusion cannot say with a palette."""
    return f"""
QPushButton[main="true"] {{
    background: {of.accent}; color: {of.on_accent}; border: 1px solid {of.accent}; border-radius: 4px;
    padding: {HALF + 1}px {GAP}px;
}}
QPushButton[main="true"]:hover {{ background: {of.accent_over}; border-color: {of.accent_over}; }}
QPushButton[main="true"]:focus {{ border-color: {of.text}; }}
QPushButton[main="true"]:disabled {{ background: {of.line}; border-color: {of.line}; color: {of.disabled}; }}
QDialogButtonBox {{ dialogbuttonbox-buttons-have-icons: 0; }}
QToolTip {{ background: {of.raised}; color: {of.text}; border: 1px solid {of.line}; padding: {HALF}px; }}
QMainWindow::separator {{ background: transparent; width: {GRID}px; height: {GRID}px; }}
QMainWindow::separator:hover {{ background: {of.line}; }}
QTabBar::tab {{
    color: {of.muted}; background: transparent; padding: {GRID}px {GAP - HALF}px; border: none;
    border-bottom: 2px solid transparent;
}}
QTabBar::tab:hover {{ color: {of.text}; }}
QTabBar::tab:selected {{ color: {of.text}; border-bottom-color: {of.accent}; }}
QTabBar::tab:selected:focus {{ background: {of.selected}; }}
QTabBar::tab:disabled {{ color: {of.disabled}; }}
QTabBar::close-button {{ image: url({ICONS}/close-{"dark" if of is DARK else "light"}.svg); padding: 2px; }}
QTabBar::close-button:hover {{ background: {of.line}; border-radius: {HALF}px; }}
QTreeView#rows {{ background: transparent; outline: none; }}
QTreeView#rows::item {{ border: 1px solid transparent; border-radius: {HALF}px; padding-left: {HALF}px; }}
QTreeView#rows::item:hover {{ background: {of.raised}; }}
QTreeView#rows::item:selected {{ background: {of.selected}; color: {of.text}; }}
QTreeView#rows::item:selected:focus {{ border: 1px solid {of.accent}; }}
QFrame#card {{ background: {of.base}; border: 1px solid {of.line}; border-radius: {GRID}px; }}
QFrame#notice {{ background: {of.raised}; border: none; border-bottom: 1px solid {of.line}; }}
"""


def set_fonts(app: QApplication) -> None:
    """The system's font, with a good one for Chinese beside it; in Chinese that one comes first, so that Latin letters and
    figures match it in weight and stand on its line. Windows and macOS have such pairs of their own.
    """
    own = QFontDatabase.systemFont(QFontDatabase.SystemFont.GeneralFont)
    font = QFont(app.font())
    families = [QFontInfo(own).family()]  # the font behind a name like "Sans Serif", which a list would pass over
    if sys.platform.startswith("linux"):
        chinese = [name for name in CHINESE if QFontDatabase.hasFamily(name)][:1]
        families = chinese + families if language() == "zh_CN" else families + chinese
    font.setFamilies(families)
    font.setFeature(QFont.Tag("tnum"), 1)  # figures of one width, so that a running number does not jump
    if font != app.font():
        app.setFont(font)


def system_scheme(app: QApplication) -> Qt.ColorScheme:
    """Light or dark, as the system says it now."""
    return app.styleHints().colorScheme()


def _dress(app: QApplication) -> None:
    global _colours
    theme = app.property("aigc_theme")
    scheme = system_scheme(app) if theme == "system" else SCHEMES[theme]
    wanted = DARK if scheme == Qt.ColorScheme.Dark else LIGHT
    if _colours is wanted and app.styleSheet():
        return
    _colours = wanted
    app.setPalette(palette(wanted))
    app.setPalette(palette(wanted, rows=True), "QAbstractItemView")  # type: ignore[arg-type]  # the stub says bytes
    app.setStyleSheet(style_sheet(wanted))
