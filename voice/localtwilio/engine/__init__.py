"""Time and scripts: what runs a call, knowing nothing of TwiML's meaning.

timers       a heap of timers, and scripts that run when theirs comes
task         one running script
script       the words in which a script speaks with the engine
interpreter  fetching a document and doing its verbs in order
pace         how long things take
clock        time, driven by a test or real
"""
