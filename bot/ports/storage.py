"""All that is kept, a part for each kind of thing. `bot.storage` fulfils it, in memory and on Redis."""

from dataclasses import dataclass

from bot.ports.blocks import Blocks
from bot.ports.case_codes import CaseCodes
from bot.ports.check_ins import CheckIns
from bot.ports.chores import Chores
from bot.ports.conversations import Conversations
from bot.ports.counts import Counts
from bot.ports.feed import Feed
from bot.ports.outbox import Outbox
from bot.ports.overrides import OverridesStore
from bot.ports.presence import Presence
from bot.ports.queue import Queue


@dataclass
class Storage:
    """The parts of one storage. They belong together: a commit changes what the others read."""

    conversations: Conversations
    queue: Queue
    presence: Presence
    feed: Feed
    case_codes: CaseCodes
    check_ins: CheckIns
    blocks: Blocks
    counts: Counts
    overrides: OverridesStore
    outbox: Outbox
    chores: Chores
