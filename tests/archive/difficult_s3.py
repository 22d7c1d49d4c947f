"""An S3 server that behaves as badly as told: what no well-behaved server does on demand."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Iterable
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
        """What may not be asked of the bucket, `versioning` for one; of a legal hold, `no-more`."""
        self.told: dict[str, str] = {}
        """What is told of the bucket and of any object, by what is asked: `object-lock`."""
        self.checks_sha256 = False
        self.checksum = ""
        """What HEAD shows as the SHA-256 of any object (base64)."""
        self.heads: dict[str, str] = {}
        """Headers of its own that HEAD shows of any object."""
        self.locks = ""
        """Object Lock of its bucket: `refused` with every upload that asks for one, or `denied`,
        which also goes for asking about it; empty: the bucket has none."""
        self.keyless = False
        """It has no key, and fails where encryption is asked for."""
        self.date = ""
        """What it takes for the time, as the Date header has it; empty: the right one."""
        self.server = ""
        """What it says that it is; empty: what Python's is."""
        self.pages: list[list[str]] = []
        """The keys that it lists, page by page, whatever is stored; it alone knows how to go on."""
        self.token = ""
        """What stands in its word of where to go on."""

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
        if self.s3.locks and "x-amz-object-lock-mode" in self.headers:
            self._answer(*_NO_LOCK[self.s3.locks])
            return
        if self.s3.keyless and "x-amz-server-side-encryption" in self.headers:
            self._answer(500, _error("InternalError"))
            return
        if not (self._of_hold(contents) or self._of_copy()):
            self._answer(*self._put(contents))

    def _put(self, contents: bytes) -> tuple[int, str, dict[str, str]]:
        """Status, body and headers of the answer."""
        taken = self._key() in self.s3.objects
        condition = self._condition()
        refused = {
            "unknown": (501, "NotImplemented"),
            "honoured": (412, "PreconditionFailed") if taken else None,
            "refused": (403, "AccessDenied") if taken else None,
            "own": (409, "FileAlreadyExists") if taken else None,
        }.get(condition, (400, condition) if condition.startswith("Invalid") else None)
        if self.s3.checks_sha256 and not _has_its_sha256(contents, self.headers):
            refused = (400, "BadDigest")
        if refused:
            return refused[0], _error(refused[1]), {}
        self.s3.objects[self._key()] = contents
        return 200, "", ETAG

    def _condition(self) -> str:
        """What becomes of the condition that came with the request, if one came."""
        own = self.headers.get("x-oss-forbid-overwrite") == "true"
        if not (own or "If-None-Match" in self.headers):
            return "ignored"
        if self.s3.conditions == "aliyun":
            return "own" if own else "unknown"
        return self.s3.conditions

    def _of_hold(self, contents: bytes) -> bool:
        asked = set(parse_qs(urlsplit(self.path).query, keep_blank_values=True))
        if "legal-hold" not in asked:
            return False
        denied = self.s3.denied & (asked | ({"no-more"} if b">OFF<" in contents else set()))
        self._answer(403 if denied else 200, _error("AccessDenied") if denied else "")
        return True

    def _of_copy(self) -> bool:
        source = unquote(self.headers.get("x-amz-copy-source", "")).partition("/")[2]
        if source:
            self.s3.objects[self._key()] = self.s3.objects[source]
            etag = "<CopyObjectResult><ETag>1</ETag></CopyObjectResult>"
            self._answer(200, f"<?xml version='1.0'?>{etag}")
        return bool(source)

    def do_GET(self) -> None:
        if self._refused():
            return
        query = parse_qs(urlsplit(self.path).query, keep_blank_values=True)
        if "object-lock" in query and self.s3.locks:
            denied = self.s3.locks == "denied"
            self._answer(*(_NO_LOCK["denied"] if denied else (200, _LOCKED_BUCKET)))
        elif self.s3.denied & set(query):
            self._answer(403, _error("AccessDenied"))
        elif told := sorted(set(self.s3.told) & set(query)):
            self._answer(200, f"<?xml version='1.0'?>{self.s3.told[told[0]]}")
        elif "prefix" in query and self.s3.pages:
            page = int(query.get("continuation-token", ["0"])[0].removeprefix(self.s3.token))
            more = f"{self.s3.token}{page + 1}" if page + 1 < len(self.s3.pages) else ""
            self._answer(200, _listing(self.s3.pages[page], more))
        elif "prefix" in query:
            prefix = query["prefix"][0]
            keys = [key for key in sorted(self.s3.objects) if key.startswith(prefix)]
            folders: set[str] = set()
            if "delimiter" in query:
                within = {key: key[len(prefix) :].partition("/") for key in keys}
                keys = [key for key, (_, slash, _) in within.items() if not slash]
                folders = {f"{prefix}{name}/" for name, slash, _ in within.values() if slash}
            self._answer(200, _listing(keys, folders=sorted(folders)))
        elif self._key() in self.s3.objects:
            self._answer(200, self.s3.objects[self._key()].decode(), ETAG)
        else:
            self._answer(404, _error("NoSuchKey"))

    def do_HEAD(self) -> None:
        if self._refused():
            return
        checksum = {"x-amz-checksum-sha256": self.s3.checksum} if self.s3.checksum else {}
        if self._key() in self.s3.objects:
            heads = {**ETAG, **checksum, **self.s3.heads}
            self._answer(200, self.s3.objects[self._key()].decode(), heads)
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

    def version_string(self) -> str:
        return self.s3.server or super().version_string()

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


def _has_its_sha256(contents: bytes, headers: Message) -> bool:
    sha256 = base64.b64encode(hashlib.sha256(contents).digest()).decode()
    return headers.get("x-amz-checksum-sha256") == sha256


def _listing(keys: list[str], more: str = "", folders: Iterable[str] = ()) -> str:
    within = (f"<CommonPrefixes><Prefix>{quote(one)}</Prefix></CommonPrefixes>" for one in folders)
    contents = (f"<Contents><Key>{quote(key)}</Key><Size>0</Size></Contents>" for key in keys)
    return (
        "<?xml version='1.0'?><ListBucketResult><EncodingType>url</EncodingType>"
        f"<IsTruncated>{'true' if more else 'false'}</IsTruncated>{''.join([*contents, *within])}"
        f"<NextContinuationToken>{more}</NextContinuationToken></ListBucketResult>"
    )


def _error(code: str) -> str:
    return f"<?xml version='1.0'?><Error><Code>{code}</Code><Message>no</Message></Error>"


_LOCKED_BUCKET = (
    "<ObjectLockConfiguration><ObjectLockEnabled>Enabled</ObjectLockEnabled>"
    "</ObjectLockConfiguration>"
)
_NO_LOCK = {"refused": (400, _error("InvalidRequest")), "denied": (403, _error("AccessDenied"))}
