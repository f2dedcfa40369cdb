"""What the understanding made of an utterance: the only thing the dialogue knows of what was said."""

from dataclasses import dataclass
from enum import StrEnum


class Decision(StrEnum):
    """What the probabilities allow, at the risk that the operator accepts."""

    ROUTE = "route"
    CONFIRM = "confirm"
    CHOOSE = "choose"
    UNSURE = "unsure"


class Command(StrEnum):
    """What a caller can say at any point of the call."""

    AGENT = "agent"
    CALLBACK = "callback"
    REPEAT = "repeat"
    BACK = "back"
    YES = "yes"
    NO = "no"
    GOODBYE = "goodbye"
    LANGUAGE = "language"


class Choice(StrEnum):
    """An answer to "this or that?", or one of the keypad's options by its place. BOTH: the first now, the other too."""

    FIRST = "first"
    SECOND = "second"
    OTHER = "other"
    THIRD = "third"
    FOURTH = "fourth"
    LAST = "last"
    BOTH = "both"


@dataclass(frozen=True)
class Interpretation:
    """One utterance, understood.

    `topics` are the intents that `decision` is about, likeliest first: one for ROUTE and CONFIRM, two for CHOOSE.
    `both` says that the caller named two topics, so that neither is a guess. A command and a topic may stand together:
    "nee, het gaat over mijn gsm". `digits` are the numbers spoken ("drie", or a telephone number), `language` is
    the one asked for, `ask` says that the command is to be asked about before it is obeyed ("shall we ring you back?"),
    `safety` the kind of danger that somebody is in, which goes before all else. `probabilities` are (intent,
    probability) pairs of topics and none, likeliest first; `price` is that of a wrong queue, in questions, below which
    the caller goes straight to the first topic's, where that depends on it; `because` says what decided.
    """

    decision: Decision = Decision.UNSURE
    topics: tuple[str, ...] = ()
    both: bool = False
    command: Command | None = None
    ask: bool = False
    safety: str | None = None
    language: str | None = None
    choice: Choice | None = None
    digits: str = ""
    probabilities: tuple[tuple[str, float], ...] = ()
    price: float | None = None
    because: str = ""
