"""An outage leaves no trace in a person's safety: what they chose survives a replay, and what they wrote is added."""

from datetime import timedelta

import pytest

from bot.dialogue.conversation import Agreement, Place, Position, SetAside, Status, Told
from bot.dialogue.engine import OWN_WORD, Engine
from bot.dialogue.events import DecoyStarted, Heard
from bot.dialogue.own_words import mark
from bot.dialogue.states import SharedText, StateName
from bot.messages import Channel
from bot.ports.conversations import Decision
from tests.harness.dialogue import CONTACT
from tests.messaging.test_runner import MINUTE, FullSpool, Site, message


@pytest.fixture
def site(engine: Engine) -> Site:
    return Site(engine)


CHOSEN = {
    "hide_word": mark("kanarie"),
    "return_word": mark("blauwe deur"),
    "no_call": True,
    "place": Place.ABROAD,
    "country": "TR",
    "role": "other",
    "phone": "shared",
    "safe": True,
    "agreement": Agreement(MINUTE + 900, 540, 600),
    "set_aside": SetAside(Position("trip.main"), Told(role="self")),
}


def away(site: Site, *texts: str, minutes: float = 1, **fields: object) -> list[str]:
    """The person writes while the storage is out of reach."""
    site.storage.open_fails = True
    replies = []
    for text in texts:
        site.now += timedelta(minutes=minutes)
        replies.append(site.say(text, f"SM {site.now.isoformat()}", **fields))
    site.storage.open_fails = False
    return replies


@pytest.mark.parametrize(
    "text", ["hoi", "medewerker", "menu", "english", "stop", "?", "ik ben in Nederland", "wis", "2"]
)
@pytest.mark.parametrize("status", [Status.BOT, Status.WAITING, Status.ADVISOR])
def test_what_they_chose_survives_the_replay_of_any_message(site: Site, text: str, status: Status) -> None:
    site.begin(status=status, advisor="ada" if status is Status.ADVISOR else "", **CHOSEN)
    before = site.conversation
    away(site, text)
    assert site.replay() == [True]
    after = site.conversation
    assert after.privacy == before.privacy
    assert after.told.no_call
    if text != "stop":
        told = ("place", "country", "role", "phone", "safe", "subject_disclosed")
        assert [getattr(after.told, name) for name in told] == [getattr(before.told, name) for name in told]
    assert after.locale == "nl"


def test_what_the_message_told_is_added(site: Site) -> None:
    site.begin(role="self")
    away(site, "ik ben achtergelaten in Marokko", "niet bellen")
    site.replay()
    told = site.conversation.told
    assert (told.role, told.country, told.no_call, told.subject_disclosed) == ("self", "MA", True, True)


@pytest.mark.parametrize("text", ["hoi", "medewerker", "ik ben achtergelaten", "hij slaat me", "stop"])
def test_who_is_hidden_stays_hidden(site: Site, text: str) -> None:
    site.begin(state=StateName.DECOY, observed=True, hide_word=mark("kanarie"))
    away(site, text)
    site.replay()
    assert site.conversation.position.state == StateName.DECOY
    assert site.conversation.privacy.observed


def test_a_decoy_word_during_the_outage_hides_although_the_bot_knew_nothing(site: Site) -> None:
    site.begin(return_word=mark("blauwe deur"), status=Status.ADVISOR, advisor="ada")
    away(site, "onweer")
    site.replay()
    conversation = site.conversation
    assert DecoyStarted() in site.events
    assert conversation.position.state == StateName.DECOY
    assert conversation.privacy.observed
    assert conversation.privacy.set_aside is not None
    assert conversation.handling.advisor == "ada"


@pytest.mark.parametrize("text", ["kanarie", "Kanarie!"])
def test_their_own_word_hides_once_it_is_known_again_and_nobody_reads_it(site: Site, text: str) -> None:
    site.begin(hide_word=mark("kanarie"), return_word=mark("blauwe deur"), status=Status.ADVISOR, advisor="ada")
    away(site, text)
    site.replay()
    assert site.conversation.position.state == StateName.DECOY
    assert site.conversation.privacy.observed
    assert Heard(OWN_WORD, "") in site.events
    assert "anarie" not in repr(site.events)


def test_what_was_hidden_counts_after_a_later_message_too(site: Site) -> None:
    site.begin()
    away(site, "onweer")
    site.now += timedelta(minutes=1)
    site.say("hoi", "SM2")
    site.replay()
    assert site.conversation.privacy.observed
    assert site.conversation.position.state == StateName.DECOY


def test_an_advisor_can_answer_whoever_wrote_during_the_outage(site: Site) -> None:
    site.begin(status=Status.ADVISOR, advisor="ada")
    address, ours = "whatsapp:+31600000001", "+3197010000009"
    away(site, "ben je er nog", channel=Channel.WHATSAPP, address=address, our_number=ours)
    site.replay()
    handling = site.conversation.handling
    assert (handling.status, handling.advisor, handling.channel) == (Status.ADVISOR, "ada", "whatsapp")
    assert handling.pending_minute == MINUTE + 1
    assert site.storage.state.addresses[CONTACT] == (Channel.WHATSAPP, address, ours)


def test_a_notice_that_was_not_given_is_given_later(site: Site) -> None:
    site.begin(pending_notice=SharedText.ADVISOR_GONE)
    away(site, "hoi")
    site.replay()
    assert site.conversation.handling.pending_notice == SharedText.ADVISOR_GONE


def test_who_was_closed_before_they_asked_waits_again(site: Site) -> None:
    site.begin(status=Status.CLOSED, closed_minute=MINUTE)
    away(site, "medewerker")
    site.replay()
    assert site.conversation.handling.status is Status.WAITING
    assert site.conversation.handling.requeued


def test_after_a_silence_the_context_is_put_away_by_a_replay_as_by_any_message(site: Site) -> None:
    site.begin(role="self", return_word=mark("blauwe deur"), state="trip.main")
    away(site, "hoi", minutes=45)
    site.replay()
    assert site.conversation.told.role == ""
    assert site.conversation.privacy.set_aside is not None


def test_an_own_word_that_could_not_be_stored_is_stored_with_an_advisors_act_in_between(site: Site) -> None:
    site.begin(state="word.hide")
    site.storage.commit_fails = True
    site.say("kanarie", "SM1")
    site.storage.commit_fails = False
    other = message("other")
    opened = site.storage.whole.open(other)
    changed = opened.conversation.with_handling(status=Status.ADVISOR, advisor="ada")
    site.storage.whole.commit(other, opened, Decision(changed))
    site.replay()
    assert site.conversation.privacy.hide_word == mark("kanarie")
    assert site.conversation.handling.advisor == "ada"


@pytest.mark.parametrize("failing", ["commit_fails"])
def test_a_message_for_an_advisor_that_cannot_be_kept_is_not_lost_in_silence(engine: Engine, failing: str) -> None:
    site = Site(engine, FullSpool()).begin(status=Status.ADVISOR, advisor="ada")
    setattr(site.storage, failing, True)
    assert engine.contents["nl"].shared[SharedText.OUTAGE_LOST] in site.say("ben je er nog", "SM1")
    assert ("spool_full", {"cause": "OSError"}) in site.reports
    assert site.say("STOP", "SM2", opt_out=True) == ""


LOOKED_AT = ("hij kijkt mee", "iemand kijkt mee", "mijn vader komt eraan", "he is reading along")


@pytest.mark.parametrize("text", LOOKED_AT)
@pytest.mark.parametrize("status", [Status.BOT, Status.WAITING, Status.ADVISOR])
def test_who_is_looked_at_during_an_outage_is_hidden_from_at_once(site: Site, text: str, status: Status) -> None:
    site.begin(status=status, advisor="ada" if status is Status.ADVISOR else "")
    (reply,) = away(site, text)
    dull = {content.states[StateName.DECOY].say for content in site.engine.contents.values()}
    assert any(said in reply for said in dull)
    assert "112" in reply, "it may be somebody new"
    site.replay()
    assert site.conversation.position.state == StateName.DECOY
    assert site.conversation.privacy.observed


def test_who_is_looked_at_while_the_last_answer_is_not_stored_is_hidden_from_at_once(site: Site) -> None:
    site.begin()
    away(site, "hoi")
    site.now += timedelta(minutes=1)
    assert site.say("hij kijkt mee", "SM2") == site.engine.contents["nl"].states[StateName.DECOY].say
    site.replay()
    assert site.conversation.position.state == StateName.DECOY


TOLD = ("hij slaat me", "ik wil dood", "ik ben achtergelaten in Marokko")


@pytest.mark.parametrize("text", TOLD)
@pytest.mark.parametrize("failing", ["open_fails", "commit_fails"])
@pytest.mark.parametrize("minutes", [0, 1])
def test_what_was_told_before_hiding_is_not_spoken_of_after_a_replay(
    site: Site, text: str, failing: str, minutes: int
) -> None:
    site.begin()
    setattr(site.storage, failing, True)
    site.say(text, "SM1")
    setattr(site.storage, failing, False)
    site.now += timedelta(minutes=minutes)
    site.say("onweer", "SM2")
    site.replay()
    told = site.conversation.told
    assert (told.crisis, told.subject_disclosed, told.country) == ("", False, "")
    for text_after in ("ik ben weer veilig", "hallo", "wie is dit"):
        site.now += timedelta(minutes=1)
        reply = site.say(text_after, f"SM {text_after}")
        assert not [word for word in site.engine.rules.subject if word in reply.lower()]
        assert site.conversation.position.state.partition(".")[0] in ("start", "decoy", "handoff")


def test_what_was_told_before_hiding_comes_back_with_their_own_word(site: Site) -> None:
    site.begin(return_word=mark("blauwe deur"))
    away(site, "ik ben achtergelaten in Marokko")
    elsewhere, site.spool.kept[:] = list(site.spool.kept), []
    site.now += timedelta(minutes=1)
    site.say("onweer", "SM2")
    site.spool.kept += elsewhere
    site.replay()
    assert site.conversation.told.country == ""
    site.say("blauwe deur", "SM3")
    assert site.conversation.told.country == "MA"


@pytest.mark.parametrize("text", TOLD)
def test_what_was_told_before_a_silence_is_not_spoken_of_after_a_replay(site: Site, text: str) -> None:
    site.begin()
    away(site, text)
    site.now += timedelta(minutes=45)
    site.say("hoi", "SM2")
    site.replay()
    told = site.conversation.told
    assert (told.crisis, told.subject_disclosed, told.country) == ("", False, "")


def test_the_word_that_ends_hiding_brings_everything_back_in_an_outage_too(site: Site) -> None:
    site.begin(role="other", return_word=mark("blauwe deur"))
    site.say("onweer", "SM1")
    site.storage.commit_fails = True
    site.say("blauwe deur", "SM2")
    site.storage.commit_fails = False
    assert site.replay() == [True]
    told = site.conversation.told
    assert (told.role, told.subject_disclosed) == ("other", True)
    assert not site.conversation.privacy.observed
