"""idx files of MNIST's kind, plain and gzipped, looked at and loaded as training data."""

import gzip
import struct
from pathlib import Path
from random import Random

from aigc_desktop.data.pictures import Pictures
from tests.bench.mutate.harm import EXTREMES, harm
from tests.bench.mutate.kind import Attempts


def kind(name: str) -> "Kind":
    return Kind()


class Kind:
    def seeds(self, folder: Path) -> None:
        shapes = {"grey": (0x08, (5, 8, 6)), "colour": (0x08, (4, 5, 5, 3)), "one": (0x08, (4, 5, 5, 1)),
                  "labels": (0x08, (9,)), "floats": (0x0D, (3, 4, 4)), "doubles": (0x0E, (2, 3, 3))}  # fmt: skip
        for name, (kind, shape) in shapes.items():
            (folder / f"{name}.idx").write_bytes(_idx(kind, shape, bytes(number % 251 for number in range(700))))

    def open(self, folder: Path, case: Path, random: Random) -> Attempts:
        content = random.choice(sorted(folder.iterdir())).read_bytes()
        if random.random() < 0.4:
            shape = [random.choice((0, 1, 2, 3, 28, *EXTREMES[:10])) for _ in range(random.choice((0, 1, 2, 3, 4, 5)))]
            content = _idx(
                random.choice((0x08, 0x08, 0x0B, 0x0E, 0x10)), shape, random.randbytes(random.randrange(4000))
            )
        elif random.random() < 0.6:
            content = harm(content, random)
        name = "harmed-images-idx3-ubyte"
        if random.random() < 0.5:
            content = gzip.compress(content, mtime=0) * random.choice((1, 1, 2))
            content, name = harm(content, random) if random.random() < 0.7 else content, name + ".gz"
        file = case / random.choice((name, "harmed"))
        file.write_bytes(content)
        attempt = Attempts((file.name,))
        if attempt(Pictures().look, str(file)) is not None:
            attempt(Pictures().load, str(file), None, 0)
        return attempt


def _idx(kind: int, shape: tuple[int, ...] | list[int], content: bytes) -> bytes:
    sizes = {0x08: 1, 0x0D: 4, 0x0E: 8}
    count = sizes.get(kind, 1)
    for one in shape:
        count *= one
    numbers = [one % 2**32 for one in shape]
    return (
        bytes((0, 0, kind, len(shape))) + struct.pack(f">{len(shape)}I", *numbers) + content[: max(1, min(count, 5000))]
    )
