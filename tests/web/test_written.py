"""Documents are written as the `twilio` package writes them, letter for letter."""

from hypothesis import given, settings
from hypothesis import strategies as some
from twilio.twiml.voice_response import Dial, Gather, Say, VoiceResponse

from voice.twilio.written import written

TEXT = some.text(some.characters(blacklist_categories=("Cs", "Cc")) | some.sampled_from("\t\n\r<>&\"'"), max_size=20)


@given(TEXT, TEXT, some.booleans(), some.integers(0, 9))
@settings(max_examples=60, deadline=None)
def test_the_same_document(said: str, hint: str, empty: bool, times: int) -> None:
    response = VoiceResponse()
    gather = Gather(input="dtmf speech", hints=hint, action_on_empty_result=empty, num_digits=times)
    gather.append(Say(said, language="nl-BE"))
    slow = gather.say("", voice=hint)
    slow.prosody(said, rate="80%")
    response.append(gather)
    dial = Dial(caller_id=hint or None)
    dial.number(said)
    response.append(dial)
    response.redirect(said)
    response.append(VoiceResponse())
    for document in (response, VoiceResponse()):
        assert written(document) == str(document)
