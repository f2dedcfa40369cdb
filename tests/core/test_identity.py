"""Who a topic asks who they are: at most twice, by word or key, and never in the way of a person."""

from collections.abc import Callable
from datetime import date

import pytest

from tests.core.conftest import CHRISTMAS, WITH_ASKS, Caller
from voice.core.call.events import Identified, Misfit
from voice.core.call.state import State
from voice.core.call.wishes import Arranging
from voice.core.contact.from_call import story
from voice.core.identity import AskedIdentity, Identity, IdentityKind, birth_date
from voice.core.interpretation import Command

NUMBER = Identified("12345678", checked=True)


def asked() -> Caller:
    caller = Caller(plan=WITH_ASKS).says_clearly("billing")
    assert (caller.state, caller.hears) == (State.IDENTITY, ["notice.topic", "identity.customer_number"])
    return caller


def test_what_is_given_goes_along_into_the_queue() -> None:
    caller = asked().does(NUMBER)
    assert (caller.state, caller.call.queue) == (State.HOLD, "billing")
    assert caller.hears == ["identity.thanks", "connecting"]
    given = Identity(IdentityKind.CUSTOMER_NUMBER, "12345678", checked=True)
    assert story(caller.call, "billing").identity == given
    assert caller.call.words == ("…",)


@pytest.mark.parametrize("fails", [Caller.is_silent, Caller.mumbles, lambda one: one.does(Misfit("12"))])
def test_it_is_asked_twice_at_most_and_goes_on_without(fails: Callable[[Caller], Caller]) -> None:
    caller = fails(asked())
    assert (caller.state, caller.hears[-1]) == (State.IDENTITY, "identity.customer_number")
    fails(caller)
    assert (caller.state, caller.call.queue, caller.call.identity) == (State.HOLD, "billing", None)
    assert caller.hears == ["identity.without", "connecting"]


@pytest.mark.parametrize("way", [Caller.says_no, lambda one: one.wishes(Arranging.WITHOUT)])
def test_who_does_not_have_it_goes_on_at_once(way: Callable[[Caller], Caller]) -> None:
    assert way(asked()).hears == ["identity.without", "connecting"]


@pytest.mark.parametrize(
    "way", [lambda one: one.presses("0"), lambda one: one.commands(Command.AGENT),
            lambda one: one.perhaps_wants(Command.AGENT)]
)  # fmt: skip
def test_a_person_is_one_word_away(way: Callable[[Caller], Caller]) -> None:
    caller = way(asked())
    assert (caller.state, caller.call.queue) == (State.HOLD, "billing")


def test_back_and_another_topic_do_what_they_always_do() -> None:
    assert asked().presses("*").state is State.QUESTION
    assert asked().says_clearly("outage").state is State.ANNOUNCE
    assert asked().says_clearly("moving").hears[-1] == "identity.birth_date"


def test_the_same_kind_is_asked_once_a_call() -> None:
    caller = asked().does(NUMBER)
    caller.presses("*").leaves_queue("leave")
    assert caller.says_clearly("billing").state is State.ANNOUNCE
    assert caller.call.identity == "12345678"


def test_nobody_is_asked_where_nobody_could_answer() -> None:
    caller = Caller(plan=WITH_ASKS, now=CHRISTMAS).says_clearly("billing")
    assert caller.state is State.OFFER


def test_what_cannot_be_it_is_no_value() -> None:
    today = date(2026, 11, 24)
    number = AskedIdentity(IdentityKind.CUSTOMER_NUMBER, r"7\d{7}")
    assert [number.value(one, today) for one in ("71234567", "12345678", "7123", "")] == ["71234567", None, None, None]
    born = AskedIdentity(IdentityKind.BIRTH_DATE)
    given = ["03051975", "030575", "031326", "31022000", "24112026", "25112026", "01011900", "7", "0305197५"]
    assert [born.value(one, today) for one in given] == [
        *("1975-05-03", "1975-05-03", None, None, "2026-11-24", None, None, None, None)
    ]
    assert birth_date("241126", today) == today
