"""Who may come in, and who may see what."""

import hashlib
import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import get_args

import pytest

from tests.console.conftest import PASSWORD, Visitor
from voice.console.assets import STATIC
from voice.console.context import Console
from voice.console.texts import LANGUAGES, texts
from voice.core.call.lessons import MISROUTED
from voice.core.call.signals import Signal
from voice.core.contact.effects import Job
from voice.core.contact.events import OUR_FAULT, WRONG_NUMBER, ContactEvent
from voice.core.contact.moves import TIME_UP
from voice.core.contact.state import RoomEntry, Stage
from voice.core.queue.status import Trouble
from voice.errors import SettingsError
from voice.service.calls.agent_leg import AGENT_GOES_ON
from voice.service.calls.agent_page import PICKED_UP, OnPage
from voice.service.calls.room import OFF, ON, RoomRole
from voice.service.console.accounts import LOCKED, ROLES, TRIES, Accounts, SignInRefused
from voice.service.console.board import Doing
from voice.store.transitions import RANG_AGAIN
from voice.twilio.rest import OVER

pytestmark = pytest.mark.slow

NOW = datetime(2026, 11, 24, 9, tzinfo=UTC)
Come = Callable[..., Visitor]


def test_somebody_signs_in_and_out(console: Console, visitor: Come) -> None:
    console.accounts.add("sofie", PASSWORD, ["supervisor"])
    nobody = visitor()
    assert nobody.opens("/board").location == "/sign-in?next=/board"
    answer = nobody.posts("/sign-in", name="sofie", password=PASSWORD, next="/board")
    assert (answer.status_code, answer.location) == (303, "/board")
    cookie = answer.headers["Set-Cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=Lax" in cookie
    page = nobody.sees("/board")
    token = re.search(r'name="csrf" value="([^"]+)"', page)
    assert token
    assert nobody.client.post("/sign-out", data={"csrf": token[1]}).status_code == 303
    assert nobody.opens("/board").status_code == 302


def test_a_wrong_password_is_told_and_says_nothing_of_whether_the_name_exists(console: Console, visitor: Come) -> None:
    console.accounts.add("sofie", PASSWORD, ["supervisor"])
    nobody = visitor()
    wrong = nobody.posts("/sign-in", name="sofie", password="wrong password")
    unknown = nobody.posts("/sign-in", name="tom", password="wrong password")
    assert (wrong.status_code, unknown.status_code) == (401, 401)
    assert wrong.text.replace("sofie", "") == unknown.text.replace("tom", "")


def test_an_account_is_locked_for_a_while_after_wrong_passwords(console: Console) -> None:
    accounts = Accounts(console.store)
    accounts.add("sofie", PASSWORD, ["supervisor"])
    for _ in range(TRIES):
        with pytest.raises(SignInRefused, match="wrong"):
            accounts.sign_in("sofie", "wrong password", "10.0.0.1", NOW)
    with pytest.raises(SignInRefused, match="locked"):
        accounts.sign_in("sofie", PASSWORD, "10.0.0.1", NOW)
    assert accounts.sign_in("sofie", PASSWORD, "10.0.0.1", NOW + LOCKED + timedelta(seconds=1))


def test_a_session_ends_with_the_shift_and_with_a_new_password(console: Console) -> None:
    accounts = Accounts(console.store)
    accounts.add("sofie", PASSWORD, ["supervisor"])
    token = accounts.begin("sofie", "", NOW)
    assert accounts.session(token, NOW + timedelta(hours=9))
    assert accounts.session(token, NOW + timedelta(hours=20)) is None
    other = accounts.begin("sofie", "", NOW)
    accounts.set_password("sofie", "another long password")
    assert accounts.session(other, NOW) is None


@pytest.mark.parametrize(
    ("name", "password", "roles", "agent"),
    [
        ("so fie", PASSWORD, ["agent"], None),
        ("sofie", "short", ["agent"], None),
        ("sofie", PASSWORD, ["boss"], None),
        ("sofie", PASSWORD, ["agent"], "Nobody"),
    ],
)
def test_what_will_not_do_is_told(
    console: Console, name: str, password: str, roles: list[str], agent: str | None
) -> None:
    with pytest.raises(SettingsError):
        console.accounts.add(name, password, roles, agent)


def test_a_form_without_its_token_does_nothing(console: Console, visitor: Come) -> None:
    sofie = visitor("sofie", "supervisor")
    assert sofie.client.post("/language", data={"language": "fr"}).status_code == 400
    assert sofie.client.post("/language", data={"language": "fr", "csrf": "forged"}).status_code == 400
    assert console.store.users.find("sofie").language == "en"  # type: ignore[union-attr]
    assert sofie.posts("/language", language="fr").status_code == 303
    assert "Tableau" in sofie.sees("/board")


def test_a_sign_in_from_another_site_is_refused(visitor: Come) -> None:
    answer = visitor().client.post("/sign-in", data={"name": "a"}, headers={"Origin": "https://evil.example"})
    assert answer.status_code == 400


@pytest.mark.parametrize(
    "next_",
    [
        "//evil.example",
        "https://evil.example",
        "/\\evil.example",
        "/\t/evil.example",
        "/\n/evil.example",
        "evil.example",
    ],
)
def test_nobody_is_led_away_after_signing_in(console: Console, visitor: Come, next_: str) -> None:
    console.accounts.add("sofie", PASSWORD, ["supervisor"])
    assert 'name="next" value="/"' in visitor().client.get("/sign-in", query_string={"next": next_}).text
    answer = visitor().posts("/sign-in", name="sofie", password=PASSWORD, next=next_)
    assert (answer.status_code, answer.location) == (303, "/")


def test_signing_in_leads_where_somebody_wanted_to_go(console: Console, visitor: Come) -> None:
    console.accounts.add("sofie", PASSWORD, ["supervisor"])
    nobody = visitor()
    assert nobody.opens("/calls?queue=a&text=b").location == "/sign-in?next=/calls%3Fqueue%3Da%26text%3Db"
    answer = nobody.posts("/sign-in", name="sofie", password=PASSWORD, next="/calls?queue=a&text=b")
    assert answer.location == "/calls?queue=a&text=b"


def test_the_policy_allows_no_script_and_no_style_inside_a_page(visitor: Come) -> None:
    answer = visitor("sofie", "supervisor").opens("/board")
    policy = answer.headers["Content-Security-Policy"]
    assert "unsafe" not in policy
    assert "default-src 'none'" in policy
    assert not re.search(r"<script(?![^>]* src=)|<style|\sstyle=|\son\w+=", answer.text)


def test_every_text_is_there_in_every_language() -> None:
    keys = {language: set(texts(language)) for language in LANGUAGES}
    assert all(keys[language] == keys["en"] for language in LANGUAGES), [
        keys["en"] ^ keys[language] for language in LANGUAGES
    ]
    fields = {
        language: {key: set(re.findall(r"{(\w+)}", said)) for key, said in texts(language).items()}
        for language in LANGUAGES
    }
    assert all(fields[language] == fields["en"] for language in LANGUAGES)


def test_every_state_has_a_text() -> None:
    known = texts("en")
    for kind, names in {"stage": Stage, "doing": Doing, "trouble": Trouble, "role": ROLES}.items():
        assert [name for name in names if f"{kind}.{name}" not in known] == [], kind


def test_every_line_of_a_story_has_a_text() -> None:
    events = [event.__name__ for event in get_args(ContactEvent)]
    noted = [*RoomEntry, *OnPage, PICKED_UP, AGENT_GOES_ON, RANG_AGAIN, MISROUTED]
    assert [name for name in (*Signal, *Job, *events, *noted) if f"event.{name}" not in texts("en")] == []
    told = ("declined", "silence", "hung up", "voicemail", "not confirmed", "delivered", "undelivered", "unknown")
    codes = (*OVER, *RoomRole, ON, OFF, OUR_FAULT, TIME_UP, WRONG_NUMBER, *told)
    assert [code for code in codes if f"code.{code}" not in texts("en")] == []


def test_what_is_vendored_is_what_its_makers_have_published() -> None:
    """And each has its licence beside it."""
    vendor = STATIC / "vendor"
    written = dict(reversed(line.split()) for line in (vendor / "SHA256SUMS").read_text().splitlines())
    assert written == {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in vendor.glob("*.js")}
    licences = [path.stem for path in vendor.glob("*.LICENSE")]
    assert all(any(name.startswith(licence.removesuffix("-ext")) for licence in licences) for name in written)
