"""What may stand in TwiML: tables, one `Rule` an element, one `Place` for each document that has limits of its own.

Each rule comes from the page of its verb, docs/voice/twiml/<verb>; each code from docs/api/errors. An attribute
that the pages do not name is not in the table, so that a misspelt one is noticed.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from voice.localtwilio.errors import SCHEMA

Check = Callable[[str], str]
"""What is wrong with a value, in words that follow "…: "; the empty string if it is right."""

MOST_SAID = 4096
MOST_HINTS = 500
LONGEST_HINT = 100
LONGEST_QUEUE_NAME = 64

SSML = frozenset(
    [
        "break",
        "emphasis",
        "lang",
        "p",
        "phoneme",
        "prosody",
        "s",
        "say-as",
        "sub",
        "w",
        "amazon:effect",
        "amazon:domain",
    ]
)


def anything(_: str) -> str:
    return ""


def one_of(*words: str) -> Check:
    def check(value: str) -> str:
        return "" if value in words else f"“{value}” is none of {', '.join(words)}"

    return check


def some_of(*words: str) -> Check:
    def check(value: str) -> str:
        wrong = [word for word in value.split() if word not in words]
        return f"“{' '.join(wrong) or value}” is none of {', '.join(words)}" if wrong or not value.split() else ""

    return check


def whole(least: int = 0, most: int | None = None, *also: str) -> Check:
    limit = f"from {least}" + (f" to {most}" if most is not None else " up")

    def check(value: str) -> str:
        if value in also:
            return ""
        fits = value.isascii() and value.isdigit() and least <= int(value) and (most is None or int(value) <= most)
        return "" if fits else f"“{value}” is no whole number {limit}" + "".join(f" and not {word}" for word in also)

    return check


def matching(pattern: str, what: str) -> Check:
    def check(value: str) -> str:
        return "" if re.fullmatch(pattern, value) else f"“{value}” is no {what}"

    return check


boolean = one_of("true", "false")
method = one_of("GET", "POST")
url = matching(r"(?:https?://[^\s]+|(?!\w+:)[^\s]+)", "relative or absolute http(s) URL")
url_or_nothing = matching(r"|https?://[^\s]+|(?!\w+:)[^\s]+", "relative or absolute http(s) URL")
whole_url = matching(r"https?://[^\s]+", "absolute http(s) URL")
whole_url_or_nothing = matching(r"|https?://[^\s]+", "absolute http(s) URL")
"""Relative ones are documented for `action`, `url`, `waitUrl` and Redirect; Play is shown with absolute ones, and a
relative statusCallback is refused (docs/api/errors/21609)."""
tones = matching(r"[0-9A-DWw#*]*", "string of DTMF tones")
language_tag = matching(r"[a-z]{2,3}(-[A-Za-z0-9]+)+", "language tag such as nl-NL")


def hints(value: str) -> str:
    """At most 500 entries, each of at most 100 characters, separated by commas (gather#hints)."""
    entries = [entry.strip() for entry in value.split(",")]
    if len(entries) > MOST_HINTS:
        return f"{len(entries)} hints, and {MOST_HINTS} are the most"
    longest = max(entries, key=len)
    return (
        f"“{longest}” has {len(longest)} characters, {LONGEST_HINT} are the most" if len(longest) > LONGEST_HINT else ""
    )


def queue_name(value: str) -> str:
    return (
        f"a name of {len(value)} characters, {LONGEST_QUEUE_NAME} are the most"
        if len(value) > LONGEST_QUEUE_NAME
        else ""
    )


@dataclass(frozen=True)
class Attribute:
    check: Check = anything
    code: int = SCHEMA


@dataclass(frozen=True)
class Text:
    """The text between the tags: whether it must be there, and what it must look like."""

    needed: bool = False
    check: Check = anything
    code: int = SCHEMA
    missing: int = SCHEMA


@dataclass(frozen=True)
class Rule:
    attributes: Mapping[str, Attribute] = field(default_factory=dict)
    text: Text | None = None
    children: frozenset[str] = frozenset()
    wrong_child: int = SCHEMA


def _a(check: Check = anything, code: int = SCHEMA) -> Attribute:
    return Attribute(check, code)


_EVENTS = some_of("initiated", "ringing", "answered", "completed")
_CONFERENCE_EVENTS = some_of("start", "end", "join", "leave", "mute", "hold", "modify", "speaker", "announcement")
_SPEECH_MODEL = matching(
    r"default|numbers_and_commands|phone_call|experimental_(conversations|utterances)"
    r"|googlev2_(long|short|telephony|telephony_short)|deepgram_[\w-]+",
    "speech model",
)
_CALLED_PARTY: dict[str, Attribute] = {
    "method": _a(method, 13221),
    "url": _a(url),
    "statusCallback": _a(whole_url, 21609),
    "statusCallbackEvent": _a(_EVENTS),
    "statusCallbackMethod": _a(method),
    "machineDetection": _a(one_of("Enable", "DetectMessageEnd")),
    "machineDetectionTimeout": _a(whole(3, 60)),
    "machineDetectionSpeechThreshold": _a(whole(1000, 6000)),
    "machineDetectionSpeechEndThreshold": _a(whole(500, 5000)),
    "machineDetectionSilenceTimeout": _a(whole(2000, 10000)),
    "amdStatusCallback": _a(url),
    "amdStatusCallbackMethod": _a(method),
}

RULES: dict[str, Rule] = {
    "Say": Rule(
        {
            "voice": _a(code=13511),
            "language": _a(matching(r"[a-z]{2,3}(-[A-Za-z0-9]+)*", "language tag"), 13512),
            "loop": _a(whole(), 13510),
        },
        Text(needed=True, missing=13520),
        SSML,
    ),
    "Play": Rule(
        {"loop": _a(whole(), 13410), "digits": _a(tones, 13430)},
        Text(check=whole_url_or_nothing, code=11100),
    ),
    "Pause": Rule({"length": _a(whole(1), 13910)}),
    "Gather": Rule(
        {
            "action": _a(url),
            "actionOnEmptyResult": _a(boolean, 13338),
            "bargeIn": _a(boolean, 13332),
            "debug": _a(boolean),
            "enhanced": _a(boolean),
            "finishOnKey": _a(matching(r"[0-9#*]?", "key (0-9, #, *) or empty"), 13310),
            "hints": _a(hints, 13330),
            "input": _a(some_of("dtmf", "speech"), 13326),
            "language": _a(language_tag, 13331),
            "maxSpeechTime": _a(whole(1, 60), 13328),
            "method": _a(method, 13312),
            "numDigits": _a(whole(1), 13314),
            "partialResultCallback": _a(url),
            "partialResultCallbackMethod": _a(method, 13329),
            "profanityFilter": _a(boolean, 13333),
            "speechModel": _a(_SPEECH_MODEL, 13334),
            "speechTimeout": _a(whole(1, None, "auto"), 13327),
            "timeout": _a(whole(1, None, "auto"), 13313),
        },
        children=frozenset(["Say", "Play", "Pause"]),
        wrong_child=13320,
    ),
    "Redirect": Rule({"method": _a(method, 13710)}, Text(check=url_or_nothing)),
    "Hangup": Rule(),
    "Leave": Rule(),
    "Reject": Rule({"reason": _a(one_of("rejected", "busy"), 13810)}),
    "Enqueue": Rule(
        {
            "action": _a(url, 14203),
            "method": _a(method, 14201),
            "waitUrl": _a(url_or_nothing, 14202),
            "waitUrlMethod": _a(method, 14206),
        },
        Text(needed=True, check=queue_name, code=14205, missing=14204),
    ),
    "Dial": Rule(
        {
            "action": _a(url),
            "answerOnBridge": _a(boolean, 13219),
            "callerId": _a(matching(r"\+?[\w.:@+-]+", "caller id"), 13214),
            "hangupOnStar": _a(boolean, 13213),
            "method": _a(method, 13210),
            "timeLimit": _a(whole(1), 13216),
            "timeout": _a(whole(1), 13212),
        },
        Text(check=matching(r"|\+?[\d ().-]+", "phone number"), code=13223),
        frozenset(["Number", "Sip", "Client", "Queue", "Conference"]),
        wrong_child=13215,
    ),
    "Number": Rule(
        {**_CALLED_PARTY, "sendDigits": _a(tones, 13222)},
        Text(needed=True, check=matching(r"\+?[\d ().-]+", "phone number"), code=13223, missing=13223),
    ),
    "Sip": Rule(
        {**_CALLED_PARTY, "method": _a(method, 13241), "username": _a(), "password": _a()},
        Text(needed=True, check=matching(r"sips?:[^\s@]+@[^\s]+", "SIP URI"), code=13243, missing=13243),
    ),
    "Client": Rule(_CALLED_PARTY, Text(needed=True, check=matching(r"[^\s]+", "client identity"))),
    "Queue": Rule(
        {"url": _a(url, 14211), "method": _a(method, 14210)},
        Text(needed=True, check=queue_name, code=14213, missing=14212),
    ),
    "Conference": Rule(
        {
            "beep": _a(one_of("true", "false", "onEnter", "onExit"), 13235),
            "endConferenceOnExit": _a(boolean, 13231),
            "maxParticipants": _a(whole(2, 250)),
            "muted": _a(boolean, 13230),
            "participantLabel": _a(),
            "startConferenceOnEnter": _a(boolean, 13232),
            "statusCallback": _a(whole_url, 21609),
            "statusCallbackEvent": _a(_CONFERENCE_EVENTS),
            "statusCallbackMethod": _a(method),
            "waitMethod": _a(method, 13234),
            "waitUrl": _a(url_or_nothing, 13233),
        },
        Text(needed=True, missing=13237),
    ),
}


@dataclass(frozen=True)
class Place:
    """A kind of document: which verbs it may hold, and the code of one that it may not."""

    name: str
    verbs: frozenset[str]
    code: int = SCHEMA


MAIN = Place(
    "a call's document",
    frozenset(["Say", "Play", "Pause", "Gather", "Redirect", "Hangup", "Reject", "Enqueue", "Dial"]),
)
IN_QUEUE = Place(  # docs/voice/twiml/enqueue#attributes-waiturl
    "the waitUrl of an Enqueue",
    frozenset(["Say", "Play", "Pause", "Gather", "Redirect", "Hangup", "Leave"]),
)
IN_CONFERENCE = Place(  # docs/voice/twiml/conference, waitUrl
    "the waitUrl of a Conference", frozenset(["Say", "Play", "Pause", "Redirect"]), 13238
)
CALLED_PARTY = Place(  # docs/voice/twiml/number#attributes-url; nothing else is allowed there
    "the url of a Number, Sip or Client", frozenset(["Say", "Play", "Gather", "Hangup"])
)
LEAVING_QUEUE = Place(  # docs/voice/twiml/queue#attributes-url
    "the url of a Queue", frozenset(["Say", "Play", "Pause", "Redirect"])
)
