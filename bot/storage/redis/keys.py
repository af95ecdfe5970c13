"""Every key in Redis and how long it lives.

What belongs to one person, and every list it stands in, carries the same tag `{NN}`: one of 64 shards, from the
contact id. So one script changes all of it at once, also where the shards lie on several machines. Everything else
is a single key that is asked for alone.
"""

from collections.abc import Sequence
from zlib import crc32

from bot.ports.outbox import SHARDS

BOT_LIFE = 72 * 3600
"""Seconds after the last message until a conversation is gone."""

ADVISOR_LIFE = 7 * 24 * 3600
"""The same for one an advisor holds or held."""

TURNS_KEPT = 1000
"""Turns kept per person: the transcript, and the answers to repeat word for word. More in one life is a flood."""

TRIM_EVERY = 256
"""How often, in turns, the older ones are dropped."""

LEASE_MS = 60_000
"""Milliseconds an advisor keeps a conversation without being heard of."""

OFFER_MS = 120_000
"""Milliseconds a colleague has to take a conversation that is offered."""

CODE_LIFE = 72 * 3600
"""Seconds a case code leads somewhere."""

BLOCK_LIFE = 24 * 3600
"""Seconds a sender stays blocked."""

TRIES = 5
TRIES_ALL = 200
TRIES_LIFE = 3600
"""So many case codes may be tried in so many seconds, by one person or advisor, and by all together."""

IN_FLIGHT_LIFE = 600
"""Seconds an address is kept after the conversation has left the advisors, for a message that is still on its way;
also the longest a message may take to arrive at all."""

ASK_MS = 180_000
"""Milliseconds after which the provider is asked what became of a message; its reports come within seconds."""

TYPING_MS = 12_000
"""Milliseconds an advisor counts as typing after their console last said so."""

PARKED_LIFE = 600
"""Seconds a status callback nobody knows is kept."""

ERASED_LIFE = 25 * 3600
"""Seconds the marks of erased messages are kept: longer than the provider's list is looked through."""

COUNTS_LIFE = 400 * 24 * 3600
"""Seconds the counts of a day are kept."""

FEED_LENGTH = 1000
"""Changes the feed remembers in each shard, about: enough for a console that was away for an hour of a busy day."""

FEED_LIFE_MS = 24 * 3600 * 1000
"""Milliseconds a change stays in the feed: a console that was away for longer looks at everything again."""

AUDIT_LIFE_MS = 365 * 24 * 3600 * 1000

URGENCY_STEP = 10**10
"""What one class of urgency weighs in the queue, in minutes."""

GROUP = "workers"
"""Consumer group of the outbox."""

# -- by shard ----------------------------------------------------------------------------------------------------------

ALL_SHARDS = tuple(f"helpline:{{{number}}}:" for number in SHARDS)
"""What the keys of each shard begin with. After it:

waiting      sorted set: contact ids by urgency, then by the minute they asked for an advisor
held         set: contact ids of the conversations advisors have
check-ins    hash: contact id -> the sealed check-in
outbox       stream: contact ids with something to send. One entry a person at a time; what, stands in their queue
later        sorted set: contact ids whose next message waits, by the moment (milliseconds of Redis' clock) it may go
unreported   sorted set: ids of messages the provider has and said nothing final of, by the moment it is asked
feed         stream: what happened, by contact id and names of events; the console follows it
counts:DAY   hash: what was counted on one day
erased-messages  sorted set: hashes of the ids of erased messages by the moment of erasing, so that none comes back out
             of the provider's list
stale-codes  set: hashes of case codes whose owner has a newer one or is erased; they are about to be dropped
confirm      written only to see that the replicas have what was written before
sent:ID      contact id of a message, by the id that comes back in its status callbacks
"""


OF_A_SHARD = {
    "waiting": "zset", "held": "set", "check-ins": "hash", "outbox": "stream", "later": "zset", "unreported": "zset",
    "feed": "stream", "counts": "hash", "erased-messages": "zset", "stale-codes": "set", "confirm": "string",
    "sent": "string",
}  # fmt: skip
"""What Redis calls the kind of each."""

OF_A_PERSON = {
    "conversation": "string", "turns": "hash", "address": "string", "our-number": "string", "lease": "string",
    "offer": "string", "typing": "string", "queue": "list", "outgoing": "hash", "code": "string",
}  # fmt: skip
"""The same of what `person` lists."""

ALONE = {
    "doorbell": "list", "duty": "hash", "steering": "string", "blocks": "zset", "looked": "string", "spools": "hash",
    "unreadable": "hash", "accounts": "hash", "audit": "stream", "fingerprints": "hash", "layout": "string",
    "ping": "string", "code": "string", "erased": "string", "blocked": "string", "tries": "string", "parked": "string",
    "sent": "string", "session": "string", "door": "string",
}  # fmt: skip
"""The same of the keys that are alone."""


def kind_of(name: str) -> tuple[str, str]:
    """(what this key holds, by the names of the tables above; what Redis calls its kind); ("", "") for one that is not
    ours."""
    _helpline, _colon, rest = name.partition(":")
    first, *others = rest.split(":")
    if not first.startswith("{"):
        return (first, ALONE[first]) if first in ALONE else ("", "")
    if others and others[0] in OF_A_SHARD:
        return others[0], OF_A_SHARD[others[0]]
    last = others[-1] if others else ""
    return (last, OF_A_PERSON[last]) if last in OF_A_PERSON else ("", "")


def shard(contact: str) -> str:
    """What the keys of this person's shard begin with."""
    return ALL_SHARDS[crc32(contact.encode()) % len(ALL_SHARDS)]


def by_shard(contacts: Sequence[str]) -> list[list[str]]:
    """The same people, those of one shard together: one command can name the keys of them all."""
    shards: dict[int, list[str]] = {}
    for contact in contacts:
        shards.setdefault(crc32(contact.encode()) % len(ALL_SHARDS), []).append(contact)
    return list(shards.values())


def person(contact: str) -> str:
    """What the keys of one person begin with. After it:

    conversation  8 bytes of revision and the sealed conversation
    turns         hash: hash of a message id -> 8 bytes of revision and the sealed turn it caused, its answer included
    address       where to write to this person, sealed; only from a request for an advisor on
    our-number    the one of ours they wrote to last, sealed; as long as the address
    lease         id of the advisor whose console is alive
    offer         exists while an offer to a colleague stands
    typing        id of the advisor who is typing to this person
    queue         list: ids of messages not yet sent, in order
    outgoing      hash: id -> sealed text; id:s -> how it stands, in clear; id:m -> the provider's id, sealed; id:d ->
                  perhaps sent twice; id:u -> what the provider said of it that we do not know
    code          the hash of the case code this person has, so that a newer one, or erasing, takes it away
    """
    return f"{ALL_SHARDS[crc32(contact.encode()) % len(ALL_SHARDS)]}{contact}:"


def sent(outgoing_id: str) -> str:
    """Contact id of a message, by our id of it. Ids made before there were shards have no shard in front."""
    number, dot, _rest = outgoing_id.partition(".")
    return f"helpline:{{{number}}}:sent:{outgoing_id}" if dot else f"helpline:sent:{outgoing_id}"


def unreported(outgoing_id: str) -> str:
    """Where a message of this id stands while nothing final was reported of it."""
    return f"helpline:{{{outgoing_id.partition('.')[0]}}}:unreported"


# -- alone -------------------------------------------------------------------------------------------------------------

DOORBELL = "helpline:doorbell"
"""List with one element when something was written into an outbox; workers wait for it. Only a hint."""

DUTY = "helpline:duty"
"""Hash: advisor id -> until when (milliseconds of Redis' clock) they count as present, and their languages."""

OVERRIDES = "helpline:steering"
"""The overrides, sealed."""

BLOCKS = "helpline:blocks"
"""Sorted set: names of blocked senders, by the second (of Redis' clock) at which the block ends."""

LAST_RECONCILED = "helpline:looked"
"""When the provider's list of messages was last looked through, in seconds since 1970."""

SPOOLS = "helpline:spools"
"""Hash: id of a host's spool -> until when (seconds since 1970) it is clear."""

UNREADABLE = "helpline:unreadable"
"""Hash: id of a host's spool -> the minutes (since 1970) in which what lies unreadable there arrived, by spaces."""

ACCOUNTS = "helpline:accounts"
"""Hash: account id -> 8 bytes of revision and the sealed account of somebody who may log in."""

AUDIT = "helpline:audit"
"""Stream: who did what, without content. Only ever added to; each entry goes after AUDIT_LIFE_MS."""

FINGERPRINTS = "helpline:fingerprints"
"""Marks of the peppers and data keys this Redis was filled with."""

LAYOUT = "helpline:layout"
"""Says that all keys are those of this version (layout.py)."""

LAYOUT_LOCK = "helpline:layout:lock"
"""Held by whoever moves them."""

PING = "helpline:ping"
"""Written to see whether Redis takes writes."""


def code(mark: str) -> str:
    """Sealed: the answers behind a case code, by a keyed hash of its words. In front of it, once a message has claimed
    it, by whom (lua/claim_code.lua)."""
    return f"helpline:code:{mark}"


def erased(mark: str) -> str:
    """When a person erased everything (milliseconds since 1970; an earlier version: minutes), by a keyed hash of the
    contact id: nothing older that was kept elsewhere may come back. As long as the spool keeps a message."""
    return f"helpline:erased:{mark}"


def blocked(mark: str) -> str:
    """Sealed: who is blocked, by whom, until when; by a keyed hash of the contact id, so that it leads to nobody when
    that is gone."""
    return f"helpline:blocked:{mark}"


def tries(who: str) -> str:
    """How many case codes were tried recently, by a keyed hash of who tried them; "all" = by all together."""
    return f"helpline:tries:{who}"


def parked(callback: str) -> str:
    """A status callback that came before we knew its message, by a hash of the provider's id."""
    return f"helpline:parked:{callback}"


def session(token_hash: str) -> str:
    """Sealed: whose browser this is. The token itself is only in that browser."""
    return f"helpline:session:{token_hash}"


def login(what: str) -> str:
    """A count of tries, a code that has served, or a challenge, by a hash of what it is for."""
    return f"helpline:door:{what}"
