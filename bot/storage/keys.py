"""Every key in Redis and how long it lives. The contact id is the cluster tag of all keys of one person."""

BOT_LIFE = 72 * 3600
"""Seconds after the last message until a conversation is gone (decision 10)."""

ADVISOR_LIFE = 7 * 24 * 3600
"""The same for one an advisor holds or held."""

TURNS_KEPT = 1000
"""Turns kept per person: the transcript, and the answers to repeat word for word. More in one life is a flood."""

TRIM_EVERY = 256
"""How often, in turns, the older ones are dropped."""

LEASE_MS = 60_000
"""Milliseconds an advisor keeps a conversation without being heard of (reliability.md F17)."""

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

TYPING_MS = 12_000
"""Milliseconds an advisor counts as typing after her console last said so."""

PARKED_LIFE = 600
"""Seconds a status callback nobody knows is kept."""

FEED_LENGTH = 5000
"""Changes the feed remembers, about: enough for a console that was away for an hour of a busy day."""

FEED_LIFE_MS = 24 * 3600 * 1000
"""Milliseconds a change stays in the feed: a console that was away for longer looks at everything anew."""

WAITING = "helpline:waiting"
"""Sorted set: contact id by urgency, then by the minute they asked for an advisor."""

URGENCY_STEP = 10**10
"""What one class of urgency weighs in the waiting list, in minutes."""

HELD = "helpline:held"
"""Set: contact ids of the conversations advisors have."""

CHECK_INS = "helpline:checkins"
"""Hash: contact id -> the sealed sign of life that was agreed. Named in commit.lua as well."""

LOOKED = "helpline:looked"
"""When the provider's list of messages was last looked through, in seconds since 1970."""

ERASED = "helpline:erased"
"""Set: hashes of the ids of erased messages, so that none comes back out of the provider's list.
Named in commit.lua as well, with its life of 25 hours."""

DUTY = "helpline:duty"
"""Hash: advisor id -> until when (milliseconds of Redis' clock) they count as present, and their languages."""

FEED = "helpline:feed"
"""Stream: what happened, by contact id and names of events; the console follows it."""

OUTBOX = "helpline:outbox"
"""Stream: contact ids with something to send. One entry a person at a time; what, stands in their lane."""

LATER = "helpline:later"
"""Sorted set: contact ids whose next message waits, by the moment (milliseconds of Redis' clock) it may go."""

OVERRIDES = "helpline:steering"
"""What is switched by hand, sealed."""

GROUP = "workers"
"""Consumer group of the outbox."""

ACCOUNTS = "helpline:accounts"
"""Hash: account id -> 8 bytes of revision and the sealed account of somebody who may log in."""

AUDIT = "helpline:audit"
"""Stream: who did what, without content. Only ever added to; each entry goes after AUDIT_LIFE_MS."""

AUDIT_LIFE_MS = 365 * 24 * 3600 * 1000

FINGERPRINTS = "helpline:fingerprints"
"""Marks of the peppers and data keys this Redis was filled with."""


def conversation(contact: str) -> str:
    return f"helpline:{{{contact}}}:conversation"


def turns(contact: str) -> str:
    """Hash: hash of a message id -> the sealed turn it caused, its answer included."""
    return f"helpline:{{{contact}}}:turns"


def address(contact: str) -> str:
    """Where to write to this person, sealed. Only from a request for an advisor on."""
    return f"helpline:{{{contact}}}:address"


def lease(contact: str) -> str:
    """Id of the advisor whose console is alive."""
    return f"helpline:{{{contact}}}:lease"


def offer(contact: str) -> str:
    """Exists while an offer to a colleague stands."""
    return f"helpline:{{{contact}}}:offer"


def typing(contact: str) -> str:
    """Id of the advisor who is typing to this person."""
    return f"helpline:{{{contact}}}:typing"


def lane(contact: str) -> str:
    """List: ids of messages not yet sent, in order."""
    return f"helpline:{{{contact}}}:lane"


def outgoing(contact: str) -> str:
    """Hash: id -> sealed text; id:s -> how it stands, in clear; id:m -> the provider's id, sealed."""
    return f"helpline:{{{contact}}}:outgoing"


def code(mark: str) -> str:
    """Sealed: the answers behind a case code, by a keyed hash of its words."""
    return f"helpline:code:{mark}"


def coded(contact: str) -> str:
    """The hash of the case code this person has, so that a newer one, or erasing, takes it away."""
    return f"helpline:{{{contact}}}:code"


def erased(mark: str) -> str:
    """The minute in which a person erased everything, by a keyed hash of the contact id: nothing older that was kept
    elsewhere may come back. As long as the spool keeps a message."""
    return f"helpline:erased:{mark}"


def blocked(mark: str) -> str:
    """Sealed: who is blocked, by whom, until when; by a keyed hash of the contact id, so that it leads to nobody when
    that is gone."""
    return f"helpline:blocked:{mark}"


def tries(who: str) -> str:
    """How many case codes were tried of late, by a keyed hash of who tried them; "all" = by all together."""
    return f"helpline:tries:{who}"


def sent(outgoing_id: str) -> str:
    """Contact id of a message, by the id that comes back in its status callbacks."""
    return f"helpline:sent:{outgoing_id}"


def parked(callback: str) -> str:
    """A status callback that came before we knew its message, by a hash of the provider's id."""
    return f"helpline:parked:{callback}"


def counts(day: str) -> str:
    """Hash: what was counted on one day, for 400 days; named in commit.lua with its life."""
    return f"helpline:counts:{day}"


def session(token_hash: str) -> str:
    """Sealed: whose browser this is. The token itself is only in that browser."""
    return f"helpline:session:{token_hash}"


def door(what: str) -> str:
    """A count of tries, a code that has served, or a challenge, by a hash of what it is for."""
    return f"helpline:door:{what}"
