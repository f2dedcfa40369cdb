"""The supervisor's board, and what is changed of an agent on it."""

from collections.abc import Callable

from tests.conftest import Telvia
from tests.console.conftest import Visitor
from voice.console.context import Console
from voice.service.console.board import Doing, board, day_so_far

Come = Callable[..., Visitor]


def test_it_shows_who_waits_and_who_answers(telvia: Telvia, console: Console) -> None:
    an = telvia.hire("An", "+32470000001", "technical")
    caller = telvia.ring().says("mijn internet ligt plat").stays_silent()
    telvia.passes(3)
    now = console.now
    shown = board(console.line, console.store, day_so_far(console.line, console.store, now), now)
    technical = next(row for row in shown.queues if row.name == "technical")
    assert (technical.waiting, technical.is_open) == (1, True)
    assert [row.doing for row in shown.agents] == [Doing.RINGING]
    an.accepts()
    now = console.now
    shown = board(console.line, console.store, day_so_far(console.line, console.store, now), now)
    technical = next(row for row in shown.queues if row.name == "technical")
    assert (technical.waiting, technical.today.answered) == (0, 1)
    [row] = shown.agents
    assert row.doing is Doing.TALKING
    assert row.since is not None
    caller.hangs_up()
    telvia.passes(1)
    [row] = board(console.line, console.store, [], console.now).agents
    assert row.doing is Doing.WRAP_UP


def test_the_page_and_its_stream_say_the_same(telvia: Telvia, visitor: Come) -> None:
    telvia.hire("An", "+32470000001", "technical")
    telvia.ring().says("mijn internet ligt plat").stays_silent()
    sofie = visitor("sofie", "supervisor")
    assert "technical" in sofie.sees("/board")
    answer = sofie.client.get("/board/stream", buffered=False)
    chunks = answer.response
    assert next(chunks) == b"retry: 2000\n\n"
    part = next(chunks).decode()
    assert part.startswith("event: part\ndata:")
    assert "technical" in part
    answer.close()


def test_the_page_of_an_agent_says_what_they_do(telvia: Telvia, visitor: Come) -> None:
    an = telvia.hire("An", "+32470000001", "technical")
    sofie = visitor("sofie", "supervisor")
    assert ">ready<" in sofie.sees("/board/agents/An")
    telvia.ring().says("mijn internet ligt plat").stays_silent()
    assert an.is_rung()
    assert ">ringing<" in sofie.sees("/board/agents/An")
    assert sofie.opens("/board/agents/Nobody").status_code == 404


def test_an_agents_queues_and_languages_are_changed_at_once(telvia: Telvia, visitor: Come) -> None:
    telvia.hire("An", "+32470000001", "technical")
    sofie = visitor("sofie", "supervisor")
    assert sofie.posts("/board/agents/An", queue=["billing", "orders"], language=["fr"]).status_code == 303
    an = telvia.store.agents.find("An")
    assert an is not None
    assert (an.queues, an.languages) == (("billing", "orders"), ("fr",))
    assert sofie.posts("/board/agents/An", queue=["nonsense"], language=["fr"]).status_code == 422
    assert sofie.posts("/board/agents/An/sign-out").status_code == 303
    assert not telvia.store.agents.find("An").signed_in  # type: ignore[union-attr]
    deeds = [(deed.what, deed.user) for deed in telvia.store.audit.latest(about="An")]
    assert deeds == [("agent signed out", "sofie"), ("agent changed", "sofie")]
