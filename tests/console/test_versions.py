"""An operator makes a draft live, or an older version again, having seen what that changes; and is refused in time."""

import html
import re
import shutil
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.conftest import OPEN_DAY
from tests.console.conftest import Visitor
from tests.console.test_words import BILLING, opened, operator, words
from tests.content.conftest import Operator, starters
from tests.live.conftest import Desk, cache, desk
from voice.service.console.versions import changed_lines
from voice.service.console.words import Words
from voice.service.live.published import Published
from voice.service.live.publishing import publish

__all__ = ["cache", "desk", "operator", "starters", "words"]

LINE, PROMPTS = "grammars/line.yaml", "prompts/en.yaml"
Come = Callable[[str], Visitor]


def form(page: str) -> dict[str, str]:
    """What the page's form about versions sends, but for its token and what is ticked."""
    found = re.findall(r'<input type="hidden" name="(version|files|live)" value="(\w*)">', page)
    return {name: html.unescape(value) for name, value in found}


@pytest.fixture
def by_hand(desk: Desk) -> str:
    """The version that is live, of a line whose saves are drafts."""
    desk.files.changes(LINE, "country: BE", "country: BE\npublish: by-hand")
    desk.saved()
    publish(desk.shelf, desk.store, OPEN_DAY, "Ann")
    desk.saved()
    return desk.store.history.latest(1)[0].version


@pytest.fixture
def stale(desk: Desk, tmp_path: Path, by_hand: str) -> str:
    """Ann publishes a welcome on another machine; the files here never got it, and have a change of their own."""
    other = Operator(Path(shutil.copytree(desk.shelf.line, tmp_path / "other")))
    other.changes(PROMPTS, "Welcome to", "Good day, this is")
    done = publish(Published(other.folder), desk.store, OPEN_DAY, "Ann")
    assert done
    assert done.version != by_hand
    desk.files.changes(LINE, "risk: 0.01", "risk: 0.02")
    desk.saved()
    return desk.store.history.latest(1)[0].version


def test_versions_say_what_changed_by_whom_and_the_way_back(desk: Desk, operator: Come) -> None:
    vera = operator("vera")
    assert "Nothing was live yet" in vera.sees("/words/versions") or desk.store.history.latest()
    text, mark = opened(vera.sees(f"/words/edit?file={BILLING}"))
    changed = text.replace("changed banks", "changed my bank")
    vera.posts("/words/edit", file=BILLING, text=changed, mark=mark, do="save")
    desk.saved()
    newest, first, *_ = desk.store.history.latest()
    listed = vera.sees("/words/versions")
    assert f'href="/words/versions/{newest.number}"' in listed
    assert "<td>vera</td><td>saved</td><td>grammars/en/billing.yaml</td>" in listed
    shown = vera.sees(f"/words/versions/{newest.number}")
    assert "changed <del>banks</del><ins>my bank</ins>" in shown
    assert "again" not in shown, "it is live"
    assert f'href="/words/versions/back?version={first.version}"' in vera.sees(f"/words/versions/{first.number}")
    proposed = vera.sees(f"/words/versions/back?version={first.version}")
    assert "changed <del>my bank</del><ins>banks</ins>" in proposed, "what going back would change"
    assert vera.posts("/words/versions/back", **form(proposed)).status_code == 303
    assert desk.store.history.latest(1)[0].by == "vera"
    assert Words(desk.shelf.line).file(BILLING).text == text
    assert [deed.what for deed in desk.store.audit.latest(2)] == ["version back", "file saved"]


@pytest.mark.usefixtures("by_hand")
def test_a_draft_is_shown_and_then_made_live(desk: Desk, operator: Come) -> None:
    vera = operator("vera")
    assert "Nothing would change" in vera.sees("/words/versions/draft")
    desk.files.changes(PROMPTS, "Welcome to", "Good day from")
    desk.saved()
    assert "are a draft" in vera.sees("/words/versions")
    shown = vera.sees("/words/versions/draft")
    assert "<del>Welcome</del>" in shown
    assert "taken back" not in shown
    assert vera.posts("/words/versions/publish", **form(shown)).status_code == 303
    assert "are a draft" not in vera.sees("/words/versions")
    newest = desk.store.history.latest(1)[0]
    assert (newest.by, newest.how, newest.changed) == ("vera", "published", (PROMPTS,))
    assert vera.posts("/words/versions/publish", **form(shown)).status_code == 303, "clicked twice"
    assert desk.store.history.latest(1)[0] == newest


def test_files_that_never_got_anothers_change_do_not_take_it_back(desk: Desk, operator: Come, stale: str) -> None:
    vera = operator("vera")
    shown = vera.sees("/words/versions/draft")
    assert "“prompts/en.yaml” stands here as it was before Ann changed it" in shown
    assert "<del>Good" in shown
    refused = vera.posts("/words/versions/publish", **form(shown))
    assert refused.status_code == 422
    assert "Take up what is live into the files first, or tick" in refused.text
    assert desk.store.history.latest(1)[0].version == stale
    assert vera.posts("/words/versions/publish", **form(shown), anyway="1").status_code == 303
    assert desk.store.history.latest(1)[0].changed == (LINE, PROMPTS)


def test_what_is_live_is_taken_up_and_the_draft_is_not_lost(desk: Desk, operator: Come, stale: str) -> None:
    vera, draft = operator("vera"), desk.files.reads(LINE)
    shown = vera.sees("/words/versions/back")
    assert form(shown) == form(vera.sees(f"/words/versions/back?version={stale}"))
    assert "Take up what is live" in shown
    assert "set aside" in shown
    assert vera.posts("/words/versions/back", **form(shown)).status_code == 303
    assert "Good day, this is" in desk.files.reads(PROMPTS)
    assert "risk: 0.01" in desk.files.reads(LINE)
    assert desk.store.history.latest(1)[0].version == stale, "nothing was made live by it"
    assert "are a draft" not in vera.sees("/words/versions")
    [(aside, _)] = desk.store.history.aside(5)
    again = vera.sees(f"/words/versions/back?version={aside}")
    assert f'href="/words/versions/back?version={aside}"' in vera.sees("/words/versions")
    assert "before Ann changed it" in again, "it would take her welcome back"
    assert vera.posts("/words/versions/back", **form(again)).status_code == 422
    assert desk.store.history.latest(1)[0].version == stale
    assert vera.posts("/words/versions/back", **form(again), anyway="1").status_code == 303
    assert desk.files.reads(LINE) == draft


@pytest.mark.usefixtures("stale")
def test_who_edits_a_file_that_never_got_anothers_change_is_told(operator: Come) -> None:
    vera = operator("vera")
    assert "before Ann changed it" in vera.sees(f"/words/edit?file={PROMPTS}")
    assert "before Ann" not in vera.sees(f"/words/edit?file={BILLING}")


@pytest.mark.usefixtures("by_hand")
def test_older_files_are_called_older_and_not_a_draft(desk: Desk, operator: Come, tmp_path: Path) -> None:
    other = Operator(Path(shutil.copytree(desk.shelf.line, tmp_path / "other")))
    for old, new in (("Welcome to", "Good day, this is"), ("Good day, this is", "Good evening, this is")):
        other.changes(PROMPTS, old, new)
        publish(Published(other.folder), desk.store, OPEN_DAY, "Ann")
    vera = operator("vera")
    assert "older than what is live" in vera.sees("/words/versions")
    assert "before Ann changed it" in vera.sees("/words/versions/draft"), "two changes behind"


def test_who_looked_at_something_else_is_refused(desk: Desk, operator: Come, by_hand: str) -> None:
    vera, tom = operator("vera"), operator("tom")
    desk.files.changes(PROMPTS, "Welcome to", "Good day from")
    seen, back = vera.sees("/words/versions/draft"), vera.sees(f"/words/versions/back?version={by_hand}")
    desk.files.changes(PROMPTS, "Good day from", "Good evening from")
    for path, page in (("publish", seen), ("back", back)):
        refused = vera.posts(f"/words/versions/{path}", **form(page))
        assert refused.status_code == 422
        assert "have changed since you looked" in refused.text
    assert vera.posts("/words/versions/publish").status_code == 422, "who looked at nothing"
    seen = vera.sees("/words/versions/draft")
    tom.posts("/words/versions/publish", **form(tom.sees("/words/versions/draft")))
    desk.files.changes(PROMPTS, "Good evening from", "Good day from")
    assert vera.posts("/words/versions/publish", **form(seen)).status_code == 422
    assert desk.store.history.latest(1)[0].by == "tom"


@pytest.mark.usefixtures("by_hand")
def test_faults_in_a_draft_are_told_at_their_place(desk: Desk, operator: Come) -> None:
    vera = operator("vera")
    desk.files.changes(PROMPTS, "welcome:", "wellcome:")
    refused = vera.posts("/words/versions/publish", **form(vera.sees("/words/versions/draft")))
    assert refused.status_code == 422
    assert 'href="/words/edit?file=prompts/en.yaml' in refused.text
    assert "wellcome" in refused.text


def test_a_version_that_is_none_is_told(operator: Come) -> None:
    vera = operator("vera")
    assert vera.opens("/words/versions/99").status_code == 422
    for version in ("nope", "", "%"):
        assert vera.opens(f"/words/versions/back?version={version}").status_code == 422
        assert vera.posts("/words/versions/back", version=version).status_code == 422


def test_a_long_file_is_compared_in_time() -> None:
    """However often a line stands in it; so is a long line."""
    same, more = ["billing\tmy bill"] * 20_000, ["repair\tmy modem"] * 3000
    began = time.process_time()
    found = list(changed_lines(same, [*same[:9000], *more, *same[:9000]]))
    [long] = changed_lines(["my bill " * 20_000], ["my " + "other bill " * 20_000])
    assert time.process_time() - began < 10
    assert sum(row.old is not None for row in found) - sum(row.new is not None for row in found) == -1000
    assert "".join(text for kind, text in long.spans if kind != "gone") == "my " + "other bill " * 20_000
