"""What is sent to the console, by somebody who is signed in or by nobody: it is refused in words, or cleaned where it
enters. Nothing breaks, on either database."""

from collections.abc import Callable
from random import Random

import pytest
from flask import Flask
from sqlalchemy import select
from werkzeug.routing import Rule
from werkzeug.urls import iri_to_uri

from tests.conftest import Telvia
from tests.console.conftest import Visitor, app, console, visitor
from voice.core.cleaning import clean_lines
from voice.store.tables import audit, ledger

__all__ = ["app", "console", "visitor"]

pytestmark = pytest.mark.slow

FIELDS = [
    *("agent", "anyway", "area", "at", "attempt", "closure", "days", "do", "file", "intent", "language", "mark"),
    *(
        "minutes",
        "name",
        "open",
        "outcome",
        "password",
        "queue",
        "reason",
        "reference",
        "role",
        "since",
        "sure",
        "text",
    ),
    *("text.nl", "topic", "topics", "until", "version", "what", "why"),
]
HOSTILE = [
    *("", " ", "\x00", "a\x00b", "\x1b[2J\u202e", "</script><b>", "9" * 5000, "-1", "1e9", "NaN", "٣", "²", "x" * 9000),
    *("../../etc/passwd", "%00", "\r\nSet-Cookie: a=b", "//evil.example", "2026-02-30T25:61", "9999-12-31"),
    *("0001-01-01", "9999-12-31T23:59", "0001-01-01T00:00", "99999999999999 h", "İ" * 600, "{{7*7}}"),
    *("' OR 1=1 --", "\ufffe", "nl", "An"),
]
LEFT_OUT = ("board.stream", "desk.stream", "words")
"""What never ends; and what reads the line's files anew for each request."""


def path_of(rule: Rule, random: Random, known: str) -> str:
    values = {
        name: random.choice([0, 1, 10**9, 10**30])
        if type(rule._converters[name]).__name__ == "IntegerConverter"
        else random.choice([known, known, *HOSTILE]).replace("/", "") or "x"
        for name in rule.arguments
    }
    built = rule.build(values)
    assert built is not None
    return built[1]


def send(visitor: Visitor, method: str, path: str, fields: dict[str, str]) -> int:
    if method == "GET":
        return visitor.client.get(path, query_string=fields).status_code
    return visitor.posts(path, **fields).status_code


@pytest.mark.parametrize("seed", range(2))
def test_whatever_is_sent_no_page_breaks(
    telvia: Telvia, app: Flask, visitor: Callable[..., Visitor], seed: int
) -> None:
    random = Random(seed)
    telvia.hire("An", "+32470000001")
    contact = telvia.contact_of(telvia.ring().says("mijn factuur klopt niet").stays_silent())
    everything = ("agent", "supervisor", "operator", "administrator")
    rules = [one for one in app.url_map.iter_rules() if not one.endpoint.startswith(LEFT_OUT)]
    random.shuffle(rules)
    for rule in rules:
        sofie = visitor("sofie", *everything, agent="An")
        for method in sorted((rule.methods or set()) & {"GET", "POST"}):
            for _ in range(2):
                path = path_of(rule, random, contact.reference)
                fields = {name: random.choice(HOSTILE) for name in random.sample(FIELDS, len(FIELDS) // 2)}
                assert send(sofie, method, path, fields) < 500, (method, iri_to_uri(path)[:200], fields)
    with telvia.store.engine.connect() as connection:
        kept = [text for table in (audit, ledger) for row in connection.execute(select(table)) for text in row]
    assert [one for one in kept if isinstance(one, str) and clean_lines(one) != one] == []


@pytest.mark.parametrize(
    ("form", "headers"),
    [
        ({"name": "sof\x00ie"}, {}),
        ({"name": "x" * 9_000, "password": "\x00" * 9_000}, {}),
        ({"name": "sofie", "csrf": "é"}, {"Origin": "http://["}),
        ({"name": "sofie"}, {"Cookie": "rechtdoor_console=\u00e9", "Accept-Language": "x" * 3_000}),
        ({"next": "/\r\nSet-Cookie: a=b"}, {"Host": "["}),
    ],
)
def test_who_is_not_signed_in_breaks_nothing(
    visitor: Callable[..., Visitor], form: dict[str, str], headers: dict[str, str]
) -> None:
    for path in ("/sign-in", "/sign-out", "/language", "/nothing"):
        assert visitor().client.post(path, data=form, headers=headers).status_code < 500


def test_a_token_that_is_no_text_of_ours_is_refused(visitor: Callable[..., Visitor]) -> None:
    assert visitor("sofie", "agent").client.post("/language", data={"csrf": "é"}).status_code == 400
