"""The pages: each module serves one, or two that belong together, and asks and does through `voice.service` alone.

board   the supervisor's board, and what an agent answers
desk    an agent's desk, and who left unanswered
"""
