"""A day at the line, on a driven clock: the real dialogue, dispatcher and store, and a local Twilio full of people.

people       callers, customers and agents: what each does, by chance and by a seed
day          the day itself
first_calls  how many go straight over a line's first calls, as it learns from them
report       what came of it, counted from the contacts and their ledger
picture      the same, drawn
"""
