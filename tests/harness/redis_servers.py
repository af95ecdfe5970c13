"""Sentinels with a master and replicas, and a Cluster of three masters with a replica each: real servers, small."""

import contextlib
import signal
import subprocess
from abc import ABC, abstractmethod
from pathlib import Path
from typing import Any

import redis

from bot.storage.embedded import find_server
from tests.harness.processes import free_port, until

SERVICE = "helpline"
DOWN_MS = 700
"""After so many milliseconds of silence a server counts as dead."""


class Servers:
    """Servers by port, each in a folder of its own."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._binary = str(find_server())
        self._options: dict[int, tuple[str, ...]] = {}
        self._hanging: set[int] = set()
        self.processes: dict[int, subprocess.Popen[bytes]] = {}

    def start(self, *options: str, port: int = 0, sentinel: str = "") -> int:
        """Start one; returns its port when it answers. sentinel: the configuration of one that watches."""
        port = port or free_port()
        self._options[port] = options
        home = self._folder / str(port)
        home.mkdir(exist_ok=True)
        command = [self._binary, "--port", str(port)]
        if sentinel:
            (home / "sentinel.conf").write_text(f"port {port}\nbind 127.0.0.1\ndir {home}\n{sentinel}")
            command = [self._binary, str(home / "sentinel.conf"), "--sentinel"]
        else:
            command += ["--dir", str(home), "--bind", "127.0.0.1", "--save", "", "--repl-diskless-sync-delay", "0"]
        with (home / "log").open("ab") as log:
            self.processes[port] = subprocess.Popen(
                [*command, *options], stdout=log, stderr=log, stdin=subprocess.DEVNULL, start_new_session=True
            )
        until(lambda: self.answers(port), what=f"server {port}: {(home / 'log').read_text()[-500:]}")
        return port

    def answers(self, port: int) -> bool:
        with contextlib.suppress(redis.RedisError):
            return bool(self.ask(port, "PING"))
        return False

    def ask(self, port: int, *command: object) -> Any:
        client = redis.Redis(port=port, socket_timeout=30, decode_responses=True)
        try:
            return client.execute_command(*command)
        finally:
            client.close()

    def kill(self, port: int) -> None:
        self.processes[port].kill()
        self.processes[port].wait()

    def hang(self, port: int) -> None:
        """Its connections stay open, and nothing comes out of them."""
        self._hanging.add(port)
        self.processes[port].send_signal(signal.SIGSTOP)

    def go_on(self, port: int) -> None:
        """It goes on where it was, with what waits at its sockets."""
        self._hanging.discard(port)
        self.processes[port].send_signal(signal.SIGCONT)

    def close(self) -> None:
        for port in self.processes:
            self.kill(port)


class Several(Servers, ABC):
    """Servers of which others take over when a master dies or hangs."""

    replicas: int
    """How many each master has."""

    @property
    @abstractmethod
    def url(self) -> str:
        """For REDIS_URL."""

    @abstractmethod
    def masters(self) -> list[int]:
        """The ports of those that take writes, as those say that live."""

    @abstractmethod
    def master_of(self, slot: int) -> int:
        """The port of the one that has this slot of a Cluster; without a Cluster there is only one."""

    @abstractmethod
    def _is_ready(self) -> bool:
        """Has every master its replicas, and does everybody know?"""

    def ready(self) -> None:
        """Wait until every master has its replicas, and everybody knows."""

        def is_ready() -> bool:
            with contextlib.suppress(redis.RedisError):
                return self._is_ready()
            return False

        until(is_ready, what="replicas of every master")

    def fail_over(self, master: int, *, hang: bool = False) -> None:
        """The master dies, or hangs; returns when another one has its place."""
        (self.hang if hang else self.kill)(master)
        until(lambda: master not in self.masters(), what="another master")

    def revive(self, port: int) -> None:
        """The dead or hanging one comes back, and becomes a replica of who has its place."""
        if port in self._hanging:
            self.go_on(port)
        else:
            self._start_again(port)
        self.ready()

    def _start_again(self, port: int) -> None:
        self.start(*self._options[port], port=port)

    def empty(self) -> None:
        """Forget everything."""
        for port in self.masters():
            self.ask(port, "FLUSHALL")


class Watched(Several):
    """A master, two replicas, three Sentinels. hurried: these look every half second, not every ten."""

    replicas = 2

    def __init__(self, folder: Path, *, hurried: bool = False) -> None:
        super().__init__(folder)
        master = self.start()
        self.data = [
            master,
            *(self.start("--replicaof", "127.0.0.1", str(master)) for _replica in range(self.replicas)),
        ]
        told = (
            f"sentinel monitor {SERVICE} 127.0.0.1 {master} 2\nsentinel down-after-milliseconds {SERVICE} {DOWN_MS}\n"
            f"sentinel failover-timeout {SERVICE} 4000\nsentinel parallel-syncs {SERVICE} 2\n"
        )
        self.sentinels = [self.start(sentinel=told) for _each in range(3)]
        for sentinel in self.sentinels if hurried else ():
            with contextlib.suppress(redis.ResponseError):  # older than Redis 7
                self.ask(sentinel, "SENTINEL", "DEBUG", "info-period", 500, "publish-period", 200)
        self.ready()

    @property
    def url(self) -> str:
        return f"redis+sentinel://{','.join(f'127.0.0.1:{port}' for port in self.sentinels)}/{SERVICE}"

    @property
    def master(self) -> int:
        return int(self.ask(self.sentinels[0], "SENTINEL", "GET-MASTER-ADDR-BY-NAME", SERVICE)[1])

    def _start_again(self, port: int) -> None:
        # As an operator's own file says by then: Sentinels write into it whom to follow.
        self.start("--replicaof", "127.0.0.1", str(self.master), port=port)

    def masters(self) -> list[int]:
        return [self.master]

    def master_of(self, slot: int) -> int:
        return self.master

    def _is_ready(self) -> bool:
        told = self.ask(self.master, "INFO", "replication")
        if told["role"] != "master" or sum("online" in str(told.get(f"slave{each}", "")) for each in range(2)) < 2:
            return False
        seen = [self.ask(each, "SENTINEL", "MASTER", SERVICE) for each in self.sentinels]
        return all(
            str(each["num-other-sentinels"]) == "2" and str(each["num-slaves"]) == "2" and each["flags"] == "master"
            for each in (_table(each) for each in seen)
        )


class Spread(Several):
    """Three masters with a replica each."""

    replicas = 1

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        for _each in range(6):
            port, bus = free_port(), free_port()
            self.start(
                *("--cluster-enabled", "yes", "--cluster-node-timeout", str(DOWN_MS), "--cluster-port", str(bus)),
                *("--cluster-config-file", "nodes.conf", "--cluster-replica-validity-factor", "0"),
                port=port,
            )
        ports = list(self.processes)
        buses = {port: int(self.ask(port, "CONFIG", "GET", "cluster-port")["cluster-port"]) for port in ports}
        for port in ports[1:]:
            self.ask(ports[0], "CLUSTER", "MEET", "127.0.0.1", port, buses[port])
        for number, port in enumerate(ports[:3]):
            first, last = (16384 * number // 3, 16384 * (number + 1) // 3 - 1)
            self.ask(port, "CLUSTER", "ADDSLOTSRANGE", first, last)
        until(lambda: all(len(self._nodes(port)) == 6 for port in ports), what="a Cluster of six")
        for master, replica in zip(ports[:3], ports[3:], strict=True):
            self.ask(replica, "CLUSTER", "REPLICATE", self.ask(master, "CLUSTER", "MYID"))
        self.ready()

    @property
    def url(self) -> str:
        return f"redis+cluster://{','.join(f'127.0.0.1:{port}' for port in list(self.processes)[:3])}"

    def masters(self) -> list[int]:
        return sorted({port for _first, _last, port in self._slots()})

    def master_of(self, slot: int) -> int:
        return next(port for first, last, port in self._slots() if first <= slot <= last)

    def move(self, slot: int, target: int) -> None:
        """Give a slot, with its keys, to another master, as `redis-cli --cluster reshard` does."""
        source = self.master_of(slot)
        ids = {port: self.ask(port, "CLUSTER", "MYID") for port in (source, target)}
        self.ask(target, "CLUSTER", "SETSLOT", slot, "IMPORTING", ids[source])
        self.ask(source, "CLUSTER", "SETSLOT", slot, "MIGRATING", ids[target])
        while names := self.ask(source, "CLUSTER", "GETKEYSINSLOT", slot, 10):
            self.ask(source, "MIGRATE", "127.0.0.1", target, "", 0, 2000, "KEYS", *names)
        for port in (target, source, *self.masters()):
            self.ask(port, "CLUSTER", "SETSLOT", slot, "NODE", ids[target])

    def _living(self) -> list[int]:
        return [
            port for port, process in self.processes.items() if process.poll() is None and port not in self._hanging
        ]

    def _nodes(self, port: int) -> list[str]:
        told = self.ask(port, "CLUSTER", "NODES")
        return list(told) if isinstance(told, dict) else str(told).splitlines()

    def _slots(self) -> list[tuple[int, int, int]]:
        client = redis.Redis(port=self._living()[0], decode_responses=True)
        client.response_callbacks.pop("CLUSTER SLOTS", None)
        rows: Any = client.execute_command("CLUSTER SLOTS")
        client.close()
        return [(int(first), int(last), int(master[1])) for first, last, master, *_replicas in rows]

    def _is_ready(self) -> bool:
        living = self._living()
        states = [self.ask(port, "CLUSTER", "INFO") for port in living]
        if not all("cluster_state:ok" in str(state) for state in states):
            return False
        followed = [self.ask(port, "INFO", "replication") for port in self.masters()]
        return len(followed) == 3 and all("online" in str(each.get("slave0", "")) for each in followed)


def _table(told: Any) -> dict[str, Any]:
    return told if isinstance(told, dict) else dict(zip(told[::2], told[1::2], strict=True))
