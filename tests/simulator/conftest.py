"""What the tests of the simulator share."""

from collections.abc import Iterator

import pytest

from tests.devtools.webhook import Webhook


@pytest.fixture
def webhook() -> Iterator[Webhook]:
    server = Webhook().start()
    yield server
    server.stop()
