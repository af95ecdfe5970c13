"""One message is one turn, however often and however simultaneously it comes."""

import random
from collections import Counter, defaultdict
from datetime import UTC, datetime

import pytest
from msgspec.structs import replace

from bot.dialogue.conversation import Conversation, Pace, Status
from bot.dialogue.engine import Engine
from bot.dialogue.events import Heard, Said
from bot.dialogue.turn import Circumstances
from bot.messages import Channel, Inbound
from bot.rendering.texts import render
from tests.harness.processes import at_once, until
from tests.harness.site import Site
from tests.harness.twilio_client import person, sms

pytestmark = pytest.mark.process

TEXTS = ("begin", "1", "2", "kaart", "menu", "0", "terug", "overzicht", "8", "3", "taal", "nummers")
"""Commands and numbers, which are answered however fast they come (tests/dialogue/test_continuation.py)."""


def test_three_copies_of_300_messages_are_300_turns_with_one_answer_each(site: Site) -> None:
    dice = random.Random(1)
    messages = [sms(number, dice.choice(TEXTS), person(number % 30)) for number in range(300)]
    at_the_same_time = [message for message in messages[:75] for _ in range(3)]
    apart = [copy for _ in range(3) for copy in dice.sample(messages[75:], 225)]
    answers: dict[str, set[bytes]] = defaultdict(set)

    def deliver(message: dict[str, str]) -> None:
        answer = site.twilio.post(message)
        assert answer.text
        answers[message["MessageSid"]].add(answer.body)

    at_once(deliver, at_the_same_time)
    at_once(deliver, apart)
    assert Counter(len(bodies) for bodies in answers.values()) == {1: 300}
    assert [site.turns(person(number)) for number in range(30)] == [10] * 30
    assert [len(site.heard(person(number))) for number in range(30)] == [10] * 30

    site.stop_web()
    site.start_web()
    at_once(deliver, messages)
    assert Counter(len(bodies) for bodies in answers.values()) == {1: 300}
    assert [site.opened(person(number)).revision for number in range(30)] == [10] * 30


def test_both_web_workers_answer(site: Site) -> None:
    assert len(site.web_workers()) == 2


def test_messages_of_one_person_at_the_same_time_are_all_applied_in_one_order(site: Site, engine: Engine) -> None:
    dice = random.Random(2)
    people = [person(1000 + number) for number in range(20)]
    messages = [
        sms(f"{who[-4:]}{number:03}", f"{dice.choice(TEXTS)}{' ' * number}", who)
        for who in people
        for number in range(20)
    ]
    dice.shuffle(messages)
    answers = at_once(site.twilio.post, messages)
    assert Counter(answer.status for answer in answers) == {200: 400}
    assert all(answer.text for answer in answers)
    assert site.webhooks("failed") == 0
    for who in people:
        sent = Counter(message["Body"] for message in messages if message["From"] == who)
        assert Counter(site.heard(who)) == sent
        assert site.opened(who).revision == site.turns(who) == 20
        assert_the_story_holds(site, engine, who)


def test_an_old_menu_number_is_asked_again_and_never_applied(site: Site) -> None:
    """An SMS does not say which list it answers. What holds: the number counts only in the list shown last (as
    stored, whatever the order of arrival); one that is not in it is asked again and changes nothing."""
    for number in range(10):
        who = person(2000 + number)
        for step, text in enumerate(("hoi", "ja", "wis")):
            site.twilio.post(sms(f"{who[-4:]}{step:03}", text, who))
        before = site.opened(who)
        assert before.conversation.position.state == "erase.confirm"
        answer = site.twilio.post(sms(f"{who[-4:]}900", str(3 + number % 6), who))
        after = site.opened(who)
        assert answer.text.startswith("Dat nummer staat niet in de lijst.")
        assert "wissen" in answer.text
        assert unhurried(after.conversation) == unhurried(before.conversation)
        assert after.conversation.handling.status is Status.BOT
        assert after.revision == before.revision + 1


def test_answers_that_overtake_each_other_lead_where_their_order_of_arrival_leads(site: Site, engine: Engine) -> None:
    dice = random.Random(3)
    for number in range(15):
        who = person(3000 + number)
        steps = ["menu", "1", "1", "2", "9", "0", "3", "77", "1"]
        dice.shuffle(steps)
        at_once(site.twilio.post, [sms(f"{who[-4:]}{step:03}", text, who) for step, text in enumerate(steps)], 3)
        assert_the_story_holds(site, engine, who)


def test_a_message_that_comes_again_after_the_talk_went_on_moves_nothing(site: Site) -> None:
    who = person(4000)
    first = [site.twilio.post(sms(f"4000{step}", text, who)) for step, text in enumerate(("hoi", "1", "2", "1"))]
    before = site.dump()
    again = [site.twilio.post(sms(f"4000{step}", text, who)) for step, text in enumerate(("hoi", "1", "2", "1"))]
    assert [answer.body for answer in again] == [answer.body for answer in first]
    assert site.dump() == before


def test_the_fallback_address_gives_the_same_answer(site: Site) -> None:
    message = sms(5000, "ik moet op reis", person(5000))
    first = site.twilio.post(message)
    failed = message | {"ErrorCode": "11200", "ErrorUrl": "https://helpline.example/twilio/message"}
    assert site.twilio.post(failed, "/twilio/fallback").body == first.body
    assert site.turns(person(5000)) == 1


def assert_the_story_holds(site: Site, engine: Engine, who: str) -> None:
    """The stored turns, told again one after the other to the engine alone, give the same answers and the same end:
    no turn was decided on anything but the one before it."""
    now = datetime.now(UTC)
    conversation = Conversation()
    transcript = site.transcript(who)
    said = [event.text for event in transcript if isinstance(event, Said)]
    expected = []
    for event in transcript:
        if isinstance(event, Heard):
            inbound = Inbound(message_id="", contact="", channel=Channel.SMS, text=event.text)
            turn = engine.advance(conversation, engine.read(inbound), Circumstances(now, 1))
            conversation = turn.conversation
            assert turn.say is not None
            expected.append(render(turn.say, conversation, engine.content(conversation.locale)))
    assert said == expected
    assert unhurried(site.opened(who).conversation) == unhurried(conversation)


def unhurried(conversation: Conversation) -> Conversation:
    """Without the minutes, and without how much was written recently."""
    return replace(conversation.with_handling(waiting_minute=0), heard_minute=0, pace=Pace())


def test_the_web_server_ends_by_itself_on_sigterm(site: Site) -> None:
    workers = site.web_workers()
    site.stop_web()
    until(lambda: not site.web_workers())
    assert workers
    assert "Traceback" not in site.log("web")
