"""What a page may load, and from where: no script and no style inside it, and nothing of anybody else's.

The desk of an agent who answers in it also speaks with Twilio (its hosts are those of
https://www.twilio.com/docs/voice/sdks/javascript/best-practices), or with a local one.
"""

from voice.twilio.softphone import Softphone

TWILIO = (
    "https://eventgw.twilio.com https://media.twiliocdn.com https://sdk.twilio.com wss://voice-js.roaming.twilio.com"
)
SOUNDS = "mediastream: https://media.twiliocdn.com https://sdk.twilio.com"


def policy(softphone: Softphone | None = None) -> str:
    """The Content-Security-Policy."""
    calls, sounds = "", ""
    if softphone is not None:
        calls, sounds = (f" {softphone.local}", "") if softphone.local else (f" {TWILIO}", f" {SOUNDS}")
    return (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
        f"connect-src 'self'{calls}; media-src 'self'{sounds}; "
        "form-action 'self'; frame-ancestors 'none'; base-uri 'none'"
    )
