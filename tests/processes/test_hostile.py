"""Whatever a message holds, it gets one well-formed answer."""

import base64
import itertools
import unicodedata
from urllib.parse import quote_from_bytes, urlencode

import pytest

from tests.harness.site import Site
from tests.harness.twilio_client import FORM, PATH, person, sms

pytestmark = pytest.mark.process

LIMIT = 1600

BODIES = {
    "nothing": "",
    "blanks": " \t\r\n ",
    "a zero byte": "hoi\x00hoi",
    "only a zero byte": "\x00",
    "a vertical tab": "ik\x0bmoet\x0bop\x0breis",
    "every control character": "".join(map(chr, range(32))),
    "C1 controls": "".join(map(chr, range(0x7F, 0xA0))),
    "escape sequences of a terminal": "\x1b[31mred\x1b]0;title\x07",
    "right-to-left override": "\u202ehelp\u202c me \u2066x\u2069",
    "only direction marks": "\u200e\u200f\u202a\u202b\u202c",
    "byte order mark": "\ufeffhoi",
    "noncharacters": "\ufffe\uffff\U0001ffff",
    "1,600 emoji": "😀" * 1600,
    "flags and families": "🇳🇱👨‍👩‍👧‍👦🏳️‍🌈" * 60,
    "zalgo": "h" + "".join(map(chr, range(0x300, 0x36F))) * 10 + "oi",
    "zero-width joiners": "\u200d" * 1000,
    "variation selectors": "a" + "\ufe0f" * 1000,
    "XML metacharacters": "<Message>&amp;\"'</Message>",
    "the end of CDATA": "]]>",
    "CDATA": "<![CDATA[hoi]]>",
    "an entity bomb": '<!DOCTYPE x [<!ENTITY a "aaaa">]>&a;&a;',
    "a script": "<script>alert(1)</script>",
    "placeholders": "{bz} {emergency_nl} {0} {x.__class__} %s %(a)s ${HOME} {{",
    "very long digits": "9" * 1600,
    "Arabic digits": "٣" * 1000,
    "superscript digits": "²³¹",
    "a Roman numeral": "Ⅷ",
    "a fraction": "½",
    "a negative number": "-1",
    "a number in exponential form": "1e999",
    "one word of 10 KB": "a" * 10_000,
    "30 KB in one field": "hoi " * 7_500,
    "many lines": "\n" * 1500,
    "many short words": "a " * 800,
    "a bomb for regular expressions": "a" * 800 + "!" * 800,
    "brackets": "(" * 1600,
    "half of a surrogate pair": "\ud83d".encode("utf-8", "surrogatepass").decode("latin-1"),
    "base64 as a whole": base64.b64encode(b"Ik ben in gevaar en ik kan niet bellen, help mij alsjeblieft nu").decode(),
    "almost base64": "QUFB" * 100 + "=",
    "base64 of bytes": base64.b64encode(bytes(range(256))).decode(),
    "null words": "null None undefined NaN true",
    "SQL and Lua": "'; DROP TABLE x; -- return redis.call('FLUSHALL')",
    "lines of Redis' protocol": "*1\r\n$8\r\nFLUSHALL\r\n",
    "a field within the field": "hoi&From=+31600000000&MessageSid=SM1",
    "Turkish capital i": "İ" * 800,
    "ligatures that grow": "ﷺ" * 800,
    "Hangul jamo": "ᄀ" * 500,
    "mathematical letters": "𝓱𝓮𝓵𝓹",
}

RAW = {
    "lone bytes": b"\xff\xfe\xff",
    "percent signs without digits": b"%%%zz%1",
    "half a character": b"hoi\xe2\x82",
    "overlong encoding": b"\xc0\xaf\xe0\x80\xaf",
    "an encoded surrogate": b"\xed\xa0\xbd",
    "Latin-1": "één".encode("latin-1"),
    "UTF-16": "hoi".encode("utf-16"),
}

_numbers = itertools.count(1)


@pytest.mark.parametrize("name", BODIES)
@pytest.mark.parametrize("prelude", [(), ("hoi", "ja")], ids=["first", "in the menu"])
def test_one_answer_to(site: Site, name: str, prelude: tuple[str, ...]) -> None:
    who = person(next(_numbers))
    for text in prelude:
        site.twilio.post(sms(next(_numbers), text, who))
    answer = site.twilio.post(sms(next(_numbers), BODIES[name], who))
    # In the menu, a moment after its list, "I do not understand" is not said (tests/dialogue/test_continuation.py).
    assert len(answer.messages) == 1 or (prelude and answer.messages == [])
    for text in answer.messages:
        assert_fit_for_a_phone(text)
    assert site.turns(who) == len(prelude) + 1
    assert_fit_for_a_phone(site.twilio.post(sms(next(_numbers), "menu", who)).text)


@pytest.mark.parametrize("name", RAW)
@pytest.mark.parametrize("quoted", [True, False])
def test_one_answer_to_bytes_that_are_no_text(site: Site, name: str, quoted: bool) -> None:
    """Twilio would not send these; the signature is over what is left of them after decoding."""
    who = person(next(_numbers))
    fields = {field: value for field, value in sms(next(_numbers), "", who).items() if field != "Body"}
    seen = RAW[name].decode("utf-8", "replace")
    body = urlencode(fields).encode() + b"&Body=" + (quote_from_bytes(RAW[name]).encode() if quoted else RAW[name])
    signature = site.twilio.sign(PATH, {**fields, "Body": seen})
    answer = site.twilio.send("POST", PATH, body, {"X-Twilio-Signature": signature, "Content-Type": FORM})
    assert_fit_for_a_phone(answer.text)


@pytest.mark.parametrize(
    "fields",
    [
        {"From": "anonymous"},
        {"From": "whatsapp:NL.1234abcd"},
        {"From": "whatsapp:+31600000000", "To": "whatsapp:+3197010000001"},
        {"NumMedia": "-1"},
        {"NumMedia": "²"},
        {"NumMedia": "9" * 5000},
        {"NumMedia": "99", "MediaContentType0": "\x00"},
        {"MessageType": "\x00" * 100},
        {"ButtonPayload": "x" * 5000, "ButtonText": "\x00"},
        {"Latitude": "nan", "Longitude": "]]>"},
        {"ChannelMetadata": "{" * 5000},
        {"OptOutType": "NONSENSE"},
    ],
    ids=str,
)
def test_one_answer_to_odd_fields(site: Site, fields: dict[str, str]) -> None:
    assert_fit_for_a_phone(site.twilio.post(sms(next(_numbers), "hoi", person(next(_numbers))) | fields).text)


@pytest.mark.parametrize(
    "fields",
    [
        {"NumMedia": "1", "MediaContentType0": "image/jpeg", "MediaUrl0": "https://api.twilio.com/x"},
        {"NumMedia": "1", "MediaContentType0": "audio/ogg"},
        {"NumMedia": "1", "MediaContentType0": "video/mp4"},
        {"NumMedia": "1", "MediaContentType0": "application/pdf"},
        {"NumMedia": "1", "MediaContentType0": "text/vcard"},
        {"NumMedia": "1", "MediaContentType0": "image/webp", "MessageType": "sticker"},
        {"NumMedia": "10", "MediaContentType0": ""},
        {"Latitude": "52.37", "Longitude": "4.89", "MessageType": "location"},
        {"MessageType": "reaction", "Body": "👍"},
        {"MessageType": "contacts"},
    ],
    ids=str,
)
def test_one_answer_to_everything_a_phone_can_send(site: Site, fields: dict[str, str]) -> None:
    assert_fit_for_a_phone(site.twilio.post(sms(next(_numbers), "", person(next(_numbers))) | fields).text)


def test_no_body_made_the_engine_or_the_webhook_fail(site: Site) -> None:
    assert site.webhooks("failed") == 0
    assert not [name for name in site.counts() if "engine_failed" in name]


def assert_fit_for_a_phone(text: str) -> None:
    """One message of at most 1,600 characters without signs that hide or reorder others."""
    assert 0 < len(text) <= LIMIT
    odd = {each for each in text if unicodedata.category(each) in ("Cc", "Cs", "Cn") and each != "\n"}
    assert not odd | (set(text) & set("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"))
