"""`callvault notify`: a test message to every channel, or what is owed to whom, as text or JSON."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

from config.language import Message, Words
from config.settings import Settings
from ingest import channels, owed_file
from ingest.channels import Channel
from ingest.desk import DONE, NEEDS_A_PERSON, Told
from ingest.errors import InboxError
from ingest.owed import Owed
from ingest.sender import Answer, Parcel, Sender


def tell_test(settings: Settings, words: Words, now: datetime, form: str) -> Told:
    """Sends a test message through each channel; `now` is local.

    Raises InboxError where there are no channels.
    """
    title = words("notify.test_title", office=settings.office.name).strip()
    parcel = Parcel(title, words("notify.test_body", at=f"{now:%Y-%m-%d %H:%M}"))
    answers = [Sender().send(channel, parcel) for channel in _channels(settings)]
    told = [_answer(answer, words) for answer in answers]
    code = DONE if all(answer.good for answer in answers) else NEEDS_A_PERSON
    return Told(_json(told) if form == "json" else _marked(answers, words), exit_code=code)


def tell_owed(settings: Settings, words: Words, form: str) -> Told:
    """What is not sent yet; raises InboxError where there are no channels."""
    names = [channel.name for channel in _channels(settings)]
    owed = _owed(settings.report.folder)
    told = [
        {
            "title": letter.title,
            "since": letter.made_at.isoformat(timespec="seconds"),
            "channels": [name for name in names if name not in letter.taken_by],
        }
        for letter in owed.letters
    ]
    code = NEEDS_A_PERSON if told else DONE
    if form == "json":
        return Told(_json(told), exit_code=code)
    lines = [
        words(
            "notify.owed", title=one["title"], at=one["since"], channels=", ".join(one["channels"])
        )
        for one in told
    ]
    return Told("\n".join(lines or [words("notify.nothing_owed")]) + "\n", exit_code=code)


def _channels(settings: Settings) -> list[Channel]:
    if settings.notify.urls_file is None:
        raise InboxError(Message.of("notify.off"))
    return channels.read(settings.notify.urls_file)


def _owed(folder: Path) -> Owed:
    try:
        return owed_file.read(folder) or Owed()
    except OSError as error:
        place = folder / owed_file.NAME
        said = Message.of("notify.not_kept", path=place, error=error.strerror or error)
        raise InboxError(said) from error


def _answer(answer: Answer, words: Words) -> dict[str, object]:
    return {
        "channel": answer.channel,
        "service": answer.service,
        "outcome": answer.outcome,
        "code": answer.code,
        "files": answer.files,
        "message": words.say(answer.message),
    }


def _marked(answers: Sequence[Answer], words: Words) -> str:
    lines = []
    for answer in answers:
        files = f" · {words('notify.takes_files')}" if answer.good and answer.files else ""
        lines.append(f"{'✓' if answer.good else '✗'} {words.say(answer.message)}{files}\n")
    return "".join(lines)


def _json(told: object) -> str:
    return json.dumps(told, ensure_ascii=False, indent=2) + "\n"
