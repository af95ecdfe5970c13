"""An open event stream waits without holding up its process."""

from collections.abc import Callable
from contextlib import closing, suppress

import pytest

from tests.harness.logged_in import cookie_of_somebody
from tests.harness.site import Site
from tests.harness.twilio_client import person, sms

pytestmark = pytest.mark.process


def test_messages_are_answered_while_streams_are_open(new_site: Callable[..., Site]) -> None:
    """In one process: a stream that held it up would say something before anybody else got an answer."""
    site = new_site()
    site.environment["WEB_WORKERS"] = "1"
    site.start_redis()
    site.start_web()
    cookie, silent = cookie_of_somebody(site), 0
    for number in range(7_400_000, 7_400_003):
        with closing(site.connection()) as stream:
            stream.sendall(f"GET /console/events HTTP/1.1\r\nHost: x\r\nCookie: {cookie}\r\n\r\n".encode())
            heard = b""
            while b"event: here" not in heard or not heard.endswith(b"\n\n\r\n"):
                heard += stream.recv(4096)
            assert site.twilio.post(sms(number, "hoi", person(number))).text
            stream.setblocking(False)
            with suppress(BlockingIOError):
                assert stream.recv(1)
                continue
            silent += 1
    assert silent
