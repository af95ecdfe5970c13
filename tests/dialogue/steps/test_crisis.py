"""A crisis stays one: every message in it is answered in it, an advisor is asked for, leaving it takes two steps."""

import dataclasses

import pytest

from bot.advisors.board import Advisor
from bot.dialogue.conversation import SILENCE_MINUTES, Status, Urgency
from bot.dialogue.engine import Engine
from bot.dialogue.events import AdvisorCancelled, AdvisorRequested
from bot.dialogue.states import StateName
from tests.harness.dialogue import CONTACT, DialogueTester
from tests.harness.fixed import NOW
from tests.harness.talking import BZ, EMERGENCY, shared

SUICIDAL, IN_DANGER = "ik wil niet meer leven", "hij slaat me"

INSIDE = (
    "ja", "nee", "ok", "wat moet ik doen", "welk nummer", "ben je er nog", "hallo?", "vaarwel", "bedankt", "blorp vlim",
    "ik weet het niet", "ik durf niet te bellen", "ik ben helemaal alleen", "er is iemand bij me", "laat maar",
    "ik wil niet meer praten", "praat met me", "ik kan niet meer", "help", "alsjeblieft", "stomme bot", "waarom", "👍",
)  # fmt: skip
"""What people write after the first answer."""


@pytest.mark.parametrize("first", [SUICIDAL, IN_DANGER])
@pytest.mark.parametrize("text", INSIDE)
def test_every_message_is_answered_in_it(tester: DialogueTester, first: str, text: str) -> None:
    tester.say(first)
    flow = tester.conversation.told.crisis
    answer = tester.reply
    tester.say(text).hears(BZ, EMERGENCY)
    assert tester.conversation.told.crisis == flow
    assert tester.conversation.position.state.partition(".")[0] in (flow, "handoff", "contact")
    assert tester.reply != answer


@pytest.mark.parametrize(
    ("texts", "state"),
    [
        ((SUICIDAL, "ik ga het vanavond doen"), "suicide.plan"),
        ((SUICIDAL, "nee ik doe het vannacht"), "suicide.plan"),
        ((SUICIDAL, "nee"), "suicide.not_safe"),
        ((SUICIDAL, "weet ik niet"), "suicide.not_safe"),
        ((SUICIDAL, "ja"), "suicide.safe_now"),
        ((SUICIDAL, "ik heb pillen geslikt"), "suicide.hurt"),
        ((SUICIDAL, "welk nummer"), "suicide.next"),
        ((SUICIDAL, "is er iemand"), "suicide.there"),
        ((SUICIDAL, "wie is er"), "suicide.there"),
        ((SUICIDAL, "vaarwel"), "suicide.bye"),
        ((SUICIDAL, "niemand geeft om mij, ik ben alleen"), "suicide.alone"),
        ((SUICIDAL, "mijn zus is bij me"), "suicide.together"),
        ((IN_DANGER, "ik ben nog niet veilig"), "danger.still"),
        ((IN_DANGER, "hij is weg"), "danger.safe_now"),
        ((IN_DANGER, "ik bloed heel erg"), "danger.hurt"),
        ((IN_DANGER, "ik kan nu niet bellen"), "danger.cannot_call"),
        ((IN_DANGER, "wat moet ik doen"), "danger.next"),
        (("i want to kill myself", "i will do it tonight"), "suicide.plan"),
        (("i want to kill myself", "are you there"), "suicide.there"),
        (("he is hitting me", "what should i do"), "danger.next"),
        (("he is hitting me", "hes gone now"), "danger.safe_now"),
    ],
)
def test_what_is_said_in_it_gets_what_fits(tester: DialogueTester, texts: tuple[str, ...], state: str) -> None:
    tester.say(*texts).in_state(state)


@pytest.mark.parametrize("first", [SUICIDAL, IN_DANGER])
def test_free_text_never_gets_the_same_answer_twice_in_a_row(tester: DialogueTester, first: str) -> None:
    tester.say(first)
    seen = [tester.say(f"{text} zwonk").reply for text in ("blorp", "krel", "fnuk", "gwer")]
    assert all(one != other for one, other in zip(seen, seen[1:], strict=False))


@pytest.mark.parametrize("first", [SUICIDAL, IN_DANGER])
def test_an_advisor_is_asked_for_at_once_and_the_person_is_told(tester: DialogueTester, first: str) -> None:
    tester.say(first).caused(AdvisorRequested).hears(shared(tester, "crisis_asked"), shared(tester, "crisis_decline"))
    (entry,) = tester.storage.queue.waiting()
    assert entry.contact == CONTACT
    assert tester.conversation.handling.urgency is Urgency.DANGER
    tester.say("blorp vlim").hears_not(shared(tester, "crisis_asked"))


def test_by_number_and_by_label_as_well(tester: DialogueTester) -> None:
    tester.say("hoi", "ja", "ik heb een vraag", "andere zorgen", "Ik wil niet meer leven").in_state("suicide.answer")
    assert tester.conversation.handling.status is Status.WAITING


@pytest.mark.parametrize(
    ("first", "text"), [(SUICIDAL, "geen medewerker"), (IN_DANGER, "geen medewerker"), (IN_DANGER, "nee")]
)
def test_the_person_takes_it_back_and_is_not_asked_again(tester: DialogueTester, first: str, text: str) -> None:
    tester.say(first, text).caused(AdvisorCancelled).hears(BZ, EMERGENCY)
    assert tester.storage.queue.waiting() == []
    tester.say("blorp vlim", first)
    assert tester.storage.queue.waiting() == []
    tester.say("medewerker")
    assert tester.conversation.handling.status is Status.WAITING


def test_a_never_mind_gives_no_advisor_up(tester: DialogueTester) -> None:
    tester.say(SUICIDAL, "laat maar")
    assert tester.conversation.handling.status is Status.WAITING


def test_one_switch_turns_the_asking_off(engine: Engine) -> None:
    tester = DialogueTester(Engine(dataclasses.replace(engine.rules, crisis_asks=False)), NOW)
    tester.say(SUICIDAL)
    assert tester.conversation.handling.status is Status.BOT
    tester.hears_not(shared(tester, "crisis_asked")).say("nee").in_state("suicide.not_safe")


@pytest.mark.parametrize(
    "texts", [(SUICIDAL, "ik ben nu veilig", "het gaat weer"), (IN_DANGER, "ze zijn weg", "het gevaar is voorbij")]
)
def test_leaving_it_takes_two_steps(tester: DialogueTester, texts: tuple[str, ...]) -> None:
    tester.say(*texts[:-1])
    assert tester.conversation.told.crisis
    tester.say(texts[-1])
    assert not tester.conversation.told.crisis
    assert tester.conversation.handling.status is Status.WAITING  # an advisor may still look
    tester.say("wat kost het").in_state("cost.answer")


def test_who_was_misread_says_so(tester: DialogueTester) -> None:
    tester.say(IN_DANGER, "zo bedoel ik het niet").in_state("danger.mistaken")
    assert not tester.conversation.told.crisis


def test_a_silence_ends_it(tester: DialogueTester) -> None:
    tester.say(SUICIDAL).wait(SILENCE_MINUTES + 1).say("hoi").in_state(StateName.OPENER)
    assert not tester.conversation.told.crisis


def test_an_advisor_who_closes_it_ends_it(tester: DialogueTester) -> None:
    tester.say(SUICIDAL)
    tester.desk.claim(Advisor("ada"), CONTACT, "a")
    tester.desk.close(Advisor("ada"), CONTACT, "b")
    assert not tester.conversation.told.crisis


@pytest.mark.parametrize(
    ("text", "topic"), [("mag ik anoniem bellen met veilig thuis", "anonymous"), ("wat kost het om te bellen", "cost")]
)
def test_a_question_it_knows_is_answered_with_the_numbers(tester: DialogueTester, text: str, topic: str) -> None:
    tester.say(SUICIDAL, text).hears(BZ, EMERGENCY)
    assert tester.conversation.position.state.partition(".")[0] in (topic, "suicide")
    assert tester.conversation.told.crisis


@pytest.mark.parametrize("text", ["onweer", "stop", "wis", "menu", "english"])
def test_commands_go_on_working(tester: DialogueTester, text: str) -> None:
    tester.say(IN_DANGER, text)
    assert not tester.conversation.position.state.startswith("danger.") or text == "english"


def test_violence_in_it_is_answered_as_danger(tester: DialogueTester) -> None:
    tester.say(SUICIDAL, "mijn vader slaat me in elkaar").in_state("danger.answer")


@pytest.mark.parametrize(
    "text",
    [
        "ik wil dood want ik moet trouwen met mijn neef",
        "ze nemen mijn paspoort af en ik wil niet meer leven",
        "ik sta op het dak van de flat",
        "ik sta bij het spoor",
        "they will marry me off and i want to die",
        "im on the roof",
    ],
)
def test_not_wanting_to_live_counts_before_what_else_is_said(tester: DialogueTester, text: str) -> None:
    tester.say(text).in_state("suicide.answer").hears(BZ, EMERGENCY)
    assert tester.conversation.handling.status is Status.WAITING


@pytest.mark.parametrize(
    "text",
    [
        "ik wil niet dood",
        "hij wil haar dood",
        "mijn oma is dood",
        "i dont want to die",
        "ik sta bij het spoor op station utrecht want we gaan naar schiphol",
    ],
)
def test_what_only_sounds_like_it_is_no_such_remark(engine: Engine, text: str) -> None:
    assert "dying" not in engine.rules.remarks.read(text, ("nl", "en"))


@pytest.mark.parametrize("text", ["who do i call", "wie moet ik dan bellen"])
def test_a_question_is_not_the_words_of_a_choice_in_it(tester: DialogueTester, text: str) -> None:
    """One of the choices says "I cannot call"."""
    tester.say("hij slaat me", text).in_state("danger.next")


@pytest.mark.parametrize("text", ["no passport", "no money", "no he took it", "nee kan niet weg", "no way out"])
def test_more_than_a_bare_no_takes_no_advisor_back(tester: DialogueTester, text: str) -> None:
    tester.say(IN_DANGER).say(text)
    assert tester.conversation.handling.status is Status.WAITING


@pytest.mark.parametrize("text", ["nee", "no", "hayır", "no thanks", "stuur niemand", "no dont send anyone"])
def test_a_bare_no_and_a_plain_refusal_do(tester: DialogueTester, text: str) -> None:
    tester.say(IN_DANGER).say(text).in_state(StateName.CANCELLED)
    assert tester.conversation.handling.status is Status.BOT


def test_a_number_that_is_no_choice_tells_how_many(tester: DialogueTester) -> None:
    tester.say(SUICIDAL, "ik heb pillen gepakt", "20")
    assert tester.conversation.position.state.startswith("suicide.")
    assert "niet in de lijst" not in tester.reply


@pytest.mark.parametrize("text", ["mijn nichtje is hier", "ze zit op haar kamer", "تنها هستم"])
def test_who_does_not_want_to_live_is_not_hidden_for_saying_who_is_near(tester: DialogueTester, text: str) -> None:
    tester.say(SUICIDAL, text)
    assert tester.conversation.position.state.partition(".")[0] in ("suicide", "danger")


@pytest.mark.parametrize("text", ["ik heb pillen genomen", "ik wil dood"])
def test_who_does_not_want_to_live_is_in_a_crisis_whoever_has_the_conversation(
    tester: DialogueTester, text: str
) -> None:
    tester.say("hoi", "1", "medewerker")
    for act in ("claims", "writes hallo"):
        tester.advisor("ada", act)
    tester.say(text).hears(BZ, EMERGENCY)
    assert tester.conversation.told.crisis == "suicide"
    assert tester.conversation.handling.danger


@pytest.mark.parametrize("text", ["ik heb pillen genomen", "ik wil nog steeds dood"])
def test_and_after_an_advisor_has_closed(tester: DialogueTester, text: str) -> None:
    tester.say("hoi", "1", "medewerker")
    for act in ("claims", "writes hallo", "closes"):
        tester.advisor("ada", act)
    tester.say(text).hears(BZ, EMERGENCY)
    assert tester.conversation.told.crisis == "suicide"
    assert tester.conversation.handling.status is Status.WAITING


def test_wanting_to_be_left_alone_is_answered_inside_a_crisis(tester: DialogueTester) -> None:
    tester.say("ik wil dood", "laat me voortaan met rust")
    assert tester.conversation.position.state.startswith("suicide.")
