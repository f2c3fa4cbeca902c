"""A picture's file read in a thread of its own: of several that are wanted the latest."""

import threading

from PySide6.QtCore import QObject, Signal

from aigc_desktop.ui import pixmaps


class LatePicture(QObject):
    """`want` a file; `ready` brings its image, unless another was wanted meanwhile. The thread ends with its work."""

    ready = Signal(str, object)  # the path, and its QImage: null where it cannot be read

    def __init__(self, parent: QObject | None = None):
        super().__init__(parent)
        self._change = threading.Lock()
        self._wanted: str | None = None
        self._thread: threading.Thread | None = None

    def want(self, path: str | None) -> None:
        """Read this file; None: nothing any more."""
        with self._change:
            self._wanted = path
            if path is not None and self._thread is None:
                self._thread = threading.Thread(target=self._work, name="picture", daemon=True)
                self._thread.start()

    def close(self) -> None:
        """Returns when nothing is being read."""
        thread = self._thread
        self.want(None)
        if thread is not None:
            thread.join()

    def _work(self) -> None:
        while True:
            with self._change:
                path, self._wanted = self._wanted, None
                if path is None:
                    self._thread = None
                    return
            image = pixmaps.read(path)
            with self._change:
                stale = self._wanted is not None
            if not stale:
                try:
                    self.ready.emit(path, image)
                except RuntimeError:  # the window is gone
                    return
