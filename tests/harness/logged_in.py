"""Somebody who is logged in at a running site, without the pages that lead there."""

from msgspec.structs import replace

from bot.access.accounts import Accounts, Role
from bot.access.sessions import Sessions, Stage
from bot.assembly import utc_now
from bot.console.app import new_console
from bot.storage.redis.accounts import RedisAccounts
from bot.storage.redis.connection import connect
from bot.storage.redis.sessions import RedisSessions
from bot.storage.sealing import Sealer
from tests.harness.console_app import HASHED, SECRET
from tests.harness.site import Site


def cookie_of_somebody(site: Site, name: str = "Bea", role: Role = Role.ADVISOR) -> str:
    """The cookie of a new account that is logged in."""
    connection = connect(site.redis_url)
    sealer = Sealer([bytes.fromhex(site.data_key)])
    accounts = Accounts(RedisAccounts(connection, sealer), utc_now)
    made, _password = accounts.add(name, role)
    made = accounts.change(made.id, lambda new: replace(new, password=HASHED, one_time_until=0, totp=SECRET))
    token = Sessions(accounts, RedisSessions(connection, sealer), utc_now).start(made, Stage.IN)
    connection.close()
    console = new_console(site.environment["SECRET_KEY"], https=True)
    serializer = console.session_interface.get_signing_serializer(console)  # type: ignore[attr-defined]
    return f"{console.config['SESSION_COOKIE_NAME']}={serializer.dumps({'token': token})}"
