"""Messages to measure with, written apart from the lines that are learned from: tests/nlu/sets.

`tuning` is looked at while thresholds are set; `blind` is only measured. Tab-separated: language, label, message.
"""

from dataclasses import dataclass
from pathlib import Path

TUNING, BLIND = "tuning", "blind"
KINDS = ("topics", "danger", "person", "language", "country")
HARMLESS = "harmless"
NO_COUNTRY = "-"


@dataclass(frozen=True, slots=True)
class Message:
    """label: a topic, a kind of danger, …; for `country` an ISO code or "-"; for `language` the language once more."""

    language: str
    label: str
    text: str


Sets = dict[str, list[Message]]
"""kind -> messages."""


def read_sets(root: Path, which: str) -> Sets:
    """The sets `tuning` or `blind` under the project's `root`."""
    folder = root / "tests" / "nlu" / "sets" / which
    return {kind: _read(folder / f"{kind}.tsv") for kind in KINDS if (folder / f"{kind}.tsv").exists()}


def _read(path: Path) -> list[Message]:
    lines = path.read_text(encoding="utf-8").splitlines()
    return [Message(*line.split("\t")) for line in lines if line]
