"""What a voice actor has to read, and how it should sound."""

from collections.abc import Container, Iterator, Mapping

from voice.content.prompts import Prompts
from voice.content.recordings import scripts

MANNERS: Mapping[str, str] = {
    "welcome": "With a smile and without hurry.",
    "question": "Interested, as to somebody who has just come in. A real question: then wait.",
    "again": "Helpful, never tired. The two examples lightly, as one would make them up.",
    "confirm": "A real question: the voice goes up at the end.",
    "choice": "Two even halves, a short breath at the comma.",
    "menu": "Calm and even; a short breath before the digit.",
    "announce": "Sure of it, friendly, without a pause.",
    "connecting": "As a matter of course, without a pause.",
    "person": "As a matter of course: nobody has to beg for a person.",
    "sorry": "A short and honest apology. Nothing is the caller's fault.",
    "hold": "Quiet and warm: it comes back while somebody waits, over music.",
    "offer": "First what is so, without regret; then the offer, as good news.",
    "callback": "Slowly and clearly, as one reads back a note.",
    "topic": "In the middle of a sentence: the voice stays up, as before “and”. Leave no breath before or behind it.",
    "short": "In the middle of a sentence: the voice stays up. Leave no breath before or behind it.",
    "queue": "At the beginning of a sentence: the voice stays up.",
    "digit": "The digit alone, in the middle of a number: level, neither up nor down.",
    "agent": "To a colleague: short, brisk, a little softer.",
    "goodbye": "Warm; the voice goes down.",
}
"""By the first word of a name."""


HEAD = """# What to read: {language}

One file a row, named as the row is, in any format: `welcome.m4a`, `sorry.silence.wav`. Keep half a second of silence
before and behind, the same distance to the microphone, and one voice for all. At `…` another recording goes before or
follows: begin or end as one does in the middle of a sentence."""


def acting_script(prompts: Prompts, only: Container[str]) -> Iterator[str]:
    """Markdown, a line at a time: one heading a group, one row for each recording that is in `only`."""
    yield HEAD.format(language=prompts.language)
    group = ""
    for part in scripts(prompts):
        if part.name not in only:
            continue
        if part.name.split(".")[0] != group:
            group = part.name.split(".")[0]
            yield from ("", f"## {group}", "")
            if group in MANNERS:
                yield from (f"*{MANNERS[group]}*", "")
            yield from ("| file | text |", "|---|---|")
        yield f"| `{part.name}` | {'… ' * part.before}{part.text}{' …' * part.after} |"
