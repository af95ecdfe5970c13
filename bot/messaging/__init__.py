"""Messaging: answers messages, sends advisors' words, and what the worker does in its time."""
