"""The edge to Twilio."""
