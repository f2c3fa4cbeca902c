"""Items: saved with all that was used, in the row and inside the file; renamed, trashed, restored."""

from pathlib import Path

import pytest

from aigc_desktop import __version__
from aigc_desktop.library.disk import Full
from aigc_desktop.library.item import KEPT
from aigc_desktop.library.project import Project
from aigc_desktop.media import kinds
from aigc_desktop.media.base import Media, sha256
from aigc_desktop.media.clip import Clip
from aigc_desktop.media.picture import Picture
from aigc_desktop.media.text import Text
from aigc_desktop.problems import BadInput
from tests.library.makers import add, add_model, every_media, files, job, picture


@pytest.mark.parametrize("media", every_media(), ids=lambda media: f"{media.medium} {media.dimensions}")
def test_every_medium_is_saved_with_how_it_was_made(project: Project, media: Media) -> None:
    run = project.runs.add(job())
    item = project.items.add(
        media,
        name="名字 / one",
        job=job("a cat 猫"),
        seed=2**62,
        expanded={"prompt": "a red cat"},
        run=run,
        parents=["x"],
    )
    assert project.items.get(item.id) == item
    assert (item.medium, item.name, item.prompt, item.seed) == (media.medium, "名字 / one", "a red cat", 2**62)
    assert (item.generator, item.model, item.run, item.parents) == ("image.gan", None, run, ["x"])
    assert item.job["params"] == {"prompt": "a cat 猫"} and item.app_version == __version__
    assert item.expanded == {"prompt": "a red cat"}
    assert item.created.endswith("+00:00") and item.sha256 == media.digest()
    content = item.path.read_bytes()
    assert item.file_sha256 == sha256(content) and item.bytes == len(content)
    assert ((item.width, item.height) if item.width else None) == media.dimensions
    assert item.path.parent.parent == project.path / "items" and item.path.suffix == media.suffix
    inside = kinds.read_metadata(item.path)
    assert inside is not None and {name: inside[name] for name in KEPT} == {name: getattr(item, name) for name in KEPT}
    if not isinstance(media, Clip):  # lossy
        assert kinds.read(item.path).digest() == item.sha256


def test_a_thumbnail_is_the_picture_itself_where_that_is_small(project: Project) -> None:
    small, large, text = add(project, picture(size=28)), add(project, picture(size=600)), add(project, Text("x"))
    assert small.thumbnail == small.path and text.thumbnail is None
    assert large.thumbnail is not None and Picture.read(large.thumbnail).dimensions == (256, 256)
    project.items.trash(small.id)
    trashed = project.items.get(small.id)
    assert trashed.thumbnail == trashed.path and trashed.path.exists()


def test_the_projects_place_stays_out_of_items(project: Project) -> None:
    item = project.items.add(picture(), job=job() | {"project": str(project.path)}, seed=0)
    assert item.job["project"] is None
    assert str(project.path).encode() not in item.path.read_bytes()


def test_the_same_again_has_the_same_content_but_is_another_item(project: Project) -> None:
    one, two = add(project, picture(9)), add(project, picture(9))
    assert one.id != two.id and one.path != two.path
    assert one.sha256 == two.sha256 and one.file_sha256 != two.file_sha256


def test_ids_sort_by_time(project: Project) -> None:
    made = [add(project).id for _ in range(20)]
    assert made == sorted(made) and len(set(made)) == 20
    assert [item.id for item in project.items.search()] == made[::-1]
    assert [item.id for item in project.items.search(newest_first=False, limit=5, offset=2)] == made[2:7]
    assert project.items.ids() == made[::-1]


def test_an_item_without_a_name_gets_a_readable_one(project: Project) -> None:
    add_model(project, "gan on mnist")
    assert [add(project, model="gan on mnist").name for _ in range(2)] == ["gan on mnist 1", "gan on mnist 2"]
    assert add(project, prompt="A small\ncat").name == "A small cat 1"
    assert add(project, prompt="春天来了").name == "春天来了 1"
    assert add(project, prompt="one two three four five six seven eight nine ten").name == (
        "one two three four five six seven eight… 1"
    )
    assert add(project).name == "gan 1"


def test_an_item_names_its_model_as_the_project_does(project: Project, tmp_path: Path) -> None:
    model = add_model(project, "Gan on mnist", generator="image.gan")
    assert add(project, model="gan ON mnist").model == "Gan on mnist"
    assert add(project, model=str(model.path)).model == "Gan on mnist"
    assert add(project, model=str(tmp_path / "elsewhere" / "gpt2")).model == "gpt2"
    assert add(project, model="Gan on mnist", generator="").generator == "image.gan"


def test_rename_changes_row_metadata_and_file_name_but_not_the_content(project: Project) -> None:
    for media in every_media():
        item = add(project, media, name="before")
        before = kinds.read(item.path).digest()
        renamed = project.items.rename(item.id, " after  春 / 1\u202e ")
        assert renamed.name == "after 春 / 1" and "after 春 - 1" in renamed.path.name
        assert renamed.path.exists() and not item.path.exists()
        assert (kinds.read_metadata(renamed.path) or {})["name"] == "after 春 / 1"
        assert kinds.read(renamed.path).digest() == before
        assert renamed.file_sha256 == sha256(renamed.path.read_bytes()) and renamed.sha256 == item.sha256
        assert renamed.thumbnail is None or renamed.thumbnail.exists()
        assert [one.id for one in project.items.search("after")] == [item.id]
        project.items.trash(item.id)
    assert project.items.search("before") == [] and project.verify() == []


def test_rename_needs_a_name(project: Project) -> None:
    item = add(project, name="one")
    with pytest.raises(BadInput, match="at least one letter"):
        project.items.rename(item.id, " \u200e\t")
    assert project.items.rename(item.id, "one") == item
    project.items.trash(item.id)
    with pytest.raises(BadInput, match="in the trash"):
        project.items.rename(item.id, "two")


@pytest.mark.parametrize("media", every_media(), ids=lambda media: f"{media.medium} {media.dimensions}")
def test_trash_and_restore_bring_everything_back(project: Project, media: Media) -> None:
    item = add(project, media)
    before = files(project.path / "items")
    project.items.trash(item.id)
    project.items.trash(item.id)
    assert files(project.path / "items") == set() and files(project.path / "trash" / "items") == {
        path.removeprefix("items/") for path in before
    }
    assert project.items.count() == 0 and project.items.count(trashed=True) == 1
    trashed = project.items.get(item.id)
    assert trashed.trashed and trashed.path.exists()
    assert kinds.read_metadata(trashed.path) is not None
    project.items.restore(item.id)
    project.items.restore(item.id)
    assert project.items.get(item.id) == item and files(project.path / "items") == before
    assert project.verify() == []


def test_trashing_what_is_missing_says_so_and_changes_nothing(project: Project) -> None:
    item = add(project)
    item.path.unlink()
    with pytest.raises(BadInput, match="is missing"):
        project.items.trash(item.id)
    assert not project.items.get(item.id).trashed
    with pytest.raises(BadInput, match="is missing"):
        project.items.rename(item.id, "new")


def test_emptying_the_trash_deletes_only_what_is_in_it(project: Project) -> None:
    kept = add(project, Text("kept"))
    for media in every_media():
        project.items.trash(add(project, media).id)
    assert project.items.empty_trash() == 5
    assert files(project.path / "trash" / "items") == set() and files(project.path / "thumbnails") == set()
    assert [item.id for item in project.items.search()] == [kept.id] and project.items.count(trashed=True) == 0
    assert kept.path.exists() and project.verify() == []


def test_an_unknown_item(project: Project) -> None:
    with pytest.raises(BadInput, match="There is no item nothing"):
        project.items.get("nothing")
    with pytest.raises(BadInput):
        project.items.trash("nothing")


def test_a_save_that_fails_leaves_neither_row_nor_file(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    import aigc_desktop.library.items as module

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(module, "insert", full)
    for media in every_media()[:2]:
        with pytest.raises(Full, match="full"):
            add(project, media)
    assert files(project.path / "items") == set() and project.items.count() == 0


def test_a_file_that_a_sweep_took_during_a_save_is_written_again(
    project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    write, times = Picture.write, []

    def write_and_lose(self: Picture, path: Path, metadata: object = None) -> Path:
        target = write(self, path, metadata)  # type: ignore[arg-type]
        times.append(target)
        return target

    class Database:
        def __getattr__(self, name: str) -> object:
            return getattr(real, name)

        def writing(self) -> object:
            if len(times) == 1:
                times[0].unlink()
                times.append(times[0])
            return real.writing()

    real = project._database
    monkeypatch.setattr(Picture, "write", write_and_lose)
    project.items._database = Database()  # type: ignore[assignment]
    item = add(project)
    assert item.path.exists() and len(times) == 3


def test_a_save_that_is_interrupted_after_its_row_keeps_its_file(
    project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    import aigc_desktop.library.items as module

    real = module.insert

    def interrupted(*values: object) -> None:
        real(*values)  # type: ignore[arg-type]
        project._database.execute("COMMIT")
        raise KeyboardInterrupt

    monkeypatch.setattr(module, "insert", interrupted)
    with pytest.raises(KeyboardInterrupt):
        add(project)
    assert project.items.search()[0].path.exists() and project.verify() == []
