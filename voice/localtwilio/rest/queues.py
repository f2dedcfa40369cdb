"""Queues and who waits in them, by REST (docs/voice/api/queue-resource, /member-resource).

Redirecting a member takes it out of the queue. It works once: whoever comes second is told 404, so that it is a claim.
"""

from voice.localtwilio.engine.clock import rfc2822
from voice.localtwilio.records import Member, Queue
from voice.localtwilio.rest.api import Api, Json, Refused, form, whole
from voice.localtwilio.rest.calls import document, redirect
from voice.localtwilio.twiml.rules import LONGEST_QUEUE_NAME


def serve_queues(api: Api) -> None:
    queues = _Queues(api)
    api.route("/Queues.json", "GET", queues.list)
    api.route("/Queues.json", "POST", queues.create)
    api.route("/Queues/<sid>.json", "GET", queues.fetch)
    api.route("/Queues/<sid>.json", "POST", queues.update)
    api.route("/Queues/<sid>.json", "DELETE", queues.delete)
    api.route("/Queues/<sid>/Members.json", "GET", queues.members)
    api.route("/Queues/<sid>/Members/<call>.json", "GET", queues.member)
    api.route("/Queues/<sid>/Members/<call>.json", "POST", queues.dequeue)


class _Queues:
    def __init__(self, api: Api) -> None:
        self._api = api
        self._world = api.world

    def list(self) -> tuple[Json, int]:
        return self._api.page("queues", [self._json(queue) for queue in self._world.queues.values()]), 200

    def create(self) -> tuple[Json, int]:
        given = form("FriendlyName", "MaxSize")
        name = self._name(given.get("FriendlyName", ""))
        if self._world.queue(name) is not None:
            raise Refused(400, 22003, f"A queue named {name} exists already")
        return self._json(self._world.open_queue(name, _size(given.get("MaxSize", "1000")))), 201

    def fetch(self, sid: str) -> tuple[Json, int]:
        return self._json(self._queue(sid)), 200

    def update(self, sid: str) -> tuple[Json, int]:
        queue = self._queue(sid)
        given = form("FriendlyName", "MaxSize")
        if "FriendlyName" in given:
            queue.name = self._name(given["FriendlyName"])
        if "MaxSize" in given:
            queue.max_size = _size(given["MaxSize"])
        queue.updated_at = self._world.engine.now()
        return self._json(queue), 200

    def delete(self, sid: str) -> tuple[str, int]:
        queue = self._queue(sid)
        if queue.members:
            raise Refused(400, 22002, "The queue is not empty")
        del self._world.queues[queue.sid]
        return "", 204

    def members(self, sid: str) -> tuple[Json, int]:
        members = [self._member_json(member) for member in self._queue(sid).members]
        return self._api.page("queue_members", members), 200

    def member(self, sid: str, call: str) -> tuple[Json, int]:
        return self._member_json(self._member(sid, call)), 200

    def dequeue(self, sid: str, call: str) -> tuple[Json, int]:
        given = form("Url", "Method")
        member = self._member(sid, call)
        target = document(given.get("Url", ""), "", given.get("Method", "POST"))
        if target is None:
            raise Refused(400, 21205, "Url parameter is required.")
        body = self._member_json(member)
        redirect(member.leg, target)
        return body, 200

    def _queue(self, sid: str) -> Queue:
        if sid not in self._world.queues:
            raise self._api.not_found()
        return self._world.queues[sid]

    def _member(self, sid: str, call: str) -> Member:
        members = self._queue(sid).members
        wanted = members[:1] if call == "Front" else [member for member in members if member.leg.sid == call]
        if not wanted:
            raise self._api.not_found()
        return wanted[0]

    def _name(self, name: str) -> str:
        if not name or len(name) > LONGEST_QUEUE_NAME:
            raise Refused(400, 20002, f"Invalid FriendlyName: it has {len(name)} characters")
        return name

    def _json(self, queue: Queue) -> Json:
        world = self._world
        path = f"{self._api.base}/Queues/{queue.sid}"
        return {
            "account_sid": world.account_sid,
            "average_wait_time": queue.average_wait(world.engine.now()),
            "current_size": len(queue.members),
            "date_created": rfc2822(queue.created_at),
            "date_updated": rfc2822(queue.updated_at),
            "friendly_name": queue.name,
            "max_size": queue.max_size,
            "sid": queue.sid,
            "subresource_uris": {"members": f"{path}/Members.json"},
            "uri": f"{path}.json",
        }

    def _member_json(self, member: Member) -> Json:
        return {
            "call_sid": member.leg.sid,
            "date_enqueued": rfc2822(member.since),
            "position": member.queue.position(member),
            "queue_sid": member.queue.sid,
            "uri": f"{self._api.base}/Queues/{member.queue.sid}/Members/{member.leg.sid}.json",
            "wait_time": int(self._world.engine.now() - member.since),
        }


def _size(value: str) -> int:
    return whole(value, 20422, "MaxSize", 1, 5000)
