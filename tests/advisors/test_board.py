"""What the board shows when very many people wait: the most urgent first, nobody uncounted, at a bounded cost."""

from collections.abc import Sequence
from datetime import UTC, datetime

import pytest

from bot.advisors import board
from bot.advisors.board import Advisor, Board, Overview
from bot.dialogue.conversation import Conversation, Status
from bot.messages import Channel, Inbound
from bot.ports.conversations import Committed, Decision
from bot.storage.memory.storage import MemoryStorage
from tests.harness.conversations import a_conversation

ADA = Advisor("ada", ("nl", "ti"))
OF_OTHERS = 3


@pytest.fixture
def storage(monkeypatch: pytest.MonkeyPatch) -> MemoryStorage:
    monkeypatch.setattr(board, "SHOWN", 5)
    monkeypatch.setattr(board, "OPENED", 20)
    return MemoryStorage()


def asks(storage: MemoryStorage, contact: str, minute: int, **fields: object) -> None:
    """Somebody waits since this minute."""
    inbound = Inbound(contact, contact, Channel.SMS)
    values: dict[str, object] = {"status": Status.WAITING, "waiting_minute": minute, "locale": "nl"} | fields
    decision = Decision(a_conversation(**values))
    assert isinstance(storage.conversations.commit(inbound, storage.conversations.open(inbound), decision), Committed)


def look(storage: MemoryStorage) -> Overview:
    return Board(storage, {}, lambda: datetime.now(UTC)).board(ADA)


def contacts(overview: Overview) -> list[str]:
    return [row.contact for row in overview.rows]


def test_of_very_many_the_first_have_rows_and_the_others_are_counted(storage: MemoryStorage) -> None:
    for number in range(30):
        asks(storage, f"p{number:02}", number)
    overview = look(storage)
    assert contacts(overview) == ["p00", "p01", "p02", "p03", "p04"]
    assert (overview.unseen, overview.unseen_in_danger, overview.waiting) == (25, 0, 30)


def test_danger_stands_on_top_however_late_it_came(storage: MemoryStorage) -> None:
    for number in range(30):
        asks(storage, f"p{number:02}", number)
    asks(storage, "late", 99, danger=True)
    overview = look(storage)
    assert contacts(overview)[0] == "late"
    assert (overview.unseen, overview.unseen_in_danger) == (26, 0)


@pytest.mark.parametrize("count", [7, 25])
def test_when_even_those_in_danger_are_too_many_it_says_how_many(storage: MemoryStorage, count: int) -> None:
    for number in range(count):
        asks(storage, f"d{number:02}", number, danger=True)
    asks(storage, "calm", 0)
    overview = look(storage)
    assert contacts(overview) == ["d00", "d01", "d02", "d03", "d04"]
    assert (overview.unseen, overview.unseen_in_danger) == (count - 4, count - 5)


def test_who_writes_this_advisors_language_is_found_further_back(storage: MemoryStorage) -> None:
    storage.presence.mark_present("bea", ("tr",))
    for number in range(15):
        asks(storage, f"p{number:02}", number, language="tr")
    asks(storage, "mine", 15, language="ti")
    assert contacts(look(storage)) == ["mine", "p00", "p01", "p02", "p03"]


def test_what_is_held_has_a_row_whoever_waits(storage: MemoryStorage) -> None:
    for number in range(30):
        asks(storage, f"p{number:02}", number)
    for number in range(OF_OTHERS):
        asks(storage, f"held{number}", 0, status=Status.ADVISOR, advisor="bea", waiting_minute=0)
    overview = look(storage)
    assert len(overview.rows) == 5 + OF_OTHERS
    assert overview.waiting == 30


def test_no_more_are_opened_than_are_needed_to_choose(storage: MemoryStorage, monkeypatch: pytest.MonkeyPatch) -> None:
    for number in range(30):
        asks(storage, f"p{number:02}", number)
    opened: list[str] = []
    real = storage.conversations.read

    def read(names: Sequence[str]) -> dict[str, Conversation]:
        opened.extend(names)
        return real(names)

    monkeypatch.setattr(storage.conversations, "read", read)
    look(storage)
    assert len(opened) == 20


def test_who_stands_far_back_can_be_looked_at_all_the_same(storage: MemoryStorage) -> None:
    for number in range(30):
        asks(storage, f"p{number:02}", number)
    asks(storage, "held", 0, status=Status.ADVISOR, advisor="bea")
    desk = Board(storage, {}, lambda: datetime.now(UTC))
    row = desk.row(ADA, "p29")
    assert row is not None
    assert (row.waiting_minute, row.language) == (29, "nl")
    assert desk.row(ADA, "held") is None
    assert desk.row(ADA, "nobody") is None
