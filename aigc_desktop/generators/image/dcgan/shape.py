"""The shape of the two networks, in numbers alone."""

from itertools import pairwise

SIDES = (28, 32, 48, 64, 96, 128)
SMALLEST = 8  # the grid that the generator begins with is at most this wide
WIDEST = 512  # channels


def levels(side: int) -> int:
    """How often a side is halved until the grid is small: 28 → 14 → 7 is twice."""
    count = 0
    while side >> count > SMALLEST:
        count += 1
    return count


def widths(width: int, side: int) -> list[int]:
    """The channels of the discriminator's layers; the generator's are the same from last to first."""
    return [min(width << level, max(width, WIDEST)) for level in range(levels(side))]


def last_width(width: int, side: int) -> int:
    """The channels of the discriminator's last layer, which halves the small grid once more."""
    return min(2 * widths(width, side)[-1], max(width, WIDEST))


def last_grid(side: int) -> int:
    return ((side >> levels(side)) + 1) // 2


def sizes(latent_size: int, width: int, side: int, channels: int) -> tuple[int, int]:
    """The numbers of parameters of generator and discriminator."""
    falling = widths(width, side)
    grid = (side >> levels(side)) ** 2
    between = sum(16 * a * b for a, b in pairwise(falling))
    generator = latent_size * falling[-1] * grid + 2 * sum(falling) + between + 16 * falling[0] * channels + channels
    last = last_width(width, side)
    end = 9 * falling[-1] * last + last + last * last_grid(side) ** 2 + 1
    discriminator = 16 * falling[0] * channels + between + sum(falling) + end
    return generator, discriminator
