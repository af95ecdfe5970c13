"""From an address to an opaque id."""

import hashlib
import re

from bot.storage.sealing import Identity

NUMBER = "+31612345678"
ONE, TWO = Identity(["p" * 32]), Identity(["q" * 32])


def test_the_same_person_on_the_same_channel_is_one_id() -> None:
    assert ONE.contacts("sms", NUMBER) == Identity(["p" * 32]).contacts("sms", NUMBER)
    assert re.fullmatch(r"[A-Za-z0-9_-]{22}", ONE.contacts("sms", NUMBER)[0])


def test_other_channel_address_or_pepper_is_another_id() -> None:
    ids = {
        ONE.contacts("sms", NUMBER),
        ONE.contacts("whatsapp", NUMBER),
        ONE.contacts("sms", "+31612345679"),
        TWO.contacts("sms", NUMBER),
        ONE.contacts("whatsapp", "NL.13491208655302741918"),
    }
    assert len(ids) == 5


def test_while_peppers_rotate_the_newest_comes_first_and_the_old_ones_follow() -> None:
    rotating = Identity(["q" * 32, "p" * 32])
    assert rotating.contacts("sms", NUMBER) == (*TWO.contacts("sms", NUMBER), *ONE.contacts("sms", NUMBER))


def test_the_id_cannot_be_had_from_the_number_alone() -> None:
    found = ONE.contacts("sms", NUMBER)[0]
    for text in (NUMBER, f"sms:{NUMBER}", NUMBER.removeprefix("+")):
        assert found not in hashlib.sha256(text.encode()).hexdigest()
    assert "612345678" not in found


def test_a_fingerprint_tells_peppers_apart_and_is_no_contact() -> None:
    rotating = Identity(["q" * 32, "p" * 32])
    assert rotating.fingerprints() == (*TWO.fingerprints(), *ONE.fingerprints())
    assert ONE.fingerprints() != TWO.fingerprints()
    assert "p" * 8 not in ONE.fingerprints()


def test_a_message_of_any_characters_has_an_id() -> None:
    assert (
        len({ONE.contacts("whatsapp", text) for text in ("", "é", "ቁ", "a" * 1000, "\N{SLIGHTLY SMILING FACE}")}) == 5
    )
