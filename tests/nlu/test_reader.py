"""What messages are understood as: with the letters alone, and with the meaning too where its weights are installed."""

import io
import json
from collections.abc import Callable, Sequence

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot import cli
from bot.content.building import build_reader
from bot.content.files import COMMANDS
from bot.content.library import Library
from bot.content.models import find_weights, read_encoder
from bot.dialogue.states import NEITHER, TOPICS
from bot.nlu.classifiers import NgramClassifier, Scores
from bot.nlu.embedding import Encoder, EncoderUnavailable
from bot.nlu.language import LanguageGuesser
from bot.nlu.normalise import MAX_LENGTH
from bot.nlu.reader import Reader
from bot.nlu.understanding import Understanding
from bot.nlu.weights import Array
from tests.harness.known_vectors import KnownVectors

LANGUAGES = (
    "nl", "en", "ar", "ary-Latn", "tr", "fr", "fa", "prs", "ur", "so", "ti", "ckb", "kmr", "ps", "de", "es", "pl", "uk",
)  # fmt: skip
LOCALES: tuple[str | None, ...] = ("nl", "en", None)
ANY_TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=300)
TIERS = ["letters", pytest.param("meaning", marks=pytest.mark.model)] if find_weights() else ["letters"]


@pytest.fixture(scope="module", params=TIERS)
def reader(library: Library, request: pytest.FixtureRequest) -> Reader:
    return build_reader(library, encoder_of(request))


def encoder_of(request: pytest.FixtureRequest) -> Encoder | None:
    """The encoder, for tests by meaning; it is not even loaded for those by letters."""
    encoder: Encoder | None = request.getfixturevalue("encoder") if request.param == "meaning" else None
    return encoder


@pytest.fixture(scope="module")
def letters(library: Library) -> Reader:
    return build_reader(library, None)


# -- commands ------------------------------------------------------------------------------------------------------


def test_every_command_word_of_every_language_is_that_command_in_every_language(
    library: Library, letters: Reader
) -> None:
    wrong = []
    for language, words in library.content.vocabularies.items():
        for command, spellings in words.commands.items():
            for word in spellings:
                for locale in LOCALES:
                    for typed in (word, f" {word.upper()}!! "):
                        found = letters.understand(typed, locale)
                        if (found.command or found.topic) != command:
                            wrong.append((language, command, typed, found.command or found.topic))
    assert wrong == []


def test_no_command_word_is_danger(library: Library, reader: Reader) -> None:
    wrong = [
        (language, command, word)
        for language, words in library.content.vocabularies.items()
        for command, spellings in words.commands.items()
        for word in spellings
        if reader.understand(word, "nl").danger == "red"
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
def test_a_command_is_a_whole_message(reader: Reader, text: str) -> None:
    for locale in LOCALES:
        assert reader.understand(text, locale).command is None


@pytest.mark.parametrize("text", ["stop", "STOP", "Stop.", "stop!!", "afmelden", "unsubscribe", "end", "dur", "stoppp"])
def test_stop_alone_is_stop(reader: Reader, text: str) -> None:
    assert reader.understand(text, "nl").command == "stop"


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
def test_a_cry_for_help_is_never_stop(reader: Reader, text: str) -> None:
    for locale in LOCALES:
        assert reader.understand(text, locale).command is None


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
def test_polite_words_do_not_spoil_a_command(reader: Reader, text: str, command: str) -> None:
    assert reader.understand(text, "nl").command == command


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
        ("Nederlands olarak yazar mısın", "nl"),
        ("yok tekrar türkçeye dönelim", "tr"),
        ("اكتب لي بالهولندي", "nl"),
        ("می شه به انگلیسی بنویسید", "en"),
        ("on peut parler en anglais stp", "en"),
        ("schrijf maar arabisch", "ar"),
    ],
)
def test_a_language_can_be_asked_for_by_name(reader: Reader, text: str, language: str) -> None:
    for locale in LOCALES:
        found = reader.understand(text, locale)
        assert (found.command, found.switch_to) == ("language", language)


@pytest.mark.parametrize(
    "text",
    [
        "english people hit me",
        "mijn leraar engels",
        "the english teacher knows",
        "mijn vader spreekt arabisch",
        "can you help a french girl",
        "kun je een engelse vriendin helpen",
    ],  # fmt: skip
)
def test_a_language_that_is_only_mentioned_is_not_asked_for(reader: Reader, text: str) -> None:
    assert reader.understand(text, "nl").switch_to is None


@pytest.mark.parametrize("word", ["hoi", "hello", "bedankt", "thank you", "ja", "no", "nee"])
def test_small_talk_is_a_topic_and_no_command(reader: Reader, word: str) -> None:
    found = reader.understand(word, "nl")
    assert found.command is None
    assert found.topic in NEITHER
    assert not found.emergency_line


def test_a_command_word_needs_no_classifier(library: Library, letters: Reader, monkeypatch: pytest.MonkeyPatch) -> None:
    """Most messages are one of these. What their letters say of the language was worked out at start."""
    scored: list[str] = []
    real = NgramClassifier.scores

    def counting(self: NgramClassifier, text: str) -> Scores:
        scored.append(text)
        return real(self, text)

    monkeypatch.setattr(NgramClassifier, "scores", counting)
    wrong = []
    for words in library.content.vocabularies.values():
        for word in (word for spellings in words.commands.values() for word in spellings):
            for typed in (word, f" {word.upper()}. "):
                scored.clear()
                if letters.understand(typed, "nl").danger == "none" and scored:
                    wrong.append(typed)
    assert wrong == []


def test_what_was_worked_out_at_start_is_what_the_letters_say(library: Library) -> None:
    model, vocabularies = library.model, library.content.vocabularies
    scripts = {words.language: words.scripts for words in vocabularies.values()}
    plain = LanguageGuesser(model.languages, scripts, "nl")
    for text, languages in (("menu", {"nl", "en"}), ("stop", {"nl", "en", "fr"}), ("mostashar", {"ar"})):
        for locale in LOCALES:
            known = frozenset(languages)
            worked_out = LanguageGuesser(model.languages, scripts, "nl", [(text, known)])
            assert worked_out.guess(f"{text.upper()}!", known, locale) == plain.guess(text, known, locale)


# -- danger --------------------------------------------------------------------------------------------------------


def test_every_red_phrase_is_seen_whatever_the_language_of_the_conversation(
    library: Library, reader: Reader, request: pytest.FixtureRequest
) -> None:
    """Words alone are not enough for red ("een mes" at the table); they are always enough for the emergency line.
    By meaning, which takes a hundred times as long and can only add danger, one in fifteen is read."""
    phrases = [
        phrase.replace("...", " ")
        for words in library.content.vocabularies.values()
        for phrase in words.danger.get("red", ())
    ][:: 15 if reader.has_encoder else 1]
    if reader.has_encoder:
        known = KnownVectors(request.getfixturevalue("encoder"), phrases)
        reader = build_reader(library, known)
    found = {phrase: reader.understand(phrase, None) for phrase in phrases}
    assert [phrase for phrase, each in found.items() if each.danger == "none" or not each.emergency_line] == []
    red = [phrase for phrase, each in found.items() if each.danger == "red"]
    assert len(red) > 0.9 * len(phrases), sorted(found.keys() - set(red))


def test_what_means_the_opposite_is_never_red(library: Library, letters: Reader) -> None:
    wrong = [
        (words.language, phrase)
        for words in library.content.vocabularies.values()
        for phrase in words.danger.get("not", ())
        if letters.understand(phrase.replace("...", " "), words.language).danger == "red"
    ]
    assert wrong == []


@pytest.mark.parametrize(
    "text",
    [
        "hij slaat me niet",
        "hij slaat me nooit",
        "he doesn't hit me",
        "I am not in danger",
        "help me with my homework",
    ],
)
def test_danger_that_is_denied_is_not_red(reader: Reader, text: str) -> None:
    for locale in LOCALES:
        assert reader.understand(text, locale).danger != "red"


@pytest.mark.parametrize(
    "text",
    [
        "hij slaat me niet maar hij heeft een mes",
        "hij slaat me niet, hij schopt me hard",
        "I am not sure but he is hitting me",
        "mijn vader slaat me als ik niet luister",
        "ze slaan me als ik niet trouw",
        "hij bedreigt me als ik niet trouw",
        "he will kill me if I don't go",
    ],
)
def test_a_negation_excuses_only_what_it_negates(reader: Reader, text: str) -> None:
    for locale in LOCALES:
        assert reader.understand(text, locale).danger == "red"


SAID = [
    "hij slaat me",
    "he is hitting me",
    "beni dövüyor",
    "il me frappe",
    "كيضربني",
    "he has a knife",
    "ze sluiten me op",
]


@pytest.mark.parametrize("text", SAID)
@pytest.mark.parametrize(
    "changed",
    [
        str.upper,
        lambda text: f"{text}!!!",
        lambda text: f"hoi, {text}",
        lambda text: f"{text} 😭😭",
        lambda text: text.replace(" ", "  "),
        lambda text: f"{text} en ik wil weten wat het kost",
        lambda text: f"{text} I want to talk to a human",
        lambda text: f"{'bla ' * 20}{text}",
    ],
    ids=["upper", "signs", "greeting", "emoji", "spaces", "question", "person", "long"],
)
def test_danger_stays_danger_however_it_is_written(reader: Reader, text: str, changed) -> None:  # type: ignore[no-untyped-def]
    found = reader.understand(changed(text), None)
    assert found.danger != "none"
    assert found.emergency_line


def test_danger_and_a_person_are_both_heard(reader: Reader) -> None:
    found = reader.understand("hij slaat me, ik wil een mens spreken", "nl")
    assert (found.topic, found.danger, found.wants_advisor) == ("danger", "red", True)


# -- a person, or rather no call --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "text",
    [
        "ik wil een mens spreken",
        "can I talk to a real person",
        "bana bir danışman bağlayın",
        "je veux parler à quelqu'un",
    ],
)
def test_a_person_is_heard_in_several_languages(reader: Reader, text: str) -> None:
    assert reader.understand(text, None).wants_advisor


@pytest.mark.parametrize("text", ["ik wil geen mens spreken", "I do not want to talk to a human", "geen medewerker"])
def test_who_does_not_want_a_person_is_not_given_one(reader: Reader, text: str) -> None:
    assert not reader.understand(text, "nl").wants_advisor


@pytest.mark.parametrize("text", ["bel me niet", "beni aramayın", "don't call me", "ne m'appelez pas"])
def test_not_to_be_called_is_heard(reader: Reader, text: str) -> None:
    found = reader.understand(text, None)
    assert found.no_call
    assert not found.wants_advisor


# -- topics --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "topic"),
    [
        ("papa heeft me paspoort", "documents_taken"),
        ("rani f lmaghrib w ma bghawch yrj3ouni", "left_behind"),
        ("bizi burada bırakıp gittiler", "left_behind"),
        ("kost het bellen geld", "cost"),
        ("ben jij een robot", "about_bot"),
    ],
)
def test_the_right_topic_is_the_first(reader: Reader, text: str, topic: str) -> None:
    found = reader.understand(text, None)
    assert (found.topic or found.candidates[0].topic) == topic


def test_what_is_like_nothing_is_not_answered_as_a_topic(reader: Reader) -> None:
    for text in ("xqz", "blorp vlim", "asdf jkl", "??"):
        assert reader.understand(text, "nl").topic not in TOPICS


# -- places and languages ------------------------------------------------------------------------------------------


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
def test_a_place_is_what_the_person_says(letters: Reader, text: str, place: str | None) -> None:
    assert letters.understand(text, "nl").place == place


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("ik weet niet wat ik moet doen", "nl"),
        ("I don't know what to do", "en"),
        ("لا أعرف ماذا أفعل", "ar"),
        ("نمیدونم باید چیکار کنم", "fa"),
        ("እርዳታ እፈልጋለሁ", "ti"),
        ("мені потрібна допомога", "uk"),
        ("ne yapacağımı bilmiyorum", "tr"),
        ("ma3reftch chno ndir", "ary-Latn"),
        ("waan baqayaa maxaan sameeyaa", "so"),
    ],
)
def test_the_language_is_heard_when_nothing_is_known(letters: Reader, text: str, language: str) -> None:
    assert letters.understand(text, None).language == language


@pytest.mark.parametrize("text", ["123", "?!", "😭", ""])
def test_a_text_without_letters_keeps_the_language_of_the_conversation(letters: Reader, text: str) -> None:
    assert letters.understand(text, "en").language == "en"
    assert letters.understand(text, None).language == "nl"


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
    certainties = [each.confidence for each in found.candidates]
    assert certainties == sorted(certainties, reverse=True)
    assert not (found.danger != "none" and not found.emergency_line and found.command is None)


def test_any_text_gives_a_valid_answer_and_the_same_one_again(reader: Reader) -> None:
    @given(text=ANY_TEXT, locale=st.sampled_from(LOCALES))
    @settings(deadline=None, derandomize=True, max_examples=25 if reader.has_encoder else 100)
    def holds(text: str, locale: str | None) -> None:
        found = reader.understand(text, locale)
        valid(found)
        assert reader.understand(text, locale) == found

    holds()


@pytest.mark.parametrize(
    "text",
    ["a" * 100_000, "ﷺ" * 20_000, "(" * 50_000, "a\u0301" * 50_000, "slaat me " * 9_000, "\U0001f469\u200d" * 20_000],
)
def test_of_a_very_long_message_only_the_beginning_is_read(reader: Reader, text: str) -> None:
    found = reader.understand(text, "nl")
    valid(found)
    assert found == reader.understand(text[:MAX_LENGTH], "nl")


def test_the_command_understand_speaks_the_contract(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    asked = [
        {"text": "hij slaat me, ik wil een mens spreken", "locale": None},
        {"text": "menu", "locale": "en"},
        {"text": ""},
        {"text": "Ik ben in Marokko\nen bang", "locale": "nl"},
    ]
    lines = "\n".join(json.dumps(each) for each in asked).encode()
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(lines)))
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
    assert answers[3]["country"] == "MA"


def test_without_the_weights_there_is_no_encoder(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bot.content.models.find_weights", lambda: None)
    assert read_encoder() is None


class _NotAnswering(Encoder):
    """An encoder whose network does not answer."""

    def __init__(self) -> None:
        pass

    def layers(self, texts: Sequence[str]) -> Array:
        raise EncoderUnavailable("late")


def test_when_the_encoder_does_not_answer_the_letters_decide_as_they_do_alone(library: Library) -> None:
    by_letters, waiting = build_reader(library, None), build_reader(library, _NotAnswering())
    for text in ("hij slaat me en ik ben bang", "hoe kom ik aan een nieuw paspoort", "menu", "kan iemand mij bellen"):
        assert waiting.understand(text, "nl") == by_letters.understand(text, "nl")


class _Aside(Encoder):
    """An encoder that computes while its asker goes on; in the end there is no answer."""

    def __init__(self, noted: list[str]) -> None:
        self._noted = noted

    def begin(self, _text: str) -> Callable[[], Array]:
        self._noted.append("begun")
        return self._end

    def _end(self) -> Array:
        self._noted.append("waited for")
        raise EncoderUnavailable("late")


def test_the_letters_are_read_while_the_encoder_computes(library: Library, monkeypatch: pytest.MonkeyPatch) -> None:
    noted: list[str] = []
    real = NgramClassifier.scores

    def noting(self: NgramClassifier, text: str) -> Scores:
        noted.append("letters")
        return real(self, text)

    monkeypatch.setattr(NgramClassifier, "scores", noting)
    reader = build_reader(library, _Aside(noted))
    noted.clear()
    text = "hoe kom ik aan een nieuw paspoort"
    assert reader.understand(text, "nl") == build_reader(library, None).understand(text, "nl")
    assert noted[:4] == ["begun", "letters", "letters", "waited for"]
