"""How many callbacks a number may have, and why one is refused."""

from dataclasses import dataclass
from enum import StrEnum


class CallbackRefusal(StrEnum):
    """Why a callback cannot be promised on a number, or at a moment.

    NEVER: the line does not ring such numbers. OFTEN: it was asked for as often as a day allows. STANDING: it is on the
    list already. WINDOW: the moment has gone to others.
    """

    NEVER = "never"
    OFTEN = "often"
    STANDING = "standing"
    WINDOW = "window"


@dataclass(frozen=True)
class CallbackLimits:
    """How many callbacks a number may have open at once, and be given on one day of the line."""

    open: int = 1
    daily: int = 5
