"""Messages kept on disk while the storage is away."""

import os
import stat
import time
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey
from msgspec import msgpack
from msgspec.structs import replace

from bot.dialogue.events import Heard
from bot.messages import Channel, Inbound, Kind
from bot.ports.spool import Given, Spooled, SpoolFull
from bot.ports.unavailable import StorageUnavailable
from bot.storage import given
from bot.storage.given import FOLDER
from bot.storage.sealing import Sealer
from bot.storage.spool import _INFO, _SUITE, MAX_AGE_SECONDS, FileSpool, FileSpoolReader, _decoder, _packed
from tests.harness.conversations import a_conversation
from tests.harness.fakes import Reports

KEY = X25519PrivateKey.generate()
MINUTE = 29_923_920


def ignore(_what: str, **_fields: object) -> None:
    """Nobody reads these reports."""


def message(number: int, revision: int | None = None) -> Spooled:
    inbound = Inbound(
        message_id=f"SM{number}",
        contact="anna",
        channel=Channel.WHATSAPP,
        former=("old",),
        kind=Kind.BUTTON,
        text="kanarievogel",
        payload="safe",
        media=1,
        opt_out=True,
    )
    conversation = a_conversation(state="menu.main", heard_minute=MINUTE)
    before = None if revision is None else a_conversation(hide_word="mark", heard_minute=MINUTE - 1)
    at = MINUTE * 60_000 + 31_000
    return Spooled(inbound, conversation, (Heard("text", "kanarievogel"),), "bel\n112", revision, before, at)


@pytest.fixture
def spool(tmp_path: Path) -> FileSpool:
    return FileSpool(tmp_path, KEY.public_key())


def drained(folder: Path, key: X25519PrivateKey = KEY) -> list[Spooled]:
    found: list[Spooled] = []
    FileSpoolReader(folder, key, ignore).drain(found.append)
    return found


@pytest.mark.parametrize("revision", [None, 0, 7])
def test_a_message_comes_back_whole_and_once(spool: FileSpool, tmp_path: Path, revision: int | None) -> None:
    spool.add(message(1, revision))
    assert spool.waiting() == 1
    assert drained(tmp_path) == [message(1, revision)]
    assert drained(tmp_path) == []
    assert list(tmp_path.iterdir()) == []


def test_what_an_earlier_version_kept_comes_back(spool: FileSpool, tmp_path: Path) -> None:
    earlier = replace(message(1, 7), before=None)
    record = _decoder.decode(_packed(earlier))
    fields = {name: getattr(record, name) for name in record.__struct_fields__ if name != "before"}
    sealed = _SUITE.encrypt(msgpack.encode(fields), KEY.public_key(), _INFO)
    (tmp_path / "1.sealed").write_bytes(sealed)
    assert drained(tmp_path) == [earlier]


def test_messages_come_back_in_the_order_they_came(spool: FileSpool, tmp_path: Path) -> None:
    for number in range(25):
        spool.add(message(number))
    assert [each.inbound.message_id for each in drained(tmp_path)] == [f"SM{number}" for number in range(25)]


def test_the_disk_shows_nothing_and_only_to_us(spool: FileSpool, tmp_path: Path) -> None:
    spool.add(message(1))
    (path,) = tmp_path.iterdir()
    for word in ("kanarie", "anna", "SM1", "bel\n112", "whatsapp", "2026-"):
        assert word.encode() not in path.read_bytes()
        assert word not in path.name
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_the_writer_cannot_read_back(spool: FileSpool) -> None:
    spool.add(message(1))
    assert not any(isinstance(value, X25519PrivateKey) for value in vars(spool).values())


def test_another_key_opens_nothing(spool: FileSpool, tmp_path: Path) -> None:
    spool.add(message(1))
    assert drained(tmp_path, X25519PrivateKey.generate()) == []


@pytest.mark.parametrize("data", [b"", b"x", bytes(31), bytes(32), bytes(48), bytes(500)])
def test_a_broken_file_is_set_aside_and_does_not_stop_the_others(spool: FileSpool, tmp_path: Path, data: bytes) -> None:
    (tmp_path / "0-first.sealed").write_bytes(data)
    spool.add(message(1))
    assert drained(tmp_path) == [message(1)]
    assert [path.read_bytes() for path in tmp_path.iterdir()] == [data]
    assert drained(tmp_path) == []


def test_a_cut_file_is_not_taken_for_a_message(spool: FileSpool, tmp_path: Path) -> None:
    spool.add(message(1))
    (path,) = tmp_path.iterdir()
    path.write_bytes(path.read_bytes()[:-1])
    assert drained(tmp_path) == []


def test_a_half_written_file_is_not_read(spool: FileSpool, tmp_path: Path) -> None:
    (tmp_path / "0.part").write_bytes(b"half")
    assert spool.waiting() == 0
    assert drained(tmp_path) == []


def test_a_message_older_than_a_conversation_is_dropped_unread(spool: FileSpool, tmp_path: Path) -> None:
    spool.add(message(1))
    (path,) = tmp_path.iterdir()
    written = path.stat().st_mtime - MAX_AGE_SECONDS - 60
    os.utime(path, (written, written))
    assert drained(tmp_path) == []
    assert list(tmp_path.iterdir()) == []


def test_what_could_not_be_handled_stays_with_what_came_after(spool: FileSpool, tmp_path: Path) -> None:
    for number in range(3):
        spool.add(message(number))
    handled: list[str] = []

    def handle(spooled: Spooled) -> None:
        if spooled.inbound.message_id == "SM1":
            raise StorageUnavailable("away")
        handled.append(spooled.inbound.message_id)

    with pytest.raises(StorageUnavailable):
        FileSpoolReader(tmp_path, KEY, ignore).drain(handle)
    assert handled == ["SM0"]
    assert [each.inbound.message_id for each in drained(tmp_path)] == ["SM1", "SM2"]


def test_drain_says_how_many(spool: FileSpool, tmp_path: Path) -> None:
    assert FileSpoolReader(tmp_path, KEY, ignore).drain(print) == 0
    spool.add(message(1))
    spool.add(message(2))
    assert FileSpoolReader(tmp_path, KEY, ignore).drain(lambda _spooled: None) == 2


@pytest.mark.parametrize("failing", ["fsync", "open"])
def test_a_disk_that_takes_nothing_is_said_and_leaves_nothing(
    spool: FileSpool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, failing: str
) -> None:
    def full(*_arguments: object, **_named: object) -> int:
        raise OSError(28, "No space left on device: kanarievogel")

    with monkeypatch.context() as patch:
        patch.setattr(os, failing, full)
        with pytest.raises(SpoolFull) as caught:
            spool.add(message(1))
    assert "kanarie" not in str(caught.value)
    assert caught.value.__suppress_context__
    assert list(tmp_path.iterdir()) == []


def test_a_folder_that_is_not_there_is_found_out_at_start(tmp_path: Path) -> None:
    with pytest.raises(SpoolFull):
        FileSpool(tmp_path / "gone", KEY.public_key()).check()


def test_looking_whether_it_can_be_written_leaves_nothing(spool: FileSpool, tmp_path: Path) -> None:
    spool.check()
    spool.check()
    assert list(tmp_path.iterdir()) == []


def test_what_cannot_be_read_is_counted_and_its_minute_is_told(spool: FileSpool, tmp_path: Path) -> None:
    for number in range(3):
        spool.add(message(number))
    first, second, _third = sorted(tmp_path.iterdir())
    first.write_bytes(b"damaged")
    reader = FileSpoolReader(tmp_path, KEY, ignore)

    def handle(spooled: Spooled) -> None:
        if spooled.inbound.message_id == "SM1":
            raise ValueError("cannot be stored")

    assert reader.drain(handle) == 1
    assert (spool.unreadable(), spool.check()) == (2, "0 kept, 2 unreadable")
    assert reader.unreadable_minutes() == {int(path.name[:20]) // 60_000_000_000 for path in (first, second)}
    assert reader.clear_until().timestamp() > time.time() - 60, "nobody waits for what nobody can read"
    second.with_suffix(".unreadable").rename(second)
    assert drained(tmp_path) == [message(1)]
    assert spool.unreadable() == 1


def test_what_cannot_be_read_lies_there_no_longer_than_a_conversation(spool: FileSpool, tmp_path: Path) -> None:
    (tmp_path / "1-2-3.sealed").write_bytes(b"damaged")
    drained(tmp_path)
    (path,) = tmp_path.iterdir()
    os.utime(path, (1, 1))
    reports = Reports()
    FileSpoolReader(tmp_path, KEY, reports).drain(print)
    assert list(tmp_path.iterdir()) == []
    assert reports == [("spool_dropped", {"cause": "too_old"})]


@pytest.mark.parametrize("failing", ["rename", "unlink"])
def test_a_disk_that_lets_nothing_go_holds_nobody_up(
    spool: FileSpool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, failing: str
) -> None:
    for number in range(3):
        spool.add(message(number))
    sorted(tmp_path.iterdir())[0].write_bytes(b"damaged")

    def stuck(*_arguments: object, **_named: object) -> None:
        raise OSError(30, "Read-only file system")

    reports = Reports()
    with monkeypatch.context() as patch:
        patch.setattr(Path, failing, stuck)
        found: list[Spooled] = []
        assert FileSpoolReader(tmp_path, KEY, reports).drain(found.append) == 2
    assert found == [message(1), message(2)]
    assert "spool_stuck" in reports.names()


def test_a_file_that_another_worker_has_just_taken_is_passed_over(spool: FileSpool, tmp_path: Path) -> None:
    for number in range(3):
        spool.add(message(number))
    found: list[Spooled] = []

    def handle(spooled: Spooled) -> None:
        found.append(spooled)
        for path in tmp_path.glob("*.sealed"):
            path.unlink()

    assert FileSpoolReader(tmp_path, KEY, ignore).drain(handle) == 1
    assert found == [message(0)]


# -- what was answered, until it is stored -------------------------------------------------------------------------


@pytest.fixture
def remembering(tmp_path: Path) -> FileSpool:
    return FileSpool(tmp_path, KEY.public_key(), Sealer([bytes(32)]))


def test_another_process_knows_the_answer_and_that_it_is_not_stored(remembering: FileSpool, tmp_path: Path) -> None:
    remembering.add(message(1))
    other = FileSpool(tmp_path, KEY.public_key(), Sealer([bytes(range(32)), bytes(32)]))
    assert other.given(message(1).inbound) == Given("bel\n112", behind=True)
    assert other.given(message(2).inbound) == Given(None, behind=True)
    assert other.given(replace(message(2).inbound, contact="bob")) == Given()
    other.caught_up(message(2).inbound)
    assert remembering.given(message(1).inbound) == Given("bel\n112")


def test_that_they_were_hidden_is_known(remembering: FileSpool) -> None:
    remembering.add(replace(message(1), conversation=a_conversation(state="decoy.on")))
    assert remembering.given(message(2).inbound) == Given(None, behind=True, hidden=True)


def test_what_is_stored_is_remembered_no_longer(remembering: FileSpool, tmp_path: Path) -> None:
    remembering.add(message(1))
    assert drained(tmp_path) == [message(1)]
    assert remembering.given(message(1).inbound) == Given()
    for path in (tmp_path / FOLDER).iterdir():
        os.utime(path, (1, 1))
    drained(tmp_path)
    assert list((tmp_path / FOLDER).iterdir()) == []


def test_what_was_answered_cannot_be_read_on_the_disk(remembering: FileSpool, tmp_path: Path) -> None:
    remembering.add(message(1))
    files = list((tmp_path / FOLDER).iterdir())
    assert len(files) == 2
    for path in files:
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
        for word in ("anna", "SM1", "bel\n112"):
            assert word.encode() not in path.read_bytes()
            assert word not in path.name
        path.write_bytes(b"damaged")
    assert remembering.given(message(1).inbound) == Given()


@pytest.fixture
def full(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> FileSpool:
    """A spool that takes nothing, on a host with memory to spare."""
    (tmp_path / "memory").mkdir()
    monkeypatch.setattr(given, "memory_root", lambda: tmp_path / "memory")
    return FileSpool(tmp_path / "gone", KEY.public_key(), Sealer([bytes(32)]))


def fail_to_add(spool: FileSpool, spooled: Spooled) -> None:
    with pytest.raises(SpoolFull):
        spool.add(spooled)


HIDING = replace(message(1), conversation=a_conversation(state="decoy.on"))


def test_who_hid_it_stays_hidden_although_nothing_could_be_kept(full: FileSpool, tmp_path: Path) -> None:
    fail_to_add(full, HIDING)
    other = FileSpool(tmp_path / "gone", KEY.public_key(), Sealer([bytes(range(32)), bytes(32)]))
    assert other.given(message(2).inbound) == Given(None, behind=True, hidden=True)
    assert other.given(HIDING.inbound) == Given(None, behind=True, hidden=True)  # a copy of it may be kept now
    other.caught_up(message(2).inbound)
    assert full.given(message(2).inbound) == Given()


def test_who_hid_it_is_hidden_at_every_host_as_soon_as_the_worker_has_looked(full: FileSpool, tmp_path: Path) -> None:
    fail_to_add(full, message(2))
    assert full.waiting() == 0, "only who hides"
    fail_to_add(full, HIDING)
    assert full.waiting() == 1
    (tmp_path / "gone").mkdir()
    (tmp_path / "gone" / "1-1-1.sealed").write_bytes(b"damaged")
    assert drained(tmp_path / "gone") == [HIDING]
    assert full.waiting() == 0
    assert drained(tmp_path / "gone") == []


def test_what_waits_in_memory_is_erased_too(full: FileSpool, tmp_path: Path) -> None:
    fail_to_add(full, HIDING)
    (tmp_path / "gone").mkdir()
    reader = FileSpoolReader(tmp_path / "gone", KEY, Reports(), Sealer([bytes(32)]))
    assert reader.drop(["anna"]) == 1
    assert drained(tmp_path / "gone") == []
    assert full.given(message(2).inbound) == Given()


def test_the_last_answer_counts_whether_it_was_kept_or_not(full: FileSpool, tmp_path: Path) -> None:
    fail_to_add(full, HIDING)
    (tmp_path / "gone").mkdir()
    full.add(message(2))
    assert full.given(message(3).inbound) == Given(None, behind=True, hidden=False)
    (tmp_path / "gone").rename(tmp_path / "away")
    fail_to_add(full, HIDING)
    (tmp_path / "away").rename(tmp_path / "gone")
    assert full.given(message(3).inbound) == Given(None, behind=True, hidden=True)


def test_what_was_not_kept_is_forgotten_after_the_silence_that_ends_hiding(full: FileSpool, tmp_path: Path) -> None:
    fail_to_add(full, HIDING)
    files = [path for path in (tmp_path / "memory").rglob("*") if path.is_file()]
    assert len(files) == 2
    for file in files:
        for word in ("anna", "SM1", "bel\n112"):
            assert word.encode() not in file.read_bytes()
            assert word not in file.name
        assert stat.S_IMODE(file.stat().st_mode) == 0o600
        assert stat.S_IMODE(file.parent.stat().st_mode) == 0o700
        os.utime(file, (1, 1))
    assert full.given(message(2).inbound) == Given()
    fail_to_add(full, message(2))
    assert not [file for file in files if file.name.endswith(".sealed") and file.exists()]
    for file in (tmp_path / "memory").rglob("*"):
        os.utime(file, (1, 1))
    (tmp_path / "gone").mkdir()
    assert drained(tmp_path / "gone") == []
    assert not [path for path in (tmp_path / "memory").rglob("*") if path.is_file()]


def test_somebody_else_s_folder_in_memory_is_not_used(full: FileSpool, tmp_path: Path) -> None:
    given.memory_of(tmp_path / "gone").symlink_to(tmp_path)
    fail_to_add(full, HIDING)
    assert full.given(message(2).inbound) == Given()


def test_who_is_erased_is_not_remembered_in_memory(full: FileSpool, tmp_path: Path) -> None:
    fail_to_add(full, HIDING)
    bob = replace(HIDING, inbound=replace(HIDING.inbound, contact="bob"))
    fail_to_add(full, bob)
    (tmp_path / "gone").mkdir()
    FileSpoolReader(tmp_path / "gone", KEY, ignore, Sealer([bytes(32)])).drop(["anna"])
    assert full.given(message(2).inbound) == Given()
    assert full.given(bob.inbound).hidden, "who else has hidden stays hidden"


def test_who_is_erased_is_not_remembered(remembering: FileSpool, tmp_path: Path) -> None:
    remembering.add(message(1))
    bob = replace(message(2), inbound=replace(message(2).inbound, contact="bob"))
    remembering.add(bob)
    assert FileSpoolReader(tmp_path, KEY, ignore, Sealer([bytes(32)])).drop(["anna"]) == 1
    assert remembering.given(message(1).inbound) == Given()
    assert len(list((tmp_path / FOLDER).iterdir())) == 2
    assert remembering.given(bob.inbound) == Given(bob.reply, behind=True), "nobody else is forgotten"


def test_every_worker_on_a_folder_knows_it_by_the_same_id(tmp_path: Path) -> None:
    first, second = (FileSpoolReader(tmp_path, KEY, ignore).id for _ in range(2))
    assert first == second
    assert len(first) == 16
    assert [path.name for path in tmp_path.iterdir()] == [".spool-id"]


@pytest.mark.parametrize("damaged", [b"", b"\xff\x00", b"0123456789abcdef and more"])
def test_a_damaged_id_of_a_folder_is_made_again(tmp_path: Path, damaged: bytes) -> None:
    (tmp_path / ".spool-id").write_bytes(damaged)
    first, second = (FileSpoolReader(tmp_path, KEY, ignore).id for _ in range(2))
    assert first == second
    assert len(first) == 16


def test_a_spool_is_clear_until_what_is_kept_in_it(spool: FileSpool, tmp_path: Path) -> None:
    reader = FileSpoolReader(tmp_path, KEY, ignore)
    before = reader.clear_until()
    spool.add(message(1))
    kept = reader.clear_until()
    assert kept >= before
    spool.add(message(2))
    assert reader.clear_until() == kept
    reader.drain(lambda _spooled: None)
    assert reader.clear_until() > kept


def test_a_file_with_a_strange_name_may_be_of_any_time(tmp_path: Path) -> None:
    (tmp_path / "copy of it.sealed").write_bytes(b"x")
    assert FileSpoolReader(tmp_path, KEY, ignore).clear_until().year < 1971


def test_a_file_that_was_never_finished_goes(tmp_path: Path) -> None:
    old, new = tmp_path / "1-2-3.part", tmp_path / "4-5-6.part"
    for path in (old, new):
        path.write_bytes(b"half")
    os.utime(old, (1, 1))
    assert drained(tmp_path) == []
    assert [path.name for path in tmp_path.iterdir()] == [new.name]
