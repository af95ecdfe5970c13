"""Any text, in any state: one answer, well-formed, with the menu, the numbers and a person one message away."""

import re
import xml.etree.ElementTree as ElementTree
from collections.abc import Sequence
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.channels.webhooks import twiml
from bot.content.inspection import reachable
from bot.content.library import Library
from bot.dialogue.conversation import SILENCE_MINUTES, Conversation, Place, Status
from bot.dialogue.engine import Engine
from bot.dialogue.states import TOPICS, StateName
from bot.dialogue.steps.follow_up import LAST_WORDS
from bot.dialogue.steps.menu_number import DIGIT_ADVISOR, DIGIT_MENU
from bot.messages import MAX_TEXT, Kind
from tests.harness.conversations import a_conversation
from tests.harness.dialogue import DialogueTester
from tests.harness.fixed import NOW

BZ, EMERGENCY = "+31 247 247 247", "112"
pytestmark = pytest.mark.slow

MINUTE = int(NOW.timestamp()) // 60
LOCALES = ("nl", "en")
STATUSES = (Status.BOT, Status.WAITING)
NEEDED = {Place.UNKNOWN: {EMERGENCY, BZ}, Place.NETHERLANDS: {EMERGENCY}, Place.ABROAD: {BZ}}

QUICK = settings(
    deadline=None, derandomize=True, max_examples=1500, suppress_health_check=[HealthCheck.too_slow], database=None
)

LONG = settings(QUICK, max_examples=700)
"""For whole conversations: each example is several messages."""

WORDS = st.sampled_from(
    [
        "ja", "nee", "1", "2", "9", "0", "menu", "terug", "wis", "stop", "taal", "kaart", "help", "niet", "ik",
        "mijn", "vader", "slaat", "me", "paspoort", "weg", "marokko", "nederland", "bang", "english", "hello", "i",
        "am", "not", "in", "danger", "know", "what", "to", "do", "medewerker", "onweer", "112", "reis",
        "achtergelaten", "abroad", "left", "here",
    ]
)  # fmt: skip
SENTENCES = st.lists(WORDS, min_size=1, max_size=12).map(" ".join)
ANYTHING = st.text(st.characters(exclude_categories=["Cs"]), max_size=200)
ODD = st.sampled_from(
    [
        "\x00", "\x0b\x0c", "\N{RIGHT-TO-LEFT OVERRIDE}menu", "{bz}", "{country", "%s %d", "</Message>", "]]>", "&amp;",
        "\N{SLIGHTLY SMILING FACE}" * 1600, "a" * 1600, "9" * 1600, "٩", "፱", "⁹", "-1", "1.5", "00", "09", "I\u0307",
        "\N{ZERO WIDTH JOINER}" * 50, "e\u0301" * 800, "\ufdfa" * 100, "menu\x00", "\u2028", "ⅷ", "½",
    ]
)  # fmt: skip
TEXTS = st.one_of(SENTENCES, ANYTHING, ODD)


@pytest.fixture(scope="module")
def states(library: Library) -> list[str]:
    return sorted(reachable(library.content))


def conversations(states: Sequence[str]) -> st.SearchStrategy[Conversation]:
    return st.builds(
        a_conversation,
        state=st.sampled_from(["", *states]),
        status=st.sampled_from(STATUSES),
        locale=st.sampled_from(LOCALES),
        place=st.sampled_from(Place),
        country=st.sampled_from(["", "MA", "TR", "XX"]),
        mentioned_country=st.sampled_from(["", "NL", "EG"]),
        safe=st.sampled_from([None, True, False]),
        subject_disclosed=st.booleans(),
        history=st.lists(st.sampled_from(states), max_size=3).map(tuple),
        candidates=st.lists(st.sampled_from(TOPICS), max_size=3, unique=True).map(tuple),
        fallback_count=st.integers(0, 3),
        danger=st.booleans(),
        heard_minute=st.just(MINUTE),
    )


def tell(engine: Engine, conversation: Conversation, text: str, **fields: Any) -> DialogueTester:
    return DialogueTester(engine, NOW).begin(conversation).say(text, **fields)


def fine(tester: DialogueTester) -> None:
    """One well-formed answer, a state that exists, and no bug on the way."""
    assert "engine_failed" not in tester.reports.names()
    assert tester.reply.strip()
    assert len(tester.reply) <= MAX_TEXT
    assert re.search(r"[{}]", tester.reply) is None
    messages = ElementTree.fromstring(twiml(tester.reply)).findall("Message")  # noqa: S314 - our own answer
    assert [message.text for message in messages] == [tester.reply]
    conversation = tester.conversation
    assert conversation.position.state in ("", *tester.engine.contents["nl"].states)
    assert set(conversation.position.history) <= set(tester.engine.contents["nl"].states)


def lines(tester: DialogueTester) -> set[str]:
    return set(tester.reply.split("\n"))


def first_lines(tester: DialogueTester) -> set[str]:
    return set(tester.reply.split("\n")[:6])


def test_any_text_in_any_state_gets_one_good_answer(engine: Engine, states: list[str]) -> None:
    @given(conversations(states), TEXTS, st.sampled_from([Kind.TEXT, Kind.TEXT, Kind.TEXT, *Kind]))
    @QUICK
    def holds(conversation: Conversation, text: str, kind: Kind) -> None:
        tester = tell(engine, conversation, text, kind=kind)
        if tester.reply or conversation.position.state not in LAST_WORDS:
            fine(tester)

    holds()


def test_whatever_somebody_writes_to_an_advisor_the_bot_is_silent_or_brings_the_numbers(
    engine: Engine, states: list[str]
) -> None:
    """From every state; only stop, erase and decoy, and what follows on the question of erasing, have other words."""

    @given(conversations(states), TEXTS, st.sampled_from([Kind.TEXT, Kind.TEXT, *Kind]))
    @QUICK
    def holds(conversation: Conversation, text: str, kind: Kind) -> None:
        held = conversation.with_handling(status=Status.ADVISOR, advisor="ada")
        if held.position.state in (StateName.DECOY, StateName.CONFIRM_ERASE):
            held = held.with_position(state="")
        tester = tell(engine, held, text, kind=kind)
        after = tester.conversation
        spoke = after.position.state in (StateName.DECOY, StateName.CONFIRM_ERASE, "leave.stopped")
        assert tester.reply == "" or spoke or (after.handling.danger and NEEDED[after.told.place] <= lines(tester))
        assert (after.handling.status is Status.ADVISOR) == (after.handling.advisor == "ada")
        assert after.handling.status in (Status.ADVISOR, Status.BOT)

    holds()


def test_from_a_closed_conversation_every_text_leaves_a_legal_state(engine: Engine, states: list[str]) -> None:
    @given(conversations(states), TEXTS, st.integers(0, 40))
    @QUICK
    def holds(conversation: Conversation, text: str, since: int) -> None:
        closed = conversation.with_handling(status=Status.CLOSED, closed_minute=MINUTE - since).with_position(state="")
        tester = tell(engine, closed, text)
        fine(tester)
        after = tester.conversation
        assert after.handling.status in (Status.BOT, Status.WAITING, Status.CLOSED)
        assert since <= SILENCE_MINUTES or after.handling.status is not Status.CLOSED
        assert not after.handling.advisor

    holds()


def test_any_conversation_of_several_texts_gets_good_answers(engine: Engine) -> None:
    @given(st.lists(st.tuples(TEXTS, st.sampled_from([0, 1, 29, 31])), min_size=2, max_size=8))
    @LONG
    def holds(texts: list[tuple[str, int]]) -> None:
        tester = DialogueTester(engine, NOW)
        for text, minutes in texts:
            fine(tester.wait(minutes).say(text))

    holds()


@pytest.mark.parametrize("locale", LOCALES)
@pytest.mark.parametrize("status", STATUSES)
def test_every_state_takes_every_kind_and_every_digit(
    engine: Engine, states: list[str], locale: str, status: Status
) -> None:
    for state in states:
        for text in ("", "blorp vlim", *(str(number) for number in range(13))):
            fine(tell(engine, _start(state, locale, status), text))


def _start(state: str, locale: str, status: Status, place: Place = Place.UNKNOWN) -> Conversation:
    return a_conversation(
        state=state, locale=locale, status=status, place=place, heard_minute=MINUTE, subject_disclosed=True
    )


@pytest.mark.parametrize("locale", LOCALES)
@pytest.mark.parametrize("status", STATUSES)
def test_menu_numbers_and_a_person_are_one_message_away_from_everywhere(
    engine: Engine, states: list[str], locale: str, status: Status
) -> None:
    for state in states:
        if state == StateName.DECOY:
            continue
        start = _start(state, locale, status)
        for word in ("menu", "Menu!", DIGIT_MENU):
            assert tell(engine, start, word).conversation.position.state == StateName.MENU, (state, word)
        for word in ("kaart", "card", "nummers"):
            found = tell(engine, start, word)
            assert {EMERGENCY, BZ} <= lines(found), (state, word)
        for word in ("medewerker", "human", DIGIT_ADVISOR):
            found = tell(engine, start, word)
            assert (found.conversation.position.state, found.conversation.handling.status) == (
                StateName.HANDOFF,
                Status.WAITING,
            ), (state, word)


@pytest.mark.parametrize("place", list(Place))
@pytest.mark.parametrize("text", ["help me", "hij slaat me", "he has a knife", "imdat", "النجدة"])
def test_danger_brings_the_numbers_first_from_everywhere(
    engine: Engine, states: list[str], text: str, place: Place
) -> None:
    for state in set(states) - {StateName.DECOY}:
        for locale in LOCALES:
            for status in (*STATUSES, Status.ADVISOR):
                found = tell(engine, _start(state, locale, status, place), text)
                assert NEEDED[place] <= first_lines(found), (state, locale, status)
                assert found.conversation.handling.status is (Status.WAITING if status is Status.BOT else status)
                assert found.conversation.handling.danger


def test_after_a_silence_nothing_the_person_wrote_comes_back(engine: Engine, library: Library) -> None:
    ours = " ".join(
        text
        for content in engine.contents.values()
        for text in (
            *(part for state in content.states.values() for part in (state.say, state.say_nl, state.say_abroad)),
            *(choice.label for state in content.states.values() for choice in state.choices),
            *content.shared.values(),
            *content.titles.values(),
            *content.countries.values(),
        )
    ).lower()
    private = st.text(st.characters(categories=["Ll"]), min_size=8, max_size=20)

    @given(st.lists(st.one_of(SENTENCES, private, ANYTHING), min_size=1, max_size=5), st.lists(TEXTS, max_size=4))
    @LONG
    def holds(before: list[str], after: list[str]) -> None:
        tester = DialogueTester(engine, NOW).say(*before).wait(SILENCE_MINUTES + 1)
        theirs = {word for text in before for word in re.findall(r"\w{8,}", text.lower()) if word not in ours}
        for text in ("hoi", *after):
            reply = tester.say(text).reply.lower()
            assert [word for word in theirs if word in reply] == []

    holds()


@pytest.mark.parametrize("secret", ["kanarievogel", "0612345678", "Rosmalenstraat 12"])
def test_no_answer_ever_quotes_what_was_written(engine: Engine, states: list[str], secret: str) -> None:
    for state in states:
        for status in STATUSES:
            found = tell(engine, _start(state, "nl", status), f"blorp {secret} vlim")
            assert secret.lower() not in found.reply.lower(), state
