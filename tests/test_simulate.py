"""A day, played small: its counts add up, the same seed is the same day, and what goes wrong shows in the figures."""

import sys
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from tests.core.conftest import PLAN
from voice.cli import main
from voice.cli.simulation.day import DayOutcome, Rehearsal, Wishes, play
from voice.cli.simulation.people import Understood
from voice.cli.simulation.report import DayReport, report
from voice.content import Line, load_line
from voice.content.starter import start_line
from voice.core.contact.state import Contact, Kind, Stage
from voice.core.plan import Plan, Tier
from voice.core.queue.hours import Hours
from voice.store import Store
from voice.store import contacts as store_contacts
from voice.store.tables import contacts

pytestmark = pytest.mark.long

PROJECT = Path(__file__).parent.parent
MORNING = datetime(2026, 11, 24, 9, tzinfo=UTC)


@pytest.fixture(scope="module")
def line() -> Line:
    return load_line(PROJECT)


def day(line: Line, **wishes: Any) -> DayReport:
    return report(play(line, Wishes(**wishes), lambda _: None), 0.0)


def test_nobody_is_lost_and_everybody_is_served_in_turn(line: Line) -> None:
    seen: list[int] = []
    found = report(play(line, Wishes(calls=25, agents=1), seen.append), 0.0)
    assert seen == list(range(1, 26))
    assert found.lost == 0
    assert found.answered + found.called_back + found.withdrawn + found.abandoned + found.unreached == 25
    assert found.order_violations == 0
    assert found.called_back > 0
    assert 0 < found.occupancy <= 1


def test_the_same_seed_is_the_same_day_and_another_is_another(line: Line) -> None:
    first = day(line, calls=12, agents=1, seed=3)
    assert day(line, calls=12, agents=1, seed=3) == first
    assert day(line, calls=12, agents=1, seed=4) != first


def test_who_needs_no_person_is_answered_and_waits_for_nobody(line: Line) -> None:
    found = day(line, calls=20, agents=1, answers=0.5)
    assert 3 <= found.informed <= 17
    assert found.lost == 0


def test_who_is_told_what_is_going_on_needs_no_person_and_the_same_callers_do_where_nothing_is_told(line: Line) -> None:
    wishes = {"calls": 40, "agents": 1, "answers": 0.2, "outage": ("outage", 0.8), "seed": 3}
    knows, bare = day(line, **wishes), day(line, **wishes, knows=False)
    assert knows.lost == bare.lost == knows.order_violations == 0
    assert knows.no_person > 0.2
    assert bare.informed == 0
    assert knows.answered + knows.called_back < bare.answered + bare.called_back


def test_who_gives_up_rings_again_and_is_counted_again(line: Line) -> None:
    impatient = {"calls": 60, "agents": 1, "patience": timedelta(seconds=20), "outage": ("outage", 1.0)}
    once = day(line, **impatient, knows=False)
    assert once.abandoned > 0
    twice = day(line, **impatient, again=1.0)
    assert twice.calls > once.calls == 60
    assert twice.lost == 0


def test_who_was_not_helped_rings_again_and_goes_up_where_there_is_a_level_above(line: Line) -> None:
    names = [name for name in line.plan.queues if name != "complaints"]
    up = {name: replace(line.plan.queues[name], escalates_to="complaints") for name in names}
    levels = replace(line, plan=replace(line.plan, queues=line.plan.queues | up))
    wishes = {"calls": 25, "agents": 2, "unsolved": 0.8, "seed": 3}
    knows, bare = day(levels, **wishes, seniors=1), day(levels, **wishes, knows=False)
    assert knows.lost == bare.lost == knows.order_violations == 0
    assert bare.not_solved == 0
    assert knows.repeats[0] > 5
    assert knows.not_solved > 0
    assert sum(knows.repeats) < sum(bare.repeats)


def test_of_tiers_the_better_waits_less_and_nobody_is_overtaken_beyond_the_bound(line: Line) -> None:
    plan = replace(line.plan, tiers={"gold": Tier(1, timedelta(minutes=1))}, overtake=timedelta(minutes=3))
    found = day(replace(line, plan=plan), calls=30, agents=1, tiers={"gold": 0.3}, patience=timedelta(hours=1))
    assert set(found.tiers) == {"gold", "no tier"}
    gold, others = found.tiers["gold"], found.tiers["no tier"]
    assert gold.answered > 3
    assert gold.in_target is not None
    assert gold.longest <= others.longest
    assert found.order_violations == found.lost == 0


def test_a_call_centre_that_is_dialled_is_played_too(line: Line) -> None:
    """It answers, as many at a time as it has people, and calls back whom it could not take."""
    queues = {name: replace(queue, dial="+3221234567") for name, queue in line.plan.queues.items()}
    found = day(replace(line, plan=replace(line.plan, queues=queues)), calls=40, agents=1)
    assert found.answered > 10
    assert found.called_back > 0
    assert found.lost == found.order_violations == 0
    assert 0 < found.occupancy < 1


def test_a_day_before_a_weekend_is_followed_until_the_line_is_open_again(line: Line) -> None:
    """Callbacks that are due after closing are not lost because the next day is a Saturday."""
    weekdays = Hours((((8 * 60, 14 * 60),),) * 5 + ((), ()))
    queues = {name: replace(queue, hours=weekdays) for name, queue in line.plan.queues.items()}
    plan = replace(line.plan, queues=queues)
    friday = datetime(2026, 11, 26, 12, tzinfo=line.plan.timezone)
    assert day(replace(line, plan=plan), calls=25, agents=1, today=friday).lost == 0


@pytest.mark.parametrize(
    ("option", "why"),
    [
        (("--patience", "soon"), "no length of time"),
        (("--patience", "0 min"), "more than nothing"),
        (("--offer-after", "-3 min"), "no length of time"),
        (("--outage", "flood=0.3"), "no topic “flood”"),
        (("--outage", "outage=3"), "no share of callers"),
        (("--plot", "day.gif"), "is no picture"),
        (("--plot", "nowhere/day.png"), "no folder"),
    ],
)
def test_an_option_that_is_wrong_is_told_in_words(
    option: tuple[str, str], why: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys, "argv", ["voice", "simulate", "--calls", "1", *option])
    with pytest.raises(SystemExit) as ended:
        main()
    assert ended.value.code == 2
    assert why in capsys.readouterr().err


def answered(n: int, waited: float, **rest: Any) -> Contact:
    """The contact of who arrived in minute `n` and waited so many minutes."""
    arrived = MORNING + timedelta(minutes=n)
    served = arrived + timedelta(minutes=waited)
    ended = served + timedelta(minutes=4)
    one = Contact(f"R{n}", f"CA{n}", Kind.LIVE, Stage.ANSWERED, "billing", "nl", arrived, served=served, ended=ended)
    return replace(one, **rest)


def story(contact: Contact) -> list[dict[str, Any]]:
    """The ledger of one who waited, and was rung for and served at once."""
    assert contact.served
    assert contact.ended
    steps = [
        ("Joined", "waiting", contact.arrived),
        ("Assigned", "ringing", contact.served),
        ("Reached", "talking", contact.served),
        ("Gone", "answered", contact.ended),
    ]
    return [{"what": what, "at": at, "detail": {"to": to}} for what, to, at in steps]


def evening(*told: Contact, calls: int | None = None, plan: Plan = PLAN, **ledgers: list[dict[str, Any]]) -> DayReport:
    ledgers = {one.reference: story(one) for one in told} | ledgers
    closed = MORNING + timedelta(hours=1)
    return report(DayOutcome(plan, calls or len(told), 1, MORNING, closed, list(told), ledgers), 0.0)


def test_a_call_without_a_request_counts_as_lost() -> None:
    assert evening(answered(0, 1), answered(1, 5), calls=3).lost == 1


def test_a_request_that_never_ended_counts_as_lost() -> None:
    assert evening(answered(0, 1), answered(1, 5, stage=Stage.WAITING)).lost == 1


def test_who_is_served_before_one_who_came_earlier_is_out_of_turn() -> None:
    assert evening(answered(0, 1), answered(1, 5)).order_violations == 0
    assert evening(answered(0, 10), answered(1, 5)).order_violations == 1


def callback(contact: Contact, *, due: float = 0, late: bool = False) -> list[dict[str, Any]]:
    """The ledger of one who is called back, and was not to be rung before that minute."""
    promised, *rest = story(contact)
    detail = promised["detail"] | {"due": str(MORNING + timedelta(minutes=due))} | ({"late": True} if late else {})
    return [{"what": "Promised", "at": promised["at"], "detail": detail}, *rest]


def test_a_callback_that_is_overtaken_is_out_of_turn_but_not_before_it_is_due() -> None:
    back, live = answered(0, 10, tries=1), answered(1, 5)
    assert evening(back, live, R0=callback(back)).order_violations == 1
    assert evening(back, live, R0=callback(back, due=7)).order_violations == 0


def test_an_overdue_callback_goes_first_and_nobody_who_came_earlier_is_wronged() -> None:
    live, back = answered(0, 10), answered(1, 5, tries=1)
    assert evening(live, back, R1=callback(back)).order_violations == 1
    assert evening(live, back, R1=callback(back, late=True)).order_violations == 0


def test_a_callback_of_a_closed_queue_wrongs_nobody_who_is_served_meanwhile() -> None:
    back, live = answered(0, 10, tries=1), answered(1, 5, queue="mobile")
    assert evening(back, live, R0=callback(back)).order_violations == 1
    shut = replace(PLAN.queues["billing"], hours=Hours(((),) * 7))
    closed = replace(PLAN, queues=PLAN.queues | {"billing": shut})
    assert evening(back, live, R0=callback(back), plan=closed).order_violations == 0


def test_who_waits_for_a_call_centre_is_not_overtaken_by_who_waits_for_an_agent() -> None:
    back, live = answered(0, 10, tries=1), answered(1, 5, queue="mobile")
    elsewhere = replace(PLAN.queues["billing"], dial="+3221234567")
    dialled = replace(PLAN, queues=PLAN.queues | {"billing": elsewhere})
    assert evening(back, live, R0=callback(back), plan=dialled).order_violations == 0


def test_a_disorder_of_the_dispatcher_shows(line: Line, monkeypatch: pytest.MonkeyPatch) -> None:
    """Who came last is served first."""
    last_first = store_contacts._LINE.order_by(None).order_by(contacts.c.arrived.desc())
    monkeypatch.setattr(store_contacts, "_LINE", last_first)
    assert day(line, calls=80, agents=1).order_violations > 0


def test_an_announcement_holds_only_if_the_wait_was_no_longer() -> None:
    kept, broken, untold = answered(0, 1, announced=120), answered(10, 3, announced=120), answered(20, 30)
    assert evening(kept, broken, untold).announced_ok == 0.5


def test_waits_are_counted_apart_from_callbacks_and_the_agent_by_the_clock() -> None:
    found = evening(answered(0, 1), answered(10, 3), answered(20, 12, tries=1))
    assert (found.answered, found.called_back) == (2, 1)
    assert (found.wait_p50, found.callback_p50) == (120.0, 720.0)
    assert found.occupancy == pytest.approx(12 / 60, abs=0.001)


def test_a_day_is_kept_in_a_new_database_to_be_looked_at(
    line: Line, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    kept = tmp_path / "trial.sqlite3"
    words = {"mijn factuur klopt niet": "billing", "mijn internet valt weg": "outage"}
    rehearsal = Rehearsal(Store(f"sqlite:///{kept}"), Understood(), [(t, t) for t in words.values()], "yes", "no")
    played = play(line, Wishes(calls=4, agents=2), lambda _: None, rehearsal)
    assert played.closed < datetime.now(UTC), "a report counts what is over"
    store = Store(f"sqlite:///{kept}")
    assert len(store.contacts.newest()) == len(played.contacts) > 0
    assert not any(agent.signed_in for agent in store.agents.all())
    monkeypatch.setattr(sys, "argv", ["voice", "simulate", "--line", str(PROJECT), "--calls", "1", "--into", str(kept)])
    with pytest.raises(SystemExit):
        main()
    assert "holds calls or agents already" in capsys.readouterr().err


def test_a_day_that_is_kept_says_where_and_that_its_callers_know_the_line_too_well(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    start_line(tmp_path / "own", PROJECT, ("en",), "Acme", country="GB")
    kept = tmp_path / "trial.sqlite3"
    words = ["voice", "simulate", "--line", str(tmp_path / "own"), "--calls", "6", "--into", str(kept)]
    monkeypatch.setattr(sys, "argv", words)
    with pytest.raises(SystemExit) as ended:
        main()
    assert not ended.value.code
    said = capsys.readouterr().out
    assert "These callers said what the line has learnt from: of real ones it understands fewer." in said
    assert f"export VOICE_DATABASE_URL=sqlite:///{kept}" in said
    rung = Store(f"sqlite:///{kept}").contacts.newest()
    assert rung
    assert all(one.number.startswith("+447") for one in rung)
