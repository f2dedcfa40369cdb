"""TwiML as data: what may stand in it, and reading it (https://www.twilio.com/docs/voice/twiml).

documents  TwiML → small immutable records
rules      what may stand where
check      a document against the rules, all faults at once
"""
