"""The shape of a U-Net that fits the pictures: its settings by the names of `UNet2DModel`, and what it costs.

Imports no torch: a window asks before anything starts.
"""

from typing import Any

SMALLEST, MOST_LEVELS = 5, 5  # pixels a side at the bottom, halvings and one
HEAD = 32  # channels that one head of the attention looks at
GROWTH = (1, 2, 4, 4, 4)  # channels of each level, as a multiple of the first's
STEP = 8  # what the first level's channels are a multiple of
GROUPS = 2  # of a normalisation: sixteen channels and more in each are fast on a processor


def levels(height: int, width: int) -> int:
    """How many sizes the picture goes through: halved while both sides are even and not small."""
    found, side = 1, (height, width)
    while found < MOST_LEVELS and not (side[0] % 2 or side[1] % 2) and min(side) // 2 >= SMALLEST:
        found, side = found + 1, (side[0] // 2, side[1] // 2)
    return found


def settings(
    height: int, width: int, channels: int, first: int, layers: int, classes: int = 0, attention: bool = False
) -> dict[str, Any]:
    """What `UNet2DModel` is built with, for pictures of this size; `first` channels at full size, `layers` a level.

    With classes it has one label more than there are: the last stands for no class. Attention is where the picture is smallest.
    """
    count = levels(height, width)
    widths = [first * one for one in GROWTH[:count]]
    return {
        "sample_size": height if height == width else [height, width],
        "in_channels": channels,
        "out_channels": channels,
        "block_out_channels": widths,
        "layers_per_block": layers,
        "down_block_types": ["DownBlock2D"] * count,
        "up_block_types": ["UpBlock2D"] * count,
        "norm_num_groups": GROUPS,
        "attn_norm_num_groups": GROUPS,
        "resnet_time_scale_shift": "scale_shift",  # the time scales what a layer gives, too (Dhariwal and Nichol 2021)
        "attention_head_dim": HEAD if widths[-1] % HEAD == 0 else STEP,
        "add_attention": attention,
        "num_class_embeds": classes + 1 if classes else None,
    }


def weights(config: dict[str, Any]) -> int:
    """How many numbers a network of these settings learns."""
    widths: list[int] = config["block_out_channels"]
    layers: int = config["layers_per_block"]
    time = 4 * widths[0]

    def block(read: int, made: int) -> int:
        shortcut = read * made + made if read != made else 0
        return 2 * read + _conv(read, made) + 2 * (time * made + made) + 2 * made + _conv(made, made) + shortcut

    total = _conv(config["in_channels"], widths[0]) + _conv(widths[0], config["out_channels"]) + 2 * widths[0]
    total += widths[0] * time + time + time * time + time + (config["num_class_embeds"] or 0) * time
    kept = [widths[0]]  # channels of what the way down leaves for the way up
    for level, made in enumerate(widths):
        for number in range(layers):
            total += block(made if number else widths[max(level - 1, 0)], made)
            kept.append(made)
        if level + 1 < len(widths):
            total += _conv(made, made)
            kept.append(made)
    bottom = widths[-1]
    total += 2 * block(bottom, bottom)
    total += (2 * bottom + 4 * (bottom * bottom + bottom)) if config["add_attention"] else 0
    read = bottom
    for level in reversed(range(len(widths))):
        for _ in range(layers + 1):
            total += block(read + kept.pop(), widths[level])
            read = widths[level]
        total += _conv(read, read) if level else 0
    return total


def _conv(read: int, made: int) -> int:
    return 9 * read * made + made


def activations(config: dict[str, Any]) -> int:
    """About how many numbers are kept of one picture from the way forward for the way back."""
    widths: list[int] = config["block_out_channels"]
    size = config["sample_size"]
    height, width = (size, size) if isinstance(size, int) else size
    total = 0
    for level, made in enumerate(widths):
        # A block keeps what it reads, normalised, activated, convolved, and the second half of that again.
        blocks = (2 * config["layers_per_block"] + 1) + (2 if level + 1 == len(widths) else 0)
        total += (height >> level) * (width >> level) * made * (9 * blocks + 6)
    return total
