"""Understanding by words and phrases: the real word lists, and small ones for the rules."""

import io
import json
from collections.abc import Mapping, Sequence

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot import cli
from bot.content.files import COMMANDS
from bot.content.library import Library, build_understander
from bot.dialogue.topics import NEITHER, TOPICS
from bot.nlu.nearest import Nearest
from bot.nlu.phrases import Lexicon, PhraseUnderstander
from bot.nlu.understanding import Understanding

LANGUAGES = [
    "nl",
    "en",
    "ar",
    "ary-Latn",
    "tr",
    "fr",
    "fa",
    "prs",
    "ur",
    "so",
    "ti",
    "ckb",
    "kmr",
    "ps",
    "de",
    "es",
    "pl",
    "uk",
]
LOCALES: tuple[str | None, ...] = ("nl", "en", None)
ANY_TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=300)


@pytest.fixture(scope="module")
def understander(library: Library) -> PhraseUnderstander:
    return build_understander(library)


def small(
    topics: Mapping[str, Sequence[str]] | None = None,
    priorities: Mapping[str, str] | None = None,
    **lists: Mapping[str, Sequence[str]],
) -> PhraseUnderstander:
    """An understander of a few words."""
    lexicon = Lexicon(
        language="nl",
        commands=lists.get("commands", {}),
        switch=(),
        wants_advisor=("mens spreken",),
        danger=lists.get("danger", {}),
        place={},
        hints=(),
        topics=topics or {},
    )
    return PhraseUnderstander([lexicon], [], Nearest(()), priorities or {}, "nl")


# -- commands ------------------------------------------------------------------------------------------------------


def test_every_command_word_of_every_language_is_that_command_in_every_language(
    library: Library, understander: PhraseUnderstander
) -> None:
    wrong = []
    for language, words in library.content.vocabularies.items():
        for command, spellings in words.commands.items():
            for word in spellings:
                for locale in LOCALES:
                    for typed in (word, f" {word.upper()}!! "):
                        found = understander.understand(typed, locale)
                        if (found.command or found.topic) != command:
                            wrong.append((language, command, typed, found.command or found.topic))
    assert wrong == []


def test_no_command_word_is_danger(library: Library, understander: PhraseUnderstander) -> None:
    wrong = [
        (language, command, word)
        for language, words in library.content.vocabularies.items()
        for command, spellings in words.commands.items()
        for word in spellings
        if understander.understand(word, "nl").danger == "red"
    ]
    assert wrong == []


@pytest.mark.parametrize(
    "text",
    [
        "het menu van het restaurant was duur",
        "ik wil niet meer terug naar daar",
        "mijn nummer is veranderd",
        "mijn kaart is op",
        "welke taal spreekt mijn oom",
        "I lost my card at home",
        "he went back to the village",
        "he said wrong number and hung up",
    ],
)
def test_a_command_is_a_whole_message(understander: PhraseUnderstander, text: str) -> None:
    for locale in LOCALES:
        assert understander.understand(text, locale).command is None


@pytest.mark.parametrize("text", ["stop", "STOP", "Stop.", "stop!!", "afmelden", "unsubscribe", "end", "dur", "stoppp"])
def test_stop_alone_is_stop(understander: PhraseUnderstander, text: str) -> None:
    assert understander.understand(text, "nl").command == "stop"


@pytest.mark.parametrize(
    "text",
    [
        "zorg dat het stopt",
        "help me",
        "I can't stop crying",
        "make it stop",
        "stop ermee",
        "hij moet stoppen",
        "laat het stoppen",
        "please stop",
        "stop please",
        "stop aub",
        "please stop him",
        "ik wil dat het stopt",
        "stop stop stop",
        "don't stop",
        "stop het",
    ],
)
def test_a_cry_for_help_is_never_stop(understander: PhraseUnderstander, text: str) -> None:
    for locale in LOCALES:
        assert understander.understand(text, locale).command is None


@pytest.mark.parametrize(
    ("text", "command"),
    [
        ("menu aub", "menu"),
        ("menu alsjeblieft", "menu"),
        ("menu please", "menu"),
        ("graag een medewerker", "advisor"),
        ("pls card", "card"),
        ("wis alles svp", "erase"),
        ("terug plz", "back"),
        ("taal graag", "language"),
    ],
)
def test_polite_words_do_not_spoil_a_command(understander: PhraseUnderstander, text: str, command: str) -> None:
    assert understander.understand(text, "nl").command == command


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("english please", "en"),
        ("English", "en"),
        ("in het engels", "en"),
        ("can you speak english?", "en"),
        ("nederlands graag", "nl"),
        ("dutch", "nl"),
        ("deutsch", "de"),
        ("Türkçe", "tr"),
        ("عربي", "ar"),
        ("Français svp", "fr"),
    ],
)
def test_a_language_can_be_asked_for_by_name(understander: PhraseUnderstander, text: str, language: str) -> None:
    for locale in LOCALES:
        found = understander.understand(text, locale)
        assert (found.command, found.switch_to) == ("language", language)


@pytest.mark.parametrize("text", ["english people hit me", "mijn leraar engels", "the english teacher knows"])
def test_a_language_that_is_only_mentioned_is_not_asked_for(understander: PhraseUnderstander, text: str) -> None:
    assert understander.understand(text, "nl").switch_to is None


@pytest.mark.parametrize("word", ["hoi", "hello", "bedankt", "thank you", "ja", "no", "nee"])
def test_small_talk_is_a_topic_and_no_command(understander: PhraseUnderstander, word: str) -> None:
    found = understander.understand(word, "nl")
    assert found.command is None
    assert found.topic in NEITHER
    assert not found.emergency_line


# -- danger --------------------------------------------------------------------------------------------------------


def test_every_red_phrase_is_red_whatever_the_language_of_the_conversation(
    library: Library, understander: PhraseUnderstander
) -> None:
    missed = []
    for words in library.content.vocabularies.values():
        for phrase in words.danger.get("red", ()):
            text = phrase.replace("...", " ")
            for locale in LOCALES:
                found = understander.understand(text, locale)
                if (found.danger, found.topic, found.emergency_line) != ("red", "danger", True):
                    missed.append((words.language, phrase, locale))
    assert missed == []


def test_what_means_the_opposite_is_never_red(library: Library, understander: PhraseUnderstander) -> None:
    wrong = [
        (words.language, phrase)
        for words in library.content.vocabularies.values()
        for phrase in words.danger.get("not", ())
        if understander.understand(phrase.replace("...", " "), words.language).danger == "red"
    ]
    assert wrong == []


@pytest.mark.parametrize(
    ("text", "danger"),
    [
        ("hij slaat me niet", "none"),
        ("hij slaat me vandaag niet", "none"),
        ("hij slaat me nooit", "none"),
        ("he doesn't hit me", "none"),
        ("I am not in danger", "none"),
        ("help me with my homework", "none"),
        ("hij slaat me niet maar hij heeft een mes", "red"),
        ("hij slaat me niet, hij schopt me", "red"),
        ("I am not sure but he is hitting me", "red"),
        ("mijn vader slaat me als ik niet luister", "red"),
        ("ze slaan me als ik niet trouw", "red"),
        ("hij bedreigt me als ik niet trouw", "red"),
        ("hij slaat me dat is niet normaal", "red"),
        ("he will kill me if I don't go", "red"),
    ],
)
def test_a_negation_excuses_only_what_it_negates(understander: PhraseUnderstander, text: str, danger: str) -> None:
    for locale in LOCALES:
        assert understander.understand(text, locale).danger == danger


def test_danger_and_a_person_are_both_heard(understander: PhraseUnderstander) -> None:
    found = understander.understand("hij slaat me, ik wil een mens spreken", "nl")
    assert (found.topic, found.danger, found.wants_advisor) == ("danger", "red", True)


@pytest.mark.parametrize("text", ["ik wil geen mens spreken", "I do not want to talk to a human", "geen medewerker"])
def test_who_does_not_want_a_person_is_not_given_one(understander: PhraseUnderstander, text: str) -> None:
    assert not understander.understand(text, "nl").wants_advisor


# -- phrases -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("paspoort afgepakt", True),
        ("mijn paspoort is afgepakt", True),
        ("paspoort is gisteren afgepakt", True),
        ("paspoort is gisteren weer afgepakt", False),
        ("paspoort is niet afgepakt", False),
        ("paspoort nooit afgepakt", False),
        ("afgepakt paspoort", False),
        ("dreigt te slaan", True),
        ("dreigt mij nu weer echt te slaan", True),
        ("dreigt mij nu weer echt hard te slaan", False),
        ("dreigt niet te slaan", False),
        ("paspoort", False),
    ],
)
def test_gaps_and_fillers_have_a_limit_and_no_negation_in_them(text: str, found: bool) -> None:
    understander = small({"law": ["paspoort afgepakt", "dreigt ... te slaan"]}, {"law": "H"})
    assert (understander.understand(text, "nl").topic == "law") is found


def test_a_longer_match_is_surer() -> None:
    understander = small({"cost": ["kost", "kost het geld"]}, {"cost": "P1"})
    short, long = (understander.understand(text, "nl") for text in ("wat kost dit nou", "zeg kost het geld of niet"))
    assert short.confidence < long.confidence < 1
    assert understander.understand("kost het geld", "nl").confidence == 0.99


def test_only_a_sure_harmless_answer_goes_without_the_emergency_line() -> None:
    understander = small({"cost": ["kost het geld"], "law": ["de wet"]}, {"cost": "P1", "law": "H"})
    assert not understander.understand("kost het geld", "nl").emergency_line
    assert understander.understand("de wet", "nl").emergency_line
    assert understander.understand("iets heel anders", "nl").emergency_line


@pytest.mark.parametrize(
    ("text", "topic"),
    [
        ("danger suicide left_behind leaving_now abroad_afraid trip_planned embassy law cost", "danger"),
        ("cost law embassy trip_planned abroad_afraid leaving_now left_behind suicide", "suicide"),
        ("cost law embassy trip_planned abroad_afraid leaving_now left_behind", "left_behind"),
        ("cost law embassy trip_planned abroad_afraid leaving_now", "leaving_now"),
        ("cost law embassy trip_planned abroad_afraid", "abroad_afraid"),
        ("cost law embassy trip_planned", "trip_planned"),
        ("cost law embassy", "embassy"),
        ("cost law", "law"),
        ("cost", "cost"),
    ],
)
def test_the_order_of_topics_decides_between_several(library: Library, text: str, topic: str) -> None:
    priorities = {flow.topic: flow.priority for flow in library.content.flows.values() if flow.topic}
    understander = small({name: [name] for name in TOPICS}, priorities)
    assert understander.understand(text, "nl").topic == topic


def test_among_topics_of_one_rank_the_longer_match_wins() -> None:
    understander = small({"cost": ["geld"], "contact": ["geld voor bellen"]}, {"cost": "P1", "contact": "P1"})
    assert understander.understand("geld voor bellen dus", "nl").topic == "contact"


# -- countries and places ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "country"),
    [
        ("ik ben in Marokko", "MA"),
        ("I am in Morocco now", "MA"),
        ("Turkije", "TR"),
        ("Turkey", "TR"),
        ("Türkiye", "TR"),
        ("ik zit in Engeland", "GB"),
        ("Palestina", "PS"),
        ("Ivory Coast", "CI"),
        ("we zijn in Somalië", "SO"),
        ("somalie", "SO"),
        ("Verenigde Staten", "US"),
        ("the United States", "US"),
        ("Zuid-Afrika", "ZA"),
        ("Sudan", "SD"),
        ("Zuid-Soedan", "SS"),
        ("Niger", "NE"),
        ("Nigeria", "NG"),
        ("Guinee-Bissau", "GW"),
        ("Guinee", "GN"),
        ("noorwegen", "NO"),
        ("ik ben in nederland", "NL"),
        ("المغرب", "MA"),
        ("ik zit thuis", None),
        ("ik wil iets vragen", None),
    ],
)
def test_countries_are_known_by_their_names(understander: PhraseUnderstander, text: str, country: str | None) -> None:
    for locale in LOCALES:
        assert understander.understand(text, locale).country == country


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("ik ben in het buitenland", "abroad"),
        ("I am abroad", "abroad"),
        ("ik ben nog in Nederland", "nl"),
        ("I'm in the Netherlands", "nl"),
        ("ik ben niet in nederland", "abroad"),
        ("ik wil naar huis", None),
    ],
)
def test_a_place_is_what_the_person_says(understander: PhraseUnderstander, text: str, place: str | None) -> None:
    assert understander.understand(text, "nl").place == place


# -- language ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("ik weet niet wat ik moet doen", "nl"),
        ("I don't know what to do", "en"),
        ("لا أعرف ماذا أفعل", "ar"),
        ("نمی‌دانم چه کار کنم", "fa"),
        ("እርዳታ እፈልጋለሁ", "ti"),
        ("мені потрібна допомога", "uk"),
    ],
)
def test_the_language_is_heard_when_nothing_is_known(
    understander: PhraseUnderstander, text: str, language: str
) -> None:
    assert understander.understand(text, None).language == language


def test_a_text_that_says_nothing_keeps_the_language_of_the_conversation(understander: PhraseUnderstander) -> None:
    assert understander.understand("xqz", "en").language == "en"
    assert understander.understand("xqz", None).language == "nl"


def test_there_are_words_for_every_language_of_the_contract(library: Library) -> None:
    assert set(library.content.vocabularies) == set(LANGUAGES)


# -- whatever comes ------------------------------------------------------------------------------------------------


def valid(found: Understanding) -> None:
    assert found.language in LANGUAGES
    assert 0 <= found.language_confidence <= 1
    assert 0 <= found.confidence <= 1
    assert found.topic is None or found.topic in (*TOPICS, *NEITHER)
    assert found.command is None or found.command in COMMANDS
    assert found.danger in ("red", "amber", "none")
    assert found.country is None or (len(found.country) == 2 and found.country.isupper())
    assert found.place in (None, "nl", "abroad")
    assert len(found.candidates) <= 3
    names = [candidate.topic for candidate in found.candidates]
    assert len(set(names)) == len(names)
    assert set(names) <= set(TOPICS) - {"danger"}
    assert [each.confidence for each in found.candidates] == sorted(
        (each.confidence for each in found.candidates), reverse=True
    )
    assert not (found.danger != "none" and not found.emergency_line and found.command is None)


def test_any_text_gives_a_valid_answer(understander: PhraseUnderstander) -> None:
    @given(text=ANY_TEXT, locale=st.sampled_from(LOCALES))
    @settings(deadline=None, derandomize=True, max_examples=300)
    def holds(text: str, locale: str | None) -> None:
        valid(understander.understand(text, locale))

    holds()


def test_our_own_phrases_give_valid_answers(library: Library, understander: PhraseUnderstander) -> None:
    for words in library.content.vocabularies.values():
        for phrases in words.topics.values():
            for phrase in phrases:
                valid(understander.understand(phrase.replace("...", " "), words.language))


def test_the_command_understand_speaks_the_contract(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    asked = [
        {"text": "hij slaat me, ik wil een mens spreken", "locale": None},
        {"text": "menu", "locale": "en"},
        {"text": ""},
        {"text": "Ik ben in Marokko\nen bang", "locale": "nl"},
    ]
    monkeypatch.setattr("sys.stdin", io.StringIO("\n".join(json.dumps(each) for each in asked)))
    assert cli.main(["understand"]) == 0
    answers = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert len(answers) == len(asked)
    for answer in answers:
        assert set(answer) == {
            "language", "language_confidence", "topic", "confidence", "candidates", "command", "danger",
            "emergency_line", "wants_advisor", "country", "place",
        }  # fmt: skip
        assert all(set(each) == {"topic", "confidence"} for each in answer["candidates"])
    assert (answers[0]["topic"], answers[0]["danger"], answers[0]["wants_advisor"]) == ("danger", "red", True)
    assert answers[1]["command"] == "menu"
    assert (answers[3]["country"], answers[3]["place"]) == ("MA", "abroad")
