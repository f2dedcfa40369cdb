"""One contact: (stage, event) → move → (contact, effects).

The twin of `voice.core.call`: a contact is a caller in need, on the line or to be called back, and lives on when the
call has ended. Effects are owed to the world and carried out from the outbox.

    state      the record of a contact, and its stages
    events     what can happen to it
    effects    what an event owes to the world
    table      (stage, event) → move; `begin`, `step`
    moves      what each move does
    from_call  what one turn of a call means for its contact
    dispatch   who may serve whom, and who is next
    limits     how many callbacks a number may have, and why one is refused
    hourly     how many calls and texts the line begins in an hour, and what waits for the next
"""
