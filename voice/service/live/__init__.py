"""The operator's files → versions of the line that every process takes up, without a restart.

watcher    checks what is saved, and publishes it
published  what the processes of one machine tell one another about a line
signing    each process says to the store that it is there
follower   takes up in a process what was published
versions   the line as it is now, and as it was for calls that began before
publishing drafts, publications, and the way back
waiting    callers who wait for what a version has no more
learning   what comes out of calls, counted, and gone by in every process
in_force   queues opened or closed by hand, and notices, laid over the line
"""
