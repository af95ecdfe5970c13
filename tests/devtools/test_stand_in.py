"""The stand-in's API, with twilio's own client: messages, faults, and the callbacks that tell a status."""

import re
import threading
import time
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta

import pytest
import requests
from twilio.base.exceptions import TwilioException, TwilioRestException

from bot.devtools import ledger
from bot.devtools.twilio import Faults, StandIn
from tests.harness.processes import until
from tests.harness.recording_webhook import RecordingWebhook
from tests.harness.stand_in import (
    ANNA,
    OUR_WHATSAPP,
    OURS,
    PUBLIC,
    STATUS_URL,
    Client,
    client_for,
    is_signed,
    make_stand_in,
)


@pytest.fixture
def stand_in(webhook: RecordingWebhook) -> Iterator[StandIn]:
    running = make_stand_in(webhook).start()
    yield running
    running.stop()


@pytest.fixture
def client(stand_in: StandIn) -> Client:
    return client_for(stand_in)


def refused(client: Client, **changed: str) -> TwilioRestException:
    """The exception of a message that is not taken on."""
    with pytest.raises(TwilioRestException) as caught:
        client.messages.create(**{"to": ANNA, "from_": OURS, "body": "hoi"} | changed)
    error: TwilioRestException = caught.value
    return error


def texts(stand_in: StandIn, number: str = ANNA, channel: str = "sms") -> list[str]:
    return [item.text for item in stand_in.inbox(number, channel)]


def statuses(webhook: RecordingWebhook) -> list[str]:
    return [form["MessageStatus"] for form in webhook.forms]


# SendRequest


def test_a_message_is_taken_on_and_reaches_the_phone(stand_in: StandIn, client: Client) -> None:
    before = time.monotonic()
    message = client.messages.create(to=ANNA, from_=OURS, body="Hoi ☀", status_callback=STATUS_URL, validity_period=600)
    assert re.fullmatch("SM[0-9a-f]{32}", message.sid)
    assert (message.status, message.direction, message.body) == ("queued", "outbound-api", "Hoi ☀")
    assert (message.to, message.from_, message.num_segments) == (ANNA, OURS, "1")
    assert abs(message.date_created - datetime.now(UTC)) < timedelta(seconds=5)
    assert (message.date_sent, message.error_code) == (None, None)

    (accepted,) = stand_in.accepted
    assert (accepted.sid, accepted.to, accepted.sender, accepted.body) == (message.sid, ANNA, OURS, "Hoi ☀")
    assert (accepted.outbox_id, accepted.validity_period) == ("out-1", 600)
    assert before <= accepted.when <= time.monotonic()
    (item,) = stand_in.inbox(ANNA, "sms")
    assert (item.text, item.sid, item.source) == ("Hoi ☀", message.sid, "api")
    assert stand_in.inbox(ANNA, "sms", after=item.serial) == []


def test_the_channels_of_a_phone_are_kept_apart(stand_in: StandIn, client: Client) -> None:
    client.messages.create(to=ANNA, from_=OURS, body="by SMS")
    client.messages.create(to=f"whatsapp:{ANNA}", from_=OUR_WHATSAPP, body="by WhatsApp")
    assert texts(stand_in) == ["by SMS"]
    assert texts(stand_in, channel="whatsapp") == ["by WhatsApp"]


def test_a_messaging_service_sends_from_the_number_of_the_channel(stand_in: StandIn, client: Client) -> None:
    service = f"MG{'1' * 32}"
    for to in (ANNA, f"whatsapp:{ANNA}"):
        client.messages.create(to=to, messaging_service_sid=service, body="hoi")
    assert [accepted.sender for accepted in stand_in.accepted] == [OURS, OUR_WHATSAPP]


def test_what_is_posted_twice_arrives_twice(stand_in: StandIn, client: Client) -> None:
    for _ in range(2):
        client.messages.create(to=ANNA, from_=OURS, body="hoi", status_callback=STATUS_URL)
    assert texts(stand_in) == ["hoi", "hoi"]
    assert [accepted.outbox_id for accepted in stand_in.accepted] == ["out-1", "out-1"]
    assert stand_in.counts["requests"] == 2


@pytest.mark.parametrize(
    ("changed", "code"),
    [
        ({"to": "0612345601"}, 21211),
        ({"to": "+31612345601\n"}, 21211),
        ({"to": ""}, 21604),
        ({"from_": ""}, 21603),
        ({"from_": "+15005550000"}, 21606),
        ({"from_": OUR_WHATSAPP}, 21910),
        ({"to": f"whatsapp:{ANNA}", "from_": f"whatsapp:{OURS}"}, 63007),
        ({"messaging_service_sid": "MG1"}, 21705),
        ({"body": ""}, 21619),
        ({"body": "a" * 1601}, 21617),
    ],
)
def test_a_bad_message_is_refused(stand_in: StandIn, client: Client, changed: dict[str, str], code: int) -> None:
    error = refused(client, **changed)
    assert (error.status, error.code) == (400, code)
    assert stand_in.accepted == []
    assert texts(stand_in) == []


def test_refusals_quote_the_number_as_those_of_twilio_do(stand_in: StandIn, client: Client) -> None:
    unheard_of, abroad, stopped = "+31612345611", "+201001234567", "+905320000002"
    stand_in.refusals = {unheard_of: 21999, abroad: 21408}
    stand_in.opted_out = {stopped}
    for number, code in ((unheard_of, 21999), (abroad, 21408), (stopped, 21610)):
        for to, sender in ((number, OURS), (f"whatsapp:{number}", OUR_WHATSAPP)):
            error = refused(client, to=to, from_=sender)
            assert (error.status, error.code) == (400, code)
            assert number in error.msg
    client.messages.create(to=ANNA, from_=OURS, body="hoi")


@pytest.mark.parametrize("path", ["Messages.json", "Messages/SM0.json"])
def test_only_who_has_the_token_may_ask(stand_in: StandIn, path: str) -> None:
    error = refused(client_for(stand_in, token="another"))
    assert (error.status, error.code) == (401, 20003)
    plain = requests.get(f"{stand_in.url}/2010-04-01/Accounts/{'AC' + '0' * 32}/{path}", timeout=60)
    assert (plain.status_code, plain.json()["code"]) == (401, 20003)
    assert plain.json()["more_info"] == "https://www.twilio.com/docs/errors/20003"
    assert requests.get(f"{stand_in.url}/phones/inbox", timeout=60).status_code == 401


# The list


def test_the_list_holds_both_directions_newest_first(stand_in: StandIn, client: Client) -> None:
    inbound = stand_in.text(ANNA, "help")
    sent = client.messages.create(to=ANNA, from_=OURS, body="later")
    newest, reply, oldest = client.messages.list()
    assert (newest.sid, newest.direction, newest.body) == (sent.sid, "outbound-api", "later")
    assert (reply.direction, reply.body, reply.to) == ("outbound-reply", "hoi", ANNA)
    assert (oldest.sid, oldest.direction, oldest.status) == (inbound.sid, "inbound", "received")
    assert (oldest.body, oldest.from_, oldest.to) == ("help", ANNA, OURS)
    assert client.messages(inbound.sid).fetch().body == "help"


def test_the_list_is_filtered_by_number_and_date(stand_in: StandIn, client: Client) -> None:
    webhook_hears = stand_in.text(ANNA, "help").sid
    other = "+905320000002"
    client.messages.create(to=other, from_=OURS, body="hoi")
    now = datetime.now(UTC)
    hour = timedelta(hours=1)

    def bodies(**filters: object) -> list[str]:
        return sorted(message.body for message in client.messages.list(**filters))

    assert [message.sid for message in client.messages.list(from_=ANNA)] == [webhook_hears]
    assert bodies(to=other) == ["hoi"]
    assert len(bodies(date_sent_after=now - hour)) == 3
    assert bodies(date_sent_after=now + hour) == []
    assert len(bodies(date_sent_before=now + hour)) == 3
    assert bodies(date_sent_before=now - hour) == []
    assert len(bodies(date_sent=date.fromisoformat(now.date().isoformat()))) == 3
    assert bodies(date_sent=now - timedelta(days=2)) == []
    with pytest.raises(TwilioException):
        client.messages.list(date_sent="yesterday")


def test_pages_stay_in_step_when_new_messages_come_in_between(stand_in: StandIn, client: Client) -> None:
    for count in range(5):
        client.messages.create(to=ANNA, from_=OURS, body=str(count))
    seen = []
    for message in client.messages.stream(to=ANNA, page_size=2):
        seen.append(message.body)
        client.messages.create(to=ANNA, from_=OURS, body="new")
    assert seen == ["4", "3", "2", "1", "0"]
    assert len(client.messages.list(page_size=2, limit=3)) == 3


def test_only_so_many_messages_are_remembered(
    stand_in: StandIn, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ledger, "MAX_KEPT", 3)
    for count in range(5):
        client.messages.create(to=ANNA, from_=OURS, body=str(count))
    assert [message.body for message in client.messages.list()] == ["4", "3", "2"]


# Redacting and deleting


def test_a_redacted_message_is_empty_but_still_on_the_phone(stand_in: StandIn, client: Client) -> None:
    sid = client.messages.create(to=ANNA, from_=OURS, body="secret").sid
    assert client.messages(sid).update(body="").body == ""
    assert client.messages(sid).fetch().body == ""
    assert texts(stand_in) == ["secret"]
    with pytest.raises(TwilioRestException):
        client.messages(sid).update(body="something else")


def test_a_message_is_deleted_once(client: Client) -> None:
    sid = client.messages.create(to=ANNA, from_=OURS, body="hoi").sid
    assert client.messages(sid).delete()
    for again in (client.messages(sid).delete, client.messages(sid).fetch):
        with pytest.raises(TwilioRestException) as caught:
            again()
        assert (caught.value.status, caught.value.code) == (404, 20404)


def test_a_young_message_cannot_be_deleted_yet(stand_in: StandIn, client: Client) -> None:
    stand_in.deletable_after = 3600
    sid = client.messages.create(to=ANNA, from_=OURS, body="hoi").sid
    with pytest.raises(TwilioRestException) as caught:
        client.messages(sid).delete()
    assert caught.value.code == 20009
    stand_in.deletable_after = 0
    assert client.messages(sid).delete()


def test_the_first_tries_to_delete_are_refused(stand_in: StandIn, client: Client) -> None:
    stand_in.delete_refusals = 2
    sid = stand_in.text(ANNA, "help").sid
    for _ in range(2):
        with pytest.raises(TwilioRestException) as caught:
            client.messages(sid).delete()
        assert caught.value.code == 20009
    assert client.messages(sid).delete()


# Faults


@pytest.mark.parametrize(
    ("faults", "status", "code", "is_accepted"),
    [
        (Faults(too_many=1), 429, 20429, False),
        (Faults(server_error=1), 503, 20503, False),
        (Faults(accept_then_error=1), 503, 20503, True),
    ],
)
def test_an_error_may_or_may_not_mean_that_the_message_left(
    stand_in: StandIn, client: Client, faults: Faults, status: int, code: int, is_accepted: bool
) -> None:
    stand_in.faults = faults
    error = refused(client)
    assert (error.status, error.code) == (status, code)
    assert texts(stand_in) == ["hoi"] * is_accepted
    assert stand_in.counts["lost_answers"] == is_accepted


def test_a_dropped_connection_took_the_message_along(stand_in: StandIn, client: Client) -> None:
    stand_in.faults = Faults(drop=1)
    with pytest.raises(requests.ConnectionError):
        client.messages.create(to=ANNA, from_=OURS, body="hoi")
    stand_in.faults = Faults()
    assert [message.body for message in client.messages.list(to=ANNA)] == ["hoi"]
    assert stand_in.counts["drop"] == stand_in.counts["lost_answers"] == 1


def test_a_hanging_request_leaves_or_not_by_a_coin(stand_in: StandIn) -> None:
    stand_in.faults = Faults(hang=1, hang_seconds=20)
    impatient = client_for(stand_in, timeout=0.05)
    for _ in range(12):
        with pytest.raises(requests.Timeout):
            impatient.messages.create(to=ANNA, from_=OURS, body="hoi")
    until(lambda: stand_in.counts["hang"] == 12)  # we did not wait for the server to begin
    until(lambda: stand_in.counts["lost_answers"] == len(stand_in.accepted))
    assert 0 < len(stand_in.accepted) < 12


def test_whoever_waits_for_a_hanging_request_gets_no_answer(stand_in: StandIn, client: Client) -> None:
    stand_in.faults = Faults(hang=1, hang_seconds=0.1)
    with pytest.raises(requests.ConnectionError):
        client.messages.list()


def test_the_same_seed_gives_the_same_faults(webhook: RecordingWebhook) -> None:
    def course() -> list[int]:
        running = make_stand_in(webhook, seed=7, faults=Faults(too_many=0.3, server_error=0.3)).start()
        try:
            client = client_for(running)
            found = []
            for _ in range(20):
                try:
                    client.messages.create(to=ANNA, from_=OURS, body="hoi")
                    found.append(201)
                except TwilioRestException as error:
                    found.append(error.status)
            return found
        finally:
            running.stop()

    first = course()
    assert set(first) == {201, 429, 503}
    assert course() == first


def test_many_senders_at_once_are_all_counted(stand_in: StandIn) -> None:
    stand_in.faults = Faults(too_many=0.2, accept_then_error=0.2)
    successes = []

    def send() -> None:
        client = client_for(stand_in)
        for _ in range(25):
            try:
                successes.append(client.messages.create(to=ANNA, from_=OURS, body="hoi").sid)
            except TwilioRestException:
                continue

    threads = [threading.Thread(target=send) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    counts = stand_in.counts
    assert counts["requests"] == 100
    assert len(stand_in.accepted) == len(texts(stand_in)) == 100 - counts["too_many"]
    assert len(successes) == len(stand_in.accepted) - counts["lost_answers"]


# Statuses


def test_statuses_are_told_in_order_and_signed(stand_in: StandIn, webhook: RecordingWebhook, client: Client) -> None:
    stand_in.callback_delay = 0.02
    sid = client.messages.create(to=ANNA, from_=OURS, body="hoi", status_callback=STATUS_URL).sid
    assert stand_in.settled()
    assert statuses(webhook) == ["queued", "sent", "delivered"]
    assert webhook.paths == ["/twilio/status?o=out-1&x=%C3%A9"] * 3
    assert all(is_signed(webhook, place) for place in range(3))
    assert webhook.headers[0]["Host"] == "bot.example.org"
    form = webhook.forms[0]
    assert (form["MessageSid"], form["To"], form["From"]) == (sid, ANNA, OURS)
    assert form["ApiVersion"] == "2010-04-01"
    assert "ErrorCode" not in form
    fetched = client.messages(sid).fetch()
    assert fetched.status == "delivered"
    assert fetched.date_sent is not None


def test_a_whatsapp_message_is_read_in_the_end(stand_in: StandIn, webhook: RecordingWebhook, client: Client) -> None:
    client.messages.create(to=f"whatsapp:{ANNA}", from_=OUR_WHATSAPP, body="hoi", status_callback=STATUS_URL)
    assert stand_in.settled()
    assert statuses(webhook) == ["queued", "sent", "delivered", "read"]


@pytest.mark.parametrize(
    ("table", "expected"),
    [("outcomes", ["queued", "sent", "undelivered"]), ("failures", ["queued", "failed"])],
)
def test_a_message_may_end_badly(
    stand_in: StandIn, webhook: RecordingWebhook, client: Client, table: str, expected: list[str]
) -> None:
    setattr(stand_in, table, {ANNA: 30003})
    sid = client.messages.create(to=ANNA, from_=OURS, body="hoi", status_callback=STATUS_URL).sid
    assert stand_in.settled()
    assert statuses(webhook) == expected
    assert webhook.forms[-1]["ErrorCode"] == "30003"
    fetched = client.messages(sid).fetch()
    assert (fetched.status, fetched.error_code) == (expected[-1], 30003)
    assert texts(stand_in) == []
    assert len(stand_in.accepted) == 1


def test_callbacks_may_come_twice_and_out_of_order(
    stand_in: StandIn, webhook: RecordingWebhook, client: Client
) -> None:
    stand_in.shuffle = stand_in.double = True
    sids = [client.messages.create(to=ANNA, from_=OURS, body="hoi", status_callback=STATUS_URL).sid for _ in range(5)]
    assert stand_in.settled()
    in_order = ["queued", "queued", "sent", "sent", "delivered", "delivered"]
    courses = [[form["MessageStatus"] for form in webhook.forms if form["MessageSid"] == sid] for sid in sids]
    assert all(sorted(course) == sorted(in_order) for course in courses)
    assert courses != [in_order] * 5
    assert all(is_signed(webhook, place) for place in range(30))
    assert {message.status for message in client.messages.list()} == {"delivered"}


def test_callbacks_may_get_lost(stand_in: StandIn, webhook: RecordingWebhook, client: Client) -> None:
    stand_in.lose_callbacks = 1
    sid = client.messages.create(to=ANNA, from_=OURS, body="hoi", status_callback=STATUS_URL).sid
    assert stand_in.settled()
    assert webhook.forms == []
    assert stand_in.counts["lost_callbacks"] == 3
    assert client.messages(sid).fetch().status == "delivered"


def test_without_a_status_callback_nothing_is_called(
    stand_in: StandIn, webhook: RecordingWebhook, client: Client
) -> None:
    client.messages.create(to=ANNA, from_=OURS, body="hoi")
    assert stand_in.settled()
    assert webhook.forms == []


def test_only_our_own_address_leads_to_this_machine(stand_in: StandIn, webhook: RecordingWebhook) -> None:
    assert stand_in.connect_to(f"{PUBLIC}/a?b") == f"{webhook.url}/a?b"
    assert stand_in.connect_to(f"{PUBLIC}.example.net/a") == f"{PUBLIC}.example.net/a"


def test_after_stopping_nobody_answers_and_nothing_is_called_back(webhook: RecordingWebhook) -> None:
    running = make_stand_in(webhook, callback_delay=0.2).start()
    client = client_for(running)
    client.messages.create(to=ANNA, from_=OURS, body="hoi", status_callback=STATUS_URL)
    running.stop()
    with pytest.raises(requests.ConnectionError):
        client.messages.list()
    called_before = len(webhook.forms)
    time.sleep(0.3)
    assert len(webhook.forms) == called_before
    assert len(running.accepted) == 1
