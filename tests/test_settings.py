"""Settings from the environment: all faults at once, no value in any message."""

import base64
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey

from bot.settings import SETTINGS, SettingsError, key_bytes, read_settings

SECRET = "kanarievogel-" + "s" * 32
OPENER = X25519PrivateKey.generate()
GOOD = {
    "TWILIO_ACCOUNT_SID": "AC" + "0123456789abcdef" * 2,
    "TWILIO_AUTH_TOKEN": "newtoken, oldtoken",
    "SMS_NUMBER": "+3197010200001",
    "WHATSAPP_NUMBER": "whatsapp:+14155238886",
    "PUBLIC_URL": "https://bot.example.org/",
    "REDIS_URL": "redis://127.0.0.1:6379/0",
    "SECRET_KEY": SECRET,
    "DATA_KEYS": "11" * 32 + "," + base64.b64encode(bytes(range(32))).decode(),
    "PEPPERS": "n" * 32 + " , " + "o" * 32,
    "SPOOL_DIR": "/var/spool/helpline",
}


def test_good_settings_are_read() -> None:
    found = read_settings(GOOD)
    assert found.auth_tokens == ("newtoken", "oldtoken")
    assert found.whatsapp_numbers == ("+14155238886",)
    several = read_settings(
        GOOD | {"SMS_NUMBER": "+31612345671, +31612345672", "WHATSAPP_NUMBER": "whatsapp:+31612345670,+31612345671"}
    )
    assert several.sms_numbers == ("+31612345671", "+31612345672")
    assert several.whatsapp_numbers == ("+31612345670", "+31612345671")
    assert found.public_url == "https://bot.example.org"
    assert found.data_keys == (b"\x11" * 32, bytes(range(32)))
    assert found.peppers == ("n" * 32, "o" * 32)
    assert found.spool_dir == Path("/var/spool/helpline")
    assert (found.port, found.web_workers, found.simulator, found.meaning) == (8000, 2, False, True)
    assert not read_settings(GOOD | {"MEANING": "0"}).meaning
    assert found.api_url == "https://api.twilio.com"
    assert found.messaging_service_sid == ""


def test_without_anything_every_required_name_is_in_one_message() -> None:
    with pytest.raises(SettingsError) as caught:
        read_settings({})
    required = {setting.name for setting in SETTINGS if setting.required}
    assert required == set(GOOD)
    for name in required:
        assert f"{name} is missing" in str(caught.value)


@pytest.mark.parametrize("name", sorted(GOOD))
@pytest.mark.parametrize("value", ["", "  ", None])
def test_a_missing_setting_is_named(name: str, value: str | None) -> None:
    environment = {key: text for key, text in GOOD.items() if key != name}
    if value is not None:
        environment[name] = value
    with pytest.raises(SettingsError, match=f"{name} is missing"):
        read_settings(environment)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("TWILIO_ACCOUNT_SID", "AC123"),
        ("TWILIO_ACCOUNT_SID", "SK" + "0" * 32),
        ("TWILIO_AUTH_TOKEN", "one,,two"),
        ("TWILIO_AUTH_TOKEN", "one,"),
        ("TWILIO_API_URL", "api.twilio.com"),
        ("SMS_NUMBER", "0612345678"),
        ("SMS_NUMBER", "+31 6 12345678"),
        ("SMS_NUMBER", "+31612345678,"),
        ("WHATSAPP_NUMBER", "whatsapp:14155238886"),
        ("WHATSAPP_NUMBER", "+14155238886,0612345678"),
        ("MESSAGING_SERVICE_SID", "MG1"),
        ("PUBLIC_URL", "bot.example.org"),
        ("PUBLIC_URL", "ftp://bot.example.org"),
        ("PUBLIC_URL", "https://[bot"),
        ("REDIS_URL", "127.0.0.1:6379"),
        ("SECRET_KEY", "short"),
        ("DATA_KEYS", "11" * 31),
        ("DATA_KEYS", "11" * 32 + ",zz"),
        ("DATA_KEYS", "é" * 44),
        ("PEPPERS", "short"),
        ("PEPPERS", "n" * 32 + ",short"),
        ("SPOOL_PUBLIC_KEY", "11"),
        ("SPOOL_PRIVATE_KEY", "not base64 at all!"),
        ("SIMULATOR", "yes"),
        ("PORT", "http"),
        ("PORT", "0"),
        ("PORT", "-1"),
        ("WEB_WORKERS", "two"),
    ],
)
def test_a_malformed_setting_is_named_and_its_value_is_not(name: str, value: str) -> None:
    with pytest.raises(SettingsError) as caught:
        read_settings({**GOOD, name: value})
    text = str(caught.value)
    assert f"{name} is malformed" in text
    assert value not in text.replace("Cannot start: ", "").replace(name, "").replace("docs/operations.md", "")
    assert caught.value.__cause__ is None


def test_all_faults_come_at_once() -> None:
    with pytest.raises(SettingsError) as caught:
        read_settings({**GOOD, "PORT": "x", "SMS_NUMBER": "x", "SECRET_KEY": "", "PEPPERS": ""})
    text = str(caught.value)
    for part in ("PORT is malformed", "SMS_NUMBER is malformed", "SECRET_KEY is missing", "PEPPERS is missing"):
        assert part in text


def test_secrets_are_in_no_representation() -> None:
    shown = repr(read_settings({**GOOD, "METRICS_TOKEN": SECRET}))
    for secret in (SECRET, "newtoken", "n" * 32, "6379", "x11", "11" * 32):
        assert secret not in shown


@pytest.mark.parametrize(
    "written",
    [
        "fb" * 32,
        "FB" * 32,
        base64.b64encode(b"\xfb" * 32).decode(),
        base64.b64encode(b"\xfb" * 32).decode().rstrip("="),
        base64.urlsafe_b64encode(b"\xfb" * 32).decode(),
        base64.urlsafe_b64encode(b"\xfb" * 32).decode().rstrip("="),
    ],
)
def test_a_key_may_be_written_in_several_ways(written: str) -> None:
    assert key_bytes(written) == b"\xfb" * 32


def test_the_spool_key_comes_from_the_secret_unless_one_is_set() -> None:
    derived, again = read_settings(GOOD), read_settings(GOOD)
    assert derived.spool_private_key is not None
    assert derived.spool_public_key.public_bytes_raw() == again.spool_public_key.public_bytes_raw()
    assert derived.spool_key_is_shared
    other = read_settings({**GOOD, "SECRET_KEY": "x" * 40})
    assert other.spool_public_key.public_bytes_raw() != derived.spool_public_key.public_bytes_raw()


def test_with_only_the_public_key_the_web_host_cannot_open_the_spool() -> None:
    found = read_settings({**GOOD, "SPOOL_PUBLIC_KEY": OPENER.public_key().public_bytes_raw().hex()})
    assert found.spool_private_key is None
    assert found.spool_public_key.public_bytes_raw() == OPENER.public_key().public_bytes_raw()
    assert not found.spool_key_is_shared


def test_the_private_key_brings_its_public_one() -> None:
    found = read_settings({**GOOD, "SPOOL_PRIVATE_KEY": OPENER.private_bytes_raw().hex()})
    assert found.spool_public_key.public_bytes_raw() == OPENER.public_key().public_bytes_raw()


@pytest.mark.parametrize("setting", SETTINGS, ids=lambda setting: setting.name)
def test_every_setting_says_what_it_is_for(setting: object) -> None:
    assert len(setting.help) > 10  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    "value",
    [
        "redis+sentinel://a:1,b:2",  # of which service?
        "redis+sentinel://a:1,b/helpline",
        "redis+sentinel://a:0/helpline",
        "redis+sentinel:///helpline",
        "redis+cluster://a:1,,b:2",
        "redis+cluster://a:70000",
        "redis+cluster://a:1/helpline",
        "redis+other://a:1",
    ],
)
def test_a_malformed_address_of_several_servers_is_refused_by_name(value: str) -> None:
    with pytest.raises(SettingsError, match="REDIS_URL") as caught:
        read_settings(GOOD | {"REDIS_URL": value})
    assert value not in str(caught.value)


def test_the_languages_that_are_spoken_are_a_setting() -> None:
    assert read_settings(GOOD).languages == ()
    assert read_settings(GOOD | {"LANGUAGES": "en, tr"}).languages == ("en", "tr")
    with pytest.raises(SettingsError, match="LANGUAGES"):
        read_settings(GOOD | {"LANGUAGES": "Turkish"})


def test_addresses_of_several_servers_and_replicas_are_settings() -> None:
    for url in ("redis+sentinel://a:1,b:2/helpline", "redis+cluster://a:1,b:2"):
        assert read_settings(GOOD | {"REDIS_URL": url}).redis_url == url
    assert read_settings(GOOD).redis_replicas == 0
    assert read_settings(GOOD | {"REDIS_REPLICAS": "2"}).redis_replicas == 2
    with pytest.raises(SettingsError, match="REDIS_REPLICAS"):
        read_settings(GOOD | {"REDIS_REPLICAS": "-1"})


@pytest.mark.parametrize(
    "changed",
    [
        {"PUBLIC_URL": "https://helpline.example"},
        {"PUBLIC_URL": "http://helpline.example"},
        {"PUBLIC_URL": "https://127.0.0.1:8000"},
        {"PUBLIC_URL": "http://192.168.1.2:8000"},
        {"BIND": "0.0.0.0"},
        {"BIND": "::"},
        {"BIND": "helpline"},
    ],
)
def test_the_simulator_is_refused_where_others_could_reach_it(changed: dict[str, str]) -> None:
    here = GOOD | {"SIMULATOR": "1"}
    for own in (
        {},
        {"BIND": "127.0.0.1"},
        {"PUBLIC_URL": "http://localhost:8000"},
        {"PUBLIC_URL": "http://[::1]:8000"},
    ):
        assert read_settings(here | {"PUBLIC_URL": "http://127.0.0.1:8000"} | own).simulator
    with pytest.raises(SettingsError, match="SIMULATOR"):
        read_settings(here | {"PUBLIC_URL": "http://127.0.0.1:8000"} | changed)
