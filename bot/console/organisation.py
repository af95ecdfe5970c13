"""Logging in with the organisation's own identity provider (OpenID Connect, by Authlib).

An account is joined to somebody there only by herself, while she is logged in here: the names a provider tells are not
proof of who somebody is here (OpenID Connect Core 5.7). What the provider asks of her, such as a second factor, is
its own affair.
"""

from authlib.integrations.base_client import OAuthError
from authlib.integrations.flask_client import OAuth
from flask import Flask
from werkzeug.wrappers import Response as BaseResponse

from bot.access.authenticator import AuthenticationFailed, Why

SECONDS = 5
"""How long we wait for the provider."""


class Organisation:
    """The provider at `issuer`, which knows us as `client_id`."""

    def __init__(self, app: Flask, issuer: str, client_id: str, client_secret: str) -> None:
        self._issuer = issuer
        self._client = OAuth(app).register(
            "organisation",
            client_id=client_id,
            client_secret=client_secret,
            server_metadata_url=f"{issuer}/.well-known/openid-configuration",
            client_kwargs={"scope": "openid", "code_challenge_method": "S256", "timeout": SECONDS},
        )

    def ask(self, back: str) -> BaseResponse:
        """Send the browser there; it comes to `back`. Raises AuthenticationFailed."""
        try:
            answer: BaseResponse = self._client.authorize_redirect(back)
        except (OAuthError, OSError):
            raise AuthenticationFailed(Why.AWAY) from None
        return answer

    def subject(self) -> str:
        """Who the browser that came back is, as the provider calls her for ever. Raises AuthenticationFailed."""
        try:
            told = self._client.authorize_access_token(claims_options={"iss": {"values": [self._issuer]}})["userinfo"]
        except OSError:
            raise AuthenticationFailed(Why.AWAY) from None
        except Exception:  # noqa: BLE001 - Authlib and its JOSE library raise many kinds; none of them lets in
            raise AuthenticationFailed(Why.WRONG) from None
        subject: str = told["sub"]
        return subject
