"""The soak: many people write while everything is broken on purpose; at the end every promise is checked."""
