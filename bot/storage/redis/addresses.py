"""Where to write to a person: channel and address in one sealed record, so that sending needs no conversation."""

from bot.messages import Inbound


def written(inbound: Inbound) -> bytes:
    """The record for whoever sent this message."""
    return f"{inbound.channel} {inbound.address}".encode()


def read(record: str) -> tuple[str, str]:
    """(channel, address). Records of earlier versions hold the address alone: the channel is "" then."""
    channel, _space, address = record.rpartition(" ")
    return channel, address
