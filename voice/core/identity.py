"""Who a caller says they are: what a topic asks for before its queue, and whether what was given can be that.

Digits alone: a telephone has no letters, and letters that are spoken are seldom heard right.
"""

import re
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

ANY_NUMBER = r"\d{4,20}"
LONGEST_GIVEN = 24
"""Digits that are looked at; nobody's number is longer."""

OLDEST = 120
"""Years."""


class IdentityKind(StrEnum):
    CUSTOMER_NUMBER = "customer_number"
    BIRTH_DATE = "birth_date"


@dataclass(frozen=True)
class Identity:
    """As it is kept: a customer number's digits, or a date of birth as 1975-05-03. `checked`: the operator's service
    says that it is one of theirs."""

    kind: IdentityKind
    value: str
    checked: bool = False


@dataclass(frozen=True)
class AskedIdentity:
    """What a topic asks. `pattern` is a customer number's, of digits; `service` the address that knows them all."""

    kind: IdentityKind
    pattern: str = ANY_NUMBER
    service: str | None = None

    def value(self, digits: str, today: date) -> str | None:
        """What these digits are, or None where they cannot be what is asked."""
        if len(digits) > LONGEST_GIVEN:
            return None
        if self.kind is IdentityKind.BIRTH_DATE:
            born = birth_date(digits, today)
            return born.isoformat() if born else None
        return digits if re.fullmatch(self.pattern, digits) else None


def birth_date(digits: str, today: date) -> date | None:
    """Day, month and year, in eight digits or six."""
    if not digits.isascii() or not digits.isdecimal() or len(digits) not in (6, 8):
        return None
    day, month, year = int(digits[:2]), int(digits[2:4]), int(digits[4:])
    if len(digits) == 6:
        year += today.year - today.year % 100
        year -= 100 if year > today.year else 0
    try:
        born = date(year, month, day)
    except ValueError:
        return None
    return born if today.year - OLDEST <= born.year and born <= today else None
