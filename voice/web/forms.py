"""What a request posts, read once, and how it is answered."""

from flask import Response, g, request

from voice.errors import RequestError
from voice.twilio.webhook import Webhook, read_form

TOKEN = "I-Twilio-Idempotency-Token"


def webhook() -> Webhook:
    if "webhook" not in g:
        g.webhook = read_form(request.form, request.headers.get(TOKEN))
    posted: Webhook = g.webhook
    return posted


def turn_number() -> int:
    written = request.args.get("n", "")
    if not (written.isascii() and written.isdecimal()):
        raise RequestError("The request names no turn.", "Twilio calls the URLs that it was given.")
    return int(written)


def dialled() -> str:
    return str(request.form.get("To", ""))


def twiml(document: str) -> Response:
    return Response(document, mimetype="text/xml")
