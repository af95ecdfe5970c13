"""All content as start-up reads it. `localizing` gives it in one language, `building` joins it to the engine."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from bot.content.braces import names, wrong_in
from bot.content.faults import ContentError, Fault
from bot.content.files import read
from bot.content.lines import located
from bot.content.models import read_model
from bot.content.translation.catalogs import BOT, CONSOLE, Catalog, catalog_path, read_catalogs
from bot.content.translation.languages import SupportedLanguages, narrowed, read_languages
from bot.content.values import Content
from bot.nlu.model import Model


@dataclass(frozen=True, slots=True)
class Library:
    """What start-up reads."""

    content: Content
    """What stands in flows/, in the source language."""
    languages: SupportedLanguages
    catalogs: Mapping[str, Catalog]
    """Language -> what the bot says."""
    console_catalogs: Mapping[str, Catalog]
    """Language -> what advisors read."""
    model: Model
    """What was learned from flows/utterances."""


def read_library(root: Path, today: date, languages_wanted: Sequence[str] = ()) -> Library:
    """Read flows/ and locales/ under `root`. Raises ContentError with the faults of both. languages_wanted: those of
    the live ones that are spoken, beside the source; () for all."""
    faults = []
    try:
        content = read(root / "flows", today)
    except ContentError as error:
        faults += error.faults
    try:
        model = read_model(root / "flows" / "model")
    except ContentError as error:
        faults += error.faults
    try:
        languages = read_languages(root / "locales")
        if languages_wanted:
            languages = narrowed(languages, languages_wanted)
        catalogs, console_catalogs = _catalogs(root / "locales", languages)
    except ContentError as error:
        faults += error.faults
    if not faults:
        faults = located(_broken_translations(content, languages, catalogs, console_catalogs), root)
    if faults:
        raise ContentError(faults)
    return Library(content, languages, catalogs, console_catalogs, model)


def _catalogs(root: Path, languages: SupportedLanguages) -> tuple[dict[str, Catalog], dict[str, Catalog]]:
    """What the bot says and what advisors read, by language. Raises ContentError with the faults of both."""
    faults = []
    found = []
    for name, codes in ((BOT, languages.all), (CONSOLE, languages.console)):
        try:
            found.append(read_catalogs(root, name, (code for code in codes if code != languages.source)))
        except ContentError as error:
            faults += error.faults
    if faults:
        raise ContentError(faults)
    return found[0], found[1]


def _broken_translations(
    content: Content, languages: SupportedLanguages, bot: Mapping[str, Catalog], console: Mapping[str, Catalog]
) -> list[Fault]:
    """Translations in live languages whose names in braces are not those of the source text."""
    sayable = {name for name, referral in content.referrals.items() if referral.sayable}
    live = [(catalog_path(code, BOT), bot.get(code, {})) for code in languages.live]
    live += [(catalog_path(code, CONSOLE), console.get(code, {})) for code in languages.console]
    faults = []
    for path, catalog in live:
        for (context, source), text in catalog.items():
            problem = wrong_in(context, text, sayable) if context else ""
            if not problem and context and names(text) != names(source):
                problem = "has other names in braces than the source text"
            if problem:
                faults.append(Fault(f"locales/{path}", context, problem))
    return faults
