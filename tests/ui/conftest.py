"""Fixtures for tests of a generator's panel."""

from collections.abc import Callable, Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from aigc_desktop.engine import registry
from aigc_desktop.library.project import Project
from aigc_desktop.ui.generator_panel import GeneratorPanel
from aigc_desktop.ui.jobs import Jobs
from aigc_desktop.ui.settings import Settings


@pytest.fixture
def panel_window(project: Project, qapp: Any, tmp_path: Path) -> Iterator[SimpleNamespace]:
    """What a panel needs of the window."""
    settings = Settings(tmp_path / "settings")
    jobs = Jobs(project, settings)
    opened: list[Any] = []
    library = SimpleNamespace(open_item=opened.append)
    yield SimpleNamespace(project=project, jobs=jobs, settings=settings, library=library, opened=opened)
    jobs.shutdown()


@pytest.fixture
def open_panel(qtbot: Any, panel_window: SimpleNamespace) -> Callable[..., GeneratorPanel]:
    def make(id: str = "image.gan") -> GeneratorPanel:
        panel = GeneratorPanel(registry.get(id), panel_window)
        qtbot.addWidget(panel)
        panel.resize(1000, 640)
        panel.show()
        return panel

    return make
