"""Nobody writes first: what an advisor may send when there is nothing to answer."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from bot.advisors.board import Advisor
from bot.advisors.desk import Desk
from bot.content.library import Library
from bot.content.localizing import localize_desk
from bot.dialogue.conversation import Agreement
from bot.dialogue.engine import Engine
from bot.handoff.refusals import Reason, Refused
from bot.rendering.review import is_neutral
from tests.harness.dialogue import CONTACT, DialogueTester
from tests.harness.fixed import NOW

ADA = Advisor("ada")
DAY = 24 * 60
MINUTE = int(NOW.timestamp()) // 60


@pytest.fixture
def talking(engine: Engine, library: Library) -> DialogueTester:
    """Somebody in Morocco whom Ada has answered; it is 13:00 there."""
    tester = DialogueTester(engine, NOW)
    subject = [word for words in library.content.neutral.values() for word in words]
    tester.desk = Desk(
        tester.runner,
        tester.storage,
        {"MA": (ZoneInfo("Africa/Casablanca"),)},
        lambda: tester.now,
        lambda text: is_neutral(text, localize_desk(library, "nl"), subject),
    )
    tester.say("ik ben in marokko", "ja", "medewerker")
    tester.say("ik ben in marokko")
    tester.desk.claim(ADA, CONTACT, "c")
    tester.desk.reply(ADA, CONTACT, "Ik ben er", "r")
    return tester


def refused(tester: DialogueTester, text: str = "Hoi, hoe gaat het?", *, sure: bool = True) -> Reason:
    with pytest.raises(Refused) as caught:
        tester.desk.reply(ADA, CONTACT, text, f"{tester.now} {text} {sure}", sure=sure)
    return caught.value.reason


def agree(tester: DialogueTester, until: int = MINUTE + DAY, opens: int = 9 * 60, closes: int = 17 * 60) -> None:
    tester.desk.agree(ADA, CONTACT, Agreement(until, opens, closes), f"a {until} {opens} {closes}")


def test_an_answer_may_be_late_when_she_is_sure(talking: DialogueTester) -> None:
    talking.say("ben je daar?").wait(40)
    assert refused(talking, sure=False) is Reason.LATE
    talking.desk.reply(ADA, CONTACT, "Ja, sorry", "late", sure=True)


def test_once_all_is_answered_nobody_writes_first(talking: DialogueTester) -> None:
    talking.wait(14)
    talking.desk.reply(ADA, CONTACT, "Nog iets", "soon")
    talking.wait(2)
    for sure in (False, True):
        assert refused(talking, sure=sure) is Reason.NOT_AGREED
    talking.say("hoi")
    talking.desk.reply(ADA, CONTACT, "Fijn", "answer")


def test_an_agreement_opens_its_hours_where_they_are(talking: DialogueTester) -> None:
    agree(talking, MINUTE + 2 * DAY)
    talking.wait(60)
    assert refused(talking, sure=False) is Reason.LATE
    talking.desk.reply(ADA, CONTACT, "Hoi, hoe gaat het?", "1", sure=True)
    talking.now = datetime(2026, 11, 24, 2, 10, tzinfo=UTC)  # 03:10 there
    assert refused(talking) is Reason.NOT_NOW
    talking.now = datetime(2026, 11, 24, 8, 5, tzinfo=UTC)
    talking.desk.reply(ADA, CONTACT, "Goedemorgen", "2", sure=True)
    talking.now = NOW + timedelta(days=2, minutes=1)
    assert refused(talking) is Reason.NOT_AGREED  # it is over


@pytest.mark.parametrize(
    "text",
    [
        "Bel Veilig Thuis",
        "Kijk op veiligthuis.nl",
        "Je huwelijk gaat niet door",
        "Kom naar Kerkstraat 12",
        "ik heet Sara",
    ],
)
def test_under_an_agreement_only_ordinary_words(talking: DialogueTester, text: str) -> None:
    agree(talking)
    talking.wait(60)
    assert refused(talking, text) is Reason.NOT_NEUTRAL


@pytest.mark.parametrize(
    ("until", "opens", "closes"),
    [
        (MINUTE, 540, 600),
        (MINUTE + 8 * DAY, 540, 600),
        (MINUTE + DAY, 600, 540),
        (MINUTE + DAY, -1, 10),
        (MINUTE + DAY, 0, 1441),
    ],
)
def test_an_agreement_that_cannot_be(talking: DialogueTester, until: int, opens: int, closes: int) -> None:
    with pytest.raises(Refused) as caught:
        agree(talking, until, opens, closes)
    assert caught.value.reason is Reason.AGREEMENT


def test_only_who_has_the_conversation_records_it(talking: DialogueTester) -> None:
    with pytest.raises(Refused) as caught:
        talking.desk.agree(Advisor("bea"), CONTACT, Agreement(MINUTE + DAY, 0, 60), "x")
    assert caught.value.reason is Reason.NOT_YOURS
