"""The numbers that callers in a crisis are told, held against the line's country: from abroad nobody is reached there.

Of the countries whose languages are ready-made, as they are commonly known: looked up in no list, so it is a warning.
"""

import re
from collections.abc import Iterator, Mapping

from voice.content.prompts import Prompts
from voice.errors import Problem

HELPLINES: Mapping[str, tuple[str, ...]] = {
    "BE": ("1813", "0800 32 123", "108", "02 648 40 14"),
    "NL": ("113", "0800 0113"),
    "DE": ("0800 111 0 111", "0800 111 0 222"),
    "AT": ("142",),
    "CH": ("143",),
    "FR": ("3114",),
    "LU": ("45 45 45",),
    "GB": ("116 123",),
    "IE": ("116 123",),
}
NUMBER = re.compile(r"\d[\d\s,./()-]*")


def abroad(prompts: Prompts, lines: Mapping[str, int]) -> Iterator[Problem]:
    """Helplines of another country, in what callers in danger hear. `lines`: text → its line."""
    own = {_digits(number) for number in HELPLINES.get(prompts.country, ())}
    others = {_digits(number): country for country, numbers in HELPLINES.items() for number in numbers}
    for key, forms in prompts.texts.items():
        for text in forms.values() if key.startswith("safety.") else ():
            for written in NUMBER.findall(text):
                digits = _digits(written)
                if digits in others and digits not in own:
                    what = f"“{key}” sends callers to {written.strip(' ,.')}, a helpline of {others[digits]},"
                    right = HELPLINES.get(prompts.country, ())
                    mend = f"There it is {right[0]}." if right else "Give that of your country."
                    path = f"prompts/{prompts.language}.yaml"
                    yield Problem(
                        path, lines.get(text, 0), f"{what} and the line is in {prompts.country}.", mend, "warning"
                    )


def _digits(written: str) -> str:
    return re.sub(r"\D", "", written)
