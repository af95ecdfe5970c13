"""The conversations of tests/conversations, through the engine, its texts and the sentence encoder."""

import pytest

from bot.content.library import Library
from bot.content.tables.scenarios import read_scenarios
from bot.nlu_training.conversation_figures import of_conversations
from bot.nlu_training.gates import CONVERSATIONS, beyond_limits
from bot.scenarios.running import ran
from bot.scenarios.talk import talking_engine
from tests.harness.fixed import ROOT

pytestmark = pytest.mark.model


def test_conversations_go_as_they_should(library: Library) -> None:
    """As many as ever; what went wrong stands above the figures."""
    engine = talking_engine()
    scenarios, _faults = read_scenarios(ROOT, library.content, library.languages.live)
    done = [ran(engine, each) for each in scenarios]
    failures = [failure for each in done for failure in each.failures()]
    assert beyond_limits(of_conversations(done), CONVERSATIONS, "") == [], "\n".join(failures)
