"""The smallest real settings of every generator: one line each, and nothing else is needed to add one to the contract."""

from pathlib import Path
from typing import Any

from aigc_desktop.engine import registry
from aigc_desktop.engine.job import Job
from aigc_desktop.engine.params import describe

TINY: dict[str, dict[str, dict[str, Any]]] = {
    "text.lstm": {
        "train": {"layers": 1, "width": 16, "batch_size": 4},
        "create": {"prompt": "the ", "max_new_tokens": 8},
    },
    "text.gpt": {
        "train": {"layers": 1, "heads": 2, "width": 16, "context": 16, "batch_size": 4},
        "create": {"prompt": "the ", "max_new_tokens": 8, "precision": "float32"},
    },
    "text.pretrained": {"create": {"prompt": "the ", "max_new_tokens": 8, "precision": "float32"}},
    "text.finetune": {
        "train": {"method": "full", "sequence_length": 16, "batch_size": 4},
        "create": {"prompt": "the ", "max_new_tokens": 8, "precision": "float32"},
    },
    "image.gan": {"train": {"latent_size": 4, "batch_size": 8}, "create": {"count": 2}},
    "image.dcgan": {"train": {"latent_size": 4, "width": 4, "batch_size": 8}, "create": {"count": 2}},
    "image.ddpm": {"train": {"width": 8, "batch_size": 8}, "create": {"count": 2, "steps": 2, "precision": "float32"}},
    "image.stylegan": {"train": {"width": 4, "w_size": 4, "batch_size": 4}, "create": {"count": 2}},
    "image.vae": {"train": {"latent_size": 4, "width": 16, "batch_size": 8}, "create": {"count": 2}},
}


def data(kind: str, folder: Path) -> Path:
    """A few real files of this kind of data."""
    path = folder / f"data-{kind}"
    if path.exists():
        return path
    path.mkdir(parents=True)
    if kind == "texts":
        for number in range(12):
            words = " ".join(f"the {word} sees {number} birds\n" for word in ("cat", "dog", "owl", "fox", "hen"))
            (path / f"{number}.txt").write_text(words * 6, encoding="utf-8")
    elif kind == "pictures":
        import numpy as np
        from PIL import Image

        random = np.random.default_rng(0)
        for number in range(40):
            pixels = random.integers(0, 40, (8, 8), dtype=np.uint8)
            pixels[number % 8, :] = 255
            Image.fromarray(pixels).save(path / f"{number}.png")
    else:
        raise KeyError(f"say here how to make a few files of {kind}")
    return path


def train_job(generator: str, folder: Path, project: Path | None, **params: Any) -> Job:
    """A training of two steps (or as `params` say) on a few files."""
    spec = registry.get(generator)
    assert spec.data is not None
    values = {"precision": "float32", "max_steps": 2} | TINY[generator]["train"] | _bases(spec, folder) | params
    return Job(
        generator=generator,
        action="train",
        params=values,
        data=str(data(spec.data.name, folder)),
        seed=3,
        name="tiny",
        project=str(project) if project else None,
    )


def _bases(spec: registry.Spec, folder: Path) -> dict[str, str]:
    """For each model that the training begins with a small one."""
    assert spec.train is not None
    names = [one.name for one in describe(spec.train) if one.kind == "model"]
    return {name: str(_language_model(folder / "base")) for name in names}


def _language_model(folder: Path) -> Path:
    from tests.language_models import tiny_llama

    return folder if folder.exists() else tiny_llama(folder)


def model_folder(generator: str, folder: Path) -> Path:
    """A model that was not made here, for a generator that opens such folders."""
    if generator != "text.pretrained":
        raise KeyError(f"say here what {generator} opens")
    return _language_model(folder / "model")


def create_job(generator: str, model: str, project: Path | None, **params: Any) -> Job:
    """A creation with a model of that training, or any that it opens."""
    values = TINY[generator]["create"] | params
    return Job(action="create", params=values, model=model, seed=7, project=str(project) if project else None)
