"""The operators' files, read and checked into one immutable, versioned `Line`.

Reads only `grammars/` and `prompts/`; knows no database, no web and no Twilio. Whatever is wrong in a file is a
`Problem` with its place and its mend, and all of them are told at once (`ContentError`).

    line              `grammars/line.yaml` and what stands beside it → one immutable `Line`
    linefile          `grammars/line.yaml`, read with every fault in it
    line_numbers      the telephone numbers in it
    schema            what may stand in it
    times             hours, days, dates and lengths of time, as they are written in it
    time_mends        what was meant by those that cannot be read
    prompts           what the line says, in words
    prompt_keys       every prompt by its key, with what may and what must stand in it
    check_prompts     `prompts/<lang>.yaml`, read and checked
    shipped           the project's own words, which stand in where a line has none
    spoken            moments and telephone numbers as people say them
    voices            the voices of a line, held against a list of Twilio's
    wishes            `grammars/<lang>/_wishes.yaml` → what callers want of a callback, and how a command is denied
    moment_words      `grammars/<lang>/_moments.yaml` → how callers name the moment of a callback
    texts             texts as they are spoken
    spoken_hours      opening hours, as they are said
    grammar           `grammars/<lang>/` → what callers say
    templates         sentence templates
    shared            `grammars/<lang>/_shared.yaml`
    files             YAML with the line number of everything in it
    labelled          labelled lines: what a caller says, and what it is about
    editor_schema     JSON schemas, so that editors complete and mark the files
    yaml_slips        slips of whoever writes YAML by hand
    yaml_indents      lines that stand further in, or less far, than what they belong to
    causes            one cause is one finding
    check             everything that the files alone tell, at once
    doubts            what can hardly be meant: warnings
    odd_texts         texts between wrong quotes, or longer than a breath
    left_over         notes to oneself, and questions without a question mark
    past_days         exceptions and holidays that are over
    examples          examples of what to say that are about none of the topics
    helplines         numbers for callers in danger that are another country's
    foreign           texts in another language than the one they stand under
    recordings        which recordings there are, and when they are played
    check_recordings  what is wrong with them
    acting            what a voice actor has to read
    starter           a small complete line to begin with
    template          its files
    audio             hold music of the project's own
"""

from voice.content.grammar import Grammar, load_grammar
from voice.content.line import Line, load_line
from voice.content.prompts import Prompts
from voice.content.templates import Phrase

__all__ = ["Grammar", "Line", "Phrase", "Prompts", "load_grammar", "load_line"]
