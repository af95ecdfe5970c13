"""What lies in Redis, over all shards."""

from typing import Any

from bot.storage.redis import keys


def outbox_length(client: Any) -> int:
    """Entries of people who have something to send, in hand or not."""
    return sum(client.xlen(f"{shard}outbox") for shard in keys.ALL_SHARDS)


def later_length(client: Any) -> int:
    """People whose next message waits for its moment."""
    return sum(client.zcard(f"{shard}later") for shard in keys.ALL_SHARDS)


def held(client: Any) -> set[bytes]:
    """Contact ids of conversations advisors have."""
    return {contact for shard in keys.ALL_SHARDS for contact in client.smembers(f"{shard}held")}
