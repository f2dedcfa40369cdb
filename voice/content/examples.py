"""What callers are told that they may say (`again: "…, for example: my bill"`), held against the line's topics: who
follows an example of a topic that is gone is not understood."""

import re
from collections.abc import Iterable, Iterator
from pathlib import Path

from voice.content.doubts import places
from voice.content.foreign import common_words
from voice.content.grammar import Grammar
from voice.content.prompts import Prompts
from voice.content.texts import fold
from voice.errors import Problem

EXAMPLE = re.compile(r":\s*([^:,.?!;]+)")
"""What stands behind a colon is an example of what to say."""

KEYS = ("again", "again.silence")
STEM = 4
"""Letters in which two forms of a word agree."""

TEMPLATE_SENTENCES = 50
MEND = "Give one that your callers would say."


def examples(folder: Path, prompts: Prompts) -> Iterator[tuple[str, str, int]]:
    """Prompt, example, and its line. One word alone is a command ("say: agent")."""
    lines = places(folder, prompts.language)
    for key in KEYS:
        for text in prompts.texts.get(key, {}).values():
            for example in EXAMPLE.findall(str(text)):
                if " " in example.strip():
                    yield key, example.strip(), lines.get(str(text), 0)


def foreign_examples(folder: Path, prompts: Prompts, grammar: Grammar, topics: Iterable[str]) -> Iterator[Problem]:
    """Examples that none of the topics knows a word of, but those that hold any sentence together."""
    own_topics = set(topics)
    said = list(grammar.expanded(TEMPLATE_SENTENCES))
    phrases = (phrase for phrase in said if phrase.intent in own_topics)
    known = {word[:STEM] for phrase in phrases for word in fold(phrase.text).split()}
    commands = {fold(phrase.text) for phrase in said if phrase.intent not in own_topics}
    common = common_words().get(prompts.language, frozenset())
    found: dict[tuple[str, int], list[str]] = {}
    for key, example, line in examples(folder, prompts):
        words = [word for word in fold(example).split() if len(word) >= STEM and word not in common]
        if fold(example) not in commands and words and not any(word[:STEM] in known for word in words):
            found.setdefault((key, line), []).append(f"“{example}”")
    for (key, line), those in found.items():
        what = f"“{key}” gives an example that is about none of your topics: {', '.join(those)}."
        yield Problem(f"prompts/{prompts.language}.yaml", line, what, MEND, "warning")
