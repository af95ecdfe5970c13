"""What cannot be read."""

import pytest

from bot.dialogue.states import StateName
from bot.messages import Kind
from tests.harness.dialogue import DialogueTester
from tests.harness.talking import BZ, EMERGENCY, at, shared


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


@pytest.mark.parametrize("kind", ["photo", "voice", "document"])
def test_a_text_with_a_file_is_answered_and_the_file_was_not_seen(tester: DialogueTester, kind: str) -> None:
    tester.begin(at(StateName.MENU)).say("mijn paspoort is weg", media=1, media_kind=kind)
    tester.in_state("documents_taken.answer").hears(shared(tester, f"unreadable_{kind}"))


def test_the_decoy_says_nothing_of_a_file(tester: DialogueTester) -> None:
    tester.begin(at(StateName.MENU)).say("onweer", "kijk eens", media=1, media_kind="photo")
    tester.in_state(StateName.DECOY).hears_not(shared(tester, "unreadable_photo"))
