"""What the webhook refuses, and what it must not refuse."""

import itertools
from collections.abc import Callable, Iterator
from urllib.parse import urlencode

import pytest
from twilio.request_validator import RequestValidator

from tests.harness.fixed import PUBLIC_URL
from tests.harness.site import Site
from tests.harness.twilio_client import FORM, PATH, Answer, TwilioClient, person, sms

pytestmark = pytest.mark.process

SECOND_TOKEN = "u" * 32
Refused = Callable[[Site], Answer]

_numbers = itertools.count(1)


@pytest.fixture(scope="module")
def site(new_site: Callable[..., Site]) -> Site:
    """With two tokens, as while rotating."""
    made = new_site()
    made.environment["TWILIO_AUTH_TOKEN"] += f",{SECOND_TOKEN}"
    made.start_redis()
    made.start_web()
    return made


@pytest.fixture
def second(site: Site) -> Iterator[TwilioClient]:
    """Twilio with the second token."""
    twilio = TwilioClient(site.port, SECOND_TOKEN)
    yield twilio
    twilio.close()


def message(text: str = "hoi", **more: str) -> dict[str, str]:
    number = next(_numbers)
    return sms(number, text, person(number), **more)


def posted(fields: dict[str, str], path: str = PATH, kind: str = FORM, chunked: bool = False) -> Refused:
    def send(site: Site) -> Answer:
        headers = {"X-Twilio-Signature": site.twilio.sign(path, fields), "Content-Type": kind}
        body = urlencode(fields).encode()
        return site.twilio.send("POST", path, iter([body[:1000], body[1000:]]) if chunked else body, headers)

    return send


def with_signature(signature: str | None) -> Refused:
    def send(site: Site) -> Answer:
        headers = {} if signature is None else {"X-Twilio-Signature": signature}
        return site.twilio.send("POST", PATH, urlencode(message()).encode(), headers)

    return send


def by_method(method: str, path: str = PATH) -> Refused:
    def send(site: Site) -> Answer:
        fields = message()
        headers = {"X-Twilio-Signature": site.twilio.sign(path, fields)}
        return site.twilio.send(method, path, urlencode(fields).encode(), headers)

    return send


def raw(body: bytes, kind: str = FORM) -> Refused:
    """A body of which only the signature over the address alone is known."""

    def send(site: Site) -> Answer:
        headers = {"X-Twilio-Signature": site.twilio.sign(PATH, {}), "Content-Type": kind}
        return site.twilio.send("POST", PATH, body, headers)

    return send


def signed_for(url: str) -> str:
    return str(RequestValidator("t" * 32).compute_signature(url, message()))


def without(name: str) -> dict[str, str]:
    return {field: value for field, value in message().items() if field != name}


REFUSED: dict[str, tuple[int, Refused]] = {
    "no signature": (403, with_signature(None)),
    "an empty signature": (403, with_signature("")),
    "garbage": (403, with_signature("x")),
    "a signature of the right length": (403, with_signature("A" * 27 + "=")),
    "a signature that is not ASCII": (403, with_signature("\xe9" * 28)),
    "a very long signature": (403, with_signature("A" * 5000)),
    "a signature for another address": (403, with_signature(signed_for("https://elsewhere.example" + PATH))),
    "a signature for other words": (403, with_signature(signed_for(PUBLIC_URL + PATH))),
    "a signature over the address alone": (403, raw(urlencode(message()).encode())),
    "GET": (405, by_method("GET")),
    "PUT": (405, by_method("PUT")),
    "DELETE": (405, by_method("DELETE")),
    "PATCH": (405, by_method("PATCH")),
    "OPTIONS": (405, by_method("OPTIONS")),
    "HEAD": (405, by_method("HEAD")),
    "GET of the fallback": (405, by_method("GET", "/twilio/fallback")),
    "over 32 KB": (413, posted(message("x" * 33_000))),
    "over 32 KB in chunks": (413, posted(message("x" * 33_000), chunked=True)),
    "over 32 KB once encoded": (413, posted(message("€" * 4_000))),
    "over 32 KB without a signature": (413, raw(b"Body=" + b"x" * 40_000)),
    "JSON": (415, posted(message(), kind="application/json")),
    "multipart": (415, posted(message(), kind="multipart/form-data; boundary=x")),
    "plain text": (415, posted(message(), kind="text/plain")),
    "no type": (415, posted(message(), kind="")),
    "almost the type": (415, posted(message(), kind="application/x-www-form-urlencoded-not")),
    "no From": (400, posted(without("From"))),
    "an empty From": (400, posted(message() | {"From": ""})),
    "a blank From": (400, posted(message() | {"From": "  "})),
    "a From of WhatsApp without anybody": (400, posted(message() | {"From": "whatsapp:"})),
    "no MessageSid": (400, posted(without("MessageSid"))),
    "an empty MessageSid": (400, posted(message() | {"MessageSid": ""})),
    "an empty body": (400, raw(b"")),
    "thousands of fields": (400, raw(b"&".join(b"a%d=" % number for number in range(3_000)))),
    "ampersands": (400, raw(b"&" * 5_000)),
}


@pytest.mark.parametrize("name", REFUSED)
def test_refused_is(site: Site, name: str) -> None:
    """The code, no reason, nothing written, and counted."""
    status, send = REFUSED[name]
    before, counted = site.dump(), site.webhooks(f"refused_{status}")
    answer = send(site)
    assert answer.status == status
    assert b"<Response" not in answer.body
    assert len(answer.body) < 40
    assert site.dump() == before
    assert not site.spooled()
    assert site.webhooks(f"refused_{status}") == counted + 1


@pytest.mark.parametrize("path", ["/twilio", "/twilio/", "/twilio/other", "/", "/console/../twilio/message/x", "/%00"])
def test_an_unknown_address_is_404_and_does_not_redirect(site: Site, path: str) -> None:
    assert posted(message(), path)(site).status == 404


def test_nothing_is_told_about_why(site: Site) -> None:
    assert len({with_signature(signature)(site).body for signature in (None, "", "x", "A" * 27 + "=")}) == 1


def test_a_thousand_replays_of_one_message_are_one_turn(site: Site) -> None:
    replayed = sms(next(_numbers), "hoi", person(2))
    assert len({site.twilio.post(replayed).body for _ in range(1000)}) == 1
    assert site.turns(person(2)) == 1


@pytest.mark.parametrize(
    "path",
    [
        PATH,
        PATH + "/",
        PATH + "?caf%C3%A9=%C3%A9&x=%2F",
        PATH + "?a=1&a=2",
        PATH + "?x=a+b%20c",
        PATH + "?",
        PATH + "?x=%zz",
        "/twilio/fallback",
        "/twilio/fallback?%E2%82%AC",
    ],
)
def test_a_signed_address_is_accepted_as_it_came_over_the_wire(site: Site, path: str) -> None:
    assert site.twilio.post(message(), path).text


def test_the_second_token_is_accepted_while_rotating(second: TwilioClient) -> None:
    assert second.post(message()).text


@pytest.mark.parametrize("host", [f"{PUBLIC_URL}:443"])
def test_a_signature_over_the_address_with_its_port_is_accepted(site: Site, host: str) -> None:
    fields = message()
    signature = RequestValidator(site.token).compute_signature(host + PATH, fields)
    assert site.twilio.post(fields, signature=signature).text


@pytest.mark.parametrize(
    "extra",
    [
        [("Unknown", "field")],
        [("Empty", "")],
        [("Twice", "b"), ("Twice", "a")],
        [("Twice", "same"), ("Twice", "same")],
        [("", "no name")],
        [("é€😀", "é€😀")],
        [("a b+c&d=e", "a b+c&d=e")],
        [("body", "other case")],
        [("Lines", "one\r\ntwo\n")],
        [(f"Field{number}", "x" * 20) for number in range(100)],
    ],
)
def test_every_received_field_is_part_of_the_signature(site: Site, extra: list[tuple[str, str]]) -> None:
    assert site.twilio.post([*message().items(), *extra]).text


def test_a_body_of_almost_32_kb_is_read(site: Site) -> None:
    assert site.twilio.post(message("x" * 30_000)).text


def test_a_body_in_chunks_is_read(site: Site) -> None:
    assert posted(message(), chunked=True)(site).text


def test_metrics_are_for_those_with_the_token(site: Site) -> None:
    assert site.twilio.send("GET", "/metrics").status == 401
    assert site.twilio.send("GET", "/metrics", headers={"Authorization": "Bearer x"}).status == 401
    assert site.counts()["helpline_turn_seconds_count"] > 0
