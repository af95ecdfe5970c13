"""`python -m bot doctor`: checks the environment before people depend on it.

Checks what can be seen from here. docs/operations.md lists what only Twilio or Meta can show.
"""

from collections.abc import Iterator, Mapping

from bot.assembly import Assembly
from bot.content.models import how_messages_are_read
from bot.ports.spool import SpoolFull
from bot.ports.unavailable import StorageUnavailable
from bot.settings import WEBHOOK_OVERRIDES, Settings
from bot.storage.redis.connection import Connection
from bot.storage.spool import FileSpool


def examine(settings: Settings) -> list[str]:
    """One line a finding: "ok …", "note …" or "bad …". Never a secret, never a number of a person."""
    assembly = Assembly(settings)
    return [
        *_redis(assembly.connection),
        *_keys(settings),
        *_urls(settings),
        *_spool(assembly.spool),
        *_reading(assembly),
    ]


def _redis(connection: Connection) -> Iterator[str]:
    names = ("maxmemory-policy", "appendonly", "appendfsync")
    try:
        servers = connection.everywhere([("INFO",), *(("CONFIG", "GET", name) for name in names)])
    except StorageUnavailable as error:
        yield f"bad redis: {error}"
        return
    finally:
        connection.close()
    for report, *answers in servers:
        yield from _server(report, dict(zip(names, answers, strict=True)))


def _server(report: bytes, found: Mapping[str, list[bytes]]) -> Iterator[str]:
    info = dict(line.split(":", 1) for line in report.decode().split("\r\n") if ":" in line)
    config = {name: answer[1].decode() for name, answer in found.items() if answer}
    version = str(info["redis_version"])
    major, minor = (int(part) for part in version.split(".")[:2])
    yield f"{'ok' if (major, minor) >= (6, 2) else 'bad'} redis version {version}; 6.2 is the oldest that will do"
    policy, appends = config.get("maxmemory-policy"), config.get("appendonly")
    yield f"{'ok' if policy == 'noeviction' else 'bad'} redis maxmemory-policy {policy}; others forget people silently"
    yield f"{'ok' if appends == 'yes' else 'bad'} redis appendonly {appends}; without it a crash loses conversations"
    if config.get("appendfsync") not in ("everysec", "always"):
        yield f"bad redis appendfsync {config.get('appendfsync')}; everysec or always"
    if info.get("role") != "master":
        yield f"bad redis role {info.get('role')}; it takes no writes"


def _keys(settings: Settings) -> Iterator[str]:
    yield f"ok keys: {len(settings.data_keys)} data, {len(settings.peppers)} pepper, {len(settings.auth_tokens)} token"
    sms, whatsapp = len(settings.sms_numbers), len(settings.whatsapp_numbers)
    yield f"ok numbers: {sms} for SMS, {whatsapp} for WhatsApp; an answer comes from the one that was texted"
    if settings.messaging_service_sid:
        yield "note messaging service: every number for SMS must be in its sender pool"
    if settings.spool_key_is_shared:
        yield (
            "note spool: this process could read the spool back. Give the web host SPOOL_PUBLIC_KEY only, "
            "and SPOOL_PRIVATE_KEY to the worker"
        )
    if not settings.metrics_token:
        yield "note metrics: METRICS_TOKEN is not set, so there is no /metrics"


def _urls(settings: Settings) -> Iterator[str]:
    secure = settings.public_url.startswith("https://")
    yield f"{'ok' if secure else 'bad'} public address {'is' if secure else 'is not'} https"
    yield (
        f"note webhook at Twilio: PUBLIC_URL/twilio/message{WEBHOOK_OVERRIDES}, POST; fallback "
        "on another host with the output of fallback-twiml, or PUBLIC_URL/twilio/fallback"
    )
    if settings.simulator:
        yield "bad simulator is on: whoever opens it can write as any number"


def _spool(spool: FileSpool) -> Iterator[str]:
    try:
        kept = spool.check()
    except SpoolFull as error:
        yield f"bad spool: {error}"
    else:
        yield f"ok spool: {kept}"
        if spool.unreadable():
            yield "bad spool: messages that could not be read or stored lie in SPOOL_DIR, ending in .unreadable"


def _reading(assembly: Assembly) -> Iterator[str]:
    how = how_messages_are_read(assembly.settings.meaning, assembly.encoder)
    yield f"{'note' if 'only' in how or 'numpy' in how else 'ok'} understanding: {how}"
