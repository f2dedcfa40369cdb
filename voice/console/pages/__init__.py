"""The pages: each module serves one, or two that belong together, and asks and does through `voice.service` alone.

board     the supervisor's board, and what an agent answers
desk      an agent's desk, and who left unanswered
calls     who rang, the story of one, and everything kept of one number
now       what is in force by hand, and what is told to callers
report    the figures of some days
words     the line's files, the inbox, and trying a sentence
versions  which were live, and making one live
users     who may use the console
"""
