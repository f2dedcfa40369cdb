"""`voice call` listens as the line does: what the microphone expects follows from the state of the call."""

from dataclasses import replace
from datetime import timedelta
from types import SimpleNamespace

import pytest

from tests.conftest import Ringing, Telvia
from voice.cli.phone.conversation import _Conversation
from voice.cli.phone.turns import ListeningMoment
from voice.core.call.actions import Listen
from voice.core.call.state import State

pytestmark = pytest.mark.slow


def listening_to(telvia: Telvia, caller: Ringing) -> ListeningMoment:
    understanding = SimpleNamespace(hints=lambda _language, listen: (f"what answers {listen}",))
    switchboard = SimpleNamespace(store=telvia.store, line=telvia.line, understanding=understanding)
    scene = SimpleNamespace(switchboard=switchboard, clock=telvia.twilio.clock)
    return _Conversation(scene, caller.person, None).moment()  # type: ignore[arg-type]


def windows(telvia: Telvia) -> Ringing:
    technical = replace(telvia.line.plan.queues["technical"], window=timedelta(minutes=30), capacity=2)
    plan = replace(telvia.line.plan, queues=telvia.line.plan.queues | {"technical": technical})
    telvia.changes(plan=plan)
    return telvia.ring().says("mijn internet ligt plat").stays_silent().presses("9").presses("3")


def standing(telvia: Telvia) -> Ringing:
    telvia.ring().says("mijn internet ligt plat").stays_silent().presses("9").says("ja")
    return telvia.ring()


def helped(telvia: Telvia) -> Ringing:
    an = telvia.hire("An", "+32470000001")
    caller = telvia.ring().says("mijn internet ligt plat").stays_silent()
    an.accepts().hangs_up()
    telvia.passes(2)
    return caller


@pytest.mark.parametrize(
    ("rings", "state", "listen"),
    [
        (windows, State.WINDOW, Listen.MENU),
        (standing, State.LISTED, Listen.YES_NO),
        (helped, State.HELPED, Listen.YES_NO),
    ],
)
def test_the_microphone_expects_an_answer_where_the_line_asks_for_one(
    telvia: Telvia, rings, state: State, listen: Listen
) -> None:
    caller = rings(telvia)
    assert caller.call.state is state
    moment = listening_to(telvia, caller)
    assert (moment.listen, list(moment.phrases)) == (listen, [f"what answers {listen}"])
    assert moment.patience is None


def test_the_open_question_expects_anything_and_an_objection_has_the_lines_time(telvia: Telvia) -> None:
    caller = telvia.ring()
    assert listening_to(telvia, caller) == ListeningMoment("nl", Listen.OPEN)
    caller.says("mijn internet ligt plat")
    assert listening_to(telvia, caller).patience == 2
