"""The phone simulator: text with the bot as two people, side by side."""
