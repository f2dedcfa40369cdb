"""The yardstick: a Flask app that checks Twilio's signature and returns fixed TwiML, and does nothing else."""

import os

from flask import Flask, Response, abort, request
from twilio.request_validator import RequestValidator

app = Flask(__name__)
validator = RequestValidator(os.environ["TWILIO_AUTH_TOKEN"])
ANSWER = (
    '<?xml version="1.0" encoding="UTF-8"?><Response><Gather input="dtmf speech" action="turn?turn=1" timeout="5" '
    'speechTimeout="auto" language="nl-NL"><Say voice="Polly.Lotte">Waarvoor belt u?</Say></Gather></Response>'
)


@app.post("/twilio/<path:path>")
def answer(path: str) -> Response:  # noqa: ARG001
    if not validator.validate(request.url, request.form, request.headers.get("X-Twilio-Signature", "")):
        abort(403)
    return Response(ANSWER, mimetype="text/xml")
