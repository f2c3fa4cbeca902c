"""Scales of colours that stand for numbers: even to the eye, and told apart without telling hues (their lightness falls
or rises all the way). The text of the theme has a contrast of at least 4.5 on every colour of a scale.
"""

import math
from functools import cache
from itertools import pairwise

from PySide6.QtGui import QColor

from aigc_desktop.ui import theme

STEPS = 64  # colours of a scale
Oklab = tuple[float, float, float]  # lightness, green to red, blue to yellow (Ottosson 2020)

# Stops: lightness, chroma, hue in degrees; the first is near the ground.
SURPRISE = {
    "light": ((0.985, 0.012, 85), (0.90, 0.075, 60), (0.78, 0.125, 25), (0.655, 0.135, 350)),
    "dark": ((0.225, 0.004, 320), (0.32, 0.075, 330), (0.41, 0.115, 5), (0.485, 0.105, 45)),
}
ATTENTION = {
    "light": ((0.99, 0.004, 250), (0.87, 0.065, 240), (0.655, 0.125, 255)),
    "dark": ((0.225, 0.004, 260), (0.345, 0.075, 258), (0.51, 0.125, 250)),
}
VERDICT = {
    "light": ((0.99, 0.006, 170), (0.86, 0.075, 172), (0.655, 0.115, 165)),
    "dark": ((0.225, 0.004, 175), (0.345, 0.06, 172), (0.50, 0.10, 165)),
}


def surprise(share: float) -> QColor:
    """Of something expected (0) or surprising (1)."""
    return _colour("surprise", share)


def attention(share: float) -> QColor:
    """Of something passed over (0) or taken in whole (1)."""
    return _colour("attention", share)


def verdict(share: float) -> QColor:
    """Of what is held for created (0) or for real (1)."""
    return _colour("verdict", share)


def _colour(name: str, share: float) -> QColor:
    place = round(min(1.0, max(0.0, share)) * (STEPS - 1)) if math.isfinite(share) else STEPS - 1
    return QColor(colours(name, theme.is_dark())[place])


@cache
def colours(name: str, dark: bool) -> tuple[str, ...]:
    """The colours of a scale in order, each as far from the one before as the others are from theirs."""
    stops = {"surprise": SURPRISE, "attention": ATTENTION, "verdict": VERDICT}[name]["dark" if dark else "light"]
    fine = [_curve([_oklab(*one) for one in stops], place / 1000) for place in range(1001)]
    along = [0.0]
    for one, other in pairwise(fine):
        along.append(along[-1] + math.dist(one, other))
    made, at = [], 0
    for step in range(STEPS):
        while at < len(along) - 1 and along[at] < along[-1] * step / (STEPS - 1):
            at += 1
        made.append(_hex(fine[at]))
    return tuple(made)


def _curve(stops: list[Oklab], share: float) -> Oklab:
    """A point of the smooth curve through the stops (Catmull and Rom 1974)."""
    padded = [_beyond(stops[0], stops[1]), *stops, _beyond(stops[-1], stops[-2])]
    at = min(len(stops) - 2, int(share * (len(stops) - 1)))
    t = share * (len(stops) - 1) - at
    a, b, c, d = padded[at : at + 4]
    values = [
        0.5 * (2 * q + (r - p) * t + (2 * p - 5 * q + 4 * r - s) * t**2 + (3 * q - p - 3 * r + s) * t**3)
        for p, q, r, s in zip(a, b, c, d, strict=True)
    ]
    return values[0], values[1], values[2]


def _beyond(end: Oklab, inner: Oklab) -> Oklab:
    return 2 * end[0] - inner[0], 2 * end[1] - inner[1], 2 * end[2] - inner[2]


def _oklab(lightness: float, chroma: float, hue: float) -> Oklab:
    angle = math.radians(hue)
    return lightness, chroma * math.cos(angle), chroma * math.sin(angle)


def _hex(colour: Oklab) -> str:
    lightness, a, b = colour
    long = (lightness + 0.3963377774 * a + 0.2158037573 * b) ** 3
    middle = (lightness - 0.1055613458 * a - 0.0638541728 * b) ** 3
    short = (lightness - 0.0894841775 * a - 1.2914855480 * b) ** 3
    linear = (
        4.0767416621 * long - 3.3077115913 * middle + 0.2309699292 * short,
        -1.2684380046 * long + 2.6097574011 * middle - 0.3413193965 * short,
        -0.0041960863 * long - 0.7034186147 * middle + 1.7076147010 * short,
    )
    return "#" + "".join(f"{round(255 * _gamma(one)):02x}" for one in linear)


def _gamma(linear: float) -> float:
    linear = min(1.0, max(0.0, linear))
    return 12.92 * linear if linear <= 0.0031308 else 1.055 * linear ** (1 / 2.4) - 0.055
