"""How far a language is: what it lacks before the bot can answer in it."""

from collections.abc import Iterator
from pathlib import Path
from typing import get_args

from bot.content.inspection.sentences import all_sentences
from bot.content.library import Library
from bot.content.tables.schema import Listed
from bot.content.tables.utterances import LEVELS, PERSON, read_utterances
from bot.content.translation.catalogs import BOT, catalog_path
from bot.dialogue.states import TOPICS


def missing(library: Library, root: Path, code: str) -> list[str]:
    """What the language `code`, a row of locales/supported.toml, still lacks: a line a file and place."""
    return [
        *_words(library, code),
        *_lines(library, root, code),
        *_texts(library, root, code),
    ]


def _words(library: Library, code: str) -> Iterator[str]:
    file, words = f"flows/vocabulary/{code}.toml", library.content.vocabularies[code]
    lists = {f"commands.{name}": words.commands.get(name) for name in get_args(Listed)}
    lists |= {"switch.words": words.switch, "wants_advisor.phrases": words.wants_advisor}
    lists |= {f"danger.{name}": words.danger.get(name) for name in ("red", "amber", "not")}
    for place, found in lists.items():
        if not found:
            yield f"{file}: {place} has no words"
    if not library.content.neutral.get(code):
        yield f"flows/neutral.toml: {code} has no words"
    if not library.content.code_words.get(code):
        yield f"flows/code_words.toml: no words of its own; those of {library.languages.source} are drawn (may stay so)"


def _lines(library: Library, root: Path, code: str) -> Iterator[str]:
    utterances = read_utterances(root / "flows" / "utterances")
    wanted = {
        "": (TOPICS, utterances.topics),
        "danger_levels": (LEVELS, utterances.danger),
        "person": (PERSON, utterances.person),
        "languages": (("",), utterances.languages),
    }
    for file, (labels, lines) in wanted.items():
        written = {line.label for line in lines if line.language == code}
        lacking = [label for label in labels if label not in written]
        if lacking and file:
            yield f"flows/utterances/{file}.toml: no lines{' for ' if lacking != [''] else ''}{', '.join(lacking)}"
        elif lacking:
            yield f"flows/utterances: no lines in {len(lacking)} of {len(labels)} topics: {', '.join(lacking)}"
    if code not in library.model.languages.labels["language"]:
        yield "flows/model: does not know the language; `make model` once there are lines"


def _texts(library: Library, root: Path, code: str) -> Iterator[str]:
    language, catalog = library.languages.all[code], library.catalogs.get(code, {})
    said = [sentence for _file, sentence in all_sentences(root) if not sentence.console]
    lacking = sum(not catalog.get((sentence.context, sentence.text)) for sentence in said)
    if lacking and code != library.languages.source:
        yield f"locales/{catalog_path(code, BOT)}: {lacking} of {len(said)} texts are not translated"
    if not language.reviewer:
        yield "locales/supported.toml: reviewer is empty: nobody trained in the subject has read the texts"
    if not language.live:
        yield "locales/supported.toml: status is draft; `check` must have no error for it before it is live"
