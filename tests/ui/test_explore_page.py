"""Look inside, with a real model in a real child process: one types, it answers; also while a training runs."""

from collections import deque
from collections.abc import Callable, Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import psutil
import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from aigc_desktop.engine import models, registry
from aigc_desktop.engine.events import Insight
from aigc_desktop.problems import Sentence
from aigc_desktop.ui import asker
from aigc_desktop.ui.explore_page import ExplorePage
from tests.tiny import TINY, data, train_job
from tests.ui.inside_data import NEXT, SURPRISE

SECONDS = 60_000
ID = "text.lstm"


@pytest.fixture(scope="module")
def trained(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a tiny LSTM, made here."""
    import torch

    from aigc_desktop.engine import params
    from aigc_desktop.engine.trainer import Place

    folder = tmp_path_factory.mktemp("trained")
    spec = registry.get(ID)
    assert spec.data is not None
    texts = spec.data.load(str(data(spec.data.name, folder)), None, 0)
    chosen = params.make(spec.params("train"), TINY[ID]["train"])
    made = folder / "model"
    made.mkdir()
    registry.model(ID).Trainer(chosen, texts, Place(torch.device("cpu"), 0)).save(made)
    models.write_record(made, {"generator": ID, "figures": {}})
    return made


@pytest.fixture
def give(panel_window: SimpleNamespace, trained: Path) -> Callable[[str], None]:
    """Put the model into the project under a name."""

    def put(name: str) -> None:
        folder = panel_window.project.models.prepare(name)
        for file in trained.iterdir():
            (folder / file.name).write_bytes(file.read_bytes())
        panel_window.project.models.add(folder, name=name, generator=ID, medium="text")
        panel_window.jobs.library_changed.emit()

    return put


@pytest.fixture
def page(open_panel: Callable[..., Any]) -> Iterator[ExplorePage]:
    panel = open_panel(ID)
    panel.show_action("explore")
    yield panel.explore


def until(qtbot: Any, condition: Callable[[], object]) -> None:
    qtbot.waitUntil(lambda: bool(condition()), timeout=SECONDS)


def test_without_a_model_the_page_offers_to_train_one(page: ExplorePage, open_panel: Any, qtbot: Any) -> None:
    assert page.empty.isVisible() and "no model yet" in page.empty.sentence.text()
    with qtbot.waitSignal(page.train_wanted):
        page.empty.button.click()
    assert page.jobs._asker is None, "nothing is started for nothing"


def test_what_is_typed_is_answered_and_what_is_wrong_is_told(
    page: ExplorePage, give: Callable[[str], None], qtbot: Any
) -> None:
    give("broken")
    surprise, following = page.views["surprise"], page.views["next_tokens"]
    assert page.model.value() == "broken" and page.tabs.isVisible() and not surprise.shown
    (page.project.models.list()[0].path / "tokenizer.json").write_text("{", encoding="utf-8")
    QTest.keyClicks(page.text, "the cat")
    until(qtbot, lambda: page.problem.isVisible() and page.problem.level == "problem")
    assert "tokenizer.json is broken" in page.problem.text() and not surprise.shown
    give("tiny")
    page.choose_model("tiny")
    until(qtbot, lambda: surprise.shown and surprise.tokens == list("the cat"))
    assert not page.problem.isVisible()
    QTest.keyClicks(page.text, " s")
    until(qtbot, lambda: surprise.tokens == list("the cat s"))
    assert not page.form.isVisible(), "a temperature means nothing here"

    page.tabs.show_view("next_tokens")
    until(qtbot, lambda: following.shown)
    assert page.form.isVisible() and following.tail == "the cat s"
    before = following.candidates.rows
    page.form.set_values({"temperature": 0.1})
    until(qtbot, lambda: following.candidates.rows != before)
    assert following.candidates.rows[0][1] == before[0][1], "the model's own probabilities are the same"
    assert following.candidates.rows[0][2] > before[0][2], "and the likeliest is drawn more often"

    row = next(row for row, one in enumerate(following.candidates.rows) if len(one[0]) == 1)
    taken = following.candidates.rows[row][0]
    following.list.setCurrentIndex(following.candidates.index(row))
    QTest.keyClick(following.list, Qt.Key.Key_Return)
    assert page.text.toPlainText() == "the cat s" + taken
    until(qtbot, lambda: following.tail == "the cat s" + taken)

    page.text.setPlainText("")
    until(qtbot, lambda: not following.shown)
    state = page.state()
    page.text.setPlainText("x")
    page.restore(state)
    assert page.text.toPlainText() == "" and page.tabs.current() == "next_tokens"


def test_the_newest_question_wins_also_while_a_training_runs(
    panel_window: SimpleNamespace,
    give: Callable[[str], None],
    qtbot: Any,
    tmp_path: Path,
) -> None:
    give("tiny")
    jobs = panel_window.jobs
    run = jobs.submit(train_job(ID, tmp_path, None, max_steps=0, max_seconds=120))
    answers: list[tuple[int, Any]] = []
    for number in range(40):
        question = {"view": "surprise", "text": "x" * number + " the end"}
        jobs.ask(ID, "tiny", question, lambda answer, number=number: answers.append((number, answer)))
        jobs.ask(ID, "tiny", question | {"view": "next_tokens"}, lambda answer: answers.append((-1, answer)))
    until(qtbot, lambda: any(number == 39 for number, _ in answers) and any(number == -1 for number, _ in answers))
    assert len(answers) <= 4, "what was out of date was not worked on"
    assert "".join(dict(answers)[39]["tokens"]).endswith(" the end")
    until(qtbot, lambda: jobs.progress(run) is not None)
    assert jobs.is_running(run), "the training goes on"
    jobs.ask(ID, "nothing", {"view": "surprise", "text": "x"}, lambda answer: answers.append((-2, answer)))
    assert isinstance(dict(answers)[-2], Sentence), "no such model: said at once"
    jobs.stop(run)
    until(qtbot, lambda: not jobs.is_running(run))

    answers.clear()
    child = psutil.Process(jobs._asker._worker.pid)
    child.suspend()
    jobs.ask(ID, "tiny", {"view": "surprise", "text": "the cat"}, lambda answer: answers.append((1, answer)))
    until(qtbot, lambda: not jobs._asker._waiting)
    child.kill()
    until(qtbot, lambda: answers)
    assert isinstance(answers[0][1], Sentence) and "its process ended (-9)" in str(answers[0][1])
    until(qtbot, lambda: jobs._asker._worker is None)


def test_the_child_is_let_go_soon_where_a_job_begins(panel_window: SimpleNamespace) -> None:
    thread = asker.Asker(panel_window.jobs._worker)
    before = thread._rest_at
    thread.make_room()
    assert thread._last < thread._rest_at < before
    assert thread._rest_at == pytest.approx(thread._last + asker.IDLE_WITH_JOB)


def test_what_is_seen_of_a_training_beside_its_losses_shares_one_place(
    open_panel: Any, panel_window: SimpleNamespace, qtbot: Any
) -> None:
    panel = open_panel(ID)
    run = panel_window.project.runs.add({"generator": ID, "action": "train", "params": {}}, state="paused")
    panel.show_run(run)
    tabs = panel.train.tabs
    assert [tabs.bar.tabText(place) for place in range(tabs.bar.count())] == ["Samples", "Held-out passage"]
    tabs.show_view("surprise")
    view = panel.train.views["surprise"]
    panel_window.jobs._tell(run, Insight("surprise", SURPRISE, 7))
    until(qtbot, lambda: view.shown)
    assert view.passage.isVisible() and view.step == 7 and not panel.train.views["samples"].isVisible()
    again = open_panel(ID)
    again.restore(panel.state())
    assert again.train.tabs.current() == "surprise"
    alone = open_panel("image.vae")
    assert alone.train.tabs.bar.count() == 1 and not alone.train.tabs.bar.isVisible(), "nothing to choose from"


def test_what_may_follow_is_watched_beside_a_creation(
    open_panel: Any, panel_window: SimpleNamespace, qtbot: Any
) -> None:
    page = open_panel("text.pretrained").create
    watching = page.watching
    assert watching.is_open() and not watching.isVisible(), "there is nothing to see yet"
    watching.follow("one")
    assert watching.isVisible()
    panel_window.jobs._tell("other", Insight("next_tokens", NEXT, 1))
    view = watching.views["next_tokens"]
    assert not view.shown
    panel_window.jobs._tell("one", Insight("next_tokens", NEXT, 1))
    until(qtbot, lambda: view.shown)
    watching.follow("two")
    assert not view.shown, "of the one before nothing stays"
    watching.set_open(False)
    state = page.state()
    again = open_panel("text.pretrained").create
    again.restore(state)
    assert not again.watching.is_open() and not again.watching.tabs.isVisible()
    assert not open_panel("image.gan").create.watching.isVisible()


def test_of_insights_the_latest_of_each_view_and_slot_is_told(panel_window: SimpleNamespace) -> None:
    jobs = panel_window.jobs
    said = deque(Insight(view, {}, step, slot) for step in range(5) for view in ("a", "b") for slot in (0, 1))
    jobs._running["run"] = SimpleNamespace(said=said)
    heard: list[Insight] = []
    jobs.subscribe("run", Insight, heard.append)
    jobs._drain()
    del jobs._running["run"]
    assert sorted((one.view, one.slot, one.step) for one in heard) == [
        ("a", 0, 4),
        ("a", 1, 4),
        ("b", 0, 4),
        ("b", 1, 4),
    ]
