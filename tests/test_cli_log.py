"""What a command logs on the screen: never a customer's name, whatever a library has to say."""

from __future__ import annotations

from contextlib import closing
from http.client import HTTPConnection
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from urllib.parse import unquote

import pytest

from tests.audit.offices import Row, miui
from tests.desk import IN_TIME, Desk, finish
from tests.loopback import Loopback
from tests.s3_server import S3Server


@pytest.mark.parametrize("options", [(), ("-v",)])
def test_a_server_with_a_malformed_header_has_nobody_named_in_the_log(
    tmp_path: Path, server: S3Server, options: tuple[str, ...]
) -> None:
    """urllib3 warns of each answer that has one, with the object's address."""
    with Loopback(_adding_a_broken_header(server.port)) as proxy:
        mirror = (
            f'[mirror]\nbucket = "{server.bucket}"\nendpoint_url = "{proxy.endpoint_url}"\n'
            'region = "us-east-1"\naddressing_style = "path"\n'
        )
        desk = Desk(tmp_path / "office", more=mirror)
        desk.office.record(miui("陈建国", "15405381201"))
        desk.office.sheet(Row("陈建国", "15405381201"))
        asked = ("ingest", *options, "--as-of", IN_TIME)
        code, _, logged = finish(desk.start(*asked, **server.environment))
    assert code == 0, logged
    assert any("陈建国" in str(one) for one in server.folder.rglob("*.mp3"))  # it was mirrored
    assert "陈建国" not in unquote(logged)
    assert "1201" not in logged
    assert ("filed" in logged) == bool(options)  # what callvault itself says is there


def _adding_a_broken_header(port: int) -> type[BaseHTTPRequestHandler]:
    """Passes all on to the server on `port`; each of its answers gets a line that is no header."""

    class Proxy(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def _pass_on(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
            headers = {name: text for name, text in self.headers.items() if name != "Expect"}
            with closing(HTTPConnection("127.0.0.1", port)) as server:
                server.request(self.command, self.path, body, headers)
                answer = server.getresponse()
                self.send_response_only(answer.status)
                for name, text in answer.getheaders():
                    if name not in ("Transfer-Encoding", "Connection"):
                        self.send_header(name, text)
                self.send_header("Connection", "close")
                self.flush_headers()
                self.wfile.write(b"no header at all\r\n\r\n" + answer.read())
            self.close_connection = True

        do_GET = do_HEAD = do_PUT = do_POST = do_DELETE = _pass_on  # noqa: N815  the library's names

        def log_message(self, *_: object) -> None:
            """Nothing on the screen."""

    return Proxy
