"""Where an attempt to log in comes from: the network it came over, and whether this browser is known.

The second cookie says, signed, which accounts have logged in with this browser. It proves nothing: it only has attempts
counted apart from those of strangers. A copied one has as many attempts as the browser itself.
"""

import ipaddress
import secrets

from flask import current_app, request
from itsdangerous import BadData, URLSafeTimedSerializer
from werkzeug.wrappers import Response

from bot.access.accounts import Account
from bot.access.attempts import Source
from bot.console import cookies

COOKIE_LIFE = 180 * 24 * 3600
MAX_ACCOUNTS = 8
"""Accounts that one browser is known for: the colleagues who share a desk."""


def source(trusted_proxies: int) -> Source:
    """Where this request comes from. trusted_proxies: how many of our own stand between us and the browser."""
    browser, accounts = _known()
    return Source(_network(trusted_proxies), browser, frozenset(accounts))


def remember(response: Response, account: Account) -> None:
    """From now on this browser is known for `account`, which has given every proof."""
    browser, accounts = _known()
    others = [each for each in accounts if each != account.id]
    content = _serializer().dumps([browser or secrets.token_urlsafe(12), [account.id, *others][:MAX_ACCOUNTS]])
    cookies.write(response, cookies.BROWSER, content, COOKIE_LIFE)


def _known() -> tuple[str, list[str]]:
    """The id of this browser, and the accounts it is known for."""
    try:
        browser, accounts = _serializer().loads(cookies.read(cookies.BROWSER), max_age=COOKIE_LIFE)
    except (BadData, ValueError, TypeError):
        return "", []
    return str(browser), [str(each) for each in accounts]


def _serializer() -> URLSafeTimedSerializer:
    return URLSafeTimedSerializer(current_app.secret_key or "", salt="known browser")


def _network(trusted_proxies: int) -> str:
    """The address that connected. A proxy of ours adds the address it was asked from as the last one; what stands
    before those that our proxies added, the browser may have made up."""
    address = request.remote_addr or ""
    if trusted_proxies:
        told = [each.strip() for each in ",".join(request.headers.getlist("X-Forwarded-For")).split(",")]
        address = told[-trusted_proxies] if len(told) >= trusted_proxies else address
    try:
        found = ipaddress.ip_address(address)
    except ValueError:
        return address[:64]
    # A home has a whole network of IPv6 addresses, and could come from another one each time.
    return str(found) if found.version == 4 else str(ipaddress.ip_network((found, 64), strict=False))
