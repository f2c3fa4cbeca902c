"""The page that looks inside models of pictures: questions in turn, the left side of the view in sight, and Keep."""

from collections.abc import Callable
from types import SimpleNamespace
from typing import Any, Literal

import pytest
import shiboken6
from PySide6.QtCore import QPointF

from aigc_desktop.engine import events
from aigc_desktop.engine.params import Params, Training, field
from aigc_desktop.engine.registry import Spec
from aigc_desktop.problems import Sentence
from aigc_desktop.ui.explore_page import ExplorePage
from tests.ui import library_world, walk_world
from tests.ui.picture_answers import answer


class Create(Params):
    mode: Literal["new", "point", "mixing"] = field("new", title="What", help="What to make.")
    axes: str = field("1, 2", title="Axes", help="Which.", when={"mode": ("point",)})
    x: float = field(0.0, ge=-3, le=3, title="Across", help="Where.", when={"mode": ("point",)})
    y: float = field(0.0, ge=-3, le=3, title="Up", help="Where.", when={"mode": ("point",)})
    rows: str = field("", title="Rows", help="Seeds.", when={"mode": ("mixing",)})
    columns: str = field("", title="Columns", help="Seeds.", when={"mode": ("mixing",)})
    crossover: int = field(4, ge=0, le=11, title="Crossover", help="Where.", when={"mode": ("mixing",)})
    truncation: float = field(0.7, ge=0, le=2, title="Variety", help="How much.", when={"mode": ("new", "mixing")})


SPEC = Spec(
    id="image.gan",  # any that is there: a job of it can be queued
    title="Test",
    medium="picture",
    summary="",
    about="",
    train=Training,
    create=Create,
    explores=("latent_plane", "mixing", "reconstruct"),
)


class Model:
    """Stands for the child process: what it was asked, answered when it is told to."""

    def __init__(self) -> None:
        self.waiting: list[tuple[dict[str, Any], Callable[[Any], None]]] = []

    def ask(self, _generator: str, _model: str, question: dict[str, Any], callback: Callable[[Any], None]) -> None:
        self.waiting.append((question, callback))

    def answer(self, said: Any = None) -> dict[str, Any]:
        question, callback = self.waiting.pop(0)
        callback(said or answer(question))
        return question


@pytest.fixture
def model(panel_window: SimpleNamespace, monkeypatch: pytest.MonkeyPatch) -> Model:
    made = Model()
    monkeypatch.setattr(panel_window.jobs, "ask", made.ask)
    monkeypatch.setattr(panel_window.jobs, "expect_questions", lambda: None)
    return made


@pytest.fixture
def page(qtbot: Any, panel_window: SimpleNamespace, model: Model) -> ExplorePage:
    library_world.model(panel_window.project, "digits", SPEC.id)
    made = ExplorePage(SPEC, panel_window)
    qtbot.addWidget(made)
    made.resize(900, 600)
    with qtbot.waitExposed(made):
        made.show()
    made.ask()
    return made


def test_the_next_question_waits_for_the_answer_and_no_answer_is_lost(page: ExplorePage, model: Model) -> None:
    view: Any = page.views["latent_plane"]
    assert len(model.waiting) == 1
    model.answer()
    walk_world.settle()  # the plane gets its place
    model.answer()
    assert view.shown and len(model.waiting) == 1, "the plane goes on by itself"
    for step in range(20):
        view.canvas.move_to(QPointF(step / 10, 0.5))
    assert len(model.waiting) == 1, "while it thinks, one moves on"
    model.answer()
    assert len(view.canvas._tiles) > 0 and len(model.waiting) == 1
    assert model.waiting[0][0]["points"][0] == [1.9, 0.5], "and is answered where one is now"
    for _ in range(200):
        if not model.waiting:
            break
        model.answer()
    assert len(view.canvas._tiles) == view.canvas.cells**2 and not page._patience.isActive()
    view.canvas.move_to(QPointF(-1, -1))
    model.answer(Sentence("There is not enough memory to look into this model."))
    assert page.problem.isVisible() and not model.waiting, "what cannot be answered is not asked again and again"
    view.canvas.move_to(QPointF(-1.5, -1))
    model.answer()
    assert not page.problem.isVisible()


def test_the_left_side_belongs_to_the_view_in_sight(page: ExplorePage, model: Model, qtbot: Any) -> None:
    plane, mixing, reconstruct = (page.views[name] for name in SPEC.explores)
    assert not page.text.isVisible() and not page.form.isVisible()
    assert plane.form.isVisible() and not mixing.form.isVisible()
    late = model.waiting[0]
    page.tabs.show_view("mixing")
    assert not plane.form.isVisible() and mixing.form.isVisible()
    assert page.form.isVisible() and page.form.rows["truncation"].field.isVisible(), "the page asks for it itself"
    page.form.set_values({"truncation": 0.5})
    assert model.waiting[-1][0]["truncation"] == 0.5
    late[1](answer(late[0]))
    assert not plane.shown, "nobody waits for it any more"
    model.waiting = model.waiting[-1:]
    while model.waiting:
        model.answer()
    assert mixing.shown
    page.tabs.show_view("reconstruct")
    page.ask()
    assert not model.waiting and "Drop pictures" in reconstruct._invitation.text()
    reconstruct.form.set_values({"pictures": ["/a/1.png"]})
    model.answer()
    assert reconstruct.shown
    reconstruct.form.set_values({"pictures": []})
    assert not reconstruct.shown, "without pictures there is nothing to see"
    state = page.state()
    mixing.form.set_values({"rows": [5]})
    page.restore(state)
    assert mixing.given()["rows"] != [5] and page.tabs.current() == "reconstruct"


@pytest.mark.warns  # a failed job is logged
def test_what_is_kept_is_created_with_the_model_and_it_is_said_where_it_went(
    page: ExplorePage, model: Model, panel_window: SimpleNamespace
) -> None:
    jobs = panel_window.jobs
    plane: Any = page.views["latent_plane"]
    model.answer()
    plane.form.set_values({"seed": 12, "across": 2, "up": 4})
    plane.canvas.move_to(QPointF(1, -0.5))
    jobs._resting = True  # nothing starts
    plane.keep_button.click()
    row = jobs.rows()[0]
    assert row.job["action"] == "create" and row.job["model"] == "digits" and row.job["seed"] == 12
    kept = {"mode": "point", "axes": "2, 4", "x": 1.0, "y": -0.5}
    assert row.job["params"] | kept == row.job["params"] and row.job["params"]["truncation"] == 0.7
    assert "turn in the queue" in plane.note.text()
    jobs._tell(row.id, events.Saved("an id", "/a/b.png", "picture", "A seven"))
    jobs.ended.emit(row.id, events.Finished())
    assert plane.note.text() == "In the library: A seven"

    page.tabs.show_view("mixing")
    mixing: Any = page.views["mixing"]
    page.form.set_values({"truncation": 0.4})
    mixing.show_data(answer(mixing.question()))
    mixing.whole.click()
    row = jobs.rows()[-1]
    assert row.job["params"]["truncation"] == 0.4 and row.job["params"]["rows"] == "1, 2, 3"
    jobs.ended.emit(row.id, events.Failed(Sentence("The disk is full.")))
    assert mixing.note.text() == "The disk is full."
    plane.keeps.emit({"mode": "nothing"})
    assert "cannot be" in plane.note.text() and len(jobs.rows()) == 2, "what a generator does not take is said"


def test_an_answer_that_comes_after_the_page_has_gone_is_passed_over(
    panel_window: SimpleNamespace, model: Model
) -> None:
    library_world.model(panel_window.project, "digits", SPEC.id)
    page = ExplorePage(SPEC, panel_window)
    page.show()
    page.ask()
    shiboken6.delete(page)
    model.answer()
    assert not model.waiting
