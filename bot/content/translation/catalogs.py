"""Translations: locales/supported.toml says which languages there are, messages.po holds the texts. No .mo files."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from babel.messages.pofile import PoFileError, read_po

from bot.content.faults import ContentError, Fault

SOURCE = "nl"

Catalog = Mapping[tuple[str, str], str]
"""(context, Dutch text) -> translation; only finished, non-fuzzy ones."""


@dataclass(frozen=True, slots=True)
class Language:
    """One row of supported.toml. live: the bot answers in it. reviewer: who checked the texts, "" for a draft."""

    code: str
    live: bool
    reviewer: str


@dataclass(frozen=True, slots=True)
class Languages:
    """The one list of languages. closest: a language without texts -> the live one to answer in."""

    all: Mapping[str, Language]
    closest: Mapping[str, str]

    @property
    def live(self) -> tuple[str, ...]:
        return tuple(code for code, language in self.all.items() if language.live)


def read_languages(root: Path) -> Languages:
    """Read locales/supported.toml under `root`. Raises ContentError naming every fault."""
    name = "locales/supported.toml"
    try:
        data = tomllib.loads((root / "supported.toml").read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise ContentError([Fault(name, "", f"cannot be read: {error}")]) from None
    faults = []
    languages = {}
    for code, row in data.get("languages", {}).items():
        if not isinstance(row, dict) or row.get("status") not in ("live", "draft"):
            faults.append(Fault(name, f"languages.{code}", 'status must be "live" or "draft"'))
        elif not isinstance(row.get("reviewer"), str):
            faults.append(Fault(name, f"languages.{code}", 'reviewer must be a name, or "" while nobody has reviewed'))
        else:
            languages[code] = Language(code, row["status"] == "live", row["reviewer"])
    if SOURCE not in languages or not languages[SOURCE].live:
        faults.append(Fault(name, f"languages.{SOURCE}", "the source language must be live"))
    closest = data.get("closest", {})
    for code, target in closest.items():
        if target not in languages or not languages[target].live:
            faults.append(Fault(name, f"closest.{code}", f'"{target}" is not a live language'))
    if faults:
        raise ContentError(faults)
    return Languages(languages, closest)


def read_catalogs(root: Path, languages: Languages) -> dict[str, Catalog]:
    """The catalog of every language but the source. Raises ContentError when one is missing or broken."""
    catalogs: dict[str, Catalog] = {}
    faults = []
    for code in languages.all:
        if code == SOURCE:
            continue
        path = root / code / "LC_MESSAGES" / "messages.po"
        try:
            with path.open("rb") as file:
                catalog = read_po(file, locale=code.replace("-", "_"), abort_invalid=True)
        except (OSError, PoFileError, UnicodeDecodeError, ValueError) as error:
            faults.append(Fault(f"locales/{path.relative_to(root)}", "", f"cannot be read: {error}"))
            continue
        catalogs[code] = {
            (str(message.context or ""), str(message.id)): str(message.string)
            for message in catalog
            if message.id and message.string and not message.fuzzy
        }
    if faults:
        raise ContentError(faults)
    return catalogs
