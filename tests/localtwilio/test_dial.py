"""Bringing somebody else into the call (docs/voice/twiml/dial, /number, /sip, /client, /queue)."""

import pytest

from tests.localtwilio.conftest import HOST, App
from voice.localtwilio import LocalTwilio, Phone, Standing

AGENT = "+32470000001"


@pytest.fixture
def agent(twilio: LocalTwilio) -> Phone:
    return twilio.phone(AGENT)


@pytest.fixture(autouse=True)
def _pages(app: App) -> None:
    app["/voice"] = f'<Say>Een.</Say><Dial action="/after">{AGENT}</Dial><Say>Nooit.</Say>'
    app["/after"] = "<Say>Weer hier.</Say>"


def said(party) -> list[str]:
    return [utterance.text for utterance in party.heard]


def test_the_agent_is_rung_with_the_callers_number(ring, agent: Phone):
    caller = ring()
    assert caller.standing is Standing.CONNECTING
    assert agent.rings
    assert (agent.leg.from_, agent.leg.direction) == ("+32470123456", "outbound-dial")
    assert agent.leg.parent.sid == caller.sid


def test_the_two_hear_each_other_until_one_leaves(app: App, ring, agent: Phone):
    caller = ring()
    agent.picks_up()
    assert (caller.speaks_with, agent.speaks_with) == ([AGENT], ["+32470123456"])
    agent.says("Goedendag, met Jan")
    caller.says("Dag Jan")
    assert caller.heard[-1].text == "Goedendag, met Jan"
    assert [(utterance.kind, utterance.text) for utterance in agent.heard] == [("voice", "Dag Jan")]
    agent.waits(60)
    agent.hangs_up()
    form = app.form("/after")
    assert (form["DialCallStatus"], form["DialBridged"], form["DialCallDuration"]) == ("completed", "true", "60")
    assert form["DialCallSid"] == agent.sid


def test_after_the_agent_has_left_the_caller_goes_on_with_the_action(ring, agent: Phone):
    caller = ring()
    agent.picks_up()
    agent.hangs_up()
    caller.await_turn()
    assert said(caller)[-1] == "Weer hier."


def test_without_an_action_the_next_verb_follows(app: App, ring, agent: Phone):
    app["/voice"] = f"<Dial>{AGENT}</Dial><Say>Verder.</Say>"
    caller = ring()
    agent.rejects()
    caller.await_turn()
    assert said(caller) == ["Verder."]


def test_when_the_caller_leaves_the_agent_is_let_go(app: App, ring, agent: Phone):
    caller = ring()
    agent.picks_up()
    caller.hangs_up()
    assert agent.status == "completed"
    assert app.forms("/after") == []


def test_a_caller_who_leaves_stops_the_ringing(ring, agent: Phone):
    caller = ring()
    caller.hangs_up()
    assert not agent.rings
    assert agent.status == "canceled"


@pytest.mark.parametrize(
    ("person", "status"),
    [
        ({"busy": True}, "busy"),
        ({"unreachable": True}, "failed"),
        ({}, "no-answer"),
        ({"answers_after": 31}, "no-answer"),
    ],
)
def test_an_agent_who_cannot_be_had(app: App, ring, twilio: LocalTwilio, person, status):
    twilio.person(AGENT, **person)
    caller = ring()
    twilio.run_until(lambda: caller.ended, 60)
    assert app.form("/after")["DialCallStatus"] == status
    assert app.form("/after")["DialBridged"] == "false"


def test_it_rings_as_long_as_the_timeout_says(app: App, ring, agent: Phone, twilio: LocalTwilio):
    app["/voice"] = f'<Dial timeout="12" action="/after">{AGENT}</Dial>'
    ring()
    twilio.advance(11.9)
    assert agent.rings
    twilio.advance(0.2)
    assert not agent.rings
    assert app.form("/after")["DialCallStatus"] == "no-answer"


def test_a_person_may_answer_by_themselves(ring, twilio: LocalTwilio):
    agent = twilio.person(AGENT, answers_after=4)
    caller = ring()
    twilio.advance(4)
    assert caller.speaks_with == [AGENT]
    assert agent.standing is Standing.CONNECTED


def test_a_call_centre_takes_as_many_calls_as_it_has_extensions(twilio: LocalTwilio, ring, agent: Phone, app: App):
    agent.extensions = [twilio.person(f"{AGENT} {n}", answers_after=2) for n in range(2)]
    first, second = ring(), ring()
    twilio.advance(3)
    assert first.speaks_with == second.speaks_with == [AGENT]
    ring().await_turn()
    assert app.form("/after")["DialCallStatus"] == "busy"
    first.hangs_up()
    fourth = ring()
    twilio.advance(3)
    assert fourth.speaks_with == [AGENT]


def test_who_speaks_already_is_busy(ring, agent: Phone, app: App):
    ring()
    agent.picks_up()
    ring().await_turn()
    assert app.form("/after")["DialCallStatus"] == "busy"


def test_the_star_lets_the_caller_end_the_conversation_only(app: App, ring, agent: Phone):
    app["/voice"] = f'<Dial hangupOnStar="true" action="/after">{AGENT}</Dial>'
    caller = ring()
    agent.picks_up()
    caller.presses("1*")
    assert agent.ended
    assert app.form("/after")["DialCallStatus"] == "completed"
    assert said(caller) == ["Weer hier."]


def test_without_hangup_on_star_the_star_does_nothing(ring, agent: Phone):
    caller = ring()
    agent.picks_up()
    caller.presses("*")
    assert caller.speaks_with == [AGENT]


def test_a_time_limit_ends_the_conversation(app: App, ring, agent: Phone, twilio: LocalTwilio):
    app["/voice"] = f'<Dial timeLimit="30" action="/after">{AGENT}</Dial>'
    ring()
    agent.picks_up()
    twilio.advance(30)
    assert agent.ended
    assert app.form("/after")["DialCallDuration"] == "30"


def test_another_caller_id_may_be_shown(app: App, ring, agent: Phone):
    app["/voice"] = f'<Dial callerId="+3212345670">{AGENT}</Dial>'
    ring()
    assert agent.rings
    assert agent.leg.from_ == "+3212345670"


@pytest.mark.parametrize(
    ("noun", "number"),
    [("<Sip>sip:jan@example.com</Sip>", "sip:jan@example.com"), ("<Client>jan</Client>", "client:jan")],
)
def test_sip_and_client_are_rung_alike(app: App, ring, twilio: LocalTwilio, noun, number):
    app["/voice"] = f"<Dial>{noun}</Dial>"
    caller = ring()
    twilio.phone(number).picks_up()
    assert caller.speaks_with == [number]


class TestWhisper:
    @pytest.fixture(autouse=True)
    def _whisper(self, app: App) -> None:
        app["/voice"] = f'<Dial action="/after"><Number url="/whisper">{AGENT}</Number></Dial>'
        app["/whisper"] = '<Gather numDigits="1" action="/decision"><Say>Facturatie. Toets een.</Say></Gather><Hangup/>'
        app["/decision"] = lambda form: "" if form["Digits"] == "1" else "<Hangup/>"

    def test_who_accepts_is_connected(self, app: App, ring, agent: Phone):
        caller = ring()
        agent.accepts()
        assert caller.speaks_with == [AGENT]
        assert said(agent) == ["Facturatie. Toets een."]
        assert said(caller) == []
        form = app.form("/whisper")
        assert (form["CallSid"], form["ParentCallSid"]) == (agent.sid, caller.sid)
        assert form["Direction"] == "outbound-dial"

    @pytest.mark.parametrize("refusal", ["declines", "silence", "hang-up"])
    def test_who_does_not_accept_is_not_connected(self, app: App, ring, agent: Phone, refusal):
        caller = ring()
        if refusal == "declines":
            agent.declines()
        else:
            agent.picks_up()
            agent.stays_silent() if refusal == "silence" else agent.hangs_up()
        caller.await_turn()
        assert agent.ended
        assert app.form("/after")["DialBridged"] == "false"
        assert said(caller) == ["Weer hier."]

    def test_a_machine_does_not_accept(self, app: App, ring, twilio: LocalTwilio):
        twilio.person(AGENT, answers_after=10, voicemail="Dit is de voicemail van Jan, spreek in na de toon.")
        caller = ring()
        twilio.run_until(lambda: caller.ended, 300)
        assert app.form("/after")["DialBridged"] == "false"

    def test_a_caller_who_leaves_during_the_whisper_ends_it(self, ring, agent: Phone):
        caller = ring()
        agent.picks_up()
        caller.hangs_up()
        assert agent.ended

    def test_a_broken_whisper_is_no_connection(self, app: App, ring, agent: Phone, twilio: LocalTwilio):
        twilio.strict = False
        app["/whisper"] = app["/fallback"] = lambda _: ("kaput", 500)
        caller = ring()
        agent.picks_up()
        caller.await_turn()
        assert app.form("/after")["DialBridged"] == "false"

    def test_it_may_hold_little(self, app: App, ring, agent: Phone):
        app["/whisper"] = "<Enqueue>other</Enqueue>"
        ring()
        with pytest.raises(Exception, match="12200 Enqueue"):
            agent.picks_up()


def test_several_ring_at_once_and_the_first_gets_the_call(app: App, ring, twilio: LocalTwilio):
    numbers = [f"+3247000000{digit}" for digit in range(3)]
    app["/voice"] = "<Dial>" + "".join(f"<Number>{number}</Number>" for number in numbers) + "</Dial>"
    caller = ring()
    phones = [twilio.phone(number) for number in numbers]
    assert all(phone.rings for phone in phones)
    phones[1].picks_up()
    assert caller.speaks_with == [numbers[1]]
    assert [phone.status for phone in phones] == ["canceled", "in-progress", "canceled"]


def test_the_last_refusal_of_several_is_reported(app: App, ring, twilio: LocalTwilio):
    app["/voice"] = '<Dial action="/after"><Number>+32470000002</Number><Number>+32470000003</Number></Dial>'
    first, second = (twilio.phone(number) for number in ("+32470000002", "+32470000003"))
    caller = ring()
    first.rejects()
    assert caller.standing is Standing.CONNECTING
    second.rejects()
    assert app.form("/after")["DialCallStatus"] == "busy"
    assert app.form("/after")["DialCallSid"] == second.sid


def test_the_progress_of_a_number_can_be_watched(app: App, ring, agent: Phone, twilio: LocalTwilio):
    app["/voice"] = (
        f'<Dial><Number statusCallback="{HOST}/events" statusCallbackEvent="initiated ringing answered completed">'
        f"{AGENT}</Number></Dial>"
    )
    app["/events"] = ""
    ring()
    agent.picks_up()
    twilio.advance(7)
    agent.hangs_up()
    events = app.forms("/events")
    assert [form["CallStatus"] for form in events] == ["initiated", "ringing", "in-progress", "completed"]
    assert [form["SequenceNumber"] for form in events] == ["0", "1", "2", "3"]
    assert events[-1]["CallDuration"] == "7"
    assert "CallDuration" not in events[0]


def test_an_extension_is_dialled_before_the_whisper(app: App, ring, agent: Phone):
    app["/voice"] = f'<Dial><Number sendDigits="ww12" url="/whisper">{AGENT}</Number></Dial>'
    app["/whisper"] = "<Say>Facturatie.</Say>"
    caller = ring()
    agent.picks_up()
    assert [utterance.text for utterance in agent.heard] == ["ww12", "Facturatie."]
    assert caller.speaks_with == [AGENT]


def test_a_machine_may_be_found_out_while_the_caller_speaks_to_it(app: App, ring, twilio: LocalTwilio):
    app["/voice"] = f'<Dial><Number machineDetection="Enable" amdStatusCallback="/verdict">{AGENT}</Number></Dial>'
    app["/verdict"] = ""
    agent = twilio.person(AGENT, answers_after=3, voicemail="Dit is de voicemail van Jan")
    ring()
    twilio.advance(10)
    assert app.form("/verdict")["AnsweredBy"] == "machine_start"
    assert app.form("/verdict")["CallSid"] == agent.sid


class TestQueue:
    """An agent who rings in and dials the queue."""

    @pytest.fixture(autouse=True)
    def _queue(self, app: App, twilio: LocalTwilio) -> None:
        app["/voice"] = '<Enqueue action="/after" waitUrl="">technical</Enqueue>'
        app["/agent"] = '<Dial action="/done" timeout="60"><Queue url="/briefing">technical</Queue></Dial>'
        app["/briefing"] = "<Say>U wordt verbonden.</Say>"
        app["/done"] = "<Say>Klaar.</Say>"
        twilio.number("+3212345699", voice_url="https://line.example/agent")

    @pytest.fixture
    def dials_in(self, twilio: LocalTwilio):
        return lambda: twilio.ring(to="+3212345699", from_=AGENT)

    def test_the_first_in_the_queue_is_briefed_and_connected(self, app: App, ring, dials_in, twilio: LocalTwilio):
        caller, second = ring(), ring()
        twilio.advance(30)
        agent = dials_in()
        assert caller.in_queue == "technical"  # on its way out
        twilio.advance(5)
        assert said(caller) == ["U wordt verbonden."]
        assert (caller.speaks_with, agent.speaks_with) == ([AGENT], ["+32470123456"])
        assert second.in_queue == "technical"
        form = app.form("/briefing")
        assert (form["CallSid"], form["DequeingCallSid"], form["QueueTime"]) == (caller.sid, agent.sid, "30")

    def test_each_is_told_when_it_is_over(self, app: App, ring, dials_in, twilio: LocalTwilio):
        caller = ring()
        agent = dials_in()
        twilio.advance(5)
        agent.hangs_up()
        assert app.form("/after")["QueueResult"] == "bridged"
        caller.await_turn()
        assert said(caller)[-1] == "Weer hier."

    def test_when_the_caller_leaves_the_agent_goes_on(self, app: App, ring, dials_in, twilio: LocalTwilio):
        caller = ring()
        agent = dials_in()
        twilio.advance(5)
        caller.hangs_up()
        agent.await_turn()
        assert app.form("/after")["QueueResult"] == "bridged"
        assert app.form("/done")["DialCallStatus"] == "completed"
        assert said(agent)[-1] == "Klaar."

    def test_a_caller_sent_elsewhere_was_redirected_from_a_conversation(
        self, app: App, ring, dials_in, client, twilio: LocalTwilio
    ):
        app["/elsewhere"] = "<Say>Ander spoor.</Say>"
        caller = ring()
        dials_in()
        twilio.advance(5)
        client.calls(caller.sid).update(url="https://line.example/elsewhere")
        caller.await_turn()
        assert app.form("/after")["QueueResult"] == "redirected-from-bridged"
        assert said(caller)[-1] == "Ander spoor."
        assert app.form("/done")["DialCallStatus"] == "completed"

    def test_an_agent_waits_for_the_next_who_comes(self, ring, dials_in, twilio: LocalTwilio):
        twilio.open_queue("technical")
        agent = dials_in()
        assert agent.standing is Standing.CONNECTING
        twilio.advance(40)
        caller = ring()
        twilio.advance(5)
        assert caller.speaks_with == [AGENT]

    def test_and_gives_up_after_the_timeout(self, app: App, dials_in, twilio: LocalTwilio):
        twilio.open_queue("technical")
        dials_in()
        twilio.advance(60)
        assert app.form("/done")["DialCallStatus"] == "no-answer"

    def test_a_queue_that_is_not_there_fails(self, app: App, dials_in):
        dials_in()
        assert app.form("/done")["DialCallStatus"] == "failed"

    def test_a_caller_who_leaves_during_the_briefing_was_never_connected(self, app, ring, dials_in):
        caller = ring()
        dials_in()
        caller.hangs_up()
        assert app.form("/after")["QueueResult"] == "hangup"
        assert app.form("/done")["DialBridged"] == "false"

    def test_two_agents_get_two_callers(self, ring, twilio: LocalTwilio):
        first, second = ring(), ring()
        twilio.ring(to="+3212345699", from_="+32470000011")
        twilio.ring(to="+3212345699", from_="+32470000012")
        twilio.advance(5)
        assert (first.speaks_with, second.speaks_with) == (["+32470000011"], ["+32470000012"])
