"""Watches what a case does beside being read: files outside its folder, programs, foreign code, connections."""

import os
import sys
from pathlib import Path
from typing import Any

READING = os.O_RDONLY
_PLACES = {  # audit events whose first argument is a path that is changed
    "os.rename": 2, "os.remove": 1, "os.mkdir": 1, "os.rmdir": 1, "os.link": 2, "os.symlink": 2, "os.truncate": 1,
    "os.chmod": 1, "os.chown": 1, "os.utime": 1, "shutil.rmtree": 1, "shutil.move": 2,
}  # fmt: skip
_PROGRAMS = {"os.system", "os.exec", "os.posix_spawn", "os.spawn", "os.fork", "subprocess.Popen", "pty.spawn"}
_CODE = {
    "pickle.find_class",
    "cpython.run_command",
    "cpython.run_file",
    "socket.connect",
    "socket.bind",
    "ctypes.dlopen",
}


class Watch:
    """What happened since `begin` that should not have. One for a process: an audit hook cannot be taken away."""

    def __init__(self, world: Path):
        self.world = world  # the folder whose every file but the case's is known
        self.case: Path | None = None
        self.seen: list[str] = []
        self._known: dict[str, tuple[int, int]] = {}
        self._own = (str(Path(sys.prefix)), str(Path(sys.base_prefix)), str(Path(__file__).resolve().parents[3]))
        sys.addaudithook(self._hear)

    def begin(self, case: Path) -> None:
        self._known = self._look(case)
        self.seen.clear()
        self.case = case

    def end(self) -> list[str]:
        case, self.case = self.case, None
        assert case is not None
        now = self._look(case)
        self.seen += [f"appeared or changed: {path}" for path in now if now[path] != self._known.get(path)]
        self.seen += [f"vanished: {path}" for path in self._known if path not in now]
        return self.seen

    def _look(self, case: Path) -> dict[str, tuple[int, int]]:
        found = {}
        for here, folders, names in os.walk(self.world):
            folders[:] = [name for name in folders if os.path.join(here, name) != str(case)]
            for name in names:
                facts = os.lstat(os.path.join(here, name))
                found[os.path.join(here, name)] = facts.st_size, facts.st_mtime_ns
        return found

    def _hear(self, event: str, given: tuple[Any, ...]) -> None:
        if self.case is None:
            return
        if event == "open":
            path, mode, flags = given
            writes = (
                (set(mode) & set("wxa+")) if isinstance(mode, str) else flags & (os.O_WRONLY | os.O_RDWR | os.O_CREAT)
            )
            if writes:
                self._changed(event, path)
        elif event in _PLACES:
            below = event not in ("os.truncate", "shutil.move") and isinstance(given[-1], int) and given[-1] >= 0
            if not below:  # an open folder: what happens in there is seen at the end
                for path in given[: _PLACES[event]]:
                    self._changed(event, path)
        elif event in _PROGRAMS or event in _CODE:
            if event != "ctypes.dlopen" or not str(given[0]).startswith((*self._own, "lib", "None")):
                self.seen.append(f"{event}: {str(given)[:200]}")
        elif event == "exec":
            place = str(getattr(given[0], "co_filename", ""))
            if not place.startswith((*self._own, "<")):
                self.seen.append(f"code of {place}")

    def _changed(self, event: str, path: Any) -> None:
        if isinstance(path, int) or path is None:
            return
        place = os.path.abspath(os.fsdecode(path))
        # What torch keeps in the folder for temporary files is looked at when the case is over.
        allowed = (str(self.case) + os.sep, str(self.world / "tmp"), "/dev/null", "/dev/tty")
        if not place.startswith(allowed) and place != str(self.case):
            self.seen.append(f"{event}: {place}")
