"""The pictures in a model's answers as Qt images: one in a text, or many in one sheet."""

from collections.abc import Sequence

from PySide6.QtGui import QImage


def image(text: str) -> QImage:
    """The picture of a `data:` text; ValueError where it is none."""
    from aigc_desktop.media import inline

    found = QImage.fromData(inline.content(text), "PNG")  # type: ignore[call-overload]  # the stub says bytes
    if found.isNull():
        raise ValueError("no picture in this text")
    return found


def tiles(text: str, tile: Sequence[int], count: int | None = None) -> list[QImage]:
    """The pictures of a sheet, row by row, each `tile` pixels wide and high: the first `count`, or all there is room for.

    ValueError where the sheet is not made of such tiles, or of fewer.
    """
    sheet = image(text)
    width, height = (int(side) for side in tile)
    if width < 1 or height < 1 or sheet.width() % width or sheet.height() % height:
        raise ValueError(f"a sheet of {sheet.width()}x{sheet.height()} has no tiles of {width}x{height}")
    columns, rows = sheet.width() // width, sheet.height() // height
    count = columns * rows if count is None else count
    if count > columns * rows:
        raise ValueError(f"{count} pictures are wanted, there are {columns * rows}")
    return [sheet.copy(n % columns * width, n // columns * height, width, height) for n in range(count)]
