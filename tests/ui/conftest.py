"""Fixtures for tests of a generator's panel."""

from collections.abc import Callable, Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtWidgets import QApplication, QWidget

from aigc_desktop import i18n
from aigc_desktop.engine import registry
from aigc_desktop.library.project import Project
from aigc_desktop.ui.generator_panel import GeneratorPanel
from aigc_desktop.ui.jobs import Jobs
from aigc_desktop.ui.main_window import MainWindow
from aigc_desktop.ui.settings import Settings
from tests.conftest import leaving_nothing
from tests.ui import walk_world


@pytest.fixture(autouse=True)
def no_button_held() -> Iterator[None]:
    """A mouse button that a test leaves pressed takes hover and the ring around the focus from all that follow."""
    yield
    assert QApplication.mouseButtons() == Qt.MouseButton.NoButton, "a mouse button is still pressed"


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


@pytest.fixture(scope="module")
def world(qapp: Any, tmp_path_factory: pytest.TempPathFactory) -> Iterator[walk_world.World]:
    """The real window with something of everything in it: one for all tests of a module."""
    with leaving_nothing(), walk_world.opened(qapp, tmp_path_factory.mktemp("world")) as opened:
        yield opened


@pytest.fixture(scope="module", params=["en", "zh_CN"])
def spoken(request: pytest.FixtureRequest, world: walk_world.World) -> str:
    """The world speaks this language."""
    world.use(language=request.param)
    return str(request.param)


@pytest.fixture(scope="module", params=["light", "dark"])
def dressed(request: pytest.FixtureRequest, world: walk_world.World) -> str:
    """The world wears this theme."""
    world.use(theme=request.param)
    return str(request.param)


@pytest.fixture
def walked_window(request: pytest.FixtureRequest, world: walk_world.World, english: None) -> Iterator[MainWindow]:
    """The world's window, in English and light where the test does not ask for `spoken` and `dressed`."""
    from tests.ui import walk

    chosen = {name: request.getfixturevalue(name) for name in ("spoken", "dressed") if name in request.fixturenames}
    world.use(chosen.get("spoken", "en"), chosen.get("dressed", "light"))
    i18n.use(world.language)  # `english` begins each test in English
    walk.leave(world.window)
    yield world.window
    walk.leave(world.window)
    request.node.funcargs.clear()  # pytest would hold the window until after the world has ended


@pytest.fixture
def nothing_modal(qapp: Any) -> Iterator[list[str]]:
    """The test fails if a window came up that must be answered before anything else."""
    watch = _ModalWatch()
    qapp.installEventFilter(watch)
    yield watch.seen
    qapp.removeEventFilter(watch)
    assert not watch.seen


class _ModalWatch(QObject):
    def __init__(self) -> None:
        super().__init__()
        self.seen: list[str] = []

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if (
            event.type() == QEvent.Type.Show
            and isinstance(watched, QWidget)
            and watched.isWindow()
            and watched.isModal()
        ):
            self.seen.append(f"{type(watched).__name__} {watched.windowTitle()}")
        return False
