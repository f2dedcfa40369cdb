"""What was said → one calibrated distribution → the act that costs the caller least.

Knows the core's records and the content's grammars; no call, no store, no Twilio.

    normalise   what was heard → plain words
    languages   what a language's speakers do when they speak, whatever about
    numbers     spoken numbers → digits
    birth_dates a spoken date of birth → digits
    moments     the moment in an utterance → spans of time
    sounds      the code that words which sound alike share
    features    words → numbers
    encoder     a sentence encoder, for lines with few phrases
    meaning     what its vectors say of each intent
    stack       several opinions → one honest probability
    model       one language's model
    priors      how likely each thing is before anything is heard, by what the line listens for
    costs       what each act costs the caller, for each thing that may have been meant
    policy      the price of a wrong queue, and what is decided at it
    learning    what callers teach: the price, day by day
    asides      greetings, choices, keys and numbers, by the operators' lists
    exact       phrases known to the letter
    weighing    what is known beside the words: a second judge, refused topics, shared queues
    trained     all of it for one utterance: `Trained.understand`
    traps       which labelled utterances are like calls, and which are traps
    judges      opinions on known examples → how far each can be trusted
    training    grammar and labelled utterances → a `Model`
    hints       what the recogniser should expect
    cache       built models, kept by what they were built from
    loading     a line's understanding, from the cache or built
    evaluation  how well callers are understood
"""

from collections.abc import Collection, Sequence
from typing import Protocol

from voice.core.call.actions import Listen
from voice.core.call.state import State
from voice.core.interpretation import Interpretation
from voice.understanding.loading import is_trained, load_understanding
from voice.understanding.trained import Trained


class Understanding(Protocol):
    """What the switchboard asks of it. Safe to use from many threads at once."""

    def understand(
        self,
        text: str,
        language: str,
        *,
        state: State = State.QUESTION,
        without: Collection[str] = (),
        second: str | None = None,
    ) -> Interpretation:
        """One utterance, understood. `state` says what the line listens for, `without` what the caller has refused in
        this call: topics, and commands; `second` what another judge takes it for."""
        ...

    def hints(self, language: str, listen: Listen) -> Sequence[str]:
        """What the recogniser should expect, the most telling first; each at most 100 characters, without commas."""
        ...


__all__ = ["Trained", "Understanding", "is_trained", "load_understanding"]
