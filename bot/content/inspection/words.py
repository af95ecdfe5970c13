"""Words that choose or command: too long, taken by the network, or meaning two things."""

from collections.abc import Iterable, Iterator, Mapping

from bot.content.faults import Fault
from bot.content.files import COMMANDS
from bot.content.library import Library
from bot.content.translation.catalogs import BOT, catalog_path
from bot.content.values import Content
from bot.dialogue.case_code import FEWEST
from bot.dialogue.flow import BACK
from bot.dialogue.localized_content import LocalizedContent
from bot.nlu.normalise import normalise

LABEL = 34
RESERVED = frozenset(
    {
        "stop", "stopall", "unsubscribe", "end", "quit", "revoke", "optout", "cancel", "start", "yes", "unstop", "help",
        "info",
    }
)  # fmt: skip
"""Words the phone network acts on before we see them: never the name of a choice."""


def word_faults(library: Library, localized: LocalizedContent) -> Iterator[Fault]:
    """Labels that are too long, words the network takes, words that collide, in one language."""
    content = library.content
    commands = _command_words(content)
    translated = "" if localized.locale == library.languages.source else _catalog(localized.locale)
    for name, state in localized.states.items():
        file = translated or content.file_of(name)
        taken: dict[str, str] = {}
        for choice in state.choices:
            where = f"{name} choice {choice.id}"
            if len(choice.label) > LABEL and not choice.id.startswith("place_"):
                yield Fault(file, where, f"label has {len(choice.label)} characters; {LABEL} is the most")
            if normalise(choice.label) in RESERVED:
                yield Fault(file, where, f'"{choice.label}" is a word the phone network takes for itself')
            for word in {normalise(word) for word in (choice.label, *choice.words.split("|"))} - {""}:
                if word in taken and taken[word] != choice.id and not choice.when:
                    yield Fault(file, where, f'"{word}" chooses {taken[word]} too')
                taken.setdefault(word, choice.id)
                command = commands.get(word, "")
                owner = BACK if command == "back" else content.commands.get(command, "")
                if owner and owner != choice.next and owner.partition(".")[0] != name.partition(".")[0]:
                    yield Fault(file, where, f'"{word}" is the command {command}; a choice must not take it')
    for topic, title in localized.titles.items():
        if len(title) > LABEL:
            file = translated or content.files[topic]
            yield Fault(file, f"{topic}.title", f"has more than {LABEL} characters")


def _catalog(locale: str) -> str:
    return f"locales/{catalog_path(locale, BOT)}"


def _command_words(content: Content) -> dict[str, str]:
    return {
        normalise(word): command
        for vocabulary in content.vocabularies.values()
        for command, words in vocabulary.commands.items()
        for word in words
    }


def vocabulary_faults(library: Library) -> Iterator[Fault]:
    """Words that mean two things, commands a live language lacks."""
    commands: dict[str, tuple[str, str]] = {}
    for language, vocabulary in library.content.vocabularies.items():
        file = f"flows/vocabulary/{language}.toml"
        for word, command in _pairs(vocabulary.commands):
            owner = commands.setdefault(word, (command, language))
            if owner[0] != command:
                yield Fault(file, f"commands.{command}", f'"{word}" means {owner[0]} in {owner[1]}')
    for language in library.languages.live:
        yield from _complete(library.content, language)


def _pairs(lists: Mapping[str, Iterable[str]]) -> Iterator[tuple[str, str]]:
    """(normalised word, the list it stands in)."""
    for name, words in lists.items():
        for word in words:
            yield normalise(word.replace("...", " gap ")), name


def _complete(content: Content, language: str) -> Iterator[Fault]:
    """Does a live language have words for every command?"""
    file = f"flows/vocabulary/{language}.toml"
    known = content.vocabularies.get(language)
    if known is None:
        yield Fault(file, "", "is missing; the language is live")
        return
    for command in (*COMMANDS, "greeting", "yes", "no"):
        if not known.commands.get(command):
            yield Fault(file, f"commands.{command}", "is missing; the language is live")


def code_word_faults(content: Content) -> Iterator[Fault]:
    """Enough words for a case code, each as it is read back, none of which means something to the bot."""
    commands = _command_words(content)
    for language, words in content.code_words.items():
        if len(set(words)) < FEWEST:
            yield Fault("flows/code_words.toml", language, f"has {len(set(words))} words; {FEWEST} are needed")
        for word in words:
            if normalise(word) != word or " " in word or word in commands:
                yield Fault("flows/code_words.toml", language, f'"{word}" is not one plain word, or is a command')
