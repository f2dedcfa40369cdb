"""What would happen to a caller who said this at the first question, and why: without a call, a store or an agent."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from voice.content import Grammar, Line, Phrase, load_grammar
from voice.content.spoken import mobile_of
from voice.core.call.actions import Action, Ask, Say
from voice.core.call.events import Rang, Said
from voice.core.call.signals import read
from voice.core.call.state import Call, State
from voice.core.call.table import step
from voice.core.interpretation import Interpretation
from voice.service.operators.similarity import Nearest
from voice.understanding import Understanding
from voice.understanding.model import NONE

TEMPLATE_SENTENCES = 20
NOT_HERE = "It leads to the queue “{queue}”, where nobody could answer now ({trouble})."
MEANS: Mapping[State, str] = {
    State.ANNOUNCE: "It is understood, and the caller goes to the queue “{queue}”.",
    State.CONFIRM: "It is probably “{topic}”, so the caller is asked whether it is.",
    State.CHOICE: "It is one of two topics, so the caller is asked which.",
    State.AGAIN: "It is not understood, so the caller is asked to say it in other words.",
    State.MENU: "It is not understood, so the caller is asked to press a key.",
    State.HOLD: "The caller goes to the queue “{queue}” at once.",
    State.OFFER: "The caller is offered a callback.",
    State.CALLBACK: "The caller wants to be rung back, and hears on which number.",
    State.NUMBER: "The caller wants to be rung back, and is asked for a number.",
    State.ANSWERED: "It needs no person: the caller is answered, and asked whether that helped.",
    State.QUESTION: "The question is asked anew.",
    State.OVER: "The call ends.",
}


@dataclass(frozen=True)
class Trial:
    """`happens` is for a reader, `says` what the caller hears; `nearest` the phrases of the grammar most like it, with
    their likeness (1: the same words)."""

    text: str
    language: str
    meaning: Interpretation
    signal: str
    happens: str
    says: str
    topic: str | None
    queue: str | None
    nearest: tuple[tuple[Phrase, float], ...]


@dataclass(frozen=True)
class UtteranceTrial:
    """Raises `ContentError` for grammar files that are faulty."""

    line: Line
    understanding: Understanding
    _nearest: dict[str, Nearest] = field(default_factory=dict)

    def try_out(self, text: str, language: str, now: datetime) -> Trial:
        """From the first question on, in a call from a number that may be rung back."""
        plan = self.line.plan
        call = Call("CA", language, "", mobile_of(self.line.country), now, self.line.version)
        call, *_ = step(plan, call, Rang(), now)
        said = Said(text, self.understanding.understand(text, language))
        after, actions, _ = step(plan, call, said, now)
        return Trial(
            text=text,
            language=language,
            meaning=said.meaning,
            signal=read(plan, call, said).signal.value,
            happens=self._happens(after, now),
            says=self._says(actions, after.language, now),
            topic=after.intent or next(iter(said.meaning.topics), None),
            queue=after.queue,
            nearest=tuple(self._near(language).to(text)),
        )

    def _happens(self, after: Call, now: datetime) -> str:
        plan = self.line.plan
        topic = after.intent or next(iter(after.candidates), "")
        queue = after.queue or plan.queue_of(topic or None)
        if after.state is State.OFFER and (trouble := plan.trouble(queue, now)):
            return NOT_HERE.format(queue=queue, trouble=trouble.value)
        means = MEANS.get(after.state, f"The call goes on at “{after.state}”.")
        return means.format(queue=queue, topic=topic)

    def _says(self, actions: tuple[Action, ...], language: str, now: datetime) -> str:
        prompts = self.line.prompts[language]
        spoken = [prompt for action in actions if isinstance(action, Say | Ask) for prompt in action.prompts]
        return " ".join(prompts.say(prompt, now.astimezone(self.line.plan.timezone)) for prompt in spoken)

    def _near(self, language: str) -> Nearest:
        if language not in self._nearest:
            grammar: Grammar = load_grammar(self.line.folder, language, self.line.intents)
            topical = {*self.line.plan.destinations, NONE}
            phrases = (phrase for phrase in grammar.expanded(TEMPLATE_SENTENCES) if phrase.intent in topical)
            self._nearest[language] = Nearest(tuple(phrases))
        return self._nearest[language]
