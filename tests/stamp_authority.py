"""A real time-stamp authority on this machine: openssl answers, behind HTTP on loopback."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Callable, Iterable
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from threading import Lock

from tests.loopback import Loopback

OPENSSL = shutil.which("openssl")
WITHOUT_OPENSSL = "openssl makes the authority, and there is none on this computer"

_CONFIG = """
[req]
distinguished_name = name
prompt = no
[name]
CN = nobody
[root]
basicConstraints = critical, CA:TRUE
keyUsage = critical, keyCertSign, cRLSign
[signer]
basicConstraints = CA:FALSE
keyUsage = critical, digitalSignature
extendedKeyUsage = critical, timeStamping
[authority]
serial = {folder}/serial
signer_cert = {folder}/signer.pem
certs = {folder}/root.pem
signer_key = {folder}/signer.key
signer_digest = sha256
default_policy = 1.2.3.4.1
digests = sha256
accuracy = secs:1
ess_cert_id_alg = sha256
"""

Reply = Callable[[bytes], tuple[int, Iterable[bytes]]]
"""From a request's body to an HTTP status and a body in pieces."""


class StampAuthority(Loopback):
    """`reply` may be replaced by what an authority should not do; `asked` counts the requests."""

    def __init__(self, folder: Path) -> None:
        super().__init__(type("Handler", (_Handler,), {"authority": self}))
        folder.mkdir(parents=True)
        self.folder = folder
        self.root = folder / "root.pem"
        self.asked = 0
        self.reply: Reply = self.answer
        self._lock = Lock()
        (folder / "tsa.cnf").write_text(_CONFIG.format(folder=folder), encoding="utf-8")
        (folder / "serial").write_text("01\n", encoding="utf-8")
        self._certify()

    def answer(self, query: bytes) -> tuple[int, Iterable[bytes]]:
        """What an authority does."""
        return 200, [self.token(query)]

    def token(self, query: bytes) -> bytes:
        with self._lock:  # the serial number is a file
            (self.folder / "query").write_bytes(query)
            self._openssl("ts -reply -section authority -queryfile query -out answer")
            return (self.folder / "answer").read_bytes()

    def query(self, contents: bytes, digest: str = "sha256") -> bytes:
        """Somebody else's request for a time stamp on `contents`."""
        (self.folder / "contents").write_bytes(contents)
        self._openssl(f"ts -query -data contents -{digest} -cert -out other")
        return (self.folder / "other").read_bytes()

    def verifies(self, file: Path, token: Path) -> bool:
        """What `docs/operations.md` tells to run."""
        command = ["openssl", "ts", "-verify", "-data", str(file), "-in", str(token)]
        return (
            subprocess.run(
                [*command, "-CAfile", str(self.root)], capture_output=True, check=False
            ).returncode
            == 0
        )

    @property
    def url(self) -> str:
        return f"{self.endpoint_url}/tsr"

    def _certify(self) -> None:
        key = "-newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes"
        self._openssl(
            f"req -x509 {key} -keyout root.key -out root.pem -days 30 "
            "-extensions root -subj /CN=Root"
        )
        # Its name is long, so that OpenSSL's order of the certificates is not that of DER.
        name = "/O=An-office-that-stamps-for-everybody/CN=A-time-stamp-authority-for-tests"
        self._openssl(f"req {key} -keyout signer.key -out signer.csr -subj {name}")
        self._openssl(
            "x509 -req -in signer.csr -CA root.pem -CAkey root.key -CAcreateserial -days 30 "
            "-out signer.pem -extfile tsa.cnf -extensions signer"
        )

    def _openssl(self, command: str) -> None:
        words = command.split()
        asks = words[0] == "req" or (words[0] == "ts" and words[1] == "-reply")
        config = ["-config", "tsa.cnf"] if asks else []
        done = subprocess.run(
            ["openssl", *words, *config], cwd=self.folder, capture_output=True, check=False
        )
        assert done.returncode == 0, done.stderr.decode()


class _Handler(BaseHTTPRequestHandler):
    authority: StampAuthority

    def do_POST(self) -> None:
        self.authority.asked += 1
        query = self.rfile.read(int(self.headers["Content-Length"]))
        right = self.headers["Content-Type"] == "application/timestamp-query"
        status, body = self.authority.reply(query) if right else (415, [])
        if status:  # 0: the line goes dead
            self.send_response(status)
            self.send_header("Content-Type", "application/timestamp-reply")
            self.end_headers()
            for piece in body:
                self.wfile.write(piece)

    def log_message(self, *_: object) -> None:
        pass
