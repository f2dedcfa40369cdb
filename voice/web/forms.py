"""What a request posts, read once, and how it is answered."""

from collections.abc import Callable
from typing import Any

from flask import Flask, Response, g, request
from werkzeug.urls import iri_to_uri

from voice.twilio.routes import Route
from voice.twilio.webhook import Webhook, read_form

TOKEN = "I-Twilio-Idempotency-Token"

View = Callable[..., str]


def answers(app: Flask, route: Route) -> Callable[[View], View]:
    """Serves a view at a route of the table: it is handed the route's parameters by name, and returns TwiML."""

    def register(view: View) -> View:
        def answer() -> Response:
            values: dict[str, Any] = route.read(request.args)
            return twiml(view(**values))

        app.add_url_rule(route.rule, route.name, answer, methods=["POST"])
        return view

    return register


def webhook() -> Webhook:
    if "webhook" not in g:
        g.webhook = read_form(request.form, request.headers.get(TOKEN))
    posted: Webhook = g.webhook
    return posted


def called() -> str:
    """The URL as it was asked for, which is what the signature covers: Flask's own has letters where it had been
    percent-encoded."""
    if "called" not in g:
        query = request.query_string.decode("latin-1")
        g.called = iri_to_uri(request.base_url) + (f"?{query}" if query else "")
    return str(g.called)


def dialled() -> str:
    return str(request.form.get("To", ""))


def twiml(document: str, status: int = 200) -> Response:
    return Response(document, status=status, mimetype="text/xml")
