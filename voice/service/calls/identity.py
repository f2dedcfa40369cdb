"""What a caller gives where a topic asks who they are: by keys or by voice, of the form, and known to the operator's
service where there is one. It is asked before the turn's transaction begins; one that is slow, broken or away costs the
caller nothing: what has the form is then taken, and the agent is not told that it was checked.
"""

from dataclasses import dataclass
from datetime import datetime

from voice.content import Line
from voice.content.moment_words import MomentWords
from voice.core.call.events import Identified, Misfit, Said
from voice.core.call.state import Call
from voice.core.identity import IdentityKind
from voice.core.interpretation import Command
from voice.service.calls.operator_service import OperatorService
from voice.understanding.birth_dates import birth_digits
from voice.understanding.normalise import spoken
from voice.understanding.numbers import digits_in

LEAST_OF_A_BREATH = 2
"""Digits that are a part of a number, whatever else is said beside them."""

NO_WORDS = MomentWords()


def is_other(heard: Said) -> bool:
    """Whether it is a command, or danger, and no answer."""
    meaning = heard.meaning
    commanded = meaning.command not in (None, Command.YES, Command.NO) and not meaning.ask
    return bool(meaning.safety) or commanded


@dataclass(frozen=True)
class Identities:
    line: Line
    service: OperatorService
    now: datetime

    def said(self, call: Call, text: str) -> Identified | Misfit | None:
        """None where no number was said at all."""
        asked = self.line.plan.asks.get(call.intent or "")
        if asked and asked.kind is IdentityKind.BIRTH_DATE:
            digits = birth_digits(self.line.moments.get(call.language, NO_WORDS), text, call.language)
        else:
            digits = digits_in(spoken(text, call.language), call.language, LEAST_OF_A_BREATH)
        return self.given(call, digits) if len(digits) >= LEAST_OF_A_BREATH else None

    def given(self, call: Call, digits: str) -> Identified | Misfit:
        """These digits, joined to those of the first breath or alone."""
        asked = self.line.plan.asks.get(call.intent or "")
        if asked is None:
            return Misfit("")
        today = self.now.astimezone(self.line.plan.timezone).date()
        for each in dict.fromkeys((call.dictated + digits, digits)):
            value = asked.value(each, today)
            if value is None:
                continue
            known = self._known(asked.service, call, asked.kind, value) if asked.service else None
            if known is not False:
                return Identified(value, checked=known is True)
        return Misfit(digits)

    def _known(self, url: str, call: Call, kind: IdentityKind, value: str) -> bool | None:
        question = {
            "intent": call.intent,
            "asked": kind.value,
            "value": value,
            "number": call.caller,
            "language": call.language,
            "call": call.sid,
        }
        return self.service.knows(url, question)
