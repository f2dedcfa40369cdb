"""Following documents: fetching one, checking it, doing its verbs in order, going where they send the call.

Each function here is a script (see `script`) that runs as a part of one call.
"""

from urllib.parse import urljoin, urlsplit

from voice.localtwilio.engine.script import Interruption, Script
from voice.localtwilio.errors import NOT_ABSOLUTE, WRONG_CONTENT_TYPE, Fault
from voice.localtwilio.post import ask, pass_time
from voice.localtwilio.records import Leg, Standing, Target, Utterance
from voice.localtwilio.twiml.check import check
from voice.localtwilio.twiml.documents import Document, Unreadable, Verb, parse
from voice.localtwilio.twiml.rules import Place
from voice.localtwilio.webhooks import Answer

SORRY = "We are sorry, an application error has occurred. Goodbye."
_MOST_DOCUMENTS_AT_ONCE = 50
_XML = frozenset({"text/xml", "application/xml", "text/html"})


class HungUp(Interruption):
    """The person is gone, or the app has ended the call. Nothing more can be done on it."""

    rank = 3


class Redirected(Interruption):
    """The REST API sends the call elsewhere."""

    rank = 2

    def __init__(self, target: Target) -> None:
        super().__init__(target.url)
        self.target = target


class Finished(Exception):
    """A verb ends the call, with this CallStatus."""

    def __init__(self, status: str = "completed") -> None:
        super().__init__(status)
        self.status = status


class Broken(Exception):
    """No document could be had, the fallback included."""


def follow(leg: Leg, target: Target | None, place: Place) -> Script[None]:
    """One document after the other, until one ends without sending the call on."""
    while target is not None:
        document = yield from retrieve(leg, target, place)
        target = yield from run(leg, document)


def run(leg: Leg, document: Document) -> Script[Target | None]:
    """The verbs of one document, in order; the first that sends the call elsewhere ends it."""
    for verb in document.verbs:
        target = yield from leg.world.verbs[verb.name](leg, verb)
        if target is not None:
            return target
    return None


def absolute(leg: Leg, url: str) -> str:
    """A URL as it is meant in the document the call is following now."""
    return urljoin(leg.url, url) if url else leg.url


def target(leg: Leg, verb: Verb, attribute: str = "action", method: str = "method") -> Target:
    """Where `attribute` of the verb points to; without it, to the document itself."""
    return Target(absolute(leg, verb.get(attribute)), verb.get(method, "POST"))


def target_if_any(leg: Leg, verb: Verb, attribute: str = "action", method: str = "method") -> Target | None:
    """Where `attribute` of the verb points to, if it stands there."""
    return target(leg, verb, attribute, method) if verb.get(attribute) else None


def retrieve(leg: Leg, target: Target, place: Place) -> Script[Document]:
    """The checked document of a target, or that of the fallback; raises `Broken` where neither can be had."""
    if target.twiml:
        leg.url = ""  # nothing that relative URLs could start from
        document, fault = _read(leg, Answer(200, "text/xml", target.twiml.encode()), place)
    else:
        document, fault = yield from _fetch(leg, target, place)
    if document is None and fault is not None and leg.fallback is not None:
        reason = {"ErrorCode": str(fault.code), "ErrorUrl": target.url}
        again = Target(leg.fallback.url, leg.fallback.method, {**leg.fallback.params, **reason})
        document, fault = yield from _fetch(leg, again, place)
    if document is None:
        raise Broken
    _count(leg)
    return document


def _fetch(leg: Leg, target: Target, place: Place) -> Script[tuple[Document | None, Fault | None]]:
    if not target.url.startswith(("http://", "https://")):
        fault = Fault(NOT_ABSOLUTE, "URL", f"“{target.url}” is relative to a document without a URL", "", leg.sid)
        leg.world.blame(fault)
        return None, fault
    answer = yield from ask(leg, target)
    leg.url = target.url
    return _read(leg, answer, place)


def _read(leg: Leg, answer: Answer, place: Place) -> tuple[Document | None, Fault | None]:
    """The document in an answer, or what is wrong with it; all that is wrong is noted."""
    try:
        document = _document(answer)
    except Unreadable as error:
        return None, _note(leg, error.fault, answer)
    document, faults = check(document, place)
    for fault in faults:
        _note(leg, fault, answer)
    return (None, faults[0]) if any(fault.is_grave for fault in faults) else (document, None)


def _document(answer: Answer) -> Document:
    """By content type (docs/voice/twiml, "Twilio understands MIME types")."""
    if answer.code:
        raise Unreadable(Fault(answer.code, urlsplit(answer.url).path, answer.outcome, answer.url))
    if answer.content_type in _XML:
        return parse(answer.body, answer.url)
    if answer.content_type.startswith("audio/"):
        return Document((Verb("Play", text=answer.url),), answer.url)
    if answer.content_type == "text/plain":
        try:
            return parse(answer.body, answer.url)
        except Unreadable:
            return Document((Verb("Say", text=answer.text),), answer.url)
    what = f"“{answer.content_type}” is no content type Twilio understands"
    raise Unreadable(Fault(WRONG_CONTENT_TYPE, urlsplit(answer.url).path, what, answer.url))


def _note(leg: Leg, fault: Fault, answer: Answer) -> Fault:
    fault = Fault(fault.code, fault.where, fault.what, fault.url or answer.url, leg.sid)
    leg.world.blame(fault, expected=answer.staged)
    return fault


def _count(leg: Leg) -> None:
    """Documents that follow each other without any time passing go round in a circle."""
    now = leg.world.engine.now()
    moment, number = leg.documents_now
    leg.documents_now = (now, number + 1 if moment == now else 1)
    if leg.documents_now[1] > _MOST_DOCUMENTS_AT_ONCE:
        what = f"{_MOST_DOCUMENTS_AT_ONCE} documents in a row, and no time has passed"
        leg.world.blame(Fault(12400, "Redirect", what, leg.url, leg.sid))
        raise Broken


def apologise(leg: Leg) -> Script[None]:
    """Twilio's own words, when it has nothing else to go by (docs/usage/security/availability-reliability)."""
    seconds = leg.world.pace.say(SORRY)
    leg.stand(Standing.TALKED_TO)
    leg.heard.append(Utterance("twilio", SORRY, leg.world.engine.now(), seconds))
    yield from pass_time(leg.world, seconds)
