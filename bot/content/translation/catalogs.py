"""Translations as they stand in the .po files: one catalog for what the bot says, one for the advisors' pages."""

from collections.abc import Iterable, Mapping
from pathlib import Path

from babel.messages.pofile import PoFileError, read_po

from bot.content.faults import ContentError, Fault
from bot.content.lines import located

BOT, CONSOLE = "messages", "console"
"""The catalogs of a language, as their files are called."""

Catalog = Mapping[tuple[str, str], str]
"""(context, source text) -> translation; only finished, non-fuzzy ones."""


def catalog_path(code: str, name: str) -> Path:
    """The file of a catalog within the locales folder."""
    return Path(code) / "LC_MESSAGES" / f"{name}.po"


def babel_locale(code: str) -> str:
    """The language as Babel writes it."""
    return code.replace("-", "_")


def read_catalogs(root: Path, name: str, languages: Iterable[str]) -> dict[str, Catalog]:
    """The catalog `name` of every one of `languages`. Raises ContentError when one is missing or broken."""
    catalogs: dict[str, Catalog] = {}
    faults = []
    for code in languages:
        path = catalog_path(code, name)
        try:
            with (root / path).open("rb") as file:
                catalog = read_po(file, locale=babel_locale(code), abort_invalid=True)
        except (OSError, PoFileError, UnicodeDecodeError, ValueError) as error:
            why = type(error).__name__ if isinstance(error, OSError) else error  # an OSError names the whole path
            faults.append(Fault(f"locales/{path}", "", f"cannot be read: {why}"))
            continue
        catalogs[code] = {
            (str(message.context or ""), str(message.id)): str(message.string)
            for message in catalog
            if message.id and message.string and not message.fuzzy
        }
    if faults:
        raise ContentError(located(faults, root, "locales/"))
    return catalogs
