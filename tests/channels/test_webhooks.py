"""The door Twilio knocks on: who gets in, and what comes out."""

import base64
import hashlib
import hmac
import xml.etree.ElementTree as ElementTree
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, cast
from urllib.parse import parse_qsl, urlencode

import pytest
from flask import Flask
from flask.testing import FlaskClient
from hypothesis import given
from hypothesis import strategies as st
from twilio.request_validator import RequestValidator
from werkzeug.datastructures import MultiDict
from werkzeug.test import TestResponse

from bot import metrics
from bot.channels import webhooks
from bot.channels.form import MAX_FIELDS, pairs_of
from bot.channels.webhooks import SignatureGate, twiml
from bot.dialogue.engine import Engine
from bot.messages import Inbound, Kind
from bot.messaging.receipts import Receipts
from bot.messaging.runner import Runner
from bot.rendering.texts import clean, last_words
from bot.storage.sealing import Identity
from bot.web import MAX_BODY

RECORDED = Path(__file__).parent / "recorded"
PUBLIC = "https://bot.example.org"
OLD_TOKEN, NEW_TOKEN = "old-token", "new-token"
FORM = "application/x-www-form-urlencoded"
FIELDS = {
    "MessageSid": f"SM{1:032x}",
    "AccountSid": "AC0123456789abcdef0123456789abcdef",
    "From": "+31612345678",
    "To": "+3197010200001",
    "Body": "hoi",
    "NumMedia": "0",
    "Empty": "",
}
ACCOUNT_SID = FIELDS["AccountSid"]
NUMBERS = "112\n+31 247 247 247"


class StubRunner:
    """Answers what the test says and keeps what it was given."""

    def __init__(self) -> None:
        self.reply: str | Callable[[Inbound], str] = "dag"
        self.received: list[Inbound] = []

    def receive(self, inbound: Inbound) -> str:
        self.received.append(inbound)
        return self.reply if isinstance(self.reply, str) else self.reply(inbound)


@pytest.fixture
def runner() -> StubRunner:
    return StubRunner()


class StubReceipts:
    """Remembers what was reported."""

    def __init__(self) -> None:
        self.reported_so_far: list[tuple[str, str, str, str]] = []
        self.unknown_so_far: list[tuple[str, str]] = []

    def reported(self, id: str, state: str, code: str, provider_id: str) -> None:
        self.reported_so_far.append((id, state, code, provider_id))

    def reported_unknown(self, id: str, said: str) -> None:
        self.unknown_so_far.append((id, said))


@pytest.fixture
def receipts() -> StubReceipts:
    return StubReceipts()


@pytest.fixture
def client(runner: StubRunner, receipts: StubReceipts) -> FlaskClient:
    app = Flask(__name__)
    app.config["MAX_CONTENT_LENGTH"] = MAX_BODY
    gate = SignatureGate(PUBLIC, [NEW_TOKEN, OLD_TOKEN])
    contacts = Identity(["p" * 32]).contacts
    blueprint = webhooks.make_blueprint(
        cast(Runner, runner), cast(Receipts, receipts), gate, ACCOUNT_SID, contacts, NUMBERS, [FIELDS["To"]]
    )
    app.register_blueprint(blueprint)
    return app.test_client()


def signature(path: str, pairs: Mapping[str, str], token: str = NEW_TOKEN, public: str = PUBLIC) -> str:
    """As Twilio describes it, and not by the code that checks it."""
    signed = public + path + "".join(name + pairs[name] for name in sorted(pairs))
    return base64.b64encode(hmac.new(token.encode(), signed.encode(), hashlib.sha1).digest()).decode()


def post(
    client: FlaskClient, fields: Mapping[str, str] = FIELDS, path: str = "/twilio/message", token: str = NEW_TOKEN
) -> TestResponse:
    headers = {"X-Twilio-Signature": signature(path, fields, token)}
    return client.post(path, data=urlencode(fields), content_type=FORM, headers=headers)


def counted(outcome: str) -> float:
    value = metrics.REGISTRY.get_sample_value("helpline_webhooks_total", {"outcome": outcome})
    return value or 0.0


def counted_incidents(kind: str) -> float:
    return metrics.REGISTRY.get_sample_value("helpline_incidents_total", {"kind": kind, "cause": ""}) or 0.0


def said(response: TestResponse) -> list[str]:
    root = ElementTree.fromstring(response.data)  # noqa: S314 - our own answer
    assert root.tag == "Response"
    return [message.text or "" for message in root.findall("Message")]


def test_a_signed_message_is_answered_with_twiml(client: FlaskClient, runner: StubRunner) -> None:
    before = counted("answered")
    response = post(client)
    assert (response.status_code, response.mimetype) == (200, "text/xml")
    assert said(response) == ["dag"]
    assert [inbound.text for inbound in runner.received] == ["hoi"]
    assert counted("answered") == before + 1


def test_silence_is_a_response_without_a_message(client: FlaskClient, runner: StubRunner) -> None:
    runner.reply = ""
    before = counted("silent")
    response = post(client)
    assert response.status_code == 200
    assert said(response) == []
    assert counted("silent") == before + 1


# -- refusals ------------------------------------------------------------------------------------------------------


BIG = {**FIELDS, "Body": "x" * (MAX_BODY + 1)}
MANY = {**FIELDS, **{f"Field{number}": "" for number in range(MAX_FIELDS)}}
UNSIGNED = {"X-Twilio-Signature": "bm90IGEgc2lnbmF0dXJl"}


def signed(fields: Mapping[str, str]) -> dict[str, str]:
    return {"X-Twilio-Signature": signature("/twilio/message", fields)}


def without(name: str) -> dict[str, str]:
    return {field: value for field, value in FIELDS.items() if field != name}


@pytest.mark.parametrize(
    ("status", "fields", "content_type", "headers"),
    [
        (415, FIELDS, "application/json", signed(FIELDS)),
        (415, FIELDS, "multipart/form-data; boundary=x", signed(FIELDS)),
        (415, FIELDS, "", signed(FIELDS)),
        (415, BIG, "application/json", {}),  # what it is comes before how big it is
        (413, BIG, FORM, signed(BIG)),
        (413, BIG, FORM, {}),  # and how big before who sent it
        (400, MANY, FORM, signed(MANY)),
        (403, FIELDS, FORM, {}),
        (403, FIELDS, FORM, {"X-Twilio-Signature": ""}),
        (403, FIELDS, FORM, UNSIGNED),
        (403, FIELDS, FORM, {"X-Twilio-Signature": "sïgnature"}),
        (403, without("From"), FORM, UNSIGNED),  # who sent it before what is in it
        (403, {**FIELDS, "Body": "changed"}, FORM, signed(FIELDS)),
        (403, {**FIELDS, "Extra": "field"}, FORM, signed(FIELDS)),
        (403, without("Empty"), FORM, signed(FIELDS)),
        (403, FIELDS, FORM, {"X-Twilio-Signature": signature("/twilio/message", FIELDS, "other-token")}),
        (400, without("From"), FORM, signed(without("From"))),
        (400, without("MessageSid"), FORM, signed(without("MessageSid"))),
        (400, {**FIELDS, "From": "whatsapp:"}, FORM, signed({**FIELDS, "From": "whatsapp:"})),
        (400, {}, FORM, signed({})),
    ],
)
def test_a_refusal_reaches_nobody_is_counted_and_says_nothing(
    client: FlaskClient,
    runner: StubRunner,
    status: int,
    fields: Mapping[str, str],
    content_type: str,
    headers: Mapping[str, str],
) -> None:
    before = counted(f"refused_{status}")
    response = client.post("/twilio/message", data=urlencode(fields), content_type=content_type, headers=dict(headers))
    assert response.status_code == status
    assert response.mimetype == "text/plain"
    assert len(response.data) < 30
    assert runner.received == []
    assert counted(f"refused_{status}") == before + 1


@pytest.mark.parametrize("method", ["GET", "HEAD", "PUT", "DELETE", "PATCH", "OPTIONS"])
@pytest.mark.parametrize("route", ["/twilio/message", "/twilio/fallback"])
def test_any_other_method_is_refused(client: FlaskClient, runner: StubRunner, method: str, route: str) -> None:
    assert client.open(route, method=method).status_code == 405
    assert runner.received == []


def test_the_character_set_of_the_form_does_not_matter(client: FlaskClient) -> None:
    headers = signed(FIELDS)
    response = client.post(
        "/twilio/message", data=urlencode(FIELDS), content_type=f"{FORM}; charset=UTF-8", headers=headers
    )
    assert response.status_code == 200


# -- signature -----------------------------------------------------------------------------------------------------


def test_the_published_vector() -> None:
    fields = {
        "CallSid": "CA1234567890ABCDE",
        "Caller": "+14158675310",
        "Digits": "1234",
        "From": "+14158675310",
        "To": "+18005551212",
    }
    path, known = "/myapp.php?foo=1&bar=2", "L/OH5YylLD5NRKLltdqwSvS0BnU="
    assert signature(path, fields, "12345", "https://example.com") == known
    gate = SignatureGate("https://example.com", ["12345"])
    assert gate.passes(path, [*fields.items()], known)
    assert not gate.passes(path + "0", [*fields.items()], known)
    assert not SignatureGate("https://example.com", ["12346"]).passes(path, [*fields.items()], known)


@pytest.mark.parametrize("token", [OLD_TOKEN, NEW_TOKEN])
def test_while_tokens_rotate_both_are_good(client: FlaskClient, token: str) -> None:
    assert post(client, token=token).status_code == 200


def test_the_path_is_signed_as_it_came_over_the_wire(client: FlaskClient) -> None:
    raw = "/twilio/message?naam=Ren%C3%A9&b=%20"
    for path, status in ((raw, 200), ("/twilio/message?naam=René&b= ", 403), ("/twilio/message", 403)):
        response = client.post(
            raw,
            data=urlencode(FIELDS),
            content_type=FORM,
            headers={"X-Twilio-Signature": signature(path, FIELDS)},
            environ_overrides={"RAW_URI": raw},
        )
        assert response.status_code == status, path


def test_the_host_the_request_came_to_plays_no_role(client: FlaskClient) -> None:
    response = client.post(
        "/twilio/message",
        data=urlencode(FIELDS),
        content_type=FORM,
        headers={**signed(FIELDS), "Host": "10.0.0.7:8000", "X-Forwarded-Host": "evil.example"},
    )
    assert response.status_code == 200


def test_a_signature_for_one_route_does_not_open_the_other(client: FlaskClient) -> None:
    response = client.post("/twilio/fallback", data=urlencode(FIELDS), content_type=FORM, headers=signed(FIELDS))
    assert response.status_code == 403


@pytest.mark.parametrize("name", sorted(path.stem for path in RECORDED.glob("*.txt")))
def test_every_recorded_message_gets_exactly_one_answer(client: FlaskClient, runner: StubRunner, name: str) -> None:
    body = (RECORDED / f"{name}.txt").read_text(encoding="ascii").strip()
    fields = dict(parse_qsl(body, keep_blank_values=True))
    response = client.post("/twilio/message", data=body, content_type=FORM, headers=signed(fields))
    assert response.status_code == 200
    assert said(response) == ["dag"]
    assert len(runner.received) == 1


def test_bytes_that_are_no_utf_8_are_still_a_message(client: FlaskClient, runner: StubRunner) -> None:
    fields = {**FIELDS, "Body": "\N{REPLACEMENT CHARACTER}hoi"}
    body = urlencode(FIELDS).replace("Body=hoi", "Body=%FFhoi")
    response = client.post("/twilio/message", data=body, content_type=FORM, headers=signed(fields))
    assert response.status_code == 200
    assert runner.received[0].kind is Kind.TEXT


@pytest.mark.parametrize(
    "fields",
    [
        {name: value for name, value in FIELDS.items() if name != "NumMedia"}
        | {"MessageSid": f"{FIELDS['MessageSid']}NumMedia0"},
        {name: value for name, value in FIELDS.items() if name not in ("NumMedia", "To")}
        | {"MessageSid": f"{FIELDS['MessageSid']}Num", "Media0To": FIELDS["To"]},
        {name: value for name, value in FIELDS.items() if name not in ("MessageSid", "NumMedia")}
        | {"MessageSidSM": f"{FIELDS['MessageSid'][2:]}NumMedia0"},
        {name: value for name, value in FIELDS.items() if name != "MessageSid"}
        | {"From": f"{FIELDS['From']}MessageSid{FIELDS['MessageSid']}"},
        {name: value for name, value in FIELDS.items() if name != "To"} | {"NumMedia": f"0To{FIELDS['To']}"},
        {name: value for name, value in FIELDS.items() if name != "Body"} | {"AccountSid": f"{ACCOUNT_SID}Bodyhoi"},
    ],
    ids=["id", "half a name", "name", "sender", "receiver", "account"],
)
def test_bytes_moved_between_fields_keep_the_signature_and_reach_nobody(
    client: FlaskClient, runner: StubRunner, fields: dict[str, str]
) -> None:
    response = client.post("/twilio/message", data=urlencode(fields), content_type=FORM, headers=signed(FIELDS))
    assert response.status_code in (400, 403)
    assert runner.received == []


@pytest.mark.parametrize(
    "changed",
    [
        {"MessageSid": f"SM{'A' * 32}"},
        {"MessageSid": f"CA{1:032x}"},
        {"MessageSid": f"SM{1:031x}"},
        {"MessageSid": f"SM{1:032x}\n"},
        {"AccountSid": f"AC{1:032x}"},
        {"AccountSid": ""},
        {"To": "+3197010200001ToCityAMSTERDAM"},
        {"To": "whatsapp:"},
        {"To": ""},
        {"From": "+31612345678FromCityAMSTERDAM"},
        {"From": "+"},
        {"From": "whatsapp:NL."},
        {"From": f"+{'1' * 40}"},
    ],
    ids=str,
)
def test_what_has_not_the_form_of_a_message_to_us_is_refused(
    client: FlaskClient, runner: StubRunner, changed: dict[str, str]
) -> None:
    assert post(client, FIELDS | changed).status_code == 400
    assert runner.received == []


@pytest.mark.parametrize("to", ["+3197010200002", "whatsapp:+3197010200002", "rcs:helpline_agent", "30100"])
def test_whoever_texts_another_number_of_ours_is_answered(client: FlaskClient, runner: StubRunner, to: str) -> None:
    assert post(client, FIELDS | {"To": to}).status_code == 200
    assert len(runner.received) == 1


# -- answers -------------------------------------------------------------------------------------------------------


def test_the_fallback_route_answers_the_same_bytes(client: FlaskClient, runner: StubRunner) -> None:
    runner.reply = "één & <twee>\n3"
    assert post(client).data == post(client, path="/twilio/fallback").data
    assert runner.received[0] == runner.received[1]


@pytest.mark.parametrize("error", [RuntimeError("secret"), KeyError("x"), RecursionError(), UnicodeError("secret")])
def test_after_an_exception_the_numbers_still_go_out(
    client: FlaskClient, runner: StubRunner, caplog: pytest.LogCaptureFixture, error: Exception
) -> None:
    def fail(_inbound: Inbound) -> str:
        raise error

    runner.reply = fail
    before = counted("failed")
    response = post(client)
    assert response.status_code == 200
    assert said(response) == [NUMBERS]
    assert counted("failed") == before + 1
    assert "secret" not in caplog.text


def test_the_real_last_words_are_well_formed(engine: Engine) -> None:
    text = last_words(engine.contents.values())
    root = ElementTree.fromstring(twiml(text))  # noqa: S314 - our own answer
    assert [message.text for message in root] == [text]


@pytest.mark.parametrize(
    "text",
    [
        "<b>&amp; ]]> \"'",
        "</Message><Message>two",
        "a\x00\x0b\x1b[31m\x7f\x85b",
        "\N{RIGHT-TO-LEFT OVERRIDE}omgekeerd\N{POP DIRECTIONAL FORMATTING}",
        "\ud800 alone \udfff",
        "\ufffe\uffff",
        "<?xml version='1.0'?><!DOCTYPE x [<!ENTITY e 'e'>]>&e;",
        "line one\nline two\n",
        "\N{SLIGHTLY SMILING FACE}" * 1600,
        "بایەخ \N{ZERO WIDTH NON-JOINER} ፍቅር",
    ],
)
def test_whatever_the_text_the_answer_is_well_formed_and_one_message(
    client: FlaskClient, runner: StubRunner, text: str
) -> None:
    runner.reply = text
    assert said(post(client)) == [clean(text)]


_BODIES = st.lists(
    st.one_of(st.sampled_from(["Body=hoi", "Body=", "=", "", "a=b=c", "%2B=%C3%A9+%FF", "%", "a%zz=1"]), st.text())
).map("&".join)


@given(_BODIES)
def test_a_form_is_split_as_the_standard_library_splits_it(body: str) -> None:
    raw = body.encode("utf-8", "surrogatepass")
    wanted = parse_qsl(raw.decode("utf-8", "replace"), keep_blank_values=True, errors="replace")
    assert len(wanted) > MAX_FIELDS or pairs_of(raw) == wanted


@given(st.lists(st.tuples(st.text(), st.text()), max_size=8))
def test_what_the_sdk_signs_passes(pairs: list[tuple[str, str]]) -> None:
    path, fields = "/twilio/message?a=1", MultiDict(pairs)
    try:
        signature = RequestValidator("12345").compute_signature("https://example.com" + path, fields)
    except UnicodeEncodeError:  # half a character: no request has one
        return
    assert SignatureGate("https://example.com", ["12345"]).passes(path, pairs, signature)


def test_an_ordinary_request_is_signed_once_and_an_odd_one_is_left_to_the_sdk(
    client: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = []
    real: Callable[..., str] = RequestValidator.compute_signature

    def counting(*arguments: Any) -> str:
        asked.append(arguments)
        return real(*arguments)

    monkeypatch.setattr(RequestValidator, "compute_signature", counting)
    assert post(client).status_code == 200
    assert asked == []
    headers = {"X-Twilio-Signature": signature("/twilio/message", FIELDS, public=f"{PUBLIC}:443")}
    answer = client.post("/twilio/message", data=urlencode(FIELDS), content_type=FORM, headers=headers)
    assert answer.status_code == 200
    assert asked


def test_a_request_signed_with_a_shared_key_passes_by_the_algorithm_it_names() -> None:
    key, path = "shared key of this webhook", "/twilio/message"
    fields = {"From": "+31612345678", "Body": "hoi"}
    signature = RequestValidator(key).compute_signature("https://example.com" + path, fields, "HMAC_SHA256")
    gate = SignatureGate("https://example.com", ["12345", key])
    assert gate.passes(path, [*fields.items()], signature, "key=webhooks_sharedkey_1,algorithm=HMAC_SHA256")
    assert not gate.passes(path, [*fields.items()], signature)
    assert not gate.passes(path, [*fields.items()], signature, "algorithm=HMAC_MD5")


# -- status callbacks ----------------------------------------------------------------------------------------------

STATUS = "/twilio/status?o=an-opaque-id"


def callback(client: FlaskClient, signed: str | None = None, **fields: str) -> int:
    pairs = {"MessageSid": f"SM{'1' * 32}", "MessageStatus": "delivered", "AccountSid": ACCOUNT_SID, **fields}
    headers = {"X-Twilio-Signature": signature(STATUS, pairs) if signed is None else signed}
    return client.post(STATUS, data=pairs, headers=headers).status_code


def test_a_status_callback_is_passed_on_with_our_id(client: FlaskClient, receipts: StubReceipts) -> None:
    assert callback(client) == 204
    assert callback(client, MessageStatus="undelivered", ErrorCode="30003") == 204
    sid = f"SM{'1' * 32}"
    assert receipts.reported_so_far == [
        ("an-opaque-id", "delivered", "", sid),
        ("an-opaque-id", "failed", "30003", sid),
    ]


def test_a_forged_status_callback_is_refused(client: FlaskClient, receipts: StubReceipts) -> None:
    assert callback(client, signed="forged") == 403
    assert callback(client, signed="") == 403
    assert receipts.reported_so_far == []


@pytest.mark.parametrize(
    ("said", "kept"),
    [("partially_delivered", "partially_delivered"), ("+31612345678", "other"), ("x" * 99, "other")],
)
def test_a_status_that_is_not_known_is_taken_and_kept(
    client: FlaskClient, receipts: StubReceipts, said: str, kept: str
) -> None:
    assert callback(client, MessageStatus=said) == 204
    assert receipts.reported_so_far == []
    assert receipts.unknown_so_far == [("an-opaque-id", kept)]


@pytest.mark.parametrize(
    "fields",
    [
        {"MessageSid": ""},
        {"MessageStatus": ""},
        {"MessageSid": f"SM{1:032x}x"},
        {"AccountSid": f"AC{1:032x}"},
    ],
)
def test_a_callback_that_says_nothing_is_refused(
    client: FlaskClient, receipts: StubReceipts, fields: dict[str, str]
) -> None:
    assert callback(client, **fields) == 400
    assert receipts.reported_so_far == []


def test_an_error_code_that_is_none_is_dropped(client: FlaskClient, receipts: StubReceipts) -> None:
    assert callback(client, MessageStatus="failed", ErrorCode="+31612345678 <b>") == 204
    assert receipts.reported_so_far[0][2] == ""


@pytest.mark.parametrize(("to", "reports"), [(FIELDS["To"], 0), ("+3197010200002", 1), ("whatsapp:+3197010200003", 1)])
def test_a_message_to_a_number_the_settings_do_not_name_is_answered_and_reported(
    client: FlaskClient, runner: StubRunner, to: str, reports: int
) -> None:
    before = counted_incidents("number_not_named")
    answer = post(client, FIELDS | {"To": to})
    assert (answer.status_code, "dag" in answer.text) == (200, True)
    assert runner.received[0].our_number == to.removeprefix("whatsapp:")
    assert counted_incidents("number_not_named") - before == reports
