"""What must stop the start, and what the message says."""

import contextlib
import itertools
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping

import pytest

from bot.settings import SETTINGS
from tests.harness.fixed import ROOT
from tests.harness.processes import WAIT_SECONDS
from tests.harness.site import Site
from tests.harness.twilio_client import assert_numbers_first, person, sms

pytestmark = pytest.mark.process

REQUIRED = [setting.name for setting in SETTINGS if setting.required]
CANARY = "canary-1f9c5d7e"
MALFORMED = {
    "TWILIO_ACCOUNT_SID": CANARY,
    "TWILIO_AUTH_TOKEN": f"{CANARY},,",
    "TWILIO_API_URL": f"ftp://{CANARY}",
    "SMS_NUMBER": f"06{CANARY}",
    "WHATSAPP_NUMBER": f"whatsapp:{CANARY}",
    "MESSAGING_SERVICE_SID": CANARY,
    "PUBLIC_URL": f"http:/{CANARY}",
    "REDIS_URL": f"mysql://{CANARY}",
    "SECRET_KEY": CANARY,
    "DATA_KEYS": f"{'11' * 32},{CANARY}",
    "PEPPERS": f"{'p' * 32},{CANARY}",
    "SPOOL_PUBLIC_KEY": CANARY,
    "SIMULATOR": CANARY,
    "PORT": CANARY,
    "WEB_WORKERS": "0",
}

_numbers = itertools.count(1)
NewSite = Callable[..., Site]


@pytest.fixture(scope="module")
def bare(new_site: NewSite) -> Site:
    """A site of which nothing is started."""
    return new_site()


def refusal(site: Site, changed: Mapping[str, str | None]) -> str:
    """What the web server says when it refuses to start with these settings changed (None: taken away)."""
    with settings(site, changed):
        status, said = site.refusal()
    assert status not in (0, None)
    assert CANARY not in said
    return said


@contextlib.contextmanager
def settings(site: Site, changed: Mapping[str, str | None]) -> Iterator[None]:
    """Settings for a while (None: taken away); the site belongs to all tests."""
    kept = dict(site.environment)
    site.environment |= {name: value for name, value in changed.items() if value is not None}
    for name in (name for name, value in changed.items() if value is None):
        del site.environment[name]
    try:
        yield
    finally:
        site.environment = kept


def the_only_line(said: str) -> str:
    """The one line that says why, and nothing beside it."""
    assert len(said.splitlines()) == 1, said
    assert "Cannot start" in said
    return said


def the_message(said: str) -> str:
    """The one line that says why, among what gunicorn says; each web worker may say it."""
    lines = {line for line in said.splitlines() if "Cannot start" in line}
    assert len(lines) == 1, said
    return lines.pop()


@pytest.mark.parametrize("name", REQUIRED)
def test_it_does_not_start_without(bare: Site, name: str) -> None:
    assert f"{name} is missing" in the_only_line(refusal(bare, {name: None}))


def test_everything_that_is_missing_is_named_at_once(bare: Site) -> None:
    message = the_only_line(refusal(bare, dict.fromkeys(REQUIRED)))
    assert [name for name in REQUIRED if f"{name} is missing" not in message] == []


def test_everything_that_is_malformed_is_named_at_once_and_no_value(bare: Site) -> None:
    changed = {name: value for name, value in MALFORMED.items() if name != "WEB_WORKERS"}
    message = the_only_line(refusal(bare, changed))
    assert [name for name in changed if f"{name} is malformed" not in message] == []


@pytest.mark.parametrize(
    ("name", "value"),
    [*itertools.product(("WEB_WORKERS", "PORT"), ("0", CANARY, "1.5")), ("PORT", "99999")],
)
def test_the_numbers_gunicorn_reads_itself_are_refused_in_our_words_too(bare: Site, name: str, value: str) -> None:
    assert f"{name} is malformed" in the_only_line(refusal(bare, {name: value}))


@pytest.mark.parametrize("url", ["redis://127.0.0.1:x", "redis://127.0.0.1:99999", "redis://[::1", "https://[x"])
def test_an_address_that_cannot_be_read_is_malformed(bare: Site, url: str) -> None:
    name = "PUBLIC_URL" if url.startswith("https") else "REDIS_URL"
    assert f"{name} is malformed" in the_only_line(refusal(bare, {name: url}))


def test_missing_and_malformed_stand_in_one_message(bare: Site) -> None:
    message = the_only_line(refusal(bare, {"PEPPERS": None, "SECRET_KEY": None, "DATA_KEYS": CANARY}))
    for part in ("PEPPERS is missing", "SECRET_KEY is missing", "DATA_KEYS is malformed"):
        assert part in message


def test_the_worker_refuses_in_the_same_words(bare: Site) -> None:
    with settings(bare, {"PEPPERS": None}):
        bare.start_worker()
    assert bare.worker is not None
    assert bare.worker.wait(WAIT_SECONDS) == 1
    assert "PEPPERS is missing" in the_only_line(bare.log("worker"))


@pytest.mark.parametrize("place", ["nowhere", "a file/below"])
def test_it_does_not_start_without_a_spool_it_can_write(new_site: NewSite, place: str) -> None:
    site = new_site()
    (site.folder / "a file").write_text("")
    assert "SPOOL_DIR" in the_only_line(refusal(site, {"SPOOL_DIR": str(site.folder / place)}))


def test_a_spool_that_cannot_be_written_any_more_still_leaves_the_numbers(new_site: NewSite) -> None:
    site = new_site()
    site.start_redis()
    site.start_web()
    site.stop_redis()
    assert_numbers_first(site.twilio.post(sms(next(_numbers), "hoi", person(1))).text)
    shutil.rmtree(site.spool)
    lost = site.twilio.post(sms(next(_numbers), "medewerker", person(1)))
    assert_numbers_first(lost.text)
    assert "opnieuw" in lost.text
    assert "bewaard" not in lost.text
    assert site.twilio.send("GET", "/readyz").status == 503
    assert [name for name in site.counts() if "spool_full" in name]
    site.stop_web()


def checked(site: Site, **changed: str) -> tuple[int, str]:
    """Exit status and findings of `python -m bot check` with the settings of this site."""
    done = subprocess.run(
        [sys.executable, "-m", "bot", "check"],
        cwd=ROOT,
        env=site.environment | changed,
        capture_output=True,
        text=True,
        timeout=WAIT_SECONDS,
        check=False,
    )
    assert CANARY not in done.stdout + done.stderr
    return done.returncode, done.stdout


def test_check_names_a_spool_that_cannot_be_written(new_site: NewSite) -> None:
    site = new_site()
    status, said = checked(site, SPOOL_DIR=str(site.folder / "nowhere"))
    assert status == 1
    assert "error: environment: Cannot start: SPOOL_DIR" in said
    assert "Redis does not answer" in said
    assert said.splitlines()[-1].startswith("1 errors")


def test_check_names_settings_that_are_malformed(new_site: NewSite) -> None:
    status, said = checked(new_site(), PEPPERS=CANARY, DATA_KEYS=CANARY)
    assert status == 1
    assert "DATA_KEYS is malformed; PEPPERS is malformed" in said


def test_check_names_a_lost_key_beside_a_lost_spool_and_changes_nothing(filled: Site) -> None:
    before = filled.dump()
    assert checked(filled)[0] == 0
    unreadable = filled.spool / "1-2-3.unreadable"
    unreadable.touch()
    status, said = checked(filled)
    unreadable.unlink()
    assert (status, "warning: environment: SPOOL_DIR holds 1 messages that could not be read" in said) == (0, True)
    status, said = checked(filled, DATA_KEYS="22" * 32, SPOOL_DIR=str(filled.folder / "nowhere"))
    assert status == 1
    assert "DATA_KEYS lack what this Redis was filled with" in said
    assert "SPOOL_DIR cannot be written" in said
    assert filled.dump() == before


@pytest.fixture(scope="module")
def filled(new_site: NewSite) -> Site:
    """A Redis with an open conversation in the trip topic."""
    site = new_site()
    site.start_redis()
    site.start_web()
    for text in ("hoi", "ja", "2"):
        site.twilio.post(sms(next(_numbers), text, person(1)))
    site.stop_web()
    assert site.opened(person(1)).revision == 3
    return site


@pytest.mark.parametrize(("name", "value"), [("PEPPERS", f"other {'p' * 32}"), ("DATA_KEYS", "22" * 32)])
def test_a_changed_key_against_a_filled_redis_is_refused(filled: Site, name: str, value: str) -> None:
    before = filled.dump()
    message = the_message(refusal(filled, {name: value}))
    assert name in message
    assert value not in message
    assert filled.dump() == before


def test_both_keys_changed_are_named_together(filled: Site) -> None:
    message = the_message(refusal(filled, {"PEPPERS": f"other {'p' * 32}", "DATA_KEYS": "22" * 32}))
    assert "PEPPERS" in message
    assert "DATA_KEYS" in message


def test_keys_rotate_and_the_open_conversation_goes_on(filled: Site) -> None:
    both = {"PEPPERS": f"newer {'p' * 32},{filled.pepper}", "DATA_KEYS": f"{'22' * 32},{filled.data_key}"}
    with settings(filled, both):
        filled.start_web()
        answer = filled.twilio.post(sms(next(_numbers), "terug", person(1)))
        assert "Waar gaat het over?" in answer.text
        assert filled.twilio.post(sms(1000, "hoi", person(2))).text
        filled.stop_web()
    with settings(filled, {"PEPPERS": f"newer {'p' * 32}", "DATA_KEYS": "22" * 32}):
        filled.start_web()
        assert filled.twilio.post(sms(1001, "ja", person(2))).text.startswith("Ik ben een computer.")
        filled.stop_web()
