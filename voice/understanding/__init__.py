"""What was said → a calibrated probability for each intent → route, confirm, choose, or ask again.

Knows the core's records and the content's grammars; no call, no store, no Twilio.

    normalise, languages, numbers, sounds   what was heard → plain words; numbers; what sounds alike
    features, encoder                       words → vectors
    stack, model, policy                    vectors → honest probabilities → a decision, at the operator's risk
    exact, trained                          all of it for one utterance: `Trained.understand`
    training, hints, cache, loading         grammar files → models, built once and kept
    evaluation                              labelled utterances, played through the dialogue
"""

from collections.abc import Collection, Sequence
from typing import Protocol

from voice.core.actions import Listen
from voice.core.meaning import Meaning
from voice.understanding.loading import load_understanding
from voice.understanding.trained import Trained


class Understanding(Protocol):
    """What the switchboard asks of it. Safe to use from many threads at once."""

    def understand(self, text: str, language: str, *, without: Collection[str] = ()) -> Meaning:
        """One utterance, understood. `without` are topics that the caller has refused in this call."""
        ...

    def hints(self, language: str, listen: Listen) -> Sequence[str]:
        """What the recogniser should expect, the most telling first; each at most 100 characters, without commas."""
        ...


__all__ = ["Trained", "Understanding", "load_understanding"]
