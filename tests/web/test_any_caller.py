"""Random callers over signed webhooks: every answer is TwiML that Twilio takes, and every call ends where it should."""

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from itertools import count
from pathlib import Path
from shutil import copy

import httpx
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.conftest import OPEN_DAY, PUBLIC, SCRIPT, TOKEN, Scripted
from voice.content import Line
from voice.core.call.state import Outcome, State
from voice.core.contact.state import Kind
from voice.core.plan import MAX_QUESTIONS
from voice.localtwilio import DrivenClock, LocalTwilio, Mishap
from voice.service.calls.turn import Switchboard
from voice.store import Store
from voice.twilio.fallback import fallback
from voice.twilio.signature import Signatures
from voice.web.app import create_app

pytestmark = pytest.mark.slow

CHRISTMAS = datetime(2026, 12, 25, 9, tzinfo=UTC)
seeds = count(1)

said = st.tuples(st.just("says"), st.sampled_from([*SCRIPT, "…", "explode", "<&>", "x" * 3000]))
pressed = st.tuples(st.just("presses"), st.sampled_from([*"0123456789*#", "0471000000#"]))
silent = st.just(("stays_silent", None))
steps = st.lists(st.tuples(said | pressed | silent, st.sampled_from([None] * 9 + [Mishap.TWICE, Mishap.RETRIED])))


@contextmanager
def rung(line: Line, migrated: Path, moment: datetime, number: str) -> Iterator[tuple[object, Store, LocalTwilio]]:
    with tempfile.TemporaryDirectory() as folder:
        store = Store(f"sqlite:///{copy(migrated, Path(folder) / 'calls.sqlite3')}")
        clock = DrivenClock(moment)
        switchboard = Switchboard(line, Scripted(), store, lambda: datetime.fromtimestamp(clock.now(), UTC))
        app = create_app(switchboard, Signatures(TOKEN, PUBLIC), fallback(line))
        transport = httpx.Client(transport=httpx.WSGITransport(app))
        twilio = LocalTwilio(auth_token=TOKEN, transport=transport, clock=clock, seed=next(seeds))
        urls = {
            name: f"{PUBLIC}/twilio/{path}"
            for name, path in [("voice_url", "voice"), ("fallback_url", "fallback"), ("status_callback", "status")]
        }
        yield twilio.ring(to="+3212345670", from_=number, **urls), store, twilio
        store.close()


@pytest.mark.filterwarnings("ignore")
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(plan=steps, moment=st.sampled_from([OPEN_DAY, CHRISTMAS]), number=st.sampled_from(["+32470123456", "anonymous"]))
def test_every_call_ends_in_a_queue_with_a_person_in_a_callback_or_by_the_caller(
    line: Line, migrated: Path, plan: list, moment: datetime, number: str
) -> None:
    with rung(line, migrated, moment, number) as (caller, store, twilio):
        for (what, argument), mishap in plan:
            if caller.ended:
                break
            if mishap:
                twilio.next_webhook(mishap)
            getattr(caller, what)(*([argument] if argument else []))
            call = store.call(caller.sid)
            assert call.questions <= MAX_QUESTIONS
            assert caller.heard, "nothing was said"
            if caller.ended:
                by_line = call.outcome in (Outcome.CALLBACK, Outcome.HANGUP)
                assert by_line
                assert call.state is State.OVER
        if not caller.ended:
            caller.hangs_up()
        assert store.call(caller.sid).state is State.OVER
        callbacks = [one for one in store.contacts_of(caller.sid) if one.kind is Kind.CALLBACK]
        assert len(callbacks) == (store.call(caller.sid).outcome is Outcome.CALLBACK)
        assert all(one.over or one.kind is Kind.CALLBACK for one in store.contacts_of(caller.sid))
        assert all(exchange.status == 200 for exchange in caller.log)
