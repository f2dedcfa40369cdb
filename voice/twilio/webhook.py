"""A form that Twilio posts → `Webhook` (https://www.twilio.com/docs/voice/twiml#twilios-request-to-your-application)."""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from voice.core.cleaning import clean
from voice.errors import RequestError

CALL_SID = re.compile(r"CA[0-9a-fA-F]{32}")
CALLER = re.compile(r"\+[1-9]\d{5,14}")

HIDDEN = frozenset({"+266696687", "+7378742833", "+2562533", "+8656696", "+86282452253"})
"""What Twilio sends for a caller who hides their number: ANONYMOUS, RESTRICTED, BLOCKED, UNKNOWN and UNAVAILABLE, typed
on a telephone's letters (https://help.twilio.com/articles/223179988)."""

LONGEST_SPEECH = 2_000
"""Characters of one utterance that are read; a Gather ends long before."""

LONGEST_ADDRESS = 32
"""Characters of a number or an address, as the tables keep them."""

LONGEST_VALUE = 64
LONGEST_TOKEN = 56
"""Characters of Twilio's mark of a repeat: with the name of the webhook before it, it is the key of an answer."""

LONGEST_COUNT = 6
"""Digits of how many wait."""

LONGEST_TEXT = 1_600
"""Characters of a text (https://www.twilio.com/docs/messaging/guides/webhook-request)."""

ENDED = frozenset({"completed", "busy", "failed", "no-answer", "canceled"})


@dataclass(frozen=True)
class Webhook:
    """One request about a call. `caller` is None when the number is hidden or is no telephone number.

    `speech` and `digits` are None where nothing was gathered; `position` is 0 where Twilio gives none. `dial_result` is
    what came of a Dial, `bridged` whether the two have spoken.
    """

    sid: str
    dialled: str
    caller: str | None
    speech: str | None = None
    digits: str | None = None
    position: int = 0
    queue_result: str = ""
    dial_result: str = ""
    bridged: bool = False
    ended: bool = False
    token: str | None = None


def read_form(form: Mapping[str, str], token: str | None) -> Webhook:
    """Raises `RequestError` for a form that is not about a call. Anything else that is odd is read as not given."""
    sid = form.get("CallSid", "")
    if not CALL_SID.fullmatch(sid):
        raise RequestError("The request has no CallSid.", "Only Twilio's voice webhooks are answered here.")
    caller = form.get("From", "")
    speech = form.get("SpeechResult")
    digits = form.get("Digits")
    return Webhook(
        sid=sid,
        dialled=clean(form.get("To", ""), LONGEST_ADDRESS),
        caller=caller if CALLER.fullmatch(caller) and caller not in HIDDEN else None,
        speech=clean(speech, LONGEST_SPEECH) if speech else None,
        digits=re.sub(r"[^0-9*#]", "", digits)[:32] if digits is not None else None,
        position=_count(form.get("QueuePosition", "")),
        queue_result=clean(form.get("QueueResult", ""), LONGEST_VALUE),
        dial_result=clean(form.get("DialCallStatus", ""), LONGEST_VALUE),
        bridged=form.get("DialBridged", "") == "true",
        ended=form.get("CallStatus", "") in ENDED,
        token=clean(token, LONGEST_TOKEN) or None if token else None,
    )


def _count(written: str) -> int:
    """0 for what is no count: Python reads no number of thousands of digits, and no voice says one."""
    fits = written.isascii() and written.isdecimal() and len(written) <= LONGEST_COUNT
    return int(written) if fits else 0


@dataclass(frozen=True)
class Text:
    """A text that somebody sent to a number of the line. `sender` is what Twilio says, and may be no number."""

    sender: str
    to: str
    body: str


def read_text(form: Mapping[str, str]) -> Text:
    return Text(
        clean(form.get("From", ""), LONGEST_ADDRESS),
        clean(form.get("To", ""), LONGEST_ADDRESS),
        clean(form.get("Body", ""), LONGEST_TEXT),
    )


def value(form: Mapping[str, str], name: str) -> str:
    """Another value of a form, cleaned; empty where it is not given."""
    return clean(form.get(name, ""), LONGEST_VALUE)
