"""All content, read, localised and joined to the engine. The only way the rest of the program gets content."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

from babel import Locale

from bot.content.braces import names, wrong_in
from bot.content.catalogs import SOURCE, Catalog, Languages, read_catalogs, read_languages
from bot.content.faults import ContentError, Fault
from bot.content.files import read
from bot.content.models import read_model
from bot.content.values import Content
from bot.dialogue.engine import Engine
from bot.dialogue.localized_content import LocalizedContent
from bot.dialogue.machine import Machines
from bot.handoff.delivery import Problem
from bot.handoff.desk_texts import DeskTexts, Prepared
from bot.nlu.countries import Countries, CountryNames
from bot.nlu.embedding import Encoder
from bot.nlu.model import Model
from bot.nlu.normalise import normalise
from bot.nlu.numbers import NumberWords
from bot.nlu.phrases import Lexicon
from bot.nlu.reader import Reader


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


def build_engine(library: Library, encoder: Encoder | None = None) -> Engine:
    """The engine with everything localised and every machine built. Nothing is read or built after this. Without the
    `encoder` it reads messages by their letters alone."""
    content, languages = library.content, library.languages
    reader = build_reader(content, library.model, encoder)
    return Engine(
        books={code: build_book(library, code) for code in languages.live},
        machines=Machines(content.flows.values()),
        commands=content.commands,
        closest=languages.closest,
        understander=reader,
        numbers=NumberWords(
            [words.numbers.get("words", ()) for words in content.vocabularies.values()],
            [word for words in content.vocabularies.values() for word in words.numbers.get("around", ())],
        ),
        subject=_subject_words(content),
        default_locale=SOURCE,
        hurried=reader.by_letters(),
    )


def _subject_words(content: Content) -> frozenset[str]:
    return frozenset(normalise(word) for words in content.neutral.values() for word in words)


def build_book(library: Library, locale: str) -> LocalizedContent:
    """All content in one language. A text without translation stands in Dutch; `check` does not let that go live."""
    content = library.content
    catalog: Catalog = library.catalogs.get(locale, {})

    numbers = {name: referral.text for name, referral in content.referrals.items() if referral.sayable}

    def translate(context: str, text: str) -> str:
        return _numbered(catalog.get((context, text), text), numbers)

    words = content.vocabularies.get(locale)
    own_names = words.country_names if words else {}
    flows = [flow.localised(translate) for flow in content.flows.values()]
    return LocalizedContent(
        locale=locale,
        states={name: state for flow in flows for name, state in flow.states.items()},
        topics=content.topics,
        titles={flow.topic: flow.title for flow in flows if flow.topic},
        general=frozenset(flow.topic for flow in flows if flow.general),
        urgent=frozenset(flow.topic for flow in flows if flow.topic and flow.priority == "P0"),
        shared={name: translate(f"shared.{name}", text.say) for name, text in content.shared.items()},
        numbers=numbers,
        countries=_country_names(locale) | {code: names[0] for code, names in own_names.items()},
        local_numbers={row.country: row.number for row in content.local_numbers.values() if row.shown},
        hours=content.hours,
        code_words=content.code_words.get(locale) or content.code_words.get(SOURCE, ()),
        announcements={name: each.say for name, each in build_desk(library, locale).announcement.items()},
    )


def build_delivery(library: Library, locale: str) -> dict[str, Problem]:
    """What can go wrong with a message, by code, in one language: for `bot.handoff.delivery.problem`. Words without
    translation stand in Dutch."""
    catalog: Catalog = library.catalogs.get(locale, {})
    return {
        code: replace(problem, say=catalog.get((f"delivery.{code}", problem.say), problem.say))
        for code, problem in library.content.delivery.items()
    }


def build_desk(library: Library, locale: str) -> DeskTexts:
    """What advisors have at hand, in one language, with the numbers in place."""
    texts, catalog = library.content.desk, library.catalogs.get(locale, {})
    numbers = {name: each.text for name, each in library.content.referrals.items() if each.sayable}

    def localised(kind: str, rows: Mapping[str, Prepared]) -> dict[str, Prepared]:
        return {
            name: Prepared(
                catalog.get((f"{kind}.{name}.title", row.title), row.title),
                _numbered(catalog.get((f"{kind}.{name}.say", row.say), row.say), numbers),
            )
            for name, row in rows.items()
        }

    return replace(
        texts,
        quick=localised("quick", texts.quick),
        wrap_up=localised("wrap_up", texts.wrap_up),
        announcement=localised("announcement", texts.announcement),
    )


def build_reader(content: Content, model: Model, encoder: Encoder | None) -> Reader:
    """The reader of messages: word lists of all languages, country names, what was learned, the sentence encoder."""
    return Reader(
        lexicons=lexicons(content),
        countries=_countries(content),
        model=model,
        encoder=encoder,
        priorities={flow.topic: flow.priority for flow in content.flows.values() if flow.topic},
        default=SOURCE,
    )


def lexicons(content: Content) -> list[Lexicon]:
    """The words of every language, as the reader wants them."""
    return [
        Lexicon(
            language=words.language,
            commands=words.commands,
            switch=words.switch,
            wants_advisor=words.wants_advisor,
            danger=words.danger,
            place=words.place,
        )
        for words in content.vocabularies.values()
    ]


def _countries(content: Content) -> Countries:
    """Names and cities of flows/countries.toml, and the official names in every language we know."""
    official: dict[str, list[str]] = {}
    for locale in content.vocabularies:
        for code, name in _country_names(locale).items():
            official.setdefault(code, []).append(name)
    written = content.countries.names
    return Countries(
        [*written.values(), *(CountryNames(code, names) for code, names in official.items())],
        **content.countries.words,
    )


def _numbered(text: str, numbers: Mapping[str, str]) -> str:
    """`text` with the numbers in place; what depends on the conversation ({country}) stays for later."""
    for name, number in numbers.items():
        text = text.replace(f"{{{name}}}", number)
    return text


def _country_names(locale: str) -> dict[str, str]:
    """ISO code -> name, from the Unicode CLDR as Babel carries it."""
    known = {"ary-Latn": "fr", "prs": "fa_AF", "kmr": "ku"}
    territories = Locale.parse(known.get(locale, locale)).territories
    return {code: name for code, name in territories.items() if len(code) == 2 and code.isalpha()}
