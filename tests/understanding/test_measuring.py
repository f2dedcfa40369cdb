"""What a model is measured on, it must not have seen."""

from pathlib import Path

import pytest

from tests.conftest import PROJECT
from voice.content import load_grammar, load_line
from voice.understanding.loading import labelled_file, labelled_lines
from voice.understanding.normalise import spoken

pytestmark = pytest.mark.slow

MEASURED = PROJECT / "benchmarks" / "utterances"
LONG = 4
"""Words from which on two people hardly ever say the same by chance, as they do with "een medewerker graag"."""


@pytest.mark.parametrize("path", sorted(MEASURED.glob("*.tsv")), ids=lambda path: path.stem)
def test_nothing_is_learnt_from_what_is_measured_on(path: Path) -> None:
    line, language = load_line(PROJECT), path.stem
    learnt = [phrase.text for phrase in load_grammar(PROJECT, language, line.intents).phrases]
    learnt += [text for _, text in labelled_lines(line, language)]
    known = {" ".join(spoken(text, language)) for text in learnt}
    measured = [" ".join(spoken(text, language)) for _, text in labelled_file(path, MEASURED, line.intents)]
    assert len(measured) >= 200
    assert [text for text in measured if text in known and len(text.split()) >= LONG] == []
