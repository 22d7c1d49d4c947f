"""A real SMTP server on loopback that asks for a name and a password, and keeps what it takes."""

from __future__ import annotations

from asyncio import Server
from email.message import EmailMessage
from email.parser import BytesParser
from email.policy import default
from types import TracebackType
from typing import Any, Self

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult, Envelope, LoginPassword, Session

USER, PASSWORD = "office", "Zq7-hunter2-secret"
TAKEN, REFUSED = "250 taken", "552 5.3.4 message too big"


class _OnAnyPort(Controller):
    def _trigger_server(self) -> None:
        assert isinstance(self.server, Server)
        self.port = self.server.sockets[0].getsockname()[1]
        super()._trigger_server()  # type: ignore[no-untyped-call]


class MailServer:
    def __init__(self) -> None:
        self.letters: list[EmailMessage] = []
        self.says = TAKEN
        """The answer to a message."""
        self._controller = _OnAnyPort(
            self,
            hostname="127.0.0.1",
            port=0,
            authenticator=_authenticate,
            auth_require_tls=False,
        )

    def url(self, password: str = PASSWORD) -> str:
        """As apprise takes it."""
        return (
            f"mailto://{USER}:{password}@127.0.0.1:{self.port}"
            "?from=office@example.com&to=manager@example.com"
        )

    @property
    def port(self) -> int:
        return self._controller.port

    async def handle_DATA(  # noqa: N802 - aiosmtpd's name
        self, _server: object, _session: Session, envelope: Envelope
    ) -> str:
        assert isinstance(envelope.content, bytes)
        if self.says == TAKEN:
            message = BytesParser(policy=default).parsebytes(envelope.content)
            assert isinstance(message, EmailMessage)
            self.letters.append(message)
        return self.says

    def __enter__(self) -> Self:
        self._controller.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._controller.stop()


def _authenticate(
    _server: object, _session: Session, _envelope: Envelope, _mechanism: str, said: Any
) -> AuthResult:
    assert isinstance(said, LoginPassword)
    right = (said.login, said.password) == (USER.encode(), PASSWORD.encode())
    return AuthResult(success=right, handled=False)
