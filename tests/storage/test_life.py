"""How long things live in Redis, and what the surroundings must be."""

import base64
from dataclasses import replace
from pathlib import Path

import pytest
import redis

from bot.dialogue.conversation import Conversation, Status
from bot.dialogue.events import ErasureRequested
from bot.doctor import examine
from bot.messages import Channel, Inbound
from bot.ports.conversations import Decision
from bot.ports.outbox import shard_of
from bot.settings import read_settings
from bot.storage.redis.connection import connect
from bot.storage.redis.storage import redis_storage
from bot.storage.sealing import Sealer
from tests.harness.conversations import a_conversation

HOUR = 3600


@pytest.mark.parametrize(
    ("status", "hours"), [(Status.BOT, 72), (Status.WAITING, 72), (Status.ADVISOR, 7 * 24), (Status.CLOSED, 7 * 24)]
)
def test_everything_of_a_person_expires(clean_redis: redis.Redis, redis_url: str, status: Status, hours: int) -> None:
    client = connect(redis_url)
    storage = redis_storage(client, Sealer([bytes(32)]))
    inbound = Inbound(message_id="SM1", contact="anna", channel=Channel.SMS)
    storage.conversations.commit(
        inbound, storage.conversations.open(inbound), Decision(a_conversation(status=status), (), "reply")
    )
    client.close()
    lives = {key: clean_redis.ttl(key) for key in clean_redis.scan_iter("*:anna:*")}
    assert len(lives) == 2
    assert all(hours * HOUR - 5 <= life <= hours * HOUR for life in lives.values())


def test_each_message_renews_the_life_of_all_keys(clean_redis: redis.Redis, redis_url: str) -> None:
    client = connect(redis_url)
    storage = redis_storage(client, Sealer([bytes(32)]))
    for number in (1, 2):
        inbound = Inbound(message_id=f"SM{number}", contact="anna", channel=Channel.SMS)
        storage.conversations.commit(
            inbound, storage.conversations.open(inbound), Decision(Conversation(), (), "reply")
        )
        keys = list(clean_redis.scan_iter("*:anna:*"))
        assert all(clean_redis.ttl(key) > 71 * HOUR for key in keys)
        for key in keys:
            clean_redis.expire(key, HOUR)
    client.close()


def test_the_mark_of_an_erased_message_goes_though_others_erase_later(clean_redis: redis.Redis, redis_url: str) -> None:
    client = connect(redis_url)
    storage = redis_storage(client, Sealer([bytes(32)]))

    def erase(contact: str) -> Inbound:
        message = Inbound(message_id=contact, contact=contact, channel=Channel.SMS)
        opened = storage.conversations.open(message)
        storage.conversations.commit(message, opened, Decision(Conversation(), (ErasureRequested(),), "gone"))
        return message

    neighbours = (f"person {number}" for number in range(999))
    first, second = [each for each in neighbours if shard_of(each) == "07"][:2]
    old = erase(first)
    (marks,) = clean_redis.scan_iter("*erased-messages")
    long_ago = int(client.ask("TIME")[0]) * 1000 - 26 * HOUR * 1000
    for mark in client.ask("ZRANGE", marks, 0, -1):
        client.ask("ZADD", marks, long_ago, mark)
    new = erase(second)
    assert storage.conversations.was_erased(old, 1)
    storage.chores.tidy()
    assert not storage.conversations.was_erased(old, 1)
    assert storage.conversations.was_erased(new, 1)
    client.close()


def test_doctor_finds_what_is_well_and_what_is_not(clean_redis: redis.Redis, redis_url: str, tmp_path: Path) -> None:
    settings = read_settings(
        {
            "TWILIO_ACCOUNT_SID": f"AC{'0' * 32}",
            "TWILIO_AUTH_TOKEN": "a-token-that-must-not-be-shown",
            "SMS_NUMBER": "+3197010000000",
            "WHATSAPP_NUMBER": "+3197010000001",
            "PUBLIC_URL": "http://example.org",
            "REDIS_URL": redis_url,
            "SECRET_KEY": "s" * 32,
            "DATA_KEYS": base64.b64encode(bytes(32)).decode(),
            "PEPPERS": "p" * 32,
            "SPOOL_DIR": str(tmp_path),
            "SIMULATOR": "0",
        }
    )
    settings = replace(settings, simulator=True)
    found = examine(settings)
    assert "ok redis appendonly yes; without it a crash loses conversations" in found
    assert "ok redis maxmemory-policy noeviction; others forget people silently" in found
    assert "bad public address is not https" in found
    assert any(line.startswith("bad simulator") for line in found)
    assert any(line.startswith("note spool") for line in found)
    assert any(line.split()[1:3] == ["understanding:", "letters"] for line in found)
    letters = examine(replace(settings, meaning=False))
    assert "note understanding: letters only, because MEANING is 0" in letters
    assert "ok spool: 0 kept" in found
    assert any(line.startswith("ok numbers: 1 for SMS, 1 for WhatsApp") for line in found)
    pool = examine(replace(settings, messaging_service_sid=f"MG{'0' * 32}"))
    assert any(line.startswith("note messaging service") for line in pool)
    (tmp_path / "1-2-3.unreadable").write_bytes(b"damaged")
    assert any(line.startswith("bad spool") for line in examine(settings))
    assert "a-token-that-must-not-be-shown" not in "\n".join(found)
    clean_redis.config_set("maxmemory-policy", "allkeys-lru")
    try:
        assert any(line.startswith("bad redis maxmemory-policy") for line in examine(settings))
    finally:
        clean_redis.config_set("maxmemory-policy", "noeviction")
