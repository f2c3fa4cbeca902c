"""A folder as diffusers leaves it: which kind of model it is, and what its files say. Imports neither torch nor diffusers.

Opened here are models that make pictures out of noise alone: a `UNet2DModel` and a scheduler, as a pipeline
(`model_index.json`, `unet/`, `scheduler/`; older ones have everything in one folder) or the network's folder by itself.
"""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from aigc_desktop import foreign_json
from aigc_desktop.engine import diffusers_kinds, model_files
from aigc_desktop.engine.tensor_files import MISSING, Stored, read_header
from aigc_desktop.i18n import mark
from aigc_desktop.media.base import why
from aigc_desktop.problems import BadInput, Sentence

INDEX, CONFIG, SCHEDULER = "model_index.json", "config.json", "scheduler_config.json"
WEIGHTS = "diffusion_pytorch_model.safetensors"
COMMAND = (
    "python -c \"from diffusers import DiffusionPipeline as P; P.from_pretrained('.').save_pretrained('converted')\""
)
NETWORK, EXPLODING = "UNet2DModel", "ScoreSdeVeScheduler"

MOST_TIMES = 100_000  # steps of a training's schedule
LARGEST = 2048  # pixels a side
WIDEST = 16_384  # channels
DEEPEST = 16  # levels
MOST_LAYERS = 64  # of a level
MOST_CLASSES = 1_000_000
BATCH, BATCH_PIXELS = 16, 1024  # pictures at once, of so many pixels each; fewer where they are larger
MOST_KEPT = 1 << 30  # bytes
KEPT = 40  # numbers per pixel and channel of the widest full-size layer that are in memory at once, measured

BROKEN = mark("The file {path} is broken: {reason}.")
NOT_SO = mark("In the file {path}, {name} cannot be {value}.")
OTHER = mark(
    "{path} is {kind} ({name}). Opened here are models that make pictures out of noise alone: a UNet2DModel of diffusers "
    "with its scheduler."
)
NO_SCHEDULER = mark(
    "The model {path} is not whole: its scheduler (scheduler_config.json) is missing, which says how noise was added while it "
    "learned."
)
OTHER_SCHEDULER = mark("{path} was trained for the scheduler {name}, which this version does not know.")
NO_PICTURE = mark("{path} makes no pictures that can be shown: they would have {channels} channels, not 1, 3 or 4.")


@dataclass(frozen=True)
class Model:
    """An unconditional model, or one that knows classes: where its parts are, and what its files say of them.

    `classes` are names ("0", "1", … where nobody wrote them down); `free`: the network has one more label, for no class.
    """

    folder: Path
    name: str  # the class of the pipeline, or of the network
    unet: Path  # the folder with the network's config.json and weights
    config: dict[str, Any]
    scheduler: dict[str, Any]
    width: int
    height: int
    channels: int
    classes: tuple[str, ...]
    free: bool

    @property
    def pixels(self) -> int:
        return self.width * self.height

    @property
    def batch(self) -> int:
        """How many pictures are made at once: enough to keep a processor busy, by their size alone, so that it never varies."""
        most = max(1, min(BATCH, BATCH * BATCH_PIXELS // self.pixels))
        while most > 1 and self.activations(most) > MOST_KEPT:
            most //= 2
        return 1 if self.scheduler["_class_name"] == EXPLODING else most

    def activations(self, batch: int = 1) -> int:
        """About how many bytes a step takes for so many pictures, besides the weights, at 32 bits."""
        widest = max(self.config["block_out_channels"][0], self.channels)
        return 4 * KEPT * batch * self.pixels * widest


def is_one(folder: Path) -> bool:
    """Whether diffusers, or a program around it, made what lies here; it may be of any kind."""
    return (folder / INDEX).is_file() or isinstance(_json(folder / CONFIG).get("_class_name"), str)


def opens(folder: Path) -> bool:
    """Whether this folder is meant to be a model that makes pictures out of noise, by its configuration alone."""
    values = _json(folder / INDEX)
    if values:
        return diffusers_kinds.is_open(values)
    return _json(folder / CONFIG).get("_class_name") == NETWORK


def packed(folder: Path, names: list[str]) -> BadInput | None:
    """What to say of a folder without any configuration that holds a model of another program's making, as one file."""
    lora = [name for name in names if name.startswith("pytorch_lora_weights.")]
    if lora:
        return BadInput(OTHER, path=folder, kind=Sentence(diffusers_kinds.LORA), name=lora[0])
    for name in (one for one in names if one.endswith(".safetensors")):
        try:
            tensors = read_header(folder / name)
        except BadInput:
            continue
        if any(one.startswith("model.diffusion_model.") for one in tensors):
            return BadInput(OTHER, path=folder, kind=Sentence(diffusers_kinds.CHECKPOINT), name=name)
    return None


def read(folder: Path) -> Model:
    """What the folder's JSON says, checked; BadInput for a folder of another kind, and for what cannot be."""
    _refuse_other(folder)
    unet = folder / "unet" if (folder / "unet").is_dir() else folder
    config = _config(unet / CONFIG)
    scheduler = _scheduler(folder)
    width, height, channels = _picture(unet / CONFIG, config)
    classes, free = _classes(folder, config)
    name = str(_json(folder / INDEX).get("_class_name") or NETWORK)
    return Model(folder, name, unet, config, scheduler, width, height, channels, classes, free)


def weights(model: Model) -> tuple[list[str], dict[str, Stored], tuple[str, ...]]:
    """The weight files in `model.unet`, every tensor in them, and pickles beside them; BadInput as `model_files.weights` and
    `read_header`."""
    pickles = tuple(sorted(one.name for one in model.unet.iterdir() if one.name.endswith(model_files.PICKLES)))
    files, index = model_files.weights(model.unet, pickles, WEIGHTS, COMMAND)
    tensors: dict[str, Stored] = {}
    for name in files:
        tensors |= read_header(model.unet / name)
    for name, file in index.items():
        if name not in tensors:
            raise BadInput(model_files.NOT_AS_INDEXED, path=model.unet / file, name=name)
    return files, tensors, pickles


def _refuse_other(folder: Path) -> None:
    if not (folder / INDEX).exists():
        name = str(_object(folder / CONFIG).get("_class_name"))
        if name != NETWORK:
            raise BadInput(OTHER, path=folder, kind=Sentence(diffusers_kinds.of_part(name)), name=name)
        return
    values = _object(folder / INDEX)
    if not diffusers_kinds.is_open(values):
        name = str(values.get("_class_name"))
        raise BadInput(OTHER, path=folder, kind=Sentence(diffusers_kinds.of_pipeline(name)), name=name)


def _config(path: Path) -> dict[str, Any]:
    """The network's settings; sizes that no network has would take memory or time before anything else is found."""
    config = _object(path)
    if config.get("_class_name") != NETWORK:
        raise BadInput(NOT_SO, path=path, name="_class_name", value=config.get("_class_name"))
    widths = config.get("block_out_channels", [224, 448, 672, 896])
    if not (isinstance(widths, list) and 1 <= len(widths) <= DEEPEST and all(_whole(one, WIDEST) for one in widths)):
        raise BadInput(NOT_SO, path=path, name="block_out_channels", value=widths)
    most = {
        "layers_per_block": MOST_LAYERS,
        "in_channels": WIDEST,
        "out_channels": WIDEST,
        "norm_num_groups": WIDEST,
        "attn_norm_num_groups": WIDEST,
        "attention_head_dim": WIDEST,
        "time_embedding_dim": 4 * WIDEST,
        "num_class_embeds": MOST_CLASSES,
        "num_train_timesteps": MOST_TIMES,
    }
    for name, high in most.items():
        if config.get(name) is not None and not _whole(config[name], high):
            raise BadInput(NOT_SO, path=path, name=name, value=config[name])
    for name in ("down_block_types", "up_block_types"):
        kinds = config.get(name)
        if kinds is not None and not (isinstance(kinds, list) and len(kinds) == len(widths)):
            raise BadInput(NOT_SO, path=path, name=name, value=kinds)
    return config | {"block_out_channels": widths}


def _scheduler(folder: Path) -> dict[str, Any]:
    places = (folder / "scheduler" / SCHEDULER, folder / SCHEDULER, folder.parent / "scheduler" / SCHEDULER)
    path = next((one for one in places if one.is_file()), None)
    if path is None:
        raise BadInput(NO_SCHEDULER, path=folder)
    values = _object(path)
    name = values.get("_class_name")
    if not isinstance(name, str) or name not in diffusers_kinds.SCHEDULERS:
        raise BadInput(OTHER_SCHEDULER, path=folder, name=name)
    checks = {
        "num_train_timesteps": _whole(values.get("num_train_timesteps", 1000), MOST_TIMES),
        "prediction_type": values.get("prediction_type", "epsilon") in ("epsilon", "v_prediction", "sample"),
        "beta_schedule": values.get("beta_schedule", "linear") in diffusers_kinds.SCHEDULES,
        "trained_betas": values.get("trained_betas") is None or _betas(values["trained_betas"]),
        "correct_steps": _whole(values.get("correct_steps", 1), 100),
    }
    for number in ("beta_start", "beta_end"):
        checks[number] = _number(values.get(number, 0.01), 0, 1)
    for number in ("clip_sample_range", "sample_max_value", "sigma_min", "sigma_max", "snr", "sampling_eps"):
        checks[number] = values.get(number) is None or _number(values[number], 0, 1e6)
    for name, fits in checks.items():
        if not fits:
            raise BadInput(NOT_SO, path=path, name=name, value=values.get(name))
    return values


def _picture(path: Path, config: dict[str, Any]) -> tuple[int, int, int]:
    """Width, height and channels of what the network makes."""
    size = config.get("sample_size")
    sides = [size, size] if type(size) is int else size
    if not (isinstance(sides, list) and len(sides) == 2 and all(_whole(one, LARGEST) for one in sides)):
        raise BadInput(NOT_SO, path=path, name="sample_size", value=size)
    halvings = 2 ** (len(config["block_out_channels"]) - 1)
    if any(one % halvings for one in sides):
        raise BadInput(NOT_SO, path=path, name="sample_size", value=size)
    channels, made = config.get("in_channels", 3), config.get("out_channels", 3)
    if channels not in (1, 3, 4):
        raise BadInput(NO_PICTURE, path=path.parent, channels=channels)
    if made not in (channels, 2 * channels):  # twice as many where the variance was learned too
        raise BadInput(NOT_SO, path=path, name="out_channels", value=made)
    return sides[1], sides[0], channels


def _classes(folder: Path, config: dict[str, Any]) -> tuple[tuple[str, ...], bool]:
    """The names of the classes, and whether there is a label for none of them: one more than there are names."""
    count = config.get("num_class_embeds")
    if count is None or config.get("class_embed_type") is not None:
        return (), False
    names = _json(folder / CONFIG).get("classes")
    if isinstance(names, list) and all(isinstance(one, str) for one in names) and len(names) in (count, count - 1):
        return tuple(names), len(names) < count
    return tuple(map(str, range(count))), False


def _object(path: Path) -> dict[str, Any]:
    """A JSON object; BadInput where the file is missing or holds none."""
    try:
        values = foreign_json.parse(path.read_bytes())
    except FileNotFoundError:
        raise BadInput(MISSING, path=path.parent, file=path.name) from None
    except OSError as error:
        raise BadInput(BROKEN, path=path, reason=why(error)) from None
    except ValueError:
        raise BadInput(BROKEN, path=path, reason=Sentence(mark("it is no JSON"))) from None
    if not isinstance(values, dict):
        raise BadInput(BROKEN, path=path, reason=Sentence(mark("it holds no settings")))
    return values


def _json(path: Path) -> dict[str, Any]:
    """A JSON object that may be missing; {} for whatever is none."""
    try:
        values = foreign_json.parse(path.read_bytes())
    except (OSError, ValueError):
        return {}
    return values if isinstance(values, dict) else {}


def _whole(value: Any, high: int) -> bool:
    return type(value) is int and 1 <= value <= high


def _number(value: Any, low: float, high: float) -> bool:
    return type(value) in (int, float) and low <= value <= high


def _betas(values: Any) -> bool:
    return isinstance(values, list) and 1 <= len(values) <= MOST_TIMES and all(_number(one, 0, 1) for one in values)
