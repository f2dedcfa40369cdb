"""An operator changes the words in a browser, and the next caller is understood."""

import html
import re
import threading
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.console.conftest import Visitor
from tests.content.conftest import starters
from tests.live.conftest import Desk, cache, desk
from voice.console.app import create_app
from voice.console.context import Console
from voice.console.signed_in import COOKIE
from voice.content import load_line
from voice.content.check import Checked, check_files
from voice.errors import SettingsError
from voice.service.console.versions import changed_lines
from voice.service.console.words import Words
from voice.service.runtime.clock import system_clock

__all__ = ["cache", "desk", "starters"]
BILLING = "grammars/en/billing.yaml"
PHRASE = "the flibbertigibbet on my statement is off"


@pytest.fixture
def words(desk: Desk) -> Words:
    return Words(desk.shelf.line)


@pytest.fixture
def operator(desk: Desk) -> Callable[[str], Visitor]:
    """An operator of this name, in front of the line that is served."""
    line = load_line(desk.shelf.line)
    console = Console(lambda: line, desk.store, secure=False)
    app = create_app(console)

    def come(name: str) -> Visitor:
        console.store.users.add(name, None, ["operator"], None)
        console.store.users.change(name, language="en")
        client = app.test_client()
        token = console.accounts.begin(name, "", system_clock())
        client.set_cookie(COOKIE, token)
        return Visitor(client, console.accounts.session(token, system_clock()))

    return come


def test_a_page_does_not_wait_for_a_long_check(
    words: Words, operator: Callable[[str], Visitor], monkeypatch: pytest.MonkeyPatch
) -> None:
    free = threading.Event()
    monkeypatch.setattr("voice.service.console.words.SOON", 0.0)
    monkeypatch.setattr(
        "voice.service.console.words.check_files", lambda at: check_files(at) if free.wait(60) else None
    )
    assert words.problems_soon() is None
    vera = operator("vera")
    assert "The check is running" in vera.sees("/words")
    assert "The check is running" in vera.sees(f"/words/edit?file={BILLING}")
    free.set()
    assert words.problems_soon() in (None, ())
    monkeypatch.setattr("voice.service.console.words.SOON", 60.0)
    assert words.problems_soon() == words.problems()
    assert "The check is running" not in vera.sees("/words")


def test_saving_answers_at_once_and_says_what_is_being_done(
    words: Words, operator: Callable[[str], Visitor], monkeypatch: pytest.MonkeyPatch
) -> None:
    free = threading.Event()
    monkeypatch.setattr("voice.console.errands.SOON", 0.0)
    monkeypatch.setattr(
        "voice.service.console.words.check_files", lambda at: check_files(at) if free.wait(60) else None
    )
    vera, tom = operator("vera"), operator("tom")
    before = words.file(BILLING)
    answer = vera.posts("/words/edit", file=BILLING, text=with_phrase(before.text), mark=before.mark, do="save")
    at_work = answer.location or ""
    assert at_work.startswith("/words/work/")
    shown = vera.sees(at_work)
    assert "What you have written is being checked." in shown
    assert '<meta http-equiv="refresh"' in shown, "it goes on without JavaScript"
    assert tom.opens(at_work).status_code == 404, "it is nobody else's"
    free.set()
    for _ in range(200):
        if vera.client.get(at_work, headers={"HX-Request": "true"}).headers.get("HX-Refresh"):
            break
        time.sleep(0.05)
    assert vera.opens(at_work).location == f"/words/edit?file={BILLING}&saved=1"
    assert PHRASE in words.file(BILLING).text
    gone = vera.opens("/words/work/nothing?back=/words/edit?file=grammars/en/billing.yaml")
    assert (gone.status_code, "not under way any more" in gone.text) == (404, True)
    assert 'href="/words/edit?file=grammars/en/billing.yaml"' in gone.text, "after a restart of the console"
    assert "evil" not in vera.opens("/words/work/nothing?back=//evil.example").text
    asked = vera.client.get("/words/work/nothing", headers={"HX-Request": "true"})
    assert asked.headers["HX-Refresh"] == "true", "the page that waits is told"


def test_the_test_phrases_are_played_with_what_is_written_and_nothing_is_saved(
    words: Words, operator: Callable[[str], Visitor]
) -> None:
    tests = words.folder / "grammars" / "en" / "tests" / "calls.tsv"
    tests.parent.mkdir(exist_ok=True)
    tests.write_text("label\ttext\nbilling\tmy bill is wrong\n", encoding="utf-8")
    before = words.file(BILLING)
    answer = operator("vera").posts("/words/edit", file=BILLING, text=before.text, mark=before.mark, do="phrases")
    assert answer.status_code == 200
    assert "en: 1 of 1 test phrases are understood as they should be." in answer.text
    assert words.file(BILLING) == before


def test_a_long_file_is_saved_and_what_is_too_long_is_told(
    words: Words, operator: Callable[[str], Visitor], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("voice.service.console.words.check_files", lambda _: Checked(None, {}, ()))
    path = "grammars/en/labelled.tsv"
    before, vera = words.file(path), operator("vera")
    long = before.text + "billing\tmijn één factuur\n" * 30_000
    assert vera.posts("/words/edit", file=path, text=long, mark=before.mark, do="save").status_code == 303
    assert words.file(path).text == long
    answer = vera.posts("/words/edit", file=path, text="x" * 17_000_000, mark=before.mark, do="save")
    assert (answer.status_code, "That is too long" in answer.text) == (413, True)


def test_who_saves_the_same_twice_is_not_told_of_somebody_else(words: Words) -> None:
    before = words.file(BILLING)
    text = with_phrase(before.text)
    assert [words.save(BILLING, text, before.mark, "vera").saved for _ in range(2)] == [True, True]


def test_a_sentence_is_tried_out_when_the_line_is_trained(
    operator: Callable[[str], Visitor], monkeypatch: pytest.MonkeyPatch
) -> None:
    vera, asked = operator("vera"), "/words/try?text=my+bill+is+wrong&language=en"
    assert "Most like" in vera.sees(asked)
    monkeypatch.setattr("voice.console.pages.words.is_trained", lambda _: False)
    assert vera.opens(asked).location == asked


def test_the_files_of_answers_are_edited_too(words: Words, operator: Callable[[str], Visitor]) -> None:
    path = "grammars/en/answers/hours.yaml"
    line_file = words.folder / "grammars" / "line.yaml"
    line_file.write_text(line_file.read_text().replace("menu:", "answers:\n  hours:\nmenu:"))
    (words.folder / path).parent.mkdir(exist_ok=True)
    (words.folder / path).write_text('phrases:\n  - "when are you open"\n')
    assert path in words.paths()
    assert words.path_of("en", "hours") == path
    assert "when are you open" in operator("vera").sees(f"/words/edit?file={path}&line=2")


def with_phrase(text: str) -> str:
    return text.rstrip("\n") + f'\n  - "{PHRASE}"\n'


def opened(page: str) -> tuple[str, str]:
    """(text, mark) of an editor's page."""
    text, mark = (
        re.search(r"<textarea[^>]*>\n(.*?)</textarea>", page, re.S),
        re.search(r'name="mark" value="(\w+)"', page),
    )
    assert text
    assert mark
    return html.unescape(text[1]), mark[1]


def test_an_operator_adds_a_phrase_and_the_next_caller_who_says_it_is_understood(
    desk: Desk, operator: Callable[[str], Visitor]
) -> None:
    serving = desk.serve()
    vera = operator("vera")
    text, mark = opened(vera.sees(f"/words/edit?file={BILLING}"))
    answer = vera.posts("/words/edit", file=BILLING, text=with_phrase(text), mark=mark, do="save")
    assert answer.status_code == 303, answer.text
    desk.saved()
    caller = serving.ring().says(PHRASE)
    assert caller.call.intent == "billing"
    [deed] = [one for one in desk.store.audit.latest() if one.what == "file saved"]
    assert (deed.user, deed.detail) == ("vera", {"file": BILLING})


def test_what_is_wrong_is_told_at_its_line_and_nothing_is_saved(
    words: Words, operator: Callable[[str], Visitor]
) -> None:
    before = words.file(BILLING)
    broken = before.text + "  - unpaired: (one|two\n"
    vera = operator("vera")
    answer = vera.posts("/words/edit", file=BILLING, text=broken, mark=before.mark, do="save")
    assert answer.status_code == 422
    assert f'data-line="{broken.count(chr(10))}"' in answer.text
    assert opened(answer.text)[0] == broken, "what was written is not lost"
    assert words.file(BILLING) == before


def test_of_two_who_edit_the_same_file_the_second_is_told(words: Words, operator: Callable[[str], Visitor]) -> None:
    vera, tom = operator("vera"), operator("tom")
    (text, mark), (_, same) = (opened(each.sees(f"/words/edit?file={BILLING}")) for each in (vera, tom))
    assert mark == same
    vera.posts("/words/edit", file=BILLING, text=with_phrase(text), mark=mark, do="save")
    mine = text.rstrip("\n") + '\n  - "tom has a phrase as well"\n'
    answer = tom.posts("/words/edit", file=BILLING, text=mine, mark=same, do="save")
    assert answer.status_code == 409
    assert PHRASE in answer.text, "he sees what she has otherwise"
    kept, newer = opened(answer.text)
    assert kept == mine
    assert PHRASE in words.file(BILLING).text
    assert tom.posts("/words/edit", file=BILLING, text=mine, mark=newer, do="save").status_code == 303
    assert PHRASE not in words.file(BILLING).text


@pytest.mark.parametrize("path", ["../../etc/passwd", "/etc/passwd", "grammars/../../x.yaml", "grammars/en", ""])
def test_no_other_file_is_read_or_written(words: Words, path: str) -> None:
    with pytest.raises(SettingsError):
        words.file(path)
    with pytest.raises(SettingsError):
        words.save(path, "x", "x", "Ann")


def test_a_check_saves_nothing(words: Words, operator: Callable[[str], Visitor]) -> None:
    before = words.file(BILLING)
    vera = operator("vera")
    answer = vera.posts("/words/edit", file=BILLING, text=with_phrase(before.text), mark=before.mark, do="check")
    assert answer.status_code == 200
    assert "No error" in answer.text
    assert words.file(BILLING) == before


def test_files_prompts_and_findings_are_shown(desk: Desk, operator: Callable[[str], Visitor]) -> None:
    vera = operator("vera")
    assert "Nothing is wrong" in vera.sees("/words") or "warning" in vera.sees("/words")
    path: Path = desk.shelf.line / "prompts" / "en.yaml"
    path.write_text(path.read_text().replace("welcome:", "wellcome:", 1))
    shown = vera.sees("/words")
    assert "wellcome" in shown
    assert "prompts/en.yaml" in shown


def test_a_sentence_is_tried_and_explained(operator: Callable[[str], Visitor]) -> None:
    vera = operator("vera")
    shown = vera.client.get("/words/try", query_string={"text": "there is a mistake on my bill"}).text
    assert "billing" in shown
    assert "welcome" in vera.sees("/words/prompts")


def test_an_empty_inbox_says_so(operator: Callable[[str], Visitor]) -> None:
    vera = operator("vera")
    assert "empty" in vera.sees("/words/inbox")
    assert vera.posts("/words/inbox/7", do="dismiss").status_code == 422


def test_changes_are_told_by_the_word() -> None:
    [pair, added] = changed_lines(["a", "my bill, please"], ["a", "my account, please", "new"])
    assert (pair.old, pair.new) == (2, 2)
    assert pair.spans == (("same", "my "), ("gone", "bill"), ("new", "account"), ("same", ", please"))
    assert (added.old, added.new, added.spans) == (None, 3, (("new", "new"),))
