"""An identity provider on this machine: OpenID Connect with one user, who is always logged in there."""

import hmac
import json
import secrets
import threading
import time
from base64 import urlsafe_b64encode
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

from joserfc import jwt
from joserfc.jwk import RSAKey


class IdentityProvider:
    """subject: who its user is. claims: what its tokens say differently from the truth. forges: an algorithm that needs
    no private key, with which its tokens are made instead. says_it_is: the issuer it names."""

    def __init__(self) -> None:
        self.key = RSAKey.generate_key(2048, {"kid": "1"})
        self.signs_with = self.key
        self.subject = "subject-1"
        self.claims: dict[str, object] = {}
        self.forges = ""
        self.codes: dict[str, dict[str, str]] = {}
        provider = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                self.answer(provider.get(urlsplit(self.path).path))

            def do_POST(self) -> None:
                form = parse_qs(self.rfile.read(int(self.headers["Content-Length"])).decode())
                self.answer(provider.token({name: values[0] for name, values in form.items()}))

            def answer(self, body: dict[str, Any]) -> None:
                self.send_response(400 if "error" in body else 200)
                self.send_header("Content-Type", "application/json")
                self.end_headers()
                self.wfile.write(json.dumps(body).encode())

            def log_message(self, *_arguments: object) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.issuer = f"http://127.0.0.1:{self.server.server_port}"
        self.says_it_is = self.issuer
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def get(self, path: str) -> dict[str, Any]:
        if path == "/jwks":
            return {"keys": [self.key.as_dict(private=False)]}
        return {
            "issuer": self.says_it_is,
            "authorization_endpoint": f"{self.issuer}/authorize",
            "token_endpoint": f"{self.issuer}/token",
            "jwks_uri": f"{self.issuer}/jwks",
            "id_token_signing_alg_values_supported": ["RS256"],
        }

    def authorize(self, asked: str) -> str:
        """What its page does with the browser: send it back with a code."""
        query = {name: values[0] for name, values in parse_qs(urlsplit(asked).query).items()}
        assert query["code_challenge_method"] == "S256"
        assert query["scope"] == "openid"
        code = secrets.token_urlsafe()
        self.codes[code] = query
        return f"{query['redirect_uri']}?{urlencode({'code': code, 'state': query['state']})}"

    def token(self, form: dict[str, str]) -> dict[str, Any]:
        query = self.codes.pop(form.get("code", ""), None)
        if query is None or not form.get("code_verifier"):
            return {"error": "invalid_grant"}
        now = int(time.time())
        claims = {
            "iss": self.issuer, "sub": self.subject, "aud": query["client_id"], "exp": now + 300, "iat": now,
            "nonce": query["nonce"],
        } | self.claims  # fmt: skip
        if self.forges:
            signed = self._forged(claims)
        else:
            signed = jwt.encode({"alg": "RS256", "kid": "1"}, claims, self.signs_with)
        return {"access_token": "a", "token_type": "Bearer", "id_token": signed}

    def _forged(self, claims: dict[str, Any]) -> str:
        header = {"alg": self.forges, "kid": "1"}
        parts = [urlsafe_b64encode(json.dumps(each).encode()).rstrip(b"=") for each in (header, claims)]
        secret = self.key.as_pem(private=False)
        made = b"" if self.forges == "none" else hmac.digest(secret, b".".join(parts), "sha256")
        return b".".join([*parts, urlsafe_b64encode(made).rstrip(b"=")]).decode()

    def stop(self) -> None:
        self.server.shutdown()
        self.server.server_close()
