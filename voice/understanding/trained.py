"""The understanding itself: words → `Interpretation`."""

import logging
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import chain

import numpy as np

from voice.core.call.actions import Listen
from voice.core.call.state import State
from voice.core.interpretation import Command, Decision, Interpretation
from voice.understanding import exact
from voice.understanding.asides import choice_in, digits_said, greets, option_in
from voice.understanding.costs import Act, Meant, obeying
from voice.understanding.encoder import Encoder, encodable
from voice.understanding.features import Floats
from voice.understanding.model import NONE, Head, Model
from voice.understanding.normalise import clauses, listed, normalise, spoken
from voice.understanding.policy import Policy, break_even
from voice.understanding.priors import shifted
from voice.understanding.stack import Array
from voice.understanding.weighing import best_queue_first, weighed, without_refused

log = logging.getLogger(__name__)

OPENING = 3
"""Words of a yes or no before the story: "nee", "nee hoor", "ja dat klopt"."""

SURE_PART = 0.8
"""Least probability of a topic beside a command, for it to count by itself."""

SURE_CLAUSE = 0.95
"""Least probability of each of two topics in a clause of its own: most stories with two clauses are one story still."""

LEAST_SECOND = 0.0001
"""Least probability of the second of two topics in the whole, which is sure of the first."""

LEAST_OF_A_WISH = 3
"""Words of a phrase for another language that tell by themselves that it is wished for."""

LONGEST_WISH = 12
"""Words of a wish for another language: whoever says more before the story is not looked through at every word."""

PLAUSIBLE = 0.15
"""Least probability of a command in the whole, for one of its phrases to be looked for in a part."""

CERTAIN = 1.0


DECISIONS = {Act.SEND: Decision.ROUTE, Act.CONFIRM: Decision.CONFIRM, Act.CHOOSE: Decision.CHOOSE}
ASKED = {Decision.ROUTE: 1, Decision.CONFIRM: 1, Decision.CHOOSE: 2}
OPENINGS = (State.QUESTION, State.AGAIN, State.SILENT)
NOT_SPOKEN = "not_spoken"
"""The list of what callers say of a language that they do not speak, by language."""

HEARD = (Act.OBEY, Act.CHECK)
"""Acts on a command."""

NO_COMMAND = (Act.OBEY, Act.CHECK, Act.SAFETY)


@dataclass(frozen=True)
class Setting:
    """Where an utterance is heard: in a language, in a state of the call, `without` the topics that were refused, and
    what a `second` judge takes it for."""

    model: Model
    state: State
    without: frozenset[str]
    second: str | None = None


@dataclass(frozen=True)
class Opinion:
    """What the model makes of some words: `probabilities` of all intents; `ranked` are topics and `none`, likeliest
    first, adding up to 1 as `stories` do; `command` is the likeliest one, with its probability; `words` are counted."""

    probabilities: Array
    stories: Array
    ranked: tuple[tuple[str, float], ...]
    command: str
    command_probability: float
    words: int


@dataclass(frozen=True)
class Trained:
    """Understands every language of a line. Holds nothing that changes: safe to use from many threads at once."""

    models: Mapping[str, Model]
    policies: Mapping[str, Mapping[str, Policy]]
    default: str
    encoder: Encoder | None = None

    def understand(
        self,
        text: str,
        language: str,
        *,
        state: State = State.QUESTION,
        without: Collection[str] = (),
        second: str | None = None,
    ) -> Interpretation:
        """`second` is what another judge takes it for: a topic, or `none`."""
        model = self._model(language)
        said = spoken(text, model.language)
        words = normalise(text, model.language)
        aside = Interpretation(choice=choice_in(said, model), digits=digits_said(said, model))
        found = exact.find(model.keys, model.owners, words)
        if not words or (aside.digits and found is None):
            return replace(aside, because="a number" if aside.digits else "nothing said")
        choice, key = option_in(said, model, state)
        if choice or key:
            return replace(aside, choice=choice, digits=key, because="one of the options")
        if state in OPENINGS and greets(said, model):
            return replace(aside, probabilities=((NONE, CERTAIN),), because="a greeting")
        if found is not None and model.intents[found] not in without:
            return self._known(model, model.intents[found], said, aside, state)
        setting = Setting(model, state, frozenset(without), second)
        opinion = self.opinion(setting, words, encodable(text, model.language))
        act = self._act(setting, opinion)
        if act is Act.SAFETY and not aside.choice:
            peril = max(model.perils, key=lambda kind: float(opinion.probabilities[model.column[kind]]))
            return replace(aside, safety=peril, probabilities=opinion.ranked, because=f"danger: {peril}")
        if wish := self._wish_for_a_language(setting, words, said):
            return self._in_another_language(setting, *wish, aside)
        command, rest = self._command(setting, words, said, opinion, aside, heard=act in HEARD)
        if command is not None:
            return self._commanded(setting, command, rest, said, aside, opinion, act)
        if aside.choice and opinion.ranked and opinion.ranked[0][0] == NONE:
            return replace(aside, probabilities=opinion.ranked, because="an answer to this or that")
        both = self._both(setting, text, opinion)
        if both is not None:
            return replace(aside, decision=Decision.CHOOSE, topics=both, both=True, probabilities=opinion.ranked,
                           because="two topics in two parts")  # fmt: skip
        return self._decided(setting, opinion, aside)

    def hints(self, language: str, listen: Listen) -> Sequence[str]:
        return self._model(language).hints[listen.value]

    def warm(self) -> None:
        """Load what is loaded at the first utterance, so that no caller waits for it: a second for the encoder."""
        if any(model.semantic is not None for model in self.models.values()):
            self._vector("hello")

    def head(self, model: Model) -> Head:
        return model.semantic if self.encoder is not None and model.semantic is not None else model.lexical

    def policy(self, model: Model) -> Policy:
        return self.policies[model.language]["lexical" if self.head(model) is model.lexical else "semantic"]

    def opinion(self, setting: Setting, words: Sequence[str], text: str = "") -> Opinion:
        """The encoder is asked only if there is `text`: parts of an utterance are judged by their words."""
        model = setting.model
        vector = self._vector(text) if text and model.semantic is not None else None
        probabilities = shifted(model.probabilities(words, vector), model.kinds, setting.state)
        if text and setting.second in model.column:
            probabilities = weighed(model, probabilities, setting.second)
        stories = model.among_stories(probabilities, setting.without)
        if setting.without:
            probabilities = without_refused(model, probabilities, stories, setting.without)
        order = np.argsort(-stories, kind="stable")
        ranked = tuple((model.intents[at], float(stories[at])) for at in order if stories[at] > 0)
        best = max((model.column[command] for command in Command), key=lambda at: float(probabilities[at]))
        return Opinion(
            probabilities=probabilities,
            stories=stories,
            ranked=best_queue_first(model, ranked),
            command=model.intents[best],
            command_probability=float(probabilities[best]),
            words=len(words),
        )

    def _act(self, setting: Setting, opinion: Opinion, *, story: bool = False) -> Act:
        """What costs the caller least. A `story` is no command, whatever it sounds like."""
        believed, without = (opinion.stories, NO_COMMAND) if story else (opinion.probabilities, ())
        return self.policy(setting.model).act(setting.model, believed, setting.state, opinion.words, without)

    def _decided(self, setting: Setting, opinion: Opinion, aside: Interpretation) -> Interpretation:
        """A story, by what costs least."""
        act, believed = self._act(setting, opinion), opinion.probabilities
        if act in NO_COMMAND:
            act, believed = self._act(setting, opinion, story=True), opinion.stories
        topics = tuple(intent for intent, _ in opinion.ranked if intent != NONE)
        decision = DECISIONS.get(act, Decision.UNSURE)
        because = f"{aside.because}, then " if aside.because else ""
        return replace(
            aside,
            decision=decision,
            topics=topics[: ASKED.get(decision, 0)],
            probabilities=opinion.ranked,
            price=float(break_even(setting.model, believed, setting.state, opinion.words)) if topics else None,
            because=f"{because}sure to {float(setting.model.by_queue(opinion.stories).max()):.3f}",
        )

    def _model(self, language: str) -> Model:
        return self.models.get(language) or self.models[self.default]

    def _vector(self, text: str) -> Floats | None:
        if self.encoder is None:
            return None
        try:
            vector: Floats = self.encoder.encode([text])[0]
            return vector
        except Exception:
            log.exception("the sentence encoder failed; words alone decide")
            return None

    def _known(
        self, model: Model, intent: str, said: Sequence[str], aside: Interpretation, state: State
    ) -> Interpretation:
        """A phrase of the grammar, to the letter."""
        because = f"a phrase of “{intent}”"
        sure = ((intent, CERTAIN),)
        if intent == NONE:
            return replace(aside, probabilities=sure, because=because)
        if model.queues[model.column[intent]] >= 0:
            return replace(aside, decision=Decision.ROUTE, topics=(intent,), probabilities=sure, because=because)
        if intent in model.perils:
            return replace(aside, safety=intent, because=because)
        language = self._language(said, model) if intent == Command.LANGUAGE else None
        if intent == Command.LANGUAGE and language is None:
            return replace(aside, because=because)
        if aside.choice:
            # "Iets anders" goes back at the first question, and is an answer where two things were offered.
            return replace(aside, because=because)
        ask = obeying(Command(intent), state, len(said))[Meant.SAME] > 0
        return replace(aside, command=Command(intent), ask=ask, language=language, because=because)

    def _command(
        self,
        setting: Setting,
        words: list[str],
        said: Sequence[str],
        opinion: Opinion,
        aside: Interpretation,
        *,
        heard: bool,
    ) -> tuple[Command | None, list[str]]:
        """The command in an utterance, and the words around it that may hold a topic."""
        model = setting.model
        opening = self._opening(model, words)
        rest = words[opening[1] :] if opening else []
        if heard and not aside.choice:
            command: Command | None = Command(opinion.command)
            if command is Command.LANGUAGE and self._language(said, model) is None:
                command = None
            if command is not None:
                return command, rest if command in (Command.YES, Command.NO) else self._around(model, words, command)
        around = self._around(model, words, Command.AGENT)
        if around and self._is_plausible(setting, words, Command.AGENT):
            return Command.AGENT, around
        return (opening[0], rest) if opening and rest else (None, words)

    def _wish_for_a_language(
        self, setting: Setting, words: list[str], said: Sequence[str]
    ) -> tuple[str, list[str]] | None:
        """The other language that is asked for, and the story beside it: "engels graag, mijn factuur klopt niet". Half
        of the utterance is a wish, the other half surely has a topic. A language that is only mentioned stands in a
        half that nobody would say to wish for it, or makes a whole that is no wish."""
        model, command = setting.model, Command.LANGUAGE
        language = self._language(said, model)
        if language in (None, model.language) or command in setting.without:
            return None
        plausible = self._is_plausible(setting, words, command)
        found: list[tuple[float, list[str]]] = []
        lengths = range(1, min(len(words), LONGEST_WISH + 1))
        halves = [(words[:at], words[at:]) for at in lengths if plausible or at > 1]
        halves += [(words[-at:], words[:-at]) for at in lengths if plausible]
        for wish, story in halves:
            if self._is_a_wish(setting, wish):
                told = self.opinion(setting, story).ranked
                if told[0][0] != NONE and told[0][1] >= SURE_PART:
                    found.append((told[0][1], story))
        return (language, max(found)[1]) if language and found else None

    def _is_a_wish(self, setting: Setting, words: list[str]) -> bool:
        """A phrase for another language to the letter, or what surely asks for one with such a phrase at its end."""
        model, command = setting.model, Command.LANGUAGE
        if exact.find(model.keys, model.owners, words) == model.column[command]:
            return True
        ends = any(
            exact.find(model.keys, model.owners, words[at:]) == model.column[command]
            for at in range(1, len(words) - LEAST_OF_A_WISH + 1)
        )
        return ends and float(self.opinion(setting, words).probabilities[model.column[command]]) >= SURE_PART

    def _in_another_language(
        self, setting: Setting, language: str, story: list[str], aside: Interpretation
    ) -> Interpretation:
        """The story is judged as it was told, and asked about in the language that is wished for."""
        meaning = replace(aside, command=Command.LANGUAGE, language=language, because="another language, and a story")
        return self._decided(setting, self.opinion(setting, story), meaning)

    def _is_plausible(self, setting: Setting, words: list[str], command: Command) -> bool:
        """By its words alone: the meaning of the whole is that of the story in it."""
        opinion = self.opinion(setting, words)
        return opinion.command == command and opinion.command_probability >= PLAUSIBLE

    def _opening(self, model: Model, words: list[str]) -> tuple[Command, int] | None:
        for length in range(min(OPENING, len(words)), 0, -1):
            found = exact.find(model.keys, model.owners, words[:length])
            if found is not None and model.intents[found] in (Command.YES, Command.NO):
                return Command(model.intents[found]), length
        return None

    def _around(self, model: Model, words: list[str], command: Command) -> list[str]:
        """What is left of an utterance that begins or ends with a phrase of `command`: the longest such phrase."""
        column = model.column[command]
        for length in range(len(words) - 1, 0, -1):
            if exact.find(model.keys, model.owners, words[:length]) == column:
                return words[length:]
            if exact.find(model.keys, model.owners, words[-length:]) == column:
                return words[:-length]
        return []

    def _commanded(
        self,
        setting: Setting,
        command: Command,
        rest: list[str],
        said: Sequence[str],
        aside: Interpretation,
        whole: Opinion,
        act: Act,
    ) -> Interpretation:
        """A command, and the topic beside it if there is one: "nee, het gaat over mijn gsm"."""
        language = self._language(said, setting.model) if command is Command.LANGUAGE else None
        ask = act is Act.CHECK and whole.command == command
        meaning = replace(aside, command=command, ask=ask, language=language, probabilities=whole.ranked,
                          because=f"the command {command}")  # fmt: skip
        if not rest:
            return meaning
        if command in (Command.YES, Command.NO):
            return self._after_answer(setting, meaning, rest, heard=act in HEARD)
        opinion = self.opinion(setting, rest)
        topic, probability = opinion.ranked[0]
        sure = min(self.policy(setting.model).route, SURE_CLAUSE)
        if command is Command.AGENT and topic != NONE and probability >= sure:
            # A phrase of the grammar for a person, and a topic beside it.
            return replace(meaning, ask=False, decision=Decision.ROUTE, topics=(topic,), probabilities=opinion.ranked)
        return meaning

    def _after_answer(
        self, setting: Setting, meaning: Interpretation, rest: list[str], *, heard: bool
    ) -> Interpretation:
        """What follows a yes or a no is a story of its own, if it has a topic; it is judged as a whole is. Where the
        answer was `heard` in the whole, the rest must be telling to be one."""
        if heard:
            opinion = self.opinion(setting, rest)
            if opinion.ranked[0][0] == NONE or opinion.ranked[0][1] < SURE_PART:
                return meaning
        else:
            opinion = self.opinion(setting, rest, " ".join(rest))
        return self._decided(setting, opinion, meaning)

    def _both(self, setting: Setting, text: str, whole: Opinion) -> tuple[str, str] | None:
        """Two topics, each in a part of its own, and both the likeliest of the whole; in the order named."""
        model = setting.model
        likeliest = [topic for topic, probability in whole.ranked if topic != NONE and probability >= LEAST_SECOND][:2]
        if len(likeliest) < 2:
            return None
        parts = clauses(text, model.language)
        for at in range(1, len(parts)):
            found = []
            for part in ([*chain(*parts[:at])], [*chain(*parts[at:])]):
                topic, probability = self.opinion(setting, part).ranked[0]
                if probability >= SURE_CLAUSE and topic in likeliest:
                    found.append(topic)
            if len(found) == 2 and len({model.queues[model.column[topic]] for topic in found}) == 2:
                return found[0], found[1]
        return None

    def _language(self, said: Sequence[str], current: Model) -> str | None:
        """The language that is named, in any language of the line; of two, the one that the call is not in. One that
        the caller does not speak ("geen nederlands") is named only where the call is in it."""
        wished = text = f" {' '.join(said)} "
        if not self._named(text):
            return None
        for model in self.models.values():
            for denied in chain(*model.lists.get(NOT_SPOKEN, {}).values()):
                wished = wished.replace(f" {' '.join(listed(denied, model.language))} ", " ")
        named = self._named(wished) or self._named(text) & {current.language}
        others = sorted(named - {current.language})
        return others[0] if others else next(iter(named), None)

    def _named(self, text: str) -> set[str]:
        return {
            code
            for model in self.models.values()
            for code, names in model.lists.get("language", {}).items()
            for name in names
            if code in self.models and f" {' '.join(listed(name, model.language))} " in text
        }
