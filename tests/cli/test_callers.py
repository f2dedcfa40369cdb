"""`voice callers`, as an operator types it."""

import json
from pathlib import Path

from tests.cli.test_agents import Voice, voice
from tests.conftest import PROJECT, Telvia
from voice.content.starter import start_line

__all__ = ["voice"]


def test_what_is_kept_of_a_number_is_shown_and_taken_out(telvia: Telvia, voice: Voice) -> None:
    telvia.ring(from_="+32470123456").says("mijn factuur klopt niet").stays_silent().hangs_up()
    telvia.passes(2)
    assert "mijn factuur klopt niet" in voice("callers", "export", "0470 12 34 56")[1]
    kept = json.loads(voice("callers", "export", "+32470123456", "--json")[1])
    assert [one["number"] for one in kept["contacts"]] == ["+32470123456"]
    assert json.loads(voice("callers", "erase", "+32470123456", "--yes", "--json")[1]) == {"erased": 2}
    assert "contacts 0, calls 0" in voice("callers", "export", "+32470123456")[1]


def test_who_still_waits_is_not_erased_and_what_is_no_number_is_told(telvia: Telvia, voice: Voice) -> None:
    telvia.ring(from_="+32470123456").says("mijn factuur klopt niet").stays_silent()
    code, told = voice("callers", "erase", "+32470123456", "--yes")
    assert code == 2
    assert "still waits" in told
    code, told = voice("callers", "export", "An")
    assert code == 2
    assert "no telephone number" in told


def test_a_directory_of_bad_rows_is_told_in_few_words(tmp_path: Path, voice: Voice) -> None:
    start_line(tmp_path / "own", PROJECT, ("en",), "Acme")
    with (tmp_path / "own/grammars/line.yaml").open("a", encoding="utf-8") as line:
        line.write("callers: {columns: {number: Phone, name: Name}}\n")
    rows = "".join(f"12{n},Caller {n}\n" for n in range(3000))
    (tmp_path / "all.csv").write_text(f"Phone,Name\n+32470123456,An\n{rows}")
    code, told = voice("callers", "import", str(tmp_path / "all.csv"), "--line", str(tmp_path / "own"))
    assert (code, told.count("is no telephone number")) == (1, 15)
    assert "all.csv: So it is in 2985 more lines." in told
    assert "1 people, 1 numbers; 3000 faults left out." in told
    assert len(told) < 3000
