"""Handoff: what advisors and time may do with a conversation. Pure."""
