"""The short soak: a minute of everything, on both channels. The whole one is `make soak`."""

import json

import pytest

from bench.soak.command import main

pytestmark = [pytest.mark.process, pytest.mark.slow]

HELD = ("lost", "doubled", "disordered", "unanswered", "unsafe", "unreachable", "leaked", "wrong_number")
"""What must be zero."""


def test_a_short_soak_holds_its_promises(capsys: pytest.CaptureFixture[str]) -> None:
    main(["--messages", "400", "--minutes", "0.7", "--seed", "1"])
    said = capsys.readouterr()
    assert said.out, said.err
    found = json.loads(said.out.splitlines()[-1])
    assert found["messages"] > 300
    assert found["kills"]  # how many there are in a minute, the machine decides
    assert {promise: found[promise] for promise in HELD} == dict.fromkeys(HELD, 0), said.out
