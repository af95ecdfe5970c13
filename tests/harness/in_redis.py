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


def all_is_sent(client: Any) -> bool:
    """Nobody has anything to send, now or later. Asked in one moment: what waits for its time moves from one list to
    the other, and would else be in neither."""
    with client.pipeline() as together:
        for shard in keys.ALL_SHARDS:
            together.xlen(f"{shard}outbox").zcard(f"{shard}later")
        return not any(together.execute())


def held(client: Any) -> set[bytes]:
    """Contact ids of conversations advisors have."""
    return {contact for shard in keys.ALL_SHARDS for contact in client.smembers(f"{shard}held")}
