"""The U-Net of diffusers, in the way that runs fastest here: the same weights by the same names, the same answers."""

from collections.abc import Mapping
from typing import Any

import torch
from diffusers.models.attention_processor import Attention
from diffusers.models.resnet import ResnetBlock2D
from diffusers.models.unets.unet_2d import UNet2DModel
from diffusers.models.upsampling import Upsample2D
from torch import Tensor
from torch.nn import functional

FEW = 256  # places of a picture


def build(config: Mapping[str, Any]) -> UNet2DModel:
    """An untrained U-Net of these settings of `UNet2DModel`, fast."""
    return fast(UNet2DModel(**config))


def fast(unet: UNet2DModel) -> UNet2DModel:
    """The same network with its slow parts exchanged, in place; channels-last on a processor."""
    for module in unet.modules():
        if type(module) is Upsample2D and module.use_conv and module.name == "conv" and module.norm is None:
            module.__class__ = _Upsample
        elif type(module) is ResnetBlock2D and _is_plain(module):
            module.__class__ = _Block
        elif isinstance(module, Attention):
            module.set_processor(_Attend())
    return unet.to(memory_format=torch.channels_last)


def begin(unet: UNet2DModel) -> UNet2DModel:
    """Let no block add anything at first: the way straight through learns before they do."""
    for name, weight in unet.named_parameters():
        if name.startswith("conv_out") or ".conv2." in name or ".to_out." in name:
            torch.nn.init.zeros_(weight)
    return unet


def plain(unet: UNet2DModel) -> UNet2DModel:
    """A copy on the processor as diffusers itself would have built it: what is saved."""
    with torch.device("meta"):
        copy: UNet2DModel = UNet2DModel.from_config(unet.config)
    stored = {name: one.detach().to("cpu", copy=True).contiguous() for name, one in unet.state_dict().items()}
    copy.load_state_dict(stored, assign=True)
    return copy.eval()


def _is_plain(block: ResnetBlock2D) -> bool:
    return (
        block.upsample is None and block.downsample is None and block.time_embedding_norm in ("default", "scale_shift")
    )


class _Upsample(Upsample2D):
    """Twice as large by nearest neighbours, then a 3×3 convolution: the same as one transposed convolution with the kernel
    spread to 4×4, which is less than half the work."""

    def forward(self, hidden_states: Tensor, output_size: Any = None, *args: Any, **kwargs: Any) -> Tensor:
        conv = self.conv
        if output_size is not None or conv is None or conv.kernel_size != (3, 3):
            return super().forward(hidden_states, output_size)
        return functional.conv_transpose2d(hidden_states, spread(conv.weight), conv.bias, stride=2, padding=1)


def spread(kernel: Tensor) -> Tensor:
    """A kernel [out, in, 3, 3] that follows nearest neighbours → that of a transposed convolution, [in, out, 4, 4]."""
    flipped = kernel.flip(2, 3).transpose(0, 1)
    rows = functional.pad(flipped, (0, 0, 0, 1)) + functional.pad(flipped, (0, 0, 1, 0))
    return functional.pad(rows, (0, 1)) + functional.pad(rows, (1, 0))


class _Block(ResnetBlock2D):
    """Without the copies and divisions by one that the original makes."""

    def forward(self, input_tensor: Tensor, temb: Tensor, *args: Any, **kwargs: Any) -> Tensor:
        hidden = self.conv1(self.nonlinearity(self.norm1(input_tensor)))
        time = None
        if self.time_emb_proj is not None and temb is not None:
            time = self.time_emb_proj(temb if self.skip_time_act else self.nonlinearity(temb))[:, :, None, None]
        if time is not None and self.time_embedding_norm == "scale_shift":
            scale, shift = time.chunk(2, dim=1)
            hidden = torch.addcmul(shift, self.norm2(hidden), 1 + scale)
        else:
            hidden = self.norm2(hidden if time is None else hidden + time)
        hidden = self.conv2(self.dropout(self.nonlinearity(hidden)))
        if self.conv_shortcut is not None:
            input_tensor = self.conv_shortcut(input_tensor)
        total = input_tensor + hidden
        return total if self.output_scale_factor == 1 else total / self.output_scale_factor


class _Attend:
    """Attention over the places of a picture, as two products where they are few: sooner than the fused one, which never
    holds all places by all places."""

    def __call__(self, attn: Attention, hidden_states: Tensor, temb: Any = None, *args: Any, **kwargs: Any) -> Tensor:
        height, width = hidden_states.shape[2:]
        read = hidden_states if attn.group_norm is None else attn.group_norm(hidden_states)
        read = read.flatten(2).transpose(1, 2)
        query, key, value = (
            layer(read).unflatten(2, (attn.heads, -1)).transpose(1, 2) for layer in (attn.to_q, attn.to_k, attn.to_v)
        )
        if height * width <= FEW:
            looked = (query @ key.mT * attn.scale).float().softmax(-1).to(value.dtype) @ value
        else:
            looked = functional.scaled_dot_product_attention(query, key, value, scale=attn.scale)
        seen = attn.to_out[0](looked.transpose(1, 2).flatten(2))
        seen = seen.transpose(1, 2).unflatten(2, (height, width))
        total = seen + hidden_states if attn.residual_connection else seen
        return total if attn.rescale_output_factor == 1 else total / attn.rescale_output_factor
