"""What may stand in `grammars/line.yaml`. Pydantic checks the form; `voice.content.line` checks that names exist."""

import re
from collections.abc import Iterator
from datetime import date, timedelta
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field

from voice.core.plan import MENU_SIZE
from voice.core.queue.hours import DAY, Span

DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")

SEPARATOR = "; "
"""Between what is wrong and its mend, in a validator's message."""

SPAN = re.compile(r"(\d{1,2}):(\d{2})\s*-\s*(\d{1,2}):(\d{2})")
CLOCK = re.compile(r"(\d{1,2})(?:\s*[:.hu]\s*(\d{2})?)?(?:\s*(?:h|u|uhr))?", re.IGNORECASE)
HALF_DAY = re.compile(r"(\d{1,2})(?::(\d{2}))?\s*([ap])\.?m\.?", re.IGNORECASE)


class Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


# A validator's message is "what is wrong; how to mend it".


def _e164(number: str) -> str:
    if not re.fullmatch(r"\+[1-9]\d{6,14}", number):
        raise ValueError(f"“{number}” is no telephone number in full (E.164); write it as +3212345670, digits only")
    return number


def _hours(written: Any) -> Any:
    if written == "always":
        return written
    if not isinstance(written, dict):
        raise ValueError(f'“{written}” is no hours; write always, or days and times: {{mon-fri: "08:00-17:00"}}')
    weekly_spans(written)
    return written


def _exceptions(written: Any) -> Any:
    if not isinstance(written, dict):
        raise ValueError('these are no days and times; write {"2026-12-24": "08:00-12:00"}')
    for days, times in written.items():
        dates_of(days)
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


YEARS = range(2020, 2061)
"""Of which holidays and yearly dates are known; a line outlives no process that long."""

ONE_DAY = re.compile(r"(?:(\d{4})-)?(\d{2})-(\d{2})")


def dates_of(written: str) -> Iterator[date]:
    """`2026-12-24`, every year's `12-24`, and from `2026-12-24..2027-01-02` or `12-24..01-02` each day. Raises
    ValueError."""
    first, dots, last = str(written).replace(" ", "").partition("..")
    ends = [ONE_DAY.fullmatch(part) for part in ((first, last) if dots else (first, first))]
    if None in ends or len({bool(end and end[1]) for end in ends}) > 1:
        raise ValueError(f"“{written}” is no date; write {_date_mend(str(written))}")
    return iter([day for begins, ends in _spells(str(written), *ends) for day in _days(begins, ends)])  # type: ignore[arg-type]


def _date_mend(written: str) -> str:
    if found := re.fullmatch(r"(\d{1,2})[/.-](\d{1,2})[/.-](\d{4})", written.strip()):
        day, month = (found[1], found[2]) if int(found[2]) <= 12 else (found[2], found[1])
        return f"{found[3]}-{int(month):02}-{int(day):02}"
    both = re.findall(r"(?:\d{4}-)?\d{2}-\d{2}", written)
    if len(both) == 2:
        return f"{both[0]}..{both[1]}, with two dots between"
    return "it as 2026-12-24, 12-24 or 2026-12-24..2027-01-02"


def _spells(written: str, first: re.Match[str], last: re.Match[str]) -> Iterator[tuple[date, date]]:
    yearly = first[1] is None
    for year in YEARS if yearly else (int(first[1]),):
        try:
            begins = date(year, int(first[2]), int(first[3]))
            ends = date(int(last[1]) if not yearly else year, int(last[2]), int(last[3]))
        except ValueError:
            if yearly and (first[2], first[3]) == ("02", "29"):
                continue
            turned = f"{last[3]}-{last[2]}" if yearly and int(last[3]) <= 12 else "it as 2026-12-24"
            raise ValueError(f"“{written}” is not on the calendar; write {turned}") from None
        if yearly and ends < begins:
            ends = ends.replace(year=year + 1)
        if not begins <= ends or (ends - begins).days > 366:
            raise ValueError(f"“{written}” runs backwards, or over a year; write the first day before the last")
        yield begins, ends


def _days(first: date, last: date) -> Iterator[date]:
    return (first + timedelta(days=n) for n in range((last - first).days + 1))


LONGEST_SIP = 255


def _prefix(written: str) -> str:
    if not re.fullmatch(r"\+[1-9]\d{0,14}", written):
        raise ValueError(f"“{written}” is no number and no beginning of one; write it as +32900, digits only")
    return written


def _sender(written: str) -> str:
    if re.fullmatch(r"(?=.*[A-Za-z])[A-Za-z0-9 ]{1,11}", written):
        return written
    return _e164(written)


def _name(written: str) -> str:
    if not re.fullmatch(r"[^\W_][\w .&'’-]*", written) or written != written.strip():
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
Times = dict[str, str]


class LanguageEntry(Strict):
    """`hear` and `say` are Twilio's language codes for recognition and for speech, `voice` one of its voices.
    `open_question` is how Vosk listens to it: freely, or for the phrases of the grammar alone (docs/hearing.md)."""

    number: Number | None = None
    key: str | None = Field(None, pattern=r"^[5-8]$")
    hear: str = Field(pattern=r"^[a-z]{2,3}(-[A-Z]{2})?$")
    say: str = Field(pattern=r"^[a-z]{2,3}(-[A-Z]{2})?$")
    voice: str | None = None
    open_question: Literal["freely", "phrases"] = "freely"


LENGTH = re.compile(r"(\d+)\s*(s|sec|min|h|d)")
SECONDS = {"s": 1, "sec": 1, "min": 60, "h": 3600, "d": 86400}


def length(written: object) -> timedelta:
    """`3 min` → a timedelta."""
    found = LENGTH.fullmatch(str(written).strip())
    if not found:
        raise ValueError(f"“{written}” is no length of time; write 20 s, 3 min, 1 h or 3 d")
    return timedelta(seconds=int(found[1]) * SECONDS[found[2]])


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
    priority: int = 0
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

    outcomes: list[str] = Field(default_factory=lambda: ["solved", "follow-up", "wrong queue", "nobody there"])
    not_ready: list[str] = Field(default_factory=lambda: ["break", "lunch", "meeting", "paperwork"])
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
    keep_words_days: int = Field(default=30, ge=0)
    keep_numbers_days: int = Field(default=90, ge=1)
    keep_calls_days: int = Field(default=730, ge=1)
    pauses: dict[str, PausesEntry] = Field(default_factory=dict)
    publish: Literal["on-save", "by-hand"] = "on-save"


def weekly_spans(hours: Literal["always"] | Times) -> tuple[tuple[Span, ...], ...]:
    """The spans of seven days, Monday first. Raises ValueError for a day that is written twice, too."""
    if hours == "always":
        return (((0, DAY),),) * 7
    weekly: dict[int, tuple[Span, ...]] = {}
    for days, times in hours.items():
        for day in days_of(days):
            if day in weekly:
                raise ValueError(f"“{days}” overlaps a line before it: {DAYS[day]}; name each day once")
            weekly[day] = spans_of(times)
    return tuple(weekly.get(day, ()) for day in range(7))


def _span_mend(part: str) -> str:
    """Times of the twelve-hour clock are written out for the writer; “closed” and times do not stand together."""
    if "closed" in part.casefold():
        alone = part.strip().casefold() == "closed"
        return "write closed, in small letters" if alone else "write closed alone, or the times alone"
    if part.strip().casefold() == "always":
        return "write 00:00-24:00"
    halves = HALF_DAY.findall(part)
    if len(halves) == 2:
        moments = [(int(hour) % 12 + 12 * (half.lower() == "p"), int(minute or 0)) for hour, minute, half in halves]
        return "write " + "-".join(f"{hour:02}:{minute:02}" for hour, minute in moments)
    if len(found := list(SPAN.finditer(part))) > 1:
        return f"write {', '.join(one[0].replace(' ', '') for one in found)}, with a comma between"
    ends = [CLOCK.fullmatch(end.strip()) for end in re.split(r"-|–|—|\bto\b|\btot\b|\bbis\b|\bà\b", part)]
    if len(ends) == 2 and (first := ends[0]) and (last := ends[1]):
        begins, finishes = (int(one[1]) * 60 + int(one[2] or 0) for one in (first, last))
        if begins < finishes <= DAY:
            return f"write {int(first[1]):02}:{first[2] or '00'}-{int(last[1]):02}:{last[2] or '00'}"
    return "write 08:00-17:00, or closed"


def days_of(written: str) -> range:
    """`mon-fri` or `sat` → weekday numbers, Monday 0. Raises ValueError."""
    first, _, last = written.replace(" ", "").partition("-")
    if first not in DAYS or (last and last not in DAYS):
        raise ValueError(f"“{written}” is no day; {_day_mend(written)}")
    start, end = DAYS.index(first), DAYS.index(last or first)
    if end < start:
        mend = " and ".join(_from_to(*ends) for ends in ((start, 6), (0, end)))
        raise ValueError(f"“{written}” goes over the end of the week; write {mend}, each on a line of its own")
    return range(start, end + 1)


def _from_to(first: int, last: int) -> str:
    return DAYS[first] if first == last else f"{DAYS[first]}-{DAYS[last]}"


def _day_mend(written: str) -> str:
    if SPAN.search(written):
        return 'put all times of a day between one pair of quotes, as "08:00-12:00, 13:00-17:00"'
    named = [part.strip()[:3].casefold() for part in re.split(r"-|–|,|/|\band\b", written)]
    if all(name in DAYS for name in named):
        if len(named) == 2 and "-" in written.replace("–", "-"):
            return f"write {named[0]}-{named[1]}"
        return f"write {' and '.join(named)}" + (", each on a line of its own" if len(named) > 1 else "")
    return "write mon, tue, wed, thu, fri, sat or sun, or mon-fri"


def spans_of(written: object) -> tuple[Span, ...]:
    """`08:00-12:00, 13:00-17:00` → minutes since midnight; `closed` → none. Raises ValueError."""
    if not isinstance(written, str):
        raise ValueError(f"“{written}” is no span of time; write 08:00-17:00 between quotes, or closed")
    if written.strip() == "closed":
        return ()
    spans: list[Span] = []
    for part in written.split(","):
        found = SPAN.fullmatch(part.strip())
        if not found:
            raise ValueError(f"“{part.strip()}” is no span of time; {_span_mend(part)}")
        times = ((found[1], found[2]), (found[3], found[4]))
        opens, closes = (int(hour) * 60 + int(minute) for hour, minute in times)
        if closes and closes < opens <= DAY:
            first, last = part.strip().replace(" ", "").split("-")
            begins = f"{first}-24:00, and " if opens < DAY else ""
            mend = f"write {begins}00:00-{last} on the day after"
            raise ValueError(f"“{part.strip()}” goes over midnight, and a span ends with its day; {mend}")
        if not 0 <= opens < closes <= DAY or any(int(minute) > 59 for _, minute in times):
            raise ValueError(f"“{part.strip()}” is empty or not on the clock; write 08:00-17:00")
        if spans and opens < spans[-1][1]:
            raise ValueError(f"“{part.strip()}” overlaps the span before it; let each begin where the last ends")
        spans.append((opens, closes))
    return tuple(spans)
