"""What stands between callvault and a server, and spoils a request when a test says so."""

from __future__ import annotations

import threading
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

    def fault_of(self, method: str, path: str) -> str:
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
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        fault = self.between.fault_of(self.command, self.path)
        if fault == HANG:
            self.between.over.wait(20)
            self.close_connection = True
            return
        if fault in {FORBID, FAIL}:
            self.send_response_only(403 if fault == FORBID else 500)
            self.send_header("Content-Length", "0")
            self.end_headers()
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
        self.send_response_only(answer.status, answer.reason)
        for name, value in answer.getheaders():
            if name.lower() not in {"transfer-encoding", "content-length", "connection"}:
                dated = name.lower() == "date" and self.between.date
                self.send_header(name, dated or value)
        told = answer.getheader("Content-Length") if self.command == "HEAD" else None
        if answer.status != 204:
            self.send_header("Content-Length", told or str(len(contents)))
        self.end_headers()
        self.wfile.write(contents[: len(contents) // 2] if fault == CUT_ANSWER else contents)
