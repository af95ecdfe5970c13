"""What stops a start. The message is ours, names no secret and may be shown."""


class StartError(Exception):
    """The process must not start; the message says why, all of it at once."""
