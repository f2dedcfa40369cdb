"""Whatever a line says and a caller does, a call always stands somewhere, and ends tidily."""

import httpx
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.localtwilio.conftest import HOST, NUMBER, App
from voice.localtwilio import CallEnded, LocalTwilio, Standing
from voice.localtwilio.calls import hang_up

LAST = 6
AGENT = "+32470000001"

words = st.sampled_from(["Goedendag.", "Zegt u het maar.", "Een ogenblik geduld, alstublieft."])
flag = st.sampled_from(["true", "false"])


def later(page: int) -> st.SearchStrategy[str]:
    """A document may only lead to a later one, so that no call goes round in circles for ever."""
    return st.integers(page + 1, LAST).map(lambda number: f"/{number}")


def prompts() -> st.SearchStrategy[str]:
    one = st.one_of(
        words.map("<Say>{}</Say>".format), st.just("<Pause/>"), st.just("<Play>https://e.example/a.mp3</Play>")
    )
    return st.lists(one, max_size=2).map("".join)


def gather(page: int) -> st.SearchStrategy[str]:
    attributes = st.fixed_dictionaries(
        {
            "action": later(page),
            "input": st.sampled_from(["dtmf", "speech", "dtmf speech"]),
            "timeout": st.integers(1, 6),
            "numDigits": st.integers(1, 3),
            "actionOnEmptyResult": flag,
            "bargeIn": flag,
        }
    )
    written = attributes.map(lambda given: " ".join(f'{name}="{value}"' for name, value in given.items()))
    return st.builds("<Gather {}>{}</Gather>".format, written, prompts())


def verb(page: int) -> st.SearchStrategy[str]:
    return st.one_of(
        words.map("<Say>{}</Say>".format),
        st.just('<Pause length="2"/>'),
        gather(page),
        later(page).map("<Redirect>{}</Redirect>".format),
        st.just("<Hangup/>"),
        later(page).map('<Enqueue action="{}" waitUrl="/hold">desk</Enqueue>'.format),
        st.just('<Enqueue waitUrl="/hold">desk</Enqueue>'),
        later(page).map(f'<Dial action="{{}}" timeout="9"><Number url="/whisper">{AGENT}</Number></Dial>'.format),
        later(page).map('<Dial action="{}" timeout="5"><Queue>desk</Queue></Dial>'.format),
        flag.map('<Dial><Conference waitUrl="/music" startConferenceOnEnter="{}">room</Conference></Dial>'.format),
    )


hold = st.lists(
    st.sampled_from(
        ["<Say>Even geduld.</Say>", "<Play>https://e.example/a.mp3</Play>", "<Leave/>", "<Hangup/>", "<Gather/>"]
    ),
    max_size=3,
).map("".join)

line = st.fixed_dictionaries(
    {f"/{page}": st.lists(verb(page), max_size=4).map("".join) for page in range(LAST)}
    | {f"/{LAST}": st.just("<Say>Dag.</Say>"), "/hold": hold, "/music": prompts()}
    | {"/whisper": st.sampled_from(["", '<Gather numDigits="1" action="/yes"/><Hangup/>']), "/yes": st.just("")}
)

PERSON = ["says", "presses 1", "presses 12#", "silent", "waits", "hangs up", "impatient", "another rings"]
deed = st.sampled_from([*PERSON, "agent picks up", "agent presses", "agent leaves"])


def do(deed: str, twilio: LocalTwilio, callers: list) -> None:
    caller, agent = callers[-1], twilio.phone(AGENT)
    match deed:
        case "says":
            caller.says("mijn internet ligt plat")
        case "presses 1" | "presses 12#":
            caller.presses(deed.split()[1])
        case "silent":
            caller.stays_silent()
        case "waits":
            caller.waits(7)
        case "hangs up":
            caller.hangs_up()
        case "impatient":
            caller.patient = not caller.patient
        case "another rings":
            callers.append(twilio.ring(to=NUMBER))
        case "agent picks up":
            agent.picks_up()
        case "agent presses":
            agent.presses("1")
        case "agent leaves":
            agent.hangs_up()


@settings(max_examples=60, deadline=None)
@given(line, st.lists(deed, max_size=12))
def test_every_call_stands_somewhere_and_ends_tidily(pages: dict[str, str], deeds: list[str]):
    app = App()
    app.pages.update(pages)
    app["/status"] = ""
    with LocalTwilio(transport=httpx.Client(transport=httpx.WSGITransport(app.flask))) as twilio:
        twilio.number(NUMBER, voice_url=f"{HOST}/0", status_callback=f"{HOST}/status")
        callers = [twilio.ring(to=NUMBER)]
        for deed in deeds:
            try:
                do(deed, twilio, callers)
            except CallEnded:
                continue
            for caller in callers:
                caller.await_turn()
                assert caller.ended == (caller.standing is Standing.ENDED)
                assert bool(caller.in_queue) <= (not caller.ended)
        for leg in twilio.calls:
            if not leg.over:
                hang_up(leg)
        twilio.advance(60)
        assert all(leg.over for leg in twilio.calls)
        assert all(leg.task is None or leg.task.over for leg in twilio.calls)
        assert twilio.queue("desk") == []
        assert twilio.conferences == {}
        told = [form["CallSid"] for form in app.forms("/status")]
        assert sorted(told) == sorted(leg.sid for leg in twilio.calls if leg.direction == "inbound")
