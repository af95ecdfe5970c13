"""A number, a name and words that must be nowhere: no log, no file of Redis, no spool."""

import itertools
import json
import logging
import re
import signal
import socket
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from bot import logs, metrics
from bot.dialogue.events import EngineFailed, Heard
from bot.storage.redis import keys
from bot.storage.redis.node import REST_SECONDS
from bot.storage.sealing import Identity
from tests.harness.events import events_of
from tests.harness.faulty_app import EDGE_FAULT, ENGINE_FAULT
from tests.harness.processes import at_once, until
from tests.harness.site import Site
from tests.harness.twilio_client import ABROAD, PATH, assert_numbers_first, sms

pytestmark = pytest.mark.process

NUMBER = "+31687654321"
NAME = "Zonnebloem"
CITY = "Appelscha"
WORDS = "kanariegeel"
LATITUDE = "53.951357"
USER = "NL.kanarieuser"
FORBIDDEN = [
    *("687654321", "6 87 65 43 21", "687-654-321", "87654321"),
    *(NAME, CITY, WORDS, LATITUDE, USER),
    *("whatsapp:", "From=", "ProfileName", "MediaUrl", "ME0123456789abcdef"),
]
DUTCH = ["Ik ben een computer", "Kun je nu veilig typen", "medewerker", "storing", "Veilig Thuis"]

_numbers = itertools.count(1)


def told(text: str, **more: str) -> dict[str, str]:
    """A message with everything Twilio knows about the person."""
    metadata = {"type": "whatsapp", "data": {"context": {"ProfileName": NAME, "WaId": NUMBER[1:]}}}
    known = {
        "From": f"whatsapp:{NUMBER}",
        "To": "whatsapp:+3197010000001",
        "WaId": NUMBER[1:],
        "ProfileName": NAME,
        "FromCity": CITY,
        "FromZip": "1234AB",
        "ChannelMetadata": json.dumps(metadata),
        "MessageType": "text",
    }
    return sms(next(_numbers), text, NUMBER) | known | more


PHOTO = {
    "NumMedia": "1",
    "MediaContentType0": "image/jpeg",
    "MediaUrl0": f"https://api.twilio.com/{NAME}/ME0123456789abcdef",
    "MessageType": "image",
}
LOCATION = {"Latitude": LATITUDE, "Longitude": "6.1", "Address": CITY, "Label": NAME, "MessageType": "location"}
CONVERSATIONS = [
    [told("hoi"), told("ja"), told(f"ik ben {NAME}, {WORDS}"), told("1"), told("terug"), told("menu"), told("code")],
    [told(f"help hij slaat mij {WORDS} bel {NUMBER}"), told(f"ik ben in gevaar in {CITY} {WORDS}")],
    [told("medewerker"), told(f"mijn nummer is {NUMBER[3:]} {WORDS}"), told("06 87 65 43 21")],
    [told("", **PHOTO), told(WORDS, **PHOTO), told("", **LOCATION), told("👍", MessageType="reaction")],
    [told(WORDS, From=NUMBER, To="+3197010000000"), told(WORDS, From=f"whatsapp:{USER}"), told(f"onweer {WORDS}")],
    [
        told(f"{ENGINE_FAULT} {WORDS}"),
        told(f"{EDGE_FAULT} {WORDS}", From=NUMBER),
        told(f"{WORDS}\x0b\x1b[31m\r\nINFO x"),
    ],
]
ERASED = [told("wis"), told("ja")]


@pytest.fixture(scope="module")
def site(new_site: Callable[..., Site]) -> Site:
    """An application with bugs, after all the conversations, with everything that can go wrong going wrong."""
    made = new_site(application="tests.harness.faulty_app:create_app()")
    made.start_redis("--rdbcompression", "no", "--loglevel", "debug")
    made.start_web()
    for fields in itertools.chain.from_iterable(CONVERSATIONS):
        assert len(made.twilio.post(fields).messages) <= 1
    forge(made)
    made.stop_redis()
    for fields in itertools.chain.from_iterable(CONVERSATIONS):
        assert ABROAD in made.twilio.post(fields | {"MessageSid": f"SM{next(_numbers):032}"}).text
    assert made.spooled()
    made.start_redis("--rdbcompression", "no", "--loglevel", "debug")
    freeze(made)
    return made


def forge(site: Site) -> None:
    """Requests that are no good, with what must not leak in every corner of them."""
    for signature in ("", "x", NAME, WORDS):
        assert site.twilio.post(told(WORDS), signature=signature).status == 403
    path = f"{PATH}?from={NUMBER}&name={NAME}"
    assert site.twilio.post(told(WORDS), path, signature="x").status == 403
    assert site.twilio.send("GET", path).status == 405
    assert site.twilio.send("GET", f"/{NAME}/{NUMBER}").status == 404
    assert site.twilio.post(told(WORDS, MessageSid="")).status == 400
    assert site.twilio.post(told(WORDS * 4000)).status == 413
    for garbage in (
        f"{NAME} {WORDS} {NUMBER}\r\n\r\n",
        f"POST {PATH} HTTP/9.9 {WORDS}\r\n\r\n",
        f"POST {PATH} HTTP/1.1\r\nHost: x\r\n{NAME} {NUMBER}\r\n\r\n",
        f"POST {PATH} HTTP/1.1\r\nHost: x\r\nX: {'x' * 20_000}{NAME}\r\n\r\n",
        f"POST {PATH} HTTP/1.1\r\nHost: x\r\nContent-Length: {WORDS}\r\n\r\n",
        f"POST {PATH} HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n{WORDS}\r\n",
    ):
        with socket.create_connection(("127.0.0.1", site.port), 5) as line:
            line.sendall(garbage.encode())
            line.shutdown(socket.SHUT_WR)
            while line.recv(4096):
                pass


def freeze(site: Site) -> None:
    """A Redis that hangs, one that is read-only: other ways to fail, other words in the errors."""
    time.sleep(REST_SECONDS)
    site.signal_redis(signal.SIGSTOP)
    for answer in at_once(site.twilio.post, [told(f"hoi {WORDS}") for _ in range(4)]):
        assert_numbers_first(answer.text)
    site.signal_redis(signal.SIGCONT)
    time.sleep(REST_SECONDS)
    with site.client() as client:
        client.execute_command("REPLICAOF", "127.0.0.1", "1")
        at_once(site.twilio.post, [told(f"hoi {WORDS}") for _ in range(4)])
        client.execute_command("REPLICAOF", "NO", "ONE")
    time.sleep(REST_SECONDS)


def files(site: Site) -> Iterator[tuple[Path, bytes]]:
    for path in site.folder.rglob("*"):
        if path.is_file():
            yield path, path.read_bytes()


def leaks(name: str, data: bytes) -> list[str]:
    folded = data.decode("utf-8", "replace").casefold()
    return [f"{word} in {name}" for word in FORBIDDEN if word.casefold() in folded]


def test_the_faults_really_happened(site: Site) -> None:
    assert "what=engine_failed" in site.log("web")
    assert "what=webhook_failed" in site.log("web")
    assert "what=spooled" in site.log("web")
    assert "cause=TimeoutError" in site.log("web")
    assert "cause=ReadOnlyError" in site.log("web")


def test_nothing_leaks_into_logs_spool_and_what_redis_wrote_while_it_ran(site: Site) -> None:
    assert [leak for path, data in files(site) for leak in leaks(path.name, data)] == []
    assert {path.suffix for path, _data in files(site)} >= {".log", ".sealed", ".aof"}


def test_nothing_leaks_when_the_spool_is_brought_back_and_everything_is_dumped(site: Site) -> None:
    site.replayed()
    with site.client() as client:
        client.save()
        client.bgrewriteaof()
        until(lambda: not client.info("persistence")["aof_rewrite_in_progress"])
    assert (site.data / "dump.rdb").stat().st_size > 1000
    assert [leak for path, data in files(site) for leak in leaks(path.name, data)] == []


def test_no_text_of_ours_stands_in_redis_in_clear(site: Site) -> None:
    found = [f"{word} in {path.name}" for path, data in files(site) for word in DUTCH if word.encode() in data]
    assert found == []


def test_no_message_id_stands_in_redis_or_a_log(site: Site) -> None:
    assert [path.name for path, data in files(site) if re.search(rb"SM0{20}", data)] == []


def test_nothing_leaks_into_the_counts(site: Site) -> None:
    answer = site.twilio.send("GET", "/metrics", headers={"Authorization": "Bearer metrics-token"})
    assert leaks("metrics", answer.body) == []
    assert b"engine_failed" in answer.body
    assert leaks("readyz", site.twilio.send("GET", "/readyz").body) == []


def test_no_answer_repeats_what_the_person_wrote(site: Site) -> None:
    answer = site.twilio.post(told(f"{WORDS} {NAME} {CITY}"))
    assert leaks("answer", answer.body) == []


def test_every_value_in_redis_is_sealed_or_counts(site: Site) -> None:
    with site.client() as client:
        found: Any = client.keys("*")
    names = {key.decode() for key in found}
    plain = {keys.FINGERPRINTS, keys.LAST_RECONCILED, keys.PING, keys.SPOOLS, keys.UNREADABLE, keys.LAYOUT}
    shard = r"waiting|feed|erased-messages|outbox|unreported|counts:\d{4}-\d\d-\d\d|[\w-]{22}:[\w-]+"
    alone = r"helpline:code:[\w-]{22}"
    unknown = {name for name in names - plain if not re.fullmatch(rf"helpline:\{{\d\d\}}:({shard})|{alone}", name)}
    assert unknown == set()


def test_a_message_that_broke_the_engine_is_kept_for_the_advisor(site: Site) -> None:
    with site.storage() as storage:
        sms_contact, whatsapp_contact = (contact_of(site, channel) for channel in ("sms", "whatsapp"))
        events = events_of(storage, whatsapp_contact)
        assert EngineFailed("RuntimeError") in events
        assert any(isinstance(event, Heard) and ENGINE_FAULT in event.text for event in events)
        assert whatsapp_contact in [entry.contact for entry in storage.queue.waiting()]
        assert sms_contact != whatsapp_contact


def test_erasing_leaves_no_conversation_behind(site: Site) -> None:
    for fields in ERASED:
        site.twilio.post(fields)
    assert site.twilio.post(told("hoi")).text
    contact = contact_of(site, "whatsapp")
    with site.storage() as storage:
        assert [event.text for event in events_of(storage, contact) if isinstance(event, Heard)] == ["hoi"]
        assert contact not in [entry.contact for entry in storage.queue.waiting()]


def contact_of(site: Site, channel: str) -> str:
    return Identity([site.pepper]).contacts(channel, NUMBER)[0]


def test_a_field_that_is_not_declared_cannot_be_logged() -> None:
    with pytest.raises(ValueError, match="text"):
        logs.log("heard", text=WORDS)
    with pytest.raises(ValueError, match="number"):
        metrics.report("heard", number=NUMBER)


def test_a_log_line_cannot_be_forged_and_an_exception_does_not_speak(caplog: pytest.LogCaptureFixture) -> None:
    formatter = logs.PlainFormatter()
    with caplog.at_level(logging.INFO, "helpline"):
        logs.log("x", cause="a\nERROR what=forged")
    assert caplog.messages == ["what=x cause=a_ERROR_what=forged"]
    try:
        raise RuntimeError(WORDS)
    except RuntimeError as error:
        shown = formatter.formatException((type(error), error, error.__traceback__))
    assert WORDS not in shown
    assert shown.startswith("exception=RuntimeError at=test_canary.py:")
