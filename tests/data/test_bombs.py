"""Small files that grow to fill the memory, and archives that would write where they should not: refused, or only read."""

import gzip
import io
import os
import resource
import struct
import subprocess
import sys
import zipfile
import zlib
from pathlib import Path

import pytest
from PIL import Image

from aigc_desktop.data.pictures import Pictures
from aigc_desktop.data.texts import Texts
from aigc_desktop.media.decode import decode
from aigc_desktop.problems import BadInput

ROOM = 600 << 20  # bytes of address space that opening a bomb may take beyond Python, numpy and Pillow
OPEN = """
import resource, sys, time
import numpy, PIL.Image, PIL.ImageOps, PIL.ImageCms
from aigc_desktop.data.pictures import Pictures
from aigc_desktop.data.texts import Texts
from aigc_desktop.problems import BadInput
import aigc_desktop.data.gather, aigc_desktop.data.documents
size = int(open("/proc/self/statm").read().split()[0]) * resource.getpagesize()
resource.setrlimit(resource.RLIMIT_AS, (size + int(sys.argv[1]), -1))
for path in sys.argv[2:]:
    for kind in (Pictures(min_count=1), Texts(min_characters=1)):
        begun = time.monotonic()
        try:
            kind.look(path)
            print("opened", path)
        except BadInput as problem:
            print("refused", problem)
        assert time.monotonic() - begun < 10, path
"""


def png(width: int, height: int, body: bytes = b"") -> bytes:
    parts = (
        (b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)),
        (b"IDAT", body or zlib.compress(b"\0" * 999)),
    )
    chunks = (
        struct.pack(">I4s", len(one), kind) + one + struct.pack(">I", zlib.crc32(kind + one)) for kind, one in parts
    )
    return b"\x89PNG\r\n\x1a\n" + b"".join(chunks)


def picture(shade: int = 0) -> bytes:
    out = io.BytesIO()
    Image.new("L", (8, 8), shade).save(out, "PNG")
    return out.getvalue()


def tiff(width: int, height: int) -> bytes:
    tags = ((256, width), (257, height), (258, 8), (259, 1), (262, 1), (273, 8), (277, 1), (278, height), (279, 64))
    entries = b"".join(struct.pack("<HHII", tag, 4, 1, value) for tag, value in tags)
    return b"II*\0" + struct.pack("<IH", 8, len(tags)) + entries + bytes(64)


def webp(width: int, height: int) -> bytes:
    canvas = bytes(4) + (width - 1).to_bytes(3, "little") + (height - 1).to_bytes(3, "little")
    body = b"WEBPVP8X" + struct.pack("<I", 10) + canvas
    return b"RIFF" + struct.pack("<I", len(body)) + body


def packed(path: Path, entries: dict[str, bytes], method: int = zipfile.ZIP_DEFLATED) -> Path:
    with zipfile.ZipFile(path, "w", method) as archive:
        for name, content in entries.items():
            archive.writestr(name, content)
    return path


CANVASES = {
    "png": png(50_000, 50_000),
    "gif": b"GIF89a"
    + struct.pack("<HH", 65535, 65535)
    + b"\x80\0\0"
    + bytes(6)
    + b",\0\0\0\0\xff\xff\xff\xff\0\x02\x02L\x01\0;",
    "tif": tiff(100_000, 100_000),
    "webp": webp(16_384, 16_384),
}


@pytest.mark.parametrize("suffix", CANVASES)
def test_a_huge_canvas_is_refused_by_its_header(suffix: str, tmp_path: Path) -> None:
    file = tmp_path / f"huge.{suffix}"
    file.write_bytes(CANVASES[suffix])
    with pytest.raises(BadInput, match=f"huge.{suffix}"):
        decode(file)


@pytest.mark.skipif(sys.platform != "linux", reason="limits the address space of a process")
def test_bombs_are_opened_in_little_memory(tmp_path: Path) -> None:
    zeros, letters = bytes(120 << 20), b"spring " * (6 << 20)
    bombs = [
        packed(tmp_path / "flat.zip", {"a.png": zeros, "b.txt": letters}),
        packed(tmp_path / "tight.zip", {"a.png": zeros[: 40 << 20]}, zipfile.ZIP_BZIP2),
        packed(tmp_path / "nested.zip", {"inner.zip": (tmp_path / "flat.zip").read_bytes()}),
    ]
    (tmp_path / "images-idx3-ubyte.gz").write_bytes(
        gzip.compress(struct.pack(">HBBIII", 0, 8, 3, 10**6, 28, 28) + zeros, 1)
    )
    (tmp_path / "text.png").write_bytes(_text_bomb())
    with (tmp_path / "line.txt").open("wb") as file:
        file.truncate(1 << 30)
    with (tmp_path / "line.jsonl").open("wb") as file:
        file.write(b'{"text": "' + b"a" * (40 << 20))
    bombs += [_dictionary(tmp_path / "dictionary.zip"), _overlapping(tmp_path / "overlapping.zip", letters[: 30 << 20])]
    bombs += [tmp_path / name for name in ("images-idx3-ubyte.gz", "text.png", "line.txt", "line.jsonl")]
    done = subprocess.run(
        [sys.executable, "-c", OPEN, str(ROOM), *map(str, bombs)],
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    lines = done.stdout.splitlines()
    assert done.returncode == 0 and len(lines) == 2 * len(bombs), done.stderr[-2000:]
    assert not any(line.startswith("opened") for line in lines), done.stdout
    wanted = [line for line in lines if "not enough memory" in line]  # others never needed more than there was
    assert len(wanted) == 1 and "dictionary.zip" in wanted[0], done.stdout
    assert resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss < 1_500_000  # kilobytes


def _text_bomb() -> bytes:
    """A PNG whose compressed text unpacks to 100 megabytes."""
    whole = picture()
    body = b"Comment\0\0" + zlib.compress(bytes(100 << 20))
    chunk = struct.pack(">I4s", len(body), b"zTXt") + body + struct.pack(">I", zlib.crc32(b"zTXt" + body))
    return whole[:33] + chunk + whole[33:]


def _dictionary(path: Path) -> Path:
    """A zip whose only picture says that four gigabytes must be remembered to unpack it."""
    content = packed(path, {"a.png": picture()}, zipfile.ZIP_LZMA).read_bytes()
    place = (
        30 + len("a.png") + 4 + 1
    )  # after the local header, the name, version and size of the settings, and the first
    path.write_bytes(content[:place] + b"\xff\xff\xff\xff" + content[place + 4 :])
    return path


def _overlapping(path: Path, content: bytes) -> Path:
    """A zip whose hundred entries are one and the same stretch of the file."""
    packed(path, {"0.txt": content})
    with zipfile.ZipFile(path, "a") as archive:
        (first,) = archive.infolist()
        archive.filelist += [first] * 99
        archive._didModify = True
    return path


HOSTILE = (
    "../up.png",
    "/root.png",
    "C:\\drive.png",
    "..\\..\\back.png",
    "a/../../b.png",
    "~/home.png",
    "con.png",
    "a:b.png",
)


def test_entries_are_read_and_never_written(tmp_path: Path) -> None:
    inner = tmp_path / "one" / "two"
    inner.mkdir(parents=True)
    entries = {name: picture(number) for number, name in enumerate(HOSTILE)}
    entries |= {
        "A.png": picture(90),
        "a.png": picture(91),
        "d": picture(92),
        "d/e.png": picture(93),
        "x" * 255 + ".png": picture(94),
    }
    file = packed(inner / "hostile.zip", entries)
    before = sorted(tmp_path.rglob("*"))
    found = Pictures().look(str(file))
    assert found.facts["count"] == len(entries) - 1 and not found.skipped  # "d" has no suffix
    Pictures().load(str(file), None, 0)
    assert sorted(tmp_path.rglob("*")) == before and not Path("/root.png").exists()


@pytest.mark.parametrize("mode", [0o120777, 0o010666, 0o020666, 0o060666, 0o140777])
def test_links_and_devices_in_a_zip_are_no_files(mode: int, tmp_path: Path) -> None:
    file = tmp_path / "links.zip"
    with zipfile.ZipFile(file, "w") as archive:
        for number in range(2):
            archive.writestr(f"{number}.txt", f"the owl {number} " * 30)
        link = zipfile.ZipInfo("link.txt")
        link.external_attr = mode << 16
        archive.writestr(link, "/etc/passwd")
    found = Texts().look(str(file))
    assert found.facts["files"] == 2
    ((name, reason),) = found.skipped
    assert name == "link.txt" and "not a file" in str(reason)


def test_a_link_out_of_a_folder_that_goes_round_ends(tmp_path: Path) -> None:
    (tmp_path / "0.txt").write_text("the owl sees birds " * 20)
    os.symlink(tmp_path, tmp_path / "round")
    os.symlink(tmp_path / "nowhere.txt", tmp_path / "dangling.txt")
    os.mkfifo(tmp_path / "pipe.txt")
    found = Texts().look(str(tmp_path))
    assert found.facts["files"] == 1 and [name for name, _ in found.skipped] == ["dangling.txt"]


@pytest.mark.parametrize(
    "names", [["", "a.png", "b.png"], ["/a.png", "b.png"], ["..", "a.png", "b.png"], ["./a.png", "b.png"]]
)
def test_names_that_are_none(names: list[str], tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "names.zip", "w") as archive:
        for number, name in enumerate(names):
            info = zipfile.ZipInfo("x")
            info.filename = name
            archive.writestr(info, picture(number))
    assert Pictures().look(str(tmp_path / "names.zip")).facts["count"] == 2


def test_a_name_that_is_no_utf8_in_the_local_header_only(tmp_path: Path) -> None:
    file = packed(tmp_path / "lies.zip", {"日.png": picture(0), "b.png": picture(1), "c.png": picture(2)})
    content = file.read_bytes()
    place = content.index("日".encode())
    file.write_bytes(content[:place] + b"\x89\x89\x89" + content[place + 3 :])
    found = Pictures().look(str(file))
    assert found.facts["count"] == 2 and [name for name, _ in found.skipped] == ["日.png"]


def test_a_gzip_in_a_zip_counts_from_the_inner_size(tmp_path: Path) -> None:
    idx = struct.pack(">HBBIII", 0, 8, 3, 4, 5, 6) + bytes(range(120))
    file = packed(tmp_path / "mnist.zip", {"train-images-idx3-ubyte.gz": gzip.compress(idx)})
    assert Pictures().look(str(file)).facts["count"] == 4


@pytest.mark.skipif(sys.platform == "win32", reason="there are no such files")
def test_a_pipe_or_a_device_is_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.png")
    for path in (tmp_path / "pipe.png", Path("/dev/zero")):
        for kind in (Pictures(), Texts()):
            with pytest.raises(BadInput, match="a device, not a file"):
                kind.look(str(path))
