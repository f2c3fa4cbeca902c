#!/usr/bin/env python3
"""Set up, run, test, measure: one command each, from any folder, with Python 3.11 or newer and nothing else.

    python3 packaging/dev.py run            open the window (without a display: a first training in the terminal)
    python3 packaging/dev.py test           check and test everything; arguments go to pytest
    python3 packaging/dev.py bench NAME     measure (tests/bench/bench_NAME.py)
    python3 packaging/dev.py screenshots    make the pictures of the README
    python3 packaging/dev.py translate      bring the translation catalogues up to date
    python3 packaging/dev.py setup          only set up

The first time, a virtual environment is made in `.venv` beside this folder, with the versions in constraints.txt.
"""

# Up to the check of the version, and in its syntax altogether, this file must be readable for older Pythons.
import os
import shutil
import subprocess
import sys

NEWEST_FIRST = ["python3.14", "python3.13", "python3.12", "python3.11", "python3", "python"]


def find_newer():
    """The path of a Python 3.11 or newer on PATH, or None."""
    probe = "import sys, venv; sys.exit(sys.version_info < (3, 11))"
    for name in NEWEST_FIRST:
        path = shutil.which(name)
        if path and subprocess.call([path, "-c", probe], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) == 0:
            return path
    return None


if sys.version_info < (3, 11):  # noqa: UP036
    newer = find_newer()
    if newer is None:
        sys.exit(
            f"AIGC Desktop needs Python 3.11 or newer; this is {sys.version.split()[0]}. "
            "Install one (python.org, or your system's packages) and run this again with it."
        )
    sys.exit(subprocess.call([newer, os.path.abspath(__file__)] + sys.argv[1:]))

import argparse
import contextlib
import ctypes
import hashlib
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
PYTHON = VENV / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
STAMP = VENV / "set-up"
VERSION = f"{sys.version_info[0]}.{sys.version_info[1]}"

# What the wheels of Qt and of the sound libraries expect of a Linux system: file, and its Debian package.
LIBRARIES = {
    "libEGL.so.1": "libegl1",
    "libGL.so.1": "libgl1",
    "libX11-xcb.so.1": "libx11-xcb1",
    "libX11.so.6": "libx11-6",
    "libbrotlidec.so.1": "libbrotli1",
    "libdbus-1.so.3": "libdbus-1-3",
    "libfontconfig.so.1": "libfontconfig1",
    "libfreetype.so.6": "libfreetype6",
    "libglib-2.0.so.0": "libglib2.0-0",
    "libgssapi_krb5.so.2": "libgssapi-krb5-2",
    "libpulse.so.0": "libpulse0",
    "libxcb-cursor.so.0": "libxcb-cursor0",
    "libxcb-icccm.so.4": "libxcb-icccm4",
    "libxcb-image.so.0": "libxcb-image0",
    "libxcb-keysyms.so.1": "libxcb-keysyms1",
    "libxcb-randr.so.0": "libxcb-randr0",
    "libxcb-render-util.so.0": "libxcb-render-util0",
    "libxcb-render.so.0": "libxcb-render0",
    "libxcb-shape.so.0": "libxcb-shape0",
    "libxcb-shm.so.0": "libxcb-shm0",
    "libxcb-sync.so.1": "libxcb-sync1",
    "libxcb-util.so.1": "libxcb-util1",
    "libxcb-xfixes.so.0": "libxcb-xfixes0",
    "libxcb-xkb.so.1": "libxcb-xkb1",
    "libxcb.so.1": "libxcb1",
    "libxkbcommon-x11.so.0": "libxkbcommon-x11-0",
    "libxkbcommon.so.0": "libxkbcommon0",
}
CHINESE_FONT = "fonts-droid-fallback"


CHECKS = {
    "ruff check": ["-m", "ruff", "check", "."],
    "ruff format": ["-m", "ruff", "format", "--check", "."],
    "import-linter": ["-c", "from importlinter.cli import lint_imports_command as lint; lint()"],
    "mypy": ["-m", "mypy"],
}


def main():
    parser = argparse.ArgumentParser(
        prog="dev.py", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("command", choices=["run", "test", "bench", "screenshots", "translate", "setup"])
    parser.add_argument("rest", nargs=argparse.REMAINDER, help="arguments of the command")
    chosen = parser.parse_args()
    system_libraries()
    set_up()
    if chosen.command == "setup":
        return 0
    if chosen.command == "run":
        return run(chosen.rest)
    if chosen.command == "test":
        return test(chosen.rest)
    if chosen.command == "bench":
        return bench(chosen.rest)
    if chosen.command == "screenshots":
        with screen():
            return python(ROOT / "packaging" / "screenshots.py", *chosen.rest)
    return python(ROOT / "packaging" / "translate.py", *chosen.rest)


# The commands -------------------------------------------------------------------------------------------------------


def run(words):
    if words or has_display():
        return python("-m", "aigc_desktop", *words)
    say("There is no display to open a window on, so the first job runs here in the terminal.")
    return python("-m", "aigc_desktop.cli.first_job")


def test(words):
    """The checks and all tests, the tests' own closing line last; with arguments for pytest only what they name."""
    failed = []
    for name, command in {} if words else CHECKS.items():
        start = time.monotonic()
        done = subprocess.run(
            [str(PYTHON), *command],
            cwd=ROOT,
            env=environment(),
            check=False,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
        )
        say(f"{name}: {'failed' if done.returncode else 'passed'} ({time.monotonic() - start:.0f} s)")
        if done.returncode:
            failed.append(name)
            say(done.stdout.decode(errors="replace").rstrip())
    if failed:
        say(f"Failed: {', '.join(failed)}. The tests follow.")
    workers = str(max(2, min(4, (os.cpu_count() or 2) - 1)))  # one core for the processes that the tests start
    code = python(
        "-m", "pytest", *(words or ["-n", workers, "--durations", "10"]), cwd=ROOT, QT_QPA_PLATFORM="offscreen"
    )
    return code or int(bool(failed))


def bench(words):
    folder = ROOT / "tests" / "bench"
    known = sorted(path.stem[len("bench_") :] for path in folder.glob("bench_*.py"))
    if not words or words[0] not in known:
        sys.exit(f"Say which bench to run: {', '.join(known)}.")
    with screen(needed=False):
        return python("-m", "tests.bench.bench_" + words[0], *words[1:], cwd=ROOT)


def python(*words, cwd=None, **variables):
    """Run the environment's Python and wait; its exit code."""
    process = subprocess.Popen([str(PYTHON), *map(str, words)], cwd=cwd, env=environment(**variables))
    while True:
        try:
            return process.wait()
        except KeyboardInterrupt:
            pass  # Ctrl-C reached the process too, which ends in its own way


def environment(**variables):
    # Bytecode is written even where the caller wants none: without it every start takes longer.
    foreign = ("PYTHONPATH", "PYTHONHOME", "VIRTUAL_ENV", "PYTHONDONTWRITEBYTECODE")
    known = {key: value for key, value in os.environ.items() if key not in foreign}
    return {**known, "PIP_USER": "0", "PIP_DISABLE_PIP_VERSION_CHECK": "1", **variables}


def has_display():
    sys.path.insert(0, str(ROOT))
    from aigc_desktop import display

    return display.has_display()


@contextlib.contextmanager
def screen(needed=True):
    """Inside, there is a display: the one there is, else an Xvfb of our own."""
    if has_display():
        yield
        return
    if not shutil.which("Xvfb") and not install(["xvfb"], "To show the window without a screen"):
        if needed:
            sys.exit("There is no display, and no Xvfb to make one.")
        yield
        return
    read, write = os.pipe()
    words = ["Xvfb", "-displayfd", str(write), "-screen", "0", "1920x1200x24", "-nolisten", "tcp"]
    server = subprocess.Popen(words, pass_fds=[write], stderr=subprocess.DEVNULL)
    os.close(write)
    try:
        with os.fdopen(read) as pipe:
            number = pipe.readline().strip()
        if not number:
            sys.exit("Xvfb did not start.")
        os.environ["DISPLAY"] = ":" + number
        os.environ.pop("QT_QPA_PLATFORM", None)
        yield
    finally:
        server.terminate()
        server.wait()


# Setting up ---------------------------------------------------------------------------------------------------------


def set_up():
    """Make `.venv` as pyproject.toml and constraints.txt say; at once where it is so already."""
    if STAMP.is_file() and STAMP.read_text() == fingerprint() and works():
        return
    start = time.monotonic()
    say(f"Setting up {VENV} with Python {VERSION} (once; this takes some minutes) …")
    STAMP.unlink(missing_ok=True)
    if not works():
        make_venv()
    pip("install", "-c", str(ROOT / "packaging" / "constraints.txt"), "setuptools")
    pip(
        *("install", "-c", str(ROOT / "packaging" / "constraints.txt"), "--no-build-isolation"),
        *("-e", str(ROOT) + "[dev]"),
    )
    STAMP.write_text(fingerprint())
    say(f"Set up in {time.monotonic() - start:.0f} s.")


def fingerprint():
    """Changes whenever the environment has to."""
    digest = hashlib.sha256(f"{ROOT} {VERSION}".encode())
    for path in (ROOT / "pyproject.toml", ROOT / "packaging" / "constraints.txt"):
        digest.update(path.read_bytes())
    return digest.hexdigest()


def works():
    """Whether `.venv` has a Python that starts, of this one's version, with pip."""
    if not PYTHON.exists():
        return False
    probe = f"import sys, pip; sys.exit('%d.%d' % sys.version_info[:2] != '{VERSION}')"
    try:
        return subprocess.call([str(PYTHON), "-c", probe], stderr=subprocess.DEVNULL) == 0
    except OSError:
        return False


def make_venv():
    try:
        import ensurepip  # noqa: F401
        import venv
    except ImportError:  # Debian keeps them in a package of their own
        if not install([f"python{VERSION}-venv"], "A virtual environment needs one more part of Python"):
            sys.exit(1)
        import venv
    venv.EnvBuilder(clear=True, with_pip=True, symlinks=os.name != "nt").create(VENV)


def pip(*words):
    """Run pip; one line at a time tells what it does, the last of them all if it fails."""
    command = [str(PYTHON), "-m", "pip", *words, "--progress-bar", "off"]
    process = subprocess.Popen(
        command, env=environment(PYTHONUNBUFFERED="1"), stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    )
    lines, told = [], time.monotonic()
    for line in process.stdout:
        lines.append(line.rstrip())
        doing = line.strip().split(" (")[0].split(",")[0][:90]
        if not doing.startswith(("Collecting", "Downloading", "Installing")):
            continue
        if sys.stdout.isatty():
            print(f"\r  {doing:90}", end="", flush=True)
        elif time.monotonic() - told > 10:
            told = time.monotonic()
            say("  " + doing)
    if sys.stdout.isatty():
        print("\r" + 94 * " " + "\r", end="", flush=True)
    if process.wait():
        say("\n".join(lines[-15:]))
        sys.exit("The packages could not be installed; the lines above say why. Then run this again: it goes on there.")


def system_libraries():
    """See to what Qt needs of a Linux system: installed as root on Debian and Ubuntu, else told."""
    if sys.platform != "linux":
        return
    missing = sorted({package for file, package in LIBRARIES.items() if not loads(file)})
    if missing:
        install(missing, "The window needs system libraries")
    if missing and shutil.which("apt-get") and os.geteuid() == 0 and not has_chinese_font():
        install([CHINESE_FONT], "For the Chinese interface")


def has_chinese_font():
    names = ("cjk", "droidsansfallback", "wqy", "uming", "ukai", "sourcehan")
    folders = ("/usr/share/fonts", "/usr/local/share/fonts")
    return any(name in file.lower() for folder in folders for _, _, files in os.walk(folder)
               for file in files for name in names)  # fmt: skip


def loads(file):
    try:
        ctypes.CDLL(file)
    except OSError:
        return False
    return True


def install(packages, why):
    """Install Debian packages as root; else say the one line to run. True when they are there."""
    line = "apt-get install -y --no-install-recommends " + " ".join(packages)
    if shutil.which("apt-get") is None:
        say(f"{why}; install what your system calls these: {' '.join(packages)}")
        return False
    if os.geteuid() != 0:
        say(f"{why}; run: sudo {line}")
        return False
    say(f"{why}; installing: {' '.join(packages)}")
    quiet = dict(os.environ, DEBIAN_FRONTEND="noninteractive")
    for words in (["apt-get", "update"], line.split()):
        done = subprocess.run(words, env=quiet, check=False, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    if done.returncode:
        say(done.stdout.decode(errors="replace").strip().splitlines()[-1])
        say("That did not work; run: " + line)
    return done.returncode == 0


def say(text):
    print(text, flush=True)


if __name__ == "__main__":
    try:
        sys.exit(main())
    except KeyboardInterrupt:
        sys.exit("Interrupted; run this again to go on.")
