"""What may stand in `grammars/line.yaml`. Pydantic checks the form; `voice.content.line` checks that names exist."""

import re
import unicodedata
from datetime import timedelta
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field

from voice.content.time_mends import shown, span_mend
from voice.content.times import Times, dates_of, length, spans_of, weekly_spans
from voice.core.plan import MENU_SIZE


class Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


# A validator's message is "what is wrong; how to mend it".


def _e164(number: str) -> str:
    if not re.fullmatch(r"\+[1-9][0-9]{6,14}", number):
        raise ValueError(f"“{number}” is no telephone number in full (E.164); write {_number_meant(number)}")
    return number


def _number_meant(written: str) -> str:
    """A number with its country, as it is read; from which country another is, nobody can tell."""
    bare = re.sub(r"\(0\)|[\s()./-]|^tel:", "", unicodedata.normalize("NFKC", written))
    number = f"+{bare[2:]}" if bare.startswith("00") else bare
    return number if re.fullmatch(r"\+[1-9][0-9]{6,14}", number) else "it as +3212345670, digits only"


def _hours(written: Any) -> Any:
    if written == "always":
        return written
    if not isinstance(written, dict):
        if isinstance(written, str) and "00:00-24:00" in span_mend(written):
            raise ValueError(f"“{written}” is no hours; write always")
        form = 'write always, or days and times: {mon-fri: "08:00-17:00"}'
        raise ValueError(f"{shown(written)} is no hours; {form}")
    weekly_spans(written)
    return written


def _exceptions(written: Any) -> Any:
    if not isinstance(written, dict):
        raise ValueError('these are no days and times; write {"2026-12-24": "08:00-12:00"}')
    for days, times in written.items():
        dates_of(days)
        if times is None:
            raise ValueError(f"“{days}” has no times; write closed behind it, or 09:00-12:00 between quotes")
        spans_of(times)
    return written


def _dates(written: list[str]) -> list[str]:
    for days in written:
        dates_of(days)
    return written


def _address(written: str) -> str:
    """Of https://www.twilio.com/docs/voice/twiml/number and /sip."""
    if re.fullmatch(r"sips?:[^\s@]+@[^\s@]+", written) and len(written) <= LONGEST_SIP:
        return written
    try:
        return _e164(written)
    except ValueError:
        what = f"“{written}” is no number in full (E.164), and no SIP address"
        raise ValueError(f"{what}; write it as +3212345670, or sip:desk@example.com") from None


LONGEST_SIP = 255


def _prefix(written: str) -> str:
    if not re.fullmatch(r"\+[1-9][0-9]{0,14}", written):
        raise ValueError(f"“{written}” is no number and no beginning of one; write it as +32900, digits only")
    return written


def _sender(written: str) -> str:
    if re.fullmatch(r"(?=.*[A-Za-z])[A-Za-z0-9 ]{1,11}", written):
        return written
    if re.search(r"[A-Za-z]", written):
        raise ValueError(f"“{written}” is no sender of a text; write at most eleven letters and digits, or a number")
    return _e164(written)


NAME = re.compile(r"[^\W_][\w .&'’-]*")


def _name(written: str) -> str:
    if not NAME.fullmatch(written) or written != written.strip():
        raise ValueError(f"“{written}” is no name for this; begin with a letter, and write letters, digits, _ and -")
    if not 0 < len(written) <= LONGEST_NAME:
        raise ValueError(f"the name has {len(written)} characters, and {LONGEST_NAME} are the most; shorten it")
    return written


LONGEST_NAME = 64
"""Characters of a queue's or a topic's name: Twilio takes no more, nor does the database."""

Name = Annotated[str, AfterValidator(_name)]
Number = Annotated[str, AfterValidator(_e164)]
Prefix = Annotated[str, AfterValidator(_prefix)]
Sender = Annotated[str, AfterValidator(_sender)]


def _reason(written: str) -> str:
    if not 0 < len(written.strip()) <= LONGEST_NAME:
        raise ValueError(f"this has {len(written)} characters, and 1 to {LONGEST_NAME} are kept; shorten it")
    return written


Reason = Annotated[str, AfterValidator(_reason)]


class LanguageEntry(Strict):
    """`hear` and `say` are Twilio's language codes for recognition and for speech, `voice` one of its voices.
    `open_question` is how Vosk listens to it: freely, or for the phrases of the grammar alone (docs/hearing.md)."""

    number: Number | None = None
    key: str | None = Field(None, pattern=r"^[5-8]$")
    hear: str = Field(pattern=r"^[a-z]{2,3}(-[A-Z]{2})?$")
    say: str = Field(pattern=r"^[a-z]{2,3}(-[A-Z]{2})?$")
    voice: str | None = None
    open_question: Literal["freely", "phrases"] = "freely"


def _window(window: timedelta) -> timedelta:
    if window < timedelta(minutes=15) or timedelta(days=1) % window:
        raise ValueError("a window must divide the day; write 30 min, 1 h, 2 h …")
    return window


Length = Annotated[timedelta, BeforeValidator(length)]


class CallbackEntry(Strict):
    """How often and how far apart a customer is tried, and the windows to choose from: `capacity` callbacks in each."""

    attempts: int = Field(default=3, ge=1, le=10)
    spacing: Length = timedelta(minutes=15)
    window: Annotated[Length, AfterValidator(_window)] = timedelta(hours=1)
    capacity: int = Field(default=0, ge=0)


class QueueEntry(Strict):
    """`hours` is "always" or a mapping of days ("mon-fri", "sat") to times ("08:00-12:00, 13:00-17:00", "closed");
    `exceptions` maps dates to such times. What the rest is for stands in docs/queues.md."""

    hours: Annotated[Literal["always"] | Times, BeforeValidator(_hours)] = "always"
    holidays: Literal["open", "closed"] = "closed"
    exceptions: Annotated[Times, BeforeValidator(_exceptions)] = Field(default_factory=dict)
    offer_after: Length = timedelta(minutes=3)
    full_at: int | None = Field(default=None, ge=1)
    priority: int = Field(default=0, ge=-100, le=100)
    ring: Length = timedelta(seconds=20)
    wrap_up: Length = timedelta(seconds=20)
    answer_within: Length = timedelta(seconds=30)
    escalates_to: str | None = None
    on_abandon: Literal["list", "callback"] = "list"
    destination: Literal["agents", "dial"] = "agents"
    dial: Annotated[str, AfterValidator(_address)] | None = None
    callback: CallbackEntry = CallbackEntry()


def _one_span(written: str) -> str:
    if len(spans_of(written)) != 1:
        raise ValueError(f"“{written}” is not one span of time; write it as 08:00-21:00")
    return written


def _answer(written: object) -> object:
    return {"topic": written} if isinstance(written, str) else written


def _service(written: str) -> str:
    if not re.fullmatch(r"https://[^\s/]+(/\S*)?|http://(127\.0\.0\.1|localhost)(:\d+)?(/\S*)?", written):
        raise ValueError(f"“{written}” is no address of a service; write it as https://example.com/answers")
    return written


Service = Annotated[str, AfterValidator(_service)]


class AnswerEntry(Strict):
    """A question that needs no person: the `topic` that it is about, whether its link can be had by `sms`, and the
    `url` of a service that is asked for the caller's own answer (docs/answers.md). The topic alone is enough."""

    topic: str
    sms: bool = True
    url: Service | None = None


Asked = Literal["customer_number", "birth_date"]


def _asked(written: object) -> object:
    return {"what": written} if isinstance(written, str) else written


SIGNS_OF_A_PATTERN = re.compile(r"(?:\\d|[0-9\[\]{}()|,?*+-])*")


def _pattern(written: str) -> str:
    if not SIGNS_OF_A_PATTERN.fullmatch(written) or "-" in re.sub(r"\[[^\]]*\]", "", written):
        raise ValueError(f"“{written}” has signs that no telephone has; write it of digits alone, as \\d{{8}}")
    try:
        re.compile(written)
    except re.error:
        raise ValueError(f"“{written}” is no pattern; write it as \\d{{8}}, or 7\\d{{6,8}}") from None
    return written


class AskEntry(Strict):
    """What a topic asks of the caller before its queue (docs/callers.md): a customer number, of the digits that fit
    `pattern`, or a date of birth; where there is a service of the operator's, at `url`, it says whether it is known.
    What is asked alone is enough."""

    what: Asked
    pattern: Annotated[str, AfterValidator(_pattern)] | None = None
    url: Service | None = None


class AgentsEntry(Strict):
    """`number` is what agents ring to sign in and out."""

    number: Number | None = None


class RulesEntry(Strict):
    """Which numbers are called back: of these countries (else the line's own), and none that begins with one of `deny`.

    `rung` is between which hours a callback of another day is promised, unless the caller names a time outside.
    A number has at most `open` at once and `daily` a day; one caller has `others` a day on other numbers than their
    own, all who hide their number have `hidden`, and the whole line has `line`.
    """

    countries: list[str] | None = None
    deny: list[Prefix] = []
    rung: Annotated[str, AfterValidator(_one_span)] = "08:00-21:00"
    open: int = Field(default=1, ge=1)
    daily: int = Field(default=5, ge=1)
    others: int = Field(default=2, ge=0)
    hidden: int = Field(default=40, ge=0)
    line: int = Field(default=1000, ge=1)


class HourlyEntry(Strict):
    """The most `calls` and `texts` that the line begins in one hour; what is more waits for the next."""

    calls: int = Field(default=2000, ge=10)
    texts: int = Field(default=1000, ge=10)


class SmsEntry(Strict):
    """Where texts come from: a number, or a name of at most eleven letters and digits. None: the number dialled."""

    sender: Sender | None = Field(default=None, alias="from")


class AlarmsEntry(Strict):
    """Who is told when something is wrong with the line (docs/running.md): numbers that get a text, and an address that
    gets a signed POST."""

    sms: list[Annotated[str, AfterValidator(_e164)]] = Field(default_factory=list, max_length=10)
    post: str | None = Field(default=None, pattern=r"^https?://[^\s]+$")


class PausesEntry(Strict):
    """Seconds of quiet in one state of the call (docs/dialogue.md): `silence` until a caller who says nothing counts as
    silent, `pause` until one who has spoken is done. What is not given is the line's own."""

    silence: int | None = Field(default=None, ge=1, le=60)
    pause: int | None = Field(default=None, ge=1, le=10)


class ConsoleEntry(Strict):
    """`outcomes` are what an agent writes a contact off with, `not_ready` why one takes nobody just now; `crm` is the
    address of the helpdesk's own page of a customer, with {number} in it. `listening`: calls may be listened to."""

    outcomes: list[Reason] = Field(default_factory=lambda: ["solved", "follow-up", "wrong queue", "nobody there"])
    not_ready: list[Reason] = Field(default_factory=lambda: ["break", "lunch", "meeting", "paperwork"])
    crm: str | None = Field(default=None, pattern=r"^https://\S*\{number\}\S*$")
    listening: bool = False


class ColumnsEntry(Strict):
    """The columns of the directory that `voice callers import` reads; a number may stand in several."""

    number: str | list[str]
    name: str | None = None
    language: str | None = None
    tier: str | None = None
    account: str | None = None
    queue: str | None = None
    agent: str | None = None
    area: str | None = None


class CallersEntry(Strict):
    """Who is known by number (docs/callers.md): the `columns` of a file, or a service at `url` whose word is kept for
    `keep`. A caller's own agent alone is tried for `own_first`; each step of a tier's priority goes before who arrived
    up to `overtake` earlier."""

    columns: ColumnsEntry | None = None
    url: Service | None = None
    keep: Length = timedelta(hours=1)
    own_first: Length = timedelta(seconds=20)
    overtake: Length = timedelta(minutes=5)


class TierEntry(Strict):
    """Better customers: so many steps of `priority`, and the wait that is aimed at."""

    priority: int = Field(ge=0, le=9)
    wait_target: Length | None = None


class NoticesEntry(Strict):
    """`texts_per_minute`: how fast those are texted who asked to be told once a notice is over (docs/notices.md)."""

    texts_per_minute: int = Field(default=60, ge=1, le=6000)


class UnderstandingEntry(Strict):
    """`second_opinion`: an OpenAI-compatible endpoint on a machine of the operator's own, asked what a caller means
    only where the line is not sure (docs/understanding.md); `model` is the one that it is to use."""

    second_opinion: str | None = Field(default=None, pattern=r"^https?://[^\s?#]+$")
    model: str = Field(default="default", min_length=1, max_length=100)


class SafetyEntry(Strict):
    """Where a caller in danger goes, at any hour."""

    queue: str


LONGEST_KEPT = 36_500
"""Days: a hundred years, and still on the calendar."""


class LineFile(Strict):
    """`subdivision` is the country's region, where public holidays differ (ENG, BY, ZH); `holidays` are days of the
    helpdesk's own beside them. `recognise` says how old a topic may be named to whoever rings from a number, and
    `resume` how soon who was cut off must ring again to keep topic and place. `keep_words_days`: how long what callers
    say is kept to be learnt from (docs/live.md); 0 is not at all. `keep_numbers_days` and `keep_calls_days`: how long a
    caller's number, and the whole call, is kept once it is over; at least a day, since the limits on callbacks are
    counted by the day. `publish`: whether a save is live at once, or by `voice publish` alone."""

    name: str = Field(min_length=1)
    country: str = Field(pattern=r"^[A-Z]{2}$")
    subdivision: str | None = None
    holidays: Annotated[list[str], AfterValidator(_dates)] = Field(default_factory=list)
    timezone: str
    language: str
    risk: float = Field(0.01, gt=0, lt=0.5)
    phrases_right: float = Field(0.9, gt=0, le=1)
    languages: dict[str, LanguageEntry] = Field(min_length=1)
    topics: dict[Name, str] = Field(min_length=1)
    answers: dict[Name, Annotated[AnswerEntry, BeforeValidator(_answer, json_schema_input_type=AnswerEntry | str)]] = (
        Field(default_factory=dict)
    )
    safety: dict[Name, SafetyEntry] = Field(default_factory=dict)
    asks: dict[Name, Annotated[AskEntry, BeforeValidator(_asked, json_schema_input_type=AskEntry | Asked)]] = Field(
        default_factory=dict
    )
    again_within: Length = timedelta(days=3)
    menu: list[str] = Field(max_length=MENU_SIZE)
    person: str
    queues: dict[Name, QueueEntry] = Field(min_length=1)
    music: str | None = None
    agents: AgentsEntry = AgentsEntry()
    callbacks: RulesEntry = RulesEntry()
    hourly: HourlyEntry = HourlyEntry()
    sms: SmsEntry = SmsEntry()
    alarms: AlarmsEntry = AlarmsEntry()
    console: ConsoleEntry = ConsoleEntry()
    notices: NoticesEntry = NoticesEntry()
    callers: CallersEntry = CallersEntry()
    tiers: dict[Name, TierEntry] = Field(default_factory=dict)
    recognise: Literal["off", "same-day", "always"] = "same-day"
    resume: Length = timedelta(hours=1)
    understanding: UnderstandingEntry = UnderstandingEntry()
    keep_words_days: int = Field(default=30, ge=0, le=LONGEST_KEPT)
    keep_numbers_days: int = Field(default=90, ge=1, le=LONGEST_KEPT)
    keep_calls_days: int = Field(default=730, ge=1, le=LONGEST_KEPT)
    pauses: dict[str, PausesEntry] = Field(default_factory=dict)
    publish: Literal["on-save", "by-hand"] = "on-save"
