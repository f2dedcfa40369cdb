"""TwiML as text, letter for letter as the `twilio` package writes it, which first builds a second tree of it."""

import re
from html import escape

from twilio.twiml import TwiML

DECLARATION = '<?xml version="1.0" encoding="UTF-8"?>'
_SPECIAL = re.compile(r'[&<>"\r\n\t]')
_ATTRIBUTE = str.maketrans(
    {"&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "\r": "&#13;", "\n": "&#10;", "\t": "&#09;"}
)


def written(document: TwiML) -> str:
    """The whole document."""
    return DECLARATION + _element(document)


def _element(node: TwiML) -> str:
    attributes = "".join(f' {name}="{_value(node.attrs[name])}"' for name in sorted(node.attrs))
    content = escape(node.value or "", quote=False)
    content += "".join(escape(verb, quote=False) if isinstance(verb, str) else _element(verb) for verb in node.verbs)
    return f"<{node.name}{attributes}>{content}</{node.name}>" if content else f"<{node.name}{attributes} />"


def _value(value: object) -> str:
    """The hints of a Gather are thousands of characters, and few of them are special."""
    text = str(value).lower() if isinstance(value, bool) else str(value)
    return text.translate(_ATTRIBUTE) if _SPECIAL.search(text) else text
