"""`python -m bot …`: the commands an operator, a writer or an engineer types. See docs/operations.md."""

import argparse
import json
import os
import secrets
import sys
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from pathlib import Path

from bot import logs, metrics
from bot.access.accounts import Accounts, NameRefused, Role
from bot.channels.sending import TwilioCopies, TwilioInbox, make_sender
from bot.content import graph
from bot.content.building import build_engine, build_reader
from bot.content.faults import Severity
from bot.content.inspection import inspect
from bot.content.library import Library, read_library
from bot.content.models import read_encoder
from bot.content.translation import strings
from bot.dialogue.conversation import Conversation
from bot.errors import StartError
from bot.messages import MAX_TEXT, Channel, Inbound, Kind
from bot.messaging.delivery import Delivery
from bot.messaging.erasing import Eraser
from bot.messaging.provider_eraser import ProviderEraser
from bot.messaging.reconcile import Reconcile
from bot.messaging.runner import Runner
from bot.messaging.spending import Spending
from bot.messaging.upkeep import Alarm, Upkeep
from bot.ports.everything import Opened
from bot.ports.spool import Spooled
from bot.rendering.texts import last_words
from bot.settings import SettingsError, read_settings
from bot.storage.access import RedisAccess
from bot.storage.identity import Identity
from bot.storage.memory import MemoryStorage
from bot.storage.outbox import RedisOutbox
from bot.storage.redis import RedisStorage, connect
from bot.storage.sealing import Sealer
from bot.storage.spool import FileSpool, FileSpoolReader
from bot.worker import Worker, stop_on_signals

ROOT = Path(__file__).parent.parent


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; returns the exit status."""
    parser = _parser()
    options = parser.parse_args(arguments)
    try:
        status: int = options.run(options)
    except StartError as error:
        print(error, file=sys.stderr)
        return 1
    except BrokenPipeError:
        return 0
    return status


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m bot", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")

    chat = commands.add_parser("chat", help="talk to the bot here; nothing is kept")
    chat.add_argument("--locale", choices=None, default="", help="begin in this language")
    chat.add_argument("--channel", choices=[str(each) for each in Channel], default="sms")
    chat.add_argument("--from", dest="sender", default="+31612345678", help="the number you text from")
    chat.set_defaults(run=_chat)

    understand = commands.add_parser("understand", help="JSON lines in, what the bot understands out")
    understand.set_defaults(run=_understand)

    check = commands.add_parser("check", help="inspect flows, facts, numbers, vocabulary and translations")
    check.set_defaults(run=_check)

    draw = commands.add_parser("graph", help="draw the dialogue: Mermaid, or SVG when the file ends in .svg")
    draw.add_argument("--out", type=Path, help="write here; without it Mermaid goes to standard output")
    draw.set_defaults(run=_graph)

    commands.add_parser("strings", help="renew the translators' template and catalogs").set_defaults(run=_strings)
    fallback = commands.add_parser("fallback-twiml", help="static TwiML for Twilio's fallback URL on another host")
    fallback.set_defaults(run=_fallback)
    advisors = commands.add_parser("advisors", help="who may log in to the console")
    advisors.add_argument("act", choices=["add", "list", "disable", "reset"])
    advisors.add_argument("name", nargs="?", default="", help="what she logs in with")
    advisors.add_argument("--role", choices=[str(role) for role in Role], default=str(Role.ADVISOR))
    advisors.add_argument("--language", action="append", default=[], help="she answers in it; may be repeated")
    advisors.set_defaults(run=_advisors)
    erase = commands.add_parser("erase", help="remove one person everywhere; run it where the worker runs")
    erase.add_argument("--from", dest="address", required=True, help="their number, as +31…")
    erase.set_defaults(run=_erase)
    commands.add_parser("doctor", help="check the surroundings before going live").set_defaults(run=_doctor)
    commands.add_parser("worker", help="the second process: brings back spooled messages").set_defaults(run=_worker)
    commands.add_parser("run", help="everything on this machine, for trying out").set_defaults(run=_run)
    return parser


def _library() -> Library:
    return read_library(ROOT, datetime.now(UTC).date())


class _NoSpool:
    """The terminal keeps nothing."""

    def add(self, spooled: Spooled) -> None:
        """Drop it."""


def _chat(options: argparse.Namespace) -> int:
    library = _library()
    if options.locale and options.locale not in library.languages.live:
        print(f"there are no texts in {options.locale}; live: {', '.join(library.languages.live)}", file=sys.stderr)
        return 2
    logs.set_up()
    storage = MemoryStorage()
    runner = Runner(
        build_engine(library, read_encoder()), storage, _NoSpool(), lambda: datetime.now(UTC), metrics.report
    )
    contact = Identity([secrets.token_hex()]).contacts(options.channel, options.sender)[0]
    channel = Channel(options.channel)
    if options.locale:
        first = Inbound(message_id="locale", contact=contact, channel=channel)
        storage.commit(first, Opened(contact, Conversation(), 0), Conversation(locale=options.locale), (), "")
    interactive = sys.stdin.isatty()
    while True:
        try:
            line = input("> " if interactive else "")
        except (EOFError, KeyboardInterrupt):
            return 0
        text = line[:MAX_TEXT]
        kind = Kind.TEXT if text.strip() else Kind.EMPTY
        inbound = Inbound(message_id=secrets.token_hex(), contact=contact, channel=channel, kind=kind, text=text)
        print(runner.receive(inbound), end="\n\n", flush=True)


def _understand(_options: argparse.Namespace) -> int:
    """Standard input: {"text": …, "locale": …} a line. Standard output: the contract's fields, in the same order."""
    library = _library()
    understander = build_reader(library.content, library.model, read_encoder())
    for line in sys.stdin:
        if not line.strip():
            continue
        asked = json.loads(line)
        found = understander.understand(str(asked.get("text") or "")[:MAX_TEXT], asked.get("locale"))
        fields = (
            "language", "language_confidence", "topic", "confidence", "command", "danger", "emergency_line",
            "wants_advisor", "country", "place",
        )  # fmt: skip
        answer = {name: getattr(found, name) for name in fields}
        answer["candidates"] = [{"topic": each.topic, "confidence": each.confidence} for each in found.candidates]
        print(json.dumps(answer, ensure_ascii=False), flush=True)
    return 0


def _check(_options: argparse.Namespace) -> int:
    faults = [*inspect(_library(), ROOT), *strings.stale(ROOT)]
    for fault in faults:
        print(fault)
    errors = sum(fault.severity is Severity.ERROR for fault in faults)
    print(f"{errors} errors, {len(faults) - errors} warnings")
    return 1 if errors else 0


def _graph(options: argparse.Namespace) -> int:
    content = _library().content
    if options.out is None:
        print(graph.mermaid(content))
    else:
        drawing = graph.svg(content) if options.out.suffix == ".svg" else graph.mermaid(content)
        options.out.write_text(drawing, encoding="utf-8")
    return 0


def _strings(_options: argparse.Namespace) -> int:
    for written in strings.update(ROOT):
        print(written)
    return 0


def _fallback(_options: argparse.Namespace) -> int:
    from bot.channels.webhooks import twiml  # noqa: PLC0415 - Flask is not needed for the other commands

    print(twiml(last_words(build_engine(_library()).books.values())))
    return 0


def _doctor(_options: argparse.Namespace) -> int:
    from bot.doctor import examine  # noqa: PLC0415 - as above

    findings = examine(read_settings(os.environ))
    for finding in findings:
        print(finding)
    return 1 if any(finding.startswith("bad") for finding in findings) else 0


def _advisors(options: argparse.Namespace) -> int:
    """`add` and `reset` print the one-time password, and nothing else, on standard output."""
    settings = read_settings(os.environ)
    access = RedisAccess(connect(settings.redis_url), Sealer(settings.data_keys))
    accounts = Accounts(access, lambda: datetime.now(UTC))
    if options.act == "list":
        for account in accounts.everybody():
            state = "disabled" if account.disabled else "new" if account.one_time_until else "active"
            print(account.name, account.role, ",".join(account.languages), state, sep="\t")
        return 0
    if options.act == "add":
        try:
            account, password = accounts.add(options.name, Role(options.role), tuple(options.language or ["nl"]))
        except NameRefused:
            print("this name is empty, taken, longer than 40 characters or not printable", file=sys.stderr)
            return 1
        access.write("", "person_added", account.id)
        print(password)
        return 0
    found = accounts.find(options.name)
    if found is None:
        print("there is nobody of this name", file=sys.stderr)
        return 1
    if options.act == "disable":
        accounts.disable(found.id)
        access.write("", "person_disabled", found.id)
    else:
        print(accounts.reset(found.id)[1])
        access.write("", "person_reset", found.id)
    return 0


def _erase(options: argparse.Namespace) -> int:
    """Says how much was there, never what."""
    logs.set_up()
    settings = read_settings(os.environ)
    address = "+" + "".join(filter(str.isdigit, options.address))
    if settings.spool_private_key is None:
        print("SPOOL_PRIVATE_KEY is missing: what waits in the spool could not be looked through", file=sys.stderr)
        return 1
    storage = RedisStorage(connect(settings.redis_url), Sealer(settings.data_keys))
    spool = FileSpool(settings.spool_dir, settings.spool_public_key)

    def now() -> datetime:
        return datetime.now(UTC)

    runner = Runner(build_engine(_library()), storage, spool, now, metrics.report)
    copies = TwilioCopies(make_sender(settings))
    reader = FileSpoolReader(settings.spool_dir, settings.spool_private_key, metrics.report)
    eraser = Eraser(runner, storage, copies, reader, Identity(settings.peppers).contacts, now)
    here, left = eraser.erase(address)
    print(f"erased here: {here} conversations")
    print("at Twilio: all deleted" if not left else f"at Twilio: {left} not yet; the worker goes on trying")
    return 0


def _worker(_options: argparse.Namespace) -> int:
    logs.set_up()
    settings = read_settings(os.environ)
    if settings.spool_private_key is None:
        raise SettingsError("Cannot start: SPOOL_PRIVATE_KEY is missing; the worker opens the spool with it.")
    client, sealer, library = connect(settings.redis_url), Sealer(settings.data_keys), _library()
    storage, outbox = RedisStorage(client, sealer), RedisOutbox(client, sealer)
    spool = FileSpool(settings.spool_dir, settings.spool_public_key)
    engine = build_engine(library, read_encoder() if settings.meaning else None)

    def now() -> datetime:
        return datetime.now(UTC)

    runner = Runner(engine, storage, spool, now, metrics.report)
    reader = FileSpoolReader(settings.spool_dir, settings.spool_private_key, metrics.report)
    sender = make_sender(settings)
    delivery = Delivery(outbox, storage, sender, library.content.delivery, metrics.report)
    said = engine.books[engine.default_locale].shared
    alarm = Alarm(sender, settings.alarm_number, said["alarm"], metrics.report)
    much = Alarm(sender, settings.alarm_number, said["alarm_spend"], metrics.report)
    upkeep = Upkeep(runner, storage, now, alarm, metrics.report, settings.alarm_minutes)
    spending = Spending(storage, now, much, metrics.report, settings.spend_alarm)
    inbox = TwilioInbox(sender, Identity(settings.peppers).contacts)
    reconcile = Reconcile(runner, storage, inbox, now, metrics.report)
    chores: list[Callable[[], object]] = [
        lambda: reader.drain(runner.replay),
        upkeep.step,
        reconcile.step,
        spending.step,
    ]
    if settings.delete_at_twilio:
        chores.append(ProviderEraser(storage, TwilioCopies(sender), now, metrics.report).step)
    Worker(delivery, chores, metrics.report).run(stop_on_signals())
    return 0


def _run(_options: argparse.Namespace) -> int:
    from bot.launcher import launch  # noqa: PLC0415 - as above

    return launch(ROOT, dict(os.environ))
