"""Twilio's side of the app: what it posts, what it is answered, and what it is asked over REST.

Knows the core's events and actions, the content's words, and the `twilio` package; no database and no Flask.

    routes            the webhooks as one table: path, parameters, whose leg, what may be answered
    webhook           a posted form → `Webhook`
    signature         is the contact Twilio's own?
    caller_documents  actions → TwiML for the caller
    agent_documents   TwiML for agents and customers whom the line rings
    written           TwiML as text
    speech            prompts → Play and Say
    fallback          TwiML that needs nothing but the prompts, for when something broke
    softphone         access tokens for agents who answer in their page
    account           what the account is set to, and should be
    rest              the REST client, reached where the settings say
"""
