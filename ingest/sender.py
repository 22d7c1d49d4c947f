"""Has messages sent in a process apart, which is ended when it takes too long."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from config.language import Message
from ingest.channels import Channel
from ingest.child import Child, kill, start

SECONDS = 120.0
"""That one message may take: a large report goes over a slow line."""
_PROGRAM = Path(__file__).with_name("sending.py")


@dataclass(frozen=True, slots=True)
class Parcel:
    """What one channel gets at once."""

    title: str
    body: str
    attachment: Path | None = None


@dataclass(frozen=True, slots=True)
class Answer:
    """What came of it; nothing in it is a secret."""

    channel: str
    outcome: str
    """`sent`, or `fit` where only a look was asked for; else `refused`, `unreachable`, `unknown`
    (no such service, or an incomplete address), `slow` or `broken`."""
    service: str = ""
    files: bool = False
    """Whether the service takes attachments."""
    code: str = ""
    """What the server answered, such as 535 or 93000."""

    @property
    def good(self) -> bool:
        return self.outcome in ("sent", "fit")

    @property
    def message(self) -> Message:
        said = {"channel": self.channel, "service": self.service or "?", "code": self.code or "?"}
        return Message.of(f"notify.outcome_{self.outcome}", **said)


class Sender:
    def __init__(self, seconds: float = SECONDS, program: Sequence[str] = ()) -> None:
        """`program` takes a question and gives an answer, in JSON; by default callvault's own."""
        self._seconds = seconds
        self._program = tuple(program) or (sys.executable, "-I", str(_PROGRAM))
        self._child: Child | None = None
        self._closed = False

    def look(self, channel: Channel) -> Answer:
        """What `channel` is; nothing is sent."""
        return self._asked(channel, {"body": None})

    def send(self, channel: Channel, parcel: Parcel) -> Answer:
        """Never raises for what goes wrong. What was `slow` may have got there."""
        attachment = str(parcel.attachment) if parcel.attachment else ""
        said = {"title": parcel.title, "body": parcel.body, "attachment": attachment}
        return self._asked(channel, said)

    def close(self) -> None:
        """Ends what is being sent, from whichever thread; nothing is sent any more."""
        self._closed = True
        child = self._child
        if child is not None:
            child.kill()

    def _asked(self, channel: Channel, said: Mapping[str, str | None]) -> Answer:
        question = json.dumps({"url": channel.url, **said}).encode("ascii")
        try:
            self._child = child = start(self._program)
        except OSError:
            return Answer(channel.name, "broken")
        try:
            if self._closed:
                child.kill()
            told, _ = child.communicate(question, timeout=self._seconds)
            return Answer(channel.name, **json.loads(told))
        except subprocess.TimeoutExpired:
            kill(child)
            return Answer(channel.name, "slow")
        except (ValueError, TypeError):  # it ended, or was ended, without an answer
            return Answer(channel.name, "broken")
        finally:
            self._child = None
