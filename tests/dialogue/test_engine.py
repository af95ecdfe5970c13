"""What the bot decides, in conversations with the real content."""

import itertools
from datetime import UTC, datetime

import pytest

from bot.content.building import build_engine
from bot.content.library import Library
from bot.dialogue.conversation import (
    FRAGMENT_MINUTES,
    HISTORY_LENGTH,
    SCHEMA,
    SILENCE_MINUTES,
    Conversation,
    Place,
    Status,
)
from bot.dialogue.engine import Engine
from bot.dialogue.events import (
    AdvisorCancelled,
    AdvisorRequested,
    CallRefused,
    DangerSeen,
    DecoyStarted,
    EngineFailed,
    ErasureRequested,
    Heard,
    LanguageChosen,
    PlaceTold,
    Said,
    Stopped,
)
from bot.dialogue.flow import BACK, HERE
from bot.dialogue.states import StateName
from bot.dialogue.turn import Circumstances
from bot.messages import Channel, Inbound, Kind
from bot.nlu.understanding import Understander, Understanding
from bot.rendering.segments import measure
from tests.harness.conversations import a_conversation
from tests.harness.dialogue import DialogueTester, with_understander

BZ, EMERGENCY = "+31 247 247 247", "112"
NOW = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
MINUTE = int(NOW.timestamp()) // 60
UNKNOWN_TEXTS = ("blorp vlim", "zwonk krel", "drisp fnuk", "plomf gwer", "trelk bneu")
"""Not understood by the reader of these tests, whatever the next model makes of them."""


class Reading:
    """The real reader, except that it makes nothing of UNKNOWN_TEXTS."""

    def __init__(self, reader: Understander) -> None:
        self._reader = reader
        self._unknown = frozenset(" ".join(UNKNOWN_TEXTS).split())

    def understand(self, text: str, locale: str | None) -> Understanding:
        if self._unknown.issuperset(text.split()):
            return Understanding(language=locale or "nl", language_confidence=0.0)
        return self._reader.understand(text, locale)


@pytest.fixture(scope="module")
def engine(library: Library) -> Engine:
    engine = build_engine(library)
    return with_understander(engine, Reading(engine.rules.understander))


def at(state: str, **fields: object) -> Conversation:
    """A conversation in the middle, a minute old."""
    values: dict[str, object] = {"locale": "nl", "heard_minute": MINUTE, "subject_disclosed": True} | fields
    return a_conversation(state=state, **values)


def shared(tester: DialogueTester, name: str) -> str:
    return tester.engine.content(tester.conversation.locale).shared[name]


def first_lines(text: str, count: int = 6) -> list[str]:
    return text.split("\n")[:count]


# -- the first words -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "text", ["hoi", "Hallo!", "hello", "good morning", "salam", "1", "?", "ja", "dank je", "blorp vlim"]
)
def test_who_has_said_nothing_yet_gets_the_neutral_opener_with_both_numbers(tester: DialogueTester, text: str) -> None:
    tester.say(text).in_state(StateName.OPENER).hears(EMERGENCY, BZ)
    lower = tester.reply.lower()
    for word in ("achter", "veilig thuis", "geweld", "huwelijk", "ministerie", "abandon", "violence", "ministry"):
        assert word not in lower
    assert not tester.conversation.told.subject_disclosed


@pytest.mark.parametrize("text", ["hoi", "hello"])
def test_the_opener_is_one_sms_with_each_number_on_its_own_line(tester: DialogueTester, text: str) -> None:
    tester.say(text)
    assert measure(tester.reply).segments == 1
    assert {EMERGENCY, BZ} <= set(tester.reply.split("\n"))


def test_a_first_message_that_names_the_subject_is_answered_at_once(tester: DialogueTester) -> None:
    tester.say("ik ben achtergelaten").in_state("left_behind.answer").hears(BZ, EMERGENCY)
    assert tester.conversation.told.subject_disclosed


def test_a_first_cry_for_help_gets_the_numbers_first(tester: DialogueTester) -> None:
    tester.say("help me").in_state("danger.answer").caused(DangerSeen)
    assert {EMERGENCY, BZ} <= set(first_lines(tester.reply))


def test_a_first_word_that_asks_for_a_person_gets_one(tester: DialogueTester) -> None:
    tester.say("medewerker").in_state(StateName.HANDOFF).caused(AdvisorRequested)


# -- language ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "locale"),
    [("hoi", "nl"), ("hello", "en"), ("ik ben bang", "nl"), ("I am scared of my father", "en"), ("1", "nl")],
)
def test_the_first_message_decides_the_language(tester: DialogueTester, text: str, locale: str) -> None:
    tester.say(text).caused(LanguageChosen)
    assert tester.conversation.locale == locale


@pytest.mark.parametrize("text", ["لا أعرف ماذا أفعل", "je ne sais pas quoi faire", "nie wiem co robić"])
def test_a_language_without_texts_is_answered_in_the_closest_live_one(
    tester: DialogueTester, library: Library, text: str
) -> None:
    language = tester.engine.rules.understander.understand(text, None).language
    assert language not in tester.engine.contents
    tester.say(text)
    assert tester.conversation.locale == library.languages.closest[language]


@pytest.mark.parametrize(("text", "locale"), [("english please", "en"), ("in het engels", "en"), ("English", "en")])
def test_asking_for_a_language_shows_the_same_in_it(tester: DialogueTester, text: str, locale: str) -> None:
    tester.begin(at("questions.about", history=(StateName.MENU,))).say(text).in_state("questions.about")
    assert tester.conversation.locale == locale
    assert tester.conversation.position.history == (StateName.MENU,)


def test_asking_for_a_language_keeps_the_topics_that_were_offered(tester: DialogueTester) -> None:
    tester.say("ik ben achtergelaten", UNKNOWN_TEXTS[0]).in_state(StateName.CANDIDATES)
    offered = tester.conversation.position.candidates
    tester.say("english please").in_state(StateName.CANDIDATES)
    assert tester.conversation.position.candidates == offered
    tester.hears(*(tester.engine.contents["en"].titles[topic] for topic in offered))


def test_a_language_without_texts_is_said_to_have_none(tester: DialogueTester) -> None:
    tester.say("hoi", "deutsch").in_state("language.other")
    tester.say("0").in_state(StateName.MENU)


def test_a_clear_change_of_language_is_followed_and_one_word_is_not(tester: DialogueTester) -> None:
    tester.begin(at(StateName.MENU)).say("ok")
    assert tester.conversation.locale == "nl"
    tester.say("I don't know what they want, they think I should go back home with them")
    assert tester.conversation.locale == "en"


def test_the_language_menu_leads_back_to_where_the_person_was(tester: DialogueTester) -> None:
    tester.begin(at("cost.answer")).say("taal").in_state("language.choose").say("2").in_state("cost.answer")
    assert tester.conversation.locale == "en"


@pytest.mark.parametrize(("locale", "other"), [("nl", "en"), ("en", "nl")])
def test_the_third_choice_of_the_opener_is_the_other_language(tester: DialogueTester, locale: str, other: str) -> None:
    tester.begin(at(StateName.OPENER, locale=locale, subject_disclosed=False)).say("3").in_state(StateName.OPENER)
    assert tester.conversation.locale == other


# -- silence -------------------------------------------------------------------------------------------------------


FULL = at(
    "cost.answer",
    place=Place.ABROAD,
    country="TR",
    mentioned_country="MA",
    role="self",
    safe=True,
    history=(StateName.MENU,),
    fallback_count=1,
    candidates=("law",),
)


def test_after_half_an_hour_nothing_that_was_told_is_left(tester: DialogueTester) -> None:
    tester.begin(FULL).wait(SILENCE_MINUTES + 1).say("hoi").in_state(StateName.OPENER)
    left = a_conversation(
        state=StateName.OPENER, locale="nl", heard_minute=MINUTE + SILENCE_MINUTES + 1, fragment="hoi"
    )
    assert tester.conversation == left


def test_before_that_the_conversation_goes_on(tester: DialogueTester) -> None:
    tester.begin(FULL).wait(SILENCE_MINUTES).say("terug").in_state(StateName.MENU)
    assert tester.conversation.told.country == "TR"


@pytest.mark.parametrize("text", ["1", "terug", "ja", "blorp vlim", "Ja, dat wil ik"])
def test_what_was_on_the_screen_before_a_silence_cannot_be_answered(tester: DialogueTester, text: str) -> None:
    tester.begin(FULL).wait(SILENCE_MINUTES + 1).say(text).in_state(StateName.OPENER)


def test_who_waits_for_a_person_keeps_waiting_through_a_silence(tester: DialogueTester) -> None:
    tester.say("medewerker").wait(SILENCE_MINUTES + 1).say("hoi").in_state(StateName.OPENER)
    assert tester.conversation.handling.status is Status.WAITING
    assert tester.conversation.handling.waiting_minute == MINUTE
    assert [entry.contact for entry in tester.storage.queue.waiting()] == [tester.message("").contact]


def test_danger_that_was_seen_is_remembered_through_a_silence(tester: DialogueTester) -> None:
    tester.say("help me").wait(SILENCE_MINUTES + 1).say("hoi")
    assert tester.conversation.handling.danger


# -- numbers and choices -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("text", ["2", " 2 ", "2.", "(2)", "٢", "۲", "２", "२", "2️⃣", "②", "²", "፪", "⓶"])
def test_a_menu_number_may_be_written_in_any_digits(tester: DialogueTester, text: str) -> None:
    tester.begin(at(StateName.MENU)).say(text).in_state("trip.answer")


@pytest.mark.parametrize("text", ["Ik moet op reis", "ik moet op reis!", "IK MOET OP REIS", "vakantie", "reis"])
def test_a_choice_may_be_made_by_its_label_or_another_word(tester: DialogueTester, text: str) -> None:
    tester.begin(at(StateName.MENU)).say(text).in_state("trip.answer")


def test_every_choice_is_the_same_by_number_and_by_label(engine: Engine) -> None:
    wrong = []
    for locale, book in engine.contents.items():
        for name, state in book.states.items():
            start = at(name, locale=locale, history=("cost.answer",))
            for number, choice in enumerate(state.visible(start), start=1):
                by_number, by_label = (reached(engine, start, text) for text in (str(number), choice.label))
                if by_number != by_label:
                    wrong.append((locale, name, choice.label, by_number, by_label))
    assert wrong == []


def test_every_other_word_of_a_choice_chooses_it_unless_it_is_danger_or_asks_for_a_language(engine: Engine) -> None:
    wrong = []
    for locale, book in engine.contents.items():
        for name, state in book.states.items():
            start = at(name, locale=locale, history=("cost.answer",))
            for number, choice in enumerate(state.visible(start), start=1):
                for word in filter(str.strip, choice.words.split("|")):
                    understood = engine.rules.understander.understand(word, locale)
                    if understood.danger == "red" or understood.switch_to:
                        continue
                    if reached(engine, start, word) != reached(engine, start, str(number)):
                        wrong.append((locale, name, choice.id, word))
    assert wrong == []


def reached(engine: Engine, start: Conversation, text: str) -> str:
    return DialogueTester(engine, NOW).begin(start).say(text).conversation.position.state


@pytest.mark.parametrize(
    "state", [StateName.OPENER, StateName.MENU, "cost.answer", "card.show", "leave.stopped", "erase.confirm"]
)
def test_nine_is_a_person_and_zero_the_menu(tester: DialogueTester, state: str) -> None:
    tester.begin(at(state)).say("9").in_state(StateName.HANDOFF).say("0").in_state(StateName.MENU)
    assert tester.conversation.handling.status is Status.WAITING


@pytest.mark.parametrize("text", ["7", "77", "99", "00"])
def test_a_number_that_is_not_in_the_list_changes_nothing(tester: DialogueTester, text: str) -> None:
    tester.begin(at(StateName.OPENER)).say(text).in_state(StateName.OPENER).hears(
        shared(tester, "no_such_number"), EMERGENCY, BZ
    )


def test_a_number_of_the_last_menu_cannot_be_used_in_the_next(tester: DialogueTester) -> None:
    tester.begin(at(StateName.MENU)).say("8").in_state(StateName.HANDOFF).say("8").in_state(StateName.HANDOFF)


@pytest.mark.parametrize(("text", "role"), [("4", "other"), ("5", "work")])
def test_a_choice_sets_what_it_says(tester: DialogueTester, text: str, role: str) -> None:
    tester.begin(at(StateName.MENU)).say(text)
    assert tester.conversation.told.role == role


def test_the_button_of_a_menu_is_read_by_its_title(tester: DialogueTester) -> None:
    tester.say("hoi").say("ja", kind=Kind.BUTTON, payload="safe").in_state(StateName.MENU)


# -- back ----------------------------------------------------------------------------------------------------------


def test_back_retraces_the_steps(tester: DialogueTester) -> None:
    tester.begin(at(StateName.MENU)).say("6", "1", "1").in_state("what_is.answer")
    tester.say("terug").in_state("questions.about").say("terug").in_state("questions.answer")
    tester.say("terug").in_state(StateName.MENU).say("terug").in_state(StateName.MENU)


def test_back_without_a_trail_is_the_neutral_opener_until_the_person_has_spoken(tester: DialogueTester) -> None:
    tester.begin(at("leave.thanks", subject_disclosed=False)).say("terug").in_state(StateName.OPENER)


def test_back_skips_what_was_only_passed(tester: DialogueTester) -> None:
    tester.begin(at(StateName.MENU)).say("6", "kaart").in_state("card.show").say("terug").in_state("questions.answer")


def test_the_trail_has_an_end(tester: DialogueTester) -> None:
    tester.begin(at(StateName.MENU))
    for _ in range(10):
        tester.say("6", "0")
    assert len(tester.conversation.position.history) == HISTORY_LENGTH


def test_back_after_cancelling_does_not_ask_for_a_person_again(tester: DialogueTester) -> None:
    tester.begin(at(StateName.MENU)).say("6", "medewerker", "laat maar").in_state("handoff.cancelled").say("terug")
    assert tester.conversation.handling.status is Status.BOT


# -- what was not understood ---------------------------------------------------------------------------------------


def test_an_unknown_text_is_offered_three_topics_then_a_person(tester: DialogueTester) -> None:
    tester.say("ik ben achtergelaten", UNKNOWN_TEXTS[0]).in_state(StateName.CANDIDATES).hears(EMERGENCY, BZ)
    offered = tester.conversation.position.candidates
    assert len(set(offered)) == 3
    tester.hears(*(f"{number} {tester.engine.contents['nl'].titles[each]}" for number, each in enumerate(offered, 1)))
    tester.say(UNKNOWN_TEXTS[1]).in_state(StateName.PERSON).hears(EMERGENCY, BZ)


def test_an_offered_topic_can_be_chosen(tester: DialogueTester) -> None:
    tester.say("ik ben achtergelaten", UNKNOWN_TEXTS[0])
    offered = tester.conversation.position.candidates
    tester.say("2").in_state(tester.engine.contents["nl"].topics[offered[1]])
    assert tester.conversation.position.candidates == ()


def test_none_of_the_offered_topics_leads_to_the_menu(tester: DialogueTester) -> None:
    tester.say("ik ben achtergelaten", UNKNOWN_TEXTS[0], "4").in_state(StateName.MENU)


@pytest.mark.parametrize("start", ["ik ben achtergelaten", "hoi"])
def test_unknown_texts_never_get_the_same_answer_twice_in_a_row(tester: DialogueTester, start: str) -> None:
    replies = [tester.say(start).reply, *(tester.say(text).reply for text in UNKNOWN_TEXTS)]
    assert all(one != two for one, two in itertools.pairwise(replies))


def test_before_the_person_has_spoken_an_unknown_text_leads_to_no_topic(tester: DialogueTester) -> None:
    tester.say("hoi", UNKNOWN_TEXTS[0]).in_state(StateName.OPENER).hears(shared(tester, "not_understood"))


def test_an_understood_text_in_between_starts_the_count_anew(tester: DialogueTester) -> None:
    tester.say("ik ben achtergelaten", UNKNOWN_TEXTS[0], "menu", UNKNOWN_TEXTS[1]).in_state(StateName.CANDIDATES)


def test_yes_where_nothing_was_asked_asks_for_a_number(tester: DialogueTester) -> None:
    tester.begin(at("cost.answer")).say("ja").in_state("cost.answer").hears(shared(tester, "choose_number"))


# -- place ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("text", ["hoi", "ik ben achtergelaten", "medewerker", "help me", "ik ben in Marokko"])
def test_who_and_by_which_way_somebody_writes_says_nothing_about_the_place(engine: Engine, text: str) -> None:
    turns = [
        engine.advance(
            Conversation(),
            engine.read(Inbound(message_id=contact, contact=contact, channel=channel, text=text)),
            Circumstances(NOW, 1),
        )
        for contact in ("+31612345678", "+923001234567", "NL.1349120865530")
        for channel in Channel
    ]
    said = {(turn.conversation.with_handling(channel=""), turn.events, turn.say) for turn in turns}
    assert len(said) == 1
    assert turns[0].conversation.told.place is Place.UNKNOWN
    assert turns[0].conversation.told.country == ""


def test_a_country_that_is_mentioned_decides_nothing_until_it_is_confirmed(tester: DialogueTester) -> None:
    tester.begin(at(StateName.MENU)).say("Marokko").in_state("place.confirm").hears("Marokko", EMERGENCY, BZ)
    assert (tester.conversation.told.place, tester.conversation.told.country) == (Place.UNKNOWN, "")
    tester.say("ja").in_state(StateName.MENU).caused(PlaceTold)
    assert (tester.conversation.told.place, tester.conversation.told.country) == (Place.ABROAD, "MA")


def test_a_country_that_is_not_confirmed_is_forgotten_again(tester: DialogueTester) -> None:
    tester.begin(at(StateName.MENU)).say("Marokko", "nee").in_state(StateName.MENU)
    assert (tester.conversation.told.place, tester.conversation.told.country) == (Place.UNKNOWN, "")


def test_a_country_in_a_question_becomes_a_choice(tester: DialogueTester) -> None:
    tester.say("ik ben achtergelaten in Turkije").in_state("left_behind.answer").hears("Ik ben in Turkije")
    assert tester.conversation.told.country == ""
    tester.say("Ik ben in Turkije").in_state("left_behind.answer").caused(PlaceTold)
    assert (tester.conversation.told.place, tester.conversation.told.country) == (Place.ABROAD, "TR")
    tester.hears_not(EMERGENCY + "\nAnders")


def test_the_place_can_be_told_and_then_the_country(tester: DialogueTester) -> None:
    tester.say("ik ben achtergelaten", "ik ben in het buitenland").in_state("left_behind.answer")
    assert tester.conversation.told.place is Place.ABROAD
    tester.hears_not("0800")
    tester.say("land").in_state("place.country").say("Egypte").in_state("left_behind.answer").hears("122", BZ)


def test_a_country_nobody_knows_is_asked_for_once_more_and_no_more(tester: DialogueTester) -> None:
    tester.begin(at("place.country", place=Place.ABROAD, history=("left_behind.answer",)))
    tester.say(UNKNOWN_TEXTS[0]).in_state("place.country").hears(shared(tester, "country_unknown"))
    tester.say(UNKNOWN_TEXTS[1]).in_state(StateName.PERSON)


def test_nobody_has_to_name_the_country(tester: DialogueTester) -> None:
    tester.begin(at("place.country", place=Place.ABROAD, history=("left_behind.answer",))).say("1")
    tester.in_state("left_behind.answer")
    assert tester.conversation.told.country == ""


def test_the_netherlands_is_no_country_abroad(tester: DialogueTester) -> None:
    tester.begin(at("place.country", history=("left_behind.answer",))).say("Nederland").in_state("left_behind.answer")
    assert (tester.conversation.told.place, tester.conversation.told.country) == (Place.NETHERLANDS, "")


def test_who_names_the_netherlands_is_not_asked_twice_whether_they_are_there(tester: DialogueTester) -> None:
    tester.say("ik ben achtergelaten en wil terug naar nederland").in_state("left_behind.answer")
    assert tester.reply.count("Ik ben in Nederland") == 1


# -- a person ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("text", ["9", "medewerker", "ik wil met een mens spreken", "human please", "8"])
def test_asking_for_a_person_joins_the_waiting_list_with_the_numbers_meanwhile(
    tester: DialogueTester, text: str
) -> None:
    tester.begin(at(StateName.MENU)).say(text).in_state(StateName.HANDOFF).hears(EMERGENCY, BZ).caused(AdvisorRequested)
    assert tester.conversation.handling.status is Status.WAITING
    assert [entry.minute for entry in tester.storage.queue.waiting()] == [MINUTE]


def test_asking_twice_keeps_the_place_in_line(tester: DialogueTester) -> None:
    tester.begin(at(StateName.MENU)).say("9").wait(5).say("9").in_state(StateName.HANDOFF)
    assert tester.conversation.handling.waiting_minute == MINUTE
    assert sum(isinstance(event, AdvisorRequested) for event in tester.events) == 1


@pytest.mark.parametrize("text", ["1", "laat maar", "Toch geen medewerker"])
def test_a_request_can_be_cancelled(tester: DialogueTester, text: str) -> None:
    tester.begin(at(StateName.MENU)).say("9", text).in_state("handoff.cancelled").caused(AdvisorCancelled)
    assert tester.conversation.handling.status is Status.BOT
    assert tester.conversation.handling.waiting_minute == 0
    assert tester.storage.queue.waiting() == []


def test_who_waits_can_go_on_reading(tester: DialogueTester) -> None:
    tester.begin(at(StateName.MENU)).say("9", "0", "6", "1").in_state("questions.about")
    assert tester.conversation.handling.status is Status.WAITING


def test_what_is_not_understood_while_waiting_is_kept_for_the_person(tester: DialogueTester) -> None:
    tester.begin(at(StateName.MENU)).say("9", *UNKNOWN_TEXTS[:3]).in_state(StateName.HANDOFF).hears(
        shared(tester, "kept_for_advisor")
    )
    assert [event.text for event in tester.events if isinstance(event, Heard)][1:] == list(UNKNOWN_TEXTS[:3])


def test_danger_while_waiting_brings_the_numbers_and_keeps_the_place_in_line(tester: DialogueTester) -> None:
    tester.begin(at(StateName.MENU)).say("9").wait(2).say("hij slaat me").in_state("danger.answer").caused(DangerSeen)
    assert {EMERGENCY, BZ} <= set(first_lines(tester.reply))
    assert (tester.conversation.handling.status, tester.conversation.handling.waiting_minute) == (
        Status.WAITING,
        MINUTE,
    )


def test_danger_and_a_person_are_both_answered(tester: DialogueTester) -> None:
    tester.say("hij slaat me, ik wil een mens spreken").in_state("danger.answer")
    tester.hears(shared(tester, "advisor_asked")).caused(DangerSeen, AdvisorRequested)
    assert {EMERGENCY, BZ} <= set(first_lines(tester.reply))
    assert tester.conversation.handling.status is Status.WAITING


@pytest.mark.parametrize("text", ["hoi", "1", "9", "0", "blorp vlim", "menu", "hij slaat me niet"])
def test_while_an_advisor_has_the_conversation_the_bot_is_silent(tester: DialogueTester, text: str) -> None:
    before = at(StateName.HANDOFF, status=Status.ADVISOR, advisor="ada", channel="sms")
    tester.begin(before).say(text)
    assert tester.reply == ""
    assert tester.conversation.with_position(fragment="").with_handling(pending_minute=0) == before
    assert tester.conversation.handling.pending_minute == tester.conversation.heard_minute
    assert [type(event) for event in tester.events] == [Heard]


@pytest.mark.parametrize("text", ["hij slaat me", "help", "he has a knife"])
def test_danger_words_bring_the_numbers_even_then(tester: DialogueTester, text: str) -> None:
    tester.begin(at(StateName.HANDOFF, status=Status.ADVISOR)).say(text).caused(DangerSeen)
    assert {EMERGENCY, BZ} <= set(first_lines(tester.reply))
    assert tester.conversation.handling.status is Status.ADVISOR
    assert tester.conversation.handling.danger


def test_an_advisor_keeps_the_conversation_through_a_silence(tester: DialogueTester) -> None:
    tester.begin(at(StateName.HANDOFF, status=Status.ADVISOR)).wait(SILENCE_MINUTES + 1).say("hoi")
    assert tester.reply == ""
    assert tester.conversation.handling.status is Status.ADVISOR


# -- danger from anywhere ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "state", [StateName.OPENER, StateName.MENU, "erase.confirm", "language.choose", "place.country", "leave.stopped"]
)
@pytest.mark.parametrize(("place", "numbers"), [("unknown", {EMERGENCY, BZ}), ("nl", {EMERGENCY}), ("abroad", {BZ})])
def test_danger_words_bring_the_numbers_first_from_any_state(
    tester: DialogueTester, state: str, place: str, numbers: set[str]
) -> None:
    tester.begin(at(state, place=Place(place), locale="en")).say("ze gaan me vermoorden").in_state("danger.answer")
    assert numbers <= set(first_lines(tester.reply))


# -- half sentences ------------------------------------------------------------------------------------------------


def test_two_halves_of_a_danger_are_read_together(tester: DialogueTester) -> None:
    tester.say("hoi", "hij heeft")
    assert DangerSeen() not in tester.events
    tester.say("een mes").in_state("danger.answer").caused(DangerSeen).hears(EMERGENCY, BZ)


def test_after_two_minutes_they_are_two_messages(tester: DialogueTester) -> None:
    tester.say("hoi", "hij heeft").wait(FRAGMENT_MINUTES + 1).say("een mes")
    assert DangerSeen() not in tester.events


def test_a_number_in_between_parts_them(tester: DialogueTester) -> None:
    tester.say("hoi", "hij heeft", "1", "een mes")
    assert DangerSeen() not in tester.events


def test_what_was_answered_as_danger_is_not_read_again(tester: DialogueTester) -> None:
    tester.say("hij slaat me").in_state("danger.answer")
    assert tester.conversation.position.fragment == ""


def test_what_was_understood_is_no_half_sentence(tester: DialogueTester) -> None:
    tester.say("papa heeft me paspoort").in_state("documents_taken.answer")
    assert tester.conversation.position.fragment == ""
    tester.say("bizi burada bırakıp gittiler").in_state("left_behind.answer")


def test_a_sentence_is_never_kept(tester: DialogueTester) -> None:
    tester.say("hoi", "ik wil graag weten wat het kost om te bellen")
    assert tester.conversation.position.fragment == ""


# -- not to be called ----------------------------------------------------------------------------------------------


def test_who_must_not_be_called_is_heard_once_and_remembered(tester: DialogueTester) -> None:
    tester.say("hoi", "bel me niet").caused(CallRefused).hears(shared(tester, "no_call"))
    assert tester.conversation.told.no_call
    tester.say("bel me niet").hears_not(shared(tester, "no_call"))


def test_it_still_counts_after_a_silence_and_in_the_waiting_list(tester: DialogueTester) -> None:
    tester.say("hoi", "bel me niet").wait(SILENCE_MINUTES + 1).say("ik wil een mens spreken").in_state(
        StateName.HANDOFF
    )
    assert tester.conversation.told.no_call


def test_a_person_is_given_rather_than_the_text_about_the_bot(tester: DialogueTester) -> None:
    tester.say("hoi", "ik wil met een echt mens praten, niet met een robot").in_state(StateName.HANDOFF)
    assert tester.conversation.handling.status is Status.WAITING


# -- erase, stop, decoy --------------------------------------------------------------------------------------------


def test_erasing_is_confirmed_first_and_then_leaves_nothing(tester: DialogueTester) -> None:
    tester.say("ik ben achtergelaten", "medewerker", "wis alles").in_state("erase.confirm")
    assert tester.conversation.handling.status is Status.WAITING
    tester.say("ja").hears("Gewist")
    assert tester.conversation == Conversation()
    assert tester.events == []
    assert tester.storage.queue.waiting() == []
    assert tester.reports[-2] == ("event", {"event": ErasureRequested.__name__})


def test_who_does_not_confirm_keeps_everything(tester: DialogueTester) -> None:
    tester.begin(at("cost.answer")).say("wis", "nee").in_state("cost.answer")
    assert tester.events


def test_after_erasing_the_next_message_is_a_first_one(tester: DialogueTester) -> None:
    tester.begin(at("cost.answer")).say("wis", "ja", "hoi").in_state(StateName.OPENER)


@pytest.mark.parametrize("text", ["stop", "STOP", "afmelden"])
def test_stop_ends_with_the_numbers_and_the_door_open(tester: DialogueTester, text: str) -> None:
    tester.say("ik ben achtergelaten", "9", text).in_state("leave.stopped").hears(EMERGENCY, BZ)
    tester.caused(Stopped, AdvisorCancelled)
    assert tester.conversation.handling.status is Status.BOT
    assert tester.conversation.position.history == ()
    tester.say("hoi").in_state(StateName.OPENER)


DULL = [
    "menu", "0", "9", "1", "help", "medewerker", "kaart", "terug", "wis", "stop", "taal", "english please", "hoi", "ja",
    "nee", "bedankt", "ik ben achtergelaten", "mijn paspoort is afgepakt", "wie ben je", "wat is dit", "blorp", "?",
    "Marokko", "ik wil een mens spreken", "onweer", "safe", "unsafe", "2", "3", "8", "99", "112 hier", "info", "start",
    "who is this", "what is this number", "human please", "card", "back", "erase", "language", "thunderstorm", "hello",
    "yes", "no", "thanks", "ik ben in nederland", "ik ben in het buitenland", "hij slaat me niet", "veilig thuis",
]  # fmt: skip


def test_after_a_decoy_word_only_a_dull_stranger_answers(tester: DialogueTester) -> None:
    assert len(DULL) == 50
    tester.say("ik ben achtergelaten", "er dreigt onweer").in_state(StateName.DECOY).caused(DecoyStarted)
    dull = tester.reply
    assert "nummer" in dull
    for text in DULL:
        tester.say(text).in_state(StateName.DECOY)
        assert tester.reply == dull, text
    tester.wait(10)  # fifty in no time are nearly a flood
    for kind in Kind:
        tester.say("", kind=kind)
        assert tester.reply == dull, kind
    assert tester.conversation.privacy.observed
    assert (tester.conversation.told.place, tester.conversation.position.history) == (Place.UNKNOWN, ())


def test_behind_a_decoy_red_danger_gets_the_two_numbers_and_nothing_else(tester: DialogueTester) -> None:
    tester.say("hoi", "verkeerd nummer", "hij slaat me").in_state(StateName.DECOY).caused(DangerSeen)
    assert tester.reply == shared(tester, "emergency_line").format(**tester.engine.contents["nl"].numbers)
    tester.say("wat").in_state(StateName.DECOY).hears_not(EMERGENCY)


def test_a_decoy_lasts_until_half_an_hour_of_silence(tester: DialogueTester) -> None:
    tester.say("ik ben achtergelaten", "onweer").wait(SILENCE_MINUTES).say("menu").in_state(StateName.DECOY)
    tester.wait(SILENCE_MINUTES + 1).say("menu").in_state(StateName.MENU)


def test_after_a_decoy_and_a_silence_comes_the_neutral_opener(tester: DialogueTester) -> None:
    tester.say("ik ben achtergelaten", "onweer").wait(SILENCE_MINUTES + 1).say("hoi").in_state(StateName.OPENER)
    assert tester.conversation.privacy.observed
    assert not tester.conversation.told.subject_disclosed


@pytest.mark.parametrize("text", ["onweer", "wrong number", "yanlış numara", "رقم خطأ"])
def test_a_first_word_that_is_a_decoy_gets_the_dull_stranger_alone(tester: DialogueTester, text: str) -> None:
    tester.say(text).in_state(StateName.DECOY)
    assert tester.reply == tester.engine.content(tester.conversation.locale).states[StateName.DECOY].say


def test_who_waits_is_not_forgotten_behind_a_decoy(tester: DialogueTester) -> None:
    tester.begin(at(StateName.MENU)).say("9", "onweer").in_state(StateName.DECOY)
    assert tester.conversation.handling.status is Status.WAITING


# -- what the network answers, and what cannot be read -------------------------------------------------------------


@pytest.mark.parametrize("state", ["", StateName.MENU, StateName.DECOY, StateName.HANDOFF])
def test_a_stop_of_the_network_is_answered_by_the_network_alone(tester: DialogueTester, state: str) -> None:
    status = Status.WAITING if state == StateName.HANDOFF else Status.BOT
    tester.begin(at(state, status=status, history=("cost.answer",))).say("STOP", opt_out=True)
    assert tester.reply == ""
    assert tester.conversation.position.state == ""
    assert tester.conversation.handling.status is Status.BOT
    tester.caused(Heard, Stopped)
    tester.say("hoi").in_state(StateName.OPENER)


@pytest.mark.parametrize("text", ["START", "HELP"])
@pytest.mark.parametrize("status", [Status.BOT, Status.WAITING])
def test_other_words_of_the_network_end_nothing(tester: DialogueTester, text: str, status: Status) -> None:
    tester.begin(at(StateName.MENU, status=status)).say(text, opt_out=True)
    assert tester.reply == ""
    assert tester.conversation.position.state == StateName.MENU
    assert tester.conversation.handling.status is status


@pytest.mark.parametrize("kind", [kind for kind in Kind if kind not in (Kind.TEXT, Kind.BUTTON)])
@pytest.mark.parametrize(
    "state",
    ["", StateName.OPENER, StateName.MENU, StateName.HANDOFF, StateName.CANDIDATES, "place.country", "erase.confirm"],
)
def test_what_cannot_be_read_is_said_and_moves_nothing(tester: DialogueTester, kind: Kind, state: str) -> None:
    before = at(
        state,
        candidates=("law", "cost") if state == StateName.CANDIDATES else (),
        fallback_count=1,
        history=(StateName.MENU,),
    )
    tester.begin(before).say("", kind=kind, media=1)
    tester.hears(shared(tester, f"unreadable_{kind}"), EMERGENCY, BZ)
    assert tester.conversation == before.with_position(state=state or StateName.OPENER)


@pytest.mark.parametrize("text", ["?", "...", "!!!", " . ", "-", "\N{ZERO WIDTH JOINER}"])
def test_signs_alone_are_as_good_as_empty(tester: DialogueTester, text: str) -> None:
    tester.begin(at(StateName.MENU)).say(text).in_state(StateName.MENU).hears(shared(tester, "unreadable_empty"))


def test_emoji_alone_get_an_answer(tester: DialogueTester) -> None:
    tester.begin(at(StateName.MENU)).say("\N{SLIGHTLY SMILING FACE}" * 1600).hears(EMERGENCY, BZ)


def test_a_caption_is_a_text_like_any_other(tester: DialogueTester) -> None:
    tester.begin(at(StateName.MENU)).say("2", media=1).in_state("trip.answer")


def test_while_an_advisor_has_the_conversation_a_photo_is_only_kept(tester: DialogueTester) -> None:
    tester.begin(at(StateName.HANDOFF, status=Status.ADVISOR)).say("", kind=Kind.PHOTO)
    assert tester.reply == ""
    assert tester.events == [Heard("photo", "")]


# -- what other versions stored ------------------------------------------------------------------------------------


@pytest.mark.parametrize("text", ["1", "terug", "blorp vlim", "hoi", "ja"])
@pytest.mark.parametrize(
    "stored",
    [
        at("gone.state", place=Place.ABROAD, history=(StateName.MENU,)),
        at("menu.gone"),
        at(StateName.MENU, schema=SCHEMA + 1),
        at("no-dot", candidates=("gone",)),
    ],
)
def test_a_state_of_another_version_is_entered_anew(tester: DialogueTester, stored: Conversation, text: str) -> None:
    tester.begin(stored.with_handling(status=Status.WAITING)).say(text).in_state(StateName.OPENER).hears(EMERGENCY, BZ)
    assert tester.conversation.handling.status is Status.WAITING
    assert tester.conversation.schema == SCHEMA
    assert "engine_failed" not in tester.reports.names()


def test_a_step_on_the_trail_that_no_longer_exists_is_skipped(tester: DialogueTester) -> None:
    tester.begin(at("cost.answer", history=(StateName.MENU, "gone.state"))).say("terug").in_state(StateName.MENU)
    assert "engine_failed" not in tester.reports.names()


@pytest.mark.parametrize("text", ["1", "2", "blorp vlim", "", "taal"])
def test_an_offered_topic_that_no_longer_exists_does_no_harm(tester: DialogueTester, text: str) -> None:
    tester.begin(at(StateName.CANDIDATES, candidates=("gone_topic", "law"), fallback_count=1)).say(text)
    assert "engine_failed" not in tester.reports.names()


def test_a_language_that_is_no_longer_live_falls_back(tester: DialogueTester) -> None:
    tester.begin(at(StateName.MENU, locale="xx")).say("1").in_state("abroad.answer").hears(BZ)


# -- a bug ---------------------------------------------------------------------------------------------------------


class Raises:
    """An understander with a bug."""

    def understand(self, _text: str, _locale: str | None) -> Understanding:
        raise ZeroDivisionError("a secret text")


@pytest.fixture
def broken(engine: Engine) -> DialogueTester:
    return DialogueTester(with_understander(engine, Raises()), NOW)


@pytest.mark.parametrize("state", ["", StateName.MENU, StateName.HANDOFF, "cost.answer"])
def test_after_a_bug_the_message_is_kept_the_numbers_go_out_and_a_person_is_asked(
    broken: DialogueTester, state: str
) -> None:
    broken.begin(at(state, place=Place.ABROAD)).say("mijn verhaal").hears(shared(broken, "fault"))
    assert {EMERGENCY, BZ} <= set(first_lines(broken.reply))
    assert broken.events == [
        Heard("text", "mijn verhaal"),
        EngineFailed("ZeroDivisionError"),
        AdvisorRequested(),
        Said(broken.reply),
    ]
    assert broken.conversation.handling.status is Status.WAITING
    assert [entry.minute for entry in broken.storage.queue.waiting()] == [MINUTE]
    assert ("engine_failed", "ZeroDivisionError") in [(what, fields.get("fault")) for what, fields in broken.reports]


def test_after_a_bug_a_menu_number_still_works(broken: DialogueTester) -> None:
    broken.say("mijn verhaal", "0").in_state(StateName.OPENER)


def test_a_bug_while_an_advisor_has_the_conversation_leaves_it_there(broken: DialogueTester) -> None:
    broken.begin(at(StateName.HANDOFF, status=Status.ADVISOR)).say("mijn verhaal").hears(BZ, EMERGENCY)
    assert broken.conversation.handling.status is Status.ADVISOR


def test_deciding_changes_nothing_in_the_engine(engine: Engine) -> None:
    message = Inbound(message_id="SM1", contact="c", channel=Channel.SMS, text="ik ben achtergelaten")
    read, circumstances = engine.read(message), Circumstances(NOW, 1)
    assert engine.advance(Conversation(), read, circumstances) == engine.advance(Conversation(), read, circumstances)


def test_targets_that_choices_name_exist(engine: Engine) -> None:
    for book in engine.contents.values():
        for state in book.states.values():
            assert all(choice.next in (HERE, BACK) or choice.next in book.states for choice in state.choices)
