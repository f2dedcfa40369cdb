"""The states of a call as data: what the line does in each, and what it listens for.

Whatever depends on the state alone is read from here: TwiML, `voice call`, the readings of an event, the pictures in
the docs. A state that is added gets a row here, its moves in `voice.core.call.table` and its question in
`voice.core.call.questions`.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from voice.core.call.actions import Listen
from voice.core.call.state import State


class Topics(StrEnum):
    """Which topics are an answer: any that can be guessed; only one that is clear, as what else is heard there is
    noise; or none."""

    ANY = "any"
    CLEAR = "clear"
    NONE = "none"


@dataclass(frozen=True)
class Pauses:
    """Whole seconds of quiet. `silence` is how long a caller who says nothing is waited for until that counts as a
    no-input; `pause` is how long a caller who has spoken may be quiet until the utterance is over. Twilio's `timeout`
    and `speechTimeout` (https://www.twilio.com/docs/voice/twiml/gather)."""

    silence: int
    pause: int


PAUSES: Mapping[Listen, Pauses] = {
    Listen.OPEN: Pauses(silence=5, pause=2),
    Listen.YES_NO: Pauses(silence=5, pause=1),
    Listen.CHOICE: Pauses(silence=5, pause=1),
    Listen.MENU: Pauses(silence=6, pause=1),
    Listen.OBJECTION: Pauses(silence=2, pause=1),
    Listen.NUMBER: Pauses(silence=10, pause=2),
}
"""A caller thinks aloud at the open question and breathes in the middle of a number; a yes is over when it is said."""


@dataclass(frozen=True)
class StateFacts:
    """What is true of one state.

    `about` is one line for the docs. `listens` is what an utterance there is expected to be; None: the line does not
    listen. `counted` questions are limited per call (`MAX_QUESTIONS`). `number`: a telephone number is an answer;
    `digits`: a number is dictated or keyed, so that a key does not end the turn. `later`: another moment may be asked
    for; `text`: a text may be.
    `pauses` differ from those of `listens` where given.
    """

    about: str
    listens: Listen | None = None
    counted: bool = False
    number: bool = False
    digits: bool = False
    later: bool = False
    text: bool = False
    topics: Topics = Topics.ANY
    pauses: Pauses | None = None

    @property
    def yes_no(self) -> bool:
        """Whether yes and no, or 1 and 2, answer it."""
        return self.listens in (Listen.YES_NO, Listen.OBJECTION)

    @property
    def objection(self) -> bool:
        """Whether silence agrees: the caller may object, and otherwise the call goes on."""
        return self.listens is Listen.OBJECTION

    @property
    def quiet(self) -> Pauses | None:
        return self.pauses or (PAUSES[self.listens] if self.listens else None)


S, L = State, Listen

STATES: Mapping[State, StateFacts] = {
    S.NEW: StateFacts("the call has come in, and nothing is said yet"),
    S.QUESTION: StateFacts("the open question, with the greeting in one breath", L.OPEN, counted=True),
    S.AGAIN: StateFacts("the question in other words, with two examples", L.OPEN, counted=True),
    S.CONFIRM: StateFacts("is it about this topic?", L.YES_NO, counted=True),
    S.CHECK: StateFacts("was that a command: a callback, a person, the end?", L.YES_NO, counted=True),
    S.CHOICE: StateFacts("this topic, that one, or something else", L.CHOICE, counted=True),
    S.MENU: StateFacts("at most four topics and 0, for when speech fails", L.MENU, counted=True),
    S.ANNOUNCE: StateFacts("the topic, and that the call goes on", L.OBJECTION, topics=Topics.CLEAR),
    S.OFFER: StateFacts("why the queue cannot answer, and a callback", L.YES_NO, number=True, later=True),
    S.CALLBACK: StateFacts("the number to call back, read back", L.YES_NO, number=True, later=True, topics=Topics.NONE),
    S.NUMBER: StateFacts("which number to call back", L.NUMBER, number=True, digits=True, topics=Topics.NONE),
    S.WINDOW: StateFacts("the moments at which a callback can be had", L.MENU, topics=Topics.NONE),
    S.LISTED: StateFacts("what stands of a callback promised before", L.YES_NO, later=True),
    S.CANCELLING: StateFacts("shall that callback be cancelled?", L.YES_NO, topics=Topics.NONE),
    S.RESUME: StateFacts("is it still about the topic of the call that was cut off?", L.YES_NO, counted=True),
    S.AGREED: StateFacts("is it about what was agreed the last time?", L.YES_NO, counted=True),
    S.HOLD: StateFacts(
        "in the queue: where the caller stands, and music",
        L.OPEN,
        text=True,
        topics=Topics.CLEAR,
        pauses=Pauses(1, 2),
    ),
    S.LEAVE: StateFacts("on the way out of the queue"),
    S.DIAL: StateFacts("a call centre's telephone rings, and then somebody there speaks"),
    S.AGENT: StateFacts("on the way to an agent, and with one"),
    S.HELPED: StateFacts("the agent is gone: was the caller helped?", L.YES_NO, topics=Topics.CLEAR),
    S.WHERE: StateFacts("not helped, and no topic known: what it is about", L.OPEN),
    S.ANSWERED: StateFacts("an answer that needs no person: did it help?", L.YES_NO, text=True),
    S.NOTICE: StateFacts("what is going on, and a text once it is over", L.YES_NO, topics=Topics.CLEAR),
    S.AREA: StateFacts("is it about an address there, where something is going on?", L.YES_NO, topics=Topics.CLEAR),
    S.EARLIER: StateFacts("is it about the same as the last time still?", L.YES_NO, topics=Topics.CLEAR),
    S.IDENTITY: StateFacts(
        "who is calling: a customer number, or a date of birth", L.NUMBER, digits=True, topics=Topics.CLEAR
    ),
    S.DANGER: StateFacts("what to do in danger, before the call is moved", L.OBJECTION),
    S.FAREWELL: StateFacts("goodbye, which can be taken back", L.OBJECTION),
    S.SILENT: StateFacts("nobody has been heard: any key, or a word", L.OPEN, pauses=Pauses(15, 2)),
    S.OVER: StateFacts("the call has ended"),
}

LISTENING: Mapping[State, Pauses] = {state: facts.quiet for state, facts in STATES.items() if facts.quiet}
"""The states in which the line listens, and how long it does."""
