"""Scenarios: whole conversations as they should go, from tests/conversations, and how many go so."""
