"""What was said, as an event of the call: its meaning, what it wants of a callback, and the telephone number in it.

A command that is denied ("please don't ring me back") is not that command. A number is dictated in breaths: what is not
complete is kept, what follows is joined to it, and a correction replaces the digits that it corrects.
"""

from dataclasses import dataclass, replace
from datetime import datetime

from voice.content import Line
from voice.content.wishes import WishPhrases
from voice.core.call.events import Dictated, Said
from voice.core.call.state import Call, State
from voice.core.call.states import STATES
from voice.core.call.wishes import ANYWHERE, ASIDES, HEARD_IN, Arranging, CallbackWish, Span
from voice.core.interpretation import Command, Decision, Interpretation
from voice.service.calls.phone_numbers import full_number
from voice.service.calls.second_opinion import SecondOpinion, is_wanted
from voice.understanding import Understanding
from voice.understanding.moments import spans_in
from voice.understanding.normalise import spoken
from voice.understanding.numbers import digits_in

LONGEST_NUMBER = 15
"""Digits of a telephone number (ITU-T E.164)."""

LEAST_OF_A_BREATH = 2
"""Digits that are a part of the number, whatever else is said beside them: "twenty-eight, hold on"."""

LEAST_OF_A_NUMBER = 3
"""Digits that begin a telephone number where none was asked for."""

DENIED = Command.CALLBACK.value
UNWANTED = (Arranging.STAY, Arranging.CANCEL)
"""What a callback that is denied means: of one that is offered, or that stands."""

LONGEST_ASIDE = 10
"""Words of a question about the line itself; longer ones are about something else."""

YES_NO_OTHER = 3
"""Answers by number where a moment was not asked for."""

NO_WISHES = WishPhrases()
MOST_CORRECTED = 4


@dataclass(frozen=True)
class Listener:
    """Hears with the words of one line."""

    line: Line
    understanding: Understanding
    now: datetime
    second: SecondOpinion | None = None

    def hears(self, call: Call, text: str) -> tuple[Said | Dictated, str]:
        """The event, and the complete telephone number in it, if there is one."""
        meaning = self.meaning(call, text)
        if STATES[call.state].number and (meaning.digits or call.state is State.NUMBER):
            event, number = self._number(call, text, meaning)
            if event is not None or number:
                return event or Said(text, meaning), number
        return Said(text, meaning, self._wish(call, text, meaning)), ""

    def meaning(self, call: Call, text: str) -> Interpretation:
        without = tuple(call.rejected)
        meaning = self._understand(text, call.language, call.state, without)
        command = meaning.command
        if command and command in Command and self._denies(call.language, command, text):
            meaning = self._understand(text, call.language, call.state, (*without, command.value))
            meaning = replace(meaning, command=None, ask=False) if meaning.command is command else meaning
        if meaning.command is Command.LANGUAGE and meaning.language in self.line.languages:
            return self._in_that_language(call, text, meaning)
        if self.second and is_wanted(self.line, call.state, meaning):
            return self._with_second_opinion(call, text, meaning, self.second)
        return meaning

    def _with_second_opinion(
        self, call: Call, text: str, meaning: Interpretation, second: SecondOpinion
    ) -> Interpretation:
        found = second.ask(self.line, call.language, text)
        if found is None:
            return meaning
        without = tuple(call.rejected)
        return self.understanding.understand(text, call.language, state=call.state, without=without, second=found)

    def _understand(self, text: str, language: str, state: State, without: tuple[str, ...]) -> Interpretation:
        return self.understanding.understand(text, language, state=state, without=without)

    def _denies(self, language: str, command: Command, text: str) -> bool:
        wishes = self.line.wishes.get(language)
        return wishes is not None and wishes.denies(command.value, text)

    def _in_that_language(self, call: Call, text: str, meaning: Interpretation) -> Interpretation:
        """What else was said, in the language that is asked for or the one before: "sorry, english please, my bill is
        wrong"."""
        without = (*call.rejected, Command.LANGUAGE.value)
        for language in (meaning.language or call.language, call.language):
            story = self._understand(text, language, call.state, without)
            if story.decision is Decision.ROUTE and story.command is None:
                return replace(meaning, decision=story.decision, topics=story.topics)
        return meaning

    def _wish(self, call: Call, text: str, meaning: Interpretation) -> CallbackWish | None:
        """Also with a callback that is asked for in the same breath: "ring me back after five"."""
        wishes = self.line.wishes.get(call.language) or NO_WISHES
        heard_here = HEARD_IN.get(call.state, ())
        for what in (*heard_here, *ANYWHERE):
            if what is Arranging.MOMENT:
                said = wishes.spared(what.value, text)
                within = self._moment(call, said)
                if within is not None or wishes.wants(what.value, said):
                    return CallbackWish(what, within or ())
            elif (what is Arranging.SLOWER and meaning.topics) or (
                what in (Arranging.SAME, *ASIDES) and _tells(meaning, text)
            ):
                continue
            elif wishes.wants(what.value, text) or (what in UNWANTED and wishes.denies(DENIED, text)):
                return CallbackWish(what)
        if Arranging.MOMENT not in heard_here:
            asked = meaning.command is Command.CALLBACK and not meaning.ask
            within = self._moment(call, text) if asked else ()
            return CallbackWish(Arranging.MOMENT, within) if within else None
        return None

    def _moment(self, call: Call, text: str) -> tuple[Span, ...] | None:
        """None where no moment is named. Of the moments that were offered, one is chosen by its number."""
        words = self.line.moments.get(call.language)
        if words is None:
            return None
        window, now = call.state is State.WINDOW, self.now.astimezone(self.line.plan.timezone)
        options = len(call.moments) if window else YES_NO_OTHER
        found = spans_in(words, text, now, bare=window and not call.moments, options=options)
        # What was is a story, where nobody has been asked for a moment yet.
        return None if found == () and call.state not in (State.WINDOW, State.CALLBACK) else found

    def _number(self, call: Call, text: str, meaning: Interpretation) -> tuple[Dictated | None, str]:
        before = call.dictated if call.state is State.NUMBER else ""
        if call.state is State.NUMBER and not meaning.digits:
            meaning = replace(meaning, digits=digits_in(spoken(text, call.language), call.language, LEAST_OF_A_BREATH))
        digits = self._joined(call, before, text, meaning)
        for each in (digits, meaning.digits):
            if each and (number := full_number(each, self.line, call.language)):
                return None, number
        if call.state is not State.NUMBER and not _begins_a_number(meaning.digits):
            return None, ""
        if not meaning.digits and digits == before:
            return None, ""
        return Dictated(digits if len(digits) <= LONGEST_NUMBER else meaning.digits), ""

    def _joined(self, call: Call, before: str, text: str, meaning: Interpretation) -> str:
        """The digits so far with those of this breath; those behind a correction replace as many before them."""
        wishes = self.line.wishes.get(call.language)
        parts = wishes.corrected(text) if wishes else [text]
        if len(parts) == 1:
            return before + meaning.digits
        known = before
        for place, part in enumerate(parts):
            found = self._understand(part, call.language, call.state, ()).digits if part else ""
            replaces = place > 0 and 0 < len(found) <= min(MOST_CORRECTED, len(known))
            known = (known[: -len(found)] if replaces else "" if place and found else known) + found
        return known


def _begins_a_number(digits: str) -> bool:
    """Whether these digits, said to another question, are the first of a telephone number: no option and no hour."""
    return len(digits) >= LEAST_OF_A_NUMBER and digits.startswith("0")


def _tells(meaning: Interpretation, text: str) -> bool:
    """Whether it is sure of a story, or too long to be asked of the line itself."""
    return meaning.decision is Decision.ROUTE or len(text.split()) > LONGEST_ASIDE
