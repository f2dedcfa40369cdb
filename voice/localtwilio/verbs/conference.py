"""Conferences: a room for two or more calls (docs/voice/twiml/conference).

A conference begins when at least two are in it and one of them may start it; until then each hears the waitUrl. It ends
when the last one leaves, when one leaves with whom it ends, or by REST; whoever is left goes on behind their Dial. The
first who joins decides where its events are reported.
"""

from contextlib import suppress

from voice.localtwilio.engine.clock import rfc2822
from voice.localtwilio.engine.interpreter import Broken, HungUp, Redirected, absolute, follow, target
from voice.localtwilio.engine.script import Interruption, Pressed, Said, Script, Wait
from voice.localtwilio.post import notify
from voice.localtwilio.records import Conference, Leg, Participant, Standing, StatusCallback, Target
from voice.localtwilio.twiml.documents import Verb
from voice.localtwilio.twiml.rules import IN_CONFERENCE
from voice.localtwilio.verbs.bridge import let_hear


class Stirred(Interruption):
    """What one listens to alone is over: the conference begins, or one is out of it."""


def attend(leg: Leg, dial: Verb, noun: Verb) -> Script[dict[str, str]]:
    """Be in the conference until one leaves it; returns what the action of the Dial is told."""
    conference = leg.world.open_conference(noun.text)
    if len(conference.participants) >= int(noun.get("maxParticipants") or 250):
        return {"DialCallStatus": "failed"}
    home = leg.url
    participant = _join(leg, conference, noun)
    try:
        yield from _await_others(leg, participant, noun)
        yield from _mingle(leg, participant, star_ends=dial.is_true("hangupOnStar"))
    except Broken:
        participant.left_because = participant.left_because or "participant_hung_up"
    except (HungUp, Redirected) as interruption:
        reason = "participant_hung_up" if isinstance(interruption, HungUp) else "participant_updated_via_api"
        participant.left_because = participant.left_because or reason
        raise
    finally:
        leg.url = home
        _leave(participant)
    return {"DialCallStatus": "answered"}


def _join(leg: Leg, conference: Conference, noun: Verb) -> Participant:
    participant = Participant(
        leg,
        conference,
        leg.world.engine.now(),
        starts=noun.is_true("startConferenceOnEnter", default=True),
        ends=noun.is_true("endConferenceOnExit"),
        muted=noun.is_true("muted"),
        label=noun.get("participantLabel"),
        coaches=noun.get("coach"),
    )
    if not conference.participants and noun.get("statusCallback"):
        events = frozenset(noun.get("statusCallbackEvent").split())
        url = absolute(leg, noun.get("statusCallback"))
        conference.callback = StatusCallback(url, noun.get("statusCallbackMethod", "POST"), events)
    conference.participants.append(participant)
    leg.participant = participant
    report(conference, "join", "participant-join", participant)
    _perhaps_begin(conference)
    return participant


def _perhaps_begin(conference: Conference) -> None:
    together = conference.participants
    if conference.status != "init" or len(together) < 2 or not any(one.starts for one in together):
        return
    conference.status = "in-progress"
    report(conference, "start", "conference-start")
    for participant in together:
        stir(participant)


def _await_others(leg: Leg, participant: Participant, noun: Verb) -> Script[None]:
    """The waitUrl once, then silence; without one there is music."""
    if participant.conference.status != "init":
        return
    if noun.get("waitUrl"):
        yield from _listen(leg, participant, target(leg, noun, "waitUrl", "waitMethod"))
    leg.stand(Standing.HELD)
    while participant.conference.status == "init" and not participant.left_because:
        yield Wait()


def _listen(leg: Leg, participant: Participant, place: Target) -> Script[None]:
    """Hear a document of one's own, unless something more important happens."""
    participant.listening = True
    try:
        yield from follow(leg, place, IN_CONFERENCE)
    except Stirred:
        pass
    finally:
        participant.listening = False


def stir(participant: Participant) -> None:
    """Have the participant look what has changed, at once."""
    if participant.listening and participant.leg.task is not None:
        participant.leg.task.interrupt(Stirred())
    else:
        participant.leg.nudge()


def _mingle(leg: Leg, participant: Participant, *, star_ends: bool) -> Script[None]:
    """Hear and be heard, until one is out; announcements come in between."""
    while not participant.left_because:
        if participant.interludes:
            with suppress(Broken):  # an announcement that cannot be had sends nobody out
                yield from _listen(leg, participant, participant.interludes.pop(0))
            continue
        leg.stand(Standing.HELD if participant.hold else Standing.CONNECTED)
        event = yield Wait()
        if star_ends and event == Pressed("*"):
            participant.left_because = "participant_hung_up"
        elif isinstance(event, Said):
            for other in participant.conference.participants:
                if participant.is_heard_by(other):
                    let_hear(other.leg, event)


def _leave(participant: Participant) -> None:
    conference = participant.conference
    conference.participants.remove(participant)
    participant.leg.participant = None
    report(conference, "leave", "participant-leave", participant)
    kicked = participant.left_because == "participant_kicked"
    if conference.over:
        return
    if participant.ends:
        close(conference, f"participant-with-end-conference-on-exit-{'kicked' if kicked else 'left'}", participant)
    elif not conference.participants:
        close(conference, f"last-participant-{'kicked' if kicked else 'left'}", participant)


def close(conference: Conference, reason: str, by: Participant | None = None) -> None:
    """End the conference for all who are still in it. `reason` is the ReasonConferenceEnded."""
    conference.status = "completed"
    conference.ended_because = reason
    conference.ended_by = by.leg.sid if by is not None else ""
    report(conference, "end", "conference-end")
    why = "conference_ended_via_api" if by is None else "moderator_ended_conference"
    for participant in conference.participants:
        participant.left_because = participant.left_because or why
        stir(participant)


def report(conference: Conference, event: str, name: str, participant: Participant | None = None) -> None:
    """A status callback of the conference, if its events were asked for."""
    callback, world = conference.callback, conference.world
    if callback is None or event not in callback.events:
        return
    params = {
        "AccountSid": world.account_sid,
        "ConferenceSid": conference.sid,
        "FriendlyName": conference.name,
        "SequenceNumber": str(conference.events_sent + 1),
        "StatusCallbackEvent": name,
        "Timestamp": rfc2822(world.engine.now()),
    }
    if participant is not None:
        params |= _about(participant, leaving=event == "leave")
    if event == "end":
        params["ReasonConferenceEnded"] = conference.ended_because
        if conference.ended_by:
            params["CallSidEndingConference"] = conference.ended_by
    conference.events_sent += 1
    notify(world, Target(callback.url, callback.method, params), participant.leg if participant else None)


def _about(participant: Participant, *, leaving: bool) -> dict[str, str]:
    def word(value: bool) -> str:
        return "true" if value else "false"

    facts = {
        "CallSid": participant.leg.sid,
        "Coaching": word(bool(participant.coaches)),
        "EndConferenceOnExit": word(participant.ends),
        "Hold": word(participant.hold),
        "Muted": word(participant.muted),
        "StartConferenceOnEnter": word(participant.starts),
    }
    if participant.coaches:
        facts["CallSidToCoach"] = participant.coaches
    if participant.label:
        facts["ParticipantLabel"] = participant.label
    if leaving:
        facts["ParticipantCallStatus"] = participant.leg.status
        facts["ReasonParticipantLeft"] = participant.left_because
    return facts
