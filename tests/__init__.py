"""Tests. `tests/` mirrors `bot/`; what they are driven with is in `tests/harness/`."""

import os

import pytest
from hypothesis import settings

os.environ.setdefault(
    "OPENBLAS_NUM_THREADS", "1"
)  # before numpy is read: with more, test processes wait for each other

pytest.register_assert_rewrite("tests.harness")

# The same examples in every run, however busy the machine is.
settings.register_profile("tests", derandomize=True, deadline=None, database=None)
settings.load_profile("tests")
