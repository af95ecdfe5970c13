"""What an advisor does with a conversation, on its page."""

import re
from collections import Counter

import pytest

from bot.storage.sealing import Identity
from tests.harness.console_app import ConsoleApp, ConsoleVisit
from tests.harness.twilio_client import person, sms


@pytest.fixture
def ada(pages: ConsoleApp) -> ConsoleVisit:
    pages.somebody("Ada")
    visit = pages.logged_in("Ada")
    visit.get("/console/")
    return visit


def held(pages: ConsoleApp, visit: ConsoleVisit) -> str:
    """The address of a conversation the advisor has claimed and answered."""
    where = f"/console/c/{pages.person_asks()}"
    assert visit.act(where, "claim").status_code == 303
    assert visit.act(where, "reply", {"text": "Ik ben er"}).status_code == 303
    return where


def test_writing_first_needs_an_agreement_and_what_was_typed_stays(pages: ConsoleApp, ada: ConsoleVisit) -> None:
    where = held(pages, ada)
    pages.clock.later(minutes=14)
    ada.get(where)
    pages.clock.later(minutes=10)
    answer = ada.act(where, "reply", {"text": "Hoe is het nu?"})
    assert answer.status_code == 409
    assert "Wij schrijven dan niet als eerste" in answer.text
    assert "Hoe is het nu?" in answer.text
    for until, opens in (("", "09:00"), ("2026-11-24", "x"), ("2027-01-01", "09:00"), ("9999-12-31", "09:00")):
        form = {"until": until, "opens": opens, "closes": "17:00"}
        assert ada.act(where, "agree", form).status_code == 409, form
    form = {"until": "2026-11-24", "opens": "09:00", "closes": "17:00"}
    assert ada.act(where, "agree", form).status_code == 303
    assert "tot en met dinsdag 24 november, tussen 09:00 en 17:00" in ada.get(where).text
    answer = ada.act(where, "reply", {"text": "Hoe is het nu?"})
    assert "Misschien heeft iemand anders nu de telefoon" in answer.text
    assert ada.act(where, "reply", {"text": "Hoe is het nu?", "sure": "1"}).status_code == 303
    assert [what for what in pages.audit() if what in ("agree", "reply")] == ["reply", "agree", "reply"]


@pytest.mark.parametrize("do", ["reply", "note"])
def test_a_form_sent_again_acts_once_but_another_text_in_it_is_not_lost(
    pages: ConsoleApp, ada: ConsoleVisit, do: str
) -> None:
    where = held(pages, ada)  # the answer to a form may be lost on its way; then it is still on the screen
    for text in ("Een eerste tekst", "Een eerste tekst", "Een andere tekst"):
        assert ada.act(where, do, {"text": text, "act": "one form"}).status_code == 303
    shown = ada.get(where).text
    assert [shown.count(text) for text in ("Een eerste tekst", "Een andere tekst")] == [1, 1]


def test_a_wrap_up_is_counted_and_tells_nothing(pages: ConsoleApp, ada: ConsoleVisit) -> None:
    for outcome in ("listened", "<script>"):
        where = held(pages, ada)
        assert ada.act(where, "close", {"outcome": outcome}).status_code == 303
        pages.redis.delete(*(key for key in pages.redis.keys("helpline:{*") if b":counts:" not in key))
    counts: Counter[bytes] = Counter()
    for key in pages.redis.keys("helpline:{*}:counts:2026-11-23"):
        row: dict[bytes, bytes] = pages.redis.hgetall(key)  # type: ignore[assignment]  # typed as if decoded
        counts.update({name: int(number) for name, number in row.items()})
    assert {name: number for name, number in counts.items() if name.startswith(b"outcome")} == {
        b"outcome:listened": 1,
        b"outcome:unsaid": 1,
    }


def test_erasing_takes_the_conversation_off_every_page(pages: ConsoleApp, ada: ConsoleVisit) -> None:
    where = held(pages, ada)
    assert ada.act(where, "erase").location == "/console/"
    assert ada.get(where).status_code == 404
    assert "erase" in pages.audit()


def test_of_media_the_kind_and_the_count_are_shown_and_nothing_is_fetched(pages: ConsoleApp, ada: ConsoleVisit) -> None:
    where = held(pages, ada)
    media = {f"MediaContentType{number}": "image/jpeg" for number in range(3)}
    media |= {f"MediaUrl{number}": f"https://api.twilio.com/secret{number}" for number in range(3)}
    pages.person_sends(sms("77", "", person(1), NumMedia="3", **media))
    page = ada.get(where).text
    assert "Foto. Wordt niet opgehaald. Aantal: 3." in page
    assert "secret" not in page
    assert "<img" not in page


def test_forwarded_words_and_an_answer_to_an_earlier_message_are_shown_as_such(
    pages: ConsoleApp, ada: ConsoleVisit
) -> None:
    where = held(pages, ada)
    forwarded, answer = "Doorgestuurd: deze woorden kunnen van iemand anders zijn.", "Antwoord op een eerder bericht."
    page = ada.get(where).text
    assert forwarded not in page
    assert answer not in page
    pages.person_sends(sms("80", "kom naar huis", person(1), Forwarded="true"))
    page = ada.get(where).text
    assert re.search(rf'{forwarded}</p>\s*<div class="words" dir="auto">kom naar huis</div>', page)
    assert answer not in page
    pages.person_sends(sms("81", "ja", person(1), OriginalRepliedMessageSid="SM" + "7" * 32))
    page = ada.get(where).text
    assert re.search(rf'{answer}</p>\s*<div class="words" dir="auto">ja</div>', page)
    assert "7777" not in page


def test_a_photo_with_a_caption_shows_both(pages: ConsoleApp, ada: ConsoleVisit) -> None:
    where = held(pages, ada)
    media = {"MediaContentType0": "image/jpeg", "MediaUrl0": "https://api.twilio.com/secret"}
    pages.person_sends(sms("79", "dit is mijn ticket", person(1), NumMedia="1", **media))
    page = ada.get(where).text
    assert re.search(r'Foto. Wordt niet opgehaald.</p>\s*<div class="words" dir="auto">dit is mijn ticket</div>', page)
    assert "secret" not in page


def test_the_language_heard_is_shown_and_decides_whose_turn_it_is(pages: ConsoleApp) -> None:
    """The bot answers in a language it has; the queue and the advisors go by what the person writes."""
    pages.somebody("Ada", languages=("nl", "pl"))
    pages.somebody("Bea", languages=("nl", "en"))
    polish = pages.person_asks(1)
    pages.person_sends(sms("80", "dzień dobry, mam jedno pytanie, czy to jest bezpłatne", person(1)))
    pages.clock.later(minutes=2)
    dutch = pages.person_asks(2)
    ada, bea = pages.logged_in("Ada"), pages.logged_in("Bea")

    def waiting(visit: ConsoleVisit) -> list[str]:
        return re.findall(r'id="w-([^"]+)"', visit.get("/console/").text)

    assert waiting(ada) == [polish, dutch]
    assert waiting(bea) == [dutch, polish]  # somebody who is there speaks Polish
    assert "<li>Pools</li>" in ada.get("/console/").text
    assert ada.act(f"/console/c/{polish}", "claim").status_code == 303
    page = ada.get(f"/console/c/{polish}").text
    assert "Pools (de bot antwoordt in het Nederlands)" in page
    assert "<dd>Pools</dd>" in page


def test_a_quick_text_says_what_its_title_says_in_english_too(pages: ConsoleApp, ada: ConsoleVisit) -> None:
    where = f"/console/c/{pages.person_asks(1, ('hello', 'can i talk to a person'))}"
    assert ada.act(where, "claim").status_code == 303
    page = ada.get(where, **{"Accept-Language": "en"}).text
    quick = {title: say for say, title in re.findall(r'data-insert="([^"]+)">([^<]+)</a></li>', page)}
    assert quick["Begin"].startswith("Hi, I am here for you now.")
    assert quick["Is somebody reading along?"].startswith("Are you alone now?")


def test_words_from_right_to_left_find_their_own_direction(pages: ConsoleApp, ada: ConsoleVisit) -> None:
    where = held(pages, ada)
    pages.person_sends(sms("78", "أنا في المغرب 123", person(1)))
    assert '<div class="words" dir="auto">أنا في المغرب 123</div>' in ada.get(where).text


def test_on_whatsapp_the_time_left_to_answer_counts_down(pages: ConsoleApp, ada: ConsoleVisit) -> None:
    sender = f"whatsapp:{person(9)}"
    for number, text in (("81", "hoi"), ("82", "medewerker")):
        pages.person_sends(sms(number, text, sender, To="whatsapp:+3197010000001"))
    where = f"/console/c/{Identity(pages.settings.peppers).contacts('whatsapp', person(9))[0]}"
    assert ada.act(where, "claim").status_code == 303
    assert "nog 23 uur en 55 min om te antwoorden" in ada.get(where).text
    pages.clock.later(minutes=14)
    assert "nog 23 uur en 41 min om te antwoorden" in ada.get(where).text
