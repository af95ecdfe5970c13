"""Which tests run in the same test process, and in which order, with pytest-xdist's `-n`."""

import pytest
from xdist.remote import Producer
from xdist.scheduler import LoadScopeScheduling

ROOMS = {
    "tests/console/test_entering_in_browser.py": "helpline",
    "tests/console/test_in_browser.py": "helpline",
    "tests/console/test_open_pages_in_browser.py": "helpline",
    "tests/console/test_typing_in_browser.py": "helpline",
    "tests/processes/test_failover.py": "servers",
    "tests/storage/test_contract.py": "servers",
    "tests/storage/test_contract_handoff.py": "servers",
}
"""Modules that share what is running, by what it is; every other module has a room of its own."""

LONGEST = (
    "helpline",
    "servers",
    "tests/processes/test_outage.py",
    "tests/processes/test_soak.py",
    "tests/processes/test_handoff.py",
    "tests/processes/",
    "tests/messaging/",
    "tests/dialogue/test_properties.py",
    "tests/content/",
    "tests/console/",
    "tests/simulator/",
    "tests/nlu/",
)
"""What takes longest, by the beginning of its name: it is begun first, or one process would end alone."""


def room(test: str) -> str:
    """What stays together with the test of this id, because it shares what was started."""
    module = test.partition("::")[0]
    return ROOMS.get(module, module)


def place(room: str) -> int:
    """When a room is begun; those with the same place keep their order."""
    return next((number for number, name in enumerate(LONGEST) if room.startswith(name)), len(LONGEST))


class ByRoom(LoadScopeScheduling):
    """Gives each test process a room at a time.

    pytest-xdist's own `loadgroup` writes the groups where pytest 9 does not read them: it divides every module.
    """

    def __init__(self, config: pytest.Config, log: Producer) -> None:
        config.option.loadscopereorder = False  # ours is the order in which the tests come
        super().__init__(config, log)

    def _split_scope(self, nodeid: str) -> str:
        return room(nodeid)
