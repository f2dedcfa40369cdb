"""What strangers send: it is refused before it is parsed, or cleaned where it enters."""

import json
from dataclasses import replace
from xml.etree import ElementTree as ET

import httpx
import pytest
from twilio.request_validator import RequestValidator

from tests.conftest import PUBLIC, TOKEN, Agent, Scripted, Telvia, routed
from tests.web.test_webhooks import SID, Twilio
from voice.content import Line
from voice.core.cleaning import LONGEST_WORD, clean
from voice.localtwilio import Mishap
from voice.service.calls.operator_service import OperatorService
from voice.service.calls.turn import Switchboard
from voice.store import Store
from voice.twilio.fallback import fallback
from voice.twilio.signature import Signatures
from voice.web.app import create_app


@pytest.mark.parametrize(
    ("said", "kept"),
    [
        ("mijn \x1b[31mfactuur\x07", "mijn [31mfactuur"),
        ("mijn\r\nfactuur\t\x00klopt", "mijn factuur klopt"),
        ("\u202efactuur\u2066 \ufeffklopt\ufffe\ud800", "factuur klopt"),
        ("  één   café ", "één café"),
        ("می\u200cخواهم", "می\u200cخواهم"),
        ("x" * 500, "x" * LONGEST_WORD),
        ("[/red] <Hangup/> & “ja”", "[/red] <Hangup/> & “ja”"),
    ],
)
def test_text_from_outside_is_one_line_that_steers_nothing(said: str, kept: str) -> None:
    assert clean(said, 1000) == kept


def test_it_is_cut() -> None:
    assert len(clean("ja " * 5000, 2000)) < 2001


@pytest.mark.parametrize("words", ["[/red][link=x]\x1b]0;x\x07", "</Say><Hangup/>", "\x00\ufffe", "a" * 9000])
def test_hostile_words_reach_an_agent_and_the_operators_list_as_words(
    telvia: Telvia, words: str, capsys: pytest.CaptureFixture[str], url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    an: Agent = telvia.hire("An", "+32470000001")
    caller = telvia.ring().says(words)
    caller.says("een medewerker")
    assert an.is_rung()
    an.phone.picks_up()
    assert an.hears
    for exchange in an.phone.calls[-1].log:
        ET.fromstring(exchange.answer) if exchange.answer else None
    monkeypatch.setenv("VOICE_DATABASE_URL", url)
    from voice.cli import calls

    calls.list_(text="", queue="", since="", until="", open_only=False, limit=50, json=False, line=None)
    shown = capsys.readouterr().out
    assert telvia.contact_of(caller).reference in shown
    assert "\x1b" not in shown.replace("\x1b[", "")


@pytest.mark.parametrize(
    ("data", "kind", "status"),
    [
        (b"CallSid=" + b"x" * 70_000, "application/x-www-form-urlencoded", 413),
        (b"--x\r\n" + b'Content-Disposition: form-data; name="a"\r\n\r\n1\r\n--x' * 1000, "multipart/form-data", 415),
        (b"{}", "application/json", 415),
        (b"", "", 415),
    ],
)
def test_a_body_that_twilio_never_sends_is_refused_in_one_plain_line(
    telvia: Telvia, data: bytes, kind: str, status: int, capsys: pytest.CaptureFixture[str]
) -> None:
    for headers, expected in (({"X-Twilio-Signature": "x"}, status), ({}, 403)):
        answer = telvia.app.test_client().post("/twilio/voice", data=data, content_type=kind, headers=headers)
        assert answer.status_code == expected
        assert answer.text.count("\n") == 1
        assert "<" not in answer.text
    assert len(capsys.readouterr().err.encode()) < 1000


@pytest.mark.parametrize("host", ["x" * 70, "[", "a b", "é"])
def test_a_host_that_is_none_has_been_called_by_nobody(line: Line, store: Store, host: str) -> None:
    app = create_app(Switchboard(line, Scripted(), store), Signatures(TOKEN, None), fallback(line))  # type: ignore[arg-type]
    headers = {"X-Twilio-Signature": "x", "Host": host}
    answer = app.test_client().post("/twilio/voice", data={"CallSid": SID}, headers=headers)
    assert (answer.status_code, answer.text.count("\n")) in ((403, 1), (400, 1))


def test_a_form_that_does_not_say_how_long_it_is_is_refused_too(telvia: Telvia) -> None:
    import io

    answer = telvia.app.test_client().open(
        "/twilio/voice",
        method="POST",
        input_stream=io.BytesIO(b"a=" + b"x" * 200_000),
        environ_overrides={"wsgi.input_terminated": True},
        content_type="application/x-www-form-urlencoded",
        headers={"X-Twilio-Signature": "x"},
    )
    assert answer.status_code in (403, 413)
    assert answer.text.count("\n") == 1


def test_a_get_is_no_webhook_and_still_gets_words(telvia: Telvia) -> None:
    signature = RequestValidator(TOKEN).compute_signature(f"{PUBLIC}/twilio/voice", {})
    answer = telvia.app.test_client().get("/twilio/voice", headers={"X-Twilio-Signature": signature})
    assert answer.status_code == 200
    assert "<Enqueue" in answer.text
    assert telvia.app.test_client().get("/twilio/voice").status_code == 403


def test_sounds_have_whole_addresses_and_one_that_is_gone_costs_only_itself(telvia: Telvia) -> None:
    caller = telvia.ring().says("een medewerker")
    telvia.passes(30)
    assert f"<Play>{PUBLIC}/audio/" in "".join(caller.documents)
    assert caller.queue == "general"
    telvia.twilio.world.audio_seconds.clear()
    telvia.twilio.next_webhook(Mishap.LOST, path="/audio/")
    other = telvia.ring(from_="+32470222222").says("een medewerker")
    telvia.passes(30)
    assert other.queue == "general"


def test_words_of_a_text_are_cleaned_and_no_stranger_breaks_it(telvia: Telvia) -> None:
    twilio = Twilio(telvia)
    for body in ("\x00\x1b[2J", "x" * 20_000, "", "stop\ufffe"):
        assert twilio.posts("/twilio/sms", From="+32470999999", Body=body).status_code == 200


@pytest.mark.parametrize("position", ["9" * 5000, "9" * 400, "-1", "٣", "1.5", ""])
def test_a_position_of_any_kind_is_one_that_can_be_said(telvia: Telvia, position: str) -> None:
    twilio = Twilio(telvia)
    twilio.posts("/twilio/voice")
    twilio.posts("/twilio/turn?turn=1", SpeechResult="een medewerker")
    answer = twilio.posts("/twilio/hold", QueuePosition=position).text
    assert "999" not in answer
    assert "er ging bij ons iets mis" not in answer


STEERING = r"\u0000 \u001b[2J \ufffe\u202e </Say><Hangup/>"


def replies(telvia: Telvia, reply: str) -> None:
    """The operator's service says this, whatever it is asked."""
    service = OperatorService(httpx.MockTransport(lambda _: httpx.Response(200, text=reply)), secret="x")
    object.__setattr__(telvia.app.extensions["switchboard"], "service", service)


def test_what_the_operators_service_says_of_a_caller_is_cleaned(telvia: Telvia) -> None:
    telvia.changes(directory=telvia.line.directory.model_copy(update={"url": "https://shop.example/who"}))
    said = dict.fromkeys(("name", "tier", "account", "queue", "agent", "area"), "@") | {"language": r"nl\u0000"}
    replies(telvia, json.dumps(said).replace("@", STEERING).replace(r"\\", "\\"))
    an = telvia.hire("An", "+32470000001")
    telvia.ring().says("een medewerker")
    assert an.is_rung()
    an.phone.picks_up()
    assert "[2J" in an.hears


def test_what_the_operators_service_answers_is_said_and_sent_without_what_steers(telvia: Telvia) -> None:
    telvia.understanding.meanings["waar blijft mijn pakje"] = routed("parcel")  # type: ignore[attr-defined]
    parcel = replace(telvia.line.plan.answers["parcel"], service="https://shop.example/parcel")
    telvia.changes(plan=replace(telvia.line.plan, answers={**telvia.line.plan.answers, "parcel": parcel}))
    link = "https://shop.example/" + "a" * 100
    replies(telvia, f'{{"speech": "{STEERING}", "sms": "{STEERING} {link}"}}')
    caller = telvia.ring().says("waar blijft mijn pakje")
    assert "</Say>" in caller.hears
    caller.says("vier")
    telvia.passes(3)
    for document in caller.documents:
        ET.fromstring(document)
    texts = [one.body for one in telvia.twilio.world.messages.values()]
    assert all(link in text and text.isprintable() for text in texts)


def test_a_token_of_any_kind_is_kept_or_left(telvia: Telvia, store: Store) -> None:
    answer = Twilio(telvia).posts("/twilio/voice", {"I-Twilio-Idempotency-Token": "x" * 500})
    assert answer.status_code == 200
    assert store.call(SID) is not None
