"""What every template may call: how the console writes a number, a moment, a queue or who somebody says they are, for
whoever looks."""

from datetime import date, datetime

from babel import Locale
from babel.dates import format_date
from flask import Flask, request
from markupsafe import Markup, escape

from voice.console import shown
from voice.console.access import menu, sees_numbers
from voice.console.context import Console
from voice.console.signed_in import language, say, session
from voice.console.texts import LANGUAGES, text_or
from voice.console.texts.services import in_words_of
from voice.core.contact.state import Contact
from voice.core.identity import IdentityKind
from voice.service.console.story import StoryLine


class Helpers:
    def __init__(self, console: Console) -> None:
        self._console = console

    def number(self, written: str | None) -> str:
        return shown.number(written, full=_sees_numbers())

    def moment(self, at: datetime | None) -> str:
        return shown.moment(at, self._console.line.plan.timezone, self._console.now)

    def ticking(self, since: datetime | None) -> Markup:
        """How long ago that is. The page's script counts on; without it, it stands as it was."""
        if since is None:
            return Markup("–")
        passed = shown.clock(self._console.now - since)
        return Markup('<time data-since="{}">{}</time>').format(int(since.timestamp()), passed)

    def spoken(self, kind: str, name: str | None, code: str | None = None) -> str:
        """What the line calls a queue, a topic or a language in the user's language, where it speaks that; else the
        name of it."""
        if kind == "language" and name:
            return str(Locale.parse(name).get_display_name(code or language()))
        prompts = self._console.newest().prompts.get(code or language())
        found = prompts.texts.get(f"{kind}.{name}", {}).get("other") if prompts else None
        return found or name or "–"

    def identity(self, contact: Contact, *, whole: bool) -> str:
        """As the caller gave it: on the desk of who speaks with them; elsewhere, for who sees no numbers, its last two
        digits."""
        given = contact.identity or ""
        if not whole and not _sees_numbers():
            return "…" + given[-2:]
        born = contact.identity_kind == IdentityKind.BIRTH_DATE
        return format_date(date.fromisoformat(given), "long", locale=language()) if born else given

    def happened(self, line: StoryLine) -> str:
        """What a line of a story is, in the user's words; the machine's own name for what has none."""
        return text_or(language(), f"event.{line.what}", line.what)

    def deed(self, what: str) -> str:
        """What somebody did, as the audit trail has it."""
        return text_or(language(), f"deed.{what}", what)

    def particulars(self, line: StoryLine) -> str:
        """What else there is to know of it, for a reader: about what, to which queue, by whom, and why."""
        detail = line.detail
        topic = detail.get("intent") or detail.get("topic")
        told = [self.spoken("topic", topic) if topic else None]
        told += [detail.get(key) for key in ("queue", "agent", "who", "outcome", "text")]
        told += [self.coded(detail.get(key)) for key in ("how", "why", "status", "state")]
        if because := detail.get("because"):
            told.insert(1, self.in_words(str(because)))
        if until := detail.get("until"):
            told.append(self.moment(datetime.fromisoformat(str(until))))
        return ", ".join(str(one) for one in told if one)

    def coded(self, value: object) -> str | None:
        """What the line or Twilio has a short name for; that it was done is nothing to tell."""
        if not isinstance(value, str) or value == "done":
            return None
        what, _, number = value.partition(" ")
        if what == "refused" and number.isdecimal():
            return say("code.refused", number=number)
        return text_or(language(), f"code.{value}", value)

    def in_words(self, sentence: str) -> str:
        """What a service tells, in the user's language."""
        return in_words_of(language(), sentence)

    def csrf(self) -> Markup:
        """The hidden field that every form carries."""
        found = session()
        return Markup('<input type="hidden" name="csrf" value="{}">').format(found.csrf if found else "")


def give_helpers(app: Flask, console: Console) -> None:
    helpers = Helpers(console)
    app.jinja_env.globals |= {
        "t": say,
        "identity": helpers.identity,
        "number": helpers.number,
        "moment": helpers.moment,
        "ticking": helpers.ticking,
        "spoken": helpers.spoken,
        "happened": helpers.happened,
        "deed": helpers.deed,
        "particulars": helpers.particulars,
        "in_words": helpers.in_words,
        "csrf": helpers.csrf,
        "escape": escape,
        "LANGUAGES": LANGUAGES,
    }
    app.jinja_env.filters |= {"clock": shown.clock, "share": shown.share}

    @app.context_processor
    def always() -> dict[str, object]:
        found = session()
        return {
            "me": found.user if found else None,
            "token": found.csrf if found else "",
            "menu": menu(found.user) if found else [],
            "language": language(),
            "line": console.newest(),
            "now": console.now.timestamp(),
            "here": (request.endpoint or "").partition(".")[0],
        }


def _sees_numbers() -> bool:
    found = session()
    return found is not None and sees_numbers(found.user.roles)
