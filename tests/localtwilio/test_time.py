"""Time: the driven clock, the real one, voices that are really heard, and people who act by themselves."""

import threading
import time
from datetime import UTC, datetime

import httpx
import pytest
from twilio.rest import Client

from tests.localtwilio.conftest import HOST, NUMBER, App, Elsewhere
from voice.localtwilio import DrivenClock, LocalTwilio, Pace, Party, RealClock, Server, Standing, TwilioFault, Utterance

ASK = '<Gather input="speech dtmf" action="/turn" timeout="2" speechTimeout="1"><Say>{}</Say></Gather><Say>Stil.</Say>'


class TestDriven:
    def test_it_stands_still_until_it_is_moved(self):
        clock = DrivenClock(datetime(2026, 12, 25, 10, tzinfo=UTC))
        before = clock.now()
        time.sleep(0.01)
        assert clock.now() == before
        clock.move_to(before - 10)
        assert clock.now() == before

    def test_it_must_know_its_time_zone(self):
        with pytest.raises(ValueError, match="time zone"):
            DrivenClock(datetime(2026, 12, 25))

    def test_it_cannot_be_followed(self, twilio: LocalTwilio):
        with pytest.raises(TypeError, match="driven clock"):
            twilio.run()

    def test_the_same_calls_are_the_same_in_every_run(self, app: App):
        app["/voice"] = ASK.format("Zeg het maar")
        app["/turn"] = '<Enqueue waitUrl="">technical</Enqueue>'

        def run() -> list[dict[str, str]]:
            app.asked.clear()
            transport = httpx.Client(transport=httpx.WSGITransport(app.flask))
            with LocalTwilio(transport=transport, seed=7) as twilio:
                twilio.ring(to=NUMBER, voice_url=f"{HOST}/voice").says("internet")
                twilio.ring(to=NUMBER).presses("1#")
            return [form for _, form in app.asked]

        assert run() == run()

    def test_waiting_until_something_is_so_has_an_end(self, twilio: LocalTwilio):
        began = twilio.clock.now()
        assert not twilio.run_until(lambda: False, limit=100)
        assert twilio.clock.now() == began + 100


class TestReal:
    @pytest.fixture
    def real(self, app: App):
        line = Server(app.flask)
        with LocalTwilio(clock=RealClock(), pace=Pace.keyboard(), tunnel={HOST: line.url}).run() as twilio:
            twilio.number(NUMBER, voice_url=f"{HOST}/voice", fallback_url=f"{HOST}/fallback")
            yield twilio
        line.close()

    def test_a_person_who_types_converses_without_waiting(self, app: App, real: LocalTwilio):
        app["/voice"] = ASK.format("Waarmee kan ik u helpen?")
        app["/turn"] = lambda form: ASK.format(f"U zei {form.get('SpeechResult', form.get('Digits'))}.")
        began = time.monotonic()
        caller = real.ring(to=NUMBER)
        caller.says("mijn internet ligt plat")
        caller.presses("12#")
        assert [utterance.text for utterance in caller.just_heard] == ["U zei 12."]
        assert [utterance.text for utterance in caller.heard] == [
            "Waarmee kan ik u helpen?",
            "U zei mijn internet ligt plat.",
            "U zei 12.",
        ]
        caller.hangs_up()
        assert caller.ended
        assert time.monotonic() - began < 2

    def test_real_seconds_pass_for_one_who_says_nothing(self, app: App, real: LocalTwilio):
        app["/voice"] = '<Gather timeout="1"><Say>Zeg het maar.</Say></Gather><Say>Stil.</Say>'
        caller = real.ring(to=NUMBER)
        began = time.monotonic()
        caller.stays_silent()
        assert 0.8 < time.monotonic() - began < 3
        assert caller.heard[-1].text == "Stil."

    def test_a_slow_answer_holds_up_its_own_call_only(self, app: App, real: LocalTwilio):
        slow = threading.Event()

        def turn(_: dict[str, str]) -> str:
            slow.wait(5)
            return "<Hangup/>"

        app["/voice"] = ASK.format("Zeg het maar")
        app["/turn"] = turn
        first = real.ring(to=NUMBER)
        first.says("langzaam", wait=False)
        second = real.ring(to=NUMBER)
        assert second.is_asked
        assert not first.ended
        slow.set()
        first.await_turn()
        assert first.ended

    def test_what_goes_wrong_reaches_who_waits(self, app: App, real: LocalTwilio):
        app["/voice"] = "<Shout>Hallo</Shout>"
        with pytest.raises(TwilioFault, match="Shout"):
            real.ring(to=NUMBER)

    def test_the_app_may_call_rest_from_a_webhook_and_wait_for_it(self, app: App, real: LocalTwilio):
        """No lock is held while a webhook is under way; else this would never end."""
        account = real.world.account_sid
        client = Client(account, real.world.auth_token, http_client=Elsewhere(httpx.Client(), real.serve_rest()))
        seen: list[str] = []

        def voice(form: dict[str, str]) -> str:
            worker = threading.Thread(target=lambda: seen.append(client.calls(form["CallSid"]).fetch().status))
            worker.start()
            worker.join(5)
            return "<Gather/>"

        app["/voice"] = voice
        real.ring(to=NUMBER)
        assert seen == ["ringing"]


class Voice:
    """A loudspeaker that says how long it speaks, and remembers what it was told."""

    def __init__(self) -> None:
        self.spoken: list[str] = []
        self.stopped = 0
        self.seconds: float | None = 7.0

    def speak(self, _leg, utterance: Utterance) -> float | None:
        self.spoken.append(utterance.text)
        return self.seconds

    def stop(self, _leg) -> None:
        self.stopped += 1


class TestVoices:
    @pytest.fixture
    def voice(self, twilio: LocalTwilio) -> Voice:
        twilio.world.loudspeaker = Voice()
        return twilio.world.loudspeaker

    def test_what_is_said_takes_as_long_as_the_loudspeaker_says(
        self, app: App, ring, twilio: LocalTwilio, voice: Voice
    ):
        app["/voice"] = f"<Say>Een.</Say><Play>{HOST}/a.wav</Play><Gather/>"
        began = twilio.clock.now()
        ring()
        assert voice.spoken == ["Een.", f"{HOST}/a.wav"]
        assert twilio.clock.now() - began == 14

    def test_without_a_word_of_it_what_is_said_takes_as_long_as_usual(
        self, app: App, ring, twilio: LocalTwilio, voice: Voice
    ):
        voice.seconds = None
        app["/voice"] = "<Say>Een twee drie vier.</Say><Gather/>"
        began = twilio.clock.now()
        ring()
        assert twilio.clock.now() - began == 2  # at two words a second

    def test_it_falls_silent_when_the_person_begins_to_speak(self, app: App, ring, twilio: LocalTwilio, voice: Voice):
        app["/voice"] = ASK.format("Waarmee kan ik u helpen?")
        app["/turn"] = "<Hangup/>"
        caller = ring(patient=False)
        caller.begins_to_speak()
        assert voice.stopped == 1
        assert caller.heard[0].cut
        assert caller.standing is Standing.ANSWERING
        twilio.advance(8)  # the words take their time, and no timeout runs meanwhile
        caller.says("mijn internet ligt plat")
        assert app.form("/turn")["SpeechResult"] == "mijn internet ligt plat"

    def test_noise_is_no_answer(self, app: App, ring, twilio: LocalTwilio, voice: Voice):
        app["/voice"] = ASK.format("Waarmee kan ik u helpen?")
        caller = ring()
        caller.begins_to_speak()
        twilio.advance(5)
        caller.says("")
        assert caller.standing is Standing.LISTENED_TO
        caller.stays_silent()
        assert voice.spoken[-1] == "Stil."

    def test_it_falls_silent_when_the_call_is_over(self, app: App, ring, voice: Voice):
        app["/voice"] = ASK.format("Waarmee kan ik u helpen?")
        ring(patient=False).hangs_up()
        assert voice.stopped == 1


class TestByThemselves:
    def test_a_hundred_callers_and_five_agents(self, app: App, client: Client, twilio: LocalTwilio):
        """An hour of a small call centre, with nobody in the test acting for anybody."""
        app["/voice"] = ASK.format("Waarmee kan ik u helpen?")
        app["/turn"] = lambda form: "<Enqueue>desk</Enqueue>" if "SpeechResult" in form else "<Hangup/>"
        app["/join"] = "<Dial><Conference endConferenceOnExit='true' waitUrl=''>{}</Conference></Dial>"

        def answer(caller: Party) -> None:
            if caller.standing is Standing.LISTENED_TO:
                caller.after(1.5, lambda: caller.says("mijn internet ligt plat"))

        def talk(agent: Party) -> None:
            if agent.speaks_with:
                agent.after(60, agent.hangs_up)

        agents = [twilio.person(f"+3247000010{digit}", answers_after=3, behaviour=talk) for digit in range(5)]

        def ring_agents() -> None:
            for agent in agents:
                if twilio.queue("desk") and (not agent.calls or agent.calls[-1].over):
                    client.calls.create(
                        to=agent.number, from_=NUMBER, twiml="<Response><Dial><Queue>desk</Queue></Dial></Response>"
                    )
            twilio.world.engine.after(5, ring_agents)

        callers = []
        for number in range(100):
            twilio.world.engine.after(
                number * 20, lambda: callers.append(twilio.ring(to=NUMBER, behaviour=answer, wait=False))
            )
        ring_agents()
        twilio.advance(3600)
        assert len(callers) == 100
        assert all(caller.ended for caller in callers)
        assert sum(len(agent.calls) for agent in agents) >= 100
        assert {len(form["SpeechResult"]) for form in app.forms("/turn")} == {len("mijn internet ligt plat")}
        assert twilio.queue("desk") == []
