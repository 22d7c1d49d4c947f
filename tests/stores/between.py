"""What stands between callvault and a server, and spoils a request when a test says so."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from http.client import HTTPConnection
from http.server import BaseHTTPRequestHandler
from urllib.parse import urlsplit

from tests.loopback import Loopback

LOSE_ANSWER = "lose answer"
"""The server does what it is asked; its answer never comes."""
CUT_BODY = "cut body"
"""The server gets half of the body."""
CUT_ANSWER = "cut answer"
"""The client gets half of what the answer says that it has."""
FLIP_BIT = "flip bit"
"""The server gets another body of the same length."""
FORBID = "forbid"
"""The server gets nothing; the client is told 403."""
FAIL = "fail"
"""The server gets nothing; the client is told 500."""
HANG = "hang"
"""The server gets nothing; the client waits for an answer."""
DROP = "drop"
"""The connection is closed before the body was read."""
FAIL_LATE = "fail late"
"""The server does what it is asked; the client is told 500."""
SLOW_DOWN = "slow down"
SKEWED = "skewed"
EXPIRED = "expired"
OVERDUE = "overdue"
"""The server gets nothing; the client is told so, by a code of S3."""
WRONG_DATE = "wrong date"
"""The client is told that it is two hours later."""
FLIP_ANSWER = "flip answer"
"""The client gets another body of the same length."""
TRICKLE = "trickle"
"""The answer comes in small pieces."""

_REFUSED = {
    FORBID: (403, ""),
    FAIL: (500, "InternalError"),
    FAIL_LATE: (500, "InternalError"),
    SLOW_DOWN: (503, "SlowDown"),
    SKEWED: (403, "RequestTimeTooSkewed"),
    EXPIRED: (403, "ExpiredToken"),
    OVERDUE: (403, "UserDisable"),
}


class Between(Loopback):
    """Passes on everything but the next requests of one kind, which meet the fault."""

    def __init__(self, endpoint_url: str) -> None:
        self.server = urlsplit(endpoint_url).netloc
        self.times = 0
        """How many requests are still to be spoiled."""
        self.seen: list[str] = []
        """Method and address of every request since a test last had some spoiled."""
        self.date = ""
        """What the client is told for the time, as the Date header has it; empty: the server's."""
        self.forgetful = False
        """The client is told no checksum, as by a store that keeps none."""
        self.patience = 20.0
        """Seconds that a client is let wait where it gets no answer."""
        self.poisoned = ("", "")
        """Part of an address, and the fault that every request meets which has it."""
        self._what = ("", "", "")
        self._lock = threading.Lock()
        super().__init__(type("Handler", (_Handler,), {"between": self}))

    def spoil(self, method: str, fault: str, *, times: int, query: str = "") -> None:
        """The next requests of a method, with `query` in their address."""
        self._what = (method, query, fault)
        self.times = times
        self.seen = []

    def fault_of(self, method: str, path: str, size: int) -> str:  # noqa: ARG002
        """What is to happen to a request with a body of that size."""
        spoiled, query, fault = self._what
        with self._lock:
            self.seen.append(f"{method} {path}")
            if self.poisoned[0] and self.poisoned[0] in path:
                return self.poisoned[1]
            if method != spoiled or query not in path or not self.times:
                return ""
            self.times -= 1
            return fault


class _Handler(BaseHTTPRequestHandler):
    between: Between
    protocol_version = "HTTP/1.1"

    def _pass_on(self) -> None:
        size = int(self.headers.get("Content-Length", 0))
        fault = self.between.fault_of(self.command, self.path, size)
        if fault == DROP:
            self.close_connection = True
            return
        body = self.rfile.read(size)
        if fault == HANG:
            self.between.over.wait(self.between.patience)
            self.close_connection = True
            return
        if fault in _REFUSED and fault != FAIL_LATE:
            self._refuse(fault)
            return
        if fault == FLIP_BIT:
            body = body[:-1] + bytes([body[-1] ^ 1])
        if fault == CUT_BODY:
            body = body[: len(body) // 2]
        if fault in {CUT_BODY, CUT_ANSWER, LOSE_ANSWER}:
            self.close_connection = True
        server = HTTPConnection(self.between.server, timeout=20)
        try:
            self._send(server, body)
            if fault != CUT_BODY:
                self._answer(server, fault)
        finally:
            server.close()

    do_GET = do_HEAD = do_PUT = do_POST = do_DELETE = _pass_on  # noqa: N815

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002
        pass

    def _send(self, server: HTTPConnection, body: bytes) -> None:
        server.putrequest(self.command, self.path, skip_host=True, skip_accept_encoding=True)
        for name, value in self.headers.items():
            server.putheader(name, value)
        server.endheaders(body)

    def _answer(self, server: HTTPConnection, fault: str) -> None:
        answer = server.getresponse()
        contents = answer.read()
        if fault == LOSE_ANSWER:
            return
        if fault == FAIL_LATE:
            self._refuse(fault)
            return
        if fault == FLIP_ANSWER and contents:
            contents = contents[:-1] + bytes([contents[-1] ^ 1])
        later = format_datetime(datetime.now(UTC) + timedelta(hours=2), usegmt=True)
        date = later if fault == WRONG_DATE else self.between.date
        self.send_response_only(answer.status, answer.reason)
        for name, value in answer.getheaders():
            if name.lower() in {"transfer-encoding", "content-length", "connection"}:
                continue
            if not (self.between.forgetful and name.lower().startswith("x-amz-checksum")):
                self.send_header(name, (name.lower() == "date" and date) or value)
        told = answer.getheader("Content-Length") if self.command == "HEAD" else None
        if answer.status != 204:
            self.send_header("Content-Length", told or str(len(contents)))
        self.end_headers()
        if fault == CUT_ANSWER:
            contents = contents[: len(contents) // 2]
        for piece in _pieces(contents, 8 if fault == TRICKLE else 1):
            self.wfile.write(piece)

    def _refuse(self, fault: str) -> None:
        status, code = _REFUSED[fault]
        body = f"<?xml version='1.0'?><Error><Code>{code}</Code></Error>".encode()
        body = body if code and self.command != "HEAD" else b""
        self.send_response_only(status)
        self.send_header(
            "Date", self.between.date or format_datetime(datetime.now(UTC), usegmt=True)
        )
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)


def _pieces(contents: bytes, number: int) -> Iterator[bytes]:
    size = -(-len(contents) // number) or 1
    for begin in range(0, len(contents), size):
        if begin:
            time.sleep(0.02)
        yield contents[begin : begin + size]
