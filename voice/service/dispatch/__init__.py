"""What is owed to the world, carried out once: agents and customers rung, texts sent, words forgotten.

worker     the dispatcher and the outbox
retention  callers' words, kept as long as the line allows
"""
