"""Somebody signs in through their organisation, whose provider says which groups they are in."""

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from threading import Thread
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from flask import Flask, jsonify, request
from flask.testing import FlaskClient
from joserfc import jwt
from joserfc.jwk import RSAKey
from werkzeug.serving import make_server
from werkzeug.test import TestResponse

from tests.console.conftest import PASSWORD
from voice.console.app import create_app
from voice.console.context import Console
from voice.console.openid import OpenId
from voice.console.server import build
from voice.errors import SettingsError
from voice.service.runtime.settings import Settings


@dataclass
class Provider:
    """The organisation's: whoever comes is `claims`, and is sent back at once."""

    address: str = ""
    claims: dict[str, Any] = field(default_factory=lambda: {"sub": "1", "preferred_username": "an.claes"})
    key: RSAKey = field(default_factory=lambda: RSAKey.generate_key(2048, {"kid": "one", "use": "sig"}))
    signs_with: RSAKey | None = None
    nonce: str = ""

    def app(self) -> Flask:
        app = Flask("provider")

        @app.get("/.well-known/openid-configuration")
        def about() -> Any:
            ends = {"authorization_endpoint": "authorize", "token_endpoint": "token", "jwks_uri": "keys"}
            return jsonify({"issuer": self.address} | {name: f"{self.address}/{end}" for name, end in ends.items()})

        @app.get("/keys")
        def keys() -> Any:
            return jsonify({"keys": [self.key.as_dict(private=False)]})

        @app.post("/token")
        def token() -> Any:
            assert request.form["code_verifier"], "PKCE"
            now = int(time.time())
            claims = {"iss": self.address, "aud": "console", "iat": now, "exp": now + 60, "nonce": self.nonce}
            signed = jwt.encode({"alg": "RS256", "kid": "one"}, claims | self.claims, self.signs_with or self.key)
            return jsonify({"access_token": "a", "token_type": "Bearer", "id_token": signed})

        return app


@pytest.fixture
def provider() -> Iterator[Provider]:
    provider = Provider()
    server = make_server("127.0.0.1", 0, provider.app(), threaded=True)
    provider.address = f"http://127.0.0.1:{server.server_port}"
    Thread(target=server.serve_forever, daemon=True).start()
    yield provider
    server.shutdown()


@pytest.fixture
def client(console: Console, provider: Provider) -> FlaskClient:
    console.openid = OpenId(provider.address, "console", "secret", {"helpdesk": ["agent"], "leads": ["supervisor"]})
    return create_app(console).test_client()


def signs_in(client: FlaskClient, provider: Provider, **changes: str) -> TestResponse:
    asked = parse_qs(urlsplit(client.get("/openid").location).query)
    provider.nonce = asked["nonce"][0]
    return client.get("/openid/back", query_string={"code": "c", "state": asked["state"][0]} | changes)


def test_the_groups_are_the_roles_each_time_anew(client: FlaskClient, provider: Provider, console: Console) -> None:
    assert "/openid" in client.get("/sign-in").text
    provider.claims["groups"] = ["everybody", "leads"]
    assert signs_in(client, provider).location == "/"
    assert client.get("/board").status_code == 200
    assert console.store.users.find("an.claes").roles == ("supervisor",)  # type: ignore[union-attr]
    provider.claims["groups"] = ["helpdesk"]
    signs_in(client, provider)
    assert client.get("/board").status_code == 403


@pytest.mark.parametrize("groups", [[], ["everybody"], None, 7, {"leads": True}, "everybody"])
def test_who_is_in_no_group_of_ours_does_not_come_in(client: FlaskClient, provider: Provider, groups: object) -> None:
    provider.claims["groups"] = groups
    answer = signs_in(client, provider)
    assert answer.status_code == 403
    assert client.get("/board").status_code == 302


def test_nobody_comes_in_as_a_local_user_of_the_same_name(
    client: FlaskClient, provider: Provider, console: Console
) -> None:
    console.accounts.add("an.claes", PASSWORD, ["administrator"])
    provider.claims["groups"] = ["helpdesk"]
    assert signs_in(client, provider).status_code == 403
    assert console.store.users.find("an.claes").roles == ("administrator",)  # type: ignore[union-attr]


Spoil = Callable[[Provider], object]


@pytest.mark.parametrize(
    "spoil",
    [
        lambda one: setattr(one, "signs_with", RSAKey.generate_key(2048, {"kid": "one"})),
        lambda one: one.claims.update(aud="another client"),
        lambda one: one.claims.update(iss="https://evil.example"),
        lambda one: one.claims.update(nonce="another"),
        lambda one: one.claims.update(exp=int(time.time()) - 3600),
        lambda one: one.claims.update(exp=None),
        lambda one: one.claims.update(nonce=None),
    ],
    ids=["signed by another", "for another", "of another issuer", "for another sign-in", "late", "for ever", "for any"],
)
def test_what_the_provider_has_not_said_to_us_lets_nobody_in(
    client: FlaskClient, provider: Provider, spoil: Spoil
) -> None:
    provider.claims["groups"] = ["leads"]
    spoil(provider)
    assert signs_in(client, provider).status_code == 401
    assert client.get("/board").status_code == 302


def test_a_forged_state_lets_nobody_in(client: FlaskClient, provider: Provider) -> None:
    provider.claims["groups"] = ["leads"]
    assert signs_in(client, provider, state="forged").status_code == 401
    assert client.get("/openid/back", query_string={"error": "access_denied"}).status_code == 401


def test_a_provider_that_is_away_is_told(console: Console) -> None:
    console.openid = OpenId("http://127.0.0.1:9", "console", "secret", {})
    assert create_app(console).test_client().get("/openid").status_code == 503


def test_a_role_that_is_none_is_told_at_once(tmp_path: Path) -> None:
    settings = Settings(
        database_url=f"sqlite:///{tmp_path / 'calls.sqlite3'}",
        openid_issuer="https://id.example",
        openid_client="console",
        openid_roles={"helpdesk": ["boss"]},
    )
    with pytest.raises(SettingsError, match="boss"):
        build(settings, secure=True)
