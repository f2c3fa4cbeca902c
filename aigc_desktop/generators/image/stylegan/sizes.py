"""The sides and channels of the networks; imports no torch, because the preflight counts with them."""

SIDES = (32, 64, 128)
GROUP = 4  # pictures whose spread the discriminator sees; a batch is whole groups of them
KNOWN = 64  # principal directions that are kept at most


def sides(side: int) -> list[int]:
    """The resolutions of the synthesis: 4, 8, … up to the picture's side."""
    return [4 << step for step in range(side.bit_length() - 2)]


def channels_at(side: int, width: int) -> int:
    """Channels at a resolution: `width` up to 16 pixels, then half as many each time the side doubles, 4 at least."""
    return max(4, width * 16 // max(16, side))
