"""A stand-in for Twilio: for tests, for simulations, and for ringing the line on one's own computer.

The rule of this folder: it imports nothing of the rest of `voice`, only the standard library, flask, werkzeug, httpx
and, for computing signatures, `twilio.request_validator`. It speaks HTTP on both sides, so that it sees what Twilio
sees, and what it does comes from Twilio's documentation (each module names its pages) and from nowhere else.

A caller, in a test::

    app_client = httpx.Client(transport=httpx.WSGITransport(app))
    twilio = LocalTwilio(auth_token=TOKEN, transport=app_client)
    twilio.number("+3212345670", voice_url="https://line.example/twilio/voice", fallback_url=…, status_callback=…)
    caller = twilio.ring(to="+3212345670", from_="+32470123456")
    caller.says("mijn internet ligt plat")      # speech; presses("0"), stays_silent(), waits(30), hangs_up()
    caller.heard[-1].text, caller.gather, caller.in_queue, caller.ended, caller.log

Whatever a person does lets time pass until it is their turn again: a Gather has spoken and waits, there is hold music,
they are connected, or the call is over. An impatient one (`patient = False`) breaks into the prompts. Time is virtual
and stands still in between (`DrivenClock`): `twilio.advance(seconds)`, `twilio.run_until(condition)`.

An agent, whom the app rings by REST::

    client = twilio.rest.Client(…)              # sends to twilio.rest_app, or over HTTP to twilio.serve_rest()
    agent = twilio.phone("+32470000001")
    agent.rings, agent.rings_within(5), agent.picks_up(), agent.accepts(), agent.declines(), agent.rejects()
    agent.speaks_with, agent.in_conference, agent.texts
    twilio.person("+32470000002", answers_after=20, voicemail="Dit is de voicemail van…", busy=…, behaviour=…)

What may go wrong: `next_webhook(Mishap.TWICE | RETRIED | LOST | ANSWER_LOST | LATE | FORGED)`, `next_rest(503)`,
`refuse_number(number, 21214)`, `break_next_enqueue()`, `shuffle_callbacks`. What the app does wrong is raised as a
`TwilioFault` with Twilio's own error code, or with `strict=False` only collected in `errors`, and the call goes on as
Twilio would have it (fallback URL).

A person at the keyboard: `LocalTwilio(clock=RealClock(), pace=Pace.keyboard()).run()`. A voice: a `Loudspeaker` plays
what is said and reports how long it takes; `begins_to_speak()` and then `says(…)` come from whoever hears.

Where to look:

    exchange  `LocalTwilio`, the account: the one object a test or the command line holds
    people    those who speak and press keys
    calls     the life of a call, and its status callbacks
    ringing   calls that go out
    verbs     what each verb does
    twiml     documents, read and checked
    engine    timers and scripts
    post      questions to the app, as parts of a script
    webhooks  how they are asked: signed, repeated, lost
    rest      the app's own REST requests, answered
    texting   SMS
    records   what is remembered
    world     what all calls share
    server    serving an app on loopback
    errors    what can be wrong, with Twilio's own numbers

Accepted, and without effect: what only changes how something sounds or is recognised (`beep`, `enhanced`,
`speechModel`, `profanityFilter`), `answerOnBridge`, `partialResultCallback`. Not known, and so refused by name: Record,
Connect, Start, Pay, Refer, Sms; `sequential`, `record`; recordings. Connection overrides
in a URL's fragment are not read: the defaults hold.
"""

from voice.localtwilio.engine.clock import Clock, DrivenClock, RealClock
from voice.localtwilio.engine.pace import Loudspeaker, Pace
from voice.localtwilio.errors import Fault, Level, LocalTwilioError, NeverYourTurn, TwilioFault
from voice.localtwilio.exchange import LocalTwilio
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
