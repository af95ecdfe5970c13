"""The verbs of the shell: the one door through which a conversation changes."""
