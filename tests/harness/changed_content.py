"""A copy of the content in which something is changed."""

import shutil
import tomllib
from pathlib import Path

from tests.harness.fixed import ROOT

LANGUAGES = "locales/supported.toml"


def copied(root: Path) -> Path:
    """flows/ and locales/ under `root`, without what makes each look at them slow and is looked at once, in the whole:
    the lines by voice, and the languages that are only drafts."""
    shutil.copytree(ROOT / "flows", root / "flows", ignore=shutil.ignore_patterns("voices"))
    shutil.copytree(ROOT / "locales", root / "locales")
    supported = tomllib.loads((ROOT / LANGUAGES).read_text(encoding="utf-8"))
    for code, language in supported["languages"].items():
        if language["status"] == "draft":
            without_table(root / LANGUAGES, f"languages.{code}")
            shutil.rmtree(root / "locales" / code)
    return root


def change(path: Path, old: str, new: str) -> None:
    """The first `old` becomes `new`."""
    text = path.read_text(encoding="utf-8")
    assert old in text, f"{old!r} is not in {path}"
    path.write_text(text.replace(old, new, 1), encoding="utf-8")


def without_table(path: Path, name: str) -> None:
    """The table [name] is gone, up to the next."""
    before, header, after = path.read_text(encoding="utf-8").partition(f"\n[{name}]\n")
    assert header, f"[{name}] is not in {path}"
    path.write_text(before + "\n[" + after.partition("\n[")[2], encoding="utf-8")
