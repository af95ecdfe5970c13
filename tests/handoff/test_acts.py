"""What advisors may do, and what time does: pure rules."""

import pytest
from hypothesis import given
from hypothesis import strategies as some

from bot.dialogue.conversation import Conversation, Status, Urgency
from bot.dialogue.events import (
    Answered,
    AnyEvent,
    Claimed,
    Closed,
    HandedBack,
    LeaseLost,
    Noted,
    PlaceTold,
    TopicShown,
)
from bot.handoff import acts as handoff
from bot.handoff.card import card
from bot.handoff.moves import Lease, Move
from bot.handoff.refusals import Reason, Refused
from tests.harness.conversations import a_conversation

NOW = 29_923_920
WAITING = a_conversation(status=Status.WAITING, locale="nl", channel="sms", heard_minute=NOW, waiting_minute=NOW)
HELD = handoff.claim(WAITING, "ada", NOW).conversation


def refusal(act: object, *arguments: object, **options: object) -> Refused:
    with pytest.raises(Refused) as caught:
        act(*arguments, **options)  # type: ignore[operator]
    return caught.value


def test_a_claim_gives_the_conversation_to_one_advisor() -> None:
    move = handoff.claim(WAITING, "ada", NOW)
    assert (move.conversation.handling.status, move.conversation.handling.advisor) == (Status.ADVISOR, "ada")
    assert move.events == (Claimed("ada"),)
    assert move.lease is Lease.TAKE
    assert move.say is None  # the person is greeted with the first words, not before


def test_the_second_to_claim_learns_who_has_it() -> None:
    refused = refusal(handoff.claim, HELD, "bea", NOW)
    assert (refused.reason, refused.holder) == (Reason.TAKEN, "ada")


def test_nobody_can_claim_who_did_not_ask() -> None:
    assert refusal(handoff.claim, Conversation(heard_minute=NOW), "ada", NOW).reason is Reason.NOT_ASKED
    assert refusal(handoff.claim, Conversation(), "ada", NOW).reason is Reason.UNKNOWN


def test_the_first_message_claims_and_greets_once() -> None:
    first = handoff.reply(WAITING, "ada", "dag", NOW)
    assert first.conversation.handling.advisor == "ada"
    assert first.say is not None
    assert first.say.prefix == ("advisor_here",)
    assert handoff.reply(first.conversation, "ada", "nog iets", NOW).say is None


def test_who_does_not_have_it_cannot_write_note_offer_close_or_hand_back() -> None:
    assert refusal(handoff.reply, HELD, "bea", "dag", NOW).reason is Reason.TAKEN
    assert refusal(handoff.note, HELD, "bea", "dag").reason is Reason.NOT_YOURS
    assert refusal(handoff.offer, HELD, "bea", "cleo").reason is Reason.NOT_YOURS
    assert refusal(handoff.close, HELD, "bea", NOW).reason is Reason.NOT_YOURS
    assert refusal(handoff.hand_back, HELD, "bea", NOW).reason is Reason.NOT_YOURS


@pytest.mark.parametrize("text", ["", "  \n", "\t"])
def test_an_empty_text_is_refused(text: str) -> None:
    assert refusal(handoff.reply, HELD, "ada", text, NOW).reason is Reason.EMPTY
    assert refusal(handoff.note, HELD, "ada", text).reason is Reason.EMPTY


def test_a_note_has_no_way_out() -> None:
    move = handoff.note(HELD, "ada", "woont bij oom")
    assert move.events == (Noted("ada", "woont bij oom"),)
    assert move.say is None
    assert move.reply is None


def test_a_transfer_stays_until_it_is_taken_and_greets_nobody_again() -> None:
    offered = handoff.offer(handoff.reply(HELD, "ada", "dag", NOW).conversation, "ada", "bea").conversation
    assert offered.handling.advisor == "ada"
    assert handoff.reply(offered, "ada", "moment", NOW).conversation.handling.advisor == "ada"
    assert refusal(handoff.reply, offered, "bea", "dag", NOW).reason is Reason.TAKEN
    taken = handoff.claim(offered, "bea", NOW)
    assert taken.events == (Claimed("bea", "ada"),)
    assert handoff.reply(taken.conversation, "bea", "dag", NOW).say is None


def test_a_transfer_that_is_declined_or_ignored_comes_back() -> None:
    offered = handoff.offer(HELD, "ada", "bea").conversation
    assert handoff.decline(offered, "bea").conversation == HELD
    lapsed = handoff.lapse(offered)
    assert lapsed.conversation == HELD
    assert lapsed.lease is Lease.LAPSED
    assert refusal(handoff.decline, HELD, "bea").reason is Reason.NOT_OFFERED


@pytest.mark.parametrize(("since", "allowed"), [(0, True), (24 * 60 - 6, True), (24 * 60 - 5, False), (48 * 60, False)])
def test_whatsapp_takes_words_for_a_day(since: int, allowed: bool) -> None:
    held = HELD.with_handling(channel="whatsapp")
    if allowed:
        assert handoff.reply(held, "ada", "dag", NOW + since, sure=True).reply
    else:
        assert refusal(handoff.reply, held, "ada", "dag", NOW + since, sure=True).reason is Reason.WINDOW
    assert handoff.reply(HELD, "ada", "dag", NOW + since, sure=True).reply  # SMS knows no window


def test_after_a_quarter_of_an_hour_the_advisor_is_asked_to_be_sure() -> None:
    assert handoff.reply(HELD, "ada", "dag", NOW + 15).reply
    assert refusal(handoff.reply, HELD, "ada", "dag", NOW + 16).reason is Reason.LATE
    assert handoff.reply(HELD, "ada", "dag", NOW + 16, sure=True).reply


def test_with_somebody_reading_along_too() -> None:
    read = HELD.with_privacy(observed=True)
    assert refusal(handoff.reply, read, "ada", "dag", NOW).reason is Reason.OBSERVED
    assert handoff.close(read, "ada", NOW).say is None


def test_a_lost_lease_returns_the_person_to_the_front_and_tells_them() -> None:
    move = handoff.lose_lease(HELD, NOW + 2)
    assert move.conversation.handling.status is Status.WAITING
    assert move.conversation.handling.urgency is Urgency.REQUEUED
    assert move.events == (LeaseLost("ada"),)
    assert move.lease is Lease.LOST
    assert move.say is not None
    late = handoff.lose_lease(HELD, NOW + 40)
    assert late.say is None  # nobody is written to out of the blue
    assert late.conversation.handling.pending_notice == "advisor_gone"


def test_closing_says_one_thing_once_and_nothing_to_somebody_who_has_been_silent() -> None:
    move = handoff.close(HELD, "ada", NOW)
    assert move.events == (Closed("ada"),)
    assert move.say is not None
    assert refusal(handoff.close, move.conversation, "ada", NOW).reason is Reason.NOT_YOURS
    assert handoff.close(HELD, "ada", NOW + 16).say is None


def test_one_that_was_closed_a_moment_ago_can_be_taken_again() -> None:
    closed = handoff.close(HELD, "ada", NOW).conversation
    assert handoff.claim(closed, "bea", NOW + 30).conversation.handling.advisor == "bea"
    assert refusal(handoff.claim, closed, "bea", NOW + 31).reason is Reason.NOT_ASKED


def test_handing_back_shows_where_the_bot_goes_on() -> None:
    move = handoff.hand_back(HELD, "ada", NOW)
    assert move.conversation.handling.status is Status.BOT
    assert move.events == (HandedBack("ada"),)
    assert move.say is not None
    assert move.say.state == move.conversation.position.state == "start.opener"


def test_the_queue_helps_danger_first_then_who_was_dropped_then_what_is_urgent() -> None:
    order = [
        WAITING.with_handling(danger=True, requeued=True),
        WAITING.with_handling(danger=True),
        WAITING.with_handling(requeued=True),
        WAITING.with_handling(urgent=True),
        WAITING,
    ]
    assert [each.handling.urgency for each in order] == sorted(Urgency)


def test_the_card_shows_what_was_told_and_nothing_else() -> None:
    told: list[AnyEvent] = [
        Answered("safe", "no"), Answered("phone", "shared"), Answered("safe", "yes"), PlaceTold("abroad", "MA"),
        TopicShown("documents_taken.answer"), TopicShown("documents_taken.passport"), TopicShown("under_18.answer"),
        TopicShown("trip_planned.answer"),
    ]  # fmt: skip
    made = card(HELD.with_told(no_call=True).with_handling(danger=True), told)
    assert (made.safe, made.phone, made.place, made.country) == ("yes", "shared", "abroad", "MA")
    assert (made.documents, made.young, made.travel) == (("passport",), True, "trip_planned")
    assert made.no_call
    assert made.topics == ("documents_taken", "under_18", "trip_planned")
    empty = card(WAITING, [])
    assert (empty.safe, empty.phone, empty.place, empty.country, empty.documents) == ("", "", "", "", ())


ACTS = some.sampled_from(["claim", "reply", "note", "offer", "decline", "lapse", "hand_back", "close", "lose_lease"])
WHO = some.sampled_from(["ada", "bea"])


def _act(name: str, conversation: Conversation, who: str, minute: int) -> Move:
    if name == "reply":
        return handoff.reply(conversation, who, "dag", minute, sure=True)
    if name == "note":
        return handoff.note(conversation, who, "n")
    if name == "offer":
        return handoff.offer(conversation, who, {"ada": "bea", "bea": "ada"}[who])
    if name == "decline":
        return handoff.decline(conversation, who)
    if name == "lapse":
        return handoff.lapse(conversation)
    if name == "lose_lease":
        return handoff.lose_lease(conversation, minute)
    act = {"claim": handoff.claim, "hand_back": handoff.hand_back, "close": handoff.close}[name]
    return act(conversation, who, minute)


@given(some.lists(some.tuples(ACTS, WHO, some.integers(0, 90)), max_size=30), some.sampled_from(list(Status)))
def test_from_every_state_each_act_leaves_a_legal_state(acts: list[tuple[str, str, int]], start: Status) -> None:
    conversation = WAITING.with_status(start).with_handling(advisor="ada" if start is Status.ADVISOR else "")
    minute = NOW
    for name, who, later in acts:
        minute += later
        try:
            conversation = _act(name, conversation, who, minute).conversation
        except Refused:
            continue
        assert bool(conversation.handling.advisor) == (conversation.handling.status is Status.ADVISOR)
        assert not conversation.handling.offered or conversation.handling.status is Status.ADVISOR
        assert conversation.handling.offered != conversation.handling.advisor or not conversation.handling.offered
        assert not conversation.handling.waiting_minute or conversation.handling.status is Status.WAITING
        assert not conversation.handling.closed_minute or conversation.handling.status is Status.CLOSED
