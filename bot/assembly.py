"""Builds the parts of the program from its settings. The only place that joins them."""

from collections.abc import Callable
from datetime import UTC, datetime
from functools import cached_property
from pathlib import Path

from bot import metrics
from bot.access.accounts import Accounts
from bot.advisors.desk import Desk
from bot.advisors.live import Live
from bot.channels.sending import TwilioCopies, TwilioInbox, TwilioSender, make_sender
from bot.content.building import build_engine
from bot.content.library import Library, read_library
from bot.content.models import read_encoder
from bot.dialogue.engine import Engine
from bot.dialogue.turn import Turn
from bot.messages import Inbound
from bot.messaging.asking import Asking
from bot.messaging.delivery import Delivery
from bot.messaging.erasing import Eraser
from bot.messaging.provider_eraser import ProviderEraser
from bot.messaging.receipts import Receipts
from bot.messaging.reconcile import Reconcile
from bot.messaging.replay_first import ReplayFirst
from bot.messaging.runner import Runner, unpredictable_bits
from bot.messaging.spending import Spending
from bot.messaging.upkeep import Alarm, Upkeep
from bot.nlu.embedding import Encoder
from bot.ports.spool import NOTHING_GIVEN, Given, Spooled
from bot.ports.storage import Storage
from bot.rendering.review import is_neutral
from bot.settings import Settings, SettingsError
from bot.storage.journal import Journal
from bot.storage.memory.storage import MemoryStorage
from bot.storage.redis.accounts import RedisAccounts
from bot.storage.redis.audit import RedisAuditLog
from bot.storage.redis.connection import Connection, connect
from bot.storage.redis.sessions import RedisSessions
from bot.storage.redis.storage import redis_storage
from bot.storage.sealing import Identity, Sealer
from bot.storage.spool import ON_THE_WAY, FileSpool, FileSpoolReader
from bot.worker import Worker

ROOT = Path(__file__).parent.parent


def utc_now() -> datetime:
    """The clock of everything that runs."""
    return datetime.now(UTC)


class NoSpool:
    """The spool of who keeps nothing."""

    def add(self, spooled: Spooled) -> None:
        """Drop it."""

    def given(self, inbound: Inbound) -> Given:
        """Nothing."""
        return NOTHING_GIVEN

    def caught_up(self, inbound: Inbound) -> None:
        """Nothing waits."""


def throw_away_runner(
    engine: Engine,
    now: Callable[[], datetime] = utc_now,
    random_bits: Callable[[], int] = unpredictable_bits,
    on_turn: Callable[[Turn], None] | None = None,
) -> tuple[Runner, Storage]:
    """A runner on a storage of its own, in memory, for commands that keep nothing; see `Runner`."""
    storage = MemoryStorage()
    return Runner(engine, storage, NoSpool(), now, metrics.report, random_bits, on_turn), storage


class Assembly:
    """The parts of one process, each built when it is first asked for, and once.

    Raises StartError where settings, content or spool are not fit to start with.
    """

    def __init__(
        self,
        settings: Settings,
        *,
        library: Library | None = None,
        encoder: Encoder | None = None,
        engine: Engine | None = None,
        now: Callable[[], datetime] = utc_now,
    ) -> None:
        """library, encoder, engine: where they are loaded already."""
        self.settings = settings
        self.now = now
        self._library, self._encoder, self._engine = library, encoder, engine

    @cached_property
    def library(self) -> Library:
        return self._library or read_library(ROOT, self.now().date(), self.settings.languages)

    @cached_property
    def encoder(self) -> Encoder | None:
        return self._encoder or (read_encoder(metrics.report) if self.settings.meaning else None)

    @cached_property
    def engine(self) -> Engine:
        return self._engine or build_engine(self.library, self.encoder)

    # -- storage -------------------------------------------------------------------------------------------------------

    @cached_property
    def connection(self) -> Connection:
        return connect(self.settings.redis_url, self.settings.redis_replicas, metrics.report)

    @cached_property
    def sealer(self) -> Sealer:
        return Sealer(self.settings.data_keys, metrics.report)

    @cached_property
    def identity(self) -> Identity:
        return Identity(self.settings.peppers)

    @cached_property
    def storage(self) -> Storage:
        return redis_storage(self.connection, self.sealer, on_erased=self.journal.erased, report=metrics.report)

    @cached_property
    def accounts(self) -> Accounts:
        return Accounts(RedisAccounts(self.connection, self.sealer, self.journal.disabled), self.now)

    @cached_property
    def session_store(self) -> RedisSessions:
        return RedisSessions(self.connection, self.sealer)

    @cached_property
    def audit(self) -> RedisAuditLog:
        return RedisAuditLog(self.connection)

    @cached_property
    def journal(self) -> Journal:
        return Journal(self.settings.spool_dir, metrics.report)

    @cached_property
    def spool(self) -> FileSpool:
        return FileSpool(self.settings.spool_dir, self.settings.spool_public_key, self.sealer)

    @cached_property
    def spool_reader(self) -> FileSpoolReader:
        key = self.settings.spool_private_key
        if key is None:
            raise SettingsError("Cannot start: SPOOL_PRIVATE_KEY is missing; the worker opens the spool with it.")
        return FileSpoolReader(self.settings.spool_dir, key, metrics.report, self.sealer)

    # -- services ------------------------------------------------------------------------------------------------------

    @cached_property
    def runner(self) -> Runner:
        return Runner(self.engine, self.storage, self.spool, self.now, metrics.report)

    @cached_property
    def sender(self) -> TwilioSender:
        return make_sender(self.settings)

    @cached_property
    def receipts(self) -> Receipts:
        return Receipts(self.storage.outbox, self.library.content.delivery, metrics.report)

    @cached_property
    def desk(self) -> Desk:
        content = self.library.content
        subject = [word for words in content.neutral.values() for word in words]
        return Desk(
            self.runner, self.storage, content.zones, self.now, lambda text: is_neutral(text, content.desk, subject)
        )

    @cached_property
    def live(self) -> Live:
        return Live(self.storage)

    @cached_property
    def delivery(self) -> Delivery:
        return Delivery(self.storage, self.sender, self.library.content.delivery, metrics.report)

    @cached_property
    def eraser(self) -> Eraser:
        copies = TwilioCopies(self.sender)
        return Eraser(self.runner, self.storage, copies, self.spool_reader, self.identity.contacts, self.now)

    @cached_property
    def worker(self) -> Worker:
        reader, runner, storage, settings = self.spool_reader, self.runner, self.storage, self.settings
        upkeep = Upkeep(runner, storage, self.now, self._alarm("alarm"), metrics.report, settings.alarm_minutes)
        spending = Spending(storage, self.now, self._alarm("alarm_spend"), metrics.report, settings.spend_alarm)
        inbox = TwilioInbox(self.sender, self.identity.contacts)
        reconcile = Reconcile(runner, storage, inbox, self.now, metrics.report)
        chores: list[Callable[[], object]] = [
            lambda: reader.drain(runner.replay),
            lambda: storage.chores.report_spool(reader.id, reader.clear_until(), reader.unreadable_minutes()),
            upkeep.step,
            spending.step,
        ]
        asking = Asking(storage.outbox, self.sender, self.receipts, self.now, metrics.report)
        slow_chores: list[Callable[[], object]] = [reconcile.step, asking.step]
        if settings.delete_at_twilio:
            slow_chores.append(ProviderEraser(storage, TwilioCopies(self.sender), self.now, metrics.report).step)
        replay_first = ReplayFirst(
            lambda: reader.waiting() > 0,
            lambda: {id: clear + ON_THE_WAY for id, clear in storage.chores.spools().items()},
            self.now,
        )
        return Worker(self.delivery, chores, slow_chores, metrics.report, replay_first)

    def _alarm(self, text: str) -> Alarm:
        said = self.engine.content("").shared[text]
        return Alarm(self.sender, self.settings.alarm_number, said, metrics.report)
