"""The figures of the picture models: `python3 packaging/dev.py bench pictures [--only dcgan,vae,ddpm,samplers,stylegan,steps,data,smooth]`.

Needs the real data (../shared/data or $AIGC_DATA), and a display for smooth (dev.py starts one). The whole takes about
an hour; a busy machine measures itself, not the program. A part is a module of `tests/bench/pictures`.
"""

import sys

from tests.bench import parts

PARTS = {
    "dcgan": "image.dcgan on MNIST, 180 s",
    "vae": "image.vae on MNIST, 120 s",
    "ddpm": "image.ddpm on MNIST, 480 s, by class and without",
    "samplers": "DPM-Solver++ against DDIM",
    "stylegan": "image.stylegan on emoji, 600 s",
    "steps": "training steps against plain loops of the same networks",
    "data": "pictures ten times the memory; a second start",
    "smooth": "the window while large previews come",
}

if __name__ == "__main__":
    sys.exit(parts.run("pictures", __doc__, PARTS))
