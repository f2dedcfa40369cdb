"""A server of model archives on loopback, which can misbehave in the ways that networks do."""

import hashlib
import io
import json
import threading
import zipfile
from collections.abc import Callable
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType

SMALL_MODEL = {
    "am/final.mdl": b"acoustic",
    "conf/mfcc.conf": b"--sample-frequency=8000\n",
    "conf/model.conf": b"--beam=10.0\n",
    "graph/HCLr.fst": b"hcl" * 20_000,
    "graph/Gr.fst": b"g",
    "graph/disambig_tid.int": b"1\n",
}


def zipped(files: dict[str, bytes], top: str) -> bytes:
    """Stored, not compressed: the bytes are long enough to be broken off."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name, data in files.items():
            archive.writestr(f"{top}/{name}", data)
    return buffer.getvalue()


def model_zip(name: str) -> bytes:
    return zipped(SMALL_MODEL, name)


@dataclass
class ModelServer:
    """`files` by path below the root. `break_after` ends the next replies after so many bytes each;
    `statuses` are answered first; `ranges` says whether Range is honoured. `asked` is what came."""

    files: dict[str, bytes] = field(default_factory=dict)
    break_after: list[int] = field(default_factory=list)
    statuses: list[int] = field(default_factory=list)
    ranges: bool = True
    asked: list[tuple[str, str]] = field(default_factory=list)
    url: str = ""

    def __enter__(self) -> "ModelServer":
        handler = type("Handler", (_Handler,), {"model_server": self})
        self._http = ThreadingHTTPServer(("127.0.0.1", 0), handler)
        self.url = f"http://127.0.0.1:{self._http.server_address[1]}"
        threading.Thread(target=self._http.serve_forever, args=(0.02,), daemon=True).start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._http.shutdown()
        self._http.server_close()

    def offer(self, name: str, data: bytes | None = None, listed: Callable[[dict[str, object]], None] | None = None):
        """Put a model up, and into the list with its size and MD5 (`listed` may falsify the row)."""
        archive = model_zip(name) if data is None else data
        self.files[f"/{name}.zip"] = archive
        row: dict[str, object] = {
            "name": name,
            "lang": name.split("-")[3],
            "type": "small",
            "obsolete": "false",
            "size": len(archive),
            "md5": hashlib.md5(archive).hexdigest(),
        }
        if listed:
            listed(row)
        rows = json.loads(self.files.get("/model-list.json", b"[]"))
        self.files["/model-list.json"] = json.dumps([*rows, row]).encode()

    def downloads(self) -> list[str]:
        """The Range header of each request for an archive, empty for a whole one."""
        return [wanted for path, wanted in self.asked if path.endswith(".zip")]


class _Handler(BaseHTTPRequestHandler):
    model_server: ModelServer
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        server = self.model_server
        wanted = self.headers.get("Range", "")
        server.asked.append((self.path, wanted))
        data = server.files.get(self.path)
        is_archive = self.path.endswith(".zip")
        status = server.statuses.pop(0) if server.statuses and is_archive else 200 if data is not None else 404
        if data is None or status != 200:
            return self._reply(status, b"sorry")
        start = int(wanted.removeprefix("bytes=").rstrip("-")) if wanted and server.ranges else 0
        if start and start >= len(data):
            return self._reply(416, b"")
        head = {"Content-Range": f"bytes {start}-{len(data) - 1}/{len(data)}"} if start else {}
        body = data[start:]
        stop = server.break_after.pop(0) if server.break_after and is_archive else None
        return self._reply(206 if start else 200, body, head, stop)

    def _reply(self, status: int, body: bytes, head: dict[str, str] | None = None, stop: int | None = None) -> None:
        self.send_response(status)
        for name, value in {**(head or {}), "Content-Length": str(len(body))}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body[:stop])
        if stop is not None:
            self.wfile.flush()
            self.close_connection = True
            self.connection.close()

    def log_message(self, *_: object) -> None:
        pass
