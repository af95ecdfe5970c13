"""All parts of the storage on one Redis, joined."""

from collections.abc import Callable
from functools import partial

from bot.ports.storage import Storage
from bot.storage.redis.blocks import RedisBlocks
from bot.storage.redis.case_codes import RedisCaseCodes
from bot.storage.redis.check_ins import RedisCheckIns
from bot.storage.redis.chores import RedisChores
from bot.storage.redis.connection import Connection
from bot.storage.redis.conversations import RedisConversations
from bot.storage.redis.counts import RedisCounts
from bot.storage.redis.feed import RedisFeed
from bot.storage.redis.keys import ASK_MS
from bot.storage.redis.layout import bring_up_to_date
from bot.storage.redis.outbox import ORDER_MS, RECLAIM_MS, RedisOutbox
from bot.storage.redis.overrides import RedisOverrides
from bot.storage.redis.presence import RedisPresence
from bot.storage.redis.queue import RedisQueue
from bot.storage.sealing import Sealer


def redis_storage(
    connection: Connection,
    sealer: Sealer,
    *,
    reclaim_ms: int = RECLAIM_MS,
    order_ms: int = ORDER_MS,
    ask_ms: int = ASK_MS,
    on_erased: Callable[[str, int], None] = lambda _mark, _at: None,
    report: Callable[..., None] = lambda _what, **_fields: None,
) -> Storage:
    """The storage of this installation. reclaim_ms, order_ms, ask_ms: see `outbox`; tests are in more of a hurry.
    on_erased: see `RedisConversations`. report: is told of messages whose state cannot be read."""
    overrides, case_codes = RedisOverrides(connection, sealer), RedisCaseCodes(connection, sealer)
    conversations = RedisConversations(connection, sealer, overrides, case_codes, on_erased)
    queue, presence, feed = RedisQueue(connection), RedisPresence(connection), RedisFeed(connection)
    check_ins, blocks = RedisCheckIns(connection, sealer, conversations), RedisBlocks(connection, sealer)
    outbox = RedisOutbox(connection, sealer, reclaim_ms=reclaim_ms, order_ms=order_ms, ask_ms=ask_ms, report=report)
    tidies: list[Callable[[], object]] = [partial(bring_up_to_date, connection)]  # should Redis have been away at start
    tidies += [part.tidy for part in (conversations, queue, presence, feed, check_ins, blocks, case_codes, outbox)]
    return Storage(
        conversations=conversations,
        queue=queue,
        presence=presence,
        feed=feed,
        case_codes=case_codes,
        check_ins=check_ins,
        blocks=blocks,
        counts=RedisCounts(connection),
        overrides=overrides,
        outbox=outbox,
        chores=RedisChores(connection, sealer, tidies),
    )
