"""What callers answer is learnt from: what came out of their calls, by everybody who serves the line, and for as long
as it stands."""

import shutil
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import insert, select

from tests.conftest import OPEN_DAY, Ringing, Scripted, Telvia
from tests.live.conftest import Desk
from voice.core.call.lessons import CameOut, Lesson
from voice.core.interpretation import Choice, Command, Decision, Interpretation
from voice.service.calls.transfer import transfer
from voice.service.dispatch.retention import Retention
from voice.service.live.learning import SETTLED, Learning, learn, lessons_of
from voice.service.operators.inbox import Inbox
from voice.service.operators.taught import Taught
from voice.store import Store
from voice.store.callers import erase
from voice.store.inbox import heard
from voice.store.tables import journal, learnt
from voice.understanding import Trained
from voice.understanding.learning import Verdict, counted

pytestmark = pytest.mark.slow


def about(
    topic: str, decision: Decision = Decision.ROUTE, *more: str, command: Command | None = None
) -> Interpretation:
    return Interpretation(decision, (topic, *more), command=command, probabilities=((topic, 0.9),), price=50.0)


HEARD = {
    "het internet hapert": about("outage"),
    "iets met betalen": about("billing", Decision.CONFIRM),
    "rekening of sim": about("billing", Decision.CHOOSE, "mobile"),
    "nee, het gaat over mijn gsm": about("mobile", command=Command.NO),
    "de tweede": Interpretation(choice=Choice.SECOND),
}


@pytest.fixture
def telvia(open_line: Callable[..., Telvia]) -> Telvia:
    return open_line(Scripted(dict(HEARD)))


def taught(telvia: Telvia) -> list[Lesson]:
    calls = heard(telvia.store.engine, telvia.worker.clock() - timedelta(days=9))
    found = [one for call in calls for one in lessons_of(call, telvia.line)]
    return sorted(found, key=lambda one: one.number)


def test_a_yes_and_a_no_teach(telvia: Telvia) -> None:
    telvia.ring().says("iets met betalen").says("ja").hangs_up()
    telvia.ring(from_="+32470000002").says("iets met betalen").says("nee").hangs_up()
    yes, no = taught(telvia)
    assert (yes.how, yes.right, yes.label, yes.words) == (CameOut.YES, True, "billing", "iets met betalen")
    assert (no.how, no.right, no.label) == (CameOut.NO, False, None)


def test_a_choice_teaches(telvia: Telvia) -> None:
    telvia.ring().says("rekening of sim").says("de tweede").hangs_up()
    [chosen] = taught(telvia)
    assert (chosen.how, chosen.right, chosen.label) == (CameOut.CHOICE, False, "mobile")


def test_an_objection_teaches_and_the_topic_that_is_named_with_it(telvia: Telvia) -> None:
    caller = telvia.ring().says("het internet hapert").says("nee, het gaat over mijn gsm").stays_silent()
    agent = telvia.hire("Ann", "+32470000001")
    agent.accepts().hangs_up()
    caller.hangs_up()
    wrong, right = taught(telvia)
    assert (wrong.how, wrong.right, wrong.guess, wrong.label) == (CameOut.OBJECTION, False, "outage", "mobile")
    assert (right.guess, right.right) == ("mobile", True)


def test_whom_an_agent_served_was_right_and_who_was_helped_more_surely_so(telvia: Telvia) -> None:
    agent = telvia.hire("Ann", "+32470000001")
    caller = telvia.ring().says("het internet hapert").stays_silent()
    agent.accepts().hangs_up()
    [served] = taught(telvia)
    assert (served.how, served.right, served.weight) == (CameOut.SERVED, True, 0.8)
    caller.says("ja")
    [helped] = taught(telvia)
    assert (helped.how, helped.label, helped.weight) == (CameOut.HELPED, "outage", 1.0)


def test_whom_an_agent_sent_on_was_wrong_though_they_had_said_yes(telvia: Telvia) -> None:
    agent = telvia.hire("Ann", "+32470000001")
    caller = telvia.ring().says("iets met betalen").says("ja")
    agent.accepts()
    transfer(telvia.line, telvia.store, telvia.contact_of(caller).reference, "mobile", telvia.worker.clock())
    telvia.passes(3)
    [lesson] = taught(telvia)
    assert (lesson.how, lesson.right, lesson.label) == (CameOut.PASSED_ON, False, "mobile")


def test_who_hangs_up_before_anything_came_of_it_teaches_nothing(telvia: Telvia) -> None:
    telvia.ring().says("het internet hapert").stays_silent().hangs_up()
    telvia.ring().says("iets met betalen").hangs_up()
    assert taught(telvia) == []


def say(telvia: Telvia, many: int, answer: str = "ja", *, number: str | None = None) -> list[Ringing]:
    return [
        telvia.ring(from_=number or f"+3247000{n:04}").says("iets met betalen").says(answer).hangs_up()
        for n in range(many)
    ]


def tomorrow(telvia: Telvia) -> int:
    return learn(telvia.line, telvia.store, telvia.worker.clock() + SETTLED)


def test_a_day_later_every_process_goes_by_it_and_after_a_restart_too(telvia: Telvia) -> None:
    say(telvia, 20)
    assert learn(telvia.line, telvia.store, telvia.worker.clock()) == 0  # supervisors still have their say
    heard_by: list[object] = []
    here, there = (Learning(Store(telvia.store.engine.url.render_as_string()), heard_by.append) for _ in range(2))
    for process in (here, there, there):
        process.look(telvia.line, telvia.worker.clock() + SETTLED)
    assert heard_by[0] == heard_by[1] == telvia.store.learnt.days()
    assert len(heard_by) == 2
    [day] = telvia.store.learnt.days()["nl"]
    assert (day.callers, day.lessons, sum(day.wrong)) == (20, 20, 0)


def test_the_same_call_is_learnt_from_once(telvia: Telvia) -> None:
    say(telvia, 20)
    assert [tomorrow(telvia), tomorrow(telvia)] == [1, 0]
    telvia.twilio.advance(3600)
    assert tomorrow(telvia) == 0


def test_one_who_rings_again_and_again_moves_nothing(telvia: Telvia) -> None:
    say(telvia, 25, "nee", number="+32470999999")
    assert tomorrow(telvia) == 0
    assert telvia.store.learnt.days() == {}


def test_who_rang_in_the_weeks_before_counts_no_more(telvia: Telvia) -> None:
    say(telvia, 20)
    assert tomorrow(telvia) == 1
    telvia.twilio.advance(2 * 86400)
    say(telvia, 25, "nee")
    assert tomorrow(telvia) == 0


def test_what_was_learnt_holds_nobodys_words_and_who_is_erased_teaches_no_words(telvia: Telvia) -> None:
    say(telvia, 20)
    assert tomorrow(telvia) == 1
    with telvia.store.engine.connect() as connection:
        kept = str(connection.execute(select(learnt)).all())
    assert "betalen" not in kept
    assert "3247" not in kept
    erase(telvia.store.source, "+32470000001", telvia.worker.clock())
    assert len(taught(telvia)) == 19


def test_lines_of_an_older_version_teach_nothing_and_break_nothing(telvia: Telvia) -> None:
    caller = telvia.ring().says("iets met betalen").says("ja").hangs_up()
    with telvia.store.engine.begin() as connection:
        row = {"call_sid": caller.person.sid, "at": telvia.worker.clock(), "what": "topic", "detail": "{}"}
        connection.execute(insert(journal), row)
    assert len(taught(telvia)) == 1


def test_who_serves_goes_by_what_was_learnt_also_after_a_change(desk: Desk) -> None:
    serving = desk.serve()

    def price() -> float:
        understanding = serving.editions.now.understanding
        assert isinstance(understanding, Trained)
        return understanding.policy(understanding.models["en"]).price

    before = price()
    right = [counted([Verdict(str(n), 60.0, True) for n in range(150)], OPEN_DAY + timedelta(days=d)) for d in range(9)]
    serving.editions.learn({"en": [day for day in right if day]})
    learnt_price = price()
    assert learnt_price < before
    desk.files.changes("prompts/en.yaml", 'welcome: "', 'welcome: "Good day. ')
    desk.saved()
    assert price() == learnt_price


@pytest.fixture
def own(telvia: Telvia, tmp_path: Path) -> Taught:
    """The line's files, to be written into."""
    folder = tmp_path / "line"
    shutil.copytree(telvia.line.folder / "grammars", folder / "grammars")
    return Taught(replace(telvia.line, folder=folder), telvia.store)


def test_what_callers_labelled_is_offered_where_the_line_erred_first(telvia: Telvia, own: Taught) -> None:
    telvia.ring(from_="+32470000001").says("iets met betalen").says("ja").hangs_up()
    telvia.ring(from_="+32470000002").says("rekening of sim").says("de tweede").hangs_up()
    told = own.lines(telvia.worker.clock())
    assert [(one.text, one.label, one.taken_for) for one in told] == [
        ("rekening of sim", "mobile", "billing"),
        ("iets met betalen", "billing", "billing"),
    ]


def test_of_what_callers_labelled_differently_nothing_is_offered(telvia: Telvia, own: Taught) -> None:
    telvia.ring(from_="+32470000001").says("rekening of sim").says("de tweede").hangs_up()
    telvia.ring(from_="+32470000002").says("rekening of sim").says("de eerste").hangs_up()
    assert own.lines(telvia.worker.clock()) == []


def test_a_line_is_kept_and_offered_no_more_until_that_is_undone(telvia: Telvia, own: Taught) -> None:
    now = telvia.worker.clock()
    telvia.ring().says("iets met betalen").says("ja").hangs_up()
    [one] = own.lines(now)
    path = own.keep(one.number, now)
    assert path.read_text(encoding="utf-8").splitlines()[-1] == "billing\tiets met betalen"
    assert own.lines(now) == []
    assert Inbox(own.line, telvia.store).undo() == ("labelled", "iets met betalen", path)
    assert "iets met betalen" not in path.read_text(encoding="utf-8")
    assert own.drop(one.number, now).text == "iets met betalen"
    assert own.lines(now) == []


def test_they_are_forgotten_with_the_words(telvia: Telvia, own: Taught) -> None:
    telvia.ring().says("iets met betalen").says("ja").hangs_up()
    now = telvia.worker.clock()
    assert own.lines(now)
    Retention(telvia.store).tidy(telvia.line, now + timedelta(days=31))
    assert own.lines(now) == []
