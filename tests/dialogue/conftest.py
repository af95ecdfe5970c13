"""The reader of these tests makes nothing of some texts, whatever the next model would make of them."""

import pytest

from bot.dialogue.engine import Engine
from tests.harness.dialogue import with_understander
from tests.harness.talking import Reading


@pytest.fixture(scope="session")
def engine(engine: Engine) -> Engine:
    return with_understander(engine, Reading(engine.rules.understander))
