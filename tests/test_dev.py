"""dev.py and what it stands on: readable for older Pythons, honest about what is missing, no registry named."""

import ast
import importlib.util
import re
import subprocess
import sys
import tomllib
from pathlib import Path
from types import ModuleType

import pytest

from aigc_desktop import display

ROOT = Path(__file__).resolve().parent.parent
DEV = ROOT / "packaging" / "dev.py"


@pytest.fixture
def dev() -> ModuleType:
    spec = importlib.util.spec_from_file_location("dev", DEV)
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_older_pythons_can_read_it_and_are_told() -> None:
    source = DEV.read_text(encoding="utf-8")
    ast.parse(source, feature_version=(3, 7))
    check = source.index("if sys.version_info < (3, 11)")
    before = {
        alias.name for node in ast.parse(source[:check]).body if isinstance(node, ast.Import) for alias in node.names
    }
    assert before <= {"os", "shutil", "subprocess", "sys"}


def test_it_needs_the_standard_library_alone() -> None:
    tree = ast.parse(DEV.read_text(encoding="utf-8"))
    names = {alias.name for node in ast.walk(tree) if isinstance(node, ast.Import) for alias in node.names}
    names |= {node.module for node in ast.walk(tree) if isinstance(node, ast.ImportFrom) and node.module}
    assert {name.partition(".")[0] for name in names} <= sys.stdlib_module_names | {"aigc_desktop"}


def test_help_works_from_any_folder(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, str(DEV), "--help"], cwd=tmp_path, capture_output=True, text=True, check=True
    )
    for command in ("run", "test", "bench", "screenshots", "translate"):
        assert command in done.stdout


def test_the_fingerprint_follows_the_pins(dev: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "packaging").mkdir()
    for name in ("pyproject.toml", "packaging/constraints.txt"):
        (tmp_path / name).write_text("one")
    monkeypatch.setattr(dev, "ROOT", tmp_path)
    before = dev.fingerprint()
    assert dev.fingerprint() == before
    (tmp_path / "packaging" / "constraints.txt").write_text("two")
    assert dev.fingerprint() != before


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux needs packages of the system")
def test_missing_libraries_are_one_line_to_run(
    dev: ModuleType, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    missing = {"libxcb-cursor.so.0", "libpulse.so.0"}
    monkeypatch.setattr(dev, "loads", lambda file: file not in missing)
    monkeypatch.setattr(dev.os, "geteuid", lambda: 1000)
    monkeypatch.setattr(dev.shutil, "which", lambda name: f"/usr/bin/{name}")
    dev.system_libraries()
    (line,) = capsys.readouterr().out.splitlines()
    assert line.endswith("sudo apt-get install -y --no-install-recommends libpulse0 libxcb-cursor0")
    monkeypatch.setattr(dev.shutil, "which", lambda name: None)
    dev.system_libraries()
    (line,) = capsys.readouterr().out.splitlines()
    assert "libpulse0 libxcb-cursor0" in line and "apt-get" not in line


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux needs packages of the system")
def test_as_root_they_are_installed(
    dev: ModuleType, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    ran: list[list[str]] = []
    installed: list[str] = []

    def run(words: list[str], **_: object) -> subprocess.CompletedProcess[bytes]:
        ran.append(words)
        return subprocess.CompletedProcess(words, 0, b"", b"")

    monkeypatch.setattr(dev, "loads", lambda file: file != "libEGL.so.1" or bool(installed))
    monkeypatch.setattr(dev, "has_chinese_font", lambda: False)
    monkeypatch.setattr(dev.os, "geteuid", lambda: 0)
    monkeypatch.setattr(dev.shutil, "which", lambda name: f"/usr/bin/{name}")
    monkeypatch.setattr(dev.subprocess, "run", run)
    dev.system_libraries()
    assert ["apt-get", "update"] in ran
    assert ["apt-get", "install", "-y", "--no-install-recommends", "libegl1"] in ran
    assert any(dev.CHINESE_FONT in words for words in ran)
    assert "libegl1" in capsys.readouterr().out


def test_every_dependency_is_pinned_exactly() -> None:
    lines = (ROOT / "packaging" / "constraints.txt").read_text(encoding="utf-8").splitlines()
    pins = dict(line.split("==") for line in lines if line and not line.startswith("#"))
    key = {re.sub("[-_.]+", "-", name).lower() for name in pins}
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    wanted = project["dependencies"] + project["optional-dependencies"]["dev"]
    names = {re.sub("[-_.]+", "-", re.split(r"[<>=!~ ]", one)[0]).lower() for one in wanted}
    assert names <= key
    assert pins["torch"] == "2.13.0" and pins["PySide6"] == "6.10.3"


def test_what_the_package_imports_is_declared() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    declared = {re.split(r"[<>=!~ ]", one)[0].lower().replace("-", "_") for one in project["dependencies"]}
    known_as = {"pil": "pillow", "shiboken6": "pyside6"}
    found = set()
    for path in (ROOT / "aigc_desktop").rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Import):
                found |= {alias.name for alias in node.names}
            elif isinstance(node, ast.ImportFrom) and not node.level:
                found.add(node.module or "")
    foreign = {name.partition(".")[0].lower() for name in found} - sys.stdlib_module_names - {"aigc_desktop", ""}
    assert {known_as.get(name, name) for name in foreign} <= declared


@pytest.mark.skipif(sys.platform in ("win32", "darwin"), reason="there always is a display")
def test_a_display_that_does_not_answer_is_none(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.delenv("QT_QPA_PLATFORM", raising=False)
    assert not display.has_display()
    monkeypatch.setenv("DISPLAY", ":987")
    assert not display.has_display()
    monkeypatch.setenv("WAYLAND_DISPLAY", "wayland-0")
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(tmp_path))
    assert not display.has_display()
    monkeypatch.setenv("QT_QPA_PLATFORM", "vnc")
    assert display.has_display()
    monkeypatch.setenv("QT_QPA_PLATFORM", "offscreen")
    assert not display.has_display()


def test_without_a_display_the_window_is_one_sentence(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "aigc_desktop"], cwd=tmp_path, capture_output=True, text=True, check=False
    )
    assert done.returncode == 2 and len(done.stderr.splitlines()) == 1 and "display" in done.stderr
