"""What a user would pick instead, hand-written: measured beside the project, on the dialogue of the floor."""
