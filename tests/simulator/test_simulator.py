"""The simulator against a small HTTP server that stands in for the webhook."""

import json
import logging
import re
import socket
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from twilio.request_validator import (  # type: ignore[import-untyped, unused-ignore]
    RequestValidator,
)
from werkzeug.test import TestResponse

from bot.simulator import views
from tests.harness.recording_webhook import RecordingWebhook

ACCOUNT = "AC" + "0" * 32
TOKEN = "not-a-real-token"
PUBLIC = "https://bot.example.org"
SMS_NUMBER = "+3197010200001"
WHATSAPP_NUMBER = "+14155238886"


def make_app(local_url: str, **changed: str) -> Flask:
    settings = {
        "sms_number": SMS_NUMBER,
        "whatsapp_number": WHATSAPP_NUMBER,
        "account_sid": ACCOUNT,
        "auth_token": TOKEN,
        "public_url": PUBLIC,
        "local_url": local_url,
    }
    app = Flask(__name__)
    app.jinja_env.globals["_"] = lambda text: text
    app.register_blueprint(views.make_blueprint(**(settings | changed)))
    return app


@pytest.fixture
def client(webhook: RecordingWebhook) -> FlaskClient:
    return make_app(webhook.url).test_client()


def send(client: FlaskClient, **changed: Any) -> TestResponse:
    message: dict[str, Any] = {
        "person": "a",
        "channel": "sms",
        "from": "+31612345601",
        "kind": "text",
        "body": "hoi",
        "again": False,
    }
    return client.post("/simulator/send", json=message | changed)


# The message


@pytest.mark.parametrize("channel", ["sms", "whatsapp"])
@pytest.mark.parametrize("body", ["hoi", " ik ben bang\n& alleen + 100% ", "مرحبا", ""])
def test_webhook_gets_a_signature_it_can_check(
    client: FlaskClient, webhook: RecordingWebhook, channel: str, body: str
) -> None:
    assert send(client, channel=channel, body=body).status_code == 200
    signature = webhook.headers[0]["X-Twilio-Signature"]
    validator = RequestValidator(TOKEN)
    assert webhook.paths == ["/twilio/message"]
    assert webhook.forms[0]["Body"] == body
    assert validator.validate(PUBLIC + "/twilio/message", webhook.forms[0], signature)
    tampered = webhook.forms[0] | {"Body": body + "!"}
    assert not validator.validate(PUBLIC + "/twilio/message", tampered, signature)


def test_slash_after_the_addresses_changes_nothing(webhook: RecordingWebhook) -> None:
    client = make_app(webhook.url + "/", public_url=PUBLIC + "/").test_client()
    send(client)
    assert webhook.paths == ["/twilio/message"]
    assert RequestValidator(TOKEN).validate(
        PUBLIC + "/twilio/message", webhook.forms[0], webhook.headers[0]["X-Twilio-Signature"]
    )


def test_sms_fields(client: FlaskClient, webhook: RecordingWebhook) -> None:
    send(client, body="a" * 161)
    form = webhook.forms[0]
    sid = form["MessageSid"]
    assert re.fullmatch(r"SM[0-9a-f]{32}", sid)
    assert form == {
        "MessageSid": sid,
        "SmsSid": sid,
        "SmsMessageSid": sid,
        "SmsStatus": "received",
        "AccountSid": ACCOUNT,
        "ApiVersion": "2010-04-01",
        "From": "+31612345601",
        "To": SMS_NUMBER,
        "Body": "a" * 161,
        "NumMedia": "0",
        "NumSegments": "2",
        "FromCountry": "NL",
        "FromState": "",
        "FromCity": "",
        "FromZip": "",
        "ToCountry": "NL",
        "ToState": "",
        "ToCity": "",
        "ToZip": "",
    }


@pytest.mark.parametrize(
    ("number", "country"),
    [
        ("+905320000002", "TR"),
        ("+201001234567", "EG"),
        ("+212600000000", "MA"),
        ("+9991234567", ""),
    ],
)
def test_country_follows_the_number(client: FlaskClient, webhook: RecordingWebhook, number: str, country: str) -> None:
    send(client, **{"from": number})
    assert webhook.forms[0]["FromCountry"] == country


@pytest.mark.parametrize("number", [WHATSAPP_NUMBER, "whatsapp:" + WHATSAPP_NUMBER])
def test_whatsapp_fields(webhook: RecordingWebhook, number: str) -> None:
    client = make_app(webhook.url, whatsapp_number=number).test_client()
    send(client, person="b", channel="whatsapp", **{"from": "+905320000002"})
    form = webhook.forms[0]
    assert form["From"] == "whatsapp:+905320000002"
    assert form["To"] == "whatsapp:" + WHATSAPP_NUMBER
    assert form["WaId"] == "905320000002"
    assert form["ProfileName"] == "Test B"
    assert form["MessageType"] == "text"
    assert form["Body"] == "hoi"
    assert form["NumSegments"] == "1"
    assert json.loads(form["ChannelMetadata"]) == {
        "type": "whatsapp",
        "data": {"context": {"ProfileName": "Test B", "WaId": "905320000002"}},
    }
    assert "FromCountry" not in form


@pytest.mark.parametrize(
    ("kind", "message_type", "content_type"),
    [
        ("photo", "image", "image/jpeg"),
        ("voice", "audio", "audio/ogg"),
        ("contact", "contacts", "text/vcard"),
        ("sticker", "sticker", "image/webp"),
    ],
)
def test_media(client: FlaskClient, webhook: RecordingWebhook, kind: str, message_type: str, content_type: str) -> None:
    send(client, channel="whatsapp", kind=kind, body="")
    form = webhook.forms[0]
    assert re.fullmatch(r"MM[0-9a-f]{32}", form["MessageSid"])
    assert form["MessageType"] == message_type
    assert form["NumMedia"] == "1"
    assert form["MediaContentType0"] == content_type
    assert re.fullmatch(
        rf"https://api\.twilio\.com/2010-04-01/Accounts/{ACCOUNT}"
        rf"/Messages/{form['MessageSid']}/Media/ME[0-9a-f]{{32}}",
        form["MediaUrl0"],
    )
    assert form["Body"] == ""


@pytest.mark.parametrize("kind", ["photo", "voice", "contact"])
def test_media_by_mms(client: FlaskClient, webhook: RecordingWebhook, kind: str) -> None:
    send(client, kind=kind, body="")
    form = webhook.forms[0]
    assert form["NumMedia"] == "1"
    assert form["From"] == "+31612345601"
    assert "MessageType" not in form


def test_only_a_photo_carries_what_was_written(client: FlaskClient, webhook: RecordingWebhook) -> None:
    for kind in ("photo", "voice", "location", "contact", "sticker", "empty"):
        send(client, channel="whatsapp", kind=kind, body="kijk")
    assert [form["Body"] for form in webhook.forms] == ["kijk", "", "", "", "", ""]


def test_empty_message(client: FlaskClient, webhook: RecordingWebhook) -> None:
    send(client, kind="empty", body="")
    assert webhook.forms[0]["Body"] == ""
    assert webhook.forms[0]["NumMedia"] == "0"
    assert "MediaUrl0" not in webhook.forms[0]


def test_location(client: FlaskClient, webhook: RecordingWebhook) -> None:
    send(client, channel="whatsapp", kind="location", body="")
    form = webhook.forms[0]
    assert (form["MessageType"], form["Body"], form["NumMedia"]) == ("location", "", "0")
    assert -90 <= float(form["Latitude"]) <= 90
    assert -180 <= float(form["Longitude"]) <= 180


@pytest.mark.parametrize(("body", "emoji"), [("", "👍"), ("❤️", "❤️")])
def test_reaction(client: FlaskClient, webhook: RecordingWebhook, body: str, emoji: str) -> None:
    send(client, channel="whatsapp", kind="reaction", body=body)
    assert webhook.forms[0]["MessageType"] == "reaction"
    assert webhook.forms[0]["Body"] == emoji
    assert webhook.forms[0]["NumMedia"] == "0"


@pytest.mark.parametrize("kind", ["location", "sticker", "reaction"])
def test_what_sms_cannot_carry_is_not_sent(client: FlaskClient, webhook: RecordingWebhook, kind: str) -> None:
    answer = send(client, channel="sms", kind=kind)
    assert (answer.status_code, answer.json) == (400, {"error": "only_on_whatsapp"})
    assert webhook.forms == []


# Repeating


def test_every_message_has_its_own_id(client: FlaskClient, webhook: RecordingWebhook) -> None:
    send(client)
    send(client)
    assert webhook.forms[0]["MessageSid"] != webhook.forms[1]["MessageSid"]


@pytest.mark.parametrize("kind", ["text", "photo", "reaction"])
def test_again_repeats_the_very_same_message(client: FlaskClient, webhook: RecordingWebhook, kind: str) -> None:
    first = send(client, channel="whatsapp", kind=kind)
    second = send(client, channel="whatsapp", kind=kind, again=True)
    assert first.get_json()["sid"] == second.get_json()["sid"] == webhook.forms[0]["MessageSid"]
    assert webhook.forms[0] == webhook.forms[1]


def test_again_is_of_that_person(client: FlaskClient, webhook: RecordingWebhook) -> None:
    of_a = send(client, person="a").get_json()["sid"]
    of_b = send(client, person="b").get_json()["sid"]
    assert send(client, person="a", again=True).get_json()["sid"] == of_a
    assert send(client, person="b", again=True).get_json()["sid"] == of_b
    assert of_a != of_b


def test_again_after_another_worker_sent_the_first(webhook: RecordingWebhook) -> None:
    sid = send(make_app(webhook.url).test_client()).get_json()["sid"]
    other = make_app(webhook.url).test_client()
    assert send(other, again=True, sid=sid).get_json()["sid"] == sid


def test_again_after_the_webhook_failed(client: FlaskClient, webhook: RecordingWebhook) -> None:
    webhook.status = 500
    failed = send(client)
    webhook.status = 200
    repeated = send(client, again=True)
    assert repeated.status_code == 200
    assert repeated.get_json()["sid"] == failed.get_json()["sid"]


def test_nothing_to_repeat(client: FlaskClient, webhook: RecordingWebhook) -> None:
    answer = send(client, again=True)
    assert (answer.status_code, answer.json) == (409, {"error": "nothing_to_repeat"})
    assert webhook.forms == []


def test_id_without_again_is_not_used(client: FlaskClient) -> None:
    sid = "SM" + "0" * 32
    assert send(client, sid=sid).get_json()["sid"] != sid


# The answer


def test_answer_is_given_exactly(client: FlaskClient, webhook: RecordingWebhook) -> None:
    webhook.twiml = (
        '<?xml version="1.0" encoding="UTF-8"?><Response>'
        "<Message> Hoi &lt;3 &amp; welkom\n\n1 ja\n2 nee </Message>"
        "<Message><Body>مرحبا</Body><Media>https://example.org/x.png</Media></Message>"
        "</Response>"
    )
    answer = send(client).get_json()
    assert answer["status"] == 200
    assert answer["twiml"] == webhook.twiml
    assert answer["messages"] == [" Hoi <3 & welkom\n\n1 ja\n2 nee ", "مرحبا"]
    assert [part["encoding"] for part in answer["segments"]] == ["GSM-7", "UCS-2"]
    assert answer["segments"][1] == {"encoding": "UCS-2", "segments": 1, "characters": 5}
    assert isinstance(answer["ms"], int)


def test_silence(client: FlaskClient, webhook: RecordingWebhook) -> None:
    webhook.twiml = "<Response/>"
    answer = send(client)
    assert answer.status_code == 200
    assert answer.get_json()["messages"] == []
    assert answer.get_json()["segments"] == []
    assert answer.get_json()["twiml"] == "<Response/>"


def test_webhook_down() -> None:
    with socket.socket() as taken:
        # Bound but not listening: nobody else can answer there.
        taken.bind(("127.0.0.1", 0))
        answer = send(make_app(f"http://127.0.0.1:{taken.getsockname()[1]}").test_client())
    assert answer.status_code == 502
    assert answer.get_json()["error"] == "unreachable"


@pytest.mark.parametrize(("status", "code"), [(403, "refused"), (500, "failed"), (404, "failed"), (302, "failed")])
def test_webhook_fails(client: FlaskClient, webhook: RecordingWebhook, status: int, code: str) -> None:
    webhook.status = status
    answer = send(client)
    assert answer.status_code == 502
    assert answer.get_json()["error"] == code
    assert answer.get_json()["status"] == status
    assert len(webhook.forms) == 1


@pytest.mark.parametrize("twiml", ["", "hoi", "<Response>", "<html></html>", '{"a": 1}'])
def test_answer_that_is_not_twiml(client: FlaskClient, webhook: RecordingWebhook, twiml: str) -> None:
    webhook.twiml = twiml
    answer = send(client)
    assert answer.status_code == 502
    assert answer.get_json()["error"] == "not_twiml"


def test_webhook_does_not_answer_in_time(
    client: FlaskClient, webhook: RecordingWebhook, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(views, "TIMEOUT_SECONDS", 0.1)
    webhook.silent.clear()
    answer = send(client)
    assert answer.status_code == 502
    assert answer.get_json()["error"] == "timeout"


# Who may ask, and what


@pytest.mark.parametrize("site", ["cross-site", "same-site"])
def test_another_site_is_refused(client: FlaskClient, webhook: RecordingWebhook, site: str) -> None:
    answer = client.post("/simulator/send", json={}, headers={"Sec-Fetch-Site": site})
    assert (answer.status_code, answer.json) == (403, {"error": "cross_site"})
    assert webhook.forms == []


@pytest.mark.parametrize("site", ["same-origin", "none"])
def test_the_page_itself_may_send(client: FlaskClient, site: str) -> None:
    message = {"person": "a", "channel": "sms", "from": "+31612345601", "body": "hoi"}
    answer = client.post("/simulator/send", json=message, headers={"Sec-Fetch-Site": site})
    assert answer.status_code == 200


@pytest.mark.parametrize("content_type", ["text/plain", "application/x-www-form-urlencoded", ""])
def test_only_json(client: FlaskClient, webhook: RecordingWebhook, content_type: str) -> None:
    message = json.dumps({"person": "a", "channel": "sms", "from": "+31612345601"})
    answer = client.post("/simulator/send", data=message, content_type=content_type)
    assert answer.status_code == 415
    assert webhook.forms == []


@pytest.mark.parametrize(
    "changed",
    [
        {"person": "c"},
        {"channel": "telegram"},
        {"kind": "fax"},
        {"from": "0612345601"},
        {"from": "+31 6 1234 5601"},
        {"from": "+31612345601\n"},
        {"from": "whatsapp:+31612345601"},
        {"body": 5},
        {"body": "a" * 4097},
        {"again": "yes"},
        {"again": True, "sid": "SM1"},
    ],
)
def test_nonsense_is_refused(client: FlaskClient, webhook: RecordingWebhook, changed: dict[str, object]) -> None:
    answer = send(client, **changed)
    assert (answer.status_code, answer.json) == (400, {"error": "invalid"})
    assert webhook.forms == []


@pytest.mark.parametrize("data", [b"", b"{", b"[]", b"\xff", b'{"body": "\\ud800"}'])
def test_broken_json_is_refused(client: FlaskClient, data: bytes) -> None:
    answer = client.post("/simulator/send", data=data, content_type="application/json")
    assert answer.status_code == 400


@pytest.mark.parametrize("status", [200, 500])
def test_what_is_written_is_never_logged(
    client: FlaskClient, webhook: RecordingWebhook, caplog: pytest.LogCaptureFixture, status: int
) -> None:
    caplog.set_level(logging.DEBUG)
    webhook.status = status
    webhook.twiml = "<Response><Message>geheim antwoord</Message></Response>"
    send(client, body="geheim bericht")
    assert "geheim" not in caplog.text
    assert "+31612345601" not in caplog.text


# The page


@pytest.mark.parametrize("path", ["/simulator", "/simulator/"])
def test_page_opens_without_a_redirect(client: FlaskClient, path: str) -> None:
    answer = client.get(path)
    assert answer.status_code == 200
    assert answer.mimetype == "text/html"
    assert SMS_NUMBER in answer.text
    assert WHATSAPP_NUMBER in answer.text
    assert TOKEN not in answer.text
    assert ACCOUNT not in answer.text


@pytest.mark.parametrize("path", ["/simulator", "/simulator/send", "/simulator/static/main.js"])
def test_headers(client: FlaskClient, path: str) -> None:
    with client.post(path) if path.endswith("send") else client.get(path) as answer:
        headers = answer.headers
    assert headers["Content-Security-Policy"] == (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
        "connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    )
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Referrer-Policy"] == "no-referrer"
    assert headers["Cache-Control"] == "no-store"


def test_page_obeys_its_own_policy(client: FlaskClient) -> None:
    page = client.get("/simulator").text
    assert not re.search(r"<style|\sstyle=|\son[a-z]+=", page)
    assert not re.search(r"<script(?![^>]*\ssrc=)", page)
    assert not re.search(r"(?:src|href)=\"(?:https?:)?//", page)
    files = re.findall(r"\"(/simulator/static/[^\"]+)\"", page)
    assert len(files) == 2
    for file in files:
        with client.get(file) as answer:
            assert answer.status_code == 200


def test_scripts_import_only_each_other(client: FlaskClient) -> None:
    seen: set[str] = set()
    todo = ["main.js"]
    while todo:
        name = todo.pop()
        if name in seen:
            continue
        seen.add(name)
        with client.get(f"/simulator/static/{name}") as answer:
            assert answer.status_code == 200
            assert answer.mimetype == "text/javascript"
            text = answer.get_data(as_text=True)
            assert "innerHTML" not in text
            todo += re.findall(r"from \"\./([a-z]+\.js)\"", text)
    assert {"main.js", "phone.js", "bubbles.js", "choices.js"} <= seen


def test_page_has_a_sentence_for_every_error(client: FlaskClient) -> None:
    page = client.get("/simulator").text
    for code in ("unreachable", "timeout", "refused", "failed", "not-twiml", "nothing-to-repeat"):
        assert f'data-error-{code}="' in page


def test_page_is_translated_when_the_application_translates(webhook: RecordingWebhook) -> None:
    app = make_app(webhook.url)
    app.jinja_env.globals["_"] = lambda text: f"[{text}]"
    assert "<h1>[Telefoonsimulator]</h1>" in app.test_client().get("/simulator").text
