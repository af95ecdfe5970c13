"""A stand-in for Twilio, for tests and `make run`."""
