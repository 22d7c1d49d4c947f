"""An S3 server that behaves as badly as told: what no well-behaved server does on demand."""

from __future__ import annotations

from dataclasses import dataclass, field
from email.message import Message
from http.server import BaseHTTPRequestHandler
from urllib.parse import parse_qs, quote, unquote, urlsplit

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
        is taken, `refused` (403). `aliyun` knows a header of its own instead."""
        self.denied: set[str] = set()
        """What may not be asked of the bucket, `versioning` for one."""
        self.checksum = ""
        """What HEAD shows as the SHA-256 of any object (base64)."""
        self.date = ""
        """What it takes for the time, as the Date header has it; empty: the right one."""

    def methods(self) -> str:
        return " ".join(request.method for request in self.seen)


class _Handler(BaseHTTPRequestHandler):
    s3: DifficultS3
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True  # else each answer waits for 40 ms

    def do_PUT(self) -> None:
        contents = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        if self._refused(contents):
            return
        source = unquote(self.headers.get("x-amz-copy-source", "")).partition("/")[2]
        if source:
            self.s3.objects[self._key()] = self.s3.objects[source]
            etag = "<CopyObjectResult><ETag>1</ETag></CopyObjectResult>"
            self._answer(200, f"<?xml version='1.0'?>{etag}")
            return
        asked = {"If-None-Match", "x-oss-forbid-overwrite"} & set(self.headers)
        conditions = self.s3.conditions if asked else "ignored"
        taken = self._key() in self.s3.objects
        if conditions == "aliyun":
            own = self.headers.get("x-oss-forbid-overwrite") == "true"
            conditions = "own" if own and taken else "unknown" if not own else "ignored"
        if conditions == "own":
            self._answer(409, _error("FileAlreadyExists"))
        elif conditions == "unknown":
            self._answer(501, _error("NotImplemented"))
        elif conditions == "honoured" and taken:
            self._answer(412, _error("PreconditionFailed"))
        elif conditions.startswith("Invalid"):
            self._answer(400, _error(conditions))
        elif conditions == "refused" and taken:
            self._answer(403, _error("AccessDenied"))
        else:
            self.s3.objects[self._key()] = contents
            self._answer(200, "", ETAG)

    def do_GET(self) -> None:
        if self._refused():
            return
        query = parse_qs(urlsplit(self.path).query, keep_blank_values=True)
        if self.s3.denied & set(query):
            self._answer(403, _error("AccessDenied"))
        elif "prefix" in query:
            keys = [key for key in sorted(self.s3.objects) if key.startswith(query["prefix"][0])]
            self._answer(200, _listing(keys))
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
        if not self._refused():
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


def _listing(keys: list[str]) -> str:
    contents = (f"<Contents><Key>{quote(key)}</Key><Size>0</Size></Contents>" for key in keys)
    return (
        "<?xml version='1.0'?><ListBucketResult><EncodingType>url</EncodingType>"
        f"<IsTruncated>false</IsTruncated>{''.join(contents)}</ListBucketResult>"
    )


def _error(code: str) -> str:
    return f"<?xml version='1.0'?><Error><Code>{code}</Code><Message>no</Message></Error>"
