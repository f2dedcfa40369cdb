"""What a caller meets, told by meaning alone: each path of the dialogue."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from tests.core.conftest import CHRISTMAS, OPEN_DAY, PLAN, WITH_ASKS, WITH_NOTICES, Caller
from voice.core.call.actions import Enqueue, HangUp, Leave, Wait
from voice.core.call.diagram import mermaid
from voice.core.call.effects import NoteDown
from voice.core.call.events import (
    CutOff,
    HungUp,
    LeftAgent,
    LeftQueue,
    Pressed,
    Rang,
    Refused,
    Said,
    SentOn,
    Silent,
    Standing,
    Waiting,
)
from voice.core.call.signals import Signal
from voice.core.call.state import Answered, Call, Outcome, State
from voice.core.call.table import QUESTIONS, TABLE, Impossible, present, step
from voice.core.call.wishes import Arranging
from voice.core.contact.limits import CallbackRefusal
from voice.core.interpretation import Choice, Command, Decision, Interpretation
from voice.core.queue.status import QueueStatus, Trouble
from voice.core.queue.wait_time import Estimate

HOUR = timedelta(hours=1)


def test_one_clear_answer_is_enough(caller: Caller) -> None:
    assert caller.hears == ["welcome", "question.first"]
    caller.says_clearly("outage")
    assert caller.hears == ["announce"]
    caller.is_silent()
    assert caller.actions == (Enqueue("technical"),)
    assert (caller.call.outcome, caller.call.questions, caller.call.intent) == (Outcome.QUEUED, 1, "outage")


def test_no_to_an_announcement_takes_back_and_asks_again(caller: Caller) -> None:
    caller.says_clearly("outage").says_no()
    assert caller.hears == ["sorry.wrong", "again"]
    assert caller.call.rejected == ("outage",)
    assert caller.call.intent is None


def test_back_at_an_announcement_starts_over(caller: Caller) -> None:
    caller.says_clearly("outage").presses("*")
    assert caller.hears == ["back", "question"]
    assert caller.call.questions == 1


def test_a_new_topic_over_the_announcement_is_taken(caller: Caller) -> None:
    caller.says_clearly("outage").does(Said("nee", Interpretation(Decision.ROUTE, ("mobile",), command=Command.NO)))
    assert caller.hears == ["announce"]
    assert caller.call.intent == "mobile"


def test_noise_over_the_announcement_changes_nothing(caller: Caller) -> None:
    assert caller.says_clearly("outage").mumbles().actions == (Enqueue("technical"),)


def test_a_likely_topic_is_confirmed_with_one_question(caller: Caller) -> None:
    caller.says_vaguely("billing")
    assert caller.hears == ["confirm"]
    caller.says_yes()
    assert caller.hears == ["connecting"]
    assert caller.actions[-1] == Enqueue("billing")
    assert caller.call.questions == 2


def test_no_and_the_right_topic_in_one_breath_are_both_used(caller: Caller) -> None:
    caller.says_vaguely("billing").does(Said("nee…", Interpretation(Decision.ROUTE, ("mobile",), command=Command.NO)))
    assert caller.hears == ["announce"]
    assert caller.call.intent == "mobile"


def test_repeating_the_topic_confirms_it(caller: Caller) -> None:
    assert caller.says_vaguely("billing").says_vaguely("billing").actions[-1] == Enqueue("billing")


@pytest.mark.parametrize(
    ("answer", "queue"),
    [
        (lambda c: c.picks(Choice.FIRST), "billing"),
        (lambda c: c.picks(Choice.SECOND), "mobile"),
        (lambda c: c.presses("2"), "mobile"),
        (lambda c: c.says_clearly("mobile"), "mobile"),
        (lambda c: c.wavers_between("mobile", "billing"), "mobile"),
    ],
)
def test_of_two_topics_one_is_chosen(caller: Caller, answer, queue: str) -> None:
    caller.wavers_between("billing", "mobile")
    assert caller.hears == ["choice"]
    answer(caller)
    assert caller.actions[-1] == Enqueue(queue)
    assert caller.call.note is None


def test_a_topic_that_was_not_offered_is_announced_so_that_it_can_be_refused(caller: Caller) -> None:
    caller.wavers_between("billing", "mobile").says_clearly("outage")
    assert caller.state is State.ANNOUNCE


def test_something_else_asks_again_and_forgets_both(caller: Caller) -> None:
    caller.wavers_between("billing", "mobile").picks(Choice.OTHER)
    assert caller.hears == ["sorry.wrong", "again"]
    assert set(caller.call.rejected) == {"billing", "mobile"}


def test_of_two_things_at_once_the_other_goes_along_as_a_note(caller: Caller) -> None:
    caller.means(Decision.CHOOSE, "moving", "billing", both=True)
    assert caller.hears == ["choice.both"]
    caller.picks(Choice.FIRST)
    assert caller.actions[-1] == Enqueue("orders")
    assert (caller.call.intent, caller.call.note) == ("moving", "billing")


def test_three_failures_lead_to_a_person_by_way_of_the_keys(caller: Caller) -> None:
    assert caller.mumbles().hears == ["sorry.unclear", "again"]
    assert caller.is_silent().hears == ["sorry.silence", *["menu.option"] * 4, "menu.person"]
    assert caller.mumbles().actions[-1] == Enqueue("general")
    assert (caller.call.outcome, caller.call.questions) == (Outcome.AGENT, 3)


def test_the_menu_takes_a_key_and_a_word(caller: Caller) -> None:
    assert caller.mumbles().mumbles().presses("2").actions[-1] == Enqueue("technical")
    assert Caller().mumbles().mumbles().says_clearly("order").actions[-1] == Enqueue("orders")


def test_who_presses_a_digit_at_the_question_is_given_the_keys(caller: Caller) -> None:
    assert caller.presses("1").state is State.MENU


def test_a_wrong_confirm_after_two_failures_is_not_asked_a_fourth_time(caller: Caller) -> None:
    caller.mumbles().says_vaguely("billing")
    assert caller.call.questions == 3
    assert caller.says_no().actions[-1] == Enqueue("general")


def test_who_asks_for_a_person_about_a_topic_gets_the_colleague_who_knows(caller: Caller) -> None:
    assert caller.commands(Command.AGENT, "billing").actions[-1] == Enqueue("billing")


def test_who_asked_for_a_person_can_say_the_topic_while_waiting(caller: Caller) -> None:
    caller.presses("0").waits(2)
    assert caller.hears == ["hold.position", "hold.topic"]
    assert caller.says_clearly("mobile").actions == (Leave(),)
    assert caller.leaves_queue("leave").actions[-1] == Enqueue("mobile")


def test_hold_tells_the_position_when_it_changes_and_not_too_often(caller: Caller) -> None:
    caller.says_clearly("outage").is_silent().waits(3)
    assert caller.hears == ["hold.position", "hold.commands"]
    assert caller.waits(3).hears == []
    assert caller.waits(2, seconds=10).hears == ["hold.position"]
    assert caller.waits(1, seconds=10).hears == []
    assert caller.waits(1, seconds=25).hears == ["hold.next"]
    assert caller.waits(1, seconds=180).hears == ["hold.next", "hold.commands"]


def test_back_from_hold_leaves_the_queue_and_asks_anew(caller: Caller) -> None:
    caller.says_clearly("outage").is_silent()
    assert caller.presses("*").actions == (Leave(),)
    assert caller.leaves_queue("leave").hears == ["back", "question"]


def test_a_callback_from_hold_keeps_the_arrival_and_the_queue(caller: Caller) -> None:
    arrived = caller.call.arrived
    caller.says_clearly("outage").is_silent().waits(4).presses("9").leaves_queue("leave")
    assert caller.hears == ["callback.confirm"]
    caller.says_yes()
    assert [(t.number, t.queue, t.arrived) for t in caller.taken] == [("+32470123456", "technical", arrived)]
    assert caller.actions[-1] == HangUp()
    assert caller.call.outcome is Outcome.CALLBACK


def test_no_callback_after_all_goes_back_to_the_queue(caller: Caller) -> None:
    caller.says_clearly("outage").is_silent().presses("9").leaves_queue("leave").presses("*")
    assert caller.actions == (Enqueue("technical"),)


def test_another_number_can_be_given(caller: Caller) -> None:
    caller.commands(Command.CALLBACK).says_no()
    assert caller.hears == ["callback.number"]
    caller.presses("+32471000000").says_yes()
    assert caller.taken[0].number == "+32471000000"


def test_a_hidden_number_is_asked_for() -> None:
    caller = Caller(number=None).presses("9")
    assert caller.state is State.NUMBER
    assert caller.is_silent().is_silent().actions[-1] == Enqueue("general")


def test_a_closed_queue_is_told_before_anyone_is_queued() -> None:
    caller = Caller(now=CHRISTMAS).says_clearly("billing")
    assert caller.hears == ["offer.closed", "offer.callback"]
    caller.says_yes()
    assert caller.hears == ["callback.taken.window"]
    assert caller.taken[0].promised == datetime(2026, 12, 26, 8, tzinfo=PLAN.timezone)
    assert caller.taken[0].until == datetime(2026, 12, 26, 21, tzinfo=PLAN.timezone)


def test_who_declines_the_callback_can_ask_something_else() -> None:
    assert Caller(now=CHRISTMAS).says_clearly("billing").says_no().hears == ["declined", "question"]


def test_who_cannot_answer_the_offer_is_called_back_all_the_same() -> None:
    caller = Caller(now=CHRISTMAS).says_clearly("billing").mumbles().is_silent()
    assert caller.call.outcome is Outcome.CALLBACK
    assert caller.hears == ["callback.own", "callback.taken.window"]


def test_who_hides_the_number_and_gives_none_goes_back_to_the_queue_they_came_from() -> None:
    caller = Caller(number=None).says_clearly("billing").is_silent().waits(2).presses("9").leaves_queue("leave")
    assert caller.hears == ["callback.number"]
    caller.is_silent().is_silent()
    assert (caller.state, caller.call.queue, caller.call.intent) == (State.HOLD, "billing", "billing")


def test_who_waits_for_a_person_is_offered_a_callback_too() -> None:
    caller = Caller().presses("0").waits(2)
    assert caller.hears == ["hold.position", "hold.topic"]
    assert caller.waits(2, seconds=170).hears == []
    assert caller.waits(2, seconds=30).hears == ["hold.position", "hold.commands"]


@pytest.mark.parametrize(
    ("result", "state"),
    [
        ("bridged", State.OVER),
        ("hangup", State.OVER),
        ("redirected", State.AGENT),
        ("redirected-from-bridged", State.AGENT),
        ("queue-full", State.OFFER),
        ("error", State.OFFER),
        ("system-error", State.OFFER),
        ("something new", State.OFFER),
        ("leave", State.OFFER),
    ],
)
def test_every_queue_result_has_its_path(caller: Caller, result: str, state: State) -> None:
    assert caller.says_clearly("outage").is_silent().leaves_queue(result).state is state


def test_the_language_changes_at_any_moment_and_the_question_stays(caller: Caller) -> None:
    caller.says_vaguely("billing").commands(Command.LANGUAGE, language="fr")
    assert (caller.call.language, caller.hears, caller.call.questions) == ("fr", ["confirm"], 2)
    assert caller.commands(Command.LANGUAGE, language="nl").call.language == "nl"


def test_a_language_key_counts_at_the_open_question_and_not_among_random_keys() -> None:
    assert Caller().presses("6").call.language == "fr"
    assert Caller().presses("6").presses("8").call.language == "nl"
    assert Caller().presses("1").presses("6").call.language == "nl"


def test_repeat_says_the_same_question_and_does_not_count_it(caller: Caller) -> None:
    caller.mumbles().presses("#")
    assert (caller.hears, caller.call.questions) == (["again"], 2)


def test_goodbye_ends_the_call(caller: Caller) -> None:
    caller.commands(Command.GOODBYE)
    assert (caller.hears, caller.state) == (["goodbye"], State.FAREWELL)
    assert (caller.is_silent().actions[-1], caller.call.outcome) == (HangUp(), Outcome.HANGUP)


def test_a_goodbye_can_be_taken_back_for_two_seconds() -> None:
    assert Caller().commands(Command.GOODBYE).says_no().state is State.QUESTION
    assert Caller().commands(Command.GOODBYE).says_clearly("billing").state is State.ANNOUNCE
    assert Caller().commands(Command.GOODBYE).mumbles().state is State.QUESTION


def test_who_says_goodbye_in_the_queue_keeps_the_place_until_they_hang_up(caller: Caller) -> None:
    caller.says_clearly("outage").is_silent().commands(Command.GOODBYE)
    assert (caller.state, caller.hears) == (State.HOLD, ["hold.goodbye"])


def test_silence_after_a_guess_keeps_the_topic(caller: Caller) -> None:
    assert caller.says_vaguely("billing").is_silent().hears == ["sorry.silence", "confirm"]
    assert caller.is_silent().actions[-1] == Enqueue("billing")


def test_who_would_rather_wait_objects_to_nothing(caller: Caller) -> None:
    assert caller.says_clearly("billing").wishes(Arranging.STAY).actions[-1] == Enqueue("billing")


def test_a_greeting_is_answered_with_the_question(caller: Caller) -> None:
    hello = Said("hello there", Interpretation(probabilities=(("none", 0.99),)))
    assert (caller.does(hello).hears, caller.call.questions) == (["question"], 1)
    assert caller.says_clearly("billing").state is State.ANNOUNCE


def test_a_call_without_a_word_or_a_key_is_asked_for_one_and_never_offered_to_an_agent(caller: Caller) -> None:
    caller.is_silent().is_silent().is_silent()
    for _ in range(40):
        assert (caller.state, caller.hears) == (State.SILENT, ["silent"])
        caller.is_silent()
    assert caller.presses("1").state is State.MENU
    gone = Caller().is_silent().is_silent().is_silent()
    assert gone.does(HungUp()).effects == (NoteDown("general"),)


def test_who_hangs_up_while_a_callback_is_arranged_is_listed_with_their_words(caller: Caller) -> None:
    arranging = caller.says_clearly("billing").commands(Command.CALLBACK)
    assert arranging.state is State.CALLBACK
    assert arranging.does(HungUp()).effects == (NoteDown("billing"),)


def test_who_may_have_no_callback_on_that_number_and_hangs_up_is_listed(caller: Caller) -> None:
    refused = caller.says_clearly("billing").commands(Command.CALLBACK).does(Refused(CallbackRefusal.OFTEN))
    assert (refused.state, refused.hears) == (State.NUMBER, ["callback.often", "callback.number"])
    assert refused.does(HungUp()).effects == (NoteDown("billing"),)


DANGER = Interpretation(safety="emergency", probabilities=(("outage", 0.6), ("none", 0.4)))


def test_in_danger_the_caller_hears_what_to_do_and_is_put_through_at_any_hour() -> None:
    for caller in (Caller(), Caller(now=CHRISTMAS), Caller().says_clearly("billing"), Caller().says_vaguely("mobile")):
        caller.does(Said("there is a fire", DANGER))
        assert (caller.state, caller.hears) == (State.DANGER, ["safety.emergency"])
        assert caller.is_silent().actions == (Enqueue("general"),)
        assert "hold.topic" not in caller.does(Waiting(1)).hears


def test_an_objection_to_the_alarm_restores_the_topic(caller: Caller) -> None:
    assert caller.does(Said("my alarm does not work", DANGER)).says_no().state is State.CONFIRM
    assert caller.call.candidates == ("outage",)


def test_who_waits_and_is_in_danger_leaves_the_queue_for_those_who_take_it(caller: Caller) -> None:
    caller.says_clearly("billing").is_silent().does(Said("he is not breathing", DANGER))
    assert caller.state is State.LEAVE
    assert caller.leaves_queue("leave").hears == ["safety.emergency"]
    assert caller.says_no().actions[-1] == Enqueue("billing")


def test_who_hangs_up_on_hold_stood_in_the_queue(caller: Caller) -> None:
    assert caller.says_clearly("outage").is_silent().hangs_up().call.outcome is Outcome.QUEUED


def test_nobody_goes_round_for_ever(caller: Caller) -> None:
    for _ in range(100):
        if caller.state is State.HOLD:
            break
        caller.presses("*")
    assert caller.call.queue == "general"


def calls_in_every_state() -> list[Caller]:
    return [
        Caller(),
        Caller().mumbles(),
        Caller().says_vaguely("billing"),
        Caller().perhaps_wants(Command.GOODBYE),
        Caller().wavers_between("billing", "mobile"),
        Caller().mumbles().mumbles(),
        Caller().says_clearly("outage"),
        Caller(now=CHRISTMAS).says_clearly("billing"),
        Caller().presses("9"),
        Caller(number=None).presses("9"),
        Caller(plan=WITH_WINDOWS).presses("9").presses("3"),
        Caller(standing=STANDING),
        Caller(standing=STANDING).says_no().presses("2"),
        Caller(earlier=replace(STANDING, intent="billing", over=True)),
        Caller(earlier=AGREED),
        with_agent().does(LeftAgent()),
        Caller().does(Said("there is a fire", DANGER)),
        Caller().commands(Command.GOODBYE),
        Caller().is_silent().is_silent().is_silent(),
        with_agent(Caller().presses("0")).does(LeftAgent()).says_no(),
        Caller().says_clearly("hours"),
        Caller(plan=WITH_NOTICES).says_clearly("outage"),
        Caller(plan=WITH_NOTICES).says_clearly("mobile"),
        Caller(plan=WITH_ASKS).says_clearly("billing"),
        who_rang_before().says_clearly("outage"),
    ]


WINDOWS = ((OPEN_DAY + HOUR, OPEN_DAY + 2 * HOUR), (OPEN_DAY + 2 * HOUR, OPEN_DAY + 3 * HOUR))
WITH_WINDOWS = replace(PLAN, queue_status=dict.fromkeys(PLAN.queues, QueueStatus(windows=WINDOWS)))
AGREED = Standing(
    "R1", "technical", OPEN_DAY - HOUR, None, "outage", ("my line is dead",), None, over=True, agreed="someone comes"
)
STANDING = Standing("R1", "general", OPEN_DAY - HOUR, "+32470123456", None, (), None)


def who_rang_before() -> Caller:
    """Somebody whom a person answered lately, about an outage."""
    technical = replace(PLAN.queues["technical"], escalates_to="general")
    caller = Caller(plan=replace(PLAN, queues=PLAN.queues | {"technical": technical}))
    caller.call = caller.call.but(answered=(Answered("R0", "outage", "technical"),))
    return caller


def with_agent(caller: Caller | None = None) -> Caller:
    """A caller who was taken out of the queue, to an agent."""
    return (caller or Caller().says_clearly("outage").is_silent()).leaves_queue("redirected")


def test_from_every_state_0_leads_to_a_person_and_star_leads_back() -> None:
    assert {c.state for c in calls_in_every_state()} == set(QUESTIONS)
    for caller in calls_in_every_state():
        helped = caller.state in (
            *(State.HELPED, State.WHERE, State.ANSWERED, State.NOTICE, State.AREA, State.EARLIER, State.IDENTITY),
        )
        assert caller.presses("0").actions[-1] == Enqueue(PLAN.queue_of(caller.call.intent if helped else None))
    for caller in calls_in_every_state():
        assert caller.presses("*").state is State.QUESTION


def test_every_state_hears_every_command_and_every_silence() -> None:
    always = {Signal.AGENT, Signal.BACK, Signal.REPEAT, Signal.CALLBACK, Signal.LANGUAGE, Signal.GOODBYE}
    for state in (*QUESTIONS, State.HOLD):
        assert always | {Signal.SILENCE, Signal.UNCLEAR, Signal.HUNG_UP} <= set(TABLE[state]), state


def test_who_is_perhaps_taking_leave_is_asked_and_stays(caller: Caller) -> None:
    caller.perhaps_wants(Command.GOODBYE)
    assert (caller.state, caller.hears) == (State.CHECK, ["check.goodbye"])
    assert caller.says_no().state is State.QUESTION
    assert caller.says_clearly("outage").is_silent().actions[-1] == Enqueue("technical")


@pytest.mark.parametrize(
    ("command", "state"),
    [
        (Command.GOODBYE, State.FAREWELL),
        (Command.CALLBACK, State.CALLBACK),
        (Command.AGENT, State.HOLD),
        (Command.BACK, State.QUESTION),
    ],
)
def test_a_command_that_is_asked_about_is_obeyed_after_a_yes(caller: Caller, command: Command, state: State) -> None:
    assert caller.perhaps_wants(command).says_yes().state is state
    assert Caller().perhaps_wants(command).perhaps_wants(command).state is state  # saying it again is a yes


def test_a_language_is_changed_after_a_yes_and_the_question_stays(caller: Caller) -> None:
    caller.says_vaguely("billing").perhaps_wants(Command.LANGUAGE, language="fr")
    assert caller.hears == ["check.language"]
    caller.says_yes()
    assert (caller.call.language, caller.state, caller.hears) == ("fr", State.CONFIRM, ["confirm"])


def test_silence_and_noise_obey_nothing_and_another_topic_goes_on(caller: Caller) -> None:
    assert caller.perhaps_wants(Command.CALLBACK).is_silent().state is State.QUESTION
    assert caller.perhaps_wants(Command.CALLBACK).says_clearly("billing").state is State.ANNOUNCE


def test_in_the_queue_a_doubtful_command_changes_nothing(caller: Caller) -> None:
    caller.says_clearly("billing").is_silent()
    assert caller.perhaps_wants(Command.GOODBYE).state is State.HOLD
    assert caller.perhaps_wants(Command.CALLBACK).state is State.HOLD


def test_what_cannot_happen_raises_and_changes_nothing(caller: Caller) -> None:
    before = caller.call
    with pytest.raises(Impossible):
        step(PLAN, before, LeftQueue("bridged"), caller.now)
    assert caller.call == before
    assert present(PLAN, before)


def test_nothing_happens_after_the_end(caller: Caller) -> None:
    over = caller.hangs_up().call
    for event in (Silent(), Pressed("0"), Waiting(1), LeftQueue("hangup"), HungUp(), Said("ja", Interpretation())):
        after, actions, _ = step(PLAN, over, event, caller.now)
        assert after.but(turn=0) == over.but(turn=0)
        assert actions == (HangUp(),)


def test_the_diagram_draws_every_row_of_the_table() -> None:
    drawn = mermaid()
    assert drawn.startswith("stateDiagram-v2")
    for state in QUESTIONS:
        assert f"    {state} --> " in drawn
    assert "hold --> offer: left the queue, cut off, queue full, queue fault" in drawn


def test_the_story_is_kept_in_the_callers_own_words(caller: Caller) -> None:
    caller.does(Said("ik snap er niks van", Interpretation())).does(
        Said("mijn gsm", Interpretation(Decision.ROUTE, ("mobile",)))
    )
    assert caller.call.words == ("ik snap er niks van", "mijn gsm")


def test_a_call_that_has_not_rung_can_only_ring_or_end() -> None:
    call = Call("CA1", "nl", "+3212345670", None, CHRISTMAS)
    assert step(PLAN, call, Rang(), CHRISTMAS)[0].state is State.QUESTION
    with pytest.raises(Impossible):
        step(PLAN, call, Silent(), CHRISTMAS)


def test_waiting_never_listens_for_topics_once_one_is_known(caller: Caller) -> None:
    caller.says_clearly("outage").is_silent().says_clearly("mobile")
    assert caller.actions == (Wait(),)


def behind(desk: QueueStatus, **rules: object) -> Caller:
    """A caller of a line with this desk behind its billing."""
    queues = PLAN.queues | {"billing": replace(PLAN.queues["billing"], **rules)}
    return Caller(plan=replace(PLAN, queues=queues, queue_status={"billing": desk})).says_clearly("billing")


@pytest.mark.parametrize(
    ("caller", "trouble"),
    [
        (lambda: behind(QueueStatus(known=True, signed_in=0)), Trouble.NOBODY),
        (lambda: behind(QueueStatus(known=True, signed_in=1, waiting=5), full_at=5), Trouble.FULL),
    ],
)
def test_nobody_stands_in_a_queue_that_cannot_answer(caller, trouble: Trouble) -> None:
    met = caller()
    assert met.hears == [f"offer.{trouble}", "offer.callback"]
    assert met.says_yes().taken[0].queue == "billing"


def test_who_would_not_be_served_before_closing_hears_so() -> None:
    nine_to_ten = {"hours": replace(PLAN.queues["billing"].hours, weekly=(((0, 11 * 60 + 5),),) * 7)}
    desk = QueueStatus(True, 2, 9, Estimate(600, 400, 900))
    assert behind(desk, **nine_to_ten).call.trouble is Trouble.CLOSING
    assert behind(replace(desk, estimate=Estimate(60, 30, 90)), **nine_to_ten).state is State.ANNOUNCE


def test_hold_says_how_long_it_takes_and_offers_a_callback_when_that_is_long() -> None:
    short = behind(QueueStatus(True, 2, 1, Estimate(60, 30, 110))).is_silent().waits(2)
    assert short.hears == ["hold.wait"]
    assert short.waits(2, seconds=100).hears == []
    assert short.waits(2, seconds=80).hears == ["hold.wait", "hold.commands"]
    long = behind(QueueStatus(True, 2, 9, Estimate(300, 200, 500))).is_silent().waits(10)
    assert long.hears == ["hold.wait", "hold.commands"]
    assert long.waits(10, seconds=60).hears == []
    assert long.waits(10, seconds=130).hears == ["hold.wait", "hold.commands"]


def test_a_moment_can_be_chosen_for_the_callback() -> None:
    caller = Caller(plan=WITH_WINDOWS).presses("9")
    assert caller.hears == ["callback.confirm", "callback.later"]
    assert caller.presses("3").hears == ["window", "window.option", "window.option"]
    caller.presses("2").says_yes()
    assert (caller.taken[0].promised, caller.taken[0].until) == WINDOWS[1]
    assert caller.hears == ["callback.taken.window"]


def test_a_digit_means_the_moment_that_was_heard() -> None:
    """Though the first has gone to another meanwhile; and the one that has gone is not promised."""
    caller = Caller(plan=WITH_WINDOWS).presses("9").presses("3")
    caller.plan = replace(PLAN, queue_status={"general": QueueStatus(windows=WINDOWS[1:])})
    assert caller.presses("1").hears == ["window.taken", "window", "window.option"]
    caller = Caller(plan=WITH_WINDOWS).presses("9").presses("3")
    caller.plan = replace(PLAN, queue_status={"general": QueueStatus(windows=WINDOWS[1:])})
    assert caller.presses("2").says_yes().taken[0].promised == WINDOWS[1][0]


def test_after_the_agent_the_caller_is_asked_whether_it_helped() -> None:
    caller = with_agent().does(LeftAgent())
    assert caller.hears == ["helped"]
    assert caller.says_yes().hears == ["goodbye"]


def test_who_was_helped_has_not_left_before_and_keeps_the_questions_they_were_asked() -> None:
    before = with_agent().call
    caller = with_agent().does(LeftAgent()).says_yes().is_silent()
    assert (caller.state, caller.call.outcome) == (State.OVER, before.outcome)
    assert (caller.call.outcome, caller.call.questions) == (Outcome.QUEUED, before.questions)


def test_who_was_not_helped_goes_back_to_the_front_and_is_not_asked_again() -> None:
    caller = with_agent().does(LeftAgent()).says_no()
    assert caller.actions[-1] == Enqueue("technical")
    other = with_agent().does(LeftAgent()).commands(Command.NO, "mobile")
    assert other.actions[-1] == Enqueue("mobile")


def test_only_who_never_said_a_topic_is_asked_once_where_to() -> None:
    caller = with_agent(Caller().presses("0")).does(LeftAgent()).says_no()
    assert caller.hears == ["helped.where"]
    assert caller.says_clearly("mobile").actions[-1] == Enqueue("mobile")


def test_a_transfer_keeps_the_place_and_asks_nothing() -> None:
    caller = with_agent().does(SentOn("billing"))
    assert (caller.hears, caller.actions[-1]) == (["sent.on"], Enqueue("billing"))


def test_a_transfer_to_where_nobody_answers_is_a_callback_with_the_first_arrival() -> None:
    caller = with_agent(Caller(now=CHRISTMAS).says_clearly("outage").is_silent())
    arrived = caller.call.arrived
    caller.does(SentOn("billing"))
    assert caller.hears == ["offer.closed", "callback.taken.window"]
    assert [(one.queue, one.arrived) for one in caller.taken] == [("billing", arrived)]


def test_who_comes_to_an_agent_who_is_gone_stands_in_line_again() -> None:
    assert with_agent().does(CutOff()).actions == (Enqueue("technical"),)


def test_after_forty_seconds_without_a_word_or_a_key_one_is_asked_for_whatever_was_asked() -> None:
    caller = Caller()
    caller.now += timedelta(seconds=36)
    assert caller.is_silent().state is State.AGAIN
    caller.now += timedelta(seconds=3)
    assert caller.is_silent().state is State.SILENT


def test_who_was_promised_something_is_asked_whether_it_is_about_that() -> None:
    caller = Caller(earlier=AGREED)
    assert (caller.state, caller.hears) == (State.AGREED, ["welcome", "agreed"])
    caller.says_yes()
    assert caller.actions[-1] == Enqueue("technical")
    assert caller.call.words == ("my line is dead",)
    assert caller.call.resumes == "R1"
    assert caller.call.arrived > AGREED.arrived


@pytest.mark.parametrize("answers", [Caller.says_no, Caller.mumbles, Caller.is_silent])
def test_who_rings_about_something_else_tells_it_from_the_beginning(answers: Callable[[Caller], Caller]) -> None:
    caller = answers(Caller(earlier=AGREED))
    assert caller.state is State.QUESTION
    assert caller.says_clearly("outage").state is State.ANNOUNCE
    assert (caller.call.words, caller.call.resumes) == (("…",), None)
