"""What is answered when something broke: the last answer of whoever is on the telephone (`voice.twilio.fallback`).

Nobody on a telephone ever gets an error, or silence. Twilio itself gets 5xx where nobody listens, and repeats it; a
request that cannot be read is refused with 400, for it would be none the better the next time.
"""

from flask import Flask, Response, request
from werkzeug.exceptions import HTTPException

from voice.errors import RequestError
from voice.service.runtime.logs import log
from voice.twilio import routes
from voice.twilio.fallback import Fallback
from voice.twilio.routes import ROOT, ROUTES, Route
from voice.web.forms import answers, dialled, twiml


def serve_faults(app: Flask, fallback: Fallback) -> None:
    def last_answer(route: Route | None) -> str | None:
        return fallback.answer(route, dialled(), request.form.get("From", ""), request.args)

    def fall_back(route: Route) -> None:
        @answers(app, route)
        def answer(**_about: object) -> str:
            log.error(
                "fallback", path=route.rule, call=request.form.get("CallSid"), cause=request.form.get("ErrorCode")
            )
            return last_answer(route) or ""

    for route in (routes.FALLBACK, routes.AGENT_FALLBACK, routes.CUSTOMER_FALLBACK):
        fall_back(route)

    @app.errorhandler(Exception)
    def apologise(error: Exception) -> Response | HTTPException:
        if isinstance(error, HTTPException) and (error.code == 403 or not request.path.startswith(ROOT)):
            return error
        if not request.path.startswith(ROOT):
            log.error("broke", path=request.path, exc_info=error)
            return Response("Something went wrong.\n", status=500, mimetype="text/plain")
        log.error("broke", path=request.path, call=request.form.get("CallSid"), exc_info=error)
        document = last_answer(ROUTES.get(request.path))
        if document is None:
            return twiml("", 400 if isinstance(error, RequestError | HTTPException) else 503)
        return twiml(document)
