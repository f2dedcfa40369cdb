"""A webhook's way through the app: load, step, save, answer. Everything below meets here, and nothing else.

One turn is one transaction: the call's new state, the answer, and the effects it owes are saved together before Twilio
hears a word, so that a crash loses nothing and a repeat changes nothing.

    switchboard   the way itself
    settings      what the environment says
    logs          structured log lines, numbers masked
"""
