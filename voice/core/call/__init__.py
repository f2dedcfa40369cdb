"""One call: (state, signal) → move → (call, actions, effects).

An event is read in the state it meets as one signal; the table names the move for it and where that may lead. Callers'
silences, nonsense and hang-ups are rows of the table, never exceptions.

    state      the record of a call, and the names of its states
    states     what is true of each state: what the line listens for there
    events     what can happen to it
    safeguards danger, farewells, silent lines: moves that keep callers from being lost
    wishes     what a caller wants of a callback that is being arranged
    signals    an event, heard in a state → one signal
    actions    what the line does in answer, as the caller hears it
    effects    what a turn owes besides
    table      (state, signal) → move; `step`
    lookahead  which queues a step may ask about
    diagram    the table, drawn
    questions  moves of the questions, up to the queue
    hold       moves of a caller who waits, is fetched, and comes back from an agent
    notices    which notice a caller hears, and its words
    told       moves after a notice
    identity   moves of who is asked who they are
    levels     moves of who rings again about the same
    answers    moves after an answer that needs no person
    callback   moves of the callback: its promise, number and moment
    lessons    what a call teaches: which guesses of the line were right
    again      moves of who rings again: a callback that stands or never came, a call that was cut off
"""
