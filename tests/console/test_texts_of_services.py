"""What cannot be done is said in the language of whoever asked for it."""

import ast
import importlib
import re
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

import pytest
import yaml

from voice.console.texts import LANGUAGES, services
from voice.console.texts.services import HOLE, in_words_of
from voice.service.operators.inbox import Why
from voice.service.operators.try_utterance import MEANS, NOT_HERE

ASKED_BY_PAGES = (
    *(f"voice.service.console.{name}" for name in ("accounts", "desk", "found", "queues", "story", "team")),
    *(f"voice.service.console.{name}" for name in ("versions", "words")),
    *(f"voice.service.calls.{name}" for name in ("room", "transfer")),
    "voice.service.live.publishing",
    *(f"voice.service.operators.{name}" for name in ("agreements", "inbox", "notices")),
    *(f"voice.store.{name}" for name in ("callers", "contacts", "users")),
    *(f"voice.console.pages.{name}" for name in ("desk", "users")),
)
"""What a page asks and is refused; what the check finds in the files is said in one language, as by `voice check`."""

KNOWN = yaml.safe_load((Path(services.__file__).parent / "services.yaml").read_text(encoding="utf-8"))


def sentences(module: ModuleType) -> Iterator[str]:
    """What its errors say, with `{}` for what is filled in."""
    for call in ast.walk(ast.parse(Path(str(module.__file__)).read_text(encoding="utf-8"))):
        if isinstance(call, ast.Call) and isinstance(call.func, ast.Name) and call.func.id.endswith("Error"):
            for given in call.args:
                match given:
                    case ast.Constant():
                        yield str(given.value)
                    case ast.JoinedStr(values):
                        yield "".join(str(v.value) if isinstance(v, ast.Constant) else "{}" for v in values)
                    case ast.Name(name) if name.isupper():
                        yield getattr(module, name)


@pytest.mark.parametrize("name", ASKED_BY_PAGES)
def test_every_refusal_is_known_in_every_language(name: str) -> None:
    said = set(sentences(importlib.import_module(name)))
    assert said
    for sentence in said:
        assert in_words_of("nl", sentence) != sentence, f"write it into services.yaml: {sentence}"


def test_each_is_written_in_all_languages_with_what_is_filled_in() -> None:
    for said, texts in KNOWN.items():
        assert {"nl", "fr", "de"} <= set(texts) <= set(LANGUAGES), said
        for text in texts.values():
            assert set(HOLE.findall(text)) <= set(HOLE.findall(said)), text


def test_what_is_filled_in_stays_as_it_is() -> None:
    assert in_words_of("nl", "There is no queue “a.*{x}”.") == "Er is geen wachtrij “a.*{x}”."
    assert in_words_of("de", "There is no notice 7 that is said.").startswith("Es gibt keine Mitteilung 7, die")
    assert in_words_of("en", "“soon” is no moment.") == "“soon” is no moment."
    assert in_words_of("fr", "Nobody has written this down.") == "Nobody has written this down."


def test_what_would_happen_and_why_something_is_in_the_inbox_is_known_too() -> None:
    for said in (*MEANS.values(), NOT_HERE, *Why):
        assert in_words_of("nl", said) != said, said


def test_a_page_speaks_of_pages_and_not_of_a_shell() -> None:
    for said in KNOWN:
        told = in_words_of("en", re.sub(HOLE, "x", said))
        assert "--" not in told
        assert "See: voice" not in told or "agreements" in told, told
