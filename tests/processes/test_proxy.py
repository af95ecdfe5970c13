"""Behind nginx, with the configuration that the docs give."""

import itertools
import ssl
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing
from urllib.parse import urlencode

import pytest

from bot.access.attempts import ATTEMPTS
from tests.harness.fixed import HOST
from tests.harness.logged_in import cookie_of_somebody
from tests.harness.nginx import Nginx
from tests.harness.site import Site
from tests.harness.twilio_client import FORM, PATH, person, sms

pytestmark = pytest.mark.process

_numbers = itertools.count(7_300_000)


@pytest.fixture(scope="module")
def site(new_site: Callable[..., Site]) -> Site:
    """With few places, so that slow clients that got past the proxy would be seen."""
    made = new_site(web_options=("--worker-connections", "40"))
    made.environment["TRUSTED_PROXIES"] = "1"
    made.start_redis()
    made.start_web()
    return made


@pytest.fixture(scope="module")
def nginx(site: Site, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Nginx]:
    made = Nginx(tmp_path_factory.mktemp("nginx"), site.port)
    yield made
    made.stop()


def message(site: Site, path: str = PATH, more: bytes = b"") -> bytes:
    """A signed message, as Twilio sends it."""
    fields = sms(next(_numbers), "hoi", person(next(_numbers)))
    body = urlencode(fields).encode()
    head = f"POST {path} HTTP/1.1\r\nHost: {HOST}\r\nContent-Type: {FORM}\r\nContent-Length: {len(body)}\r\n"
    head += f"X-Twilio-Signature: {site.twilio.sign(path, fields)}\r\nConnection: close\r\n"
    return head.encode() + more + b"\r\n" + body


def asked(nginx: Nginx, path: str, *headers: str) -> bytes:
    lines = [f"GET {path} HTTP/1.1", f"Host: {HOST}", "Connection: close", *headers, "", ""]
    return nginx.exchanged("\r\n".join(lines).encode())


@pytest.mark.parametrize("path", [PATH, f"{PATH}?caf%C3%A9=%C3%A9&x=%2F", "/twilio/fallback", f"{PATH}/?a=1&a=2"])
def test_a_message_is_answered_with_its_address_as_twilio_signed_it(nginx: Nginx, site: Site, path: str) -> None:
    answer = nginx.exchanged(message(site, path))
    assert answer.startswith(b"HTTP/1.1 200 "), answer[:200]
    assert b"<Message>" in answer


@pytest.mark.parametrize(
    "header", [b"X-Twilio-Body: I\x19m sorry \xff\xe2\r\n", b"X-Twilio-Body: " + b"%F0" * 6400 + b"\r\n"]
)
def test_odd_and_long_headers_keep_no_message_away(nginx: Nginx, site: Site, header: bytes) -> None:
    answer = nginx.exchanged(message(site, more=header))
    assert b"<Message>" in answer


def test_what_is_not_for_the_world_is_not_there(nginx: Nginx) -> None:
    for path in ("/readyz", "/metrics", "/simulator", "/", "/console/../metrics", "/twilio/..%2fmetrics"):
        answer = asked(nginx, path, "Authorization: Bearer metrics-token")
        assert answer.startswith(b"HTTP/1.1 404 "), (path, answer[:100])
    for path in ("/healthz", "/console/login"):
        assert asked(nginx, path).startswith(b"HTTP/1.1 200 "), path
    for path in ("/", "/twilio/message", "/console/login"):
        answer = nginx.exchanged(f"TRACE {path} HTTP/1.1\r\nHost: {HOST}\r\nConnection: close\r\n\r\n".encode())
        assert answer.startswith(b"HTTP/1.1 405 "), path
    redirect = asked(nginx, "/console").lower()
    assert b"\r\nlocation: /console/\r\n" in redirect


def test_what_is_not_for_browsers_says_so_too(nginx: Nginx, site: Site) -> None:
    for answer in (nginx.exchanged(message(site)), asked(nginx, "/twilio/message"), asked(nginx, "/other")):
        assert b"\r\nStrict-Transport-Security: max-age=63072000; includeSubDomains\r\n" in answer
        assert b"\r\nX-Content-Type-Options: nosniff\r\n" in answer
        assert b"frame-ancestors 'none'" in answer
    assert asked(nginx, "/console/login").count(b"\r\nStrict-Transport-Security: ") == 1


def test_slow_clients_wait_at_the_proxy(nginx: Nginx, site: Site) -> None:
    with ExitStack() as stack:
        for _client in range(150):
            connection = stack.enter_context(nginx.connection())
            connection.sendall(message(site)[:-20])
        assert b"<Message>" in nginx.exchanged(message(site))
        site.twilio.close()
        assert site.webhooks("crowded_out") == 0


def test_the_source_is_the_one_that_connected_whatever_a_client_says(nginx: Nginx) -> None:
    statuses = []
    for number in range(ATTEMPTS + 1):
        page = asked(nginx, "/console/login").decode()
        cookie = page.partition("Set-Cookie: ")[2].partition(";")[0]
        token = page.partition('name="csrf" content="')[2].partition('"')[0]
        body = urlencode({"name": "Ada", "password": "wrong", "csrf_token": token})
        lines = [
            "POST /console/login HTTP/1.1", f"Host: {HOST}", "Connection: close", f"Cookie: {cookie}",
            f"X-Forwarded-For: 198.51.100.{number}", f"X-Real-IP: 198.51.100.{number}", f"Content-Type: {FORM}",
            f"Content-Length: {len(body)}", f"Referer: https://{HOST}/console/login", "", body,
        ]  # fmt: skip
        statuses.append(nginx.exchanged("\r\n".join(lines).encode())[9:12])
    assert statuses == [b"403"] * ATTEMPTS + [b"429"]


def test_an_event_stream_arrives_while_it_is_open(nginx: Nginx, site: Site) -> None:
    with closing(nginx.connection()) as connection:
        request = f"GET /console/events HTTP/1.1\r\nHost: {HOST}\r\nCookie: {cookie_of_somebody(site)}\r\n\r\n"
        connection.sendall(request.encode())
        heard = b""
        while b"event: here" not in heard:
            heard += connection.recv(4096)
        assert heard.startswith(b"HTTP/1.1 200 ")


@pytest.mark.filterwarnings("ignore:ssl.TLSVersion.TLSv1_1 is deprecated")
def test_only_todays_tls_is_spoken(nginx: Nginx) -> None:
    for version, is_spoken in [
        (ssl.TLSVersion.TLSv1_1, False), (ssl.TLSVersion.TLSv1_2, True), (ssl.TLSVersion.TLSv1_3, True)
    ]:  # fmt: skip
        tls = ssl.create_default_context(cafile=nginx.certificate)
        tls.set_ciphers("ALL:@SECLEVEL=0")
        tls.minimum_version = tls.maximum_version = version
        with nginx.connected() as plain:
            try:
                tls.wrap_socket(plain, server_hostname=HOST).close()
            except ssl.SSLError:
                assert not is_spoken
            else:
                assert is_spoken
