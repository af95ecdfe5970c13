"""A case code on the phone: the advisor sees what was chosen, once, and nothing that was written."""

from bot.access.accounts import Role
from bot.dialogue.events import CodeMade
from bot.storage.redis import keys
from bot.storage.redis.storage import redis_storage
from bot.storage.sealing import Identity, Sealer
from tests.harness.console_app import ConsoleApp
from tests.harness.events import events_of
from tests.harness.twilio_client import sms

SENDER = "+31600000077"
WORDS = "kanariegeel"


def given(pages: ConsoleApp) -> str:
    """Somebody chooses, writes, and asks for a code."""
    for number, text in enumerate(("hoi", "ja", "ik ben in marokko", "1", WORDS, "code")):
        pages.person_sends(sms(f"77{number}", text, SENDER))
    storage = redis_storage(pages.connection, Sealer(pages.settings.data_keys))
    contact = Identity(pages.settings.peppers).contacts("sms", SENDER)[0]
    return next(event.words for event in reversed(events_of(storage, contact)) if isinstance(event, CodeMade))


def test_the_answers_are_shown_once_and_nothing_that_was_written(pages: ConsoleApp) -> None:
    pages.somebody("Ada", Role.ADVISOR)
    code = given(pages)
    visit = pages.logged_in("Ada")
    visit.get("/console/words")
    shown = visit.post("/console/words", {"words": code.title().replace(" ", ", ")})
    page = shown.get_data(as_text=True)
    assert shown.status_code == 200
    assert "Marokko" in page
    assert WORDS not in page
    assert SENDER[3:] not in page
    again = visit.post("/console/words", {"words": code})
    assert again.status_code == 404
    assert "Marokko" not in again.get_data(as_text=True)
    assert pages.audit()[-2:] == ["words_opened", "words_unknown"]


def test_it_tells_which_word_was_misheard(pages: ConsoleApp) -> None:
    pages.somebody("Ada", Role.ADVISOR)
    visit = pages.logged_in("Ada")
    visit.get("/console/words")
    answer = visit.post("/console/words", {"words": "lamp boter <b>regn</b> fiets"})
    assert answer.status_code == 409
    page = answer.get_data(as_text=True)
    assert "Niet in de lijst" in page
    assert "regn" in page
    assert "<b>regn" not in page


def test_guessing_is_stopped_and_written_down(pages: ConsoleApp) -> None:
    pages.somebody("Ada", Role.ADVISOR)
    code = given(pages)
    visit = pages.logged_in("Ada")
    visit.get("/console/words")
    for _try in range(keys.TRIES):
        visit.post("/console/words", {"words": "appel appel appel appel"})
    answer = visit.post("/console/words", {"words": code})
    assert answer.status_code == 429
    assert "Marokko" not in answer.get_data(as_text=True)
    assert pages.audit()[-1] == "words_refused"


def test_brought_from_another_number_it_stands_in_the_conversation(pages: ConsoleApp) -> None:
    pages.somebody("Ada", Role.ADVISOR)
    code = given(pages)
    other = "+31600000078"
    for number, text in enumerate(("hoi", code, "medewerker")):
        pages.person_sends(sms(f"78{number}", text, other))
    contact = Identity(pages.settings.peppers).contacts("sms", other)[0]
    visit = pages.logged_in("Ada")
    visit.act(f"/console/c/{contact}", "claim")
    page = visit.get(f"/console/c/{contact}").get_data(as_text=True)
    assert "Gaf vier woorden van een ander nummer" in page
    assert "Marokko" in page
    assert WORDS not in page
