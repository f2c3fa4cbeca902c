"""`aigc-desktop`, or `python -m aigc_desktop`: without arguments the window, else the command line."""

import gc
import signal
import sys


def main() -> int:
    words = sys.argv[1:]
    if words and words[0].partition("=")[0] != "--project":
        from aigc_desktop.cli import main as command_line
        from aigc_desktop.engine import network

        network.as_environment_says()
        code = command_line(words)
        signal.signal(signal.SIGINT, signal.SIG_IGN)  # all is done: a late Ctrl-C must not change how it ended
        return code
    from aigc_desktop.display import has_display

    if not has_display():
        from aigc_desktop.cli import no_display

        return no_display()
    gc.disable()  # a tenth of the start, in which there is no garbage; ui.garbage takes over
    from aigc_desktop.ui.app import main as window

    return window()


if __name__ == "__main__":
    sys.exit(main())
