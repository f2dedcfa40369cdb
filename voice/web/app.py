"""The webhook app. Every path under `/twilio/` answers TwiML with status 200, whatever happens inside; only a request
that is not Twilio's own gets 403."""

from contextlib import ExitStack
from dataclasses import replace
from typing import cast

from flask import Flask, Response, abort, g, request
from werkzeug.exceptions import HTTPException
from werkzeug.local import LocalProxy

from voice.errors import StoreError
from voice.service.calls.handover import Handover
from voice.service.calls.turn import Switchboard
from voice.service.live.in_force import InForce
from voice.service.live.versions import Versions
from voice.service.runtime.logs import log
from voice.twilio.fallback import Fallback
from voice.twilio.signature import Signatures
from voice.web.audio import serve_audio
from voice.web.forms import dialled, turn_number, twiml, webhook
from voice.web.leg_views import serve_handover

IN_QUEUE = frozenset({"hold", "fallback-wait"})
"""Paths whose answer is executed inside a queue, where no Enqueue may stand."""


def create_app(editions: Versions | Switchboard, signatures: Signatures, fallback: Fallback) -> Flask:
    """A lone switchboard is a line whose files never change."""
    if isinstance(editions, Switchboard):
        editions = Versions(editions)
    app = Flask("rechtdoor", static_folder=None)
    app.config["MAX_CONTENT_LENGTH"] = 64 * 1024
    app.extensions["switchboard"] = editions.now
    in_force = InForce(editions.now.store)

    def board() -> Switchboard:
        """The switchboard of the version that the call began with, over one connection for the whole request."""
        if "board" not in g:
            g.opened = ExitStack()
            found = editions.of(request.form.get("CallSid", ""))
            line = in_force.over(found.line, found.clock())
            g.board = replace(found, line=line, store=g.opened.enter_context(found.store.connected()))
        return cast(Switchboard, g.board)

    @app.teardown_request
    def close(_error: BaseException | None) -> None:
        if opened := g.pop("opened", None):
            opened.close()

    switchboard = cast(Switchboard, LocalProxy(board))
    handover = Handover(switchboard)
    serve_handover(app, handover)
    serve_audio(app, editions.now.line.folder)

    @app.before_request
    def check_signature() -> None:
        if request.path.startswith("/twilio/") and not signatures.valid(request.url, request.form, request.headers):
            log.warning("refused", path=request.path, cause="The signature is missing or wrong.")
            abort(403)

    @app.post("/twilio/voice")
    def voice() -> Response:
        if dialled() and dialled() == switchboard.line.agents_number:
            return twiml(handover.agent_rings_in(webhook()))
        return twiml(switchboard.ring(webhook()))

    @app.post("/twilio/turn")
    def turn() -> Response:
        return twiml(switchboard.turn(webhook(), turn_number()))

    @app.post("/twilio/hold")
    def hold() -> Response:
        return twiml(switchboard.hold(webhook()))

    @app.post("/twilio/queue")
    def queue() -> Response:
        return twiml(switchboard.left_queue(webhook(), turn_number() if "n" in request.args else None))

    @app.post("/twilio/dialled")
    def dialled_() -> Response:
        return twiml(switchboard.left_dial(webhook(), turn_number()))

    @app.post("/twilio/status")
    def status() -> Response:
        posted = webhook()
        if posted.ended:
            switchboard.ended(posted)
        return twiml("")

    @app.post("/twilio/fallback")
    def fall_back() -> Response:
        log.error("fallback", call=request.form.get("CallSid"), cause=request.form.get("ErrorCode"))
        return twiml(fallback.apology(dialled()))

    @app.post("/twilio/fallback-wait")
    def fallback_wait() -> Response:
        return twiml(switchboard.adopt(webhook()))

    @app.get("/healthz")
    def healthz() -> dict[str, str]:
        return {"status": "ok"}

    @app.get("/readyz")
    def readyz() -> tuple[dict[str, str], int]:
        try:
            editions.now.store.ready()
        except StoreError as error:
            return {"status": "not ready", "why": str(error)}, 503
        return {"status": "ready", "line": editions.now.line.version}, 200

    @app.errorhandler(Exception)
    def apologise(error: Exception) -> Response | HTTPException:
        if isinstance(error, HTTPException) and (error.code == 403 or not request.path.startswith("/twilio/")):
            return error
        if not request.path.startswith("/twilio/"):
            log.error("broke", path=request.path, exc_info=error)
            return Response("Something went wrong.\n", status=500, mimetype="text/plain")
        log.error("broke", path=request.path, call=request.form.get("CallSid"), exc_info=error)
        inside = request.path.rpartition("/")[2] in IN_QUEUE or request.args.get("in") == "queue"
        return twiml(fallback.wait(dialled()) if inside else fallback.apology(dialled()))

    return app
