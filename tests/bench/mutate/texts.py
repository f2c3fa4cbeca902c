"""Text files: looked at and loaded as training data, read, found as items of a library."""

import json
from pathlib import Path
from random import Random

from aigc_desktop.data.texts import Texts
from aigc_desktop.library import found
from aigc_desktop.library.item import KEPT
from aigc_desktop.media import kinds
from aigc_desktop.media.text import Text
from tests.bench.mutate.harm import harm
from tests.bench.mutate.json_lies import lie
from tests.bench.mutate.kind import Attempts

CHINESE = "春天来了，花开了。我们在山上看云，风从海上来。这是一个人的故事，也是大家的故事。\r\n"
TRADITIONAL = "春天來了，花開了。我們在山上看雲，風從海上來。這是一個人的故事，也是大家的故事。\n"
JAPANESE = "春が来ました。山の上で雲を見ています。風は海から来ます。\n"
ENGLISH = "The owl sees nine birds above the café, “and then” — nothing…\n"
OF = {
    "utf-8": ENGLISH + CHINESE, "utf-8-sig": ENGLISH + CHINESE, "utf-16": ENGLISH + CHINESE, "utf-16-le": ENGLISH,
    "utf-16-be": ENGLISH, "utf-32": CHINESE, "gb18030": CHINESE, "big5": TRADITIONAL, "shift-jis": JAPANESE,
    "cp1252": ENGLISH, "ascii": "the cat sees the dog\n",
}  # fmt: skip


def kind(name: str) -> "Kind":
    return Kind()


class Kind:
    def seeds(self, folder: Path) -> None:
        for encoding, text in OF.items():
            (folder / f"{encoding}.txt").write_bytes((text * 8).encode(encoding))
        rows = [
            json.dumps({"title": f"{number}", "text": ENGLISH + CHINESE}, ensure_ascii=False) for number in range(9)
        ]
        (folder / "rows.jsonl").write_text("\n".join(rows), encoding="utf-8")
        (folder / "table.csv").write_text("title,text\n" + f'a,"{ENGLISH}"\n' * 9, encoding="utf-8")
        (folder / "table.tsv").write_text("title\ttext\n" + "a\tthe owl sees\n" * 30, encoding="utf-8")

    def open(self, folder: Path, case: Path, random: Random) -> Attempts:
        seed = random.choice(sorted(folder.iterdir()))
        items = case / "project" / "items" / "2026-11-22"
        items.mkdir(parents=True)
        file = items / f"harmed{seed.suffix}"
        file.write_bytes(harm(seed.read_bytes(), random))
        attempt = Attempts((file.name, "project/items"))
        if attempt(Texts(min_characters=50).look, str(file)) is not None:
            attempt(Texts(min_characters=50).load, str(file), None, 0)
        attempt(Texts(min_characters=50).look, str(items.parent))
        if file.suffix == ".txt":
            attempt(Text.read, file)
            attempt(kinds.copy_with_metadata, file, case / "renamed.txt", {"name": "x"})
            metadata = dict.fromkeys(KEPT, "a text") | {
                "medium": "text",
                "job": {},
                "expanded": {},
                "parents": [],
                "seed": 1,
            }
            beside = (
                lie(json.dumps(metadata).encode(), random) if random.random() < 0.7 else json.dumps(metadata).encode()
            )
            file.with_suffix(".json").write_bytes(beside)
            found.item(case / "project", f"items/{items.name}/{file.name}", trashed=False)
        return attempt
