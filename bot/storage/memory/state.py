"""What all parts of the storage in memory share."""

from collections import Counter
from dataclasses import dataclass, field

from bot.dialogue.conversation import Conversation
from bot.dialogue.events import Answers
from bot.dialogue.overrides import Overrides
from bot.handoff.check_in import CheckIn
from bot.ports.blocks import Block
from bot.ports.conversations import Entry
from bot.ports.feed import Change
from bot.storage.memory.messages import OutboxMessage


@dataclass
class MemoryState:
    """Dictionaries by contact id, unless they say otherwise."""

    conversations: dict[str, tuple[Conversation, int]] = field(default_factory=dict)
    """With the revision."""
    transcripts: dict[str, list[Entry]] = field(default_factory=dict)
    replies: dict[str, dict[str, str]] = field(default_factory=dict)
    """By message id."""
    addresses: dict[str, tuple[str, str, str]] = field(default_factory=dict)
    """Channel, address, and our number that was written to."""
    leases: dict[str, str] = field(default_factory=dict)
    """Whose console is alive; a test takes one out to let it lapse."""
    offers: set[str] = field(default_factory=set)
    typing: dict[str, str] = field(default_factory=dict)
    on_duty: dict[str, tuple[str, ...]] = field(default_factory=dict)
    """By advisor."""
    messages: list[OutboxMessage] = field(default_factory=list)
    """What is to be sent or was, oldest first."""
    parked: dict[str, tuple[str, str]] = field(default_factory=dict)
    """Callbacks nobody knows, by the provider's id: state and code."""
    case_codes: dict[str, tuple[str, Answers]] = field(default_factory=dict)
    """By words: whose, and what stands behind it."""
    tries: Counter[str] = field(default_factory=Counter)
    blocks: dict[str, Block] = field(default_factory=dict)
    check_ins: dict[str, CheckIn] = field(default_factory=dict)
    counts: dict[str, Counter[str]] = field(default_factory=dict)
    """By day."""
    feed: list[Change] = field(default_factory=list)
    overrides: Overrides = Overrides()
    erased: set[str] = field(default_factory=set)
    """Ids of erased messages."""
    erased_at: dict[str, int] = field(default_factory=dict)
    """When they last erased everything, in milliseconds since 1970."""
