"""A Redis for tests, and what lies in it, over all shards."""

from typing import Any

from bot.storage.redis import keys

PATIENCE = "socket_timeout=30&socket_connect_timeout=30"


def patient(url: str) -> str:
    """The same server, but waited for: the program gives up after 0.8 s, and a busy machine takes longer at times."""
    return f"{url}{'&' if '?' in url else '?'}{PATIENCE}"


def outbox_length(client: Any) -> int:
    """Entries of people who have something to send, in hand or not."""
    return sum(client.xlen(f"{shard}outbox") for shard in keys.ALL_SHARDS)


def later_length(client: Any) -> int:
    """People whose next message waits for its moment."""
    return sum(client.zcard(f"{shard}later") for shard in keys.ALL_SHARDS)


def held(client: Any) -> set[bytes]:
    """Contact ids of conversations advisors have."""
    return {contact for shard in keys.ALL_SHARDS for contact in client.smembers(f"{shard}held")}
