"""The rules of a call, and nothing else.

Standard library only; no I/O, no clock, no randomness: `now` is handed in. Everything here is a frozen record or a
function of its arguments, so a whole day of calls can be played in a test in a second.

    plan      what the operator decided: topics, queues, opening hours, languages
    hours     when a queue is open
    call      the state of one call, and what can happen to it (events)
    meaning   what the understanding made of an utterance
    actions   what the line does in answer
    reading   an event, heard in a state → one signal
    table     (state, signal) → move: the dialogue as data, and `step`
    moves     what each move does
    requests  one caller in need: what it is, what can happen, what follows
    life      (stage, happening) → move: a request's life as data
    courses   what each of those moves does
    waiting   how long a caller will wait, or nothing
    diagram   the table, drawn
"""
