"""Where real and created pictures lie for a discriminator, and what it says of each: data of the view "discriminator".

After GAN Lab (Kahng and others, 2018), on the pictures of a real training.
"""

from typing import Any

import torch
from torch import Tensor
from torch.nn.functional import avg_pool2d

from aigc_desktop.nets.pixels import pictures_of, sheet

MOST = 128  # pictures of each kind
LETTERS = 140_000  # of the sheet as text
COLUMNS = 16
SIDE = 16  # pixels that a picture in the sheet keeps at least


class DiscriminatorView:
    """Makes the view's data, look after look: the axes keep their directions. Show it the same real pictures each time."""

    def __init__(self) -> None:
        self._last: Tensor | None = None  # where the real pictures lay, [n, 2]

    @torch.no_grad()
    def look(
        self,
        real: Tensor,
        created: Tensor,
        features: tuple[Tensor, Tensor],
        scores: tuple[Tensor, Tensor],
        unbounded: bool = False,
    ) -> dict[str, Any]:
        """The view's data of up to MOST real pictures [n, C, H, W] and created ones [m, C, H, W], floats in −1…1.

        `features` [n, …] and [m, …] and `scores` [n] and [m] (logits, or with `unbounded` what a critic says) are the
        discriminator's of the real and the created ones. The axes are the two principal ones of the real ones' features.
        """
        known, others = (one.detach().cpu().flatten(1).double() for one in features)
        middle = known.mean(0)
        axes = principal(known - middle)
        points = (known - middle) @ axes
        sign = torch.where(((points * self._last).sum(0) if self._fits(points) else axes.sum(0)) < 0, -1.0, 1.0)
        self._last = points * sign
        created_points = (others - middle) @ axes * sign
        said = [one.detach().cpu().double() if unbounded else one.detach().cpu().double().sigmoid() for one in scores]
        shown, count = _sheet(real, created)
        return {
            **shown,
            "real": _rows(self._last, said[0])[:count],
            "created": _rows(created_points, said[1])[:count],
            "unbounded": unbounded,
        }

    def _fits(self, points: Tensor) -> bool:
        return self._last is not None and self._last.shape == points.shape


def principal(centred: Tensor) -> Tensor:
    """The two principal axes [d, 2] of points [n, d] around 0; zeros where there is no second."""
    axes = torch.linalg.svd(centred, full_matrices=False).Vh[:2].T
    return torch.cat([axes, axes.new_zeros(len(axes), 2 - axes.shape[1])], dim=1)


def _sheet(real: Tensor, created: Tensor) -> tuple[dict[str, Any], int]:
    """The pictures, real ones first, and how many of each kind: halved, then fewer, until the text is short enough."""
    count = MOST
    real, created = real.float(), created.float()
    while True:
        shown = sheet(pictures_of(torch.cat([real[:count], created[:count]])), COLUMNS)
        if len(str(shown["sheet"])) <= LETTERS or count <= 8:
            return shown, count
        if min(real.shape[2:]) >= 2 * SIDE:
            real, created = avg_pool2d(real, 2), avg_pool2d(created, 2)
        else:
            count = count * 3 // 4


def _rows(points: Tensor, scores: Tensor) -> list[list[float]]:
    together = torch.cat([points, scores[:, None]], dim=1)
    return [[round(value, 4) for value in row] for row in torch.nan_to_num(together).tolist()]
