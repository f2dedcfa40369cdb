"""What the console's pages ask and do, without any page: each has its own tests, and a command where a shell wants it.

accounts   who may sign in to the console
queues     queues opened and closed by hand
board      each queue and each agent at this moment
desk       what is before an agent, and what they do about it
team       what a supervisor changes of an agent
found      contacts found by number, reference, words, queue and time
story      one contact as one story
period     the figures of some days, and CSV of them
words      the operator's files, checked before they are saved
versions   what each version of the line changed, word by word, and the way back
figures    the field's figures, each computed in one place
"""
