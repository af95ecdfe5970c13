"""Conversations in Redis, sealed; or in memory, for the terminal."""
