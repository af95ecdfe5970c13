"""Understanding what people write. Pure; imports nothing of ours; its data is handed in."""
