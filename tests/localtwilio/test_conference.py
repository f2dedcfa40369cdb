"""Rooms for two or more calls (docs/voice/twiml/conference), and what REST does with them."""

import pytest
from twilio.base.exceptions import TwilioRestException
from twilio.rest import Client

from tests.localtwilio.conftest import HOST, NUMBER, App
from voice.localtwilio import Caller, LocalTwilio, Phone, Standing

AGENT = "+32470000001"
MUSIC = "https://elsewhere.example/hold.mp3"
EVENTS = f'statusCallback="{HOST}/room" statusCallbackEvent="start end join leave mute hold modify"'


@pytest.fixture(autouse=True)
def _pages(app: App) -> None:
    room = f'<Conference startConferenceOnEnter="false" waitUrl="/wait" {EVENTS}>C1</Conference>'
    app["/voice"] = f'<Dial action="/after">{room}</Dial><Say>Nooit.</Say>'
    app["/agent"] = '<Dial><Conference endConferenceOnExit="true" beep="false">C1</Conference></Dial>'
    app["/wait"] = f"<Say>Even geduld.</Say><Play>{MUSIC}</Play><Redirect/>"
    app["/after"] = "<Say>Weer hier.</Say>"
    app["/room"] = ""


@pytest.fixture
def agent(client: Client, twilio: LocalTwilio) -> Phone:
    """An agent whom the app has rung and who is about to pick up."""
    client.calls.create(to=AGENT, from_=NUMBER, url=f"{HOST}/agent")
    agent = twilio.phone(AGENT)
    assert agent.rings
    return agent


def said(party) -> list[str]:
    return [utterance.text for utterance in party.heard]


def events(app: App) -> list[str]:
    return [form["StatusCallbackEvent"] for form in app.forms("/room")]


def test_alone_one_hears_music_again_and_again(app: App, ring, twilio: LocalTwilio):
    caller = ring()
    assert (caller.in_conference, caller.standing, caller.speaks_with) == ("C1", Standing.HELD, [])
    twilio.advance(25)
    assert said(caller) == ["Even geduld.", MUSIC] * 3
    assert events(app) == ["participant-join"]
    assert twilio.conferences["C1"].status == "init"


def test_a_wait_document_that_ends_is_followed_by_silence(app: App, ring, twilio: LocalTwilio):
    app["/wait"] = "<Say>Even geduld.</Say>"
    caller = ring()
    twilio.advance(60)
    assert said(caller) == ["Even geduld."]
    assert caller.in_conference == "C1"


def test_words_alone_give_the_caller_a_turn_too(app: App, ring, twilio: LocalTwilio):
    app["/wait"] = "<Say>Even geduld.</Say><Redirect/>"
    caller = ring()
    twilio.advance(10)
    assert caller.standing is Standing.HELD
    assert len(caller.heard) == 11


def test_it_begins_when_somebody_comes_who_may_start_it(app: App, ring, agent: Phone, twilio: LocalTwilio):
    caller = ring()
    caller.waits(5)
    agent.picks_up()
    assert caller.standing is Standing.CONNECTED
    assert (caller.speaks_with, agent.speaks_with) == ([AGENT], ["+32470123456"])
    twilio.advance(30)
    assert said(caller) == ["Even geduld.", MUSIC]  # the music has stopped
    agent.says("Goedendag")
    assert said(caller)[-1] == "Goedendag"
    assert events(app) == ["participant-join", "participant-join", "conference-start"]
    assert app.forms("/room")[1]["CallSid"] == agent.sid


def test_two_who_may_not_start_it_wait_together(ring, twilio: LocalTwilio):
    first, second = ring(), ring()
    twilio.advance(30)
    assert first.speaks_with == second.speaks_with == []
    assert twilio.conferences["C1"].status == "init"


def test_it_ends_for_all_when_one_leaves_with_whom_it_ends(app: App, ring, agent: Phone):
    caller = ring()
    agent.picks_up()
    agent.hangs_up()
    caller.await_turn()
    assert said(caller)[-1] == "Weer hier."
    assert app.form("/after")["DialCallStatus"] == "answered"
    assert "DialCallSid" not in app.form("/after")
    left = {form["CallSid"]: form for form in app.forms("/room") if form["StatusCallbackEvent"] == "participant-leave"}
    assert left[agent.sid]["ReasonParticipantLeft"] == "participant_hung_up"
    assert left[agent.sid]["ParticipantCallStatus"] == "completed"
    assert left[caller.sid]["ReasonParticipantLeft"] == "moderator_ended_conference"
    end = next(form for form in app.forms("/room") if form["StatusCallbackEvent"] == "conference-end")
    assert end["ReasonConferenceEnded"] == "participant-with-end-conference-on-exit-left"
    assert end["CallSidEndingConference"] == agent.sid


def test_the_other_may_stay_when_one_leaves(app: App, ring, agent: Phone, twilio: LocalTwilio):
    caller = ring()
    agent.picks_up()
    caller.hangs_up()
    assert agent.in_conference == "C1"
    agent.hangs_up()
    assert twilio.conferences == {}
    assert events(app)[-1] == "conference-end"


def test_a_new_conference_of_the_same_name_is_another(ring, twilio: LocalTwilio):
    ring().hangs_up()
    ring()
    sids = [room.sid for room in twilio.world.conferences.values()]
    assert len(set(sids)) == 2


def test_without_a_wait_url_there_is_music_of_twilios_own(app: App, ring):
    app["/voice"] = "<Dial><Conference>C1</Conference></Dial>"
    caller = ring()
    assert caller.standing is Standing.HELD
    assert said(caller) == []


def test_a_broken_wait_url_ends_the_dial(app: App, ring, twilio: LocalTwilio):
    twilio.strict = False
    app["/wait"] = app["/fallback"] = lambda _: ("kaput", 500)
    caller = ring()
    assert said(caller) == ["Weer hier."]
    assert caller.ended


def test_a_full_room_lets_nobody_in(app: App, ring):
    app["/voice"] = '<Dial action="/after"><Conference maxParticipants="2" waitUrl="">C1</Conference></Dial>'
    ring(), ring()
    third = ring()
    assert said(third) == ["Weer hier."]
    assert app.form("/after")["DialCallStatus"] == "failed"


def test_the_star_may_leave_the_room(app: App, ring, agent: Phone):
    app["/voice"] = '<Dial hangupOnStar="true" action="/after"><Conference waitUrl="">C1</Conference></Dial>'
    caller = ring()
    agent.picks_up()
    caller.presses("*")
    assert said(caller) == ["Weer hier."]
    assert not agent.ended


def test_who_is_muted_is_not_heard(app: App, ring, agent: Phone):
    app["/voice"] = '<Dial><Conference muted="true" waitUrl="">C1</Conference></Dial>'
    caller = ring()
    agent.picks_up()
    caller.says("Hoort u mij?")
    agent.says("Hallo?")
    assert said(agent) == []
    assert said(caller) == ["Hallo?"]


class TestRest:
    @pytest.fixture
    def caller(self, ring, agent: Phone) -> Caller:
        caller = ring()
        agent.picks_up()
        return caller

    @pytest.fixture
    def room(self, client: Client, caller: Caller):
        assert caller.in_conference == "C1"
        (room,) = client.conferences.list(friendly_name="C1", status="in-progress")
        return client.conferences(room.sid)

    def test_the_room_and_who_is_in_it(self, room, caller: Caller, agent: Phone):
        assert room.fetch().friendly_name == "C1"
        here = room.participants.list()
        assert [(one.call_sid, one.muted, one.hold) for one in here] == [
            (caller.sid, False, False),
            (agent.sid, False, False),
        ]
        assert room.participants(agent.sid).fetch().end_conference_on_exit

    def test_muting(self, room, app: App, caller: Caller, agent: Phone):
        assert room.participants(caller.sid).update(muted=True).muted
        caller.says("Hoort u mij?")
        assert said(agent) == []
        assert [one.call_sid for one in room.participants.list(muted=True)] == [caller.sid]
        room.participants(caller.sid).update(muted=False)
        caller.says("En nu?")
        assert said(agent) == ["En nu?"]
        assert events(app)[-2:] == ["participant-mute", "participant-unmute"]

    def test_holding_with_something_to_hear(self, room, app: App, caller: Caller, agent: Phone, twilio: LocalTwilio):
        app["/hold"] = "<Say>Ik zoek het even op.</Say>"
        room.participants(caller.sid).update(hold=True, hold_url=f"{HOST}/hold")
        twilio.advance(20)
        assert said(caller)[-1] == "Ik zoek het even op."
        assert caller.standing is Standing.HELD
        assert agent.speaks_with == []
        room.participants(caller.sid).update(hold=False)
        twilio.settle()
        assert agent.speaks_with == ["+32470123456"]
        assert events(app)[-2:] == ["participant-hold", "participant-unhold"]

    def test_an_announcement_to_one_alone(self, room, app: App, caller: Caller, agent: Phone, twilio: LocalTwilio):
        app["/announce"] = "<Say>Nog één minuut.</Say>"
        room.participants(agent.sid).update(announce_url=f"{HOST}/announce")
        twilio.advance(10)
        assert said(agent) == ["Nog één minuut."]
        assert "Nog één minuut." not in said(caller)
        assert agent.standing is Standing.CONNECTED

    def test_an_announcement_to_all(self, room, app: App, caller: Caller, agent: Phone, twilio: LocalTwilio):
        app["/announce"] = "<Say>Dit gesprek eindigt.</Say>"
        room.update(announce_url=f"{HOST}/announce")
        twilio.advance(10)
        assert said(agent) == ["Dit gesprek eindigt."]
        assert said(caller)[-1] == "Dit gesprek eindigt."

    def test_ending_it(self, room, app: App, caller: Caller, agent: Phone):
        assert room.update(status="completed").status == "completed"
        caller.await_turn()
        assert said(caller)[-1] == "Weer hier."
        assert agent.ended
        end = next(form for form in app.forms("/room") if form["StatusCallbackEvent"] == "conference-end")
        assert end["ReasonConferenceEnded"] == "conference-ended-via-api"

    def test_sending_one_out(self, room, caller: Caller, agent: Phone):
        assert room.participants(caller.sid).delete()
        caller.await_turn()
        assert said(caller)[-1] == "Weer hier."
        with pytest.raises(TwilioRestException, match="404"):
            room.participants(caller.sid).fetch()
        assert agent.in_conference == "C1"

    def test_deciding_that_it_ends_with_somebody(self, room, app: App, caller: Caller, agent: Phone):
        room.participants(agent.sid).update(end_conference_on_exit=False)
        agent.hangs_up()
        assert caller.in_conference == "C1"
        assert "participant-modify" in events(app)

    def test_redirecting_a_participant(self, room, app: App, client: Client, caller: Caller):
        app["/elsewhere"] = "<Say>Ander spoor.</Say>"
        client.calls(caller.sid).update(url=f"{HOST}/elsewhere")
        caller.await_turn()
        assert said(caller)[-1] == "Ander spoor."
        leave = next(form for form in app.forms("/room") if form["StatusCallbackEvent"] == "participant-leave")
        assert leave["ReasonParticipantLeft"] == "participant_updated_via_api"
        assert len(room.participants.list()) == 1


def test_agent_first_then_the_caller_out_of_the_queue_into_the_room(
    app: App, ring, client: Client, twilio: LocalTwilio
):
    """How a dispatcher works: ring the agent, hear them accept, claim the caller, and both meet in a conference."""
    app["/voice"] = '<Enqueue waitUrl="">billing</Enqueue>'
    app["/whisper"] = '<Gather numDigits="1" action="/accepted"><Say>Facturatie. Toets een.</Say></Gather><Hangup/>'

    def accepted(_):
        queue = client.queues.list()[0]
        client.queues(queue.sid).members("Front").update(url=f"{HOST}/join")
        return '<Dial><Conference endConferenceOnExit="true" waitUrl="">R7</Conference></Dial>'

    app["/accepted"] = accepted
    app["/join"] = "<Dial><Conference>R7</Conference></Dial>"
    caller = ring()
    client.calls.create(to=AGENT, from_=NUMBER, url=f"{HOST}/whisper")
    agent = twilio.phone(AGENT)
    assert agent.rings_within(2)
    agent.accepts()
    twilio.settle()
    assert caller.speaks_with == [AGENT]
    assert agent.in_conference == caller.in_conference == "R7"
    assert twilio.queue("billing") == []


def test_rest_rings_somebody_into_the_room_to_listen_to_coach_and_to_join(
    ring, agent: Phone, twilio: LocalTwilio, client: Client
):
    caller = ring()
    agent.picks_up()
    boss = twilio.phone("+32470000009")
    room = client.conferences(twilio.conferences["C1"].sid)
    made = room.participants.create(
        from_=NUMBER, to=boss.number, muted=True, beep="false", label="boss", call_sid_to_coach=agent.sid
    )
    assert (made.coaching, made.status) == (True, "queued")
    twilio.advance(1)
    assert boss.rings
    boss.picks_up()
    assert (boss.in_conference, boss.speaks_with) == ("C1", [])
    caller.says("hallo")
    agent.says("dag")
    assert [one for one in said(boss) if one in ("hallo", "dag")] == ["hallo", "dag"]
    boss.says("psst", wait=False)
    twilio.advance(3)
    assert "psst" not in said(agent) + said(caller)
    room.participants("boss").update(muted=False)
    assert boss.speaks_with == [AGENT]
    boss.says("vraag het klantnummer", wait=False)
    twilio.advance(3)
    assert "vraag het klantnummer" in said(agent)
    assert "vraag het klantnummer" not in said(caller)
    room.participants("boss").update(coaching=False)
    assert sorted(boss.speaks_with) == sorted([AGENT, "+32470123456"])
    boss.hangs_up()
    assert caller.speaks_with == [AGENT], "the room goes on"


def test_who_may_not_be_rung_into_a_room_is_told(ring, agent: Phone, client: Client):
    ring()
    agent.picks_up()
    participants = client.conferences("C1").participants
    with pytest.raises(TwilioRestException, match="CallSidToCoach"):
        participants.create(from_=NUMBER, to=AGENT, coaching=True, call_sid_to_coach="CA1")
    with pytest.raises(TwilioRestException, match="not valid"):
        participants.create(from_=NUMBER, to="nobody")
    with pytest.raises(TwilioRestException, match="not found"):
        client.conferences("nothing").participants.create(from_=NUMBER, to=AGENT)
