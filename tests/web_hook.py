"""A real HTTP server on loopback that keeps what is posted to it, or to others by its way.

As a proxy it plays whatever host is asked for, over TLS with a certificate of its own: what goes to
WeCom, DingTalk or Feishu can so be looked at without them.
"""

from __future__ import annotations

import json
import ssl
import subprocess
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from threading import Event
from typing import Any

from tests.loopback import Loopback


class WebHook(Loopback):
    def __init__(self, folder: Path | None = None) -> None:
        """With a `folder` for a certificate it is a proxy, too; that needs openssl."""
        super().__init__(type("Handler", (_Handler,), {"hook": self}))
        self.posts: list[tuple[str, Any]] = []
        """Each post's host and path, and its JSON."""
        self.status, self.reply = 200, b"{}"
        self.hangs = False
        self.asked = Event()
        """Somebody posted, answered or not."""
        self.tls = _tls(folder) if folder else None

    def url(self, path: str) -> str:
        """As apprise takes it."""
        return f"{self.endpoint_url.replace('http', 'json')}/{path}"


class _Handler(BaseHTTPRequestHandler):
    hook: WebHook
    host = ""

    def do_CONNECT(self) -> None:
        assert self.hook.tls is not None
        self.send_response(200)
        self.end_headers()
        self.host = self.path.partition(":")[0]
        self.connection = self.hook.tls.wrap_socket(self.connection, server_side=True)
        self.rfile = self.connection.makefile("rb")
        self.wfile = self.connection.makefile("wb", 0)
        self.close_connection = False

    def do_POST(self) -> None:
        said = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        self.hook.asked.set()
        if self.hook.hangs:
            self.hook.over.wait()
            return
        self.hook.posts.append((self.host + self.path, said))
        self.send_response(self.hook.status)
        self.send_header("Content-Length", str(len(self.hook.reply)))
        self.end_headers()
        self.wfile.write(self.hook.reply)

    def finish(self) -> None:
        super().finish()
        self.connection.close()

    def log_message(self, *_: object) -> None:
        pass


def _tls(folder: Path) -> ssl.SSLContext:
    folder.mkdir(parents=True, exist_ok=True)
    key, certificate = folder / "key.pem", folder / "certificate.pem"
    made = "req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 30 -subj /CN=x"
    subprocess.run(
        ["openssl", *made.split(), "-keyout", str(key), "-out", str(certificate)],
        capture_output=True,
        check=True,
    )
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)
    return context
