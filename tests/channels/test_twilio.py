"""Twilio's words -> ours, on recorded request bodies (fictional numbers, names and places)."""

from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl

import msgspec
import pytest
from msgspec.structs import replace

from bot.channels.twilio import delivery_state, read_inbound
from bot.handoff.delivery import RANK, DeliveryState
from bot.messages import MAX_TEXT, Channel, Inbound, Kind
from bot.storage.sealing import Identity

RECORDED = Path(__file__).parent / "recorded"
NAMES = sorted(path.stem for path in RECORDED.glob("*.txt"))
IDENTITY = Identity(["p" * 32])
LONG = "Ik ben in Marokko bij mijn oom. Mijn paspoort ligt in de kast en ik mag niet meer naar buiten. Wat kan ik doen?"
PRIVATE = (
    "Kanarie", "Vogel", "612345678", "13491208655302741918", "Utrecht", "3511", "34.02", "6.84", "Mohammed",
    "Huis van oom", "api.twilio.com", "AC0123456789", "97010200001", "14155238886",
)  # fmt: skip
"""What the recordings hold and the program must never see: addresses, names, places, links, our own numbers."""


def form(name: str) -> dict[str, str]:
    body = (RECORDED / f"{name}.txt").read_text(encoding="ascii").strip()
    return dict(parse_qsl(body, keep_blank_values=True, strict_parsing=True))


def inbound(name: str, identity: Identity = IDENTITY, **changed: str) -> Inbound:
    found = read_inbound(form(name) | changed, identity.contacts)
    assert found is not None
    return found


TABLE: list[tuple[str, dict[str, Any]]] = [
    ("sms_text", {"channel": Channel.SMS, "kind": Kind.TEXT, "text": "Hoi, kan iemand mij helpen?"}),
    ("sms_empty", {"channel": Channel.SMS, "kind": Kind.EMPTY, "text": ""}),
    ("sms_opt_out_stop", {"opt_out": True, "text": "STOP"}),
    ("sms_opt_out_start", {"opt_out": True, "stays": True, "text": "START"}),
    ("sms_opt_out_help", {"opt_out": True, "stays": True, "text": "HELP"}),
    ("sms_base64_long", {"kind": Kind.TEXT, "text": LONG}),
    ("mms_photo", {"channel": Channel.SMS, "kind": Kind.PHOTO, "text": "", "media": 1}),
    ("whatsapp_text", {"channel": Channel.WHATSAPP, "kind": Kind.TEXT, "text": "Hoi, kan iemand mij helpen?"}),
    ("whatsapp_user_id", {"channel": Channel.WHATSAPP, "kind": Kind.TEXT, "text": "hello"}),
    ("whatsapp_button", {"kind": Kind.BUTTON, "text": "ja", "payload": "safe"}),
    ("whatsapp_button_title_only_in_button_text", {"kind": Kind.BUTTON, "text": "nee", "payload": "unsafe"}),
    ("whatsapp_list_pick", {"kind": Kind.TEXT, "text": "Ik heb een vraag"}),
    ("whatsapp_photo", {"kind": Kind.PHOTO, "text": "", "media": 1}),
    (
        "whatsapp_photo_with_caption",
        {"kind": Kind.TEXT, "text": "dit is mijn ticket", "media": 1, "media_kind": "photo"},
    ),
    ("whatsapp_voice_note", {"kind": Kind.VOICE, "text": "", "media": 1}),
    ("whatsapp_video", {"kind": Kind.VIDEO, "text": "", "media": 1}),
    ("whatsapp_sticker", {"kind": Kind.STICKER, "text": "", "media": 1}),
    ("whatsapp_vcard", {"kind": Kind.CONTACT, "text": "", "media": 1}),
    ("whatsapp_document", {"kind": Kind.DOCUMENT, "text": "", "media": 1}),
    ("whatsapp_location", {"kind": Kind.LOCATION, "text": "", "media": 0}),
    ("whatsapp_reaction", {"kind": Kind.REACTION, "text": ""}),
    ("whatsapp_empty", {"kind": Kind.EMPTY, "text": ""}),
    ("whatsapp_from_without_prefix", {"channel": Channel.WHATSAPP, "kind": Kind.TEXT, "text": "hoi"}),
    ("whatsapp_1600_emoji", {"kind": Kind.TEXT, "text": "\N{SLIGHTLY SMILING FACE}" * MAX_TEXT}),
    ("whatsapp_forwarded", {"kind": Kind.TEXT, "text": "Kijk eens wat ik kreeg", "forwarded": True}),
]


@pytest.mark.parametrize(("name", "expected"), TABLE, ids=[name for name, _expected in TABLE])
def test_every_shape_is_read(name: str, expected: dict[str, Any]) -> None:
    found = inbound(name)
    assert {field: getattr(found, field) for field in expected} == expected
    assert found.message_id == form(name)["MessageSid"]
    assert found.opt_out is expected.get("opt_out", False)
    assert found.payload == expected.get("payload", "")


def test_the_table_names_every_recording() -> None:
    assert sorted(name for name, _expected in TABLE) == NAMES


@pytest.mark.parametrize("name", NAMES)
def test_nothing_private_comes_in(name: str) -> None:
    private = [word.lower() for word in PRIVATE if word.lower() in str(form(name)).lower()]
    assert private, "the recording holds nothing to lose"
    # The two addresses alone come in; where they may be kept is tested with the storage.
    packed = msgspec.msgpack.encode(replace(inbound(name), address="", our_number="")).lower()
    assert [word for word in private if word.encode() in packed] == []


def test_the_same_person_is_one_contact_on_a_channel_and_another_on_the_other() -> None:
    assert inbound("sms_text").contact == inbound("sms_empty").contact
    assert inbound("whatsapp_text").contact == inbound("whatsapp_photo").contact
    assert inbound("sms_text").contact != inbound("whatsapp_text").contact


def test_a_whatsapp_sender_without_the_prefix_is_the_same_person() -> None:
    assert inbound("whatsapp_from_without_prefix").contact == inbound("whatsapp_text").contact


def test_a_user_id_without_a_number_is_a_person_of_its_own() -> None:
    assert inbound("whatsapp_user_id").contact not in (inbound("whatsapp_text").contact, inbound("sms_text").contact)


def test_ids_differ_per_pepper_and_older_ones_come_along() -> None:
    old, rotated = Identity(["o" * 32]), Identity(["n" * 32, "o" * 32])
    assert inbound("sms_text", old).contact != inbound("sms_text").contact
    found = inbound("sms_text", rotated)
    assert found.former == (inbound("sms_text", old).contact,)
    assert found.contact not in found.former


@pytest.mark.parametrize(
    "changed", [{"From": ""}, {"From": "  "}, {"From": "whatsapp:"}, {"MessageSid": ""}, {"MessageSid": " "}]
)
def test_a_body_without_sender_or_id_is_no_message(changed: dict[str, str]) -> None:
    assert read_inbound(form("whatsapp_text") | changed, IDENTITY.contacts) is None
    assert read_inbound({}, IDENTITY.contacts) is None


@pytest.mark.parametrize(
    "number", ["-1", "abc", "", "1e9", "\N{SUPERSCRIPT TWO}", "\N{DEVANAGARI DIGIT ONE}", "1" * 99]
)
def test_a_strange_count_of_media_counts_as_none(number: str) -> None:
    assert inbound("whatsapp_empty", NumMedia=number).media == 0


def test_media_of_an_unknown_type_is_a_document() -> None:
    assert inbound("mms_photo", MediaContentType0="application/x-strange").kind is Kind.DOCUMENT
    assert inbound("mms_photo", MediaContentType0="").kind is Kind.DOCUMENT


@pytest.mark.parametrize("body", [" ", "\n", "\t \n"])
def test_white_space_alone_is_empty(body: str) -> None:
    assert inbound("sms_empty", Body=body).kind is Kind.EMPTY


@pytest.mark.parametrize(
    "body",
    [
        "a" * 64,  # base64 of bytes that are no text
        "SGFsbG8=",  # too short to be what a broken carrier makes
        "ja" * 40,
        "https://example.org/" + "a" * 44,
        "QUFB" * 20,  # base64 of a text without a single space
    ],
)
def test_a_text_that_only_looks_like_base64_stays_as_it_is(body: str) -> None:
    assert inbound("sms_text", Body=body).text == body


def test_a_longer_text_is_cut() -> None:
    assert inbound("sms_text", Body="a b " * 1000).text == ("a b " * 1000)[:MAX_TEXT]


def test_a_long_button_id_is_cut() -> None:
    assert len(inbound("whatsapp_button", ButtonPayload="x" * 1000).payload) == 256


@pytest.mark.parametrize("value", ["stop", "Stop", "STOP"])
def test_an_opt_out_is_seen_in_any_case(value: str) -> None:
    found = inbound("sms_text", OptOutType=value)
    assert (found.opt_out, found.stays) == (True, False)


@pytest.mark.parametrize("value", ["HELP", "help", "START", "Start"])
@pytest.mark.parametrize("text", ["HULP", "STOP", "aide", "ik wil weer praten"])
def test_the_value_of_the_opt_out_decides_and_not_the_word(value: str, text: str) -> None:
    found = inbound("sms_text", OptOutType=value, Body=text)
    assert (found.opt_out, found.stays) == (True, True)


def test_another_opt_out_type_is_an_ordinary_message() -> None:
    assert not inbound("sms_text", OptOutType="SOMETHING").opt_out


@pytest.mark.parametrize(
    ("status", "state"),
    [
        ("accepted", DeliveryState.ACCEPTED),
        ("scheduled", DeliveryState.ACCEPTED),
        ("queued", DeliveryState.ACCEPTED),
        ("sending", DeliveryState.ACCEPTED),
        ("sent", DeliveryState.SENT),
        ("delivered", DeliveryState.DELIVERED),
        ("undelivered", DeliveryState.FAILED),
        ("failed", DeliveryState.FAILED),
        ("canceled", DeliveryState.FAILED),
        ("read", DeliveryState.READ),
        ("received", None),
        ("partially_delivered", None),
        ("unsure", None),
        ("", None),
        ("Sent", None),
    ],
)
def test_a_status_of_twilio_is_one_of_our_states_or_nothing(status: str, state: DeliveryState | None) -> None:
    assert delivery_state(status) is state


def test_what_twilio_reports_is_never_below_what_it_took_from_us() -> None:
    reported = [delivery_state(status) for status in ("accepted", "queued", "sending", "sent", "failed", "read")]
    assert all(state is not None and RANK[state] >= RANK[DeliveryState.ACCEPTED] for state in reported)


@pytest.mark.parametrize("field", ["OriginalRepliedMessageSid", "OriginalRepliedMessageSender"])
def test_an_answer_to_an_earlier_message_is_known_as_one(field: str) -> None:
    assert inbound("whatsapp_text", IDENTITY, **{field: "SM00000000000000000000000000000001"}).answers_earlier
    assert not inbound("whatsapp_text", IDENTITY, **{field: ""}).answers_earlier


@pytest.mark.parametrize(
    ("field", "value", "is_forwarded"),
    [
        ("Forwarded", "true", True),
        ("FrequentlyForwarded", "True", True),
        ("Forwarded", "false", False),
        ("Forwarded", "", False),
    ],
)
def test_the_value_says_whether_it_was_forwarded(field: str, value: str, is_forwarded: bool) -> None:
    found = inbound("whatsapp_text", IDENTITY, **{field: value})
    assert (found.forwarded, found.answers_earlier) == (is_forwarded, False)
