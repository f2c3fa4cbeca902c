"""The command line in this process: what it writes, its exit code, nothing left of its handlers."""

import json
import logging
import signal
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from aigc_desktop import cli


@dataclass(frozen=True)
class Said:
    """What one command said."""

    code: int
    out: str
    err: str

    @property
    def lines(self) -> list[dict[str, Any]]:
        """stdout as JSON lines; fails where anything else is there."""
        return [json.loads(line) for line in self.out.splitlines()]

    @property
    def events(self) -> list[str]:
        return [line["event"] for line in self.lines]

    @property
    def sentence(self) -> str:
        """stderr, where it is one sentence."""
        lines = self.err.strip().splitlines()
        assert len(lines) == 1, self.err
        return lines[0]


@pytest.fixture
def aigc(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Callable[..., Said]]:
    """`aigc("create", "Plays", "--count", 2)` in the project `tmp_path / "project"`."""
    monkeypatch.setenv("AIGC_PROJECT", str(tmp_path / "project"))
    monkeypatch.setenv("AIGC_LANGUAGE", "en")
    numbers = [getattr(signal, name) for name in ("SIGINT", "SIGTERM", "SIGHUP") if hasattr(signal, name)]
    handlers = {number: signal.getsignal(number) for number in numbers}
    logs = list(logging.getLogger().handlers)

    def run(*words: object) -> Said:
        capsys.readouterr()
        try:
            code = cli.main([str(word) for word in words])
        except SystemExit as end:
            code = int(end.code or 0)
        said = capsys.readouterr()
        return Said(code, said.out, said.err)

    yield run
    for number, handler in handlers.items():
        signal.signal(number, handler)
    for handler in logging.getLogger().handlers[:]:
        if handler not in logs:
            logging.getLogger().removeHandler(handler)
            handler.close()
    logging.captureWarnings(False)


TINY_LSTM = ("--set", "layers=1", "--set", "width=16", "--set", "batch_size=4", "--set", "precision=float32")


@pytest.fixture
def plays(aigc: Callable[..., Said], tiny_text: Path) -> dict[str, Any]:
    """The last event of a training of three steps whose model is called Plays."""
    words = ("train", "text.lstm", "--data", tiny_text, *TINY_LSTM, "--set", "max_steps=3", "--name", "Plays", "--json")
    said = aigc(*words)
    assert said.code == 0, said.err
    return said.lines[-1]
