"""One webhook, one transaction: load, step, save the state with the effects it owes, answer.

turn           the way of a caller's webhook
handover       agents and customers on the telephones that the line rings
transfer       sending a caller who is with an agent on to another queue
queue_status   who stands behind the queues, at the moment of a turn
phone_numbers  which telephone numbers the line rings
redaction      callers' words, made fit to be kept
pins           agents' PINs, salted and hashed
"""
