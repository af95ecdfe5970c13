"""Accounts, sessions and the audit, on a real Redis."""

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
from bot.storage import keys
from bot.storage.access import RedisAccess
from bot.storage.redis import RedisStorage
from bot.storage.sealing import Sealer
from tests.harness.fixed import NOW

ADA = Account(
    id="a1", name="Ada", role=Role.ADVISOR, languages=("nl", "ar"), password="hash", totp="S",
    recovery=("x",), passkeys=(Passkey(b"id", b"key", 3, 5),), subject="s",
)  # fmt: skip
SESSION = Session(account="a1", epoch=2, stage=Stage.IN, began=1, active=2)


@pytest.fixture
def access(clean_redis: redis.Redis) -> RedisAccess:
    return RedisAccess(clean_redis, Sealer([b"1" * 32]))


@pytest.fixture
def accounts(access: RedisAccess) -> Accounts:
    return Accounts(access, lambda: NOW)


def test_an_account_comes_back_as_it_was(access: RedisAccess) -> None:
    assert access.account("a1") is None
    assert access.save(ADA)
    assert access.account("a1") == replace(ADA, revision=1)
    assert access.accounts() == [replace(ADA, revision=1)]


def test_of_two_changes_to_one_revision_one_is_stored(access: RedisAccess) -> None:
    assert access.save(ADA)
    assert not access.save(ADA)
    with ThreadPoolExecutor(8) as pool:
        done = list(pool.map(lambda name: access.save(replace(ADA, name=name, revision=1)), "abcdefgh"))
    assert sum(done) == 1


def test_every_change_counts_when_many_are_made_at_once(access: RedisAccess, accounts: Accounts) -> None:
    access.save(replace(ADA, recovery=()))
    with ThreadPoolExecutor(6) as pool:
        list(
            pool.map(
                lambda code: accounts.change("a1", lambda each: replace(each, recovery=(*each.recovery, code))),
                "abcdef",
            )
        )
    kept = access.account("a1")
    assert kept
    assert sorted(kept.recovery) == list("abcdef")


def test_nothing_of_an_account_or_a_session_is_in_redis_in_the_clear(
    access: RedisAccess, clean_redis: redis.Redis
) -> None:
    access.save(ADA)
    access.begin("the token", SESSION, 60)
    access.tries("password Ada", 60)
    names = clean_redis.keys()
    everything = repr([clean_redis.dump(name) for name in names] + names)
    for word in ("Ada", "hash", "the token", "advisor"):
        assert word not in everything


def test_an_account_under_a_lost_key_is_nobody(access: RedisAccess, clean_redis: redis.Redis) -> None:
    access.save(ADA)
    access.begin("t", SESSION, 60)
    other = RedisAccess(clean_redis, Sealer([b"2" * 32]))
    assert other.accounts() == []
    assert other.account("a1") is None
    assert other.session("t") is None


def test_a_session_lives_as_long_as_it_was_given(access: RedisAccess, clean_redis: redis.Redis) -> None:
    access.begin("t", SESSION, 60)
    assert access.session("t") == SESSION
    access.renew("t", replace(SESSION, active=9))
    assert access.session("t") == replace(SESSION, active=9)
    [key] = clean_redis.keys("helpline:session:*")
    assert 0 < clean_redis.ttl(key) <= 60
    access.end("t")
    assert access.session("t") is None
    access.renew("t", SESSION)
    assert access.session("t") is None  # one that has ended does not come back


def test_counting_and_laying_by(access: RedisAccess, clean_redis: redis.Redis) -> None:
    assert [access.tries("a", 60) for _try in range(3)] == [1, 2, 3]
    assert access.tries("b", 60) == 1
    access.forget_tries("a")
    assert access.tries("a", 60) == 1
    assert [access.claim_once("x", 60) for _time in range(2)] == [True, False]
    access.put("c", b"value", 60)
    assert [access.pop("c") for _time in range(2)] == [b"value", None]
    assert all(0 < clean_redis.ttl(key) <= 60 for key in clean_redis.keys("helpline:door:*"))


def test_the_audit_is_added_to_and_read_backwards(access: RedisAccess) -> None:
    for number in range(5):
        access.write("a1", "claim", f"merel vlier {number}")
    newest = access.lines(most=2)
    assert [line.on for line in newest] == ["merel vlier 4", "merel vlier 3"]
    older = access.lines(newest[-1].id)
    assert [line.on for line in older] == ["merel vlier 2", "merel vlier 1", "merel vlier 0"]
    assert (older[0].who, older[0].what) == ("a1", "claim")
    assert older[0].minute > 29_000_000


def test_an_audit_line_goes_after_a_year(
    access: RedisAccess, clean_redis: redis.Redis, monkeypatch: pytest.MonkeyPatch
) -> None:
    for _line in range(300):  # Redis cuts whole blocks of a stream
        clean_redis.xadd(keys.AUDIT, {"w": "a", "d": "claim", "o": ""}, id="1000-*")
    access.write("a1", "claim")
    assert len(access.lines(most=1000)) < 250


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


def test_after_a_new_data_key_the_worker_seals_anew_what_lives_long(clean_redis: redis.Redis) -> None:
    """Else nobody could log in once the old key is taken away, and an agreed sign of life would be lost silently."""
    old, new = b"1" * 32, b"2" * 32
    RedisAccess(clean_redis, Sealer([old])).save(ADA)
    before = RedisStorage(clean_redis, Sealer([old]))
    check_in = CheckIn("anna", 100_000_000, "bel", "ada", 1, 2)
    before.keep_check_in(check_in)
    before.set_overrides(Overrides(down=True))
    RedisStorage(clean_redis, Sealer([new, old])).tidy()
    after = RedisStorage(clean_redis, Sealer([new]))
    assert RedisAccess(clean_redis, Sealer([new])).account("a1") == replace(ADA, revision=1)
    assert after.check_ins() == [check_in]
    assert after.overrides() == Overrides(down=True)
    assert RedisAccess(clean_redis, Sealer([old])).account("a1") is None
