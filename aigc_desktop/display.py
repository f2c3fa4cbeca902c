"""Whether there is a screen to open a window on. Asks without Qt, which ends the process where there is none."""

import ctypes
import os
import socket
import sys
from pathlib import Path


def has_display() -> bool:
    """True where a window can be seen: always on Windows and macOS, elsewhere where a display server answers."""
    if sys.platform in ("win32", "darwin"):
        return True
    platform = os.environ.get("QT_QPA_PLATFORM", "").partition(":")[0].partition(";")[0]
    if platform in ("offscreen", "minimal", "minimalegl"):
        return False
    if platform not in ("", "xcb", "wayland"):
        return True  # vnc, eglfs, linuxfb: chosen by hand
    return (platform != "xcb" and _wayland_answers()) or (platform != "wayland" and _x_answers())


def _wayland_answers() -> bool:
    name = os.environ.get("WAYLAND_DISPLAY")
    if not name:
        return False
    path = Path(os.environ.get("XDG_RUNTIME_DIR", "")) / name
    with socket.socket(socket.AF_UNIX) as one:
        try:
            one.connect(str(path))
        except OSError:
            return False
    return True


def _x_answers() -> bool:
    if not os.environ.get("DISPLAY"):
        return False
    try:
        xcb = ctypes.CDLL("libxcb.so.1")
    except OSError:
        return False
    xcb.xcb_connect.restype = ctypes.c_void_p
    xcb.xcb_connection_has_error.argtypes = xcb.xcb_disconnect.argtypes = [ctypes.c_void_p]
    connection = xcb.xcb_connect(None, None)
    try:
        return not xcb.xcb_connection_has_error(connection)
    finally:
        xcb.xcb_disconnect(connection)
