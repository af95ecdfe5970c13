"""The three mixes of messages: the menu, one free text in six, free text only."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

from bench.figures import sentences
from bench.load import smsload

SENTENCES = 10
"""Enough that no mix hangs on one of them."""

MENUS_TO_ONE = 2
"""Dialogues of the menu beside each with a free text: that is one text in eighteen."""


@dataclass(frozen=True)
class Mixes:
    """Scenarios for the load generator, which goes round them."""

    menu: tuple[Path, ...]
    sixth: tuple[Path, ...]
    """One free text in six turns."""
    some: tuple[Path, ...]
    """One in eighteen: 6 %."""
    free: tuple[Path, ...]
    """Free text only, each from somebody new."""


def write_mixes(menu: Path, folder: Path) -> Mixes:
    """Make them of a dialogue of six turns, whose last one becomes the free text. What is answered to one is not
    checked: while somebody goes on typing it may be silence."""
    turns = smsload.load_scenario(str(menu))["turns"]
    texts = sentences()[:SENTENCES]
    sixth = [_written(folder / f"sixth-{n}.json", [*turns[:-1], [text, []]]) for n, text in enumerate(texts)]
    free = [_written(folder / f"free-{n}.json", [[text, []]]) for n, text in enumerate(texts)]
    some = [path for each in sixth for path in (*[menu] * MENUS_TO_ONE, each)]
    return Mixes((menu,), tuple(sixth), tuple(some), tuple(free))


def _written(path: Path, turns: list[object]) -> Path:
    path.write_text(json.dumps({"name": path.stem, "turns": turns}), encoding="utf-8")
    return path
