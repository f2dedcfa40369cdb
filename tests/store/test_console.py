"""What the console keeps, on both databases: users, overrides, the audit trail; and being told of changes."""

import threading
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest

from tests.store.test_contacts import stands
from voice.core.contact.state import Contact
from voice.errors import StoreError
from voice.store import Store
from voice.store.changes import watch

NOW = datetime(2026, 11, 24, 9, tzinfo=UTC)


def test_a_user_signs_in_and_out(store: Store) -> None:
    store.users.add("sofie", "hash", ["supervisor"], "Sofie")
    store.users.begin("token", "sofie", "csrf", NOW)
    found = store.users.session("token")
    assert found is not None
    assert (found.user.roles, found.user.agent, found.csrf) == (("supervisor",), "Sofie", "csrf")
    store.users.end("token")
    assert store.users.session("token") is None


def test_a_user_who_is_removed_is_signed_out(store: Store) -> None:
    store.users.add("sofie", "hash", ["supervisor"], None)
    store.users.begin("token", "sofie", "csrf", NOW)
    store.users.remove("sofie")
    assert store.users.session("token") is None
    with pytest.raises(StoreError):
        store.users.remove("sofie")


def test_a_name_is_given_once(store: Store) -> None:
    store.users.add("sofie", None, [], None)
    with pytest.raises(StoreError, match="already"):
        store.users.add("sofie", None, [], None)


def test_wrong_passwords_are_counted(store: Store) -> None:
    store.users.add("sofie", "hash", [], None)
    store.users.wrong_password("sofie")
    store.users.wrong_password("sofie")
    assert store.users.find("sofie").failures == 2  # type: ignore[union-attr]


def test_of_several_overrides_the_last_holds_until_its_end(store: Store) -> None:
    store.overrides.add("billing", False, NOW, NOW + timedelta(hours=5), "sofie", "strike")
    store.overrides.add("billing", True, NOW + timedelta(hours=1), NOW + timedelta(hours=2), "tom", "over")
    [held] = store.overrides.holding(NOW + timedelta(minutes=90))
    assert (held.opens, held.by) == (True, "tom")
    assert store.overrides.holding(NOW + timedelta(hours=3)) == []
    assert [one.by for one in store.overrides.latest()] == ["tom", "sofie"]


def test_what_was_done_is_written_down(store: Store) -> None:
    store.audit.write("sofie", "looked", NOW, "ABC-1", page="calls")
    store.audit.write("tom", "looked", NOW, "ABC-2")
    [deed] = store.audit.latest(about="ABC-1")
    assert (deed.user, deed.detail) == ("sofie", {"page": "calls"})
    assert store.audit.count("looked", "ABC-1", NOW) == 1


def test_agents_are_ready_or_not_and_nobody_is_given_to_who_is_not(store: Store) -> None:
    store.agents.add("An", "client:an", ["billing"], ["nl"])
    store.agents.sign_in("An", NOW)
    store.agents.not_ready("An", "lunch", NOW + timedelta(minutes=5))
    an = store.agents.find("An")
    assert an is not None
    assert (an.not_ready, an.since) == ("lunch", NOW + timedelta(minutes=5))
    store.agents.ready("An", NOW + timedelta(minutes=30))
    assert store.agents.find("An").not_ready is None  # type: ignore[union-attr]


@pytest.mark.parametrize(
    "change",
    [
        lambda store, _: store.agents.add("An", "client:an", ["billing"], ["nl"]),
        lambda store, waiting: store.contacts.note(waiting.reference, "on hold", NOW, attempt=1, state="on"),
    ],
    ids=["an agent", "a note"],
)
def test_a_change_is_told(store: Store, change: Callable[[Store, Contact], None]) -> None:
    waiting = stands(store, 1)
    told = threading.Event()
    listening = threading.Event()

    def listen() -> None:
        for changed in watch(store.engine):
            if listening.is_set() and changed:
                told.set()
                return
            listening.set()

    threading.Thread(target=listen, daemon=True).start()
    assert listening.wait(5)
    change(store, waiting)
    assert told.wait(5)
