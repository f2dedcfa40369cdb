"""Following documents: fetching one, checking it, doing its verbs in order, going where they send the call.

Each function here is a script (see `script`) that runs as a part of one call.
"""

from urllib.parse import urljoin, urlsplit

from .checking import check
from .errors import RETRIEVAL_FAILED, WRONG_CONTENT_TYPE, Fault
from .grammar import Place
from .records import Exchange, Leg, Standing, Target, Utterance
from .script import Script, TimeUp, Wait, do
from .twiml import Document, Unreadable, Verb, parse
from .webhooks import LONGEST_ANSWER, Answer, Mishap, Webhook
from .world import is_grave

SORRY = "We are sorry, an application error has occurred. Goodbye."
_MOST_DOCUMENTS_AT_ONCE = 50
_XML = frozenset({"text/xml", "application/xml", "text/html"})


class Interruption(Exception):
    """What breaks into a call's script."""


class HungUp(Interruption):
    """The person is gone, or the app has ended the call. Nothing more can be done on it."""


class Redirected(Interruption):
    """The REST API sends the call elsewhere."""

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


def pass_time(leg: Leg, seconds: float) -> Script[None]:
    """Let time pass on this call; what the person does meanwhile is not noticed."""
    end = leg.world.engine.now() + seconds
    while (yield Wait(max(0.0, end - leg.world.engine.now()))) != TimeUp():
        pass


def absolute(leg: Leg, url: str) -> str:
    """A URL as it is meant in the document the call is following now."""
    return urljoin(leg.url, url) if url else leg.url


def target(leg: Leg, verb: Verb, attribute: str = "action", **params: str) -> Target:
    """Where `attribute` of the verb points to; without it, to the document itself."""
    method = {"waitUrl": "waitUrlMethod" if verb.name == "Enqueue" else "waitMethod"}.get(attribute, "method")
    return Target(absolute(leg, verb.get(attribute)), verb.get(method, "POST"), params)


# ── Fetching ────────────────────────────────────────────────────────────────────────────────────────


def retrieve(leg: Leg, target: Target, place: Place) -> Script[Document]:
    """The checked document of a target, or that of the fallback; raises `Broken` where neither can be had."""
    if target.twiml:
        document, fault = _read(leg, Answer(200, "text/xml", target.twiml.encode(), leg.url), place)
    else:
        document, fault = yield from _ask(leg, target, place)
    if document is None and fault is not None and leg.fallback is not None:
        reason = {"ErrorCode": str(fault.code), "ErrorUrl": target.url}
        again = Target(leg.fallback.url, leg.fallback.method, {**leg.fallback.params, **reason})
        document, fault = yield from _ask(leg, again, place)
    if document is None:
        raise Broken
    _count(leg)
    return document


def _ask(leg: Leg, target: Target, place: Place) -> Script[tuple[Document | None, Fault | None]]:
    answer = yield from post(leg, target)
    leg.url = target.url
    return _read(leg, answer, place)


def post(leg: Leg, target: Target) -> Script[Answer]:
    """Ask the app, with this call's parameters and those of the target; the exchange is logged on the call."""
    world = leg.world
    params = {**leg.params(), **target.params}
    hook = Webhook(target.url, target.method, params, world.sid("")[:32], dict(leg.cookies))
    asked_at = world.engine.now()
    mishap, seconds = world.mishaps.take(target.url)
    if mishap is Mishap.LOST or (mishap is Mishap.LATE and seconds >= LONGEST_ANSWER):
        if mishap is Mishap.LATE:
            world.engine.start(_deliver_unheard(leg, hook, seconds))
        yield from pass_time(leg, LONGEST_ANSWER)
        answer = Answer(code=RETRIEVAL_FAILED, url=target.url, staged=True)
    else:
        if seconds:
            yield from pass_time(leg, seconds)
        answer = yield from do(lambda: world.courier.deliver(hook, mishap))
    leg.cookies.update(answer.cookies)
    leg.log.append(
        Exchange(asked_at, hook.method, hook.url, params, hook.token, answer.status, answer.text, answer.code)
    )
    return answer


def _deliver_unheard(leg: Leg, hook: Webhook, seconds: float) -> Script[None]:
    """A request that comes so late that nobody waits for its answer any more."""
    yield from pass_time(leg, seconds)
    yield from do(lambda: leg.world.courier.deliver(hook))


# ── Reading ─────────────────────────────────────────────────────────────────────────────────────────


def _read(leg: Leg, answer: Answer, place: Place) -> tuple[Document | None, Fault | None]:
    """The document in an answer, or what is wrong with it; all that is wrong is noted."""
    try:
        document = _document(answer)
    except Unreadable as error:
        return None, _note(leg, error.fault, answer)
    document, faults = check(document, place)
    for fault in faults:
        _note(leg, fault, answer)
    return (None, faults[0]) if is_grave(faults) else (document, None)


def _document(answer: Answer) -> Document:
    """By content type (docs/voice/twiml, "Twilio understands MIME types")."""
    if answer.code:
        what = f"answered {answer.status}" if answer.status else "gave no answer"
        raise Unreadable(Fault(answer.code, urlsplit(answer.url).path, what, answer.url))
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
    yield from pass_time(leg, seconds)
