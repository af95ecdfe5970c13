"""All content as start-up reads it. `localizing` gives it in one language, `building` joins it to the engine."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from bot.content.braces import names, wrong_in
from bot.content.faults import ContentError, Fault
from bot.content.files import read
from bot.content.models import read_model
from bot.content.translation.catalogs import Catalog, Languages, read_catalogs, read_languages
from bot.content.values import Content
from bot.nlu.model import Model


@dataclass(frozen=True, slots=True)
class Library:
    """What start-up reads: the Dutch content, the languages, their catalogs, what was learned."""

    content: Content
    languages: Languages
    catalogs: Mapping[str, Catalog]
    model: Model


def read_library(root: Path, today: date) -> Library:
    """Read flows/ and locales/ under `root`. Raises ContentError with the faults of both."""
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
        catalogs = read_catalogs(root / "locales", languages)
    except ContentError as error:
        faults += error.faults
    if not faults:
        faults = _broken_translations(content, languages, catalogs)
    if faults:
        raise ContentError(faults)
    return Library(content, languages, catalogs, model)


def _broken_translations(content: Content, languages: Languages, catalogs: Mapping[str, Catalog]) -> list[Fault]:
    """Translations in live languages whose names in braces are not those of the Dutch text."""
    sayable = {name for name, referral in content.referrals.items() if referral.sayable}
    faults = []
    for code in languages.live:
        for (context, source), text in catalogs.get(code, {}).items():
            problem = wrong_in(context, text, sayable) if context else ""
            if not problem and context and names(text) != names(source):
                problem = "has other names in braces than the Dutch text"
            if problem:
                faults.append(Fault(f"locales/{code}/LC_MESSAGES/messages.po", context, problem))
    return faults
