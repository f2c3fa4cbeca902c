"""Colours that can be read, icons that are there, figures of one width."""

import itertools

import pytest
from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QPalette
from PySide6.QtWidgets import QApplication, QPushButton

from aigc_desktop.ui import theme
from aigc_desktop.ui.theme import DARK, LIGHT, Colours


@pytest.fixture(autouse=True)
def undressed(qapp: QApplication):
    yield
    theme.apply(qapp, "light")


def contrast(one: str, other: str) -> float:
    """The contrast ratio of WCAG 2.2."""

    def luminance(colour: str) -> float:
        parts = [part / 255 for part in QColor(colour).toTuple()[:3]]
        linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
        return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]

    bright, dim = sorted((luminance(one), luminance(other)), reverse=True)
    return (bright + 0.05) / (dim + 0.05)


@pytest.mark.parametrize("of", [LIGHT, DARK], ids=["light", "dark"])
def test_texts_can_be_read(of: Colours) -> None:
    grounds = (of.window, of.base, of.raised, of.selected)
    for text, ground in itertools.product((of.text, of.muted, of.warning, of.error), grounds):
        assert contrast(text, ground) >= 4.5, (text, ground)
    for ground in (of.accent, of.accent_over):
        assert contrast(of.on_accent, ground) >= 4.5, ground
    for ground in (of.window, of.base, of.raised):
        assert contrast(of.disabled, ground) >= 3, ground
        assert contrast(of.accent, ground) >= 3, ground
    for curve in of.series:
        assert contrast(curve, of.base) >= 3, curve


@pytest.mark.parametrize("name", ["light", "dark"])
def test_a_theme_dresses_the_application(qapp: QApplication, name: str) -> None:
    theme.apply(qapp, name)
    of = theme.colours()
    assert of is (DARK if name == "dark" else LIGHT) and theme.is_dark() == (name == "dark")
    palette = qapp.palette()
    assert palette.color(QPalette.ColorRole.Window).name().upper() == of.window
    assert palette.color(QPalette.ColorRole.Highlight).name().upper() == of.accent
    rows = qapp.palette("QAbstractItemView")
    assert rows.color(QPalette.ColorRole.Highlight).name().upper() == of.selected


def test_system_follows_the_systems_change(qapp: QApplication, monkeypatch: pytest.MonkeyPatch) -> None:
    now = Qt.ColorScheme.Light
    hints = qapp.styleHints()
    monkeypatch.setattr(theme, "system_scheme", lambda app: now)
    theme.apply(qapp, "system")
    assert theme.colours() is LIGHT
    now = Qt.ColorScheme.Dark
    hints.colorSchemeChanged.emit(now)
    assert theme.colours() is DARK
    theme.apply(qapp, "light")
    hints.colorSchemeChanged.emit(now)
    assert theme.colours() is LIGHT


def test_icons_follow_the_palette(qapp: QApplication) -> None:
    seen = []
    for name in ("light", "dark"):
        theme.apply(qapp, name)
        image = theme.icon("image").pixmap(QSize(24, 24)).toImage()
        pixels = [image.pixelColor(x, y) for x in range(24) for y in range(24)]
        drawn = [pixel for pixel in pixels if pixel.alpha() > 200]
        assert drawn
        seen.append(sum(pixel.lightness() for pixel in drawn) / len(drawn))
    assert seen[0] < 100 and seen[1] > 150


def test_an_icon_that_is_not_there(qapp: QApplication) -> None:
    with pytest.raises(KeyError):
        theme.icon("no-such-icon")
    assert not theme.icon("ph.image").isNull()


def test_figures_have_one_width(qapp: QApplication) -> None:
    theme.apply(qapp, "light")
    assert qapp.font().featureValue(QFont.Tag("tnum")) == 1
    measure = QFontMetricsF(qapp.font())
    assert len({round(measure.horizontalAdvance(figure), 2) for figure in "0123456789"}) == 1


def test_the_main_action_is_filled_with_the_accent(qtbot) -> None:
    theme.apply(QApplication.instance(), "light")
    button = theme.main_action(QPushButton("Start"))
    qtbot.addWidget(button)
    button.resize(120, 40)
    assert button.grab().toImage().pixelColor(12, 20).name().upper() == LIGHT.accent
