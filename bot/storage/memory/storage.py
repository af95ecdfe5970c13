"""All parts of the storage in memory, joined."""

from bot.ports.storage import Storage
from bot.storage.memory.conversations import MemoryConversations
from bot.storage.memory.handoff import MemoryCheckIns, MemoryFeed, MemoryPresence, MemoryQueue
from bot.storage.memory.outbox import MemoryOutbox
from bot.storage.memory.rest import MemoryBlocks, MemoryCaseCodes, MemoryChores, MemoryCounts, MemoryOverrides
from bot.storage.memory.state import MemoryState


class MemoryStorage(Storage):
    """A storage of its own. `state`: what is in it, for tests to look at."""

    def __init__(self) -> None:
        self.state = MemoryState()
        super().__init__(
            conversations=MemoryConversations(self.state),
            queue=MemoryQueue(self.state),
            presence=MemoryPresence(self.state),
            feed=MemoryFeed(self.state),
            case_codes=MemoryCaseCodes(self.state),
            check_ins=MemoryCheckIns(self.state),
            blocks=MemoryBlocks(self.state),
            counts=MemoryCounts(self.state),
            overrides=MemoryOverrides(self.state),
            outbox=MemoryOutbox(self.state),
            chores=MemoryChores(),
        )
