"""Twilio's side of the app: what it posts, what it is answered, and what it is asked over REST.

Knows the core's events and actions, the content's words, and the `twilio` package; no database and no Flask.

    requests    a posted form → `Webhook`
    signature   is the request Twilio's own?
    twiml       actions → TwiML
    fallback    TwiML that needs nothing but the prompts, for when something broke
    rest        the REST client, reached where the settings say
"""
