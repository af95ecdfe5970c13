"""What is said while the storage is away, to somebody who may be hidden; and what counts of it afterwards."""

from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey

from bot.dialogue.conversation import Place, Status
from bot.dialogue.engine import Engine
from bot.dialogue.events import DecoyStarted, ErasureRequested, Heard
from bot.dialogue.states import SharedText, StateName
from bot.messages import Kind
from bot.messaging.runner import Runner
from bot.storage.sealing import Sealer
from bot.storage.spool import FileSpool, FileSpoolReader
from tests.harness.fakes import ListSpool
from tests.messaging.test_runner import FullSpool, Site, message

DULL = "Sorry, ik denk dat je een verkeerd nummer hebt."
UNSPOKEN = [
    "hoi", "menu", "6", "1", "0", "9", "medewerker", "wie is dit", "ik moet op reis", "mijn paspoort is weg",
    "terug", "kaart", "code", "wis", "stop", "english please", "?", "ja", "blorp vlim", "niet bellen",
]  # fmt: skip


@pytest.fixture
def site(engine: Engine) -> Site:
    return Site(engine).begin()


def shared(site: Site, name: SharedText) -> str:
    return site.engine.contents["nl"].shared[name]


@pytest.mark.parametrize("text", UNSPOKEN)
def test_to_somebody_unknown_nothing_is_said_but_neutral_words_and_numbers(site: Site, text: str) -> None:
    site.storage.open_fails = True
    reply = site.say(text, "SM1")
    rules, desk = site.engine.rules, site.engine.contents["nl"]
    assert reply
    assert not [word for word in rules.subject if word in reply.lower()]
    assert "0800" not in reply or text == "kaart"
    assert not [line for line in reply.split("\n") if line[:2] in ("1 ", "2 ", "3 ")], "no list: nobody would know it"
    assert desk.numbers["bz"] in reply
    assert site.spool.kept[0].conversation.position.state == ""


def test_who_speaks_of_the_subject_is_answered(site: Site) -> None:
    site.storage.open_fails = True
    content = site.engine.contents["nl"]
    assert content.states["left_behind.answer"].say in site.say("ik ben achtergelaten", "SM1")
    assert "112" in site.say("help hij slaat me", "SM2")


def test_a_decoy_word_hides_and_so_does_all_that_follows_in_the_outage_and_after_it(site: Site) -> None:
    site.storage.open_fails = True
    assert site.say("onweer", "SM1") == DULL
    assert site.say("hoi", "SM2") == DULL
    assert site.say("ik ben achtergelaten", "SM3") == DULL
    site.storage.open_fails = False
    assert site.say("wie is dit", "SM4") == DULL, "before the replay"
    assert site.replay() == [True, True, True]
    assert site.say("menu", "SM5") == DULL
    assert site.conversation.privacy.observed
    assert DecoyStarted() in site.events


@pytest.mark.parametrize("failing", ["open_fails", "commit_fails"])
def test_a_stranger_says_nothing_of_a_fault(site: Site, failing: str) -> None:
    setattr(site.storage, failing, True)
    site.storage.refuses = True
    assert site.say("onweer", "SM1") == DULL


def test_writes_refused_a_menu_number_counts_for_no_list_but_the_one_shown_last(site: Site) -> None:
    site.storage.commit_fails = site.storage.refuses = True
    site.say("ik moet op reis", "SM1")
    for number in ("1", "2", "6"):
        assert shared(site, SharedText.OUTAGE_NUMBER) in site.say(number, f"SM {number}")
    assert site.engine.contents["nl"].states[StateName.HANDOFF].say in site.say("9", "SM3")
    site.storage.commit_fails = False
    assert shared(site, SharedText.OUTAGE_NUMBER) in site.say("2", "SM4"), "before the replay"
    site.replay()
    assert site.conversation.handling.status is Status.WAITING


def test_an_answer_that_is_stored_makes_its_numbers_count_again(site: Site) -> None:
    site.storage.commit_fails = site.storage.refuses = True
    site.say("ik moet op reis", "SM1")
    site.storage.commit_fails = False
    site.say("menu", "SM2")
    assert site.engine.contents["nl"].states["questions.answer"].say in site.say("6", "SM3")


@pytest.mark.parametrize("failing", ["open_fails", "commit_fails"])
def test_that_erasing_cannot_be_done_now_is_said(site: Site, failing: str) -> None:
    setattr(site.storage, failing, True)
    site.storage.refuses = True
    assert shared(site, SharedText.OUTAGE_ERASE) in site.say("wis", "SM1")
    assert shared(site, SharedText.OUTAGE_NUMBER) in site.say("1", "SM2")


def test_who_confirmed_is_erased_later_and_told_so(site: Site) -> None:
    site.say("wis", "SM1")
    site.storage.commit_fails = site.storage.refuses = True
    reply = site.say("1", "SM2")
    assert shared(site, SharedText.OUTAGE_ERASES_LATER) in reply
    assert "Gewist" not in reply
    site.storage.commit_fails = False
    assert ErasureRequested() in site.spool.kept[0].events
    site.replay()
    assert site.events == []


@pytest.mark.parametrize("back", [True, False])
def test_a_copy_gets_the_answer_that_was_read_and_changes_nothing(site: Site, back: bool) -> None:
    site.storage.open_fails = True
    first = site.say("ik ben achtergelaten", "SM1")
    site.storage.open_fails = not back
    stored = site.conversation
    assert site.say("ik ben achtergelaten", "SM1") == first
    assert len(site.spool.kept) == 1
    assert site.conversation == stored
    site.storage.open_fails = False
    site.replay()
    assert site.say("ik ben achtergelaten", "SM1") == first
    assert sum(event == Heard("text", "ik ben achtergelaten") for event in site.events) == 1


def test_a_copy_of_what_is_stored_gets_neutral_words_while_that_is_out_of_reach_and_then_the_answer_again(
    site: Site,
) -> None:
    first = site.say("ik ben achtergelaten", "SM1")
    site.storage.open_fails = True
    assert shared(site, SharedText.OUTAGE) in site.say("ik ben achtergelaten", "SM1")
    site.storage.open_fails = False
    stored = site.conversation
    assert site.replay() == [False], "the answer that was stored first counts"
    assert site.say("ik ben achtergelaten", "SM1") == first
    assert site.conversation == stored
    assert sum(isinstance(event, Heard) for event in site.events) == 1


def test_a_copy_of_what_could_not_be_kept_is_kept(engine: Engine) -> None:
    site = Site(engine, FullSpool()).begin()
    site.storage.open_fails = True
    assert shared(site, SharedText.OUTAGE_LOST) in site.say("ik ben achtergelaten", "SM1")
    site.storage.open_fails = False
    reply = site.say("ik ben achtergelaten", "SM1")
    assert shared(site, SharedText.OUTAGE_LOST) not in reply
    assert site.say("ik ben achtergelaten", "SM1") == reply
    assert sum(isinstance(event, Heard) for event in site.events) == 1


def test_a_copy_at_another_host_between_return_and_replay_is_decided_there_and_counts_once(site: Site) -> None:
    """The hosts share Redis and nothing else: docs/operations.md, "Several hosts"."""
    other = Runner(site.engine, site.storage, ListSpool(), lambda: site.now, site.reports)
    site.storage.open_fails = True
    first = site.say("ik ben achtergelaten", "SM1")
    site.storage.open_fails = False
    copy = other.receive(message("SM1", "ik ben achtergelaten"))
    assert copy != first
    stored = site.conversation
    assert site.replay() == [False]
    assert site.conversation == stored
    assert site.say("ik ben achtergelaten", "SM1") == copy
    assert sum(isinstance(event, Heard) for event in site.events) == 1


def test_hosts_that_share_the_folder_of_the_spool_give_a_copy_the_same_answer(engine: Engine, tmp_path: Path) -> None:
    key, sealer = X25519PrivateKey.generate(), Sealer([bytes(32)])
    site = Site(engine).begin()
    here, there = (
        Runner(engine, site.storage, FileSpool(tmp_path, key.public_key(), sealer), lambda: site.now, site.reports)
        for _host in range(2)
    )
    site.storage.open_fails = True
    first = here.receive(message("SM1", "ik ben achtergelaten"))
    assert here.receive(message("SM2", "onweer")) == DULL
    assert there.receive(message("SM1", "ik ben achtergelaten")) == first
    site.storage.open_fails = False
    assert there.receive(message("SM1", "ik ben achtergelaten")) == first
    assert there.receive(message("SM3", "wie is dit")) == DULL
    assert FileSpoolReader(tmp_path, key, site.reports).drain(there.replay) == 2


def test_what_waits_in_the_spool_is_not_answered_once_more_from_the_providers_list(site: Site) -> None:
    site.storage.open_fails = True
    site.say("medewerker", "SM1")
    site.storage.open_fails = False
    assert not site.runner.recover(message("SM1", "medewerker"), site.now, late=False)
    assert site.replay() == [True]


def test_a_code_is_not_given_that_nobody_could_bring(site: Site) -> None:
    site.storage.open_fails = True
    site.say("code", "SM1")
    site.storage.open_fails = False
    site.replay()
    assert site.conversation.case_code == ""


def test_a_hidden_person_whose_message_cannot_be_kept_gets_the_stranger(engine: Engine) -> None:
    site = Site(engine, FullSpool()).begin(state=StateName.DECOY, observed=True, place=Place.ABROAD)
    site.storage.commit_fails = True
    assert site.say("hoi", "SM1") == DULL
    assert "spool_full" in site.reports.names()


@pytest.mark.parametrize("kind", [Kind.PHOTO, Kind.VOICE])
def test_what_cannot_be_read_is_said_too(site: Site, kind: Kind) -> None:
    site.storage.open_fails = True
    assert shared(site, SharedText(f"unreadable_{kind}")) in site.say("", "SM1", kind=kind)
