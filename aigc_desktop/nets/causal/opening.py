"""A language model opened for writing: with an adapter where one is chosen, in a precision for which there is memory."""

from pathlib import Path
from typing import Any

import torch

from aigc_desktop.engine import adapter_files, doctor, loaded
from aigc_desktop.engine.doctor import Report
from aigc_desktop.engine.run import Run
from aigc_desktop.i18n import mark
from aigc_desktop.nets.causal import adapters, int8, precision
from aigc_desktop.nets.causal.loading import Language
from aigc_desktop.nets.causal.params import Write
from aigc_desktop.problems import BadInput, Sentence

STORED = {"F16": torch.float16, "BF16": torch.bfloat16}
NAMES = {"float32": mark("32-bit"), "bfloat16": mark("16-bit (bfloat16)"), "int8": mark("8-bit (int8)")}

TOO_LARGE = mark(
    "There is not enough memory for the model {path} in {wanted}: it takes {need} GB, and {room} GB are free for it. "
    "Choose {other}, or close other programs."
)
OTHERWISE = mark("This model cannot be computed in {wanted} here; it writes in {used}.")


def for_writing(folder: Path, params: Write, run: Run) -> Language:
    """The model in this folder as `params` want it; it stays loaded for the next creation.

    BadInput as `loading.load`, and where there is not enough memory for the precision that was asked for.
    """
    adapter, changed = None, 0
    if params.adapter:
        adapter = run.project.models.find(params.adapter) if run.project is not None else Path(params.adapter)
        adapter_files.settings(adapter)
        changed = (adapter / adapter_files.WEIGHTS).stat().st_mtime_ns
    how = ("write", str(run.device), str(adapter), changed, params.adapter_strength, params.precision)
    return loaded.model(folder, lambda: _open(folder, adapter, params, run), *how)


def _open(folder: Path, adapter: Path | None, params: Write, run: Run) -> Language:
    report = doctor.examine(folder)
    wanted = _fitting(report, params.precision) if run.device.type == "cpu" else params.precision
    # As wide as the file has it: such weights are mapped, and take no memory of their own until they are converted.
    dtype = STORED.get(report.stored, torch.float32) if adapter is None and report.kind == "causal" else torch.float32
    language = adapters.opened(folder, run.device, dtype, adapter, params.adapter_strength)
    used = precision.prepare(language.model, wanted)
    if used != "bfloat16":
        _widen(language.model)
    if wanted not in ("auto", used):
        names = {"wanted": Sentence(NAMES[wanted]), "used": Sentence(NAMES[used])}
        run.message(OTHERWISE, "warning", **names)
    return language


def _fitting(report: Report, wanted: str) -> str:
    """The precision to use; "auto" becomes one that fits where 32 bits do not."""
    fitting = [one.precision for one in report.needs if one.fits]
    if not report.needs or not fitting or wanted in fitting:
        return wanted  # where nothing fits the doctor has refused the folder
    if wanted == "auto":
        return wanted if "float32" in fitting else fitting[0]
    need = next(one for one in report.needs if one.precision == wanted)
    raise BadInput(
        TOO_LARGE,
        path=report.folder,
        wanted=Sentence(NAMES[wanted]),
        need=f"{(need.bytes + doctor.RUNTIME) / 1e9:.1f}",
        room=f"{report.room / 1e9:.1f}",
        other=Sentence(NAMES[fitting[0]]),
    )


def _widen(model: Any) -> None:
    """All that is left in 16 bits becomes float32, tensor by tensor."""
    for module in model.modules():
        if not isinstance(module, int8.HalfEmbedding):
            for one in module.parameters(recurse=False):
                if one.is_floating_point():
                    one.data = one.data.float()
