"""A line at work on this computer, to look at in the console: no account, no network, and nothing of it is kept.

stage  the processes, as they run in earnest, and the local Twilio that rings them
cast   who rings, who answers, and who may sign in
telephone, telephones  a page on which one rings the line oneself, by microphone or by typing
"""
