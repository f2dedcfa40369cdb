"""The pages: each module serves one, and asks and does through `voice.service` alone.

board   the supervisor's board, and what an agent answers
"""
