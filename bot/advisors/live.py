"""Tells open consoles that something has changed, so that they fetch the page again. No content passes here.

Each process follows the feed once, however many consoles are open, and not at all while none is.
"""

import queue
import threading
from collections import Counter
from collections.abc import Generator, Sequence
from dataclasses import dataclass, field

from bot.advisors.board import Advisor
from bot.dialogue.conversation import Conversation, Status
from bot.ports.feed import Change, FeedSlice
from bot.ports.storage import Storage
from bot.ports.unavailable import StorageUnavailable

LOOK_SECONDS = 0.4
REST_SECONDS = 15.0
"""After so long without news a stream sends a comment, so that proxies keep it open."""

MAX_LISTENERS = 400
"""Open streams of one process, so that the web server has places left for others."""


@dataclass(frozen=True, slots=True)
class News:
    """Something changed. Without contacts and board it only says that the stream is alive."""

    id: str
    """Position in the feed."""

    contacts: tuple[str, ...] = ()
    """Conversations of this advisor in which something happened."""

    board: bool = False
    """Something happened that everybody sees."""


@dataclass(eq=False, slots=True)
class _Listener:
    advisor: str
    box: "queue.SimpleQueue[News | None]" = field(default_factory=lambda: queue.SimpleQueue())
    """None: this stream makes room for others. Its class is looked up late: gevent replaces it in each web process, and
    the one that was there before would stop the whole process while one stream waits."""


class Live:
    """News for everybody who listens in this process. Safe with threads and greenlets."""

    def __init__(self, storage: Storage) -> None:
        self._storage = storage
        self._listeners: dict[_Listener, None] = {}  # oldest first
        self._guard = threading.Lock()
        self._look = threading.Event()
        self._following = False

    def listen(self, advisor: Advisor, after: str = "") -> Generator[News, None, None]:
        """News since the change `after` ("" = from now on); at least an empty one every REST_SECONDS. It ends only
        where there are too many, for the advisor who has most.

        Several changes may come as one. While the storage is unavailable there are none; they come later.
        """
        listener = _Listener(advisor.id)
        with self._guard:
            self._listeners[listener] = None
            if len(self._listeners) > MAX_LISTENERS:
                self._make_room()
            begins, self._following = not self._following, True
        if begins:
            # Started before `_missed` looks, so that nothing falls between the two.
            threading.Thread(target=self._follow, args=[self._newest()], name="live", daemon=True).start()
        try:
            yield self._missed(advisor.id, after)
            while (news := self._next(listener)) is not None:
                yield news
        finally:
            with self._guard:
                self._listeners.pop(listener, None)

    def _make_room(self) -> None:
        """End the oldest stream of the advisor who has most: a window that was closed long ago, if any."""
        [(greedy, _count)] = Counter(each.advisor for each in self._listeners).most_common(1)
        oldest = next(each for each in self._listeners if each.advisor == greedy)
        del self._listeners[oldest]
        oldest.box.put(None)

    def _missed(self, advisor: str, after: str) -> News:
        """What happened since `after`. Where that is older than the feed, everything counts as changed."""
        try:
            if not after:
                return News(self._storage.feed.position())
            missed = self._storage.feed.since(after)
            return _news(advisor, self._concerns(missed), missed)
        except StorageUnavailable:
            return News(after)

    @staticmethod
    def _next(listener: _Listener) -> News | None:
        """The next news, merged with all that is there already. None where the stream has to end."""
        try:
            news = listener.box.get(timeout=REST_SECONDS)
            while True:
                try:
                    more = listener.box.get_nowait()
                except queue.Empty:
                    return news
                if news is None or more is None:
                    return None
                contacts = tuple(dict.fromkeys((*news.contacts, *more.contacts)))
                news = News(more.id, contacts, news.board or more.board)
        except queue.Empty:
            return News("")

    def _newest(self) -> str:
        try:
            return self._storage.feed.position()
        except StorageUnavailable:
            return ""

    def _follow(self, after: str) -> None:
        """Read the feed from `after` on ("" = from now) and tell the listeners, until there are none."""
        while True:
            with self._guard:
                if not self._listeners:
                    self._following = False
                    return
            try:
                after = after or self._storage.feed.position()
                found = self._storage.feed.since(after)
                self._tell(found)
                after = found.position
            except StorageUnavailable:
                pass  # it goes on where it was
            self._look.wait(LOOK_SECONDS)

    def _tell(self, found: FeedSlice) -> None:
        concerns = self._concerns(found)
        with self._guard:
            listeners = tuple(self._listeners)
        for listener in listeners:
            news = _news(listener.advisor, concerns, found)
            if news.contacts or news.board:
                listener.box.put(news)

    def _concerns(self, found: FeedSlice) -> "list[_Concern]":
        """Whom each change concerns, as conversations are now."""
        now = self._storage.conversations.read(sorted({change.contact for change in found.changes}))
        return [_Concern(change, now.get(change.contact, Conversation())) for change in found.changes]


class _Concern:
    """One change and whom it concerns."""

    def __init__(self, change: Change, conversation: Conversation) -> None:
        self.contact = change.contact
        self.holders = {conversation.handling.advisor, conversation.handling.offered} - {""}
        quiet = conversation.handling.status is Status.ADVISOR and set(change.what) <= _BETWEEN_TWO
        self.board = not quiet and change.what != ("Delivery",)


def _news(advisor: str, concerns: "Sequence[_Concern]", found: FeedSlice) -> News:
    """What of a slice of the feed concerns one advisor."""
    contacts = tuple(dict.fromkeys(each.contact for each in concerns if advisor in each.holders))
    return News(found.position, contacts, not found.is_whole or any(each.board for each in concerns))


_BETWEEN_TWO = {"Heard", "Replied", "Noted", "Delivery"}
"""Events of a held conversation that change nothing for anybody else."""
