"""The organisation's identity provider (OpenID Connect, with Authlib).

Only its owner can link an account to a subject there, while logged in here: the names a provider tells do not prove
who somebody is here (OpenID Connect Core 5.7). What the provider asks for, such as a second factor, is its own affair.
"""

from dataclasses import dataclass

from authlib.integrations.base_client import OAuthError
from authlib.integrations.flask_client import OAuth
from flask import Flask
from werkzeug.wrappers import Response as BaseResponse

from bot.access.attempts import AuthenticationFailed, Failure

SECONDS = 5
"""How long we wait for the provider."""


@dataclass(frozen=True, slots=True)
class AuthenticatedThere:
    """Somebody who has logged in at the provider."""

    subject: str
    """Permanent."""

    second: int
    """When they did, since 1970; 0 where the provider does not say."""


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

    def ask(self, back: str, proof_state: str = "") -> BaseResponse:
        """Redirect the browser there; it comes back to `back`. Raises AuthenticationFailed.

        proof_state: the state to come back with, where the provider must ask its user to log in again.
        """
        again = {"state": proof_state, "prompt": "login", "max_age": 0} if proof_state else {}
        try:
            # Another provider's metadata must not lead the browser, or us, to another place.
            if self._client.load_server_metadata().get("issuer") != self._issuer:
                raise AuthenticationFailed(Failure.AWAY)
            answer: BaseResponse = self._client.authorize_redirect(back, **again)
        except (OAuthError, OSError):
            raise AuthenticationFailed(Failure.AWAY) from None
        return answer

    def authenticated(self) -> AuthenticatedThere:
        """Who logged in there. Raises AuthenticationFailed."""
        try:
            told = self._client.authorize_access_token(claims_options={"iss": {"values": [self._issuer]}})["userinfo"]
        except OSError:
            raise AuthenticationFailed(Failure.AWAY) from None
        except Exception:  # noqa: BLE001 - Authlib and its JOSE library raise many kinds; each is a failure
            raise AuthenticationFailed(Failure.WRONG) from None
        second = told.get("auth_time")
        return AuthenticatedThere(told["sub"], second if isinstance(second, int) else 0)
