"""Odd bytes in headers that we do not read: the person is answered all the same."""

import itertools
import socket
from urllib.parse import urlencode

import pytest

from tests.harness.site import Site
from tests.harness.twilio_client import FORM, PATH, person, sms

pytestmark = pytest.mark.process

_numbers = itertools.count(7_100_000)


def exchanged(site: Site, header: bytes) -> bytes:
    """The answer to a signed message with one more header."""
    fields = sms(next(_numbers), "menu", person(next(_numbers)))
    body = urlencode(fields).encode()
    head = (
        f"POST {PATH} HTTP/1.1\r\nHost: x\r\nContent-Type: {FORM}\r\nContent-Length: {len(body)}\r\n"
        f"X-Twilio-Signature: {site.twilio.sign(PATH, fields)}\r\nConnection: close\r\n"
    ).encode()
    with socket.create_connection(("127.0.0.1", site.port), 10) as connection:
        connection.sendall(head + header + b"\r\n\r\n" + body)
        return b"".join(iter(lambda: connection.recv(65536), b""))


@pytest.mark.parametrize(
    "header",
    [
        b"X-Twilio-Body: I\x19m sorry",
        b"X-Twilio-Body: " + bytes(set(range(1, 256)) - {10, 13}),
        b"X-Twilio-Body: \xff\xfe \xc3\xa9 \xf0\x9f\x98\xa2",
        b"X-Twilio-Body: " + b"x" * 4000,
        b"X-Twilio-Body: " + b"%F0%9F%98%A2" * 1600,
        b"User-Agent: \x7f\x1b[31m",
    ],
    ids=["control", "every byte", "not ascii", "long", "as long as a message", "escape"],
)
def test_a_message_with_odd_bytes_in_another_header_is_answered(site: Site, header: bytes) -> None:
    answer = exchanged(site, header)
    assert answer.startswith(b"HTTP/1.1 200 "), answer[:200]
    assert b"<Message>" in answer


@pytest.mark.parametrize(
    "header", [b"X-A: a\x00b", b"X-A: a\rX-B: b", b"Content-Length: 1\x19"], ids=["NUL", "CR", "length"]
)
def test_what_could_end_a_header_or_move_the_body_is_still_refused(site: Site, header: bytes) -> None:
    assert exchanged(site, header).startswith(b"HTTP/1.1 400 ")
