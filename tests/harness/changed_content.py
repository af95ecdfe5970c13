"""A copy of the content in which something is changed."""

import shutil
from pathlib import Path

from tests.harness.fixed import ROOT


def copied(root: Path) -> Path:
    """flows/ and locales/ under `root`."""
    for folder in ("flows", "locales"):
        shutil.copytree(ROOT / folder, root / folder)
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
