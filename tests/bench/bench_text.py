"""The figures of the language models: `python3 packaging/dev.py bench text [--only gpt,quatrains,decode,finetune,smooth,big]`.

Needs the real data (../shared/data or $AIGC_DATA), and a display for smooth (dev.py starts one). The whole takes about
half an hour; a busy machine measures itself, not the program. A part is a module of `tests/bench/text`.
"""

import sys

from tests.bench import parts

PARTS = {
    "gpt": "text.gpt against a plain loop, and its defaults in 300 s",
    "quatrains": "text.gpt on Tang quatrains",
    "decode": "decoding against transformers' generate; the loss of int8",
    "finetune": "stories260k trained further",
    "smooth": "the window while text streams",
    "big": "a text of 1 GB",
}

if __name__ == "__main__":
    sys.exit(parts.run("text", __doc__, PARTS))
