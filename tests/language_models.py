"""Small real language models of random weights, as Hugging Face folders: weights, configuration, tokenizer."""

import json
from pathlib import Path
from typing import Any

from tokenizers import Tokenizer, decoders, models, normalizers, pre_tokenizers, processors, trainers

TEXT = [
    "Once upon a time there was a little fox who lived by the sea. The fox liked to sing.\n",
    "One windy evening the old owl said to the hen: come and see the moon, it is as round as a coin.\n",
    "床前明月光，疑是地上霜。举头望明月，低头思故乡。\n",
] * 4
LLAMA = {
    "hidden_size": 32,
    "intermediate_size": 48,
    "num_hidden_layers": 2,
    "num_attention_heads": 4,
    "num_key_value_heads": 2,
    "max_position_embeddings": 64,
}
GPT2 = {"n_embd": 32, "n_layer": 2, "n_head": 4, "n_positions": 64}


def tiny_llama(folder: Path, seed: int = 0, shards: int = 1, **config: Any) -> Path:
    """A Llama of 2 layers of 32 with 64 places, a tokenizer as sentencepiece makes them (▁, bytes), `<s>` first.

    `config` overrides LLAMA; with more than one shard the weights lie in several files and an index.
    """
    from transformers import LlamaConfig, LlamaForCausalLM

    tokenizer = _of_pieces()
    values = {"vocab_size": tokenizer.get_vocab_size(), "bos_token_id": 1, "eos_token_id": 2} | LLAMA | config
    return _save(folder, LlamaForCausalLM, LlamaConfig(**values), tokenizer, seed, shards, "<s>", "</s>")


def tiny_gpt2(folder: Path, seed: int = 0, shards: int = 1, **config: Any) -> Path:
    """A GPT-2 of 2 layers of 32 with 64 places and a byte-level BPE tokenizer that ends texts with `<|endoftext|>`."""
    from transformers import GPT2Config, GPT2LMHeadModel

    tokenizer = _of_bytes()
    end = tokenizer.token_to_id("<|endoftext|>")
    values = {"vocab_size": tokenizer.get_vocab_size(), "bos_token_id": end, "eos_token_id": end} | GPT2 | config
    return _save(
        folder, GPT2LMHeadModel, GPT2Config(**values), tokenizer, seed, shards, "<|endoftext|>", "<|endoftext|>"
    )


def _save(
    folder: Path, kind: Any, config: Any, tokenizer: Tokenizer, seed: int, shards: int, begin: str, end: str
) -> Path:
    import torch
    from transformers import PreTrainedTokenizerFast

    from aigc_desktop.nets.causal.loading import quiet

    with quiet(), torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        model = kind(config).eval()
        for weight in model.parameters():  # larger than usual, so that each token has favourites of its own
            if weight.ndim > 1:
                torch.nn.init.normal_(weight, std=0.3)
        size = sum(one.numel() for one in model.parameters()) * 4
        model.save_pretrained(folder, max_shard_size=size // shards + 1024 if shards > 1 else "1GB")
        PreTrainedTokenizerFast(tokenizer_object=tokenizer, bos_token=begin, eos_token=end).save_pretrained(folder)
    return folder


def _of_pieces() -> Tokenizer:
    tokenizer = Tokenizer(models.BPE(unk_token="<unk>", byte_fallback=True, fuse_unk=True))
    tokenizer.normalizer = normalizers.Sequence([normalizers.Prepend("▁"), normalizers.Replace(" ", "▁")])
    special = ["<unk>", "<s>", "</s>"]
    trainer = trainers.BpeTrainer(
        vocab_size=384, special_tokens=special + [f"<0x{byte:02X}>" for byte in range(256)], show_progress=False
    )
    tokenizer.train_from_iterator([text[:85] for text in TEXT if text.isascii()], trainer)
    values = json.loads(tokenizer.to_str())  # the trainer takes bytes for marks, which a text is made without
    values["added_tokens"] = [one for one in values["added_tokens"] if one["content"] in special]
    tokenizer = Tokenizer.from_str(json.dumps(values))
    tokenizer.decoder = decoders.Sequence(
        [decoders.Replace("▁", " "), decoders.ByteFallback(), decoders.Fuse(), decoders.Strip(" ", 1, 0)]
    )
    tokenizer.post_processor = processors.TemplateProcessing(single="<s> $A", special_tokens=[("<s>", 1)])
    return tokenizer


def _of_bytes() -> Tokenizer:
    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    tokenizer.decoder = decoders.ByteLevel()
    trainer = trainers.BpeTrainer(
        vocab_size=384,
        special_tokens=["<|endoftext|>"],
        initial_alphabet=pre_tokenizers.ByteLevel.alphabet(),
        show_progress=False,
    )
    tokenizer.train_from_iterator(TEXT, trainer)
    return tokenizer
