"""The REST API, as far as the `twilio` client of a voice line uses it (https://www.twilio.com/docs/usage/api).

api          the app: authentication, errors, paths
calls        calls
conferences  conferences and their participants
queues       queues and their members
messages     SMS
numbers      the account's own numbers
permissions  which countries the account may ring
clients      softphones in a browser, and what they do with a call
"""
