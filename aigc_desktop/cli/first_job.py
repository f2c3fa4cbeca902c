"""The first job where there is no display: train on the starter text, write a sample, say where everything is."""

import argparse
import sys
from pathlib import Path

from aigc_desktop import cli
from aigc_desktop.engine import network
from aigc_desktop.i18n import tr

GENERATOR = "text.lstm"
SMALL = {"layers": 1, "width": 256}  # what a busy processor can teach in a minute


def main() -> int:
    """Train for about a minute, create; the exit code."""
    words = argparse.ArgumentParser(prog="first_job")
    words.add_argument("--seconds", default="60")
    seconds = words.parse_args().seconds
    from aigc_desktop.library.places import default_project
    from aigc_desktop.library.project import Project

    name = tr("First model")
    settings = [f"--set={key}={value}" for key, value in {**SMALL, "max_seconds": seconds}.items()]
    code = cli.main(["train", GENERATOR, "--data", "starter", "--name", name, *settings])
    if code:
        return code
    with Project.open(default_project(), create=False) as project:
        model = project.models.list(GENERATOR)[0]
    code = cli.main(["create", model.name, "--seed", "1"])
    if code:
        return code
    with Project.open(default_project(), create=False) as project:
        sample = project.items.search(model=model.name, limit=1)[0]
        print("\n" + tr("Everything is in the project {path}:", path=project.path))
    for title, path in (
        (tr("model"), model.path),
        (tr("loss curve"), model.path / "losses.png"),
        (tr("sample"), sample.path),
    ):
        print(f"  {title}: {_checked(path)}")
    return 0


def _checked(path: Path) -> Path:
    if not path.exists():
        sys.exit(tr("{path} is missing; the log says more.", path=path))
    return path


if __name__ == "__main__":
    network.as_environment_says()
    sys.exit(main())
