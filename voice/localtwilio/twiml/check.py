"""TwiML checked against the tables of `grammar`: all faults at once, and what is left when they are taken away.

What is left is what Twilio would follow after a warning: without the attribute, or without the element. After an
error it follows nothing.
"""

from dataclasses import replace

from voice.localtwilio.errors import SCHEMA, Fault
from voice.localtwilio.twiml.documents import Document, Verb
from voice.localtwilio.twiml.rules import MOST_SAID, RULES, SSML, Place


def check(document: Document, place: Place) -> tuple[Document, list[Fault]]:
    """The document without what is wrong in it, and what was wrong."""
    faults: list[Fault] = []
    kept: list[Verb] = []
    for verb in document.verbs:
        if verb.name not in RULES:
            faults.append(Fault(SCHEMA, verb.name, "is no verb that the stand-in knows (names are case sensitive)"))
        elif verb.name not in place.verbs:
            faults.append(Fault(place.code, verb.name, f"may not stand in {place.name}"))
        elif (clean := _element(verb, faults)) is not None:
            kept.append(clean)
    located = [replace(fault, url=document.url) for fault in faults]
    return replace(document, verbs=tuple(kept)), located


def _element(verb: Verb, faults: list[Fault], inside: str = "") -> Verb | None:
    """The element without its faults, or None if nothing of it can be kept."""
    where = f"{inside}->{verb.name}" if inside else verb.name
    clean = replace(verb, attributes=_attributes(verb, where, faults), children=_children(verb, where, faults))
    return clean if _text(verb, where, faults) and _together(clean, where, faults) else None


def _attributes(verb: Verb, where: str, faults: list[Fault]) -> dict[str, str]:
    kept = {}
    for name, value in verb.attributes.items():
        attribute = RULES[verb.name].attributes.get(name)
        if attribute is None:
            faults.append(Fault(SCHEMA, where, f"has no attribute {name}"))
        elif wrong := attribute.check(value):
            faults.append(Fault(attribute.code, where, f"{name}: {wrong}"))
        else:
            kept[name] = value
    return kept


def _children(verb: Verb, where: str, faults: list[Fault]) -> tuple[Verb, ...]:
    if verb.name == "Say":  # SSML is spoken by a voice, which the stand-in has not: only its names are checked
        _ssml(verb, where, faults)
        return ()
    kept = []
    rule = RULES[verb.name]
    for child in verb.children:
        if child.name not in rule.children:
            faults.append(Fault(rule.wrong_child, where, f"{child.name} may not stand in it"))
        elif (clean := _element(child, faults, where)) is not None:
            kept.append(clean)
    return tuple(kept)


def _ssml(verb: Verb, where: str, faults: list[Fault]) -> None:
    for child in verb.children:
        if child.name not in SSML:
            faults.append(Fault(SCHEMA, where, f"{child.name} is no speech mark-up"))
        _ssml(child, where, faults)


def _text(verb: Verb, where: str, faults: list[Fault]) -> bool:
    rule = RULES[verb.name].text
    if rule is None:
        if verb.text:
            faults.append(Fault(SCHEMA, where, f"holds text (“{verb.text[:40]}”), and may not"))
        return True
    if rule.needed and not verb.text:
        faults.append(Fault(rule.missing, where, "is empty"))
        return False
    if wrong := rule.check(verb.text):
        faults.append(Fault(rule.code, where, wrong))
        return False
    return True


def _together(verb: Verb, where: str, faults: list[Fault]) -> bool:
    """What the parts of one element forbid each other."""
    found = [Fault(code, where, what) for code, what in _CONFLICTS.get(verb.name, lambda _, __: [])(verb, where)]
    faults.extend(found)
    return not found


def _say(verb: Verb, _: str) -> list[tuple[int, str]]:
    if len(verb.text) <= MOST_SAID:
        return []
    return [(13521, f"{len(verb.text)} characters, and {MOST_SAID} are the most")]


def _play(verb: Verb, where: str) -> list[tuple[int, str]]:
    if "digits" in verb.attributes:
        return [(13320, "digits may not be played within Gather")] if where.startswith("Gather") else []
    return [] if verb.text else [(SCHEMA, "names neither a file nor digits")]


def _gather(verb: Verb, _: str) -> list[tuple[int, str]]:
    if verb.get("speechTimeout") == "auto" and "speechModel" in verb.attributes:
        return [(13335, f"speechTimeout=auto may not stand with speechModel={verb.get('speechModel')}")]
    return []


def _dial(verb: Verb, _: str) -> list[tuple[int, str]]:
    nouns = [child.name for child in verb.children]
    if not nouns and not verb.text:
        return [(13223, "dials nobody")]
    if "Conference" in nouns and len(nouns) > 1:
        return [(13000, "a Conference may not stand beside other nouns")]
    if "Queue" in nouns and len(nouns) > 1:
        return [(13215, "a Queue may not stand beside other nouns")]
    return [(13250, f"{len(nouns)} are dialled at once, and ten are the most")] if len(nouns) > 10 else []


_CONFLICTS = {"Say": _say, "Play": _play, "Gather": _gather, "Dial": _dial}
