"""What runs, built from the content: the engine and the reader of messages."""

from bot.content.library import Library
from bot.content.localizing import country_names, localize
from bot.content.values import Content
from bot.dialogue.context import Rules
from bot.dialogue.engine import Engine
from bot.dialogue.language import Languages
from bot.dialogue.machine import Machines
from bot.nlu.asked import Asked
from bot.nlu.countries import CountryFinder, CountryNames
from bot.nlu.embedding import Encoder
from bot.nlu.normalise import normalise
from bot.nlu.numbers import NumberWords
from bot.nlu.phrases import Lexicon
from bot.nlu.reader import Reader
from bot.nlu.remarks import Remarks, RemarkWords
from bot.nlu.whereabouts import Whereabouts


def build_engine(library: Library, encoder: Encoder | None = None) -> Engine:
    """The engine with everything localised and every machine built. Nothing is read or built after this. Without the
    `encoder` it reads messages by their letters alone."""
    content, languages = library.content, library.languages
    reader = build_reader(library, encoder)
    contents = {code: localize(library, code) for code in languages.live}
    for_work = {flow.topic: flow.for_work for flow in content.flows.values() if flow.for_work}
    work_flows = {state.partition(".")[0] for state in for_work.values()}
    return Engine(
        Rules(
            contents=contents,
            states=contents[languages.source].states,
            topics=content.topics,
            for_work=for_work,
            work_states=[name for name in content.states if name.partition(".")[0] in work_flows],
            machines=Machines(content.flows.values()),
            commands=content.commands,
            languages=Languages(
                contents,
                languages.closest,
                languages.source,
                content.vocabularies[languages.source].commands.get("greeting", ()),
                languages.varieties,
                languages.offered,
            ),
            understander=reader,
            cheap_understander=reader.without_encoder(),
            numbers=NumberWords(
                [words.numbers.get("words", ()) for words in content.vocabularies.values()],
                [word for words in content.vocabularies.values() for word in words.numbers.get("around", ())],
            ),
            remarks=Remarks(
                remark_words(content),
                {language: each.around for language, each in content.remarks.items()},
                {language: each.between for language, each in content.remarks.items()},
            ),
            asked=Asked(content.asked),
            countries=reader.countries,
            whereabouts=Whereabouts(content.whereabouts.values(), reader.countries),
            answers=answering_states(content),
            crisis_asks=content.crisis_asks,
            subject=_subject_words(content),
            code_words=frozenset(word for each in contents.values() for word in each.code_words),
        )
    )


def remark_words(content: Content) -> dict[str, dict[str, RemarkWords]]:
    """Language -> remark -> the words of flows/remarks; and yes, no and thanks as the vocabulary has them."""
    found: dict[str, dict[str, RemarkWords]] = {}
    for language, vocabulary in content.vocabularies.items():
        written = dict(content.remarks[language].words) if language in content.remarks else {}
        for kind in ("yes", "no", "thanks"):
            listed = vocabulary.commands.get(kind, ())
            own = written.get(kind, RemarkWords())
            taken = {normalise(word) for other, words in written.items() if other != kind for word in words.whole}
            whole = [word for word in listed if normalise(word) not in taken]
            # "Yes i can": such a word also begins a sentence. "I do not want" may begin "... to live": not for "no".
            alone = [word for word in listed if " " not in word and len(word) > 1]
            starts = alone if kind == "yes" and not own.starts else []
            written[kind] = RemarkWords([*own.whole, *whole], [*own.starts, *starts], own.within)
        found[language] = written
    return found


def answering_states(content: Content) -> dict[tuple[str, str], tuple[str, ...]]:
    """(flow, remark) -> the states that answer it, in the order of the file."""
    found: dict[tuple[str, str], tuple[str, ...]] = {}
    for flow in content.flows.values():
        for name, state in flow.states.items():
            for remark in state.answers:
                found[flow.name, remark] = (*found.get((flow.name, remark), ()), name)
    return found


def _subject_words(content: Content) -> frozenset[str]:
    return frozenset(normalise(word) for words in content.neutral.values() for word in words)


def build_reader(library: Library, encoder: Encoder | None) -> Reader:
    """The reader of messages: word lists of all languages, country names, what was learned, the sentence encoder."""
    content = library.content
    return Reader(
        lexicons=lexicons(content),
        countries=country_finder(content),
        model=library.model,
        encoder=encoder,
        priorities={flow.topic: flow.priority for flow in content.flows.values() if flow.topic},
        default=library.languages.source,
    )


def lexicons(content: Content) -> list[Lexicon]:
    """The words of every language, as the reader wants them."""
    return [
        Lexicon(
            language=words.language,
            commands=words.commands,
            switch=words.switch,
            switch_requests=words.switch_requests,
            wants_advisor=words.wants_advisor,
            danger=words.danger,
            place=words.place,
            scripts=words.scripts,
        )
        for words in content.vocabularies.values()
    ]


def country_finder(content: Content) -> CountryFinder:
    """Names and cities of flows/countries.toml, and the official names in every language we know."""
    official: dict[str, list[str]] = {}
    for locale in content.vocabularies:
        for code, name in country_names(content, locale).items():
            official.setdefault(code, []).append(name)
    written = content.countries.names
    return CountryFinder(
        [*written.values(), *(CountryNames(code, names) for code, names in official.items())],
        **content.countries.words,
    )
