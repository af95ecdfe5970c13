"""Softer faults than a file that cannot be read: what makes a dialogue unsafe, unreachable, unsourced or too long."""

import re
import tomllib
from collections.abc import Iterable, Iterator, Mapping
from itertools import chain
from pathlib import Path

from msgspec.structs import replace

from bot.content.braces import CODE, DYNAMIC, names, wrong_in
from bot.content.catalogs import SOURCE
from bot.content.extract import Sentence, sentences
from bot.content.faults import Fault, Severity
from bot.content.files import COMMANDS, DATA
from bot.content.library import Library, build_book, build_desk
from bot.content.values import SAYABLE, Content
from bot.dialogue import engine
from bot.dialogue.case_code import FEWEST
from bot.dialogue.conversation import Conversation, Place
from bot.dialogue.flow import BACK, HERE, State
from bot.dialogue.localized_content import LocalizedContent
from bot.dialogue.topics import TOPICS
from bot.dialogue.turn import Say
from bot.nlu.normalise import normalise
from bot.rendering.review import MOST_SEGMENTS as MOST_OF_AN_ADVISOR
from bot.rendering.segments import measure, outside_gsm
from bot.rendering.texts import render

WARN_SEGMENTS = 3
MOST_SEGMENTS = 4
MOST_CHOICES = 8
LABEL = 34
RESERVED = frozenset(
    {
        "stop", "stopall", "unsubscribe", "end", "quit", "revoke", "optout", "cancel", "start", "yes", "unstop", "help",
        "info",
    }
)  # fmt: skip
"""Words the phone network acts on before we see them (reliability.md 2.4): never the name of a choice."""

_DIGITS = re.compile(r"\+?\d[\d\s().-]{4,}\d|\b\d{3,}\b")
_LOUD = re.compile(r"!|\b[A-Z]{5,}\b|[\U0001F300-\U0001FAFF\u2600-\u27BF]")
_ALLOWED_CAPITALS = frozenset({"LHBTIQ", "LGBTIQ"})
_ONE_SEGMENT = (engine.OPENER, "card.show")


def inspect(library: Library, root: Path) -> list[Fault]:
    """Every fault and warning in the content of the repository at `root`, sorted."""
    content = library.content
    books = {code: build_book(library, code) for code in library.languages.live}
    found: Iterable[Iterator[Fault]] = (
        _structure(content),
        _facts(content),
        _texts(content, root),
        *(_words(content, book) for book in books.values()),
        _vocabulary(library),
        _translations(library, root),
        *(_messages(content, book) for book in books.values()),
        _quick_texts(library),
        _code_words(content),
    )
    return sorted(chain.from_iterable(found))


def reachable(content: Content, *, untold: bool = False) -> set[str]:
    """Every state that can be shown: from the opener, a command, a topic in free text, or the engine itself.
    untold: only those on a way on which nobody was told who reads this and that advice is not a report."""
    states = content.states
    seen: set[str] = set()
    todo = [name for name in (*engine.STATES, *content.commands.values(), *content.topics.values()) if name in states]
    while todo:
        name = todo.pop()
        if name in seen or (untold and states[name].tells):
            continue
        seen.add(name)
        todo += [choice.next for choice in states[name].choices if choice.next not in (HERE, BACK)]
    return seen


def _structure(content: Content) -> Iterator[Fault]:
    states = content.states
    for topic in TOPICS:
        if topic not in content.topics:
            yield Fault(f"flows/topics/{topic}.toml", "", "is missing")
    for topic in content.topics:
        if topic not in TOPICS:
            yield Fault(f"flows/topics/{topic}.toml", "", "is not in the closed list of topics")
    for name in sorted(set(states) - reachable(content)):
        yield Fault(_file(content, name), name, "cannot be reached")
    for name in sorted(reachable(content, untold=True)):
        if states[name].open:
            yield Fault(_file(content, name), name, "asks an open question before it is told who reads the answer")
    for name, state in states.items():
        yield from _ways_on(_file(content, name), name, state)


def _ways_on(file: str, name: str, state: State) -> Iterator[Fault]:
    if not state.footer and not state.choices and not state.neutral:
        yield Fault(file, name, "is a dead end: it shows no choice and no footer")
    own = [choice for choice in state.choices if not choice.id.startswith("place_")]
    if len(own) > MOST_CHOICES:
        yield Fault(file, name, f"has more than {MOST_CHOICES} choices; 9 is a person everywhere")


def _facts(content: Content) -> Iterator[Fault]:
    said: set[str] = set()
    shown = reachable(content)
    for where, file, facts, source in _sourced(content):
        for fact in facts:
            if fact not in content.facts:
                yield Fault(file, where, f"rests on {fact}, which is not in facts.toml")
            elif content.facts[fact].status not in SAYABLE:
                yield Fault(file, where, f"says {fact}, which the owner has not confirmed")
        if not facts and source != "channel":
            yield Fault(file, where, 'has no source: give facts = [...] or source = "channel"')
        if where in shown or where.startswith("shared."):
            said.update(facts)
    for fact, row in content.facts.items():
        if row.status == "stated" and fact not in said:
            yield Fault("flows/facts.toml", fact, "is said nowhere")


def _sourced(content: Content) -> Iterator[tuple[str, str, tuple[str, ...], str]]:
    for name, state in content.states.items():
        yield name, _file(content, name), state.facts, state.source
    for name, text in content.shared.items():
        yield f"shared.{name}", "flows/shared.toml", text.facts, text.source


def _texts(content: Content, root: Path) -> Iterator[Fault]:
    """Numbers, names in braces and tone of every Dutch sentence."""
    numbers = {name for name, referral in content.referrals.items() if referral.sayable}
    for file, sentence in _all_sentences(root):
        yield from _sentence(file, sentence.context, sentence.text, numbers)
        if "slachtoffer" in sentence.text.lower():
            yield Fault(file, sentence.context, 'says "slachtoffer"; people do not call themselves that')
    for name, state in content.states.items():
        yield from _reach(content, name, state)


def _sentence(file: str, where: str, text: str, numbers: set[str]) -> Iterator[Fault]:
    problem = wrong_in(where, text, numbers)
    if problem:
        yield Fault(file, where, problem)
        return
    if _DIGITS.search(_without_names(text)):
        yield Fault(file, where, "has a number typed into the text; name it from referrals.toml")
    loud = [hit for hit in _LOUD.findall(_without_names(text)) if hit not in _ALLOWED_CAPITALS]
    if loud:
        yield Fault(file, where, f"is loud: {loud[0]!r}")
    if "\n\n" in text or text != text.strip() or "  " in text:
        yield Fault(file, where, "has an empty line, or white space at an end or doubled")
    for line in text.splitlines():
        if names(line) - DYNAMIC - CODE and not re.fullmatch(r"\{\w+\}", line.strip()):
            yield Fault(file, where, "has a number that does not stand on a line of its own")


def _reach(content: Content, name: str, state: State) -> Iterator[Fault]:
    """Never only numbers that do not work where the person may be."""
    for place in (Place.UNKNOWN, Place.ABROAD):
        named = [content.referrals[each] for each in names(state.text(place)) if each in content.referrals]
        phones = [referral for referral in named if referral.kind == "phone"]
        if phones and not state.numbers and not any("abroad" in phone.reachable_from for phone in phones):
            message = f'gives only numbers that work in the Netherlands (place "{place}")'
            yield Fault(_file(content, name), name, message)


def _words(content: Content, book: LocalizedContent) -> Iterator[Fault]:
    """Labels that are too long, words the network takes, words that collide, in one language."""
    commands = _command_words(content)
    translated = f"locales/{book.locale}/LC_MESSAGES/messages.po"
    for name, state in book.states.items():
        file = _file(content, name) if book.locale == SOURCE else translated
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
                if owner and owner != choice.next and _flow(owner) != _flow(name):
                    yield Fault(file, where, f'"{word}" is the command {command}; a choice must not take it')
    for topic, title in book.titles.items():
        if len(title) > LABEL:
            file = content.files[topic] if book.locale == SOURCE else translated
            yield Fault(file, f"{topic}.title", f"has more than {LABEL} characters")


def _command_words(content: Content) -> dict[str, str]:
    return {
        normalise(word): command
        for vocabulary in content.vocabularies.values()
        for command, words in vocabulary.commands.items()
        for word in words
    }


def _vocabulary(library: Library) -> Iterator[Fault]:
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


def _translations(library: Library, root: Path) -> Iterator[Fault]:
    texts = list(_all_sentences(root))
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
            yield from _sentence(file, sentence.context, translated, sayable)


def _messages(content: Content, book: LocalizedContent) -> Iterator[Fault]:
    """Whole messages as they go out, for every place: length, alphabet, neutral words."""
    forbidden = content.neutral.get(book.locale, ())
    for name, state in book.states.items():
        file = _file(content, name)
        longest = 0
        for conversation in _situations():
            text = render(Say(state=name), conversation, book)
            size = measure(text)
            longest = max(longest, size.segments)
            if (
                book.locale == SOURCE
                and size.encoding == "UCS-2"
                and not (conversation.country or conversation.asked_country)
            ):
                yield Fault(file, name, f"costs double: {outside_gsm(text)!r} is not in the GSM alphabet")
            if name in _ONE_SEGMENT and size.segments > 1:
                yield Fault(file, f"{name} ({book.locale})", f"must fit one SMS, has {size.characters} characters")
            if state.neutral:
                for word in forbidden:
                    if word in text.lower():
                        yield Fault(file, f"{name} ({book.locale})", f'is neutral but says "{word}"')
        if longest > WARN_SEGMENTS:
            severity = Severity.ERROR if longest > MOST_SEGMENTS else Severity.WARNING
            yield Fault(file, f"{name} ({book.locale})", f"takes {longest} SMS parts", severity)


def _quick_texts(library: Library) -> Iterator[Fault]:
    """What an advisor begins from: as few SMS parts as the check asks of her, and no word it would point at."""
    for locale in library.languages.live:
        texts = build_desk(library, locale)
        for kind, rows in (("quick", texts.quick), ("announcement", texts.announcement)):
            for name, row in rows.items():
                where = f"{kind}.{name} ({locale})"
                size = measure(row.say)
                if size.encoding == "UCS-2" and locale == SOURCE:
                    yield Fault("flows/desk.toml", where, f"costs double: {outside_gsm(row.say)!r}")
                if size.segments > MOST_OF_AN_ADVISOR:
                    yield Fault("flows/desk.toml", where, f"takes {size.segments} SMS parts")
                for word in (*texts.organisations, *texts.promises):
                    if re.search(rf"\b{re.escape(word)}\b", row.say.lower()):
                        yield Fault("flows/desk.toml", where, f'says "{word}", which an advisor is warned of')


def _code_words(content: Content) -> Iterator[Fault]:
    """Enough words for a case code, each as it is read back, none of which means something to the bot."""
    commands = _command_words(content)
    for language, words in content.code_words.items():
        if len(set(words)) < FEWEST:
            yield Fault("flows/code_words.toml", language, f"has {len(set(words))} words; {FEWEST} are needed")
        for word in words:
            if normalise(word) != word or " " in word or word in commands:
                yield Fault("flows/code_words.toml", language, f'"{word}" is not one plain word, or is a command')


def _situations() -> Iterator[Conversation]:
    """The conversations that change what a state shows. A closed one has the shortest numbers, an open one the
    longest; a country that was mentioned adds a choice."""
    closed = Conversation(candidates=("left_behind", "trip_planned", "contact"), code="w" * 36)
    yield closed
    said = replace(closed, open=True)
    yield said
    yield replace(said, asked_country="MA")
    yield replace(said, place=Place.NETHERLANDS)
    yield replace(said, place=Place.ABROAD)
    yield replace(said, place=Place.ABROAD, asked_country="MA")
    yield replace(said, place=Place.ABROAD, country="MA")
    yield replace(said, place=Place.ABROAD, country="TR")


def _all_sentences(root: Path) -> Iterator[tuple[str, Sentence]]:
    """Every Dutch sentence with its file, by the same walk the translators' template is made with."""
    for path in sorted([*(root / "flows").glob("*.toml"), *(root / "flows").glob("topics/*.toml")]):
        if path.name not in DATA:
            data = tomllib.loads(path.read_text(encoding="utf-8"))
            for sentence in sentences(data):
                yield str(path.relative_to(root)), sentence


def _flow(state: str) -> str:
    return state.partition(".")[0]


def _without_names(text: str) -> str:
    return re.sub(r"\{\w+\}", "", text)


def _file(content: Content, state: str) -> str:
    return content.files[_flow(state)]
