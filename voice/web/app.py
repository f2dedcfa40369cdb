"""The webhook app: webhooks, sounds and health. A webhook that is not signed by Twilio gets 403."""

from contextlib import ExitStack
from dataclasses import replace
from typing import cast

from flask import Flask, Response, g, request
from werkzeug.local import LocalProxy

from voice.core.cleaning import clean
from voice.errors import StoreError
from voice.service.calls.turn import Switchboard
from voice.service.live.in_force import InForce
from voice.service.live.versions import Versions
from voice.service.runtime.logs import log
from voice.store.deadlines import REQUEST_SECONDS, within
from voice.twilio.fallback import Fallback
from voice.twilio.routes import ROOT
from voice.twilio.signature import Signatures
from voice.web.audio import serve_audio
from voice.web.body import LONGEST_BODY, UNSIGNED, unreadable
from voice.web.call_views import serve_calls
from voice.web.fault_views import serve_faults
from voice.web.forms import called
from voice.web.leg_views import serve_legs
from voice.web.slots import DatabaseSlots


def _is_signed(signatures: Signatures) -> bool:
    """A host that is none has been called by nobody."""
    try:
        return signatures.valid(called(), request.form, request.headers)
    except ValueError:
        return False


def create_app(editions: Versions | Switchboard, signatures: Signatures, fallback: Fallback) -> Flask:
    """A lone switchboard is a line whose files never change."""
    if isinstance(editions, Switchboard):
        editions = Versions(editions)
    app = Flask("rechtdoor", static_folder=None)
    app.config["MAX_CONTENT_LENGTH"] = LONGEST_BODY
    app.extensions["switchboard"] = editions.now
    in_force = InForce(editions.now.store)
    slots = app.extensions["slots"] = DatabaseSlots()

    def board() -> Switchboard:
        """The switchboard of the version that the call began with, over one connection for the whole request."""
        if "board" not in g:
            g.opened = ExitStack()
            g.opened.enter_context(within(REQUEST_SECONDS))
            g.opened.enter_context(slots.slot())
            found = editions.of(request.form.get("CallSid", ""))
            line = in_force.over(found.line, found.clock())
            address = signatures.address(called(), request.headers)
            g.board = replace(found, line=line, address=address, store=g.opened.enter_context(found.store.connected()))
        return cast(Switchboard, g.board)

    @app.teardown_request
    def close(_error: BaseException | None) -> None:
        if opened := g.pop("opened", None):
            opened.close()

    switchboard = cast(Switchboard, LocalProxy(board))
    serve_calls(app, switchboard)
    serve_legs(app, switchboard)
    serve_faults(app, fallback)
    serve_audio(app, editions.now.line.folder)

    @app.before_request
    def check_signature() -> Response | None:
        if not request.path.startswith(ROOT):
            return None
        refusal = unreadable(request)
        if refusal is None and _is_signed(signatures):
            return None
        status, cause = refusal or UNSIGNED
        log.warning("refused", path=clean(request.path, 100), cause=cause)
        return Response(f"{cause}\n", status=status, mimetype="text/plain")

    @app.get("/healthz")
    def healthz() -> dict[str, str]:
        return {"status": "ok"}

    @app.get("/readyz")
    def readyz() -> dict[str, str]:
        """Ready to answer Twilio, if only with an apology: a process that lacks the database is never taken away."""
        state = "ok"
        try:
            with within(REQUEST_SECONDS), slots.slot():
                editions.now.store.ready()
        except StoreError as error:
            state = str(error)
        return {"status": "ready", "line": editions.now.line.version, "database": state}

    return app
