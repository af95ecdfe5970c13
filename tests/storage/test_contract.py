"""One contract, every storage: in memory, and on a real Redis, alone, with Sentinels and as a Cluster."""

from concurrent.futures import ThreadPoolExecutor

import pytest
import redis
from msgspec.structs import replace

from bot.dialogue.conversation import Conversation, Status
from bot.dialogue.events import (
    AdvisorRequested,
    Answers,
    CodeBrought,
    CodeMade,
    DangerSeen,
    ErasureRequested,
    Heard,
    Noted,
    PlaceTold,
    Said,
    TopicShown,
)
from bot.dialogue.hours import Shift
from bot.dialogue.overrides import Overrides
from bot.messages import Channel, Inbound
from bot.ports.case_codes import TooManyTries
from bot.ports.conversations import Act, Committed, Decision, Entry, Opened
from bot.ports.storage import Storage
from bot.storage.memory.storage import MemoryStorage
from bot.storage.redis import keys
from bot.storage.redis.connection import Connection, connect
from bot.storage.redis.storage import redis_storage
from bot.storage.sealing import Sealer
from tests.harness.conversations import a_conversation
from tests.harness.events import events_of

KEY = bytes(range(32))


@pytest.fixture
def storage(any_connection: Connection | None) -> Storage:
    return redis_storage(any_connection, Sealer([KEY])) if any_connection else MemoryStorage()


def message(number: int | str, contact: str = "anna", former: tuple[str, ...] = ()) -> Inbound:
    return Inbound(message_id=f"SM{number}", contact=contact, channel=Channel.SMS, former=former)


def commit(
    storage: Storage, inbound: Inbound, conversation: Conversation, *events: object, reply: str = "ok"
) -> Opened:
    opened = storage.conversations.open(inbound)
    assert isinstance(storage.conversations.commit(inbound, opened, Decision(conversation, events, reply)), Committed)  # type: ignore[arg-type]
    return opened


def test_a_person_nobody_knows_is_new(storage: Storage) -> None:
    assert storage.conversations.open(message(1)) == Opened("anna", Conversation(), 0)


def test_what_is_committed_is_there_next_time(storage: Storage) -> None:
    conversation = a_conversation(state="menu.main", locale="nl", history=("start.opener",), safe=True, heard_minute=7)
    commit(storage, message(1), conversation)
    assert storage.conversations.open(message(2)) == Opened("anna", conversation, 1)


def test_a_repeated_message_gets_its_old_answer_and_changes_nothing(storage: Storage) -> None:
    commit(storage, message(1), a_conversation(state="a.a"), Heard("text", "x"), reply="één\n2")
    opened = storage.conversations.open(message(1))
    assert opened.reply == "één\n2"
    again = storage.conversations.commit(
        message(1), opened, Decision(a_conversation(state="b.b"), [Heard("text", "x")], "other")
    )
    assert isinstance(again, Opened)
    assert again.reply == "één\n2"
    assert storage.conversations.open(message(2)).conversation.position.state == "a.a"
    assert events_of(storage, "anna") == [Heard("text", "x")]


def test_silence_is_remembered_as_silence(storage: Storage) -> None:
    commit(storage, message(1), Conversation(), reply="")
    assert storage.conversations.open(message(1)).reply == ""


def test_a_turn_decided_on_an_old_revision_is_refused_whole(storage: Storage) -> None:
    commit(storage, message(1), a_conversation(state="a.a"))
    stale = storage.conversations.open(message(2))
    commit(storage, message(3), a_conversation(state="b.b"))
    newer = storage.conversations.commit(
        message(2), stale, Decision(a_conversation(state="c.c"), [Heard("text", "lost?")], "no")
    )
    assert newer == Opened("anna", a_conversation(state="b.b"), 2)
    assert storage.conversations.open(message(2)).reply is None
    assert events_of(storage, "anna") == []


def test_a_first_message_that_arrives_twice_at_once_is_applied_once(storage: Storage) -> None:
    first, second = storage.conversations.open(message(1)), storage.conversations.open(message(1))
    assert isinstance(
        storage.conversations.commit(message(1), first, Decision(a_conversation(state="a.a"), (), "one")), Committed
    )
    late = storage.conversations.commit(message(1), second, Decision(a_conversation(state="b.b"), (), "two"))
    assert isinstance(late, Opened)
    assert late.reply == "one"


def test_the_transcript_keeps_order(storage: Storage) -> None:
    commit(storage, message(1), Conversation(), Heard("text", "hoi"), Said("dag"))
    commit(storage, message(2), Conversation(), Heard("text", "1"), AdvisorRequested())
    assert events_of(storage, "anna") == [Heard("text", "hoi"), Said("dag"), Heard("text", "1"), AdvisorRequested()]


def test_the_history_knows_when_each_thing_happened(storage: Storage) -> None:
    commit(storage, message(1), Conversation(heard_minute=7), Heard("text", "hoi"), Said("dag"))
    act = Act("act 2", "anna", minute=9)
    opened = storage.conversations.open(act)
    assert isinstance(
        storage.conversations.commit(act, opened, Decision(opened.conversation, [Noted("ada", "belt niet")], "")),
        Committed,
    )
    assert storage.conversations.transcript("anna") == [
        Entry(7, Heard("text", "hoi")),
        Entry(7, Said("dag")),
        Entry(9, Noted("ada", "belt niet")),
    ]


def test_who_is_typing_to_whom_is_known(storage: Storage) -> None:
    storage.presence.set_typing("anna", "ada")
    assert storage.presence.typing(["anna", "bob"]) == {"anna": "ada"}


def test_waiting_people_stand_in_line_longest_first_and_leave_it(storage: Storage) -> None:
    for contact, minute in (("late", 9), ("early", 5)):
        commit(storage, message(1, contact), a_conversation(status=Status.WAITING, waiting_minute=minute))
    assert [entry.contact for entry in storage.queue.waiting()] == ["early", "late"]
    commit(storage, message(2, "early"), a_conversation(status=Status.BOT))
    assert [(entry.contact, entry.minute) for entry in storage.queue.waiting()] == [("late", 9)]


def test_erasing_leaves_only_the_answer_to_the_erasing_message(storage: Storage) -> None:
    commit(storage, message(1), a_conversation(status=Status.WAITING, state="a.a"), Heard("text", "secret"))
    commit(storage, message(2), Conversation(), Heard("text", "wis"), ErasureRequested(), reply="gone")
    assert storage.conversations.open(message(3)) == Opened("anna", Conversation(), 0)
    assert events_of(storage, "anna") == []
    assert storage.queue.waiting() == []
    assert storage.conversations.open(message(1)).reply is None
    assert storage.conversations.open(message(2)).reply == "gone"


def test_an_open_conversation_stays_under_its_old_id_while_peppers_rotate(storage: Storage) -> None:
    commit(storage, message(1, "old"), a_conversation(state="a.a"))
    rotated = message(2, "new", former=("old",))
    assert storage.conversations.open(rotated) == Opened("old", a_conversation(state="a.a"), 1)
    commit(storage, rotated, a_conversation(state="b.b"))
    assert storage.conversations.open(message(3, "new", former=("old",))).conversation.position.state == "b.b"
    assert storage.conversations.open(message(1, "new", former=("old",))).reply == "ok"


def test_many_at_once_are_all_applied_in_one_order(storage: Storage) -> None:
    def turn(number: int) -> None:
        inbound = message(number)
        opened: Committed | Opened = storage.conversations.open(inbound)
        while isinstance(opened, Opened):
            history = (*opened.conversation.position.history, str(number))
            after = opened.conversation.with_position(history=history)
            opened = storage.conversations.commit(inbound, opened, Decision(after, (), ""))

    if isinstance(storage, MemoryStorage):
        for number in range(40):
            turn(number)
    else:
        with ThreadPoolExecutor(8) as pool:
            list(pool.map(turn, range(40)))
    final = storage.conversations.open(message("end"))
    assert final.revision == 40
    assert sorted(final.conversation.position.history, key=int) == [str(number) for number in range(40)]


def test_what_is_switched_by_hand_is_told_with_the_next_message(storage: Storage) -> None:
    assert storage.overrides.read() == Overrides()
    switched = Overrides(down=True, week=((Shift(540, 1020),),) * 7, announcement="busy", note="druk")
    storage.overrides.write(switched)
    assert storage.overrides.read() == switched
    assert storage.conversations.open(message(1)).overrides == switched
    commit(storage, message(1), Conversation(heard_minute=7))
    assert storage.conversations.open(message(2)).overrides == switched
    storage.overrides.write(Overrides())
    assert storage.conversations.open(message(3)).overrides == Overrides()


def test_a_turn_is_counted_once_on_its_day(storage: Storage) -> None:
    noon = 29_637_360  # 2026-05-08 12:00 UTC
    conversation = Conversation(locale="nl", heard_minute=noon)
    events = (Heard("text", "x"), TopicShown("left_behind.answer"), PlaceTold("abroad", "MA"), DangerSeen())
    commit(storage, message(1), conversation, *events)
    opened = storage.conversations.open(message(1))
    again = storage.conversations.commit(message(1), opened, Decision(conversation, events, "ok"))
    assert isinstance(again, Opened)  # the same message again
    commit(storage, message(2), replace(conversation, heard_minute=noon + 1), Heard("text", "y"))
    assert storage.counts.of(["2026-05-08", "2026-05-09"]) == {
        "2026-05-08": {
            "all:conversations": 1, "language:nl": 1, "topic:left_behind": 1, "country:MA": 1, "all:danger": 1,
        },
        "2026-05-09": {},
    }  # fmt: skip


def test_what_is_counted_is_kept_for_400_days(clean_redis: redis.Redis, redis_url: str) -> None:
    mine = connect(redis_url)
    storage = redis_storage(mine, Sealer([KEY]))
    commit(storage, message(1), Conversation(locale="nl", heard_minute=29_637_360), Heard("text", "x"))
    assert clean_redis.ttl(f"{keys.shard('anna')}counts:2026-05-08") == 400 * 24 * 3600
    mine.close()


# -- case codes -----------------------------------------------------------------------------------------------------

WORDS = "lamp boter regen fiets"
CHOSEN = Answers(language="nl", place="abroad", country="MA", topics=("left_behind",))


def test_a_code_leads_to_the_answers_and_is_used_up_once(storage: Storage) -> None:
    commit(storage, message(1), a_conversation(case_code=WORDS), CodeMade(WORDS, CHOSEN))
    assert storage.case_codes.look_up("lamp boter regen auto", "ada") is None
    assert storage.case_codes.look_up(WORDS, "ada") == CHOSEN  # looking alone uses nothing up
    assert storage.case_codes.pop(WORDS, "ada") == CHOSEN
    assert storage.case_codes.pop(WORDS, "ada") is None


def test_a_code_that_comes_by_message_is_used_up_with_its_turn(storage: Storage) -> None:
    commit(storage, message(1), Conversation(), CodeMade(WORDS, CHOSEN))
    commit(storage, message(2, "bea"), Conversation(), CodeBrought(WORDS, CHOSEN))
    assert storage.case_codes.look_up(WORDS, "ada") is None


def test_of_two_who_bring_a_code_at_once_one_is_decided_anew(storage: Storage) -> None:
    commit(storage, message(1), Conversation(), CodeMade(WORDS, CHOSEN))
    first, second = message(2, "bea"), message(3, "cem")
    opened = storage.conversations.open(first), storage.conversations.open(second)
    assert isinstance(
        storage.conversations.commit(first, opened[0], Decision(Conversation(), (CodeBrought(WORDS, CHOSEN),), "ok")),
        Committed,
    )
    again = storage.conversations.commit(
        second, opened[1], Decision(Conversation(), (CodeBrought(WORDS, CHOSEN),), "ok")
    )
    assert isinstance(again, Opened)
    assert again.reply is None
    assert again.revision == opened[1].revision
    assert isinstance(storage.conversations.commit(second, again, Decision(Conversation(), (), "onbekend")), Committed)


def test_a_newer_code_takes_the_older_away_and_so_does_erasing(storage: Storage) -> None:
    commit(storage, message(1), Conversation(), CodeMade(WORDS, CHOSEN))
    commit(storage, message(2), Conversation(), CodeMade("een twee drie vier", CHOSEN))
    assert storage.case_codes.look_up(WORDS, "ada") is None
    assert storage.case_codes.look_up("een twee drie vier", "ada") == CHOSEN
    commit(storage, message(3), Conversation(), ErasureRequested())
    assert storage.case_codes.look_up("een twee drie vier", "ada") is None


def test_guessing_ends_after_a_few_tries(storage: Storage) -> None:
    commit(storage, message(1), Conversation(), CodeMade(WORDS, CHOSEN))
    for number in range(keys.TRIES):
        assert storage.case_codes.look_up(f"appel peer {number} kers", "thief") is None
    with pytest.raises(TooManyTries):
        storage.case_codes.look_up(WORDS, "thief")
    assert storage.case_codes.look_up(WORDS, "ada") == CHOSEN


def test_codes_that_are_there_are_no_guesses(storage: Storage) -> None:
    """An advisor on the phone may open many in an hour."""
    for number in range(3 * keys.TRIES):
        words = f"appel peer {number} kers"
        commit(storage, message(number), Conversation(), CodeMade(words, CHOSEN))
        assert storage.case_codes.pop(words, "ada") == CHOSEN


def test_redis_holds_a_code_by_its_hash_for_72_hours(clean_redis: redis.Redis, redis_url: str) -> None:
    """Neither the words nor whose they are: what is found under it names nobody."""
    client = connect(redis_url)
    storage = redis_storage(client, Sealer([KEY]))
    try:
        commit(storage, message(1), Conversation(), CodeMade(WORDS, CHOSEN))
        (key,) = clean_redis.scan_iter("helpline:code:*")
        assert b"lamp" not in key
        assert b"anna" not in key
        assert b"MA" not in (clean_redis.get(key) or b"")
        assert 0 < clean_redis.ttl(key) <= 72 * 3600
        assert storage.case_codes.look_up("appel peer kers fiets", "bea") is None
        assert not list(clean_redis.scan_iter("*bea*"))
        with_new_key = redis_storage(client, Sealer([bytes(range(1, 33)), KEY]))
        assert with_new_key.case_codes.pop(WORDS, "cem") == CHOSEN
    finally:
        client.close()


def test_all_together_may_not_guess_without_end(clean_redis: redis.Redis, redis_url: str) -> None:
    client = connect(redis_url)
    storage = redis_storage(client, Sealer([KEY]))
    try:
        clean_redis.set("helpline:tries:all", keys.TRIES_ALL)
        with pytest.raises(TooManyTries):
            storage.case_codes.look_up(WORDS, "ada")
    finally:
        client.close()


# -- blocks ---------------------------------------------------------------------------------------------------------


def test_a_block_is_told_with_the_next_message_under_every_id(storage: Storage) -> None:
    assert not storage.conversations.open(message(1)).blocked
    storage.blocks.add("anna", "ada")
    assert storage.conversations.open(message(1)).blocked
    assert storage.conversations.open(message(1, "new", ("anna",))).blocked
    assert not storage.conversations.open(message(1, "bea")).blocked
    (block,) = storage.blocks.current()
    assert (block.contact, block.advisor) == ("anna", "ada")
    assert storage.blocks.end(block.id)
    assert not storage.conversations.open(message(1)).blocked


def test_a_block_lasts_a_day_and_names_nobody_in_clear(clean_redis: redis.Redis, redis_url: str) -> None:
    client = connect(redis_url)
    storage = redis_storage(client, Sealer([KEY]))
    try:
        storage.blocks.add("anna", "ada")
        (key,) = clean_redis.scan_iter("helpline:blocked:*")
        assert 0 < clean_redis.ttl(key) <= 24 * 3600
        assert b"anna" not in key + (clean_redis.get(key) or b"")
    finally:
        client.close()


# -- erasing and what is kept elsewhere ------------------------------------------------------------------------------


def test_what_was_written_before_erasing_does_not_come_back_from_elsewhere(storage: Storage) -> None:
    minute = 29_923_920
    commit(storage, message(1), Conversation(heard_minute=minute), Heard("text", "hoi"))
    assert not storage.conversations.was_erased(message(9), minute * 60_000)
    erases = message(2)
    opened = storage.conversations.open(erases)
    at = minute * 60_000 + 31_000
    decision = Decision(Conversation(heard_minute=minute), (ErasureRequested(),), "ok", at=at)
    assert isinstance(storage.conversations.commit(erases, opened, decision), Committed)
    assert storage.conversations.was_erased(message(9), at - 1)
    assert not storage.conversations.was_erased(message(9), at + 1)
    assert storage.conversations.was_erased(message(1), at + 1)
    assert not storage.conversations.was_erased(message(9, "bea"), at - 1)
