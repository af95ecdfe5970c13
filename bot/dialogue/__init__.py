"""The core: conversation + message + now -> new conversation + events. No input or output of its own."""
