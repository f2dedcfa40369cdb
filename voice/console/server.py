"""The console, put together from the settings and served, in a process of its own: open streams hold no webhook."""

import ipaddress
from typing import Any
from urllib.parse import urlsplit

from flask import Flask
from werkzeug.middleware.proxy_fix import ProxyFix

from voice.console.app import create_app
from voice.console.context import Console
from voice.console.openid import OpenId
from voice.content import Line
from voice.errors import SettingsError
from voice.service.console.accounts import ROLES
from voice.service.live.follower import Follower
from voice.service.live.published import Published, PublishedState
from voice.service.live.publishing import line_to_serve
from voice.service.live.signing import signer
from voice.service.runtime.logs import log
from voice.service.runtime.settings import Settings
from voice.store import Store
from voice.twilio.softphone import Softphone

THREADS = 1000
"""Each open page holds one, which waits; they are made as they are needed."""


def build(settings: Settings, *, secure: bool, live: bool = False) -> Flask:
    """The app. With `live` a change of the line's files is taken up as everywhere (docs/live.md)."""
    store = Store(settings.database_url)
    store.prepare()
    now = {"line": line_to_serve(settings.line, store)}
    console = Console(
        lambda: now["line"],
        store,
        secure=secure,
        files=settings.line,
        softphone=_softphone(settings),
        openid=_openid(settings),
    )
    if live:
        shelf = Published(settings.line)

        def take(line: Line, _state: PublishedState) -> None:
            now["line"] = line
            console.changes.tell()

        Follower(shelf, "console", now["line"].version, take, signer(store)).start()
    app = create_app(console)
    if settings.trust_proxy:
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=1, x_proto=1, x_host=1)  # type: ignore[method-assign]
    return app


def _softphone(settings: Settings) -> Softphone | None:
    """Where Twilio's API is on loopback, the page talks to it too."""
    if not (settings.account_sid and settings.api_key and settings.api_secret):
        return None
    local = settings.twilio_api_url if is_loopback(urlsplit(settings.twilio_api_url).hostname or "") else ""
    return Softphone(settings.account_sid, settings.api_key, settings.api_secret, local)


def _openid(settings: Settings) -> OpenId | None:
    """Raises `SettingsError` for a role that is none."""
    if not (settings.openid_issuer and settings.openid_client):
        return None
    strange = sorted({role for roles in settings.openid_roles.values() for role in roles} - set(ROLES))
    if strange:
        raise SettingsError(f"VOICE_OPENID_ROLES: there is no role “{strange[0]}”.", f"There are: {', '.join(ROLES)}.")
    return OpenId(
        settings.openid_issuer,
        settings.openid_client,
        settings.openid_secret,
        settings.openid_roles,
        settings.openid_claim,
    )


def serve(settings: Settings, host: str, port: int) -> None:
    """Serve until stopped, by gunicorn: one process with many threads."""
    try:
        from gunicorn.app.base import BaseApplication
    except ImportError:
        raise SettingsError("gunicorn does not run on this system.", "Run the console on Linux or macOS.") from None
    here = is_loopback(host)
    if not Store(settings.database_url).users.all():
        log.warning("nobody may sign in yet", mend="voice console user add NAME --role administrator")

    class Server(BaseApplication):  # type: ignore[misc]
        def load_config(self) -> None:
            options: dict[str, Any] = {
                "bind": f"{host}:{port}",
                "workers": 1,
                "worker_class": "gthread",
                "threads": THREADS,
                "worker_connections": 2 * THREADS,
                "keepalive": 30,
                "graceful_timeout": 2,
                "loglevel": "warning",
                "proc_name": "rechtdoor-console",
            }
            if "control_socket_disable" in self.cfg.settings:
                options["control_socket_disable"] = True  # one under $HOME, for all that gunicorn serves there
            for name, value in options.items():
                self.cfg.set(name, value)

        def load(self) -> Flask:
            return build(settings, secure=not here or settings.trust_proxy, live=True)

    log.info("console", address=f"http://{host}:{port}")
    Server().run()


def is_loopback(host: str) -> bool:
    try:
        return host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
