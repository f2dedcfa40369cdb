"""The telephone numbers in line.yaml: those that are dialled for the line, and those that the line rings."""

from collections.abc import Callable, Iterable, Iterator

import phonenumbers
from phonenumbers import PhoneNumberType

from voice.content.files import Document
from voice.content.schema import LineFile
from voice.errors import Problem


def _numbers(document: Document, written: LineFile) -> list[Problem]:
    problems = []
    for name in ("number", "key"):
        seen: dict[str, str] = {}
        for code, entry in written.languages.items():
            value = getattr(entry, name)
            if value is None:
                continue
            if value in seen:
                what = f"The {name} {value} already chooses {seen[value]}."
                problems.append(document.problem(("languages", code, name), what, "Give each its own."))
            seen[value] = code
        if name == "number" and written.agents.number in seen:
            what = f"The number {written.agents.number} is what callers of “{seen[written.agents.number]}” dial."
            problems.append(document.problem(("agents", "number"), what, "Give agents a number of their own."))
    return problems


def _countries(document: Document, written: LineFile) -> Iterator[Problem]:
    for at, country in enumerate(written.callbacks.countries or ()):
        if country not in phonenumbers.SUPPORTED_REGIONS:
            what = f"“{country}” is no country whose telephone numbers are known."
            yield document.problem(("callbacks", "countries", at), what, "Write two capitals, as BE.")


def _destinations(document: Document, written: LineFile) -> Iterator[Problem]:
    own = {entry.number for entry in written.languages.values()} | {written.agents.number}
    for name, entry in written.queues.items():
        place = ("queues", name)
        if entry.destination == "dial" and entry.dial is None:
            what = f"The queue “{name}” is sent to a call centre, and does not say to which."
            mend = 'Add its number or SIP address: dial: "+3212345670", or dial: "sip:desk@example.com".'
            yield document.problem((*place, "destination"), what, mend)
        elif entry.destination != "dial" and entry.dial is not None:
            what = f"The queue “{name}” has a number to dial, and is answered by agents."
            yield document.problem((*place, "dial"), what, "Add “destination: dial”, or take the number out.")
        elif entry.dial is not None and entry.dial in own:
            what = f"The queue “{name}” would ring this line itself."
            yield document.problem((*place, "dial"), what, "Give the number of the call centre.")
        elif entry.dial is not None and entry.dial.startswith("+") and (costs := _odd_number(entry.dial)):
            mend = "Give the number of the call centre itself."
            yield document.problem((*place, "dial"), f"{entry.dial} {costs}.", mend, warning=True)


def _odd_number(number: str) -> str:
    """What is odd about a number that the line is to ring; else empty."""
    try:
        parsed = phonenumbers.parse(number)
    except phonenumbers.NumberParseException:
        return "is a number of no country"
    if phonenumbers.number_type(parsed) in (PhoneNumberType.PREMIUM_RATE, PhoneNumberType.SHARED_COST):
        return "is a number at which each call is charged"
    return "" if phonenumbers.is_valid_number(parsed) else "is no number that anybody can have"


NUMBERS: tuple[Callable[[Document, LineFile], Iterable[Problem]], ...] = (_numbers, _destinations, _countries)
