"""A stand-in for Twilio, for tests, for simulations and for ringing the line on one's own computer.

The rule of this folder: it imports nothing of the rest of `voice`, only the standard library, flask, werkzeug,
httpx and, for computing signatures, `twilio.request_validator`. It speaks HTTP on both sides, so that it sees what
Twilio sees, and what it does comes from Twilio's documentation (each module names its pages) and from nowhere else.

    twilio = LocalTwilio(transport=httpx.Client(transport=httpx.WSGITransport(app)))
    caller = twilio.ring(to="+3212345670", voice_url="https://line.example/twilio/voice")
    caller.says("mijn internet ligt plat")
    assert caller.in_queue == "technical"

Who is who: `exchange` is the account (`LocalTwilio`); `people` are those who speak and press keys; a call
(`records.Leg`) runs a script (`script`) in the `engine`: `calls` is its life, `interpreter` follows documents,
`speaking`, `gathering`, `queueing` and `verbs` do what the verbs ask. `twiml`, `grammar` and `checking` read
documents; `webhooks` is the post.
"""

from voice.localtwilio.clock import Clock, DrivenClock, RealClock
from voice.localtwilio.errors import Fault, Level, LocalTwilioError, NeverYourTurn, TwilioFault
from voice.localtwilio.exchange import LocalTwilio
from voice.localtwilio.pace import Loudspeaker, Pace
from voice.localtwilio.people import Behaviour, CallEnded, Caller, Party, Phone
from voice.localtwilio.records import (
    Conference,
    Exchange,
    Leg,
    Member,
    Message,
    Participant,
    Question,
    Queue,
    Standing,
    Utterance,
)
from voice.localtwilio.server import Server
from voice.localtwilio.webhooks import Mishap

__all__ = [
    "Behaviour",
    "CallEnded",
    "Caller",
    "Clock",
    "Conference",
    "DrivenClock",
    "Exchange",
    "Fault",
    "Leg",
    "Level",
    "LocalTwilio",
    "LocalTwilioError",
    "Loudspeaker",
    "Member",
    "Message",
    "Mishap",
    "NeverYourTurn",
    "Pace",
    "Participant",
    "Party",
    "Phone",
    "Question",
    "Queue",
    "RealClock",
    "Server",
    "Standing",
    "TwilioFault",
    "Utterance",
]
