"""Translations that are missing or say something else than the source text."""

from collections.abc import Iterator
from pathlib import Path

from babel.messages.pofile import read_po

from bot.content.faults import Fault, Severity
from bot.content.inspection.sentences import all_sentences, sentence_faults
from bot.content.inspection.swapped import swapped
from bot.content.library import Library
from bot.content.translation.catalogs import BOT, CONSOLE, Catalog, catalog_path
from bot.content.translation.extract import Sentence

_MISSING = "is not translated, or marked fuzzy"


def translation_faults(library: Library, root: Path) -> Iterator[Fault]:
    """What each language lacks: the bot's texts in its own languages, the advisors' in those of the console."""
    texts = [sentence for _file, sentence in all_sentences(root)]
    said = [sentence for sentence in texts if not sentence.console]
    languages = library.languages
    for code, language in languages.all.items():
        if not language.reviewer:
            note = "live, and no reviewer has checked the texts" if language.live else "draft"
            yield Fault("locales/supported.toml", f"languages.{code}", note, Severity.WARNING)
        if code != languages.source:
            severity = Severity.ERROR if language.live else Severity.WARNING
            yield from _untranslated(library, code, said, severity)
    for code in languages.console:
        if code != languages.source:
            yield from _console(library, root, code, [sentence for sentence in texts if sentence.console])
    for code in dict.fromkeys([*languages.all, *languages.console]):
        if code != languages.source:
            yield from _exchanged(library, code)


def _untranslated(library: Library, code: str, texts: list[Sentence], severity: Severity) -> Iterator[Fault]:
    yield from _faults(library, library.catalogs[code], f"locales/{catalog_path(code, BOT)}", texts, severity)


def _console(library: Library, root: Path, code: str, texts: list[Sentence]) -> Iterator[Fault]:
    file, catalog = f"locales/{catalog_path(code, CONSOLE)}", library.console_catalogs[code]
    yield from _faults(library, catalog, file, texts, Severity.ERROR)
    template = root / "locales" / f"{CONSOLE}.pot"
    if template.exists():  # else it is stale, and said to be
        with template.open("rb") as opened:
            pages = [str(message.id) for message in read_po(opened) if message.id and not message.context]
        yield from (Fault(file, text, _MISSING) for text in pages if not catalog.get(("", text)))


def _faults(
    library: Library, catalog: Catalog, file: str, texts: list[Sentence], severity: Severity
) -> Iterator[Fault]:
    sayable = {name for name, referral in library.content.referrals.items() if referral.sayable}
    for sentence in texts:
        translated = catalog.get((sentence.context, sentence.text))
        if translated:
            yield from sentence_faults(file, sentence.context, translated, sayable)
        else:
            yield Fault(file, sentence.context, _MISSING, severity)


def _exchanged(library: Library, code: str) -> Iterator[Fault]:
    """Translations given to each other's texts, across both catalogs: a quick text's title is in the console's."""
    bot, console = library.catalogs.get(code, {}), library.console_catalogs.get(code, {})
    language = library.languages.all.get(code)
    severity = Severity.ERROR if console or (language and language.live) else Severity.WARNING
    for one, other in swapped({**bot, **console}):
        file = f"locales/{catalog_path(code, CONSOLE if one in console else BOT)}"
        yield Fault(file, _name(one), f"has the translation of {_name(other)}, and the other way round", severity)


def _name(key: tuple[str, str]) -> str:
    """How to find a text in the catalog: its context, else its first words."""
    context, text = key
    return context or f'"{text[:40]}"'
