"""Settings: one table of names, read from the environment once. Missing or malformed ones stop the start, all named."""

import base64
import binascii
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from ipaddress import ip_address
from pathlib import Path
from urllib.parse import urlsplit

from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from bot.errors import StartError
from bot.storage.redis.url import read_several
from bot.storage.sealing import KEY_BYTES

TWILIO_API = "https://api.twilio.com"
WEBHOOK_OVERRIDES = "#rc=3&rp=ct,rt,5xx&ct=2000&rt=4000&tt=14000"
"""What follows the webhook's address at Twilio: three more tries, on 5xx and read time-outs too,
which Twilio does not repeat by default."""

MIN_SECRET = 32
LOOPBACK = "127.0.0.1"


class SettingsError(StartError):
    """The settings cannot be used. The message names every setting that is missing or malformed, never a value."""


@dataclass(frozen=True, slots=True)
class Settings:
    """Everything the environment says. Secrets are kept out of `repr`."""

    account_sid: str
    auth_tokens: tuple[str, ...] = field(repr=False)
    api_url: str
    sms_numbers: tuple[str, ...]
    """All of them; the first sends what no other is named for."""

    whatsapp_numbers: tuple[str, ...]
    """Likewise, without "whatsapp:"."""

    languages: tuple[str, ...]
    """The languages that are spoken here, beside Dutch; () for every live one."""

    messaging_service_sid: str
    public_url: str
    redis_url: str = field(repr=False)
    redis_replicas: int
    secret_key: str = field(repr=False)
    data_keys: tuple[bytes, ...] = field(repr=False)
    peppers: tuple[str, ...] = field(repr=False)
    spool_dir: Path
    spool_public_key: X25519PublicKey = field(repr=False)
    spool_private_key: X25519PrivateKey | None = field(repr=False)
    metrics_token: str = field(repr=False)
    oidc_issuer: str
    oidc_client_id: str
    oidc_client_secret: str = field(repr=False)
    alarm_minutes: int
    spend_alarm: int
    alarm_number: str = field(repr=False)
    delete_at_twilio: bool
    meaning: bool
    simulator: bool
    trusted_proxies: int
    port: int
    web_workers: int

    @property
    def sms_number(self) -> str:
        """The first of them."""
        return self.sms_numbers[0]

    @property
    def whatsapp_number(self) -> str:
        """The first of them."""
        return self.whatsapp_numbers[0]

    @property
    def spool_key_is_shared(self) -> bool:
        """No separate spool key was set, so whoever holds SECRET_KEY can read the spool."""
        return self.spool_private_key is not None and (
            self.spool_private_key.public_key().public_bytes_raw() == self.spool_public_key.public_bytes_raw()
        )


@dataclass(frozen=True, slots=True)
class Setting:
    """One row: name, how to read it, default ("" with required=False: may be absent), help for docs/operations.md."""

    name: str
    read: Callable[[str], object]
    help: str
    required: bool = True
    default: str = ""


def _text(value: str) -> str:
    return value


def _matching(pattern: str) -> Callable[[str], str]:
    def read(value: str) -> str:
        if not re.fullmatch(pattern, value):
            raise ValueError
        return value

    return read


def _list(read: Callable[[str], object]) -> Callable[[str], tuple[object, ...]]:
    def read_all(value: str) -> tuple[object, ...]:
        return tuple(read(part.strip()) for part in value.split(","))

    return read_all


def _whatsapp_number(value: str) -> str:
    return _matching(r"(whatsapp:)?\+[1-9][0-9]{6,14}")(value).removeprefix("whatsapp:")


def _secret(value: str) -> str:
    if len(value) < MIN_SECRET:
        raise ValueError
    return value


def _not_empty(value: str) -> str:
    if not value:
        raise ValueError
    return value


def key_bytes(value: str) -> bytes:
    """32 bytes written as 64 hexadecimal digits or as base64 (plain or URL-safe). Raises ValueError."""
    if re.fullmatch(r"[0-9a-fA-F]{64}", value):
        return bytes.fromhex(value)
    try:
        key = base64.b64decode(value.replace("-", "+").replace("_", "/") + "=" * (-len(value) % 4), validate=True)
    except binascii.Error:
        raise ValueError from None
    if len(key) != KEY_BYTES:
        raise ValueError
    return key


def _url(*schemes: str) -> Callable[[str], str]:
    def read(value: str) -> str:
        parts = urlsplit(value)
        if parts.scheme not in schemes or not (parts.path if parts.scheme == "unix" else parts.hostname):
            raise ValueError
        if parts.port == 0:  # reading it raises ValueError for a port that is no number, or too large
            raise ValueError
        return value.rstrip("/")

    return read


def _redis_url(value: str) -> str:
    return value if read_several(value) else _url("redis", "rediss", "unix")(value)


def _count(most: int) -> Callable[[str], int]:
    def read(value: str) -> int:
        if not value.isdecimal() or int(value) > most:
            raise ValueError
        return int(value)

    return read


def _number(most: int) -> Callable[[str], int]:
    def read(value: str) -> int:
        number = int(value)
        if not 1 <= number <= most:
            raise ValueError
        return number

    return read


def _flag(value: str) -> bool:
    if value not in ("", "0", "1"):
        raise ValueError
    return value == "1"


SETTINGS = (
    Setting("TWILIO_ACCOUNT_SID", _matching("AC[0-9a-fA-F]{32}"), "The account at Twilio."),
    Setting("TWILIO_AUTH_TOKEN", _list(_not_empty), "Signs webhooks; several, comma-separated, while rotating."),
    Setting("TWILIO_API_URL", _url("http", "https"), "Twilio's API, or a stand-in in tests.", False, TWILIO_API),
    Setting(
        "SMS_NUMBER",
        _list(_matching(r"\+[1-9][0-9]{6,14}")),
        "Our number for SMS, as +31…; several, comma-separated. An answer comes from the one that was texted.",
    ),
    Setting("WHATSAPP_NUMBER", _list(_whatsapp_number), "Our WhatsApp number, as +31…; several likewise."),
    Setting("MESSAGING_SERVICE_SID", _matching("(MG[0-9a-fA-F]{32})?"), "Messaging service at Twilio.", False),
    Setting("PUBLIC_URL", _url("http", "https"), "Where Twilio reaches us; webhooks are signed over it."),
    Setting("REDIS_URL", _redis_url, "Redis 6.2 or newer, noeviction, append-only file on; or several."),
    Setting("REDIS_REPLICAS", _count(9), "How many replicas must have a turn before it is answered.", False, "0"),
    Setting(
        "SECRET_KEY",
        _secret,
        "At least 32 characters. Signs the console's cookies; the spool key comes from it when none is set.",
    ),
    Setting("DATA_KEYS", _list(key_bytes), "Seal what is stored; 32 bytes each in hex or base64, newest first."),
    Setting("PEPPERS", _list(_secret), "Turn addresses into ids; at least 32 characters each, newest first."),
    Setting("SPOOL_DIR", Path, "Folder for messages that arrive while Redis is unavailable."),
    Setting("SPOOL_PUBLIC_KEY", key_bytes, "Seals the spool (X25519). Unset: derived from SECRET_KEY.", False),
    Setting("SPOOL_PRIVATE_KEY", key_bytes, "Opens the spool; for the worker only. See SPOOL_PUBLIC_KEY.", False),
    Setting("METRICS_TOKEN", _text, "Bearer token for /metrics; without it there is no /metrics.", False),
    Setting("OIDC_ISSUER", _url("https", "http"), "Identity provider of the organisation; see docs/access.md.", False),
    Setting("OIDC_CLIENT_ID", _text, "Our client id at the identity provider.", False),
    Setting("OIDC_CLIENT_SECRET", _text, "Our client secret at the identity provider.", False),
    Setting(
        "ALARM_MINUTES", _number(600), "A person who has waited this long for an advisor raises an alarm.", False, "5"
    ),
    Setting("SPEND_ALARM", _number(10_000_000), "More messages than this in a day raise an alarm.", False, "5000"),
    Setting("ALARM_NUMBER", _matching(r"(\+[1-9][0-9]{6,14})?"), "Gets an SMS then, without content. Optional.", False),
    Setting(
        "DELETE_AT_TWILIO",
        _flag,
        '"0": leave copies of messages at Twilio. Only during an investigation.',
        False,
        "1",
    ),
    Setting(
        "LANGUAGES",
        _list(_matching("[a-z]{2,3}")),
        "Which of the live languages the bot speaks, comma-separated; unset: all. Dutch always.",
        False,
    ),
    Setting("MEANING", _flag, '"0": read messages by their letters alone; saves memory and time.', False, "1"),
    Setting("SIMULATOR", _flag, '"1" opens /simulator. Never in production: it signs as Twilio.', False),
    Setting(
        "TRUSTED_PROXIES",
        _matching("[0-9]"),
        "How many of our own proxies add to X-Forwarded-For; attempts to log in are counted by that address.",
        False,
        "0",
    ),
    Setting("PORT", _number(65535), "Port of the web server.", False, "8000"),
    Setting("WEB_WORKERS", _number(256), "Number of web processes.", False, "2"),
)


def read_settings(environment: Mapping[str, str]) -> Settings:
    """Settings from the environment. Raises SettingsError naming all that is missing or malformed."""
    values: dict[str, object] = {}
    missing, malformed = [], []
    for setting in SETTINGS:
        raw = environment.get(setting.name, "").strip() or setting.default
        if not raw:
            values[setting.name] = "" if setting.read is not _flag else False
            if setting.required:
                missing.append(setting.name)
            continue
        try:
            values[setting.name] = setting.read(raw)
        except ValueError:
            malformed.append(setting.name)
    if values.get("SIMULATOR") is True and not _is_own_machine(str(values.get("PUBLIC_URL", "")), environment):
        malformed.append("SIMULATOR (it is for one's own machine: PUBLIC_URL and BIND must be this one, without https)")
    problems = [f"{name} is missing" for name in missing] + [f"{name} is malformed" for name in malformed]
    if problems:
        raise SettingsError("Cannot start: " + "; ".join(problems) + ". See docs/operations.md.")
    return _settings(values)


def _is_own_machine(public_url: str, environment: Mapping[str, str]) -> bool:
    """Can only this machine reach us, as far as the settings say?"""
    address = urlsplit(public_url)
    bind = environment.get("BIND", "").strip() or LOOPBACK
    return address.scheme != "https" and _is_loopback(address.hostname or LOOPBACK) and _is_loopback(bind)


def _is_loopback(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return False


def _settings(values: Mapping[str, object]) -> Settings:
    get = values.__getitem__
    public, private = _spool_keys(str(get("SECRET_KEY")), get("SPOOL_PUBLIC_KEY"), get("SPOOL_PRIVATE_KEY"))
    return Settings(
        account_sid=str(get("TWILIO_ACCOUNT_SID")),
        auth_tokens=get("TWILIO_AUTH_TOKEN"),  # type: ignore[arg-type]
        api_url=str(get("TWILIO_API_URL")),
        sms_numbers=get("SMS_NUMBER"),  # type: ignore[arg-type]
        whatsapp_numbers=get("WHATSAPP_NUMBER"),  # type: ignore[arg-type]
        languages=get("LANGUAGES") or (),  # type: ignore[arg-type]
        messaging_service_sid=str(get("MESSAGING_SERVICE_SID")),
        public_url=str(get("PUBLIC_URL")),
        redis_url=str(get("REDIS_URL")),
        redis_replicas=get("REDIS_REPLICAS"),  # type: ignore[arg-type]
        secret_key=str(get("SECRET_KEY")),
        data_keys=get("DATA_KEYS"),  # type: ignore[arg-type]
        peppers=get("PEPPERS"),  # type: ignore[arg-type]
        spool_dir=get("SPOOL_DIR"),  # type: ignore[arg-type]
        spool_public_key=public,
        spool_private_key=private,
        metrics_token=str(get("METRICS_TOKEN")),
        oidc_issuer=str(get("OIDC_ISSUER")),
        oidc_client_id=str(get("OIDC_CLIENT_ID")),
        oidc_client_secret=str(get("OIDC_CLIENT_SECRET")),
        alarm_minutes=get("ALARM_MINUTES"),  # type: ignore[arg-type]
        spend_alarm=get("SPEND_ALARM"),  # type: ignore[arg-type]
        alarm_number=str(get("ALARM_NUMBER")),
        delete_at_twilio=bool(get("DELETE_AT_TWILIO")),
        meaning=bool(get("MEANING")),
        simulator=bool(get("SIMULATOR")),
        trusted_proxies=int(str(get("TRUSTED_PROXIES"))),
        port=get("PORT"),  # type: ignore[arg-type]
        web_workers=get("WEB_WORKERS"),  # type: ignore[arg-type]
    )


def _spool_keys(secret: str, public: object, private: object) -> tuple[X25519PublicKey, X25519PrivateKey | None]:
    """The key pair of the spool. With neither set it is derived from SECRET_KEY: one secret fewer to keep, but
    then the web host could read the spool back; `doctor` says so."""
    if isinstance(private, bytes):
        opener = X25519PrivateKey.from_private_bytes(private)
        return opener.public_key(), opener
    if isinstance(public, bytes):
        return X25519PublicKey.from_public_bytes(public), None
    seed = HKDF(SHA256(), 32, salt=None, info=b"helpline spool").derive(secret.encode())
    opener = X25519PrivateKey.from_private_bytes(seed)
    return opener.public_key(), opener
