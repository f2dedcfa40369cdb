"""What is owed to the world, carried out once: agents and customers rung, texts sent, words forgotten.

worker     the dispatcher and the outbox
working    a worker as a process
guests     a supervisor in a room, who is heard otherwise
hands      threads that carry orders out side by side
alarms     tells a person what is wrong with the line
retention  callers' words, kept as long as the line allows
"""
