"""Which server has a key: one Redis, the master that Sentinels name, or the masters of a Cluster."""

import threading
import time
from abc import ABC, abstractmethod
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from typing import Any, Protocol, cast

from redis.crc import REDIS_CLUSTER_HASH_SLOTS, key_slot
from redis.exceptions import AskError, MovedError, RedisError

from bot.ports.unavailable import StorageUnavailable
from bot.storage.redis.node import Command, Node
from bot.storage.redis.url import Server, Several, read_several

LOOK_SECONDS = 0.2
"""How long one server is waited for when it is asked who the master is. It knows at once, or is gone."""

LOOK_AGAIN_SECONDS = 0.25
"""While a server rests it is looked for another one so often: a failover is over in between."""


class Topology(Protocol):
    """Where commands go. `look` asks again who has what; it raises StorageUnavailable while nobody is known."""

    in_doubt: bool
    """Something went wrong since the last look."""
    is_spread: bool
    """Keys lie on several masters."""
    may_change: bool
    """There is somebody to ask who the master is."""

    @property
    def only(self) -> Node | None:
        """The one server for everything, whatever happens; None where `node` must be asked."""
        ...

    def look(self) -> None:
        """Ask again."""
        ...

    def node(self, command: Command) -> Node:
        """The server for this command."""
        ...

    def nodes(self) -> Iterable[Node]:
        """All masters."""
        ...

    def asked_for(self, moved: AskError) -> Node:
        """The server to which a refusal points."""
        ...

    def drop(self) -> None:
        """Close what is idle."""
        ...


class Single:
    """One server behind one address. Which machine that is may change; the address does not."""

    is_spread = False
    may_change = False

    def __init__(self, url: str) -> None:
        self.in_doubt = False
        self.only = Node(url)

    def look(self) -> None:
        """See `Topology.look`. There is nobody to ask."""
        self.in_doubt = False

    def node(self, _command: Command) -> Node:
        """See `Topology.node`."""
        return self.only

    def nodes(self) -> Iterable[Node]:
        """See `Topology.nodes`."""
        return [self.only]

    def asked_for(self, moved: AskError) -> Node:
        """See `Topology.asked_for`. One server of a Cluster was given as if it were alone."""
        raise StorageUnavailable(type(moved).__name__, refused=True)

    def drop(self) -> None:
        """See `Topology.drop`."""
        self.only.drop()


class _Looking(ABC):
    """One thread looks, and not too often; the others go on with what is known."""

    may_change = True
    only = None

    def __init__(self) -> None:
        self.in_doubt = True
        self._lock = threading.Lock()
        self._looked = 0.0

    def look(self) -> None:
        """See `Topology.look`."""
        before = self._looked
        if not self._lock.acquire(blocking=not self._is_known()):
            return
        try:
            if self._looked != before or (self._is_known() and time.monotonic() - before < LOOK_AGAIN_SECONDS):
                return
            self._look()
            self._looked = time.monotonic()
            self.in_doubt = False
        finally:
            self._lock.release()

    @abstractmethod
    def _is_known(self) -> bool:
        """Has the topology been read at all?"""

    @abstractmethod
    def _look(self) -> None:
        """Read it from the servers. Raises RedisError when none of them tells."""


class Sentinels(_Looking):
    """The master of a service, as Sentinels name it."""

    is_spread = False

    def __init__(self, address: Several) -> None:
        super().__init__()
        self._address = address
        scheme = address.prefix.partition("://")[0]
        self._sentinels = [
            Node(f"{scheme}://{host}:{port}", connect_seconds=LOOK_SECONDS, answer_seconds=LOOK_SECONDS)
            for host, port in address.servers
        ]
        self._server: Server | None = None
        self._master: Node | None = None

    def node(self, _command: Command) -> Node:
        """See `Topology.node`."""
        if self._master is None:
            self.look()
        if self._master is None:
            raise StorageUnavailable("NoMaster", refused=True)
        return self._master

    def nodes(self) -> Iterable[Node]:
        """See `Topology.nodes`."""
        return [self.node(())]

    def asked_for(self, moved: AskError) -> Node:
        """See `Topology.asked_for`."""
        raise StorageUnavailable(type(moved).__name__, refused=True)

    def drop(self) -> None:
        """See `Topology.drop`."""
        for each in (*self._sentinels, *filter(None, [self._master])):
            each.drop()

    def _is_known(self) -> bool:
        return self._master is not None

    def _look(self) -> None:
        for sentinel in list(self._sentinels):
            with suppress(RedisError, OSError):
                found = sentinel.exchange([("SENTINEL", "GET-MASTER-ADDR-BY-NAME", self._address.service)])[0]
                if isinstance(found, list):
                    self._sentinels.sort(key=lambda each: each is not sentinel)  # the one that answers is asked first
                    self._found((found[0].decode(), int(found[1])))
                    return

    def _found(self, server: Server) -> None:
        if server != self._server:
            former, self._server = self._master, server
            self._master = Node(self._address.url(server), always_master=True)
            if former is not None:
                former.drop()


class Cluster(_Looking):
    """The masters of a Cluster; each has some of the 16,384 slots, and a key belongs to one of them."""

    is_spread = True

    def __init__(self, address: Several) -> None:
        super().__init__()
        self._address = address
        self._nodes: dict[Server, Node] = {}
        self._masters: list[Node | None] = [None] * REDIS_CLUSTER_HASH_SLOTS

    def node(self, command: Command) -> Node:
        """See `Topology.node`."""
        if not self._looked:
            self.look()
        key = _key(command)
        if key is None:
            found = next((each for each in self.nodes() if each.rests_until <= time.monotonic()), None)
        else:
            found = self._masters[key_slot(key.encode() if isinstance(key, str) else key)]
        if found is None:
            self.in_doubt = True
            raise StorageUnavailable("NoMaster", refused=True)
        return found

    def nodes(self) -> Iterable[Node]:
        """See `Topology.nodes`."""
        if not self._looked:
            self.look()
        return list(dict.fromkeys(each for each in self._masters if each is not None))

    def asked_for(self, moved: AskError) -> Node:
        """See `Topology.asked_for`. For a slot that has moved it is remembered."""
        node = self._at((moved.host, moved.port))
        if isinstance(moved, MovedError):
            self._masters[moved.slot_id] = node
        return node

    def drop(self) -> None:
        """See `Topology.drop`."""
        for each in list(self._nodes.values()):
            each.drop()

    def _is_known(self) -> bool:
        return bool(self._looked)

    def _look(self) -> None:
        for server in self._whom_to_ask():
            asked = Node(self._address.url(server), connect_seconds=LOOK_SECONDS, answer_seconds=LOOK_SECONDS)
            with suppress(RedisError, OSError):
                rows = asked.exchange([("CLUSTER", "SLOTS")])[0]
                asked.drop()
                if isinstance(rows, list) and rows:
                    self._found(server, rows)
                    return
        if not self._is_known():
            raise StorageUnavailable("NoCluster", refused=True)

    def _whom_to_ask(self) -> Iterator[Server]:
        """Those first that do not rest."""
        known = sorted(self._nodes, key=lambda server: self._nodes[server].rests_until)
        yield from dict.fromkeys([*known, *self._address.servers])

    def _found(self, asked: Server, rows: Sequence[Sequence[Any]]) -> None:
        masters: list[Node | None] = [None] * REDIS_CLUSTER_HASH_SLOTS
        for first, last, (host, port, *_id), *_replicas in rows:
            node = self._at((host.decode() if host else asked[0], port))  # none: the one that was asked
            masters[first : last + 1] = [node] * (last + 1 - first)
        self._masters = masters

    def _at(self, server: Server) -> Node:
        if server not in self._nodes:
            self._nodes.setdefault(server, Node(self._address.url(server)))
        return self._nodes[server]


def _key(command: Command) -> str | bytes | None:
    """The key by which a command finds its server; None: any will do."""
    name = command[0]
    if name in ("TIME", "INFO", "CONFIG"):
        return None
    at = 3 if name in ("EVALSHA", "EVAL") else 2 if name in ("XINFO", "XGROUP") else 1
    return cast("str | bytes", command[at])


def topology(url: str) -> Topology:
    """For an address of the settings. Nothing is asked yet. Raises ValueError."""
    several = read_several(url)
    if several is None:
        return Single(url)
    return Sentinels(several) if several.service else Cluster(several)
