"""Tests. `tests/` mirrors `bot/`; what they are driven with is in `tests/harness/`."""

import pytest

pytest.register_assert_rewrite("tests.harness")
