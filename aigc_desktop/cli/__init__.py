"""The command line: the same jobs without a window, for scripts and servers. Imports neither Qt nor, for help, torch."""

import logging
import os
import sys
from collections.abc import Sequence
from typing import NoReturn

from aigc_desktop import i18n
from aigc_desktop.i18n import mark, tr
from aigc_desktop.library.disk import Full
from aigc_desktop.problems import BadInput

FINISHED, FAILED, BAD_INPUT, CANCELLED = 0, 1, 2, 130
LOG = "command-line.log"


def main(words: Sequence[str] | None = None) -> int:
    """Carry out one command; the exit code: 0 finished, 130 cancelled, 2 bad input (said on stderr), 1 failed."""
    _speak()
    from aigc_desktop.cli.words import parser

    chosen = parser().parse_args(words)
    keep_log()
    try:
        return int(chosen.carry_out(chosen))
    except BadInput as problem:
        if chosen.json and chosen.tells:
            from aigc_desktop.cli.report import Lines
            from aigc_desktop.engine.events import Failed

            Lines().tell(Failed(problem.sentence, bad_input=True))
        complain(str(problem))
        return FAILED if isinstance(problem, Full) else BAD_INPUT
    except BrokenPipeError:  # the reader of our output has gone; so has the wish for more of it
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return FINISHED
    except KeyboardInterrupt:
        return CANCELLED
    except Exception as error:
        logging.getLogger(__name__).exception("the command failed")
        reason = f"{type(error).__name__}: {error}"
        print(tr("Something went wrong inside the program ({reason}).", reason=reason), file=sys.stderr)
        return FAILED


def complain(sentence: str) -> int:
    """One sentence on stderr; the exit code for bad input."""
    print(sentence, file=sys.stderr)
    return BAD_INPUT


def no_display() -> int:
    """What to say where the window was asked for and there is no screen."""
    _speak()
    return complain(
        tr(mark("There is no display to open a window on; see aigc-desktop --help for what works without."))
    )


def keep_log() -> None:
    """Warnings and faults go to a file: people get sentences, and `--json` nothing but events."""
    if any(handler.name == LOG for handler in logging.getLogger().handlers):
        return
    from logging.handlers import RotatingFileHandler

    from platformdirs import user_log_path

    handler: logging.Handler
    try:
        folder = user_log_path("AIGC Desktop", appauthor=False, ensure_exists=True)
        handler = RotatingFileHandler(folder / LOG, maxBytes=1_000_000, backupCount=1, delay=True)
    except OSError:
        handler = logging.NullHandler()
    handler.name = LOG
    handler.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(name)s: %(message)s"))
    handler.setLevel(logging.WARNING)
    logging.getLogger().addHandler(handler)
    logging.raiseExceptions = False  # a log that cannot be written (a full disk) is nothing that people must read of
    logging.captureWarnings(True)


def _speak() -> None:
    for stream in (sys.stdout, sys.stderr):  # a terminal that cannot show a letter shows a question mark instead
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(encoding="utf-8" if not stream.isatty() else None, errors="replace")
    i18n.use(os.environ.get("AIGC_LANGUAGE") or i18n.system_language())


def leave(code: int) -> NoReturn:
    """End the process at once, whatever still runs in it."""
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(code)
