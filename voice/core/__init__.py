"""The rules of the line, and nothing else.

Standard library only; no I/O, no clock, no randomness: `now` is handed in, and values only. Everything here is a frozen
record or a function of its arguments, so a whole day of calls can be played in a test in a second.

    call            the dialogue: what the line says and hears, as a table
    contact         a caller in need, from the first queue to the end, as a table of the same form
    queue           what is known of a queue: hours, status, waits
    plan            what the operator decided: topics, queues, opening hours, languages
    cleaning        text from outside, cleaned where it enters
    caller          who is known by number
    identity        what a topic asks of who rings about it
    alarms          what a person must be told of who keeps the line running
    notice          what is going on, for whom and where
    learnt          what callers taught in a day, as counts
    records         frozen records that change in a few fields
    interpretation  what the understanding made of an utterance
"""
