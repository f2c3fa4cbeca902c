"""A model's folder dropped on the window or chosen: what the doctor says of it, before anything is loaded."""

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from PySide6.QtCore import QMimeData, QPointF, Qt, QUrl
from PySide6.QtGui import QDropEvent
from PySide6.QtWidgets import QLabel

from aigc_desktop.engine.registry import Found
from aigc_desktop.ui.model_report import ModelReport
from tests.ui import walk_world
from tests.ui.panels import SECONDS

OLD_CODE = {"auto_map": {"AutoModelForCausalLM": "modeling_own.Own"}}


@pytest.fixture
def llama(shared_data: Path, tmp_path: Path) -> Path:
    """A copy of a real language model's folder."""
    folder = tmp_path / "stories"
    shutil.copytree(shared_data / "weights" / "stories260k_hf_llama", folder)
    for path in [folder, *folder.iterdir()]:
        path.chmod(0o755)
    return folder


def texts(report: ModelReport) -> list[str]:
    """What can be read in it, from top to bottom."""
    walk_world.settle()  # what was just said finds its place
    seen = [label for label in report.findChildren(QLabel) if label.isVisibleTo(report) and label.text()]
    places = {label: label.mapTo(report, label.rect().topLeft()) for label in seen}
    return [label.text() for label in sorted(seen, key=lambda label: (places[label].y() // 4, places[label].x()))]


def chosen(qtbot: Any, panel: Any, folder: Path) -> list[str]:
    """Choose the folder in a Create page; what its report says."""
    page = panel.create
    page.choose_model(str(folder))
    qtbot.waitUntil(lambda: page.report.report is not None, timeout=SECONDS)
    assert page.report.isVisible() and page.report.report.folder == folder
    return texts(page.report)


def test_a_good_model_in_four_lines(qtbot: Any, open_panel: Any, llama: Path) -> None:
    said = chosen(qtbot, open_panel("text.pretrained"), llama)
    assert said[0] == "LlamaForCausalLM · 260,032 parameters · reads 512 tokens at once"
    assert said[1::3] == ["32-bit", "16-bit (bfloat16)", "8-bit (int8)"]
    assert all("GB of memory" in one or "MB of memory" in one for one in said[2::3]) and said[3::3] == ["fits"] * 3
    assert len(said) == 10


def test_the_classes_that_it_knows_are_offered_and_where_it_knows_none_nothing_asks_for_one(
    qtbot: Any, open_panel: Any, noise: Path
) -> None:
    panel = open_panel("image.ddpm")
    panel.show_action("create")
    form = panel.create.form
    chosen(qtbot, panel, noise)
    assert not form.field("by_class").isVisible() and "guidance" not in form.counting()
    unet = json.loads((noise / "unet" / "config.json").read_text(encoding="utf-8")) | {"num_class_embeds": 3}
    (noise / "unet" / "config.json").write_text(json.dumps(unet), encoding="utf-8")
    (noise / "config.json").write_text(json.dumps({"classes": ["猫", "dog"]}), encoding="utf-8")
    panel.create.choose_model(str(noise))
    qtbot.waitUntil(form.field("by_class").isVisible, timeout=SECONDS)
    box = form.field("by_class").box
    assert [box.itemText(place) for place in range(box.count())] == ["", "猫", "dog"]
    assert form.counting()["guidance"] == 1.5


def change(folder: Path, **values: Any) -> None:
    config = json.loads((folder / "config.json").read_text(encoding="utf-8"))
    (folder / "config.json").write_text(json.dumps(config | values), encoding="utf-8")


def no_tokenizer(folder: Path) -> None:
    (folder / "tokenizer.json").unlink()


def no_weights(folder: Path) -> None:
    (folder / "model.safetensors").unlink()


def pickled(folder: Path) -> None:
    (folder / "model.safetensors").rename(folder / "pytorch_model.bin")


def no_config(folder: Path) -> None:
    (folder / "config.json").unlink()


BROKEN: list[tuple[Callable[[Path], None], str]] = [
    (no_tokenizer, "tokenizer.json"),
    (no_weights, "model.safetensors"),
    (pickled, "pytorch_model.bin"),
    (no_config, "config.json"),
]


@pytest.mark.parametrize(("spoil", "names"), BROKEN)
def test_what_is_missing_is_named_and_said_at_once(
    qtbot: Any, open_panel: Any, llama: Path, spoil: Callable[[Path], None], names: str
) -> None:
    spoil(llama)
    panel = open_panel("text.pretrained")
    said = chosen(qtbot, panel, llama)
    report = panel.create.report.report
    assert report.problem is not None and str(report.problem) in said and names in str(report.problem)


def test_warnings_stand_under_what_it_needs(qtbot: Any, open_panel: Any, llama: Path) -> None:
    (llama / "pytorch_model.bin").write_bytes(b"\x80\x04")
    change(llama, **OLD_CODE)
    panel = open_panel("text.pretrained")
    said = chosen(qtbot, panel, llama)
    assert any("program code of its own" in one for one in said[-2:])
    assert any("pickles, which are not read" in one for one in said[-2:])
    assert panel.create.report.report.can_be_opened


def test_memory_that_is_not_there(qtbot: Any, open_panel: Any, panel_window: SimpleNamespace, llama: Path) -> None:
    panel_window.settings["memory_gb"] = 1
    make_huge(llama / "model.safetensors")
    said = chosen(qtbot, open_panel("text.pretrained"), llama)
    assert "does not fit" in said and any("not enough memory" in one for one in said)


def make_huge(path: Path) -> None:
    """18 GB of weights that take no room on the disk: nothing but zeros, which nobody reads."""
    rows = 30_000
    tensors = {f"model.layers.{layer}.mlp.up_proj.weight": [rows, rows] for layer in range(5)}
    header, place = {}, 0
    for name, shape in tensors.items():
        size = 4 * shape[0] * shape[1]
        header[name] = {"dtype": "F32", "shape": shape, "data_offsets": [place, place + size]}
        place += size
    text = json.dumps(header).encode()
    with path.open("wb") as file:
        file.write(len(text).to_bytes(8, "little") + text)
        file.truncate(8 + len(text) + place)


def test_what_was_put_right_meanwhile_is_seen(qtbot: Any, open_panel: Any, llama: Path) -> None:
    kept = (llama / "tokenizer.json").read_bytes()
    no_tokenizer(llama)
    panel = open_panel("text.pretrained")
    assert any("tokenizer.json" in one for one in chosen(qtbot, panel, llama))
    (llama / "tokenizer.json").write_bytes(kept)
    panel.hide()
    panel.show()
    report = panel.create.report
    qtbot.waitUntil(lambda: report.report.can_be_opened, timeout=SECONDS)
    assert len(texts(report)) == 10


def test_another_choice_while_it_is_looked_at(qtbot: Any, open_panel: Any, llama: Path, tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    panel = open_panel("text.pretrained")
    panel.create.choose_model(str(tmp_path / "empty"))
    assert texts(panel.create.report) == ["Looking at it…"]
    said = chosen(qtbot, panel, llama)
    assert said[0].startswith("LlamaForCausalLM")


def test_the_base_of_a_fine_tuning(qtbot: Any, open_panel: Any, llama: Path) -> None:
    panel = open_panel("text.finetune")
    page = panel.train
    report = page.reports["base"]
    assert not report.isVisible()
    page.form.set_values({"base": str(llama)})
    qtbot.waitUntil(lambda: report.report is not None, timeout=SECONDS)
    assert texts(report)[0].startswith("LlamaForCausalLM") and report.isVisible()
    field = page.form.field("base")
    assert report.mapTo(page, report.rect().topLeft()).y() >= field.mapTo(page, field.rect().bottomLeft()).y()


def test_generators_that_train_their_own_have_no_report(open_panel: Any) -> None:
    panel = open_panel("text.lstm")
    assert panel.create.report is None and panel.train.reports == {}


# Dropped on the window ------------------------------------------------------------------------------------------------


def drop(window: Any, path: Path) -> None:
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(path))])
    window.dropEvent(
        QDropEvent(
            QPointF(300, 300),
            Qt.DropAction.CopyAction,
            data,
            Qt.MouseButton.LeftButton,
            Qt.KeyboardModifier.NoModifier,
        )
    )


def test_a_sound_model_of_another_medium_is_told_of(qtbot: Any, open_panel: Any, llama: Path) -> None:
    panel = open_panel("image.ddpm")
    panel.show_action("create")
    said = chosen(qtbot, panel, llama)
    assert said[-1] == "This is a model for “Pretrained model”; drop it on the window to open it there."


def test_a_dropped_model_is_chosen_and_data_is_learned_from(
    world: walk_world.World, llama: Path, tiny_text: Path
) -> None:
    window = world.window
    for path in (llama, llama / "model.safetensors"):
        window.open_generator("image.gan", action="train")
        drop(window, path)
        walk_world.until(lambda: window.panels.get("text.pretrained").create.model.value() == str(llama))
        panel = window.panels.get("text.pretrained")
        assert panel.action() == "create" and panel.isVisible()
        walk_world.until(lambda panel=panel: panel.create.report.report is not None)
        panel.create.choose_model("")
    folder = tiny_text.parent / "book"
    folder.mkdir()
    shutil.copy(tiny_text, folder / "a.txt")
    drop(window, folder)
    train = window.panels.get("text.lstm").train
    walk_world.until(lambda: train.data.path == str(folder) and isinstance(train.data.found, Found))


def test_a_dropped_model_that_writes_no_text_is_said_to_be_that(world: walk_world.World, llama: Path) -> None:
    change(llama, model_type="bert", architectures=["BertForMaskedLM"])
    drop(world.window, llama)
    walk_world.until(lambda: "drop" in world.window.notices.texts())
    assert "BertForMaskedLM" in world.window.notices.texts()["drop"]


def test_a_dropped_folder_of_pickles_only_is_said_to_lack_its_configuration(
    world: walk_world.World, tmp_path: Path
) -> None:
    world.window.notices.remove("drop")
    (tmp_path / "old").mkdir()
    (tmp_path / "old" / "pytorch_model.bin").write_bytes(b"\x80\x04")
    drop(world.window, tmp_path / "old")
    walk_world.until(lambda: "drop" in world.window.notices.texts())
    assert "config.json" in world.window.notices.texts()["drop"]


# Folders of diffusers -------------------------------------------------------------------------------------------------


@pytest.fixture
def noise(tmp_path: Path) -> Path:
    """A pipeline that makes pictures out of noise, as far as one looks at it without opening it."""
    folder = tmp_path / "noise"
    unet = {"_class_name": "UNet2DModel", "sample_size": 8, "in_channels": 1, "out_channels": 1, "layers_per_block": 1}
    unet |= {"block_out_channels": [8, 8], "down_block_types": ["DownBlock2D"] * 2, "up_block_types": ["UpBlock2D"] * 2}
    unet |= {"norm_num_groups": 4, "attention_head_dim": 4}
    index = {
        "_class_name": "DDPMPipeline",
        "scheduler": ["diffusers", "DDPMScheduler"],
        "unet": ["diffusers", "UNet2DModel"],
    }
    header = json.dumps(
        {f"part {n}": {"dtype": "F32", "shape": [4], "data_offsets": [16 * n, 16 * n + 16]} for n in range(60)}
    ).encode()
    for name, content in (
        ("model_index.json", json.dumps(index).encode()),
        ("unet/config.json", json.dumps(unet).encode()),
        ("scheduler/scheduler_config.json", json.dumps({"_class_name": "DDPMScheduler"}).encode()),
        ("unet/diffusion_pytorch_model.safetensors", len(header).to_bytes(8, "little") + header + bytes(960)),
    ):
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(content)
    return folder


def test_a_dropped_diffusers_folder_opens_the_page_that_draws_with_it(world: walk_world.World, noise: Path) -> None:
    window = world.window
    for path in (noise, noise / "unet" / "diffusion_pytorch_model.safetensors", noise / "model_index.json"):
        window.open_generator("image.gan", action="train")
        drop(window, path)
        walk_world.until(lambda: window.panels.get("image.ddpm").create.model.value() == str(noise))
        panel = window.panels.get("image.ddpm")
        assert panel.action() == "create" and panel.isVisible()
        walk_world.until(lambda panel=panel: panel.create.report.report is not None)
        assert texts(panel.create.report)[0].startswith("DDPMPipeline · 240 parameters · pictures of 8 × 8 pixels")
        panel.create.choose_model("")
    assert str(noise) not in window.settings["models"], "pages that write do not offer it"


def test_a_dropped_pipeline_of_another_kind_is_said_to_be_that(world: walk_world.World, noise: Path) -> None:
    world.window.notices.remove("drop")
    index = {"_class_name": "StableDiffusionPipeline", "vae": ["diffusers", "AutoencoderKL"]}
    (noise / "model_index.json").write_text(json.dumps(index), encoding="utf-8")
    drop(world.window, noise)
    walk_world.until(lambda: "drop" in world.window.notices.texts())
    assert "StableDiffusionPipeline" in world.window.notices.texts()["drop"]
    world.window.notices.remove("drop")
