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
        path = re.sub(r"<(?:\w+:)?\w+>", "x", re.sub(r"<int:\w+>", "1", rule.rule))
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


def test_no_page_lies_where_twilio_calls(app: Flask) -> None:
    assert not [rule for rule in app.url_map.iter_rules() if rule.rule.startswith("/twilio")]
