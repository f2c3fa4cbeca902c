"""The commands and their options, as the command line spells them."""

import argparse
from pathlib import Path
from typing import Any

from aigc_desktop import __version__
from aigc_desktop.cli.parser import Parser
from aigc_desktop.i18n import tr


def parser() -> Parser:
    """The whole command line. `carry_out` of what it parses does the command and returns the exit code."""
    whole = Parser(prog="aigc-desktop", description=tr("Train small models on your own files, create with them."))
    whole.add_argument(
        "--version", action="version", version=f"AIGC Desktop {__version__}", help=tr("show the version and exit")
    )
    commands = whole.add_subparsers(required=True, metavar="COMMAND", dest="command")
    _generators(commands)
    _describe(commands)
    _train(commands)
    _create(commands)
    _run(commands)
    _explore(commands)
    _doctor(commands)
    _adapter(commands)
    _desk(commands)
    _library(commands)
    return whole


# `tells`: a job, whose events `--json` shows.
def _add(
    commands: Any, name: str, help: str, carry_out: Any, *, project: bool = True, tells: bool = False
) -> argparse.ArgumentParser:
    command: argparse.ArgumentParser = commands.add_parser(name, help=help, description=help)
    command.add_argument("--json", action="store_true", help=tr("JSON on stdout, one object a line, and nothing else"))
    if project:
        command.add_argument("--project", metavar="DIR", type=Path, help=tr("the project's folder"))
    command.set_defaults(carry_out=carry_out, tells=tells)
    return command


def _settings(command: argparse.ArgumentParser) -> None:
    command.add_argument(
        "--set", metavar="KEY=VALUE", action="append", default=[], help=tr("a setting; `describe` lists them")
    )


def _seed(command: argparse.ArgumentParser, help: str) -> None:
    command.add_argument("--seed", metavar="N", type=_seed_number, help=help)


def _seed_number(text: str) -> int:
    if text.isdecimal() and int(text) < 2**63:
        return int(text)
    raise argparse.ArgumentTypeError(tr("a seed is a whole number from 0 on, not {text}", text=text))


def _generators(commands: Any) -> None:
    from aigc_desktop.cli import show

    _add(commands, "generators", tr("every generator: id, medium, actions"), show.generators, project=False)


def _describe(commands: Any) -> None:
    from aigc_desktop.cli import show

    command = _add(
        commands, "describe", tr("a generator's settings with default, bounds and help"), show.describe, project=False
    )
    command.add_argument("id", metavar="ID")


def _train(commands: Any) -> None:
    from aigc_desktop.cli import jobs

    command = _add(commands, "train", tr("train a model on your files, or continue a training"), jobs.train, tells=True)
    command.add_argument("id", metavar="ID", nargs="?", help=tr("the generator; `generators` lists them"))
    command.add_argument("--data", metavar="PATH", help=tr("file, folder or zip to learn from; or: starter"))
    command.add_argument("--heldout", metavar="PATH", help=tr("files to judge the model by; else a tenth of the data"))
    _settings(command)
    command.add_argument("--name", metavar="NAME", help=tr("the model's name"))
    _seed(command, tr("of all random numbers; 0 unless given"))
    command.add_argument("--resume", metavar="RUN", help=tr("continue this run, a folder under runs/"))


def _create(commands: Any) -> None:
    from aigc_desktop.cli import jobs

    command = _add(commands, "create", tr("make something with a model"), jobs.create, tells=True)
    command.add_argument("model", metavar="MODEL", help=tr("a model's name in the project, or its folder"))
    _settings(command)
    command.add_argument(
        "--input", metavar="PATH", action="append", default=[], help=tr("a file that the model starts from")
    )
    command.add_argument("--count", metavar="N", help=tr("how many to make"))
    _seed(command, tr("drawn at random unless given"))
    command.add_argument("--out", metavar="DIR", type=Path, help=tr("write plain files there, not into the library"))


def _run(commands: Any) -> None:
    from aigc_desktop.cli import jobs

    command = _add(commands, "run", tr("carry out a job file"), jobs.run, tells=True)
    command.add_argument("job", metavar="JOB.json", type=Path)


def _explore(commands: Any) -> None:
    from aigc_desktop.cli import explore

    command = _add(commands, "explore", tr("look inside a model: ask it about a text or pictures"), explore.explore)
    command.add_argument("model", metavar="MODEL", help=tr("a model's name in the project, or its folder"))
    command.add_argument(
        "--view", metavar="VIEW", help=tr("surprise, attention, morph, direction …; else the generator's first")
    )
    command.add_argument(
        "--ask",
        metavar="NAME=VALUE",
        action="append",
        default=[],
        help=tr("what else the view asks, as in first=a.png; once for each of several"),
    )
    command.add_argument("--out", metavar="DIR", type=Path, help=tr("write the answer's pictures there"))
    command.add_argument("--text", metavar="TEXT", help=tr("the text that the question is about"))
    command.add_argument("--file", metavar="PATH", help=tr("a file with that text"))
    command.add_argument(
        "--layer", metavar="N", type=int, help=tr("attention of this layer, from 1; else the mean of all")
    )
    command.add_argument(
        "--head", metavar="N", type=int, help=tr("attention of this head, from 1; else the mean of all")
    )
    command.add_argument("--temperature", metavar="X", type=float, help=tr("next_tokens: how it is drawn with this"))
    command.add_argument("--top-p", metavar="X", type=float, help=tr("next_tokens: how it is drawn with this"))
    command.add_argument("--top-k", metavar="N", type=int, help=tr("next_tokens: how it is drawn with this"))


def _doctor(commands: Any) -> None:
    from aigc_desktop.cli import doctor

    help = tr("say what a language model's folder lacks, and whether it fits this machine")
    command = _add(commands, "doctor", help, doctor.doctor, project=False)
    command.add_argument("folder", metavar="FOLDER", type=Path)


def _adapter(commands: Any) -> None:
    from aigc_desktop.cli import adapter

    command = commands.add_parser("adapter", help=tr("what a fine-tuning with LoRA has learned: look, merge, export"))
    asked = command.add_subparsers(required=True, metavar="COMMAND", dest="asked")
    for name, help, carry_out in (
        ("info", tr("its rank and size, and the model that it belongs to"), adapter.info),
        ("merge", tr("make a whole model of it and its base, in the project"), adapter.merge),
        ("export", tr("write it as a folder that other programs open"), adapter.export),
    ):
        one = _add(asked, name, help, carry_out, tells=name != "info")
        one.add_argument("model", metavar="MODEL", help=tr("an adapter's name in the project, or its folder"))
        if name == "merge":
            one.add_argument("--name", metavar="NAME", help=tr("the new model's name"))
        if name == "export":
            one.add_argument("folder", metavar="FOLDER", type=Path, help=tr("the new folder"))
            one.add_argument("--merged", action="store_true", help=tr("a whole model, with the adapter in its weights"))


def _desk(commands: Any) -> None:
    from aigc_desktop.cli import desk

    command = commands.add_parser("desk", help=tr("writing desks: forms that build the prompt of a language model"))
    asked = command.add_subparsers(required=True, metavar="COMMAND", dest="asked")
    listed = _add(asked, "list", tr("every writing desk"), desk.list_, project=False)
    listed.add_argument("--language", metavar="LANGUAGE", help=tr("only those that write in it: en, zh_CN"))
    _add(asked, "show", tr("a desk's fields, with default and help"), desk.show_, project=False).add_argument(
        "id", metavar="ID"
    )
    built = _add(asked, "prompt", tr("the prompt that a desk builds"), desk.prompt, project=False)
    _fields(built)
    built.add_argument("--shots", metavar="N", type=_shots, default=0, help=tr("examples before the task"))
    _seed(built, tr("draw the wildcards from it; else they stay"))
    writing = _add(asked, "write", tr("write at a desk with a language model"), desk.write, tells=True)
    _fields(writing)
    _writer(writing)
    writing.add_argument("--shots", metavar="N", type=_shots, default=0, help=tr("examples before the task"))
    writing.add_argument("--out", metavar="DIR", type=Path, help=tr("write plain files there, not into the library"))
    tried = _add(asked, "try", tr("the answers with 0, 1, 3 and 5 examples, one after the other"), desk.try_)
    _fields(tried)
    _writer(tried)
    tried.add_argument("--shots", metavar="N,N,…", type=_several_shots, help=tr("how many examples each time"))
    copied = _add(asked, "copy", tr("a copy of a desk, for you to change"), desk.copy, project=False)
    copied.add_argument("id", metavar="ID")
    copied.add_argument("--name", metavar="TITLE", help=tr("what the copy is called"))


def _fields(command: argparse.ArgumentParser) -> None:
    command.add_argument("id", metavar="ID", help=tr("the desk; `desk list` lists them"))
    command.add_argument(
        "--set", metavar="FIELD=TEXT", action="append", default=[], help=tr("a field; `desk show` lists them")
    )


def _writer(command: argparse.ArgumentParser) -> None:
    command.add_argument(
        "--model", metavar="MODEL", required=True, help=tr("a model's name in the project, or its folder")
    )
    command.add_argument(
        "--param",
        metavar="KEY=VALUE",
        action="append",
        default=[],
        help=tr("a setting of the model; `describe` lists them"),
    )
    command.add_argument("--count", metavar="N", help=tr("how many to make"))
    _seed(command, tr("drawn at random unless given"))


def _shots(text: str) -> int:
    if text.isdecimal() and text.isascii() and len(text) < 5:
        return int(text)
    raise argparse.ArgumentTypeError(tr("examples are counted in whole numbers from 0 on, not {text}", text=text))


def _several_shots(text: str) -> list[int]:
    return [_shots(one.strip()) for one in text.split(",")]


def _library(commands: Any) -> None:
    from aigc_desktop.cli import show

    command = commands.add_parser("library", help=tr("look into a project, check and repair it"))
    asked = command.add_subparsers(required=True, metavar="COMMAND", dest="asked")
    _add(asked, "list", tr("everything made in the project, the newest last"), show.items)
    search = _add(asked, "search", tr("what has these words in its name or prompt"), show.items)
    search.add_argument("text", metavar="TEXT")
    _add(asked, "show", tr("one item, and how it was made"), show.item).add_argument("item", metavar="ITEM")
    _add(asked, "verify", tr("check every file of the project"), show.verify)
    _add(asked, "rebuild", tr("make the project's index again from its files"), show.rebuild)
