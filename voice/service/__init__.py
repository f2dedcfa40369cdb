"""Everything below meets here, and nothing else: webhooks, the dispatcher, live versions, what operators ask.

calls      one webhook: load, step, save, answer
dispatch   what is owed, once
live       files → versions
console    what the console's pages ask and do
operators  no caller waits for it: checks, inbox, report
runtime    settings, logs, clock
"""
