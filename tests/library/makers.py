"""What the tests of the library save: small media, jobs, models."""

import json
import os
import subprocess
import sys
import time
from hashlib import sha256
from pathlib import Path
from typing import Any

import numpy as np

from aigc_desktop.library.item import Item
from aigc_desktop.library.models import ModelRow
from aigc_desktop.library.project import Project
from aigc_desktop.media.base import Media
from aigc_desktop.media.clip import Clip
from aigc_desktop.media.picture import Picture
from aigc_desktop.media.sound import Sound
from aigc_desktop.media.text import Text

ROOT = Path(__file__).resolve().parents[2]


def start(code: str, *arguments: object) -> "subprocess.Popen[str]":
    """Another process of Python that runs this code; its stdout and stderr can be read."""
    return subprocess.Popen(
        [sys.executable, "-c", code, *map(str, arguments)],
        cwd=ROOT,
        text=True,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )


def said(code: str, *arguments: object) -> str:
    """What this code prints in a process of its own."""
    process = start(code, *arguments)
    out, errors = process.communicate(timeout=120)
    assert process.returncode == 0, errors
    return out


def picture(shade: int = 100, size: int = 12) -> Picture:
    return Picture(np.full((size, size, 3), shade, np.uint8))


def sound() -> Sound:
    return Sound(np.sin(np.arange(800) / 9).astype(np.float32) / 2, 8000)


def clip() -> Clip:
    return Clip(np.arange(6 * 16 * 16 * 3, dtype=np.uint32).reshape(6, 16, 16, 3).astype(np.uint8), 12)


def every_media() -> list[Media]:
    return [Text("spring\r\n春天来了"), picture(), picture(7, 300), sound(), clip()]


def job(prompt: str = "", model: str | None = None, generator: str = "image.gan") -> dict[str, Any]:
    return {"generator": generator, "action": "create", "params": {"prompt": prompt}, "model": model, "seed": 5}


def add(project: Project, media: Media | None = None, name: str = "", prompt: str = "", **more: Any) -> Item:
    media = media or picture()
    made = {key: more.pop(key) for key in ("model", "generator") if key in more}
    return project.items.add(media, name=name, job=job(prompt, **made), seed=5, **more)


def add_model(project: Project, name: str, generator: str = "image.gan", **more: Any) -> ModelRow:
    folder = project.models.prepare(name)
    files = {"config.json": b"{}", "model.safetensors": b"weights of " + name.encode()}
    for file, content in files.items():
        (folder / file).write_bytes(content)
    record = {
        "name": name,
        "generator": generator,
        "files": {key: sha256(one).hexdigest() for key, one in files.items()},
    }
    (folder / "training.json").write_text(json.dumps(record), encoding="utf-8")
    return project.models.add(folder, name=name, generator=generator, medium="picture", **more)


def files(folder: Path) -> set[str]:
    """Every file below a folder, as paths inside it."""
    return {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()}


def age(path: Path, seconds: float = 3600) -> None:
    """Make a file or folder, and the folder it lies in, look older."""
    for one in (path, path.parent):
        os.utime(one, (time.time() - seconds,) * 2)
