"""Reads flows/ and locales/ once, at start, and refuses bad files."""
