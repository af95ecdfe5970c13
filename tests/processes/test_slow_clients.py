"""Slow and many connections: messages are answered meanwhile, and what is slow ends."""

import contextlib
import itertools
import socket
import struct
from collections.abc import Callable, Iterator
from urllib.parse import urlencode

import pytest

from tests.harness.processes import WAIT_SECONDS, until
from tests.harness.site import Site
from tests.harness.twilio_client import FORM, PATH, person, sms

pytestmark = pytest.mark.process

PLACES = 40
"""Connections of one web worker here; in production there are 25 times as many."""

_numbers = itertools.count(7_200_000)


@pytest.fixture(scope="module")
def site(new_site: Callable[..., Site]) -> Site:
    """With few places."""
    made = new_site(web_options=("--worker-connections", str(PLACES)))
    made.start_redis()
    made.start_web()
    return made


@pytest.fixture(scope="module")
def impatient(site: Site, new_site: Callable[..., Site]) -> Site:
    """One that waits a second where others wait ten or more."""
    made = new_site(
        application="tests.harness.impatient_app:create_app()",
        redis_port=site.redis_port,
        web_options=("--keep-alive", "1"),
    )
    made.start_web()
    return made


def message(site: Site) -> tuple[bytes, bytes]:
    """Head and body of a signed message."""
    fields = sms(next(_numbers), "hoi", person(next(_numbers)))
    body = urlencode(fields).encode()
    signature = site.twilio.sign(PATH, fields)
    head = f"POST {PATH} HTTP/1.1\r\nHost: x\r\nContent-Type: {FORM}\r\nContent-Length: {len(body)}\r\n"
    return f"{head}X-Twilio-Signature: {signature}\r\n\r\n".encode(), body


SLOW: dict[str, Callable[[bytes, bytes], bytes]] = {
    "nothing": lambda _head, _body: b"",
    "half a request line": lambda head, _body: head[:9],
    "half the headers": lambda head, _body: head[:-4],
    "headers alone": lambda head, _body: head,
    "half a body": lambda head, body: head + body[: len(body) // 2],
    "a body without end": lambda head, _body: head.replace(b"Content-Length: ", b"Content-Length: 9") + b"Body=",
    "a chunk without end": lambda _head, _body: (
        f"POST {PATH} HTTP/1.1\r\nHost: x\r\nContent-Type: {FORM}\r\nTransfer-Encoding: chunked\r\n\r\nffff\r\nBody=hoi"
    ).encode(),
    "a form of the console": lambda _head, _body: (
        b"POST /console/login HTTP/1.1\r\nHost: x\r\nContent-Type: application/x-www-form-urlencoded\r\n"
        b"Content-Length: 100\r\n\r\nname=Ada&"
    ),
    "an answered request": lambda _head, _body: b"GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n",
}


def begun(site: Site, how: str) -> socket.socket:
    """A connection on which no more than this is ever sent."""
    connection = socket.create_connection(("127.0.0.1", site.port), 20)
    connection.sendall(SLOW[how](*message(site)))
    return connection


@contextlib.contextmanager
def slow_clients(site: Site, count: int, kinds: list[str]) -> Iterator[list[socket.socket]]:
    with contextlib.ExitStack() as stack:
        yield [stack.enter_context(begun(site, kind)) for kind in itertools.islice(itertools.cycle(kinds), count)]


@pytest.mark.parametrize("kinds", [["half a body"], ["nothing"], ["an answered request"], [*SLOW]], ids=str)
def test_two_hundred_slow_clients_and_messages_are_answered(site: Site, kinds: list[str]) -> None:
    crowded_out = site.webhooks("crowded_out")
    with slow_clients(site, 200, kinds):
        for _message in range(5):
            site.twilio.close()  # each comes over a connection of its own, after all of theirs
            assert site.twilio.post(sms(next(_numbers), "hoi", person(next(_numbers)))).text
        assert site.twilio.send("GET", "/healthz").status == 200
        assert site.webhooks("crowded_out") > crowded_out
    assert site.webhooks("failed") == 0


def test_who_sends_a_whole_request_is_not_the_one_who_makes_room(site: Site) -> None:
    """The oldest go, so the last ones are still there."""
    with slow_clients(site, 4 * PLACES, ["half a body"]) as slow:
        head, body = message(site)
        with socket.create_connection(("127.0.0.1", site.port), 20) as connection:
            connection.sendall(head + body[:10])
            site.twilio.close()
            assert site.twilio.post(sms(next(_numbers), "hoi", person(next(_numbers)))).text
            connection.sendall(body[10:])
            said = b""
            while b"</Response>" not in said:
                said += connection.recv(65536)
            assert b"<Message>" in said
        assert heard(slow[0])[:13] in (b"", b"HTTP/1.1 403 ")


def failures(site: Site) -> float:
    """How many webhooks failed by our fault. Asked over a new connection: an old one may have ended."""
    site.twilio.close()
    return site.webhooks("failed")


def heard(connection: socket.socket) -> bytes:
    """What the server says until it closes the connection. Fails where it does not."""
    connection.settimeout(WAIT_SECONDS)
    said = b""
    with contextlib.suppress(ConnectionResetError):
        while piece := connection.recv(65536):
            said += piece
    return said


@pytest.mark.parametrize("how", [each for each in SLOW if each != "an answered request"])
def test_what_is_never_sent_whole_ends(impatient: Site, how: str) -> None:
    with begun(impatient, how) as connection:
        said = heard(connection)
    assert said == b"" or said.startswith(b"HTTP/1.1 400 "), said
    assert failures(impatient) == 0
    assert "ERROR" not in impatient.log("web")


def test_a_body_that_comes_drop_by_drop_ends_all_the_same(impatient: Site) -> None:
    head, body = message(impatient)
    with socket.create_connection(("127.0.0.1", impatient.port), 20) as connection:
        connection.sendall(head)
        connection.setblocking(False)
        drops = itertools.chain(body[:20], itertools.repeat(body[20]))
        said = bytearray()

        def is_over() -> bool:
            with contextlib.suppress(BlockingIOError):
                said.extend(connection.recv(4096) or b"closed")
                return True
            connection.send(bytes([next(drops)]))
            return False

        with contextlib.suppress(ConnectionError):
            until(is_over, what="an end of the connection")
    assert not said or said.startswith((b"closed", b"HTTP/1.1 400 "))
    assert failures(impatient) == 0


def test_somebody_who_takes_nothing_of_the_answers_is_left(impatient: Site) -> None:
    """They ask for more than fits between us, and read none of it."""
    with socket.create_connection(("127.0.0.1", impatient.port), 20) as connection:
        connection.sendall(b"GET /console/static/console.css HTTP/1.1\r\nHost: x\r\n\r\n" * 1000)

        def is_over() -> bool:
            try:
                connection.send(b"G")
            except ConnectionError:
                return True
            return False

        until(is_over, 20, "an end of the connection")
    assert "ERROR" not in impatient.log("web")


@pytest.mark.parametrize(("politely", "status"), [(True, 403), (False, 400)])
def test_somebody_who_goes_away_in_the_middle_of_a_body_is_no_fault_of_ours(
    site: Site, politely: bool, status: int
) -> None:
    before = site.webhooks(f"refused_{status}")
    connection = begun(site, "half a body")
    if not politely:
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))  # close sends a reset
    connection.close()
    until(lambda: site.webhooks(f"refused_{status}") > before, what="the refusal is counted")
    assert site.webhooks("failed") == 0
    assert "webhook_failed" not in site.log("web")


def test_an_unwanted_body_that_never_ends_is_not_read_for_ever(site: Site) -> None:
    with socket.create_connection(("127.0.0.1", site.port), 20) as connection:
        connection.sendall(f"POST {PATH} HTTP/1.1\r\nHost: x\r\nContent-Length: 999999999999\r\n\r\n".encode())
        with contextlib.suppress(ConnectionError):
            for _piece in range(10_000):
                connection.sendall(b"x" * 65536)
            raise AssertionError("650 MB were read")
    assert site.twilio.send("GET", "/healthz").status == 200
