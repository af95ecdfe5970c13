"""Accounts in Redis, sealed."""

from collections.abc import Callable

import msgspec

from bot.access.accounts import Account
from bot.storage.redis import keys
from bot.storage.redis.connection import Connection, blob
from bot.storage.redis.reading import text
from bot.storage.redis.scripts import SAVE_ACCOUNT
from bot.storage.sealing import SealBroken, Sealer, place

_REVISION_BYTES = 8
_account = msgspec.msgpack.Decoder(Account)


class RedisAccounts:
    """`access.accounts.Directory` on Redis."""

    def __init__(
        self, connection: Connection, sealer: Sealer, on_disabled: Callable[[str], None] = lambda _id: None
    ) -> None:
        """on_disabled: gets the id of an account that is about to be disabled."""
        self._on_disabled = on_disabled
        self._connection = connection
        self._sealer = sealer

    def accounts(self) -> list[Account]:
        """See `Directory.accounts`."""
        flat = self._connection.ask("HGETALL", keys.ACCOUNTS)
        found = [self._opened(text(id), stored) for id, stored in zip(flat[::2], flat[1::2], strict=True)]
        return [account for account in found if account is not None]

    def account(self, account_id: str) -> Account | None:
        """See `Directory.account`."""
        stored = self._connection.ask("HGET", keys.ACCOUNTS, account_id)
        return self._opened(account_id, stored) if stored else None

    def save(self, account: Account) -> bool:
        """See `Directory.save`."""
        if account.disabled:
            self._on_disabled(account.id)
        newer = msgspec.structs.replace(account, revision=account.revision + 1)
        sealed = self._sealer.seal(msgspec.msgpack.encode(newer), place("account", account.id))
        options: dict[str, object] = {
            "id": account.id,
            "revision": blob(_revision(account.revision)),
            "new_revision": blob(_revision(0)),
            "account": blob(_revision(newer.revision) + sealed),
        }
        return bool(self._connection.together([SAVE_ACCOUNT([keys.ACCOUNTS], options)])[0])

    def _opened(self, account_id: str, stored: bytes) -> Account | None:
        try:
            return _account.decode(self._sealer.open(stored[_REVISION_BYTES:], place("account", account_id)))
        except (SealBroken, msgspec.DecodeError):
            return None  # its key is gone: an administrator makes it again


def _revision(number: int) -> bytes:
    return number.to_bytes(_REVISION_BYTES, "big")
