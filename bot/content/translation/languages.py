"""locales/supported.toml: the one list of languages."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Literal

from bot.content.faults import ContentError, Fault
from bot.content.lines import located
from bot.content.tables.checking import Report, checked
from bot.content.tables.parsing import parsed
from bot.content.tables.schema import Strict, Text, Words

FILE = "locales/supported.toml"


class LanguageTable(Strict, frozen=True):
    """[languages.<language>]"""

    status: Literal["live", "draft"]
    reviewer: str


class SupportedFile(Strict, frozen=True):
    """locales/supported.toml"""

    source: Text
    console: Words
    languages: dict[str, LanguageTable]
    closest: dict[str, str] = {}
    varieties: Words = []
    offered: dict[str, Words] = {}


@dataclass(frozen=True, slots=True)
class Language:
    """One row of supported.toml."""

    code: str
    live: bool
    """The bot answers in it."""
    reviewer: str
    """Who checked the texts; "" for a draft."""


@dataclass(frozen=True, slots=True)
class SupportedLanguages:
    """Which languages there are, and for what."""

    source: str
    """The language flows/ is written in; what has no translation is said in it."""
    console: tuple[str, ...]
    """The languages of the advisors' pages."""
    all: Mapping[str, Language]
    closest: Mapping[str, str]
    """A language without texts, or not live -> the one to answer in."""
    varieties: frozenset[str] = frozenset()
    """Those of them whose readers are told nothing: what is answered is theirs too."""
    offered: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """A language without texts -> what its writers may read more easily than what they are answered in."""

    @property
    def live(self) -> tuple[str, ...]:
        """The languages the bot answers in."""
        return tuple(code for code, language in self.all.items() if language.live)


def read_languages(root: Path) -> SupportedLanguages:
    """Read supported.toml in `root`, the locales folder. Raises ContentError naming every fault."""
    faults: list[Fault] = []

    def report(where: str, message: str) -> None:
        faults.append(Fault(FILE, where, message))

    data = parsed(root / "supported.toml", report)
    table = None if data is None else checked(data, SupportedFile, report)
    if table is not None:
        found = _languages(table)
        _check(found, report)
    if faults or table is None:
        raise ContentError(located(faults, root, "locales/"))
    return found


def narrowed(languages: SupportedLanguages, wanted: Sequence[str]) -> SupportedLanguages:
    """The same list with only the wanted languages live, and always the source. Raises ContentError for one that is not
    live."""
    unknown = [code for code in wanted if code not in languages.live]
    if unknown:
        raise ContentError([Fault(FILE, "LANGUAGES", f"{', '.join(unknown)}: not a live language")])
    rows = {
        code: replace(row, live=row.live and code in (languages.source, *wanted)) for code, row in languages.all.items()
    }
    return replace(languages, all=rows)


def _languages(table: SupportedFile) -> SupportedLanguages:
    rows = {code: Language(code, row.status == "live", row.reviewer) for code, row in table.languages.items()}
    offered = {code: tuple(others) for code, others in table.offered.items()}
    return SupportedLanguages(
        table.source, tuple(table.console), rows, table.closest, frozenset(table.varieties), offered
    )


def _check(languages: SupportedLanguages, report: Report) -> None:
    if languages.source not in languages.live:
        report("source", f'"{languages.source}" must be live: it is the language of flows/')
    if languages.source not in languages.console:
        report("console", f'lacks "{languages.source}", in which the pages are written')
    for code, target in languages.closest.items():
        if target not in languages.live:
            report(f"closest.{code}", f'"{target}" is not a live language')
