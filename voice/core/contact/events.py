"""What can happen to a contact."""

from dataclasses import dataclass
from datetime import datetime

from voice.core.identity import Identity


@dataclass(frozen=True)
class Story:
    """What goes along with a caller wherever they come. `earlier` is the contact that did not solve it, `identity` who
    they say they are."""

    queue: str
    language: str
    intent: str | None
    note: str | None
    words: tuple[str, ...]
    earlier: str | None = None
    identity: Identity | None = None


@dataclass(frozen=True)
class Informed:
    """The caller hears what needs no person: the general answer of this name."""

    story: Story
    answer: str


@dataclass(frozen=True)
class TextWanted:
    """The caller wants what they heard as a text: a prompt's key, or the text itself."""

    what: str


@dataclass(frozen=True)
class NewsWanted:
    """The caller wants a text once this notice is over."""

    notice: int


@dataclass(frozen=True)
class Content:
    """The caller, who was to be texted, hung up in the queue: they wait for nobody any more."""


@dataclass(frozen=True)
class Joined:
    """The caller stands in the queue, on the line `leg`. Of the wait, in seconds: `announced` is the upper end of what
    the caller was told, `guess` the likeliest. `first`: before all others."""

    story: Story
    leg: str | None = None
    announced: int | None = None
    guess: int | None = None
    first: bool = False


@dataclass(frozen=True)
class Dialled:
    """The caller's own line, `leg`, rings the call centre that answers for the queue."""

    story: Story
    leg: str


@dataclass(frozen=True)
class NotTaken:
    """The call centre did not take it. `why` is Twilio's DialCallStatus. The caller is on the line, and is asked."""

    why: str


@dataclass(frozen=True)
class SteppedOut:
    """The caller left the queue to say something, and is still on the line."""


@dataclass(frozen=True)
class Promised:
    """The caller is to be called back: from `promised` on, or when the turn comes; before `until`, if that was said.
    `first`: before all others."""

    story: Story
    number: str
    promised: datetime | None = None
    until: datetime | None = None
    first: bool = False


@dataclass(frozen=True)
class Noted:
    """The call is over, and no callback is promised: the caller gave no number, hung up before it was agreed on, or
    never said a word. Written down, for whoever looks."""

    story: Story


@dataclass(frozen=True)
class Assigned:
    """It is this contact's turn, and this agent is free."""

    agent: str


@dataclass(frozen=True)
class Rung:
    """Twilio has taken the order to ring the agent, or the customer."""

    call_sid: str


@dataclass(frozen=True)
class Accepted:
    """The agent pressed 1; or said so on their page, `in_page`, while their telephone tells the story."""

    in_page: bool = False


@dataclass(frozen=True)
class Declined:
    """The agent did not take it. `why`: declined, no answer, busy, refused by Twilio…; `missed` is one not answered."""

    why: str
    missed: bool = False


@dataclass(frozen=True)
class Reached:
    """The caller is on their way into the conference, on the line `leg`."""

    leg: str


OUR_FAULT = "our fault"
"""Why a customer was not reached who picked up, and heard that something went wrong here."""

WRONG_NUMBER = "wrong number"
"""Why a customer was not reached where somebody else says that they were rung by mistake."""


@dataclass(frozen=True)
class Unreached:
    """The customer was not reached: busy, no answer, voicemail… `final`: ringing again would not help."""

    why: str
    final: bool = False


@dataclass(frozen=True)
class NotThere:
    """The caller could not be taken out of the queue, though the line stands: they are asked something just now."""


@dataclass(frozen=True)
class AgentLeft:
    """The agent's line is over."""


@dataclass(frozen=True)
class HandedOver:
    """Another agent, who is in the room on the line `call_sid`, goes on with the caller."""

    agent: str
    call_sid: str


@dataclass(frozen=True)
class Transferred:
    """The agent sends the caller on to another queue; or to their own again, where nobody is with them any more."""

    queue: str


@dataclass(frozen=True)
class Gone:
    """The caller's line is over. `ring_back` says whether their number may be rung, where the queue does so."""

    ring_back: bool = True


@dataclass(frozen=True)
class Helped:
    """The caller says so, or says goodbye."""


@dataclass(frozen=True)
class Withdrew:
    """The caller needs nobody any more."""


@dataclass(frozen=True)
class TimeUp:
    """The deadline has passed."""


ContactEvent = (
    Informed | TextWanted | NewsWanted | Content
    | Joined | Dialled | NotTaken | SteppedOut | Promised | Noted | Assigned | Rung | Accepted | Declined | Reached
    | Unreached | NotThere | AgentLeft | HandedOver | Transferred | Gone | Helped | Withdrew | TimeUp
)  # fmt: skip
