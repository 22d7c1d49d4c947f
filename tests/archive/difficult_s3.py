"""An S3 server that behaves as badly as told: what no well-behaved server does on demand."""

from __future__ import annotations

from dataclasses import dataclass, field
from email.message import Message
from http.server import BaseHTTPRequestHandler
from urllib.parse import unquote, urlsplit

from tests.loopback import Loopback

ETAG = {"ETag": '"1"'}


@dataclass(frozen=True, slots=True)
class Refusal:
    """How every request of one method is answered; without a status, the connection is cut."""

    status: int = 0
    code: str = ""
    headers: dict[str, str] = field(default_factory=dict)
    body: str | None = None
    after_storing: bool = False
    silent: bool = False
    """Never answers at all."""


@dataclass(frozen=True, slots=True)
class Seen:
    method: str
    key: str
    query: str
    headers: Message


class DifficultS3(Loopback):
    def __init__(self) -> None:
        self.forget()
        super().__init__(type("Handler", (_Handler,), {"s3": self}))

    def forget(self) -> None:
        """Behaves well again, with nothing stored."""
        self.objects: dict[str, bytes] = {}
        self.seen: list[Seen] = []
        self.refusals: dict[str, Refusal] = {}
        self.conditions = "honoured"
        """What becomes of `If-None-Match`: else it is `ignored`, `unknown` (501), or, where the key
        is taken, `refused` (403)."""
        self.checksum = ""
        """What HEAD shows as the SHA-256 of any object (base64)."""
        self.locks = ""
        """Object Lock of its bucket: `refused` with every upload that asks for one, or `denied`,
        which also goes for asking about it; empty: the bucket has none."""
        self.date = ""
        """What it takes for the time, as the Date header has it; empty: the right one."""

    def methods(self) -> str:
        return " ".join(request.method for request in self.seen)


class _Handler(BaseHTTPRequestHandler):
    s3: DifficultS3
    protocol_version = "HTTP/1.1"

    def do_PUT(self) -> None:
        contents = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        if self._refused(contents):
            return
        if self.s3.locks and "x-amz-object-lock-mode" in self.headers:
            self._answer(*_NO_LOCK[self.s3.locks])
            return
        conditions = self.s3.conditions if "If-None-Match" in self.headers else "ignored"
        taken = self._key() in self.s3.objects
        if conditions == "unknown":
            self._answer(501, _error("NotImplemented"))
        elif conditions == "honoured" and taken:
            self._answer(412, _error("PreconditionFailed"))
        elif conditions == "refused" and taken:
            self._answer(403, _error("AccessDenied"))
        else:
            self.s3.objects[self._key()] = contents
            self._answer(200, "", ETAG)

    def do_GET(self) -> None:
        if self._refused():
            return
        if urlsplit(self.path).query == "object-lock" and self.s3.locks:
            denied = self.s3.locks == "denied"
            self._answer(*(_NO_LOCK["denied"] if denied else (200, _LOCKED_BUCKET)))
        elif self._key() in self.s3.objects:
            self._answer(200, self.s3.objects[self._key()].decode(), ETAG)
        else:
            self._answer(404, _error("NoSuchKey"))

    def do_HEAD(self) -> None:
        if self._refused():
            return
        checksum = {"x-amz-checksum-sha256": self.s3.checksum} if self.s3.checksum else {}
        if self._key() in self.s3.objects:
            self._answer(200, self.s3.objects[self._key()].decode(), {**ETAG, **checksum})
        else:
            self._answer(404, "")

    def do_DELETE(self) -> None:
        if not self._refused():
            found = self.s3.objects.pop(self._key(), None)
            self._answer(404 if found is None else 204, _error("NoSuchKey"))

    def do_POST(self) -> None:
        if self._refused():
            return
        if self.s3.locks and "x-amz-object-lock-mode" in self.headers:
            self._answer(*_NO_LOCK[self.s3.locks])
        else:
            self._answer(501, _error("NotImplemented"))

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002
        pass

    def date_time_string(self, timestamp: float | None = None) -> str:
        return self.s3.date or super().date_time_string(timestamp)

    def _key(self) -> str:
        return unquote(urlsplit(self.path).path).split("/", 2)[-1]

    def _refused(self, contents: bytes = b"") -> bool:
        query = urlsplit(self.path).query
        self.s3.seen.append(Seen(self.command, self._key(), query, self.headers))
        refusal = self.s3.refusals.get(self.command)
        if refusal is None:
            return False
        if refusal.after_storing:
            self.s3.objects.setdefault(self._key(), contents)
        if refusal.silent:
            self.s3.over.wait(20)
        if refusal.status:
            body = _error(refusal.code) if refusal.body is None else refusal.body
            self._answer(refusal.status, body, refusal.headers)
        self.close_connection = True
        return True

    def _answer(self, status: int, body: str, headers: dict[str, str] | None = None) -> None:
        contents = b"" if status == 204 else body.encode()
        self.send_response(status)
        for name, value in {"Content-Length": str(len(contents)), **(headers or {})}.items():
            self.send_header(name, value)
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(contents)


def _error(code: str) -> str:
    return f"<?xml version='1.0'?><Error><Code>{code}</Code><Message>no</Message></Error>"


_LOCKED_BUCKET = (
    "<ObjectLockConfiguration><ObjectLockEnabled>Enabled</ObjectLockEnabled>"
    "</ObjectLockConfiguration>"
)
_NO_LOCK = {"refused": (400, _error("InvalidRequest")), "denied": (403, _error("AccessDenied"))}
