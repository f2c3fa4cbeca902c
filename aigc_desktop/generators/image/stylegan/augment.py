"""Adaptive augmentation (ADA: Karras and others 2020, Training Generative Adversarial Networks with Limited Data).

The discriminator only ever sees augmented pictures, real and created alike; each change happens with probability p to a
picture. While p is well below 1 the generator can tell the pictures from their changes, and makes none of them. p follows
how much the discriminator has learned by heart.
"""

import math

import torch
from torch import Tensor
from torch.nn.functional import affine_grid, grid_sample

TARGET = 0.6  # of r = E[sign(D(real))]: 0 where it cannot tell, 1 where it is sure of every training picture
LEAST = 0.01  # a smaller p is not worth its time


def augmented(pictures: Tensor, p: float) -> Tensor:
    """Pictures [n, C, H, W] in −1…1 with each group's changes drawn with probability p; differentiable by the pictures."""
    if p < LEAST:
        return pictures
    n, channels = pictures.shape[:2]
    # From where each pixel comes. What lies outside is mirrored, as in the paper.
    grid = affine_grid(_blits(n, p) @ _geometry(n, p), list(pictures.shape), align_corners=False)
    pictures = grid_sample(pictures, grid.to(pictures), padding_mode="reflection", align_corners=False)
    matrix = _colours(n, channels, p).to(pictures)
    return torch.einsum("nij,njhw->nihw", matrix[:, :, :-1], pictures) + matrix[:, :, -1, None, None]


class Strength:
    """p on its way: up while r is above the target, down while it is below; `images` real pictures take it from 0 to 1.

    `state` is [p, sum of signs, count]: a tensor, so that a checkpoint holds it.
    """

    def __init__(self, images: float, device: torch.device):
        self.images = images
        self.state = torch.zeros(3, device=device)

    @property
    def p(self) -> float:
        return float(self.state[0])

    def saw(self, scores: Tensor) -> None:
        """The scores [n] of augmented real pictures."""
        self.state[1] += scores.detach().sign().sum()
        self.state[2] += len(scores)

    def adapt(self) -> float:
        """Move p by what was seen since the last time; r."""
        p, signs, count = self.state.tolist()
        r = signs / count if count else 0.0
        p += math.copysign(count / self.images, r - TARGET)
        self.state.copy_(torch.tensor([min(1.0, max(0.0, p)), 0.0, 0.0]))
        return r


def _where(chosen: Tensor, values: Tensor, otherwise: float) -> Tensor:
    return torch.where(chosen, values, torch.full_like(values, otherwise))


def _matrix(n: int, size: int) -> Tensor:
    return torch.eye(size).repeat(n, 1, 1)


def _some(n: int, p: float) -> Tensor:
    return torch.rand(n) < p


def _blits(n: int, p: float) -> Tensor:
    """Pixel blitting: left-right flips, quarter turns, shifts by up to an eighth; [n, 2, 3], output to input."""
    flip = _where(_some(n, p), torch.randint(0, 2, (n,)) * -2.0 + 1, 1.0)
    turns = _where(_some(n, p), torch.randint(0, 4, (n,)).float(), 0.0) * (math.pi / 2)
    moved = _some(n, p)
    found = torch.zeros(n, 2, 3)
    found[:, 0, 0], found[:, 0, 1] = flip * turns.cos(), -turns.sin()
    found[:, 1, 0], found[:, 1, 1] = flip * turns.sin(), turns.cos()
    for axis in (0, 1):
        found[:, axis, 2] = _where(moved, torch.empty(n).uniform_(-0.25, 0.25), 0.0)  # the picture is 2 wide
    return found


def _geometry(n: int, p: float) -> Tensor:
    """Scale, rotation, stretching along one axis and shifts; [n, 3, 3], output to input."""
    scale = _where(_some(n, p), torch.exp2(torch.randn(n) * 0.2), 1.0)
    # Twice, so that a picture keeps its uprightness with probability 1 − p.
    rotated = 1 - math.sqrt(1 - min(p, 1.0))
    before = _where(_some(n, rotated), torch.empty(n).uniform_(-math.pi, math.pi), 0.0)
    stretch = _where(_some(n, p), torch.exp2(torch.randn(n) * 0.2), 1.0)
    after = _where(_some(n, rotated), torch.empty(n).uniform_(-math.pi, math.pi), 0.0)
    moved = _some(n, p)
    found = _turn(before) @ _diagonal(scale * stretch, scale / stretch) @ _turn(after)
    for axis in (0, 1):
        found[:, axis, 2] = _where(moved, torch.randn(n) * 0.25, 0.0)
    return found


def _turn(angle: Tensor) -> Tensor:
    found = _matrix(len(angle), 3)
    found[:, 0, 0] = found[:, 1, 1] = angle.cos()
    found[:, 0, 1], found[:, 1, 0] = -angle.sin(), angle.sin()
    return found


def _diagonal(x: Tensor, y: Tensor) -> Tensor:
    return torch.diag_embed(torch.stack([x, y, torch.ones_like(x)], dim=1))


def _colours(n: int, channels: int, p: float) -> Tensor:
    """Brightness and contrast; with three channels also luma flip, hue and saturation; [n, C, C + 1]."""
    brightness = _where(_some(n, p), torch.randn(n) * 0.2, 0.0)
    contrast = _where(_some(n, p), torch.exp2(torch.randn(n) * 0.5), 1.0)
    found = _matrix(n, channels) * contrast[:, None, None]
    if channels == 3:
        grey = torch.full((3, 3), 1 / 3)  # onto the grey axis
        flipped = _where(_some(n, p), torch.randint(0, 2, (n,)).float(), 0.0)
        flip = torch.eye(3) - 2 * flipped[:, None, None] * grey
        angle = _where(_some(n, p), torch.empty(n).uniform_(-math.pi, math.pi), 0.0)[:, None, None]
        # About the grey axis (Rodrigues).
        cross = torch.tensor([[0.0, -1.0, 1.0], [1.0, 0.0, -1.0], [-1.0, 1.0, 0.0]]) / math.sqrt(3)
        hue = angle.cos() * torch.eye(3) + angle.sin() * cross + (1 - angle.cos()) * grey
        saturation = _where(_some(n, p), torch.exp2(torch.randn(n)), 1.0)[:, None, None]
        saturate = grey + saturation * (torch.eye(3) - grey)
        found = saturate @ hue @ flip @ found
        moved = saturate @ hue @ flip @ brightness[:, None, None].expand(n, 3, 1)
    else:
        moved = brightness[:, None, None].expand(n, channels, 1)
    return torch.cat([found, moved], dim=2)
