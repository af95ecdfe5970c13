"""Messages to measure with, written independently of the training lines: tests/nlu/sets.

Thresholds are fitted on `tuning`; `blind` is only measured. Tab-separated: language, label, message.
"""

import tomllib
from dataclasses import dataclass
from pathlib import Path

TUNING, BLIND = "tuning", "blind"
KINDS = ("topics", "danger", "person", "language", "country", "commands")
HARMLESS = "harmless"
NO_COUNTRY = "-"
NO_COMMAND = "none"


@dataclass(frozen=True, slots=True)
class LabelledMessage:
    """One message and what it should be read as."""

    language: str
    label: str
    """A topic, a kind of danger, …; for `country` an ISO code or "-"; for `commands` a
    command or "none"; for `language` the language once more."""
    text: str


Sets = dict[str, list[LabelledMessage]]
"""kind -> messages."""


Groups = dict[str, list[str]]
"""name -> languages whose figures are added up."""


def read_groups(root: Path) -> Groups:
    """The groups of languages that have limits of their own, under the project's `root`."""
    groups = tomllib.loads((root / "tests" / "nlu" / "sets" / "groups.toml").read_text(encoding="utf-8"))["groups"]
    return {", ".join(languages): languages for languages in groups}


def read_sets(root: Path, which: str) -> Sets:
    """The sets `tuning` or `blind` under the project's `root`."""
    folder = root / "tests" / "nlu" / "sets" / which
    return {kind: _read(folder / f"{kind}.tsv") for kind in KINDS if (folder / f"{kind}.tsv").exists()}


def _read(path: Path) -> list[LabelledMessage]:
    lines = path.read_text(encoding="utf-8").splitlines()
    return [LabelledMessage(*line.split("\t")) for line in lines if line]
