"""Bring the translation catalogues up to date with the texts in the code: `python3 packaging/dev.py translate`.

Texts are those given to `tr` and `mark`, and what the specs declare (titles, helps, units, choices, curves). Each language
is a gettext catalogue, `resources/translations/<language>/LC_MESSAGES/aigc.po`, with its compiled `.mo` beside it.
"""

import ast
import sys
from collections.abc import Iterator
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

ROOT = Path(__file__).resolve().parent.parent
CATALOGUES = ROOT / "resources" / "translations"


def texts() -> dict[str, list[str]]:
    """Every text a user can see, with the files it stands in."""
    found: dict[str, list[str]] = {}
    for path in sorted((ROOT / "aigc_desktop").rglob("*.py")):
        for text in marked(path.read_text(encoding="utf-8")):
            found.setdefault(text, []).append(path.relative_to(ROOT).as_posix())
    for text in declared():
        found.setdefault(text, []).append("specs")
    return found


def marked(source: str) -> Iterator[str]:
    """The literal texts given to `tr` and `mark` in some Python source."""
    for node in ast.walk(ast.parse(source)):
        if not (isinstance(node, ast.Call) and node.args):
            continue
        function = node.func
        name = function.id if isinstance(function, ast.Name) else getattr(function, "attr", "")
        if name in ("tr", "mark"):
            for constant in ast.walk(node.args[0]):
                if isinstance(constant, ast.Constant) and isinstance(constant.value, str) and constant.value:
                    yield constant.value


def declared() -> Iterator[str]:
    """The texts of every registered generator's spec."""
    from aigc_desktop.engine import params, registry

    for spec in registry.specs().values():
        yield from (spec.title, spec.summary, spec.about, *spec.curves.values(), *spec.figures.values())
        for action in spec.actions:
            for one in params.describe(spec.params(action)):
                yield from (one.title, one.help, one.unit, one.zero, *map(str, one.choices.values()))


def update(path: Path) -> list[str]:
    """Rewrite one catalogue with today's texts, keep its translations, compile it; the texts that lack one."""
    with path.open("rb") as file:
        old = read_po(file, locale=path.parent.parent.name)
    fresh = Catalog(locale=old.locale, project="AIGC Desktop", fuzzy=False)
    for text, files in sorted(texts().items()):
        if not text:
            continue
        known = old.get(text)
        fresh.add(text, known.string if known else "", locations=[(one, None) for one in sorted(set(files))])
    fresh.creation_date = fresh.revision_date = old.creation_date
    with path.open("wb") as file:
        write_po(file, fresh, width=120, sort_output=True, omit_header=False, ignore_obsolete=True)
    with path.with_suffix(".mo").open("wb") as file:
        write_mo(file, fresh)
    return [message.id for message in fresh if message.id and not message.string]


def main() -> int:
    lacking = 0
    for path in sorted(CATALOGUES.glob("*/LC_MESSAGES/aigc.po")):
        missing = update(path)
        lacking += len(missing)
        print(f"{path.parent.parent.name}: {len(missing)} texts without a translation")
        for text in missing:
            print("  " + text.splitlines()[0][:100])
    return 1 if lacking else 0


if __name__ == "__main__":
    sys.path.insert(0, str(ROOT))
    sys.exit(main())
