"""The walls of the house, each seen from a fresh process: what importing one room brings in with it."""

import ast
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
PACKAGE = ROOT / "aigc_desktop"
FORBIDDEN_ROOMS = {"utils.py", "util.py", "helpers.py", "common.py", "misc.py", "services"}
TORCH = ["torch", "transformers", "diffusers", "accelerate", "peft", "safetensors.torch"]
QT = ["PySide6", "shiboken6", "pyqtgraph", "superqt", "qtawesome"]


def modules(*rooms: str) -> list[str]:
    """Every module in these rooms, by its dotted name."""
    found = []
    for room in rooms:
        path = PACKAGE / room
        files = sorted(path.rglob("*.py")) if path.is_dir() else [path.with_suffix(".py")]
        for file in files:
            parts = file.relative_to(ROOT).with_suffix("").parts
            found.append(".".join(parts[:-1] if parts[-1] == "__init__" else parts))
    return found


def brought_in(imports: list[str], watched: list[str]) -> str:
    """Those of the watched modules that a fresh process has after these imports."""
    code = f"import sys, importlib\nfor name in {imports!r}: importlib.import_module(name)\n"
    code += f"print(*(name for name in {watched!r} if name in sys.modules))"
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr[-3000:]
    return done.stdout.strip()


def test_the_window_leaves_torch_out() -> None:
    names = modules("ui")
    assert "aigc_desktop.ui.app" in names and "aigc_desktop.ui.main_window" in names
    assert brought_in(names, TORCH) == ""


def test_what_the_window_takes_from_the_engine_leaves_torch_out() -> None:
    specs = [name for name in modules("generators") if name.endswith(".spec")]
    assert len(specs) >= 2
    assert brought_in([*specs, "aigc_desktop.engine.execute", "aigc_desktop.engine.worker"], TORCH + QT) == ""


@pytest.mark.parametrize("room", ["engine", "generators", "nets", "data", "library", "media", "desks", "cli"])
def test_all_other_rooms_leave_qt_out(room: str) -> None:
    assert brought_in(modules(room), QT) == ""


@pytest.mark.parametrize("room", ["library", "media", "desks", "cli", "i18n", "problems", "display"])
def test_rooms_without_torch(room: str) -> None:
    assert brought_in(modules(room), TORCH) == ""


def test_specs_find_themselves_without_torch_or_qt() -> None:
    code = "import sys; from aigc_desktop.engine import registry; registry.specs(); print('torch' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "False"


def test_no_file_is_longer_than_500_lines() -> None:
    long = {}
    for path in PACKAGE.rglob("*.py"):
        lines = len(path.read_text(encoding="utf-8").splitlines())
        if lines > 500:
            long[str(path.relative_to(ROOT))] = lines
    assert not long


def test_forbidden_rooms_are_empty() -> None:
    assert not [path for path in PACKAGE.rglob("*") if path.name in FORBIDDEN_ROOMS]
    assert not (ROOT / "packaging" / "__init__.py").exists()


def test_nothing_is_unpickled() -> None:
    found = []
    for path in PACKAGE.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            name = ast.unparse(node.func) if isinstance(node, ast.Call) else ""
            words = {keyword.arg: ast.unparse(keyword.value) for keyword in node.keywords} if name else {}
            if name.endswith(("pickle.load", "pickle.loads", "torch.load")) and words.get("weights_only") != "True":
                found.append(f"{path.name}:{node.lineno} {name}")
            if words.get("allow_pickle") == "True":
                found.append(f"{path.name}:{node.lineno} allow_pickle")
    assert not found


def test_only_ui_shows_message_boxes() -> None:
    rooms = [path for path in PACKAGE.rglob("*.py") if "ui" not in path.relative_to(PACKAGE).parts]
    assert not [path for path in rooms if "QMessageBox" in path.read_text(encoding="utf-8")]


def test_a_used_window_leaves_torch_out(tmp_path: Path) -> None:
    """The real window with every generator's panel open and its starter data looked at."""
    code = f"""
import sys
from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication
from aigc_desktop.engine import registry
from aigc_desktop.engine.job import Job
from aigc_desktop.ui import app

def used(window):
    for id in registry.specs():
        window.open_generator(id, Job(generator=id, action="train", data="starter"))
    QTimer.singleShot(3000, lambda: (print(*(name for name in {TORCH!r} if name in sys.modules)), window.close()))

def ready():
    window = next(one for one in QApplication.topLevelWidgets() if hasattr(one, "open_generator"))
    if not window.property("used"):
        window.setProperty("used", True)
        QTimer.singleShot(0, lambda: used(window))

sys.exit(app.main(["aigc-desktop", "--project", sys.argv[1]], ready))
"""
    words = [sys.executable, "-c", code, str(tmp_path / "project")]
    done = subprocess.run(words, cwd=ROOT, capture_output=True, text=True, check=False, timeout=120)
    assert done.returncode == 0, done.stderr[-3000:]
    assert done.stdout.strip() == "", done.stdout
