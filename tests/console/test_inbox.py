"""An operator deals with what callers said, on a page."""

import re
from collections.abc import Callable

import pytest

from tests.console.conftest import Visitor
from tests.console.test_words import BILLING, operator
from tests.content.conftest import starters
from tests.live.conftest import Desk, cache, desk
from tests.live.test_inbox import asked

pytestmark = pytest.mark.slow

__all__ = ["cache", "desk", "operator", "starters"]

Come = Callable[[str], Visitor]
SAID = "the flibbertigibbet on my statement"
PHRASE = "a flibbertigibbet, please"


@pytest.fixture
def number(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> int:
    """Of what a caller said, in the inbox of a page that is looked at in that moment."""
    _, number, now = asked(desk, SAID)
    monkeypatch.setattr("voice.console.context.Console.now", property(lambda _: now))
    return number


def which(page: str) -> str:
    found = re.search(r'name="which" value="([^"]+)"', page)
    assert found
    return found[1].replace("&#43;", "+")


def test_what_was_accepted_or_dismissed_is_taken_back(desk: Desk, operator: Come, number: int) -> None:
    vera, before = operator("vera"), desk.files.reads(BILLING)
    assert "As before" not in vera.sees("/words/inbox")
    accept = {"do": "accept", "intent": "billing", "text": PHRASE, "anyway": "1"}
    assert vera.posts(f"/words/inbox/{number}", **accept).status_code == 303
    assert PHRASE in desk.files.reads(BILLING)
    shown = vera.sees("/words/inbox")
    assert "Accepted last" in shown
    assert f'id="inbox-{number}"' not in shown
    assert vera.posts(f"/words/inbox/{number}", **accept).status_code == 422, "twice"
    assert vera.posts("/words/inbox/undo", which=which(shown)).status_code == 303
    assert desk.files.reads(BILLING) == before
    assert [deed.what for deed in desk.store.audit.latest(2)] == ["phrase taken out", "phrase added"]
    vera.posts(f"/words/inbox/{number}", do="dismiss")
    shown = vera.sees("/words/inbox")
    assert "Dismissed last" in shown
    vera.posts("/words/inbox/undo", which=which(shown))
    assert f'id="inbox-{number}"' in vera.sees("/words/inbox")
    assert vera.posts("/words/inbox/undo", which=which(shown)).status_code == 422, "nothing is left"


def test_nobody_takes_back_what_they_did_not_see(operator: Come, number: int) -> None:
    vera = operator("vera")
    vera.posts(f"/words/inbox/{number}", do="dismiss")
    refused = vera.posts("/words/inbox/undo", which="2026-11-24T09:00:00+00:00")
    assert (refused.status_code, "Something else was settled" in refused.text) == (422, True)
    assert vera.posts("/words/inbox/undo").status_code == 422
    assert f'id="inbox-{number}"' not in vera.sees("/words/inbox")


def test_of_two_who_accept_the_same_at_once_one_writes_it(
    desk: Desk, operator: Come, number: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Trying it on takes a minute, in which the other is done."""
    vera, tom = operator("vera"), operator("tom")
    accept = {"do": "accept", "intent": "billing", "text": PHRASE, "anyway": "1"}

    def meanwhile(*_: object, **__: object) -> None:
        monkeypatch.setattr("voice.service.operators.inbox.Inbox._try_on", lambda *_, **__: None)
        assert tom.posts(f"/words/inbox/{number}", **accept).status_code == 303

    monkeypatch.setattr("voice.service.operators.inbox.Inbox._try_on", meanwhile)
    assert vera.posts(f"/words/inbox/{number}", **accept).status_code == 422
    assert desk.files.reads(BILLING).count(PHRASE) == 1
