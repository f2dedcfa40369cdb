"""Signing in through the organisation's own accounts: OpenID Connect, by Authlib, with its groups as roles.

https://openid.net/specs/openid-connect-core-1_0.html: the authorization code flow with state, nonce and PKCE. Whoever
comes back is made a user of the roles of their groups, each time anew; an administrator ties them to the agent they
are. What is between going and coming back lives in a signed cookie, good for an hour and for this process.
"""

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from authlib.common.errors import AuthlibBaseError
from authlib.integrations.flask_client import OAuth
from flask import Flask, redirect, render_template, request, url_for
from joserfc.errors import JoseError
from requests import RequestException
from werkzeug.wrappers import Response as BaseResponse

from voice.console.signed_in import let_in
from voice.service.console.accounts import Accounts, SignInRefused
from voice.service.runtime.clock import system_clock
from voice.service.runtime.logs import log

SECONDS = 10
NAMES = ("preferred_username", "email", "sub")
"""The claims that may be a user's name, the best first."""


@dataclass(frozen=True)
class OpenId:
    """`issuer` is where the provider says all else of itself; `roles` the roles of each group, of those that the claim
    `claim` names."""

    issuer: str
    client: str
    secret: str = field(repr=False)
    roles: Mapping[str, Sequence[str]]
    claim: str = "groups"

    def of(self, claims: Mapping[str, Any]) -> tuple[str, tuple[str, ...]]:
        """(the user's name, their roles)"""
        named = claims.get(self.claim)
        groups = [named] if isinstance(named, str) else named if isinstance(named, list) else []
        roles = (role for group in groups for role in self.roles.get(str(group), ()))
        return next(str(claims[name]) for name in NAMES if claims.get(name)), tuple(dict.fromkeys(roles))


def serve_openid(app: Flask, accounts: Accounts, openid: OpenId, *, secure: bool) -> None:
    app.secret_key = secrets.token_bytes(32)
    app.config.update(
        SESSION_COOKIE_NAME="rechtdoor_openid", SESSION_COOKIE_SAMESITE="Lax", SESSION_COOKIE_SECURE=secure
    )
    provider = OAuth(app).register(
        "organisation",
        client_id=openid.client,
        client_secret=openid.secret,
        server_metadata_url=openid.issuer.rstrip("/") + "/.well-known/openid-configuration",
        client_kwargs={"scope": "openid profile email", "code_challenge_method": "S256", "timeout": SECONDS},
    )

    def refused(why: str, status: int) -> tuple[str, int]:
        return render_template("sign_in.html", openid=True, next="/", refused=why), status

    @app.get("/openid", endpoint="openid")
    def go() -> BaseResponse | tuple[str, int]:
        try:
            return provider.authorize_redirect(url_for("openid_back", _external=True))  # type: ignore[no-any-return]
        except RequestException as error:
            log.error("the provider cannot be reached", exc_info=error)
            return refused("away", 503)

    @app.get("/openid/back", endpoint="openid_back")
    def back() -> BaseResponse | tuple[str, int]:
        now, address = system_clock(), request.remote_addr or ""
        try:
            name, roles = openid.of(provider.authorize_access_token()["userinfo"])
            accounts.welcome(name, roles)
        except SignInRefused as error:
            return refused(error.why, 403)
        except RequestException as error:
            log.error("the provider cannot be reached", exc_info=error)
            return refused("away", 503)
        except (AuthlibBaseError, JoseError, KeyError, StopIteration, ValueError) as error:
            # A forged or late answer, or one that the provider has not signed: whatever it was, nobody comes in.
            log.warning("not signed in by the provider", why=type(error).__name__)
            return refused("openid_failed", 401)
        return let_in(redirect("/", 303), accounts.begin(name, address, now), secure=secure)
