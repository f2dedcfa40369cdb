"""One webhook: load, step, save the state with the effects it owes in one transaction, answer.

turn           the way of a caller's webhook
agent_page     what an agent has seen and accepted on their page, of the contact they are rung for
legs           what the webhooks about one attempt of a contact share
agent_leg      agents and call centres that are rung: the whisper, and the key that takes the caller
customer_leg   callers who are fetched, and customers who are called back: into the room
sign_in        agents who sign in by telephone
sms            texts that callers send
room           who else comes into the room of an agent and a caller: a colleague, a supervisor
transfer       sending a caller who is with an agent on to another queue
known_caller   who rings, by their number
identity       what a caller gives where a topic asks who they are
outside        a service of the operator's, asked while a caller waits
operator_service  the operator's own service, asked for an answer
second_opinion  another judge of what a caller means, where the line is not sure
listening      what was said, as an event: denied commands, wishes, numbers dictated in breaths
phone_numbers  which telephone numbers the line rings
redaction      callers' words, made fit to be kept
pins           agents' PINs, salted and hashed
"""
