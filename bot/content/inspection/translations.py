"""Translations that are missing or say something else than the Dutch text."""

from collections.abc import Iterator
from pathlib import Path

from bot.content.faults import Fault, Severity
from bot.content.inspection.sentences import all_sentences, sentence_faults
from bot.content.library import Library
from bot.content.translation.catalogs import SOURCE


def translation_faults(library: Library, root: Path) -> Iterator[Fault]:
    texts = list(all_sentences(root))
    sayable = {name for name, referral in library.content.referrals.items() if referral.sayable}
    for code, language in library.languages.all.items():
        if not language.reviewer:
            note = "live, and no reviewer has checked the texts" if language.live else "draft"
            yield Fault("locales/supported.toml", code, note, Severity.WARNING)
        if code == SOURCE:
            continue
        file = f"locales/{code}/LC_MESSAGES/messages.po"
        catalog = library.catalogs[code]
        severity = Severity.ERROR if language.live else Severity.WARNING
        for _source, sentence in texts:
            translated = catalog.get((sentence.context, sentence.text))
            if not translated:
                yield Fault(file, sentence.context, "is not translated, or marked fuzzy", severity)
                continue
            yield from sentence_faults(file, sentence.context, translated, sayable)
