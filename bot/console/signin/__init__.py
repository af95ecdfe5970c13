"""Logging in and out, one's own account, and which pages a role may see."""
