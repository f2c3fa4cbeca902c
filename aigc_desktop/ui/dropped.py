"""Files dropped on the window, not on a panel: a model is created with; from anything else the first that can, learns."""

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QMimeData

from aigc_desktop.engine import doctor, registry
from aigc_desktop.engine.events import Progress
from aigc_desktop.engine.job import Job
from aigc_desktop.engine.worker import Examined
from aigc_desktop.i18n import tr

if TYPE_CHECKING:
    from aigc_desktop.ui.main_window import MainWindow

ITEM = "application/x-aigc-item"  # dragged from the library: for a panel, not for the window
PARTS = (
    *("config.json", "adapter_config.json", "tokenizer.json", ".safetensors", ".gguf", "pytorch_model.bin"),
    *("model_index.json", "diffusion_pytorch_model.bin"),
)
INNER = (
    "unet",
    "scheduler",
    "vae",
    "text_encoder",
    "tokenizer",
)  # what diffusers calls the folders of a pipeline's parts
# What the doctor says of any folder that was never meant to be a model.
NO_MODEL = (doctor.NO_FOLDER, doctor.NO_CONFIG, doctor.A_FILE, doctor.BROKEN_CONFIG)


def paths(data: QMimeData) -> list[str]:
    """The files and folders that are being dragged here from outside."""
    return [] if data.hasFormat(ITEM) else [url.toLocalFile() for url in data.urls() if url.isLocalFile()]


def use(window: "MainWindow", dropped: list[str], then: Callable[[registry.Spec, str], object] | None = None) -> None:
    """Open the panel that creates with the model that was dropped, or can learn from it (or do `then`); else say why none can.

    Whether a folder is a model, is looked at in the process that looks at data: a slow disk keeps nobody waiting.
    """
    if len(dropped) != 1:
        window.notices.show_sentence("drop", tr("Drop one file, one folder or one zip at a time."))
        return
    path = dropped[0]
    data = tuple(suffix for spec in registry.specs().values() if spec.data is not None for suffix in spec.data.suffixes)
    if then is not None or path.lower().endswith((*data, ".zip")):
        _learn(window, path, then)
        return
    model = _folder_of(Path(path))

    def examined(found: Any) -> None:
        if not isinstance(found, Examined):
            _learn(window, path)
        elif found.generator:
            window.notices.remove("drop")
            window.open_generator(found.generator, Job(generator=found.generator, action="create", model=model))
        elif found.report.problem is not None and found.report.problem.pattern not in NO_MODEL:
            window.notices.show_sentence("drop", str(found.report.problem))
        else:
            _learn(window, path, otherwise=str(found.report.problem) if found.report.pickles else "")

    window.jobs.examine(model, examined)


def _folder_of(path: Path) -> str:
    """The model's folder, of which a file was dropped."""
    if not path.name.lower().endswith(PARTS):
        return str(path)
    inner = path.parent.name in INNER
    return str(path.parent.parent if inner else path.parent)


def _learn(
    window: "MainWindow", path: str, then: Callable[[registry.Spec, str], object] | None = None, otherwise: str = ""
) -> None:
    able = [spec for spec in registry.specs().values() if spec.data is not None and spec.train is not None]
    able.sort(key=lambda spec: not path.lower().endswith(tuple(spec.data.suffixes)))
    _ask(window, path, able, then or (lambda spec, path: _open(window, spec, path)), otherwise)


def _open(window: "MainWindow", spec: registry.Spec, path: str) -> None:
    window.open_generator(spec.id, Job(generator=spec.id, data=path))


def _ask(
    window: "MainWindow",
    path: str,
    specs: list[registry.Spec],
    then: Callable[[registry.Spec, str], object],
    otherwise: str,
) -> None:
    if not specs:
        return
    first, *others = specs

    def answered(found: Any) -> None:
        if isinstance(found, Progress):
            return
        if isinstance(found, registry.Found):
            window.notices.remove("drop")
            then(first, path)
        elif others:
            _ask(window, path, others, then, otherwise)
        else:
            window.notices.show_sentence("drop", otherwise or str(found))

    window.jobs.look(first.id, path, answered)
