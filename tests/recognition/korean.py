"""Korean that espeak-ng can say so that the Korean model hears it over the telephone: found by measuring.

`CALLER` is the voice and speed for which this holds; docs/hearing.md has the figures and what is not heard. What is
said to the open question and to a yes or no stands in the line itself (tests/lines/korean).
"""

from pathlib import Path

LINE = Path(__file__).parent.parent / "lines" / "korean"
CALLER = ("ko+f3", 150)

DIGITS = {
    "2": ["이 번", "번호 이"],
    "3": ["삼 번"],
    "4": ["넷"],
    "5": ["오", "오 번"],
    "6": ["여섯 번"],
    "7": ["일곱 번"],
    "9": ["아홉"],
    "commands": ["안내원", "도우미", "사람 연결", "메인"],
}
"""As one phrase list. 0, 1 and 8 are not heard in any form that was tried."""

FREE = ["와이파이", "라디오", "게임", "또", "오케이", "오"]
"""What is heard in free speech too."""

DEMO: dict[str, tuple[str, dict[str, str]]] = {
    "nl": ("nl", {"ja": "", "nee": "", "mijn internet ligt plat": "technical", "ik ga verhuizen": "orders"}),
    "fr": ("fr-be", {"oui": "", "non": "", "mon internet ne marche plus": "technical", "je déménage": "orders"}),
    "de": ("de", {"ja": "", "nein": "", "mein internet geht nicht": "technical", "ich ziehe um": "orders"}),
    "en": ("en-us", {"yes": "", "no": "", "my internet is down": "technical", "i'm moving house": "orders"}),
}
"""For each language of the demo line a voice, what it says, and the queue for it where it is a reason to ring."""
