"""The advisors of a soak: they take whoever waits, write to them, and keep the conversations they have."""

from __future__ import annotations

import threading
from collections import Counter, defaultdict

from bench.soak.people import CANARY
from bot.advisors.board import Advisor
from bot.advisors.desk import Desk
from bot.handoff.refusals import Refused
from bot.ports.storage import Storage
from bot.ports.unavailable import StorageUnavailable

ADA = Advisor("ada", ("nl",))
EACH = 4
"""Messages to each person while all is being broken."""

PAUSE_SECONDS = 1.0
AT_ONCE = 15
"""So many messages are written between two pauses."""


class Advisors:
    """All of them, as one. `written` is what the console took, by contact, in order."""

    def __init__(self, desk: Desk, storage: Storage) -> None:
        self._desk = desk
        self._storage = storage
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._run)
        self.written: dict[str, list[str]] = defaultdict(list)
        self.refused: Counter[str] = Counter()

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        self._over.set()
        self._thread.join()

    def write(self, contact: str, text: str) -> bool:
        """One message, as a form that is sent again until it is known what became of it. False: refused."""
        while True:
            try:
                self._desk.reply(ADA, contact, text, f"{contact} {text}", sure=True)
            except StorageUnavailable:
                self._over.wait(0.3)
            except Refused as refused:
                self.refused[refused.reason] += 1
                return False
            else:
                self.written[contact].append(text)
                return True

    def keep(self) -> None:
        """Their consoles are open."""
        self._desk.heartbeat(ADA, list(self.written))

    def _run(self) -> None:
        while not self._over.wait(PAUSE_SECONDS):
            try:
                self.keep()
                waiting = [entry.contact for entry in self._storage.queue.waiting()]
            except StorageUnavailable:
                continue
            mine = [contact for contact, texts in self.written.items() if len(texts) < EACH]
            for contact in [*waiting, *mine][:AT_ONCE]:
                if self._over.is_set():
                    return
                self.write(contact, f"bericht {len(self.written[contact])} {CANARY}")
