"""A backup is made, the world goes on, Redis is lost, and the backup is brought back by the commands themselves."""

import signal
import subprocess
import sys
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest

from bot.access.accounts import Account, Accounts, Role
from bot.advisors.board import Advisor
from bot.assembly import Assembly
from bot.dialogue.conversation import Status
from bot.handoff.delivery import UNREPORTED, DeliveryState
from bot.settings import read_settings
from bot.storage.backup import Piece, StoredKey
from bot.storage.journal import Journal, Outlived, read_journals
from bot.storage.redis.accounts import RedisAccounts
from bot.storage.redis.connection import connect
from bot.storage.redis.copying import restore
from bot.storage.sealing import Sealer
from tests.harness.processes import WAIT_SECONDS
from tests.harness.site import OPENER, Site
from tests.harness.twilio_client import person, sms

pytestmark = pytest.mark.process

STAYS, WAITS, ERASED, HELD = (person(number) for number in range(4))
ADA = Advisor("ada", ("nl",))


def command(site: Site, *words: str) -> "subprocess.CompletedProcess[str]":
    """`python -m bot …` as it is run where the worker runs."""
    environment = site.environment | {"SPOOL_PRIVATE_KEY": OPENER.private_bytes_raw().hex()}
    return subprocess.run(
        [sys.executable, "-m", "bot", *words], cwd=site.root, env=environment, capture_output=True, text=True,
        timeout=WAIT_SECONDS, check=False,
    )  # fmt: skip


def said(site: Site, who: str, *texts: str) -> list[str]:
    start = time.time_ns() % 10**15
    posted = [site.twilio.post(sms(start + place, text, who)) for place, text in enumerate(texts)]
    return ["".join(answer.messages) for answer in posted]


def accounts(site: Site) -> list[Account]:
    connection = connect(site.redis_url)
    try:
        return RedisAccounts(connection, Sealer([bytes.fromhex(site.data_key)])).accounts()
    finally:
        connection.close()


def lose_redis(site: Site) -> None:
    """The machine with Redis burns."""
    site.stop_web()
    site.signal_redis(signal.SIGKILL)
    for file in site.data.rglob("*"):
        if file.is_file():
            file.unlink()
    site.start_redis()


@pytest.fixture(scope="module")
def restored(new_site: Callable[..., Site]) -> Site:
    site = new_site()
    site.start_redis()
    site.start_web()
    assembly = Assembly(read_settings(site.environment))
    people = Accounts(assembly.accounts._directory, lambda: datetime.now(UTC))
    for name in ("Bea", "Cas"):
        people.add(name, Role.ADVISOR, ("nl",))
    said(site, STAYS, "hoi", "ja", "ik moet op reis")
    said(site, WAITS, "hoi", "ja", "medewerker")
    said(site, ERASED, "hoi", "ja", "ik heet Zonnebloem")
    said(site, HELD, "hoi", "ja", "medewerker")
    assembly.desk.reply(ADA, site.contact(HELD), "bericht een", "one", sure=True)
    file = site.folder / "backup"
    done = command(site, "backup", str(file))
    assert done.returncode == 0, done.stderr
    assert said(site, ERASED, "wis", "1")[-1].startswith("Gewist")
    found = people.find("Cas")
    assert found is not None
    people.disable(found.id)
    lose_redis(site)
    assembly.connection.close()
    back = command(site, "restore", str(file))
    assert back.returncode == 0, back.stderr
    assert "erased since: 1" in back.stdout
    site.start_web()
    return site


def test_who_wrote_before_it_is_known_again(restored: Site) -> None:
    assert restored.heard(STAYS) == ["hoi", "ja", "ik moet op reis"]
    assert restored.opened(STAYS).revision == 3
    assert said(restored, STAYS, "menu")


def test_who_waited_waits_and_who_was_held_is_held(restored: Site) -> None:
    with restored.storage() as storage:
        assert [entry.contact for entry in storage.queue.waiting()] == [restored.contact(WAITS)]
        assert [entry.contact for entry in storage.queue.held()] == [restored.contact(HELD)]
    assert restored.opened(HELD).conversation.handling.status is Status.ADVISOR


def test_who_was_erased_since_stays_erased(restored: Site) -> None:
    assert restored.heard(ERASED) == []
    contact = restored.contact(ERASED)
    with restored.client() as client:
        assert [key for key in client.scan_iter("helpline:*") if contact.encode() in key] == []


def test_what_may_have_been_sent_is_not_offered_again_and_says_so(restored: Site) -> None:
    with restored.storage() as storage:
        (record,) = storage.outbox.records(restored.contact(HELD)).values()
        assert storage.outbox.take("w", 10, 0) == []
    assert (record.state, record.code) == (DeliveryState.FAILED, UNREPORTED)


def test_a_disabled_account_stays_so(restored: Site) -> None:
    assert {account.name: account.disabled for account in accounts(restored)} == {"Bea": False, "Cas": True}


def test_nothing_lives_longer_than_it_would_have(restored: Site) -> None:
    with restored.client() as client:
        for key in client.scan_iter("helpline:*:conversation"):
            assert 0 < int(client.ttl(key)) <= 7 * 24 * 3600


def test_nobody_reads_it_without_the_key(restored: Site) -> None:
    data = (restored.folder / "backup").read_bytes()
    assert (restored.folder / "backup").stat().st_mode & 0o777 == 0o600
    for secret in ("helpline:{", "Bea", "Zonnebloem", restored.contact(STAYS)):
        assert secret.encode() not in data


def test_a_redis_that_holds_something_is_left_alone(restored: Site) -> None:
    before = restored.dump()
    done = command(restored, "restore", str(restored.folder / "backup"))
    assert (done.returncode, "not empty" in done.stderr) == (1, True)
    assert restored.dump() == before


@pytest.mark.parametrize("damage", ["flipped", "cut", "a piece less", "longer", "something else", "empty"])
def test_a_damaged_backup_is_refused_whole(restored: Site, new_site: Callable[..., Site], damage: str) -> None:
    data = (restored.folder / "backup").read_bytes()
    last = data.rindex(b"\0\0\0\0\0\0")
    damaged = {
        "flipped": data[:-400] + bytes([data[-400] ^ 1]) + data[-399:],
        "cut": data[:-7],
        "a piece less": data[:last],
        "longer": data + b"\0" * 9,
        "something else": b"PK" + data,
        "empty": b"",
    }[damage]
    site = new_site()
    site.start_redis()
    file: Path = site.folder / "damaged"
    file.write_bytes(damaged)
    done = command(site, "restore", str(file))
    assert done.returncode == 1
    assert "nothing was brought back" in done.stderr
    assert "Traceback" not in done.stderr
    assert site.dump() == {}


def test_what_has_expired_since_does_not_come_back(new_site: Callable[..., Site]) -> None:
    site = new_site()
    site.start_redis()
    names = ("conversation", "address")
    gone, here = (f"helpline:{{07}}:{letter * 22}:" for letter in "ab")
    found = Piece(
        keys=tuple(
            StoredKey(f"{who}{name}", "string", expires, b"sealed")
            for who, expires in ((gone, 1), (here, int(time.time() * 1000) + 60_000))
            for name in names
        )
    )
    connection = connect(site.redis_url)
    restore(connection, Sealer([bytes.fromhex(site.data_key)]), [found], 1, Outlived())
    connection.close()
    assert sorted(site.dump()) == sorted(f"{here}{name}".encode() for name in names)


def test_a_damaged_journal_still_says_what_can_be_read(tmp_path: Path) -> None:
    journal = Journal(tmp_path, lambda _what, **_fields: None)
    journal.erased("mark", 5)
    journal.erased("mark", 7)
    journal.disabled("account")
    (tmp_path / ".erased-damaged").write_bytes(b"\xff\xfe half a li\n")
    found = read_journals([tmp_path, tmp_path / "of nobody"])
    assert found == Outlived({"mark": 7}, frozenset({"account"}), 1)


def test_a_journal_that_cannot_be_written_stops_nobody(tmp_path: Path) -> None:
    reports: list[str] = []
    Journal(tmp_path / "not there", lambda what, **_fields: reports.append(what)).erased("mark", 5)
    assert reports == ["journal_failed"]
