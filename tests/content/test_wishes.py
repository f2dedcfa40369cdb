"""What the shipped line's phrases hear in callers' words, and in words that are about something else."""

import pytest

from voice.content import Line
from voice.core.call.wishes import Arranging

A = Arranging

MEANT = {
    A.KEEP: {
        "nl": ("zo snel mogelijk", "laat dat maar zo"),
        "fr": ("dès que possible", "on laisse comme ça"),
        "de": ("so bald wie möglich", "das kann so bleiben"),
        "en": ("as soon as you can", "leave it as it stands"),
    },
    A.MISSED: {
        "nl": ("jullie probeerden mij te bereiken daarnet", "mijn telefoon ging maar ik was te laat"),
        "fr": ("j'ai un appel en absence de chez vous", "je n'ai pas eu le temps de décrocher"),
        "de": ("ich bin nicht rechtzeitig rangegangen", "Sie haben versucht, mich zu erreichen"),
        "en": ("you tried to get hold of me", "my phone was ringing but I was in the shower"),
    },
    A.CANCEL: {
        "nl": ("ik heb het zelf kunnen oplossen", "jullie moeten niet meer bellen"),
        "fr": ("c'est réglé entre-temps", "vous ne devez plus m'appeler"),
        "de": ("hat sich erledigt", "Sie müssen nicht mehr anrufen"),
        "en": ("you can take me off the list", "it's working now"),
    },
    A.WITHOUT: {
        "nl": ("dat moet ik opzoeken", "die ben ik kwijt"),
        "fr": ("je ne m'en souviens plus", "il est resté à la maison"),
        "de": ("weiß ich nicht auswendig", "die hab ich verlegt"),
        "en": ("I'd have to look it up", "it's at home, that letter"),
    },
    A.MACHINE: {
        "nl": ("zijt ge een echte mevrouw of een computer", "heb ik een levend iemand aan de lijn"),
        "fr": ("c'est une dame ou un répondeur", "je parle à une machine là"),
        "de": ("red ich da mit einer Frau oder mit einem Apparat", "sind Sie ein Mensch"),
        "en": ("is that a lady or one of them computers", "am I talking to a real person"),
    },
    A.RECORDED: {
        "nl": ("slaan jullie op wat ik zeg", "luistert er iemand mee"),
        "fr": ("vous gardez ce que je dis", "est-ce que la conversation est enregistrée"),
        "de": ("hört da jemand mit", "speichern Sie was ich sage"),
        "en": ("are you recording me", "is somebody listening in"),
    },
    A.HOW_LONG: {
        "nl": ("ga ik lang moeten wachten", "zijn er veel mensen voor mij"),
        "fr": ("y a beaucoup d'attente", "ça va durer longtemps"),
        "de": ("muss ich lange warten", "sind viele vor mir dran"),
        "en": ("will I be waiting long", "how long's the wait"),
    },
    A.SLOWER: {
        "nl": ("niet zo rap alstublieft", "spreek eens wat rustiger"),
        "fr": ("pouvez-vous ralentir", "un peu plus lentement"),
        "de": ("könnten Sie etwas langsamer reden", "das geht mir zu schnell"),
        "en": ("a bit slower please", "I can't keep up"),
    },
    A.STAY: {
        "nl": ("nee, ik hang wel aan de lijn", "ik hou de lijn"),
        "fr": ("inutile de me rappeler, je patiente", "non laissez, j'attends"),
        "de": ("ach nein, ich bleibe dran", "ich bleibe in der Schleife"),
        "en": ("no actually I'll stay", "I'd sooner wait in the queue"),
    },
    A.NUMBER: {
        "nl": ("bel liever naar mijn vrouw haar gsm", "dat is niet mijn nummer"),
        "fr": ("plutôt sur mon fixe", "le numéro de mon mari"),
        "de": ("lieber auf dem Festnetz", "unter einer anderen Nummer"),
        "en": ("use my landline instead", "ring my work number"),
    },
    A.BUSY: {
        "nl": ("het komt nu niet gelegen", "ik ben aan het rijden"),
        "fr": ("je suis au volant là", "ce n'est pas le moment"),
        "de": ("ich bin gerade in einer Besprechung", "jetzt nicht bitte"),
        "en": ("sorry I'm driving", "it's a bad time"),
    },
    A.BROKEN: {
        "nl": ("er ging iemand mij contacteren", "jullie zouden mij terugbellen"),
        "fr": ("on devait me recontacter hier", "j'attends toujours votre appel"),
        "de": ("es sollte sich jemand melden", "ich warte immer noch auf Ihren Rückruf"),
        "en": ("someone was meant to get back to me", "I'm still waiting for that call"),
    },
}

NOT_MEANT = {
    A.SLOWER: {
        "nl": ("zo rap mogelijk",),
        "fr": ("aussi vite que possible",),
        "de": ("so schnell wie möglich",),
        "en": ("as quick as you can", "so quick it was"),
    },
    A.CANCEL: {
        "nl": ("het is nog altijd niet opgelost",),
        "fr": ("ce n'est toujours pas réglé",),
        "de": ("das ist noch nicht behoben",),
        "en": ("it's still not fixed",),
    },
    A.BROKEN: {
        "nl": ("zou u mij kunnen terugbellen", "zouden jullie mij willen terugbellen"),
        "fr": ("vous pourriez me rappeler", "j'attends toujours mon colis"),
        "de": ("könnten Sie mich zurückrufen", "ich sollte Sie anrufen wegen der Rechnung"),
        "en": ("could you call me back", "my phone never rang at all"),
    },
    A.MACHINE: {
        "nl": ("ik wil een echt mens spreken", "geef mij een medewerker"),
        "fr": ("je veux parler à un conseiller", "je veux une vraie personne"),
        "de": ("ich will einen Menschen sprechen", "geben Sie mir eine echte Person"),
        "en": ("I want to talk to a real person", "give me a human"),
    },
    A.STAY: {
        "nl": ("ja graag, ik wacht al een week", "wacht nog even, het gaat over mijn gsm", "ik bel daar niet voor"),
        "fr": (
            "oui, ça fait une semaine que j'attends",
            "non, c'est une commande en ligne",
            "attends encore, c'est autre chose",
        ),
        "de": (
            "ja bitte, ich warte schon seit Tagen",
            "das ist doch nicht meine Rechnung",
            "warte noch, es geht ums Handy",
        ),
        "en": ("yes, I've been waiting all week", "hang on, it's about my mobile", "no, there's a crackle on the line"),
    },
}


def each(table: dict[Arranging, dict[str, tuple[str, ...]]]) -> list[tuple[Arranging, str, str]]:
    return [(what, language, said) for what, by in table.items() for language, many in by.items() for said in many]


@pytest.mark.parametrize(("what", "language", "said"), each(MEANT))
def test_what_is_meant_is_heard(line: Line, what: Arranging, language: str, said: str) -> None:
    assert line.wishes[language].wants(what.value, said)


@pytest.mark.parametrize(("what", "language", "said"), each(NOT_MEANT))
def test_what_is_not_meant_is_not_heard(line: Line, what: Arranging, language: str, said: str) -> None:
    assert not line.wishes[language].wants(what.value, said)


@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("nl", "ik wil niet wachten, bel me terug"),
        ("nl", "nee nee, bel mij terug"),
        ("fr", "je ne peux pas attendre, rappelez-moi"),
        ("fr", "non, rappelez-moi"),
        ("de", "ich will nicht warten, bitte zurückrufen"),
        ("de", "keine Zeit, bitte Rückruf"),
        ("en", "I don't want to wait, call me back"),
        ("en", "no no please call me back"),
    ],
)
def test_a_no_to_something_else_denies_no_callback(line: Line, language: str, said: str) -> None:
    assert not line.wishes[language].denies("callback", said)


@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("nl", "dat werkt niet, een medewerker graag"),
        ("fr", "ça marche pas, un conseiller"),
        ("de", "keinen Computer, einen Mitarbeiter"),
        ("en", "it's not working, an agent please"),
    ],
)
def test_a_no_to_something_else_denies_no_person(line: Line, language: str, said: str) -> None:
    assert not line.wishes[language].denies("agent", said)


@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("nl", "liever geen telefoontje terug"),
        ("nl", "u moet mij niet opbellen hoor"),
        ("fr", "surtout ne me rappelez pas"),
        ("fr", "pas la peine de me rappeler"),
        ("de", "einen Rückruf will ich nicht"),
        ("de", "Sie brauchen mich nicht anzurufen"),
        ("en", "I'd rather not be called back"),
        ("en", "a callback won't be necessary"),
    ],
)
def test_a_callback_that_is_denied(line: Line, language: str, said: str) -> None:
    assert line.wishes[language].denies("callback", said)


@pytest.mark.parametrize(
    ("language", "said"),
    [("nl", "merci en tot later"), ("fr", "bonne soirée"), ("de", "bis später"), ("en", "see you later")],
)
def test_a_farewell_names_no_moment(line: Line, language: str, said: str) -> None:
    assert not line.wishes[language].wants("moment", line.wishes[language].spared("moment", said))
    assert line.wishes[language].spared("moment", "na vijf uur") == "na vijf uur"
