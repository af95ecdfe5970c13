"""Tells open consoles that something has changed, so that they look again. Never what: no words and no numbers pass.

One follower of the feed a process, however many consoles are open, and none while there are none.
"""

import queue
import threading
from collections.abc import Generator, Sequence
from dataclasses import dataclass, field

from bot.advisors.desk import Advisor
from bot.dialogue.conversation import Conversation, Status
from bot.ports.everything import Change, Storage, StorageUnavailable

LOOK_SECONDS = 0.4
REST_SECONDS = 15.0
"""After so long without news a stream says that it is still there, so that proxies keep it open."""


@dataclass(frozen=True, slots=True)
class News:
    """Look again. id: where in the feed. contacts: conversations of this advisor in which something happened.
    board: something happened that everybody sees. Both empty: nothing, the stream lives."""

    id: str
    contacts: tuple[str, ...] = ()
    board: bool = False


@dataclass(eq=False, slots=True)
class _Listener:
    advisor: str
    box: "queue.SimpleQueue[News]" = field(default_factory=queue.SimpleQueue)


class Live:
    """News for everybody who listens in this process. Thread- and greenlet-safe."""

    def __init__(self, storage: Storage) -> None:
        self._storage = storage
        self._listeners: set[_Listener] = set()
        self._guard = threading.Lock()
        self._look = threading.Event()
        self._following = False

    def listen(self, advisor: Advisor, after: str = "") -> Generator[News, None, None]:
        """News since the change `after` ("" = from now on), without end; every REST_SECONDS at least an empty one.

        Several changes may come as one. When the storage is away it goes on with what came after.
        """
        listener = _Listener(advisor.id)
        with self._guard:
            self._listeners.add(listener)
            begins, self._following = not self._following, True
        if begins:
            # From here on, before anybody looks what was missed: nothing falls between the two.
            threading.Thread(target=self._follow, args=[self._newest()], name="live", daemon=True).start()
        try:
            yield self._missed(advisor.id, after)
            while True:
                yield self._next(listener)
        finally:
            with self._guard:
                self._listeners.discard(listener)

    def _missed(self, advisor: str, after: str) -> News:
        """What happened while she was not listening. Whoever was away too long for the feed looks at everything."""
        try:
            newest = self._storage.newest()
            if not after or after == newest:
                return News(newest)
            changes = self._storage.feed(after)
            found = [news for news in self._told(changes) if news.to(advisor)]
            everything = not changes or changes[-1].id != newest
            contacts = tuple(dict.fromkeys(news.contact for news in found if advisor in news.holders))
            return News(newest, contacts, everything or any(news.board for news in found))
        except StorageUnavailable:
            return News(after)

    @staticmethod
    def _next(listener: _Listener) -> News:
        """The next news, with all that came together with it."""
        try:
            news = listener.box.get(timeout=REST_SECONDS)
            while True:
                try:
                    more = listener.box.get_nowait()
                except queue.Empty:
                    return news
                contacts = tuple(dict.fromkeys((*news.contacts, *more.contacts)))
                news = News(more.id, contacts, news.board or more.board)
        except queue.Empty:
            return News("")

    def _newest(self) -> str:
        try:
            return self._storage.newest()
        except StorageUnavailable:
            return ""

    def _follow(self, after: str) -> None:
        """Read the feed and tell the listeners, until there are none. after: from which change on, "" = from now."""
        while True:
            with self._guard:
                if not self._listeners:
                    self._following = False
                    return
            try:
                after = after or self._storage.newest()
                changes = self._storage.feed(after)
                if changes:
                    self._tell(self._told(changes))
                    after = changes[-1].id
            except StorageUnavailable:
                pass  # it goes on where it was
            self._look.wait(LOOK_SECONDS)

    def _tell(self, told: "Sequence[_Told]") -> None:
        with self._guard:
            listeners = tuple(self._listeners)
        for listener in listeners:
            for each in told:
                if each.to(listener.advisor):
                    mine = (each.contact,) if listener.advisor in each.holders else ()
                    listener.box.put(News(each.id, mine, each.board))

    def _told(self, changes: Sequence[Change]) -> "list[_Told]":
        """Whom each change concerns, as things stand now."""
        now = self._storage.conversations(sorted({change.contact for change in changes}))
        return [_Told(change, now.get(change.contact, Conversation())) for change in changes]


class _Told:
    """One change and whom it concerns."""

    def __init__(self, change: Change, conversation: Conversation) -> None:
        self.id = change.id
        self.contact = change.contact
        self.holders = {conversation.handling.advisor, conversation.handling.offered} - {""}
        quiet = conversation.handling.status is Status.ADVISOR and set(change.what) <= _BETWEEN_TWO
        self.board = not quiet and change.what != ("Delivery",)

    def to(self, advisor: str) -> bool:
        return self.board or advisor in self.holders


_BETWEEN_TWO = {"Heard", "Replied", "Noted", "Delivery"}
"""What happens in a held conversation and changes nothing for anybody else."""
