"""The REST side, spoken to by the real client of the twilio package."""

import threading
from concurrent.futures import ThreadPoolExecutor

import httpx
import pytest
from twilio.base.exceptions import TwilioRestException
from twilio.rest import Client

from tests.localtwilio.conftest import HOST, NUMBER, App, Elsewhere
from voice.localtwilio import LocalTwilio, Phone, TwilioFault

AGENT = "+32470000001"


@pytest.fixture
def agent(twilio: LocalTwilio) -> Phone:
    return twilio.phone(AGENT)


@pytest.fixture(autouse=True)
def _pages(app: App) -> None:
    app["/agent"] = '<Gather numDigits="1" action="/decision"><Say>Facturatie.</Say></Gather>'
    app["/decision"] = "<Say>Bedankt.</Say>"
    app["/events"] = ""


def said(party) -> list[str]:
    return [utterance.text for utterance in party.heard]


class TestCalls:
    def test_a_call_rings_and_follows_its_document(self, app: App, client: Client, agent: Phone):
        call = client.calls.create(to=AGENT, from_=NUMBER, url=f"{HOST}/agent")
        assert (call.status, call.direction, call.to, call._from) == ("queued", "outbound-api", AGENT, NUMBER)
        assert agent.rings
        assert client.calls(call.sid).fetch().status == "ringing"
        agent.accepts()
        assert said(agent) == ["Facturatie.", "Bedankt."]
        assert app.form("/agent")["CallStatus"] == "in-progress"
        assert app.form("/agent")["Direction"] == "outbound-api"
        done = client.calls(call.sid).fetch()
        assert (done.status, done.end_time is not None, int(done.duration)) == ("completed", True, 1)

    def test_a_call_may_bring_its_document_along(self, client: Client, agent: Phone):
        client.calls.create(to=AGENT, from_=NUMBER, twiml="<Response><Say>Dag.</Say></Response>")
        agent.rings_within(1)
        agent.picks_up()
        assert said(agent) == ["Dag."]

    def test_its_progress_can_be_watched(self, app: App, client: Client, agent: Phone, twilio: LocalTwilio):
        client.calls.create(
            to=AGENT,
            from_=NUMBER,
            url=f"{HOST}/agent",
            status_callback=f"{HOST}/events",
            status_callback_event=["initiated", "ringing", "answered", "completed"],
        )
        assert agent.rings
        agent.picks_up()
        twilio.advance(9)
        events = app.forms("/events")
        assert [form["CallStatus"] for form in events] == ["initiated", "ringing", "in-progress", "completed"]
        assert [form["SequenceNumber"] for form in events] == ["0", "1", "2", "3"]
        assert events[-1]["CallDuration"] == str(round(0.5 + 5))

    def test_without_events_only_the_end_is_told(self, app: App, client: Client, agent: Phone):
        client.calls.create(to=AGENT, from_=NUMBER, url=f"{HOST}/agent", status_callback=f"{HOST}/events")
        assert agent.rings
        agent.rejects()
        assert [form["CallStatus"] for form in app.forms("/events")] == ["busy"]

    @pytest.mark.parametrize(
        ("person", "status"), [({}, "no-answer"), ({"busy": True}, "busy"), ({"unreachable": True}, "failed")]
    )
    def test_who_does_not_answer(self, client: Client, twilio: LocalTwilio, person, status):
        twilio.person(AGENT, **person)
        call = client.calls.create(to=AGENT, from_=NUMBER, url=f"{HOST}/agent", timeout=20)
        twilio.advance(21)
        assert client.calls(call.sid).fetch().status == status

    def test_one_call_a_second_goes_out_and_the_others_are_queued(self, client: Client, twilio: LocalTwilio):
        phones = [twilio.phone(f"+3247000001{digit}") for digit in range(3)]
        for phone in phones:
            client.calls.create(to=phone.number, from_=NUMBER, url=f"{HOST}/agent")
        assert [phone.rings for phone in phones] == [True, False, False]
        twilio.advance(1)
        assert [phone.rings for phone in phones] == [True, True, False]
        assert client.calls.list(to=phones[2].number)[0].status == "queued"
        twilio.advance(1)
        assert [phone.rings for phone in phones] == [True, True, True]

    def test_a_queued_call_can_be_cancelled_and_is_not_reported(self, app: App, client: Client, twilio: LocalTwilio):
        client.calls.create(to="+32470000011", from_=NUMBER, url=f"{HOST}/agent")
        second = client.calls.create(to=AGENT, from_=NUMBER, url=f"{HOST}/agent", status_callback=f"{HOST}/events")
        assert client.calls(second.sid).update(status="canceled").status == "canceled"
        twilio.advance(5)
        assert not twilio.phone(AGENT).calls
        assert app.forms("/events") == []

    def test_cancelling_stops_the_ringing(self, app: App, client: Client, agent: Phone):
        call = client.calls.create(to=AGENT, from_=NUMBER, url=f"{HOST}/agent", status_callback=f"{HOST}/events")
        assert agent.rings
        client.calls(call.sid).update(status="canceled")
        assert not agent.rings
        assert app.form("/events")["CallStatus"] == "canceled"

    def test_cancelling_leaves_a_conversation_alone_and_completing_ends_it(self, client: Client, agent: Phone):
        call = client.calls.create(to=AGENT, from_=NUMBER, url=f"{HOST}/agent")
        agent.rings_within(1)
        agent.picks_up()
        assert client.calls(call.sid).update(status="canceled").status == "in-progress"
        assert client.calls(call.sid).update(status="completed").status == "completed"
        assert agent.ended

    def test_a_call_that_goes_on_can_be_sent_elsewhere(self, app: App, ring, client: Client):
        app["/voice"] = '<Gather action="/turn"/>'
        app["/elsewhere"] = "<Say>Ander spoor.</Say>"
        caller = ring()
        client.calls(caller.sid).update(url=f"{HOST}/elsewhere")
        caller.await_turn()
        assert said(caller) == ["Ander spoor."]
        assert caller.gather is None

    def test_also_with_a_document(self, app: App, ring, client: Client):
        app["/voice"] = '<Gather action="/turn"/>'
        caller = ring()
        client.calls(caller.sid).update(twiml="<Response><Say>Dag.</Say></Response>")
        caller.await_turn()
        assert said(caller) == ["Dag."]

    def test_a_document_without_a_url_has_nothing_to_be_relative_to(self, client: Client, agent: Phone):
        client.calls.create(to=AGENT, from_=NUMBER, twiml='<Response><Gather action="/decision"/></Response>')
        agent.rings_within(1)
        agent.picks_up()
        with pytest.raises(TwilioFault, match="15004"):
            agent.presses("1#")

    def test_a_webhook_may_redirect_the_very_call_that_asks(self, app: App, ring, client: Client):
        def voice(form):
            client.calls(form["CallSid"]).update(url=f"{HOST}/elsewhere")
            return "<Say>Nooit.</Say>"

        app["/voice"] = "<Redirect>/go</Redirect>"
        app["/go"] = voice
        app["/elsewhere"] = "<Say>Ander spoor.</Say>"
        assert said(ring()) == ["Ander spoor."]

    def test_a_call_that_is_over_cannot_be_changed(self, app: App, ring, client: Client):
        app["/voice"] = "<Hangup/>"
        caller = ring()
        for change in ({"url": f"{HOST}/agent"}, {"status": "completed"}):
            with pytest.raises(TwilioRestException) as caught:
                client.calls(caller.sid).update(**change)
            assert (caught.value.status, caught.value.code) == (400, 21220)

    def test_a_ringing_call_cannot_be_redirected(self, client: Client, agent: Phone):
        call = client.calls.create(to=AGENT, from_=NUMBER, url=f"{HOST}/agent")
        assert agent.rings
        with pytest.raises(TwilioRestException, match="not in-progress"):
            client.calls(call.sid).update(url=f"{HOST}/agent")

    def test_calls_are_listed_newest_first_over_several_pages(self, app: App, ring, client: Client):
        app["/voice"] = "<Hangup/>"
        callers = [ring() for _ in range(5)]
        listed = [call.sid for call in client.calls.list(page_size=2)]
        assert listed == [caller.sid for caller in reversed(callers)]
        assert len(client.calls.list(limit=3)) == 3
        assert client.calls.list(status="busy") == []

    def test_the_fallback_of_a_call(self, app: App, client: Client, agent: Phone, twilio: LocalTwilio):
        twilio.strict = False
        app["/agent"] = lambda _: ("kaput", 500)
        app["/rescue"] = "<Say>Gered.</Say>"
        client.calls.create(to=AGENT, from_=NUMBER, url=f"{HOST}/agent", fallback_url=f"{HOST}/rescue")
        assert agent.rings
        agent.picks_up()
        assert said(agent) == ["Gered."]


class TestMachines:
    GREETING = "Dit is de voicemail van Jan, spreek een bericht in na de toon"

    @pytest.mark.parametrize(
        ("mode", "voicemail", "answered_by", "seconds"),
        [
            ("Enable", None, "human", 2),
            ("Enable", GREETING, "machine_start", 4),
            ("DetectMessageEnd", None, "human", 2),
            ("DetectMessageEnd", GREETING, "machine_end_beep", 13 / 2 + 1.2),
            ("DetectMessageEnd", "woord " * 100, "unknown", 30),
        ],
    )
    def test_the_document_is_asked_for_when_it_is_known_who_answered(
        self, app: App, client: Client, twilio: LocalTwilio, mode, voicemail, answered_by, seconds
    ):
        agent = twilio.person(AGENT, answers_after=5, voicemail=voicemail)
        client.calls.create(to=AGENT, from_=NUMBER, url=f"{HOST}/agent", machine_detection=mode)
        twilio.advance(5)
        answered = twilio.clock.now()
        twilio.run_until(lambda: bool(app.forms("/agent")), 60)
        assert app.form("/agent")["AnsweredBy"] == answered_by
        assert twilio.clock.now() - answered == pytest.approx(seconds)
        assert client.calls(agent.sid).fetch().answered_by == answered_by

    def test_in_the_background_the_document_comes_at_once_and_the_verdict_later(
        self, app: App, client: Client, twilio: LocalTwilio
    ):
        app["/agent"] = '<Pause length="30"/>'
        agent = twilio.person(AGENT, answers_after=5, voicemail=self.GREETING)
        client.calls.create(
            to=AGENT,
            from_=NUMBER,
            url=f"{HOST}/agent",
            machine_detection="DetectMessageEnd",
            async_amd="true",
            async_amd_status_callback=f"{HOST}/events",
        )
        twilio.advance(5)
        assert "AnsweredBy" not in app.form("/agent")
        assert app.forms("/events") == []
        twilio.advance(8)
        assert app.form("/events") == {
            "AccountSid": twilio.world.account_sid,
            "AnsweredBy": "machine_end_beep",
            "CallSid": agent.sid,
            "MachineDetectionDuration": "7700",
        }

    def test_a_greeting_is_heard_by_whoever_listens(self, app: App, client: Client, twilio: LocalTwilio):
        app["/agent"] = '<Gather input="speech" action="/decision"><Say>een twee drie vier vijf</Say></Gather>'
        agent = twilio.person(AGENT, voicemail=self.GREETING)
        client.calls.create(to=AGENT, from_=NUMBER, url=f"{HOST}/agent")
        twilio.run_until(lambda: bool(app.forms("/decision")), 60)
        assert app.form("/decision")["SpeechResult"] == self.GREETING
        assert agent.heard[0].cut

    def test_a_machine_records_for_two_minutes_at_most(self, app: App, client: Client, twilio: LocalTwilio):
        app["/agent"] = '<Pause length="600"/>'
        agent = twilio.person(AGENT, answers_after=1, voicemail=self.GREETING)
        client.calls.create(to=AGENT, from_=NUMBER, url=f"{HOST}/agent")
        twilio.advance(120)
        assert not agent.ended
        twilio.advance(2)
        assert agent.ended


class TestQueues:
    @pytest.fixture(autouse=True)
    def _queue(self, app: App) -> None:
        app["/voice"] = '<Enqueue action="/after" waitUrl="">technical</Enqueue>'
        app["/after"] = "<Say>Nooit.</Say>"
        app["/agent-free"] = "<Say>U bent aan de beurt.</Say>"

    def test_a_queue_and_its_members_can_be_looked_at(self, ring, client: Client, twilio: LocalTwilio):
        first = ring()
        twilio.advance(60)
        second = ring()
        (queue,) = client.queues.list()
        assert (queue.friendly_name, queue.current_size, queue.max_size) == ("technical", 2, 1000)
        assert queue.average_wait_time == 30
        members = client.queues(queue.sid).members.list()
        assert [(member.call_sid, member.position, member.wait_time) for member in members] == [
            (first.sid, 1, 60),
            (second.sid, 2, 0),
        ]
        assert client.queues(queue.sid).members("Front").fetch().call_sid == first.sid
        assert client.queues(queue.sid).members(second.sid).fetch().date_enqueued.year == 2026

    def test_a_queue_can_be_made_and_changed(self, ring, client: Client):
        queue = client.queues.create("technical", max_size=7)
        ring()
        assert client.queues(queue.sid).fetch().current_size == 1
        assert client.queues(queue.sid).update(max_size=9).max_size == 9
        with pytest.raises(TwilioRestException) as caught:
            client.queues.create("technical")
        assert caught.value.code == 22003

    def test_a_member_taken_out_goes_elsewhere_and_the_app_is_told(self, app: App, ring, client: Client):
        caller = ring()
        (queue,) = client.queues.list()
        member = client.queues(queue.sid).members(caller.sid).update(url=f"{HOST}/agent-free")
        assert member.call_sid == caller.sid
        assert client.queues(queue.sid).fetch().current_size == 0
        caller.await_turn()
        assert said(caller) == ["U bent aan de beurt."]
        assert app.form("/after")["QueueResult"] == "redirected"

    def test_redirecting_the_call_itself_takes_it_out_too(self, app: App, ring, client: Client):
        caller = ring()
        client.calls(caller.sid).update(url=f"{HOST}/agent-free")
        (queue,) = client.queues.list()
        assert queue.current_size == 0
        caller.await_turn()
        assert app.form("/after")["QueueResult"] == "redirected"

    def test_a_second_attempt_fails_so_that_it_is_a_claim(self, ring, client: Client):
        caller = ring()
        (queue,) = client.queues.list()
        claim = client.queues(queue.sid).members(caller.sid)
        claim.update(url=f"{HOST}/agent-free")
        with pytest.raises(TwilioRestException) as caught:
            claim.update(url=f"{HOST}/agent-free")
        assert (caught.value.status, caught.value.code) == (404, 20404)

    def test_the_front_of_an_empty_queue_is_not_found(self, ring, client: Client):
        caller = ring()
        (queue,) = client.queues.list()
        caller.hangs_up()
        with pytest.raises(TwilioRestException, match="404"):
            client.queues(queue.sid).members("Front").update(url=f"{HOST}/agent-free")

    def test_of_twenty_claims_at_once_one_succeeds(self, ring, twilio: LocalTwilio):
        caller = ring()
        sid = twilio.queues["technical"].sid
        base, http = twilio.serve_rest(), httpx.Client()
        gate = threading.Barrier(20)

        def claim(_: int) -> int:
            client = Client(twilio.world.account_sid, "local-auth-token", http_client=Elsewhere(http, base))
            gate.wait()
            try:
                client.queues(sid).members(caller.sid).update(url=f"{HOST}/agent-free")
            except TwilioRestException as refused:
                return int(refused.status)
            return 200

        with ThreadPoolExecutor(20) as pool:
            outcomes = sorted(pool.map(claim, range(20)))
        assert outcomes == [200] + [404] * 19

    def test_a_full_queue_cannot_be_deleted(self, ring, client: Client):
        caller = ring()
        (queue,) = client.queues.list()
        with pytest.raises(TwilioRestException, match="not empty"):
            client.queues(queue.sid).delete()
        caller.hangs_up()
        assert client.queues(queue.sid).delete()
        assert client.queues.list() == []


class TestRefusals:
    def test_a_wrong_password_is_refused(self, twilio: LocalTwilio):
        http = httpx.Client(transport=httpx.WSGITransport(twilio.rest_app))
        stranger = Client(twilio.world.account_sid, "guess", http_client=Elsewhere(http))
        with pytest.raises(TwilioRestException) as caught:
            stranger.calls.create(to=AGENT, from_=NUMBER, url=f"{HOST}/agent")
        assert (caught.value.status, caught.value.code) == (401, 20003)

    @pytest.mark.parametrize(
        ("given", "code"),
        [
            ({"to": "0470123456"}, 21211),
            ({"to": "+32"}, 21211),
            ({"from_": "anonymous"}, 21212),
            ({"to": ""}, 21201),
            ({"from_": ""}, 21213),
            ({"url": "not a url"}, 21205),
            ({"url": ""}, 21205),
            ({"timeout": 601}, 21208),
            ({"method": "PUT"}, 21209),
            ({"machine_detection": "Guess"}, 21234),
            ({"machine_detection": "Enable", "async_amd": "true"}, 21262),
            ({"status_callback": f"{HOST}/events", "status_callback_event": ["hangup"]}, 20422),
            ({"record": True}, 20001),
        ],
    )
    def test_a_call_that_cannot_be_made(self, client: Client, twilio: LocalTwilio, given, code):
        with pytest.raises(TwilioRestException) as caught:
            client.calls.create(**{"to": AGENT, "from_": NUMBER, "url": f"{HOST}/agent", **given})
        assert (caught.value.status, caught.value.code) == (400, code)
        twilio.advance(5)
        assert twilio.calls == []

    @pytest.mark.parametrize("code", [21214, 21217, 21610])
    def test_a_number_may_be_refused_for_any_reason(self, client: Client, twilio: LocalTwilio, code):
        twilio.refuse_number(AGENT, code)
        with pytest.raises(TwilioRestException) as caught:
            client.calls.create(to=AGENT, from_=NUMBER, url=f"{HOST}/agent")
        assert caught.value.code == code
        with pytest.raises(TwilioRestException) as caught:
            client.messages.create(to=AGENT, from_=NUMBER, body="Dag")
        assert caught.value.code == code

    @pytest.mark.parametrize(("status", "code"), [(429, 20429), (500, 20500), (503, 20503)])
    def test_twilio_may_be_busy_or_broken_for_once(self, client: Client, twilio: LocalTwilio, status, code):
        twilio.next_rest(status)
        with pytest.raises(TwilioRestException) as caught:
            client.calls.create(to=AGENT, from_=NUMBER, url=f"{HOST}/agent")
        assert (caught.value.status, caught.value.code) == (status, code)
        assert twilio.calls == []
        client.calls.create(to=AGENT, from_=NUMBER, url=f"{HOST}/agent")
        assert len(twilio.calls) == 1

    def test_the_answer_may_be_lost_and_the_work_done(self, client: Client, twilio: LocalTwilio):
        twilio.next_rest(503, performed=True, path="/Calls")
        assert client.queues.list() == []
        with pytest.raises(TwilioRestException):
            client.calls.create(to=AGENT, from_=NUMBER, url=f"{HOST}/agent")
        assert len(twilio.calls) == 1

    def test_what_does_not_exist_is_not_found(self, client: Client):
        for missing in (
            client.calls("CA" + "0" * 32),
            client.queues("QU" + "0" * 32),
            client.conferences("CF" + "0" * 32),
        ):
            with pytest.raises(TwilioRestException) as caught:
                missing.fetch()
            assert (caught.value.status, caught.value.code) == (404, 20404)
        with pytest.raises(TwilioRestException, match="404"):
            client.recordings("RE" + "0" * 32).fetch()


def test_all_of_it_over_real_http(app: App):
    """Both directions through sockets, and a REST call from within a webhook while other calls are going on."""
    from voice.localtwilio import Server

    line = Server(app.flask)
    with LocalTwilio(tunnel={HOST: line.url}) as twilio:
        client = Client(
            twilio.world.account_sid, "local-auth-token", http_client=Elsewhere(httpx.Client(), twilio.serve_rest())
        )

        def turn(_):
            client.calls.create(to=AGENT, from_=NUMBER, url=f"{HOST}/agent")
            return '<Enqueue waitUrl="">technical</Enqueue>'

        app["/voice"] = '<Gather input="speech" action="/turn"/>'
        app["/turn"] = turn
        caller = twilio.ring(to=NUMBER, voice_url=f"{HOST}/voice")
        caller.says("mijn internet ligt plat")
        agent = twilio.phone(AGENT)
        assert agent.rings
        agent.accepts()
        (queue,) = client.queues.list()
        client.queues(queue.sid).members("Front").update(url=f"{HOST}/agent")
        caller.await_turn()
        assert said(caller) == ["Facturatie."]
        assert app.requests[0]["headers"]["X-Forwarded-Host"] == "line.example"
        assert app.requests[0]["headers"]["X-Forwarded-Proto"] == "https"
    line.close()
