"""A whole line from an advisor to a phone, in this process: Redis, desk, delivery, and a stand-in for Twilio that calls
back to a web server of its own."""

import threading
from collections.abc import Callable
from dataclasses import dataclass, field

import redis
from flask import Flask
from werkzeug.serving import WSGIRequestHandler, make_server

from bot.advisors.board import Advisor
from bot.advisors.desk import Desk
from bot.channels import webhooks
from bot.channels.sending import TwilioSender
from bot.content.library import Library
from bot.devtools.twilio import StandIn
from bot.dialogue.engine import Engine
from bot.messages import Channel, Inbound
from bot.messaging.delivery import Delivery, RetryTiming
from bot.messaging.receipts import Receipts
from bot.messaging.runner import Runner
from bot.storage.redis.connection import connect
from bot.storage.redis.storage import redis_storage
from bot.storage.sealing import Identity, Sealer
from tests.harness.fakes import ListSpool, Reports
from tests.harness.fixed import ACCOUNT, NOW, OURS, OURS_ON_WHATSAPP, PUBLIC_URL, TOKEN

ADA = Advisor("ada", ("nl", "en"))


class Quiet(WSGIRequestHandler):
    """Thousands of lines about callbacks would hide why a test failed."""

    def log(self, type: str, message: str, *args: object) -> None:
        """Say nothing."""


@dataclass
class AdvisorLine:
    """Everything between an advisor and a phone."""

    engine: Engine
    library: Library
    redis_url: str
    order_ms: int = 300
    reclaim_ms: int = 1500
    ask_ms: int = 0
    more_numbers: tuple[str, ...] = ()
    """Of ours: `+31…` or `whatsapp:+31…`."""
    timing: RetryTiming = field(default_factory=lambda: RetryTiming(unconfirmed=0.4, backoff=0.02))

    def __post_init__(self) -> None:
        self.client: redis.Redis = redis.Redis.from_url(self.redis_url)
        self.connection = connect(self.redis_url)
        sealer = Sealer([bytes(32)])
        self.reports = Reports()
        self.storage = redis_storage(
            self.connection, sealer, reclaim_ms=self.reclaim_ms, order_ms=self.order_ms, ask_ms=self.ask_ms
        )
        self.outbox = self.storage.outbox
        self.now = NOW
        self.runner = Runner(self.engine, self.storage, ListSpool(), lambda: self.now, self.reports)
        self.desk = Desk(self.runner, self.storage, self.library.content.zones, lambda: self.now)
        self.problems = self.library.content.delivery
        app = Flask("callbacks")
        gate = webhooks.SignatureGate(PUBLIC_URL, [TOKEN])
        receipts = Receipts(self.outbox, self.problems, self.reports)
        identity = Identity(["p" * 32])
        self.contacts: Callable[[str, str], tuple[str, ...]] = identity.contacts
        app.register_blueprint(
            webhooks.make_blueprint(self.runner, receipts, gate, ACCOUNT, identity.contacts, "numbers")
        )
        self.server = make_server("127.0.0.1", 0, app, threaded=True, request_handler=Quiet)
        threading.Thread(target=self.server.serve_forever, args=(0.05,), daemon=True).start()
        self.twilio = StandIn(
            account_sid=ACCOUNT,
            auth_token=TOKEN,
            sms_number=OURS,
            whatsapp_number=OURS_ON_WHATSAPP,
            more_numbers=self.more_numbers,
            public_url=PUBLIC_URL,
            local_url=f"http://127.0.0.1:{self.server.server_port}",
        ).start()

    def sender(
        self,
        seconds: float = 30,
        *,
        token: str = TOKEN,
        url: str = "",
        service: str = "",
        kind: type[TwilioSender] = TwilioSender,
    ) -> TwilioSender:
        """Our client of the stand-in, with all our numbers; `seconds`: how long it waits, which is long, or a busy
        machine would look like a lost answer."""
        return kind(
            ACCOUNT, token, url or self.twilio.url,
            sms_numbers=[OURS, *(each for each in self.more_numbers if each.startswith("+"))],
            whatsapp_numbers=[OURS_ON_WHATSAPP, *(each[9:] for each in self.more_numbers if not each.startswith("+"))],
            messaging_service_sid=service, public_url=PUBLIC_URL, seconds=seconds,
        )  # fmt: skip

    def delivery(self, seconds: float = 30, *, service: str = "", kind: type[TwilioSender] = TwilioSender) -> Delivery:
        """A worker's sending part."""
        sender = self.sender(seconds, service=service, kind=kind)
        return Delivery(self.storage, sender, self.problems, self.reports, timing=self.timing)

    def contact(self, number: str, channel: Channel = Channel.SMS) -> str:
        return self.contacts(channel, number)[0]

    def writes(self, number: str, text: str, channel: Channel = Channel.SMS) -> str:
        """The person writes; returns what the bot answers."""
        sid = f"SM{self.client.incr('test:messages'):032x}"
        contact = self.contact(number, channel)
        return self.runner.receive(Inbound(message_id=sid, contact=contact, channel=channel, text=text, address=number))

    def close(self) -> None:
        self.twilio.stop()
        self.server.shutdown()
        self.server.server_close()
        self.client.close()
        self.connection.close()
