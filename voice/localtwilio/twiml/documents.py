"""TwiML read into small immutable records (docs/voice/twiml).

Reading is done in three steps, each in its own module: XML into `Verb`s (here), the rules that TwiML must obey
(`grammar`, tables), and the check of one against the other (`checking`).
"""

import re
import xml.etree.ElementTree as ET
from dataclasses import dataclass, field

from voice.localtwilio.errors import NOT_XML, ROOT_IS_NOT_RESPONSE, Fault


@dataclass(frozen=True, slots=True)
class Verb:
    """One element: a verb, or a noun within one. `text` is what stands between its tags, white space collapsed."""

    name: str
    attributes: dict[str, str] = field(default_factory=dict)
    text: str = ""
    children: tuple["Verb", ...] = ()

    def get(self, attribute: str, default: str = "") -> str:
        return self.attributes.get(attribute, default)

    def is_true(self, attribute: str, default: bool = False) -> bool:
        return self.get(attribute, "true" if default else "false") == "true"


@dataclass(frozen=True, slots=True)
class Document:
    """A Response. `url` is where it came from: relative URLs within it start there."""

    verbs: tuple[Verb, ...]
    url: str = ""


class Unreadable(Exception):
    """The text is no TwiML at all."""

    def __init__(self, fault: Fault) -> None:
        super().__init__(str(fault))
        self.fault = fault


def parse(text: str | bytes, url: str = "") -> Document:
    """XML into a `Document`; raises `Unreadable` for what is no XML or no Response. Names are not looked at yet."""
    try:
        root = ET.fromstring(text)
    except ET.ParseError as error:
        raise Unreadable(Fault(NOT_XML, "Response", f"this is no XML: {error}", url)) from error
    if root.tag != "Response":
        raise Unreadable(Fault(ROOT_IS_NOT_RESPONSE, root.tag, "the root element must be Response", url))
    return Document(tuple(_verb(element) for element in root), url)


def _verb(element: ET.Element) -> Verb:
    # Say's text includes that of its SSML children; no other element has text beside children.
    text = "".join(element.itertext()) if element.tag == "Say" else _own_text(element)
    return Verb(
        name=element.tag,
        attributes=dict(element.attrib),
        text=re.sub(r"\s+", " ", text).strip(),
        children=tuple(_verb(child) for child in element),
    )


def _own_text(element: ET.Element) -> str:
    return "".join([element.text or "", *(child.tail or "" for child in element)])
