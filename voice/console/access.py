"""Which role may see which page. A page that is not here is for nobody."""

from collections.abc import Collection

from voice.store.users import User

ADMINISTRATOR = "administrator"

MAY: dict[str, frozenset[str]] = {
    "desk": frozenset({"agent"}),
    "missed": frozenset({"agent"}),
    "board": frozenset({"supervisor"}),
    "calls": frozenset({"supervisor"}),
    "call": frozenset({"supervisor", "agent"}),
    "now": frozenset({"supervisor"}),
    "report": frozenset({"supervisor"}),
    "words": frozenset({"operator"}),
    "callers": frozenset(),
    "users": frozenset(),
    "home": frozenset({"agent", "supervisor", "operator"}),
}
"""An administrator may see them all. `call` is one contact: an agent's own alone (`voice.console.pages.calls`)."""

MENU = ("desk", "missed", "board", "calls", "now", "report", "words", "callers", "users")

FULL_NUMBERS = frozenset({"supervisor", ADMINISTRATOR})
"""Who sees callers' numbers in full; to the others a number shows its last two digits."""


def may(user: User, page: str) -> bool:
    return ADMINISTRATOR in user.roles or bool(MAY.get(page, frozenset()) & set(user.roles))


def sees_numbers(roles: Collection[str]) -> bool:
    return bool(FULL_NUMBERS & set(roles))


def menu(user: User) -> list[str]:
    """The pages that the user is led to; the desk is for who is an agent."""
    return [page for page in MENU if may(user, page) and (page not in ("desk", "missed") or user.agent)]
