"""Zips of pictures and of texts, looked at and loaded as training data."""

import io
import zipfile
from pathlib import Path
from random import Random

from PIL import Image

from aigc_desktop.data.pictures import Pictures
from aigc_desktop.data.texts import Texts
from tests.bench.mutate.harm import harm
from tests.bench.mutate.kind import Attempts
from tests.bench.mutate.zip_lies import lie


def kind(name: str) -> "Kind":
    return Kind()


class Kind:
    def seeds(self, folder: Path) -> None:
        for method, name in ((0, "stored"), (8, "deflated"), (12, "bzip2"), (14, "lzma")):
            with zipfile.ZipFile(folder / f"{name}.zip", "w", method) as archive:
                for number in range(3):
                    archive.writestr(f"train/夏 {number}.png", _picture(60 * number))
                    archive.writestr(f"texts/{number}.txt", f"the owl {number} sees birds\n" * 12)
                archive.writestr("test/0.png", _picture(200))
        with zipfile.ZipFile(folder / "outer.zip", "w") as archive:
            archive.write(folder / "deflated.zip", "inner.zip")
            archive.mkdir("empty")
            archive.writestr("汉字.txt".encode("gbk").decode("cp437"), "春天来了。" * 60)
        with (folder / "streamed.zip").open("wb") as file, zipfile.ZipFile(_Unseekable(file), "w") as archive:
            archive.writestr("a/0.png", _picture(0))
            archive.writestr("b/1.png", _picture(9))

    def open(self, folder: Path, case: Path, random: Random) -> Attempts:
        seeds = sorted(folder.iterdir())
        content = random.choice(seeds).read_bytes()
        file = case / "harmed.zip"
        file.write_bytes(lie(content, random) if random.random() < 0.6 else harm(content, random))
        attempt = Attempts((file.name,))
        for of in (Pictures(min_count=1), Texts(min_characters=1)):
            looked = attempt(of.look, str(file))
            if looked is not None:
                for _, sentence in looked.skipped:
                    Attempts(())(lambda sentence=sentence: attempt.hear(str(sentence), names=False))
                attempt(of.load, str(file), None, 0)
        return attempt


class _Unseekable(io.RawIOBase):
    """A pipe: sizes are known, and written, only after the content."""

    def __init__(self, file: io.BufferedWriter):
        self.file = file

    def writable(self) -> bool:
        return True

    def write(self, content) -> int:  # type: ignore[no-untyped-def]
        return self.file.write(content)


def _picture(shade: int) -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (12, 10), (shade, 50, 90)).save(out, "PNG")
    return out.getvalue()
