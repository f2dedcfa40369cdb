"""How well callers are understood: labelled utterances played through the dialogue.

callers      a truthful caller of the pure dialogue
figures      played calls → how often callers reach the right queue, how, and what it costs them
calibration  how honest a model's probabilities are on its own labelled utterances
reliability  probabilities and what came true → rows, and the error
overlap      phrases that would be taken for another intent's
"""
