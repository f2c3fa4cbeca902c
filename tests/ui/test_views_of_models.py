"""The views that explore models of pictures with real models: what they ask is answered, and Keep makes what one saw."""

from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import QPointF
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QWidget

from aigc_desktop.engine import events, explore, params, registry
from aigc_desktop.engine.execute import perform
from aigc_desktop.engine.job import Job
from aigc_desktop.ui.views import view_for
from tests import tiny

PICTURES = ("image.vae", "image.stylegan")
VIEWS = [
    (id, view) for id, spec in registry.specs().items() if id in PICTURES and id in tiny.TINY for view in spec.explores
]


@pytest.fixture(scope="module")
def models(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """A tiny model of each generator, made here."""
    made = {}
    for id in dict(VIEWS):
        folder = tmp_path_factory.mktemp("model")
        last = perform(tiny.train_job(id, folder, folder / "p", max_steps=2), lambda _: None)
        assert isinstance(last, events.Finished), last
        made[id] = Path(last.model["path"])
    return made


@pytest.mark.parametrize(("id", "name"), VIEWS)
def test_what_a_view_asks_is_answered_and_what_it_keeps_is_what_one_saw(
    id: str, name: str, models: dict[str, Path], qtbot: Any, tmp_path: Path
) -> None:
    spec = registry.get(id)
    view: Any = view_for(name, spec)
    side = QWidget()
    for widget in (view, side):
        qtbot.addWidget(widget)
    view.controls(side)
    view.resize(640, 420)
    with qtbot.waitExposed(view):
        view.show()
    assert spec.create is not None and spec.data is not None
    wants = {one.name: one.default for one in params.describe(spec.create) if one.name in view.wants}
    files = sorted(str(path) for path in tiny.data(spec.data.name, tmp_path).rglob("*.png"))[:4]
    given = {"pictures": files, "first": files[0], "second": files[1], "having": files[:2], "lacking": files[2:]}
    view.form.set_values(given | {"seed": 3, "strength": 15, "direction 1": 20})
    for step in range(3):
        if name == "latent_plane":
            view.canvas.move_to(QPointF(step, -0.5))
        question = view.question()
        view.answer(question, explore.answer(id, models[id], question | wants))
    assert view.shown
    kept: list[dict[str, Any]] = []
    view.keeps.connect(kept.append)
    view.keep()
    settings = wants | kept[0]
    job = Job(
        action="create", model=str(models[id]), seed=settings.pop("seed", 0), params=settings, out=str(tmp_path / "o")
    )
    last = perform(job, lambda _: None)
    assert isinstance(last, events.Finished), last
    found = sorted((tmp_path / "o").glob("*.png"))
    seen = shown(view)
    if seen is None:
        assert len(found) in (1, len(files))
    else:
        assert [rgb(QImage(str(path))) for path in found] == [rgb(seen)]


def shown(view: Any) -> QImage | None:
    """The picture that is to be kept, where it is a single one."""
    if view.name in ("latent_plane", "mixing"):
        return view.large.image
    return view.after.picture.image() if view.name in ("direction", "principal") else None


def rgb(image: QImage) -> QImage:
    return image.convertToFormat(QImage.Format.Format_RGB32)
