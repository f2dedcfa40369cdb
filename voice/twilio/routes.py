"""The webhooks, as one table: path, parameters, whose telephone it is about, and what may be answered.

Views, documents, fallback and worker take their URLs from here. Inside a document a URL is relative to the document's
own (https://www.twilio.com/docs/voice/twiml), so that the app may stand under any path; over REST it is whole.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from urllib.parse import urlencode

from voice.errors import RequestError

ROOT = "/twilio/"

REPEATED = "#rc=3&rp=5xx,ct,rt"
"""Behind the URL of what nobody hears: Twilio repeats it three times, also where it was answered 5xx or not in time;
of itself it repeats failed connections only (https://www.twilio.com/docs/usage/webhooks/webhooks-connection-overrides).
"""

LONGEST_VALUE = 64
"""Characters of one parameter. The line wrote them itself; longer ones are not its own."""


class Whose(StrEnum):
    """Who hears what is answered. STATUS: nobody does; Twilio tells what happened."""

    CALLER = "caller"
    AGENT = "agent"
    CUSTOMER = "customer"
    SMS = "sms"
    STATUS = "status"


class Reply(StrEnum):
    """What may be answered.

    CALL: any verb. QUEUE: what may stand in a queue's waitUrl, and in an answer to its Gather. WHISPER: what may stand
    in the `url` of a Number or Sip (both of https://www.twilio.com/docs/voice/twiml). MESSAGE: a text. NOTHING: an
    empty document.
    """

    CALL = "call"
    QUEUE = "queue"
    WHISPER = "whisper"
    MESSAGE = "message"
    NOTHING = "nothing"


_QUEUE = frozenset({"Play", "Say", "Pause", "Gather", "Redirect", "Leave", "Hangup"})

VERBS: Mapping[Reply, frozenset[str]] = {
    Reply.CALL: _QUEUE - {"Leave"} | {"Enqueue", "Dial", "Reject"},
    Reply.QUEUE: _QUEUE,
    Reply.WHISPER: frozenset({"Play", "Say", "Gather", "Pause", "Redirect", "Hangup", "Reject"}),
    Reply.MESSAGE: frozenset({"Message"}),
    Reply.NOTHING: frozenset(),
}
"""The verbs of each. Leave outside a queue ends the call."""


@dataclass(frozen=True)
class Parameter:
    """One parameter of a query: a word, or a whole number."""

    name: str
    number: bool = False
    optional: bool = False

    def read(self, written: str) -> str | int | None:
        """Its value; None for what cannot be one: PostgreSQL keeps no NUL, and the line writes nothing invisible."""
        if self.number:
            fits = written.isascii() and written.isdecimal() and len(written) < 10
            return int(written) if fits else None
        return written if 0 < len(written) <= LONGEST_VALUE and written.isprintable() else None


OF_ATTEMPT = (Parameter("contact"), Parameter("attempt", number=True))
"""One attempt to bring a contact and an agent together."""


@dataclass(frozen=True)
class Route:
    name: str
    whose: Whose
    reply: Reply = Reply.CALL
    parameters: tuple[Parameter, ...] = ()

    @property
    def rule(self) -> str:
        return ROOT + self.name

    @property
    def inside_queue(self) -> bool:
        return self.reply is Reply.QUEUE

    def link(self, **values: str | int) -> str:
        """The URL as another document of the table may name it. Raises `TypeError` for other parameters than its own:
        that is a fault of the code."""
        known = {parameter.name for parameter in self.parameters}
        needed = {parameter.name for parameter in self.parameters if not parameter.optional}
        if not needed <= values.keys() <= known:
            raise TypeError(f"{self.name} takes {sorted(known)}, and was given {sorted(values)}")
        return f"{self.name}?{urlencode(values)}" if values else self.name

    def path(self, **values: str | int) -> str:
        """The URL from the public address on."""
        return ROOT + self.link(**values)

    def read(self, query: Mapping[str, str]) -> dict[str, str | int]:
        """The values in a request's query. Raises `RequestError` where one is missing, or cannot be read."""
        values: dict[str, str | int] = {}
        for parameter in self.parameters:
            written = query.get(parameter.name)
            if written is None and parameter.optional:
                continue
            value = parameter.read(written or "")
            if value is None:
                raise RequestError(
                    f"The request to {self.name} has no {parameter.name} that can be read.",
                    "Twilio calls the URLs that it was given.",
                )
            values[parameter.name] = value
        return values


VOICE = Route("voice", Whose.CALLER)
TURN = Route("turn", Whose.CALLER, parameters=(Parameter("turn", number=True),))
HOLD = Route("hold", Whose.CALLER, Reply.QUEUE)
HOLD_TURN = Route("hold-turn", Whose.CALLER, Reply.QUEUE, TURN.parameters)
QUEUE = Route("queue", Whose.CALLER, parameters=(Parameter("turn", number=True, optional=True),))
DIALLED = Route("dialled", Whose.CALLER, parameters=TURN.parameters)
STATUS = Route("status", Whose.STATUS, Reply.NOTHING)

FALLBACK = Route("fallback", Whose.CALLER)
FALLBACK_WAIT = Route("fallback-wait", Whose.CALLER, Reply.QUEUE)
AGENT_FALLBACK = Route("agent-fallback", Whose.AGENT)
CUSTOMER_FALLBACK = Route("customer-fallback", Whose.CUSTOMER, parameters=OF_ATTEMPT)

COME = Route("come", Whose.CALLER, parameters=OF_ATTEMPT)
AFTER = Route("after", Whose.CALLER, parameters=(*OF_ATTEMPT, Parameter("again", number=True, optional=True)))
SENT = Route("sent", Whose.CALLER, parameters=(*OF_ATTEMPT, Parameter("queue")))

AGENT = Route("agent", Whose.AGENT, parameters=OF_ATTEMPT)
AGENT_ANSWER = Route("agent-answer", Whose.AGENT, parameters=(*OF_ATTEMPT, Parameter("times", number=True)))
AGENT_JOIN = Route("agent-join", Whose.AGENT, parameters=OF_ATTEMPT)
AGENT_UP = Route("agent-up", Whose.AGENT, parameters=OF_ATTEMPT)
AGENT_STATUS = Route("agent-status", Whose.STATUS, Reply.NOTHING, OF_ATTEMPT)
AGENT_PIN = Route("agent-pin", Whose.AGENT)
AGENT_ASKED = Route("agent-asked", Whose.AGENT, parameters=(Parameter("agent"), Parameter("times", number=True)))
BRIEFING = Route("briefing", Whose.AGENT, Reply.WHISPER, (Parameter("call"),))

ROOM_STATUS = Route("room-status", Whose.STATUS, Reply.NOTHING, (*OF_ATTEMPT, Parameter("how"), Parameter("who")))

CUSTOMER = Route("customer", Whose.CUSTOMER, parameters=OF_ATTEMPT)
CUSTOMER_ANSWER = Route(
    "customer-answer",
    Whose.CUSTOMER,
    parameters=(*OF_ATTEMPT, Parameter("times", number=True), Parameter("cancel", number=True, optional=True)),
)
CUSTOMER_AGAIN = Route("customer-again", Whose.CUSTOMER, parameters=OF_ATTEMPT)
CUSTOMER_STATUS = Route("customer-status", Whose.STATUS, Reply.NOTHING, OF_ATTEMPT)

MESSAGE_STATUS = Route("message-status", Whose.STATUS, Reply.NOTHING, (Parameter("contact"),))
SMS = Route("sms", Whose.SMS, Reply.MESSAGE)

ROUTES: Mapping[str, Route] = {route.rule: route for route in list(globals().values()) if isinstance(route, Route)}
"""By the path that Twilio asks for."""
