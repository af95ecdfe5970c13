"""Ports: what the services need from storage and channels, as Protocols."""
