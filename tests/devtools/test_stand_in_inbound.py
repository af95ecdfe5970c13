"""The stand-in's webhooks: what a phone sends comes to us, again and again where the address says so, or elsewhere."""

import http.client
import json
import socket
import time
from base64 import b64encode
from collections.abc import Iterator
from typing import Any

import pytest

from bot.devtools.twilio import StandIn
from bot.devtools.webhook import ConnectionOverrides
from tests.harness.recording_webhook import BREAK, RecordingWebhook
from tests.harness.stand_in import ACCOUNT, ANNA, OUR_WHATSAPP, OURS, PUBLIC, TOKEN, is_signed, make_stand_in

OPERATIONS = "#rc=3&rp=ct,rt,5xx&ct=2000&rt=4000&tt=14000"
"""As docs/operations.md tells to set it."""


@pytest.fixture
def stand_in(webhook: RecordingWebhook) -> Iterator[StandIn]:
    running = make_stand_in(webhook).start()
    yield running
    running.stop()


def at(stand_in: StandIn, fragment: str) -> StandIn:
    """The same, its webhook with these connection overrides."""
    stand_in.webhook = f"{PUBLIC}/twilio/message{fragment}"
    return stand_in


def test_a_phone_texts_and_gets_the_answer(stand_in: StandIn, webhook: RecordingWebhook) -> None:
    webhook.twiml = "<Response><Message>een</Message><Message>twee</Message></Response>"
    delivery = stand_in.text(ANNA, "help")
    assert (delivery.texts, delivery.status, delivery.attempts) == (("een", "twee"), 200, 1)
    assert (delivery.by_fallback, delivery.error) == (False, "")
    (form,) = webhook.forms
    assert (form["MessageSid"], form["From"], form["To"], form["Body"]) == (delivery.sid, ANNA, OURS, "help")
    assert webhook.paths == ["/twilio/message"]
    assert is_signed(webhook, 0)
    assert [(item.text, item.source) for item in stand_in.inbox(ANNA, "sms")] == [("een", "reply"), ("twee", "reply")]


def test_other_channels_kinds_and_fields(stand_in: StandIn, webhook: RecordingWebhook) -> None:
    stand_in.text(ANNA, "kijk", "whatsapp", kind="photo", OptOutType="STOP")
    (form,) = webhook.forms
    assert (form["From"], form["To"]) == (f"whatsapp:{ANNA}", OUR_WHATSAPP)
    assert (form["NumMedia"], form["OptOutType"]) == ("1", "STOP")
    assert len(stand_in.inbox(ANNA, "whatsapp")) == 1
    assert stand_in.inbox(ANNA, "sms") == []


def test_the_same_message_once_more_is_one_message(stand_in: StandIn, webhook: RecordingWebhook) -> None:
    sid = stand_in.text(ANNA, "help").sid
    assert stand_in.text(ANNA, "help", sid=sid).sid == sid
    assert webhook.forms[0] == webhook.forms[1]


@pytest.mark.parametrize(
    ("fragment", "failures", "attempts"),
    [
        ("", [503], 1),  # by itself Twilio tries again only when no connection can be made
        ("#rc=3&rp=4xx", [503], 1),
        ("#rc=0&rp=all", [503], 1),
        ("#rc=1&rp=5xx", [503, 503], 2),
        ("#rc=5&rp=5xx", [503, 404], 2),
        (OPERATIONS, [503, 500, 502, 503], 4),
    ],
)
def test_it_gives_up_when_the_address_says_so(
    stand_in: StandIn, webhook: RecordingWebhook, fragment: str, failures: list[int], attempts: int
) -> None:
    webhook.next_statuses = list(failures)
    delivery = at(stand_in, fragment).text(ANNA, "help")
    assert (delivery.texts, delivery.attempts, delivery.status) == ((), attempts, failures[-1])
    assert delivery.error == "failed"
    assert len(webhook.forms) == attempts


@pytest.mark.parametrize(
    ("fragment", "failures"),
    [
        (OPERATIONS, [503, BREAK, 500]),
        ("#rc=1&rp=4xx", [404]),
        ("#rc=2&rp=all", [BREAK, 404]),
    ],
)
def test_it_tries_again_until_it_is_answered(
    stand_in: StandIn, webhook: RecordingWebhook, fragment: str, failures: list[int]
) -> None:
    webhook.next_statuses = list(failures)
    delivery = at(stand_in, fragment).text(ANNA, "help")
    assert (delivery.texts, delivery.attempts, delivery.status) == (("hoi",), len(failures) + 1, 200)
    tokens = {headers["I-Twilio-Idempotency-Token"] for headers in webhook.headers}
    assert len(tokens) == 1
    assert all(form == webhook.forms[0] for form in webhook.forms)
    assert all("#" not in path and is_signed(webhook, place) for place, path in enumerate(webhook.paths))
    assert len(stand_in.inbox(ANNA, "sms")) == 1


def test_a_host_that_is_away_is_tried_again(webhook: RecordingWebhook) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))  # bound but not listening: nobody else can answer there
        stand_in = make_stand_in(webhook, local_url=f"http://127.0.0.1:{taken.getsockname()[1]}")
        try:
            delivery = stand_in.text(ANNA, "help")
        finally:
            stand_in.stop()
    assert (delivery.error, delivery.attempts, delivery.status) == ("unreachable", 2, None)


def test_a_host_that_does_not_answer_costs_at_most_the_total_time(stand_in: StandIn, webhook: RecordingWebhook) -> None:
    webhook.silent.clear()
    started = time.monotonic()
    delivery = at(stand_in, "#rc=5&rp=rt&rt=200&tt=900").text(ANNA, "help")
    assert 0.8 < time.monotonic() - started < 5, "so long the host says nothing"
    assert delivery.error == "timeout"
    assert 2 <= delivery.attempts <= 5


@pytest.mark.parametrize(
    ("status", "twiml", "code"),
    [(503, "", "11200"), (403, "", "11200"), (302, "", "11200"), (200, "<html/>", "12100"), (200, "", "12100")],
)
def test_the_fallback_is_asked_when_the_webhook_gave_no_twiml(
    stand_in: StandIn, webhook: RecordingWebhook, status: int, twiml: str, code: str
) -> None:
    fallback = RecordingWebhook().start()
    try:
        webhook.status, webhook.twiml = status, twiml
        stand_in.fallback = f"{fallback.url}/fallback?q=1"
        delivery = stand_in.text(ANNA, "help")
    finally:
        fallback.stop()
    assert (delivery.texts, delivery.by_fallback, delivery.error) == (("hoi",), True, "")
    assert (delivery.status, delivery.attempts) == (status, 1)
    (form,) = fallback.forms
    assert (form["ErrorCode"], form["ErrorUrl"]) == (code, f"{PUBLIC}/twilio/message")
    assert form["MessageSid"] == delivery.sid
    assert fallback.paths == ["/fallback?q=1"]


def test_when_the_fallback_fails_as_well_nobody_answers(stand_in: StandIn, webhook: RecordingWebhook) -> None:
    webhook.status = 500
    stand_in.fallback = f"{PUBLIC}/twilio/fallback"
    delivery = stand_in.text(ANNA, "help")
    assert (delivery.texts, delivery.by_fallback, delivery.error) == ((), False, "failed")
    assert webhook.paths == ["/twilio/message", "/twilio/fallback"]


def test_lost_messages_stand_in_the_list_alone(stand_in: StandIn, webhook: RecordingWebhook) -> None:
    stand_in.lose(next=2)
    assert [stand_in.text(ANNA, str(count)).error for count in range(3)] == ["lost", "lost", ""]
    stand_in.lose(share=1)
    assert stand_in.text(ANNA, "3").attempts == 0
    stand_in.lose()
    assert stand_in.text(ANNA, "4").texts == ("hoi",)
    assert [form["Body"] for form in webhook.forms] == ["2", "4"]
    assert (stand_in.counts["inbound"], stand_in.counts["lost_inbound"]) == (5, 3)


@pytest.mark.parametrize("fragment", ["rc=6", "rp=sometimes", "ct=50", "rt=16000", "zz=1", "rc", "rc=x"])
def test_overrides_that_twilio_does_not_know_are_an_error(fragment: str) -> None:
    with pytest.raises(ValueError, match=r".*"):
        ConnectionOverrides.read(fragment)


def test_overrides_left_out_are_those_twilio_takes_by_default() -> None:
    assert ConnectionOverrides.read("") == ConnectionOverrides()
    assert ConnectionOverrides.read("rp=all").policies == {"4xx", "5xx", "ct", "rt"}
    assert ConnectionOverrides.read("rc=3&ct=2000") == ConnectionOverrides(retries=3, connect_seconds=2)


# The phones of the page


def ask(stand_in: StandIn, method: str, path: str, message: Any = None) -> tuple[int, Any]:
    connection = http.client.HTTPConnection("127.0.0.1", int(stand_in.url.rpartition(":")[2]), timeout=60)
    headers = {"Authorization": "Basic " + b64encode(f"{ACCOUNT}:{TOKEN}".encode()).decode()}
    try:
        connection.request(method, path, None if message is None else json.dumps(message), headers)
        response = connection.getresponse()
        return response.status, json.loads(response.read())
    finally:
        connection.close()


def test_a_message_by_http_is_delivered_as_any_other(stand_in: StandIn, webhook: RecordingWebhook) -> None:
    message = {"person": "b", "channel": "whatsapp", "from": ANNA, "body": "help"}
    status, answer = ask(stand_in, "POST", "/phones/messages", message)
    assert (status, answer["texts"], answer["error"]) == (200, ["hoi"], "")
    assert answer["twiml"] == webhook.twiml
    assert webhook.forms[0]["ProfileName"] == "Test B"
    assert ask(stand_in, "GET", f"/phones/inbox?number=%2B{ANNA[1:]}&channel=whatsapp") == (200, {"messages": []})


@pytest.mark.parametrize("query", ["number=1&channel=sms", "channel=sms", "number=%2B31612345601&channel=sms&after=x"])
def test_nonsense_from_the_page_is_refused(stand_in: StandIn, query: str) -> None:
    assert ask(stand_in, "GET", f"/phones/inbox?{query}")[0] == 400
    assert ask(stand_in, "POST", "/phones/messages", {"from": "x"})[0] == 400
    assert ask(stand_in, "GET", "/phones/elsewhere")[0] == 404
