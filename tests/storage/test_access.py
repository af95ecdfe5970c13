"""Accounts, sessions and the audit, on a real Redis."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest
import redis
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from bot.access.accounts import Account, Accounts, NameRefused, Passkey, Role
from bot.access.sessions import Session, Stage
from bot.dialogue.overrides import Overrides
from bot.handoff.check_in import CheckIn
from bot.storage.redis import keys
from bot.storage.redis.accounts import RedisAccounts
from bot.storage.redis.audit import RedisAuditLog
from bot.storage.redis.connection import Connection, connect
from bot.storage.redis.sessions import RedisSessions
from bot.storage.redis.storage import redis_storage
from bot.storage.sealing import Sealer
from tests.harness.fixed import NOW

ADA = Account(
    id="a1", name="Ada", role=Role.ADVISOR, languages=("nl", "ar"), password="hash", totp="S",
    recovery=("x",), passkeys=(Passkey(b"id", b"key", 3, 5),), subject="s",
)  # fmt: skip
SESSION = Session(account="a1", epoch=2, stage=Stage.IN, began=1, active=2)


@pytest.fixture
def connection(redis_url: str, clean_redis: "redis.Redis") -> Iterator[Connection]:
    made = connect(redis_url)
    yield made
    made.close()


@pytest.fixture
def directory(connection: Connection) -> RedisAccounts:
    return RedisAccounts(connection, Sealer([b"1" * 32]))


@pytest.fixture
def sessions(connection: Connection) -> RedisSessions:
    return RedisSessions(connection, Sealer([b"1" * 32]))


@pytest.fixture
def audit(connection: Connection) -> RedisAuditLog:
    return RedisAuditLog(connection)


@pytest.fixture
def accounts(directory: RedisAccounts) -> Accounts:
    return Accounts(directory, lambda: NOW)


def test_an_account_comes_back_as_it_was(directory: RedisAccounts) -> None:
    assert directory.account("a1") is None
    assert directory.save(ADA)
    assert directory.account("a1") == replace(ADA, revision=1)
    assert directory.accounts() == [replace(ADA, revision=1)]


def test_of_two_changes_to_one_revision_one_is_stored(directory: RedisAccounts) -> None:
    assert directory.save(ADA)
    assert not directory.save(ADA)
    with ThreadPoolExecutor(8) as pool:
        done = list(pool.map(lambda name: directory.save(replace(ADA, name=name, revision=1)), "abcdefgh"))
    assert sum(done) == 1


def test_every_change_counts_when_many_are_made_at_once(directory: RedisAccounts, accounts: Accounts) -> None:
    directory.save(replace(ADA, recovery=()))
    with ThreadPoolExecutor(6) as pool:
        list(
            pool.map(
                lambda code: accounts.change("a1", lambda each: replace(each, recovery=(*each.recovery, code))),
                "abcdef",
            )
        )
    kept = directory.account("a1")
    assert kept
    assert sorted(kept.recovery) == list("abcdef")


def test_nothing_of_an_account_or_a_session_is_in_redis_in_the_clear(
    directory: RedisAccounts, sessions: RedisSessions, clean_redis: "redis.Redis"
) -> None:
    directory.save(ADA)
    sessions.begin("the token", SESSION, 60)
    sessions.tries("password Ada", 60)
    names = clean_redis.keys()
    everything = repr([clean_redis.dump(name) for name in names] + names)
    for word in ("Ada", "hash", "the token", "advisor"):
        assert word not in everything


def test_an_account_under_a_lost_key_is_nobody(
    directory: RedisAccounts, sessions: RedisSessions, connection: Connection
) -> None:
    directory.save(ADA)
    sessions.begin("t", SESSION, 60)
    other = Sealer([b"2" * 32])
    assert RedisAccounts(connection, other).accounts() == []
    assert RedisAccounts(connection, other).account("a1") is None
    assert RedisSessions(connection, other).session("t") is None


def test_a_session_lives_as_long_as_it_was_given(sessions: RedisSessions, clean_redis: "redis.Redis") -> None:
    sessions.begin("t", SESSION, 60)
    assert sessions.session("t") == SESSION
    sessions.renew("t", replace(SESSION, active=9))
    assert sessions.session("t") == replace(SESSION, active=9)
    [key] = clean_redis.keys("helpline:session:*")
    assert 0 < clean_redis.ttl(key) <= 60
    sessions.end("t")
    assert sessions.session("t") is None
    sessions.renew("t", SESSION)
    assert sessions.session("t") is None  # one that has ended does not come back


def test_counting_and_laying_by(sessions: RedisSessions, clean_redis: "redis.Redis") -> None:
    assert [sessions.tries("a", 60) for _try in range(3)] == [1, 2, 3]
    assert sessions.tries("b", 60) == 1
    sessions.forget_tries("a")
    assert sessions.tries("a", 60) == 1
    assert [sessions.claim_once("x", 60) for _time in range(2)] == [True, False]
    sessions.put("c", b"value", 60)
    assert [sessions.pop("c") for _time in range(2)] == [b"value", None]
    assert all(0 < clean_redis.ttl(key) <= 60 for key in clean_redis.keys("helpline:door:*"))


def test_the_audit_is_added_to_and_read_backwards(audit: RedisAuditLog) -> None:
    for number in range(5):
        audit.write("a1", "claim", f"merel vlier {number}")
    newest = audit.lines(most=2)
    assert [line.on for line in newest] == ["merel vlier 4", "merel vlier 3"]
    older = audit.lines(newest[-1].id)
    assert [line.on for line in older] == ["merel vlier 2", "merel vlier 1", "merel vlier 0"]
    assert (older[0].who, older[0].what) == ("a1", "claim")
    assert older[0].minute > 29_000_000


def test_an_audit_line_goes_after_a_year(
    audit: RedisAuditLog, clean_redis: "redis.Redis", monkeypatch: pytest.MonkeyPatch
) -> None:
    for _line in range(300):  # Redis cuts whole blocks of a stream
        clean_redis.xadd(keys.AUDIT, {"w": "a", "d": "claim", "o": ""}, id="1000-*")
    audit.write("a1", "claim")
    assert len(audit.lines(most=1000)) < 250


def test_names(accounts: Accounts) -> None:
    made, password = accounts.add("  Ada   van  Dam ", Role.ADVISOR)
    assert made.name == "Ada van Dam"
    assert len(password) == 23
    for taken in ("ada van dam", "ADA VAN DAM", "Ａda van Dam", "", "   ", "x" * 41, "A\u200bda"):
        with pytest.raises(NameRefused):
            accounts.add(taken, Role.ADVISOR)
    assert accounts.find("ADA  van dam") == accounts.get(made.id)
    assert accounts.find("Ad") is None


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=15)
@given(name=st.text(max_size=60))
def test_whatever_is_typed_as_a_name_is_taken_or_refused(accounts: Accounts, name: str) -> None:
    accounts.find(name)
    try:
        made, _password = accounts.add(name, Role.ADVISOR)
    except NameRefused:
        return
    assert accounts.find(name) == accounts.get(made.id)


def test_after_a_new_data_key_the_worker_seals_anew_what_lives_long(connection: Connection) -> None:
    """Else nobody could log in once the old key is taken away, and a check-in would be lost silently."""
    old, new = b"1" * 32, b"2" * 32
    RedisAccounts(connection, Sealer([old])).save(ADA)
    before = redis_storage(connection, Sealer([old]))
    check_in = CheckIn("anna", 100_000_000, "bel", "ada", 1, 2)
    before.check_ins.put(check_in)
    before.overrides.write(Overrides(down=True))
    redis_storage(connection, Sealer([new, old])).chores.tidy()
    after = redis_storage(connection, Sealer([new]))
    assert RedisAccounts(connection, Sealer([new])).account("a1") == replace(ADA, revision=1)
    assert after.check_ins.agreed() == [check_in]
    assert after.overrides.read() == Overrides(down=True)
    assert RedisAccounts(connection, Sealer([old])).account("a1") is None
