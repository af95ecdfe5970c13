"""From what the core decided to the text that fits the channel. Pure."""
