"""What operators ask of the line: no caller waits for any of it.

check          everything that is wrong with a line
try_utterance  what would happen to a caller who said this, and why
inbox          what callers said that went wrong, and what is made of it
taught         lines that callers labelled themselves
similarity     how alike two utterances are, to a reader
report         how the line did in the last days
report_page    the same as a page
agreements     what agent and caller agreed
notices        what is going on, checked before callers hear it
prompts        prompts that a line has no words for yet, written into its files
recordings     recordings → files for the telephone
topics         topics added, renamed, split, merged and removed
health         what holds this line's understanding back, most costly first
directory      who is known by number, from a file of the operator's
labels         labelled lines and prompts, to a spreadsheet
labels_back    and back
"""
