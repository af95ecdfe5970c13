"""Addresses that name several servers: Sentinels and what they call the master, or some nodes of a Cluster.

`redis+sentinel://[user:password@]host:port,host:port/service[/database]`, `redis+cluster://[user:password@]host:port,…`;
`rediss+…` is the same with TLS.
"""

import re
from dataclasses import dataclass

_URL = re.compile(
    r"(?P<scheme>rediss?)\+(?P<kind>sentinel|cluster)://(?P<login>[^@/\s]*@)?(?P<servers>[^/@\s?#]+)"
    r"(?:/(?P<service>[^/\s?#]+)(?:/(?P<database>\d{1,3}))?)?/?"
)
_SERVER = re.compile(r"(\[[0-9a-fA-F:.]+\]|[^\[\]:,\s]+):(\d{1,5})")

Server = tuple[str, int]


@dataclass(frozen=True, slots=True)
class Several:
    """An address that names several servers. service: what the Sentinels call the master; "" = a Cluster."""

    prefix: str
    servers: tuple[Server, ...]
    service: str = ""
    database: str = "0"

    def url(self, server: Server) -> str:
        """Of one server, for redis-py."""
        return f"{self.prefix}{server[0]}:{server[1]}/{self.database}"


def read_several(url: str) -> Several | None:
    """None: an address of one server. Raises ValueError for a malformed one of several."""
    if "+" not in url.partition("://")[0]:
        return None
    found = _URL.fullmatch(url)
    if found is None or (found["kind"] == "sentinel") is not bool(found["service"]):
        raise ValueError
    servers = []
    for each in found["servers"].split(","):
        server = _SERVER.fullmatch(each)
        if server is None or not 0 < int(server[2]) < 65536:
            raise ValueError
        servers.append((server[1], int(server[2])))
    prefix = f"{found['scheme']}://{found['login'] or ''}"
    return Several(prefix, tuple(servers), found["service"] or "", found["database"] or "0")
