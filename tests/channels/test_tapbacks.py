"""By SMS a reaction is a text that quotes what is reacted to. Those words are not the person's."""

import pytest

from bot.channels.tapbacks import is_tapback
from bot.messages import Kind
from tests.channels.test_twilio import inbound

QUOTED = "Word je bedreigd of opgesloten? Bel 112. Typ ja of nee."
HAIR, NO_WIDTH = "\N{HAIR SPACE}", "\N{ZERO WIDTH SPACE}"

TAPBACKS = [
    *(f"{verb} “{QUOTED}”" for verb in ("Liked", "Loved", "Disliked", "Laughed at", "Emphasized", "Emphasised")),
    f"Questioned “{QUOTED}”",
    f'Liked "{QUOTED}"',
    f"liked “{QUOTED}”\n",
    "Liked “Kies een nummer:\n1. “Ik moet op reis”\n2. Iets anders”",
    "Liked “Word je bedreigd…”",
    "Loved an image",
    "Laughed at a photo",
    "Disliked an audio message",
    *(f"Removed {what} from “{QUOTED}”" for what in ("a heart", "a like", "a dislike", "a laugh")),
    f"Removed an exclamation from “{QUOTED}”",
    f"Removed a question mark from “{QUOTED}”",
    f"Removed a reaction from “{QUOTED}”",
    f"Reacted 😂 to “{QUOTED}”",
    f"Reacted with a sticker to “{QUOTED}”",
    f"Removed 👍 from “{QUOTED}”",
    f"👍 to “{QUOTED}”",
    f"❤️ to “{HAIR}{NO_WIDTH}{QUOTED}{NO_WIDTH}{HAIR}”",
    f"{NO_WIDTH}👍🏽{NO_WIDTH} to {HAIR}“{QUOTED}”",
    *(f"Vond “{QUOTED}” {how}" for how in ("leuk", "niet leuk", "geweldig", "grappig")),
    f"Reageerde met 👍 op “{QUOTED}”",
    f"👍 op “{QUOTED}”",
]

TEXTS = [
    "",
    "👍",
    "ja",
    "“ja”",
    QUOTED,
    "I liked it",
    "Liked",
    "Liked “”",
    "I liked “the card” but he threatens me",
    "Liked “the card”, he is going to kill me",
    "He laughed at “help me”",
    "Hij zei “ik vermoord je”",
    "😭 hij zei “ik vermoord je”",
    "😭 “ik vermoord je”",
    "Vond “de kaart” leuk maar hij slaat mij",
    "Vond “de kaart” eng",
    "Liked “ok” please help me he said “I kill you”",
    "Liked “ok”\nHij slaat me\n“help”",
    "Reacted badly to “no I will not marry”",
    "Reacted when I said no to “marriage”",
    'Liked "ok" please help me he said "I kill you"',
    'Vond "de kaart" niet eng hij zegt "ik sla je" leuk',
    'Liked "ok” he said “I kill you”',
    "Questioned by police",
    "1 to “x”",
]


@pytest.mark.parametrize("text", TAPBACKS)
def test_a_tapback_by_sms_is_a_reaction_and_its_words_stay_outside(text: str) -> None:
    found = inbound("sms_text", Body=text)
    assert (found.kind, found.text) == (Kind.REACTION, "")


@pytest.mark.parametrize("text", TEXTS)
def test_what_the_person_says_is_never_taken_for_a_tapback(text: str) -> None:
    assert not is_tapback(text)


def test_whatsapp_has_reactions_of_its_own() -> None:
    assert inbound("whatsapp_text", Body=TAPBACKS[0]).kind is Kind.TEXT


def test_a_tapback_beside_a_file_stays_a_text() -> None:
    assert inbound("mms_photo", Body=TAPBACKS[0]).kind is Kind.TEXT


def test_a_long_quotation_is_still_a_tapback() -> None:
    assert is_tapback(f"Liked “{'ja en nee ' * 2000}”")
