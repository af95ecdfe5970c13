"""Softer faults than a file that cannot be read: what makes a dialogue unsafe, unreachable, unsourced or too long."""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cache
from itertools import chain
from pathlib import Path

from bot.content.faults import ContentError, Fault
from bot.content.inspection.answers import answer_faults, follow_up_faults
from bot.content.inspection.messages import desk_faults, message_faults
from bot.content.inspection.reaching import reachable
from bot.content.inspection.sentences import text_faults
from bot.content.inspection.structure import fact_faults, structure_faults
from bot.content.inspection.translations import translation_faults
from bot.content.inspection.words import code_word_faults, vocabulary_faults, word_faults
from bot.content.library import Library
from bot.content.lines import located
from bot.content.localizing import localize
from bot.content.tables.scenarios import read_scenarios
from bot.content.tables.utterances import read_utterances

__all__ = ["inspect", "reachable"]


def inspect(library: Library, root: Path) -> list[Fault]:
    """Every fault and warning in the content of the repository at `root`, sorted."""
    content = library.content
    live = [localize(library, code) for code in library.languages.live]
    found: Iterable[Iterable[Fault]] = (
        structure_faults(content),
        fact_faults(content),
        text_faults(content, root),
        *(word_faults(library, localized) for localized in live),
        vocabulary_faults(library),
        follow_up_faults(content),
        *(answer_faults(library, localized) for localized in live),
        translation_faults(library, root),
        *(message_faults(library, localized) for localized in live),
        desk_faults(library),
        code_word_faults(content),
        _line_faults(root),
    )
    return sorted([*located(chain.from_iterable(found), root), *scenario_faults(library, root)])


def scenario_faults(library: Library, root: Path) -> list[Fault]:
    """What is wrong with the conversations in tests/conversations, where the repository has them."""
    _scenarios, faults = read_scenarios(root, library.content, library.languages.live)
    return faults


@dataclass(frozen=True, slots=True)
class _Lines:
    """A folder of lines that are learned from, known by what stands in it."""

    digest: str
    root: Path = field(compare=False)


def _line_faults(root: Path) -> tuple[Fault, ...]:
    """What is wrong in the lines that are learned from."""
    folder, digest = root / "flows" / "utterances", hashlib.sha256()
    for path in sorted(folder.rglob("*.toml")):
        digest.update(str(path.relative_to(folder)).encode() + b"\0" + path.read_bytes() + b"\0")
    return _faults_in(_Lines(digest.hexdigest(), folder))


@cache
def _faults_in(lines: _Lines) -> tuple[Fault, ...]:
    """Reading a hundred thousand lines takes seconds; equal ones, wherever they lie, have the same faults."""
    try:
        read_utterances(lines.root)
    except ContentError as error:
        return tuple(error.faults)
    return ()
