"""What is refused before it is parsed: bodies that Twilio never sends. Whoever sends them gets one plain line."""

from flask import Request
from werkzeug.exceptions import HTTPException

from voice.twilio.signature import SIGNATURE

LONGEST_BODY = 64 * 1024
"""Bytes; Twilio's longest forms have some thousands."""

FORM = "application/x-www-form-urlencoded"


UNSIGNED = (403, "The signature is missing or wrong.")


def unreadable(request: Request) -> tuple[int, str] | None:
    """The status and cause of a refusal; None for a signed form that has been read, or a request without a body."""
    if request.headers.get(SIGNATURE) is None:
        return UNSIGNED
    if (request.content_length or 0) > LONGEST_BODY:
        return 413, f"A form has at most {LONGEST_BODY} bytes."
    if request.method == "POST" and request.mimetype != FORM:
        return 415, f"Twilio posts {FORM}."
    try:
        request.form  # noqa: B018  (a body that does not say how long it is shows it now)
    except HTTPException as error:
        return error.code or 400, "The form cannot be read."
    return None
