"""Each route of the console, as each role and as nobody."""

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from flask import Flask

from tests.conftest import Telvia
from tests.console.conftest import Visitor
from tests.content.conftest import starters
from voice.console.access import MAY
from voice.console.context import Console
from voice.content import load_line
from voice.service.console.accounts import ROLES

__all__ = ["starters"]

pytestmark = pytest.mark.slow

Come = Callable[..., Visitor]


@pytest.fixture
def console(telvia: Telvia, starters: Callable[[str], Path]) -> Console:
    """A small line, whose files are checked at once: who may see a page does not depend on what it shows."""
    line = load_line(starters("en"))
    return Console(lambda: line, telvia.store, telvia.worker.clock, secure=False)


@pytest.mark.parametrize("role", ["", *ROLES])
def test_each_page_is_for_its_roles_alone(app: Flask, visitor: Come, role: str) -> None:
    """Every route of the app, as each role and as nobody; a page that is not in the table is for nobody."""
    somebody = visitor(role, role) if role else visitor()
    for rule in app.url_map.iter_rules():
        page = rule.endpoint.partition(".")[0]
        if page in ("static", "sign_in", "healthz", "self", "openid", "openid_back"):
            continue
        path = re.sub(r"<(?:\w+:)?\w+>", "x", re.sub(r"<int(?:\(.*?\))?:\w+>", "1", rule.rule))
        for method in rule.methods & {"GET", "POST"}:
            if page.endswith("stream") or ".stream" in rule.endpoint:
                continue
            code = somebody.posts(path).status_code if method == "POST" else somebody.opens(path).status_code
            allowed = role == "administrator" or role in MAY.get(page, ())
            if not role:
                assert code in (302, 401), (method, rule.rule, code)
            elif allowed:
                assert code != 403 or page == "call", (method, rule.rule, code)
                assert code < 500, (method, rule.rule, code)
            else:
                assert code == 403, (method, rule.rule, code)
            assert page in MAY, f"{rule.endpoint} is for nobody: name it in access.MAY"


def paths(app: Flask) -> list[tuple[str, str, set[str]]]:
    """(endpoint, a path of it, its methods) of each route that is for somebody."""
    found = []
    for rule in app.url_map.iter_rules():
        if rule.endpoint.partition(".")[0] not in ("static", "sign_in", "healthz", "self", "openid", "openid_back"):
            path = re.sub(r"<(?:\w+:)?\w+>", "x", re.sub(r"<int(?:\(.*?\))?:\w+>", "1", rule.rule))
            found.append((rule.endpoint, path, set(rule.methods or ())))
    return found


@pytest.mark.parametrize("role", ["", *ROLES])
def test_no_other_method_is_a_way_in(app: Flask, visitor: Come, role: str) -> None:
    somebody = visitor(role, role) if role else visitor()
    for endpoint, path, methods in paths(app):
        page = endpoint.partition(".")[0]
        allowed = role == "administrator" or role in MAY.get(page, ())
        if "GET" in methods and not endpoint.endswith("stream"):
            code = somebody.client.head(path).status_code
            assert code == 401 if not role else (code == 403) != allowed or page == "call", ("HEAD", path, code)
        for method in ("PUT", "PATCH", "DELETE", "TRACE"):
            code = somebody.client.open(path, method=method).status_code
            assert code == 405 if role else code == 401, (method, path, code)
        code = somebody.client.options(path).status_code
        assert code == 401 if not role else code in (200, 403), ("OPTIONS", path, code)


def test_nothing_is_done_without_the_forms_token(app: Flask, visitor: Come) -> None:
    admin, other = visitor("admin", "administrator"), visitor("other", "administrator")
    assert other.session
    for _, path, methods in paths(app):
        if "POST" in methods:
            for token in ({}, {"csrf": ""}, {"csrf": "forged"}, {"csrf": other.session.csrf}):
                assert admin.client.post(path, data=token).status_code == 400, path


def test_a_session_that_is_over_opens_nothing(app: Flask, console: Console, visitor: Come) -> None:
    admin = visitor("admin", "administrator")
    console.store.users.end_all("admin")
    for _, path, methods in paths(app):
        if "POST" in methods:
            assert admin.posts(path).status_code == 401, path
        else:
            assert admin.opens(path).location.startswith("/sign-in?next="), path


def test_what_no_database_takes_is_left_out(visitor: Come) -> None:
    sofie = visitor("sofie", "supervisor")
    assert sofie.opens("/calls?text=a%00b").status_code == 200
    assert sofie.opens("/calls/%00").status_code == 404
    assert visitor().posts("/sign-in", name="a\0", password="b").status_code == 401


def test_a_form_that_the_page_has_sent_by_itself_is_answered_too(visitor: Come) -> None:
    """Else the browser would show nothing at all."""
    by_itself = {"HX-Request": "true"}
    answer = visitor().client.post("/desk/ready", headers=by_itself)
    assert (answer.status_code, answer.headers["HX-Redirect"]) == (401, "/sign-in")
    an = visitor("an", "agent")
    answer = an.client.post("/desk/ready", headers=by_itself)
    assert answer.headers["HX-Retarget"] == "#told"
    assert "That form was too old" in answer.text
    assert "This page is not for you" in an.client.get("/board", headers=by_itself).text


def test_an_agent_does_not_learn_which_contacts_there_are(telvia: Telvia, visitor: Come) -> None:
    telvia.hire("An", "+32470000001")
    assert visitor("an", "agent", agent="An").opens("/calls/ABCDEF12-3").status_code == 403


def test_a_desk_that_is_nobodys_any_more_is_shown_no_longer(
    telvia: Telvia, console: Console, visitor: Come, monkeypatch: pytest.MonkeyPatch
) -> None:
    telvia.hire("An", "+32470000001")
    monkeypatch.setattr("voice.console.signed_in.ASK_EVERY", -1.0)
    answer = visitor("an", "agent", agent="An").opens("/desk/stream")
    told = iter(answer.response)
    next(told)
    assert b"event: part" in next(told)  # type: ignore[operator]
    console.accounts.change("an", ["agent"], None)
    console.changes.tell()
    assert b"event: over" in next(told)  # type: ignore[operator]
    answer.close()


def test_no_page_lies_where_twilio_calls(app: Flask) -> None:
    assert not [rule for rule in app.url_map.iter_rules() if rule.rule.startswith("/twilio")]
