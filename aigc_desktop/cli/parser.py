"""An argparse parser that speaks the language in use, and says what is wrong in one sentence."""

import argparse
import difflib
import re
import sys
from collections.abc import Callable
from typing import Any, NoReturn

from aigc_desktop.i18n import tr

# argparse's own sentences, which it gives to `error` in English.
SENTENCES: tuple[tuple[str, Callable[[str, str], str]], ...] = (
    (r"the following arguments are required: (?P<what>.+)", lambda what, _: tr("{what} is required", what=what)),
    (r"unrecognized arguments: (?P<what>.+)", lambda what, _: tr("there is no option {what}", what=what)),
    (r"argument (?P<what>.+): expected .*", lambda what, _: tr("{what} needs a value after it", what=what)),
    (r"argument (?P<what>.+): invalid \S+ value: (?P<why>.+)", lambda what, why: tr("{what} cannot be {why}", what=what, why=why)),
    (r"ambiguous option: (?P<what>.+) could match (?P<why>.+)", lambda what, why: tr("{what} may mean {why}", what=what, why=why)),
    (r"argument (?P<what>.+): ignored explicit argument (?P<why>.+)", lambda what, _: tr("{what} takes no value", what=what)),
    (r"argument (?P<what>.+?): (?P<why>.+)", lambda what, why: f"{what}: {why}"),
)  # fmt: skip


class Words(argparse.HelpFormatter):
    """Help with a translated first word."""

    def add_usage(self, usage: Any, actions: Any, groups: Any, prefix: str | None = None) -> None:
        super().add_usage(usage, actions, groups, tr("Usage:") + " " if prefix is None else prefix)


class Parser(argparse.ArgumentParser):
    """As argparse's, in the user's language."""

    def __init__(self, **given: Any):
        super().__init__(**{"formatter_class": Words, "add_help": False, **given})
        self._positionals.title, self._optionals.title = tr("What to give"), tr("Options")
        self.add_argument("-h", "--help", action="help", help=tr("show this help and exit"))

    def error(self, message: str) -> NoReturn:
        said = tr("{message} (see {program} --help)", message=_translated(message), program=self.prog)
        print(said, file=sys.stderr)
        sys.exit(2)

    def _check_value(self, action: argparse.Action, value: Any) -> None:
        if action.choices is None or value in action.choices:
            return
        known = [str(one) for one in action.choices]
        nearest = difflib.get_close_matches(str(value), known, n=1, cutoff=0.5)
        if nearest:
            self.error(tr("There is no command {name}; did you mean {nearest}?", name=value, nearest=nearest[0]))
        self.error(tr("There is no command {name}; there are: {known}.", name=value, known=", ".join(known)))


def _translated(message: str) -> str:
    for pattern, say in SENTENCES:
        found = re.fullmatch(pattern, message, re.DOTALL)
        if found:
            return say(found["what"], found.groupdict().get("why", ""))
    return message
