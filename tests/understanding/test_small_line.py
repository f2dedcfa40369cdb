"""What a caller says to a small line, and what it makes of it."""

import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from voice.content import Line, load_grammar, load_line
from voice.content.templates import Phrase
from voice.core.call.actions import Listen
from voice.core.interpretation import Choice, Command, Decision
from voice.understanding import Trained, load_understanding
from voice.understanding.loading import labelled_lines, trained
from voice.understanding.model import Model
from voice.understanding.policy import NEVER
from voice.understanding.training import train, worth

pytestmark = pytest.mark.slow


def test_a_phrase_of_the_grammar_decides_at_once(small: Trained) -> None:
    meaning = small.understand("My BILL is wrong!", "en")
    assert (meaning.decision, meaning.topics) == (Decision.ROUTE, ("billing",))
    assert small.understand("I would like to know about my bill of March.", "en").topics == ("billing",)


def test_other_words_for_it_are_understood_too(small: Trained) -> None:
    meaning = small.understand("there is a wrong amount on the invoice you sent", "en")
    assert meaning.probabilities[0][0] == "billing"
    assert sum(p for _, p in meaning.probabilities) == pytest.approx(1)


def test_a_phrase_out_of_scope_is_asked_again(small: Trained) -> None:
    assert small.understand("Is this the bakery?", "en").decision is Decision.UNSURE


def test_a_refused_topic_is_not_guessed_again(small: Trained) -> None:
    meaning = small.understand("my bill is wrong", "en", without=("billing",))
    assert "billing" not in dict(meaning.probabilities)
    assert "billing" not in meaning.topics
    assert sum(p for _, p in meaning.probabilities) == pytest.approx(1)


def test_with_every_topic_refused_there_is_no_guess_left(small: Trained) -> None:
    topics = tuple(small.models["en"].topics)
    assert small.understand("my bill is wrong", "en", without=topics).decision is Decision.UNSURE


@pytest.mark.parametrize(
    ("said", "command"),
    [
        ("A real person!", Command.AGENT),
        ("call me back", Command.CALLBACK),
        ("pardon?", Command.REPEAT),
        ("main menu", Command.BACK),
        ("yes please", Command.YES),
        ("no thanks", Command.NO),
        ("goodbye", Command.GOODBYE),
    ],
)
def test_commands_are_understood(small: Trained, said: str, command: Command) -> None:
    assert small.understand(said, "en").command is command


def test_a_person_about_a_topic_is_both(small: Trained) -> None:
    meaning = small.understand("a real person my invoice is too high", "en")
    assert (meaning.command, meaning.topics) == (Command.AGENT, ("billing",))


def test_a_no_and_the_new_topic_are_both_used(small: Trained) -> None:
    meaning = small.understand("no, my sim card is blocked", "en")
    assert (meaning.command, meaning.probabilities[0][0]) == (Command.NO, "mobile")


def test_a_language_is_asked_for_by_name(small: Trained) -> None:
    meaning = small.understand("dutch please", "en")
    assert (meaning.command, meaning.language) == (Command.LANGUAGE, "nl")
    assert small.understand("do you speak english", "nl").language == "en"


def test_answers_to_this_or_that(small: Trained) -> None:
    assert small.understand("the first one please", "en").choice is Choice.FIRST
    assert small.understand("uh the second", "en").choice is Choice.SECOND
    assert small.understand("something else", "en").choice is Choice.OTHER
    assert small.understand("the first thing that broke was the modem and then the television", "en").choice is None


def test_keys_and_numbers_are_spoken(small: Trained) -> None:
    assert small.understand("press three", "en").digits == "3"
    assert small.understand("oh four seven oh twelve thirty four fifty six", "en").digits == "0470123456"
    assert small.understand("i paid sixty euros twice", "en").digits == ""


def test_two_topics_in_one_breath_are_both_heard(small: Trained) -> None:
    meaning = small.understand("i am moving house and my invoice is too high", "en")
    assert (meaning.decision, meaning.both, meaning.topics) == (Decision.CHOOSE, True, ("moving", "billing"))


def test_one_story_in_two_clauses_is_not_two_topics(small: Trained) -> None:
    assert not small.understand("my bill is too high and i paid already and got a reminder", "en").both


def test_silence_means_nothing(small: Trained) -> None:
    for said in ("", "   ", "…?!", "\u200b"):
        assert small.understand(said, "en").decision is Decision.UNSURE


@given(st.text(max_size=1500), st.sampled_from(["en", "nl", "xx"]))
def test_no_text_breaks_it_and_each_means_the_same_each_time(small: Trained, text: str, language: str) -> None:
    first = small.understand(text, language)
    assert first == small.understand(text, language)
    assert len(first.topics) == {Decision.ROUTE: 1, Decision.CONFIRM: 1, Decision.CHOOSE: 2}.get(first.decision, 0)
    assert (first.command is Command.LANGUAGE) == (first.language is not None)


@pytest.mark.parametrize(
    "text", ["ﷺ" * 1000, "a" * 100_000, "bill " * 20_000, "\x00\ud800" * 500, "🙂" * 5000, "9" * 9999]
)
def test_hostile_text_is_harmless_and_quick(small: Trained, text: str) -> None:
    begun = time.process_time()
    small.understand(text, "en")
    assert time.process_time() - begun < 0.5


def test_hints_fit_the_recogniser(small: Trained) -> None:
    for listen in Listen:
        hints = small.hints("en", listen)
        assert 0 < len(hints) <= 500
        assert len(set(hints)) == len(hints)
        assert all(0 < len(hint) <= 100 and "," not in hint for hint in hints)
    assert {"invoice", "parcel", "subscription"} <= set(small.hints("en", Listen.OPEN))
    assert small.hints("en", Listen.YES_NO)[0] == "yes"
    assert "the first one" in small.hints("en", Listen.CHOICE)
    assert "press three" in small.hints("en", Listen.MENU)


class Bagging:
    """An encoder made of letters: as good as any for the seam. Fails when told to."""

    name = "bagging"
    broken = False

    def learnt(self, texts: list[str]) -> np.ndarray:
        return np.zeros(len(texts), dtype=bool)

    def encode(self, texts: list[str]) -> np.ndarray:
        if self.broken:
            raise RuntimeError("the encoder broke")
        return np.array(
            [[text.count(letter) / len(text) for letter in "abcdefghijklmnop"] for text in texts], np.float32
        )


def test_an_encoder_has_a_say_and_its_failure_costs_nothing(make_line: Callable[..., Line]) -> None:
    line, encoder = make_line(), Bagging()
    models = {
        language: train(load_grammar(line.folder, language, line.intents), (), line.plan.topics, line.intents, encoder)
        for language in line.languages
    }
    words_alone = trained(line, models, None)
    both = trained(line, models, encoder)
    said = "the wifi is slow and drops out all the time"
    assert both.understand(said, "en").probabilities != words_alone.understand(said, "en").probabilities
    encoder.broken = True
    assert both.understand(said, "en").probabilities == words_alone.understand(said, "en").probabilities


def test_few_phrases_never_promise_what_they_cannot_keep(make_line: Callable[..., Line], tmp_path: Path) -> None:
    """At a risk that nothing known can show to be kept, everything that is not known to the letter is asked."""
    careful = load_understanding(make_line(risk=0.0001), cache=tmp_path)
    assert careful.understand("there is a wrong amount on the invoice you sent", "en").decision is not Decision.ROUTE
    assert careful.understand("my bill is wrong", "en").decision is Decision.ROUTE


LABELLED = "\n".join(
    f"{topic}\t{said}"
    for topic, said in (
        ("billing", "the amount on my invoice is too high this month"),
        ("outage", "since yesterday the internet is down at our house"),
        ("order", "my parcel has not arrived and the delivery is late"),
        ("mobile", "somebody stole my phone and my sim card"),
        ("none", "is this the bakery on the corner"),
    )
)


def test_evidence_counts_from_the_first_labelled_line_and_without_a_cliff(make_line: Callable[..., Line]) -> None:
    prices = []
    for lines in (0, 1, 3, 5):
        line = make_line(risk=0.02, labelled="\n".join(LABELLED.splitlines()[:lines]))
        grammar = load_grammar(line.folder, "en", line.intents)
        model = train(grammar, labelled_lines(line, "en"), line.plan.topics, line.intents, None)
        assert len(model.lexical.labels) == lines
        prices.append(trained(line, {"en": model}, None).policy(model).price)
    assert max(prices) < NEVER
    assert max(prices) / min(prices) < 1.3


def _thing(number: int) -> str:
    """A word of its own for each number: digits in a word are one sign to the understanding."""
    return "thing" + "".join("bdfgkmpstv"[int(digit)] for digit in f"{number:03}")


def test_a_thousand_topics_are_no_crash(make_line: Callable[..., Line]) -> None:
    line = make_line()
    grammar = load_grammar(line.folder, "en", line.intents)
    topics = [f"topic{n}" for n in range(300)]
    phrases = [Phrase(f"{_thing(n)} of {_thing(n % 7)} please", topic, "", 0) for n, topic in enumerate(topics)]
    commands = tuple(intent for intent in line.intents if intent not in line.plan.topics)
    many = replace(grammar, phrases=(*phrases, *(p for p in grammar.phrases if p.intent in commands)), templates=())
    own = dict(zip(topics, topics, strict=True))
    model = train(many, (), own, (*topics, *commands), None)
    understanding = trained(replace(line, plan=replace(line.plan, topics=own)), {"en": model}, None)
    assert understanding.understand(f"{_thing(299)} of {_thing(5)} please", "en").topics == ("topic299",)
    assert understanding.understand(f"{_thing(5)} {_thing(299)}", "en").probabilities[0][0] == "topic299"


def test_a_topic_of_templates_alone_is_understood(make_line: Callable[..., Line], tmp_path: Path) -> None:
    line = make_line()
    path = line.folder / "grammars" / "en" / "billing.yaml"
    path.write_text('templates:\n  - "(my|the) (bill|invoice) is wrong"\n', encoding="utf-8")
    understanding = load_understanding(load_line(line.folder), cache=tmp_path)
    assert understanding.understand("the invoice is wrong", "en").topics == ("billing",)
    assert understanding.hints("en", Listen.OPEN)


def test_a_second_opinion_is_weighed_and_not_obeyed(small: Trained) -> None:
    said = "there is something with my invoice or the wifi"
    before = dict(small.understand(said, "en").probabilities)
    after = dict(small.understand(said, "en", second="outage").probabilities)
    assert after["outage"] > before["outage"]
    plain = small.understand("my invoice is too high and you charged me twice", "en", second="moving")
    assert plain.probabilities[0][0] == "billing"


def test_phrases_that_are_like_each_other_are_trusted_before_there_are_labelled_lines(
    make_line: Callable[..., Line],
) -> None:
    """Of how often the line errs they are no evidence, and phrases that differ take no trust away."""
    line = make_line()
    grammar = load_grammar(line.folder, "en", line.intents)

    def said(text: Callable[[int, Phrase], str]) -> Model:
        phrases = tuple(replace(phrase, text=text(n, phrase)) for n, phrase in enumerate(grammar.phrases))
        return train(replace(grammar, phrases=phrases), (), line.plan.topics, line.intents, None)

    alike = said(lambda n, phrase: f"{phrase.intent} {_thing(n % 3)} please")
    strange = said(lambda n, _: f"{_thing(n)} {_thing(n + 500)}")
    assert alike.lexical.stack.weights[0] > strange.lexical.stack.weights[0] >= worth(1)[0]
    assert len(alike.lexical.labels) == len(alike.lexical.held_out) == 0
