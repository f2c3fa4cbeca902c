"""The starter pictures: digits and shapes drawn on the spot with a shaky hand, never twice the same, white on black.

Everything is a set of line segments [n, s, 2 ends, 2 coordinates] in a box from 0 to 1; the brightness of a pixel follows
from its distance to the nearest segment.
"""

from functools import cache
from itertools import pairwise

import numpy as np

SIDE = 28
OF_EACH_DIGIT = 360
OF_EACH_SHAPE = 600
SEED = 7

# Each digit: ways to write it, each way its strokes, each stroke the points that a smooth curve runs through.
DIGITS: list[list[list[list[tuple[float, float]]]]] = [
    [[[(0.5, 0.05), (0.22, 0.25), (0.17, 0.55), (0.3, 0.88), (0.55, 0.95), (0.78, 0.7), (0.8, 0.35), (0.62, 0.08), (0.5, 0.05)]]],
    [[[(0.52, 0.04), (0.5, 0.96)]], [[(0.3, 0.25), (0.42, 0.15), (0.53, 0.04)], [(0.53, 0.04), (0.5, 0.96)]]],
    [
        [[(0.2, 0.26), (0.34, 0.07), (0.6, 0.06), (0.74, 0.27), (0.58, 0.55), (0.2, 0.93)], [(0.2, 0.93), (0.5, 0.92), (0.82, 0.94)]],
        [[(0.2, 0.2), (0.45, 0.05), (0.72, 0.22), (0.6, 0.55), (0.32, 0.9), (0.2, 0.8), (0.38, 0.74), (0.6, 0.92), (0.84, 0.86)]],
    ],
    [[[(0.22, 0.14), (0.5, 0.04), (0.73, 0.2), (0.64, 0.4), (0.42, 0.47)], [(0.42, 0.47), (0.7, 0.55), (0.77, 0.76), (0.54, 0.95), (0.2, 0.86)]]],
    [
        [[(0.56, 0.05), (0.4, 0.32), (0.17, 0.62)], [(0.17, 0.62), (0.5, 0.6), (0.86, 0.61)], [(0.66, 0.36), (0.63, 0.96)]],
        [[(0.26, 0.08), (0.22, 0.48)], [(0.22, 0.48), (0.5, 0.52), (0.74, 0.46)], [(0.76, 0.06), (0.73, 0.5), (0.68, 0.96)]],
    ],
    [[[(0.76, 0.06), (0.3, 0.07)], [(0.3, 0.07), (0.26, 0.44)], [(0.26, 0.44), (0.5, 0.38), (0.74, 0.54), (0.7, 0.82), (0.46, 0.95), (0.2, 0.88)]]],
    [[[(0.66, 0.05), (0.42, 0.22), (0.26, 0.52), (0.26, 0.8), (0.46, 0.96), (0.7, 0.84), (0.7, 0.6), (0.5, 0.5), (0.28, 0.68)]]],
    [
        [[(0.2, 0.08), (0.5, 0.09), (0.8, 0.07)], [(0.8, 0.07), (0.58, 0.45), (0.44, 0.96)]],
        [[(0.2, 0.08), (0.5, 0.09), (0.8, 0.07)], [(0.8, 0.07), (0.58, 0.45), (0.44, 0.96)], [(0.36, 0.5), (0.74, 0.48)]],
    ],
    [[[(0.68, 0.13), (0.45, 0.04), (0.28, 0.2), (0.4, 0.41), (0.66, 0.6), (0.72, 0.84), (0.48, 0.96), (0.26, 0.82), (0.36, 0.58), (0.64, 0.38), (0.72, 0.2), (0.64, 0.1)]]],
    [
        [[(0.72, 0.24), (0.5, 0.05), (0.27, 0.22), (0.34, 0.46), (0.58, 0.46), (0.72, 0.24)], [(0.72, 0.24), (0.72, 0.6), (0.66, 0.96)]],
        [[(0.72, 0.26), (0.5, 0.05), (0.27, 0.22), (0.36, 0.48), (0.6, 0.46), (0.73, 0.24), (0.72, 0.6), (0.56, 0.92), (0.28, 0.9)]],
    ],
]  # fmt: skip


CLASSES = (*"0123456789", "circle", "square", "star", "triangle")
CORNERS = {"circle": 24, "square": 4, "triangle": 3, "star": 10}


@cache
def make() -> tuple[np.ndarray, np.ndarray, tuple[str, ...]]:
    """The pictures, uint8 [N, 28, 28], always the same and read-only; digits and shapes mixed. The class of each, int32
    [N], and the classes' names."""
    random = np.random.RandomState(SEED)  # its numbers are the same in every version of numpy
    drawn: list[np.ndarray] = []
    names: list[str] = []
    for digit, ways in enumerate(DIGITS):
        for way in ways:
            drawn.append(_digit(way, OF_EACH_DIGIT // len(ways), random))
            names.append(str(digit))
    for name, corners in CORNERS.items():
        for filled in (False, True):
            drawn.append(_shape(corners, OF_EACH_SHAPE // 2, filled, random))
            names.append(name)
    pictures = np.concatenate(drawn)
    labels = np.repeat([CLASSES.index(name) for name in names], [len(some) for some in drawn]).astype(np.int32)
    mixed = random.permutation(len(pictures))
    pictures, labels = pictures[mixed], labels[mixed]
    pictures.flags.writeable = labels.flags.writeable = False
    return pictures, labels, CLASSES


def _digit(strokes: list[list[tuple[float, float]]], count: int, random: np.random.RandomState) -> np.ndarray:
    shaky = [np.array(stroke) + random.normal(0, 0.022, (count, len(stroke), 2)) for stroke in strokes]
    for before, stroke in pairwise(shaky):
        stroke[:, 0] = np.where(np.abs(stroke[:, :1] - before[:, -1:]).max(-1) < 0.15, before[:, -1], stroke[:, 0])
    segments = np.concatenate([_segments(_curve(stroke, 3)) for stroke in shaky], axis=1)
    return _draw(
        _moved(segments, random, turn=0.16, slant=0.12, narrow=0.8), random.uniform(0.045, 0.085, count), False
    )


def _shape(corners: int, count: int, filled: bool, random: np.random.RandomState) -> np.ndarray:
    angles = np.linspace(0, 2 * np.pi, corners, endpoint=False) + (np.pi / 4 if corners == 4 else -np.pi / 2)
    radii = np.where(np.arange(corners) % 2, 0.2, 0.5) if corners == 10 else np.full(corners, 0.48)
    outline = 0.5 + radii[:, None] * np.stack([np.cos(angles), np.sin(angles)], axis=1)
    points = outline + random.normal(0, 0.004 if corners == 24 else 0.014, (count, corners, 2))
    segments = _segments(np.concatenate([points, points[:, :1]], axis=1))
    return _draw(_moved(segments, random, turn=0.3, slant=0.03, narrow=1.0), random.uniform(0.03, 0.06, count), filled)


def _curve(points: np.ndarray, parts: int) -> np.ndarray:
    """Catmull-Rom: a smooth curve through the points [n, k, 2], each stretch in so many straight parts."""
    padded = np.concatenate([points[:, :1], points, points[:, -1:]], axis=1)
    a, b, c, d = (padded[:, start : start + points.shape[1] - 1, None] for start in range(4))
    t = (np.arange(parts) / parts)[:, None]
    curve = 0.5 * (2 * b + (c - a) * t + (2 * a - 5 * b + 4 * c - d) * t**2 + (3 * b - a - 3 * c + d) * t**3)
    return np.concatenate([curve.reshape(len(points), -1, 2), points[:, -1:]], axis=1)


def _segments(points: np.ndarray) -> np.ndarray:
    return np.stack([points[:, :-1], points[:, 1:]], axis=2)


def _moved(segments: np.ndarray, random: np.random.RandomState, turn: float, slant: float, narrow: float) -> np.ndarray:
    """Each drawing turned, slanted, stretched and shifted a little, in the middle of the box."""
    count = len(segments)
    angle, lean = random.normal(0, turn / 2, count), random.normal(slant / 3, slant, count)
    size = random.uniform(0.56, 0.76, count)
    wide = narrow * random.uniform(0.9, 1.1, count)
    cos, sin = np.cos(angle), np.sin(angle)
    matrix = np.stack([np.stack([cos * wide, -sin], -1), np.stack([sin * wide, cos], -1)], -2)
    matrix = matrix @ np.stack([np.stack([np.ones(count), -lean], -1), np.tile([0.0, 1.0], (count, 1))], -2)
    middle = 0.5 + random.uniform(-0.04, 0.04, (count, 1, 1, 2))
    return (segments - 0.5) @ (matrix * size[:, None, None]).transpose(0, 2, 1)[:, None] + middle


def _draw(segments: np.ndarray, thickness: np.ndarray, filled: bool) -> np.ndarray:
    """Brightness by the distance of each pixel's centre to the nearest segment: uint8 [n, side, side]."""
    segments = segments.astype(np.float32)
    centres = ((np.arange(SIDE, dtype=np.float32) + 0.5) / SIDE)[None, :]
    y, x = np.repeat(centres, SIDE, 1), np.tile(centres, SIDE)
    nearest = np.full((len(segments), SIDE * SIDE), np.inf, np.float32)
    inside = np.zeros(nearest.shape, bool)
    for start, end in segments.transpose(1, 2, 0, 3):
        along = end - start
        dx, dy = x - start[:, :1], y - start[:, 1:]
        length = np.maximum((along**2).sum(1, keepdims=True), 1e-9)
        share = np.clip((dx * along[:, :1] + dy * along[:, 1:]) / length, 0, 1)
        np.minimum(nearest, (dx - share * along[:, :1]) ** 2 + (dy - share * along[:, 1:]) ** 2, out=nearest)
        if filled:  # a ray to the right crosses the outline of a shape an odd number of times from inside
            crosses = (start[:, 1:] > y) != (end[:, 1:] > y)
            steep = np.where(along[:, 1:] == 0, np.float32(1e-9), along[:, 1:])
            inside ^= crosses & (dx < dy * along[:, :1] / steep)
    edge = (thickness[:, None].astype(np.float32) / 2 + 0.01 - np.sqrt(nearest)) * SIDE + 0.5
    light = np.clip(np.where(inside, 1, edge), 0, 1)
    return np.rint(light * 255).astype(np.uint8).reshape(-1, SIDE, SIDE)
