"""What the program remembers of the user's wishes: every setting declared once, with type, default and help.

Kept as one JSON file in the platform's configuration folder, written whole or not at all. A value that does not fit
(an older or newer version, a hand at the file) counts as not set.
"""

import json
import logging
import os
import tempfile
from pathlib import Path
from typing import Any, Literal

from pydantic import Field
from PySide6.QtCore import QObject, Signal

from aigc_desktop.engine.params import Folder, Params, describe, field
from aigc_desktop.i18n import mark
from aigc_desktop.library import disk, places
from aigc_desktop.media.base import why
from aigc_desktop.problems import Sentence

NAME = places.NAME


class General(Params):
    language: Literal["system", "en", "zh_CN"] = field(
        "system",
        title=mark("Language"),
        help=mark("The language of menus, forms and messages."),
        choices={"system": mark("As the system"), "en": "English", "zh_CN": "简体中文"},
    )
    theme: Literal["system", "light", "dark"] = field(
        "system",
        title=mark("Theme"),
        help=mark("Light or dark. As the system changes by itself when the system does."),
        choices={"system": mark("As the system"), "light": mark("Light"), "dark": mark("Dark")},
    )
    project_folder: Folder = field(
        "",
        title=mark("Folder for projects"),
        help=mark("Where new projects are made. Projects that there are stay where they are."),
    )
    autosave_seconds: int = field(
        3,
        ge=1,
        le=600,
        title=mark("Remember every (seconds)"),
        help=mark("How often what you typed and how the window is arranged are kept, in case the program ends."),
    )


class Work(Params):
    device: Literal["auto", "cpu", "cuda", "mps"] = field(
        "auto",
        title=mark("Compute on"),
        help=mark("Where models train and create. Automatic takes the graphics card if there is a fitting one."),
        choices={
            "auto": mark("Automatic"),
            "cpu": mark("Processor"),
            "cuda": mark("NVIDIA graphics card"),
            "mps": mark("Apple graphics"),
        },
    )
    threads: int = field(
        0,
        ge=0,
        le=256,
        zero=mark("Automatic"),
        title=mark("Processor threads"),
        help=mark("How many threads a training may use. Automatic leaves some for everything else you do."),
    )
    jobs_at_once: int = field(
        1,
        ge=1,
        le=8,
        title=mark("Jobs at once"),
        help=mark("How many trainings and creations run at the same time. One is fastest on most machines."),
    )
    memory_gb: int = field(
        0,
        ge=0,
        le=4096,
        zero=mark("Automatic"),
        title=mark("Memory limit (GB)"),
        help=mark("How much memory a training or creation may take. Automatic leaves some for everything else you do."),
    )


class Privacy(Params):
    offline: bool = field(
        True,
        title=mark("Never use the network"),
        help=mark("Nothing in this program may reach the internet, the processes that train and create included."),
    )


class Preferences(Privacy, Work, General):
    """What the settings window shows, under the headings of `GROUPS`."""


GROUPS: dict[str, type[Params]] = {mark("General"): General, mark("Work"): Work, mark("Privacy"): Privacy}


class Remembered(Preferences):
    """What is remembered beside: never shown as a form."""

    projects: list[str] = Field(default_factory=list)  # opened before, the latest first
    models: list[str] = Field(default_factory=list)  # folders of models that a desk wrote with, the latest first
    generator: str = ""  # opened last
    welcomed: bool = False  # the welcome was used or skipped


class Settings(QObject):
    """`settings["theme"]`, `settings["theme"] = "dark"`.

    KeyError for a name that is not declared, ValueError for a value that does not fit.
    """

    changed = Signal(str)  # the name of the setting

    def __init__(self, folder: Path | None = None):
        super().__init__()
        self.folder = folder or places.config_folder()
        self.path = self.folder / "settings.json"
        self.trouble: Sentence | None = None  # why the last change could not be written
        self._values = _read(self.path)

    def __getitem__(self, name: str) -> Any:
        if name not in Remembered.model_fields:
            raise KeyError(name)
        return getattr(self._values, name)

    def __setitem__(self, name: str, value: Any) -> None:
        if self[name] == value:
            return
        self._values = Remembered.model_validate(self._values.model_dump() | {name: value})
        self.keep()
        self.changed.emit(name)

    def keep(self) -> None:
        """Write what is set; where the disk does not take it, `trouble` says so, and it holds until the window closes."""
        defaults = Remembered()
        own = {key: kept for key, kept in self._values.model_dump().items() if kept != getattr(defaults, key)}
        self.trouble = kept_or_why(self.path, own, self.trouble)

    def wrote_with(self, folder: str) -> None:
        """Put this model's folder first among those that every desk offers."""
        self["models"] = [folder, *(one for one in self["models"] if one != folder)][:8]

    def opened(self, project: Path) -> None:
        """Put this project first among the recent ones."""
        own = str(project)
        self["projects"] = [own, *(one for one in self["projects"] if one != own)][:10]


def write_json(path: Path, value: Any, *, sync: bool = True) -> None:
    """Write a JSON file, whole or not at all; OSError where the folder cannot be written.

    Without `sync` it may take a while to reach the disk, and the caller does not wait.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=path.name, suffix=".part")
    try:
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            json.dump(value, file, indent=1)  # ASCII: a folder's name may hold what is no letter
            if sync:
                file.flush()
                os.fsync(file.fileno())
        os.replace(temporary, path)
    except BaseException:
        Path(temporary).unlink(missing_ok=True)
        raise


def kept_or_why(path: Path, value: Any, before: Sentence | None, *, sync: bool = True) -> Sentence | None:
    """`write_json`; the sentence where the disk does not take it. Into the log it goes once (`before` is the last one)."""
    try:
        write_json(path, value, sync=sync)
        return None
    except OSError as error:
        full = disk.trouble(error, path.parent, project=False)
        pattern = mark(
            "{path} cannot be written ({reason}): what you set and type is forgotten when the window closes."
        )
        said = full.sentence if full is not None else Sentence(pattern, {"path": path.parent, "reason": why(error)})
        if said != before:
            logging.getLogger(__name__).warning("%s not written: %s", path.name, str(error))  # no frames in the log
        return said


def read_json(path: Path) -> dict[str, Any]:
    """The object in a JSON file; empty where there is none that can be read."""
    try:
        value = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError):
        return {}
    return value if isinstance(value, dict) else {}


def _read(path: Path) -> Remembered:
    """What the file holds and fits. Looked at by hand: at the window's start pydantic would take 20 ms for its first check."""
    kept = {name: value for name, value in read_json(path).items() if _fits(name, value)}
    return Remembered.model_construct(**kept)


def _fits(name: str, value: Any) -> bool:
    if name in ("projects", "models"):
        return isinstance(value, list) and all(isinstance(one, str) for one in value)
    if name == "generator":
        return isinstance(value, str)
    if name == "welcomed":
        return type(value) is bool
    for one in describe(Preferences):
        if one.name == name:
            if one.kind == "bool":
                return type(value) is bool
            if one.kind == "folder":
                return isinstance(value, str)
            if one.choices:
                return isinstance(value, str) and value in one.choices
            return type(value) is int and one.low <= value <= one.high  # type: ignore[operator]
    return False
