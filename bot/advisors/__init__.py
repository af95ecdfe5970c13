"""Advisors: what they do with conversations, live news for open pages, the audit log."""
