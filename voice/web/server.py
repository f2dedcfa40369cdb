"""The app, put together from the settings and served: by gunicorn, or by Flask's own server while developing."""

import gc
import ipaddress
import secrets
import socket
import struct
import threading
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from logging import NOTSET
from typing import Any

from flask import Flask

from voice.content.check import sound_line
from voice.content.line import version_of
from voice.errors import ContentError, SettingsError
from voice.service.calls.operator_service import OperatorService
from voice.service.calls.turn import Switchboard
from voice.service.dispatch.alarms import Alarms
from voice.service.dispatch.retention import Retention
from voice.service.dispatch.working import build_rest
from voice.service.live.learning import Learning
from voice.service.live.published import Published
from voice.service.live.publishing import line_to_serve
from voice.service.live.versions import Versions
from voice.service.runtime import metrics
from voice.service.runtime.clock import system_clock
from voice.service.runtime.logs import log
from voice.service.runtime.settings import Settings
from voice.store import Store
from voice.twilio.fallback import fallback
from voice.twilio.signature import Signatures
from voice.understanding import load_understanding
from voice.web.app import create_app
from voice.web.metrics import serve_metrics
from voice.web.slots import THREADS
from voice.web.worker_process import worker_beside

SILENT_SECONDS = 5.0
"""How long a client may keep a thread waiting for its next byte."""


def build_switchboard(settings: Settings, clock: Callable[[], datetime] = system_clock) -> Switchboard:
    """Everything a webhook needs, with the database brought up to date. Raises `VoiceError` for whatever is wrong."""
    store = Store(settings.database_url)
    store.prepare()
    line = line_to_serve(settings.line, store)
    return Switchboard(
        replace(line, folder=settings.line),
        load_understanding(line),
        store,
        clock,
        music=line.music,
        log_words=settings.log_words,
        service=OperatorService(secret=settings.service_secret),
    )


def build_app(settings: Settings, switchboard: Switchboard, *, live: bool = False) -> Flask:
    """The app. With `live` a change of the line's files is taken up within two seconds (docs/live.md)."""
    signatures = Signatures(
        settings.auth_token,
        settings.public_url,
        trust_proxy=settings.trust_proxy,
        other=settings.other_auth_token,
    )
    editions = Versions(switchboard)
    if live:
        editions.follower(Published(settings.line)).start()
        keeper = Retention(switchboard.store.patient())
        arguments = (lambda: editions.now.line, switchboard.clock, threading.Event())
        threading.Thread(target=keeper.run, args=arguments, name="keeper", daemon=True).start()
        Learning(switchboard.store.patient(), editions.learn).start(lambda: editions.now.line, switchboard.clock)
        alarms = Alarms(switchboard.store, build_rest(settings), settings.service_secret)
        alarms.start(lambda: editions.now.line, switchboard.clock)
    app = create_app(editions, signatures, fallback(switchboard.line))
    if settings.metrics:
        serve_metrics(app, switchboard.store, switchboard.clock, app.extensions["slots"])
    return app


def with_token(settings: Settings, host: str) -> Settings:
    """Settings that can be served on `host`. Without Twilio's token every request could be forged, so only loopback is
    served then, with a token of the moment."""
    if settings.auth_token:
        return settings
    if not _is_loopback(host):
        raise SettingsError(
            f"Without Twilio's token no request can be trusted, so nothing is served on {host}.",
            "Set TWILIO_AUTH_TOKEN (Twilio's console, Account Info), or serve on 127.0.0.1.",
        )
    log.warning("no TWILIO_AUTH_TOKEN: a random one is used, and only a local Twilio that knows it can call")
    return settings.model_copy(update={"auth_token": secrets.token_hex(16)})


def _is_loopback(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def serve(settings: Settings, host: str, port: int, workers: int, *, debug: bool = False) -> None:
    """Serve until stopped. Raises `SettingsError` for what may not be served, `ContentError` for a line with errors."""
    settings = with_token(settings, host)
    try:
        switchboard = build_switchboard(settings)
    except ContentError:
        sound_line(settings.line, lenient=True)  # says what is wrong in every file
        raise
    if switchboard.line.version == version_of(settings.line):
        for one in sound_line(settings.line, lenient=True).warnings:
            if one.path.startswith("prompts/"):
                log.warning("prompts", place=one.path, what=one.what, mend=one.mend)
    if settings.metrics:
        metrics.begin()
    if debug:
        build_app(settings, switchboard, live=True).run(host, port, debug=True, use_reloader=False)
        return
    with worker_beside(settings):
        _gunicorn(settings, switchboard, f"{host}:{port}", workers)


def gunicorn_options(address: str, workers: int) -> dict[str, Any]:
    """What gunicorn can limit is limited: lines, fields, and how long a client may keep a thread and send nothing. One
    that sends little by little is for a proxy to stop (deploy/nginx.conf)."""
    from gunicorn.config import KNOWN_SETTINGS

    options = {
        "bind": address,
        "workers": workers,
        "worker_class": "voice.web.threaded.RefusingWorker",
        "threads": THREADS,
        "keepalive": 30,
        "graceful_timeout": 20,
        # A forwarded header is read by the signature check, and only where the settings trust it.
        "forwarded_allow_ips": "",
        "secure_scheme_headers": {},
        # One under $HOME for all that gunicorn serves there: two lines of one user would fight over it.
        "control_socket_disable": True,
        "limit_request_line": 2048,
        "limit_request_fields": 60,
        "limit_request_field_size": 4096,
        "backlog": 512,
        "when_ready": _limit_silence,
    }
    known = {setting.name for setting in KNOWN_SETTINGS}
    return {name: value for name, value in options.items() if name in known}


def _limit_silence(server: Any) -> None:
    """A connection takes this over from the socket that it came in by (socket(7), SO_RCVTIMEO)."""
    for listener in server.LISTENERS:
        seconds, rest = divmod(SILENT_SECONDS, 1)
        limit = struct.pack("ll", int(seconds), int(rest * 1_000_000))
        listener.sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVTIMEO, limit)


def _gunicorn(settings: Settings, switchboard: Switchboard, address: str, workers: int) -> None:
    try:
        from gunicorn.app.base import BaseApplication
    except ImportError:
        raise SettingsError("gunicorn does not run on this system.", "Use --debug to try the line here.") from None
    from gunicorn.glogging import Logger

    class Log(Logger):  # type: ignore[misc]
        """gunicorn's lines go where all others go."""

        def setup(self, cfg: Any) -> None:
            super().setup(cfg)
            for one in (self.error_log, self.access_log):
                one.handlers.clear()
                one.propagate = True
                one.setLevel(NOTSET)

    class Server(BaseApplication):  # type: ignore[misc]
        """The line and its model are read once, in the first process; each worker opens the database for itself."""

        def load_config(self) -> None:
            options = gunicorn_options(address, workers) | {"proc_name": "rechtdoor", "logger_class": Log}
            for name, value in options.items():
                self.cfg.set(name, value)

        def load(self) -> Flask:
            return build_app(settings, replace(switchboard, store=Store(settings.database_url)), live=True)

    switchboard.store.close()
    # What was read lives as long as the process: the collector would look through all of it for a tenth of a second and
    # more, in the middle of somebody's turn, and each worker would get a copy of its own (docs.python.org, gc.freeze).
    gc.collect()
    gc.freeze()
    Server().run()
